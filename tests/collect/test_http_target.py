"""What a target is said to suffer from when it cannot be reached: the words that users of Prometheus search for."""

from __future__ import annotations

import asyncio
import socket

import pytest
from collect_support import job, tcp_server

from watchglass.collect.errors import ScrapeError, in_plain_words
from watchglass.collect.http import ScrapeClient
from watchglass.collect.http_target import HttpAccess, HttpReader
from watchglass.collect.metrics import ScrapeMetrics
from watchglass.collect.target import Target
from watchglass.model.http import HttpOptions
from watchglass.model.labels import Labels


async def fault(url: str, timeout_ms: int = 2000, **options) -> str:
    """The error of one fetch."""
    of = job(**options)
    client = ScrapeClient(of)
    target = Target(url, Labels(), Labels(), 15_000, timeout_ms, url)
    reader = HttpReader(target, HttpAccess(of, client), lambda _: 0, ScrapeMetrics(None))
    try:
        with pytest.raises(ScrapeError) as caught:
            await reader.fetch()
        return str(caught.value)
    finally:
        await client.close()


@pytest.fixture
def closed_port():
    """A port that nobody listens on, and that nobody else gets meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_nobody_listens(closed_port):
    said = f"127.0.0.1:{closed_port}: connection refused"

    assert asyncio.run(fault(f"http://127.0.0.1:{closed_port}/metrics")) == said
    assert asyncio.run(fault(f"https://localhost:{closed_port}/metrics")).endswith(": connection refused")
    by_proxy = HttpOptions(proxy_url=f"http://user:hidden@127.0.0.1:{closed_port}")
    assert asyncio.run(fault("http://a.example/metrics", http=by_proxy)) == said


def test_an_unknown_name():
    assert asyncio.run(fault("http://nothing.invalid/metrics")) == "lookup nothing.invalid: no such host"


def test_nothing_comes_in_time():
    async def main():
        async def handler(reader, writer):
            await reader.read()

        async with tcp_server(handler) as address:
            return address, await fault(f"http://{address}/metrics", 100)

    address, said = asyncio.run(main())
    assert said == f"{address}: no full answer within 0.1 s (i/o timeout, context deadline exceeded)"


def test_a_reset():
    async def main():
        async def handler(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            off = (1).to_bytes(4, "little") + bytes(4)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, off)
            writer.close()

        async with tcp_server(handler) as address:
            return address, await fault(f"http://{address}/metrics")

    address, said = asyncio.run(main())
    assert said == f"{address}: connection reset by peer"


def test_half_an_address():
    assert asyncio.run(fault("http://[::1/metrics")) == "Invalid port: ':1'"


@pytest.mark.parametrize("message", ["server returned HTTP status 500", "certificate verify failed"])
def test_other_errors_stay_as_they_are(message):
    error = ScrapeError(message, result="connection")
    assert in_plain_words(error, "a:1") is error


def test_an_address_of_version_6():
    error = ScrapeError("x", result="connection")
    error.__cause__ = OSError(111, "Connect call failed ('::1', 9100, 0, 0)")
    assert str(in_plain_words(error, "localhost:9100")) == "[::1]:9100: connection refused"
