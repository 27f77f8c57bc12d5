"""Fetching from servers that hang, lie, drip, flood and redirect."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from collect_support import answer, exposing, job, tcp_server, until

from watchglass.collect import http_headers
from watchglass.collect.errors import ScrapeError
from watchglass.collect.http import ScrapeClient
from watchglass.collect.http_client import HttpClient
from watchglass.collect.job import ScrapeLimits
from watchglass.model.http import Authorization, BasicAuth, HttpOptions, Secret, TlsOptions
from watchglass.version import __version__


async def fetch(url: str, timeout_ms: int = 3000, **options):
    client = ScrapeClient(job(**options))
    try:
        return await client.get(url, timeout_ms)
    finally:
        await client.close()


def served(handler, **options):
    """What a fetch from a server with this handler comes to: the answer, or the error."""

    async def main():
        async with tcp_server(handler) as address:
            try:
                return await fetch(f"http://{address}/metrics", **options)
            except (ScrapeError, TimeoutError) as error:
                return error

    return asyncio.run(main())


def sending(*pieces: bytes, pause_s: float = 0.0):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return handler


def test_a_plain_answer():
    assert served(sending(answer(b"up 1\n"))) == (b"up 1\n", "", "text/plain; version=0.0.4")
    assert served(sending(answer(b"xx", "Content-Encoding: gzip"))) == (b"xx", "gzip", "text/plain; version=0.0.4")


def test_what_is_asked():
    async def main():
        requests: list[bytes] = []
        async with exposing(b"", requests=requests) as address:
            http = HttpOptions(headers={"X-Team": ("a", Secret("b"))})
            await fetch(f"http://{address}/m?x=1", 2500, http=http)
            await fetch(f"http://{address}/m", enable_compression=False, scrape_protocols=("PrometheusText0.0.4",))
        return requests

    first, second = asyncio.run(main())
    lines = first.decode().split("\r\n")
    assert lines[0] == "GET /m?x=1 HTTP/1.1"
    assert {
        "Accept-Encoding: gzip, zstd",
        f"User-Agent: Watchglass/{__version__}",
        "X-Prometheus-Scrape-Timeout-Seconds: 2.5",
        "X-Team: a",
        "X-Team: b",
    } <= set(lines)
    assert next(line for line in lines if line.startswith("Accept:")).startswith(
        "Accept: application/openmetrics-text;version=1.0.0"
    )
    assert b"Accept: text/plain;version=0.0.4;q=0.6,*/*;q=0.5\r\n" in second
    assert b"Accept-Encoding: identity\r\n" in second


def test_who_asks(tmp_path):
    (tmp_path / "secret").write_text("first\n")
    (tmp_path / "name").write_text("file-user\n")
    basic = BasicAuth("user", Secret("pass word"))
    by_file = BasicAuth("", Secret(file=str(tmp_path / "secret")), username_file=str(tmp_path / "name"))
    bearer = Authorization("Bearer", Secret(file=str(tmp_path / "secret")))

    async def main():
        requests: list[bytes] = []
        async with exposing(b"", requests=requests) as address:
            for http in (HttpOptions(basic_auth=basic), HttpOptions(basic_auth=by_file)):
                await fetch(f"http://{address}/", http=http)
            client = ScrapeClient(job(http=HttpOptions(authorization=bearer)))
            await client.get(f"http://{address}/", 1000)
            (tmp_path / "secret").write_text("rotated\n")
            await client.get(f"http://{address}/", 1000)
            (tmp_path / "secret").unlink()
            with pytest.raises(ScrapeError, match=r"cannot read the secret file .*: No such file"):
                await client.get(f"http://{address}/", 1000)
            await client.close()
        return [line for head in requests for line in head.decode().split("\r\n") if line.startswith("Authorization")]

    def basic_header(pair: str) -> str:
        return "Authorization: Basic " + base64.b64encode(pair.encode()).decode()

    assert asyncio.run(main()) == [
        basic_header("user:pass word"),
        basic_header("file-user:first"),
        "Authorization: Bearer first",
        "Authorization: Bearer rotated",
    ]


def test_a_target_that_never_answers():
    async def handler(reader, writer):
        await asyncio.sleep(30)

    assert isinstance(served(handler, timeout_ms=200), TimeoutError)


def test_a_target_that_drips():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n"
    assert isinstance(served(sending(head, *[b"a"] * 1000, pause_s=0.02), timeout_ms=300), TimeoutError)


def test_a_target_that_drips_its_headers():
    assert isinstance(served(sending(*[b"H"] * 1000, pause_s=0.02), timeout_ms=300), TimeoutError)


@pytest.mark.parametrize(
    ("pieces", "error", "result"),
    [
        ([answer(b"no", status="503 Out of Order")], "server returned HTTP status 503 Out of Order", "http_status"),
        ([answer(b"", status="204 No Content")], "server returned HTTP status 204 No Content", "http_status"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup 1\n"], "peer closed connection without sending complete message body", "connection"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n"], "peer closed connection without sending complete message body", "connection"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nup 1\n\r\n"], "illegal chunk header", "connection"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nup 1\n"], "bad Content-Length", "connection"),
        ([b"up 1\n\r\n\r\n"], "illegal status line", "connection"),
        ([b""], "Server disconnected without sending a response", "connection"),
        ([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n"], "Receive buffer too long", "connection"),
    ],
)  # fmt: skip
def test_targets_that_lie(pieces, error, result):
    failure = served(sending(*pieces))
    assert isinstance(failure, ScrapeError)
    assert error in str(failure)
    assert failure.result == result


def test_an_endless_body_is_cut_off():
    sent = 0

    async def handler(reader, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            await writer.drain()
            sent += 65536

    failure = served(handler, limits=ScrapeLimits(body_bytes=1_000_000))
    assert str(failure) == "the body is larger than 1,000,000 bytes, unpacked (body_size_limit)"
    assert sent < 20_000_000


def test_nobody_there():
    async def main():
        async with tcp_server(sending()) as address:
            pass
        with pytest.raises(ScrapeError) as caught:
            await fetch(f"http://{address}/")
        assert caught.value.result == "connection"
        assert "refused" in str(caught.value).lower() or "connect" in str(caught.value).lower()

    asyncio.run(main())


@pytest.mark.parametrize(
    "url", ["http://no.such.host.invalid/", "ftp://localhost/", "http://[::1/", "http://localhost:99999/"]
)
def test_addresses_that_cannot_be(url):
    with pytest.raises(ScrapeError):
        asyncio.run(fetch(url))


def redirecting(reply, seen):
    async def handler(reader, writer):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            seen.append(head)
            writer.write(reply(head))
            await writer.drain()

    return handler


def test_redirects_are_followed_without_reading_them():
    seen: list[str] = []

    def reply(head):
        if "GET /metrics " in head:
            return answer(b"\x1f\x8b junk", "Location: /elsewhere", "Content-Encoding: gzip", status="302 Found")
        return answer(b"up 1\n")

    assert served(redirecting(reply, seen)).body == b"up 1\n"
    assert [head.split()[1] for head in seen] == ["/metrics", "/elsewhere"]
    failure = served(redirecting(reply, seen), http=HttpOptions(follow_redirects=False))
    assert str(failure) == "server returned HTTP status 302 Found"


def test_a_redirect_loop_ends():
    seen: list[str] = []
    failure = served(redirecting(lambda head: answer(b"", "Location: /metrics", status="301 Moved"), seen))
    assert (str(failure), failure.result) == ("stopped after 10 redirects", "redirects")
    assert len(seen) == 11


def test_credentials_stay_with_their_host():
    async def main():
        seen: list[str] = []
        async with (
            tcp_server(redirecting(lambda head: answer(b"up 1\n"), seen)) as other,
            tcp_server(
                redirecting(lambda head: answer(b"", f"Location: http://{other}/", status="302 Found"), seen)
            ) as first,
        ):
            headers = {"X-Key": (Secret("s3cret-key"),), "X-Plain": ("plain",)}
            bearer = Authorization(credentials=Secret("s3cret"))
            await fetch(f"http://{first}/", http=HttpOptions(authorization=bearer, headers=headers))
        return seen

    first, second = asyncio.run(main())
    assert "Bearer s3cret" in first
    assert "s3cret-key" in first
    assert "s3cret" not in second
    assert "plain" in second


@pytest.mark.parametrize("secret", ["s3cret\n", "s3cret\r\nX: y", "s3cr\x00et", "s3crét"])
def test_what_no_header_can_hold_is_refused_without_being_repeated(secret):
    for http in (
        HttpOptions(authorization=Authorization(credentials=Secret(secret))),
        HttpOptions(headers={"X-Key": (Secret(secret),)}),
    ):
        failure = served(sending(answer(b"up 1\n")), http=http)
        assert re.fullmatch(
            r"the header (Authorization|X-Key) cannot be sent: its value has a line break, .*", str(failure)
        )
        assert (failure.result, "s3cr" in repr(failure)) == ("secret", False)


def test_a_broken_answer_that_repeats_the_credentials_does_not_tell_them():
    async def repeating(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b" ".join(line for line in head.split(b"\r\n") if line.startswith(b"Authorization")) + b"\r\n\r\n")
        await writer.drain()

    failure = served(repeating, http=HttpOptions(basic_auth=BasicAuth("me", Secret("pass-word-12"))))
    assert str(failure) == "illegal status line: bytearray(b'Authorization: Basic <secret>')"


def test_a_connection_is_kept_and_its_silent_end_forgiven():
    connections = 0

    async def handler(reader, writer):
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b"up 1\n"))
        await writer.drain()
        if connections == 1:  # answer once more, then hang up just as the third request comes
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(b"up 2\n"))
            await writer.drain()
            await reader.readuntil(b"\r\n\r\n")

    async def main():
        async with tcp_server(handler) as address:
            client = ScrapeClient(job())
            bodies = [(await client.get(f"http://{address}/", 1000)).body for _ in range(3)]
            await client.close()
        return bodies

    assert asyncio.run(main()) == [b"up 1\n", b"up 2\n", b"up 1\n"]
    assert connections == 2


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for `tls.test` and its key."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tls.test -addext subjectAltName=DNS:tls.test -keyout key.pem -out cert.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


def over_tls(certificate, options: TlsOptions, *, client_certificate: bool = False):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    if client_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate / "cert.pem")

    async def main():
        server = await asyncio.start_server(sending(answer(b"up 1\n")), "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        try:
            return (await fetch(f"https://127.0.0.1:{port}/", http=HttpOptions(tls=options))).body
        except ScrapeError as error:
            return str(error)
        finally:
            server.close()

    return asyncio.run(main())


def test_tls(certificate):
    cert, key = str(certificate / "cert.pem"), str(certificate / "key.pem")
    trusting = TlsOptions(ca_file=cert, server_name="tls.test")
    assert over_tls(certificate, trusting) == b"up 1\n"
    assert over_tls(certificate, replace(trusting, ca_file="", ca=(certificate / "cert.pem").read_text())) == b"up 1\n"
    assert over_tls(certificate, TlsOptions(insecure_skip_verify=True)) == b"up 1\n"
    assert over_tls(certificate, replace(trusting, min_version="TLS13")) == b"up 1\n"
    assert "self-signed certificate" in over_tls(certificate, TlsOptions())
    assert "IP address mismatch" in over_tls(certificate, TlsOptions(ca_file=cert))
    assert over_tls(certificate, TlsOptions(ca_file="/no/such.pem")) == "/no/such.pem: No such file or directory"

    with_files = replace(trusting, cert_file=cert, key_file=key)
    with_texts = replace(
        trusting, cert=(certificate / "cert.pem").read_text(), key=Secret((certificate / "key.pem").read_text())
    )
    assert over_tls(certificate, with_files, client_certificate=True) == b"up 1\n"
    assert over_tls(certificate, with_texts, client_certificate=True) == b"up 1\n"
    assert over_tls(certificate, trusting, client_certificate=True) != b"up 1\n"


def test_a_renewed_certificate_is_taken_up(certificate, tmp_path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trusted = tmp_path / "ca.pem"
    trusted.write_text("not yet\n")

    async def main():
        server = await asyncio.start_server(sending(answer(b"up 1\n")), "127.0.0.1", 0, ssl=context)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        client = ScrapeClient(job(http=HttpOptions(tls=TlsOptions(ca_file=str(trusted), server_name="tls.test"))))
        with pytest.raises(ScrapeError):
            await client.get(url, 1000)
        trusted.write_text((certificate / "cert.pem").read_text())
        first = await client.get(url, 1000)
        os.utime(trusted, ns=(1, 1))
        second = await client.get(url, 1000)
        await client.close()
        server.close()
        return first, second

    first, second = asyncio.run(main())
    assert first.body == second.body == b"up 1\n"


def test_connections_of_an_outdated_certificate_end_once_they_are_idle(certificate, tmp_path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trusted = tmp_path / "ca.pem"
    trusted.write_text((certificate / "cert.pem").read_text())
    slow = asyncio.Event()
    opened, ended = [], []

    async def handler(reader, writer):
        number = len(opened)
        opened.append(writer)
        while head := await reader.read(65536):
            if b"/slow" in head:
                await slow.wait()
            writer.write(answer(b"up 1\n"))
            await writer.drain()
        ended.append(number)
        writer.close()

    async def main():
        server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = ScrapeClient(job(http=HttpOptions(tls=TlsOptions(ca_file=str(trusted), server_name="tls.test"))))
        pending = asyncio.create_task(client.get(url + "/slow", 5000))
        await until(lambda: opened)
        for hour in range(1, 6):
            os.utime(trusted, ns=(hour, hour))
            await client.get(url + "/", 5000)
        await until(lambda: len(ended) == 4)
        before = sorted(ended)
        slow.set()
        late = await pending
        await until(lambda: len(ended) == 5)
        await client.close()
        await until(lambda: len(ended) == 6)
        server.close()
        return before, late.body

    # 0 is still asked something, 5 has the newest certificate
    assert asyncio.run(main()) == ([1, 2, 3, 4], b"up 1\n")


def with_password(path) -> HttpOptions:
    return HttpOptions(basic_auth=BasicAuth("user", Secret(file=str(path))))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "it is not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "it is not a regular file"),
        (lambda path: path.write_bytes(b"x" * 70_000), "it is larger than 65536 bytes"),
        (lambda path: path.write_bytes(b"\xff"), "it is not UTF-8 text"),
        (lambda path: path.mkdir(), "Is a directory"),
    ],
)
def test_secret_files_that_cannot_be_used(tmp_path, make, reason):
    path = tmp_path / "secret"
    make(path)
    failure = served(sending(answer(b"up 1\n")), http=with_password(path))
    assert (str(failure), failure.result) == (f"cannot read the secret file {path}: {reason}", "secret")


@pytest.mark.parametrize(
    ("make", "reason"),
    [(os.mkfifo, "it is not a regular file"), (lambda path: os.truncate(path, 1 << 25), "it is larger than 16777216 bytes")],
)  # fmt: skip
def test_tls_files_that_cannot_be_used(certificate, tmp_path, make, reason):
    path = tmp_path / "ca.pem"
    if make is not os.mkfifo:
        path.touch()
    make(path)
    assert over_tls(certificate, TlsOptions(ca_file=str(path))) == f"{path}: {reason}"


def test_a_file_that_hangs_occupies_one_thread_and_no_pool(tmp_path, monkeypatch):
    """A dead network mount: whatever reads from it does not return."""
    mount = tmp_path / "dead"
    mount.touch()
    released = threading.Event()
    read = http_headers.read_regular

    def hang(path, limit_bytes):
        if path == str(mount):
            released.wait(30)
        return read(path, limit_bytes)

    monkeypatch.setattr(http_headers, "read_regular", hang)

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        client = ScrapeClient(job(http=with_password(mount)))
        async with exposing(b"up 1\n") as address:
            threads = set(threading.enumerate())
            tries = (client.get(f"http://{address}/", 100) for _ in range(5))
            failures = await asyncio.gather(*tries, return_exceptions=True)
            with pytest.raises(ScrapeError):
                await client.get(f"http://{address}/", 50)
            assert len(set(threading.enumerate()) - threads) == 1
            async with asyncio.timeout(5):
                assert await asyncio.to_thread(lambda: "free") == "free"
            released.set()
            good = await client.get(f"http://{address}/", 3000)
            await client.close()
        return failures, good

    failures, good = asyncio.run(main())
    assert {str(each) for each in failures} == {f"no answer within 0.1 s; a file is still being read, one of {mount}"}
    assert good.body == b"up 1\n"


def test_a_proxy_is_asked():
    async def main():
        requests: list[bytes] = []
        async with exposing(b"up 1\n", requests=requests) as proxy:
            await fetch("http://target.invalid:9/metrics", http=HttpOptions(proxy_url=f"http://{proxy}"))
        return requests

    assert asyncio.run(main())[0].startswith(b"GET http://target.invalid:9/metrics HTTP/1.1")


def test_what_a_proxy_of_the_environment_was_told_is_not_told(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:pr0xy-pass@proxy.example:3128")

    for ours, said in ((True, "407 <secret> is <secret>"), (False, "407 bWU6cHIweHktcGFzcw== is pr0xy-pass")):
        client = HttpClient(HttpOptions(proxy_from_environment=ours))
        assert client.hidden("407 bWU6cHIweHktcGFzcw== is pr0xy-pass") == said


def test_a_status_line_that_repeats_the_credentials_does_not_tell_them():
    failure = served(
        sending(answer(b"", status="401 no Bearer s3cret-token-1")),
        http=HttpOptions(authorization=Authorization(credentials=Secret("s3cret-token-1"))),
    )
    assert (str(failure), failure.result) == ("server returned HTTP status 401 no Bearer <secret>", "http_status")
