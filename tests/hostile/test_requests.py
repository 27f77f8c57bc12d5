"""Hostile requests down to their bytes: refused or cut off, and the server is well and small afterwards."""

import gzip
import socket
import time
from contextlib import suppress

import pytest

MIB = 1024 * 1024
FORM = "Content-Type: application/x-www-form-urlencoded"
OPENMETRICS = "Content-Type: application/openmetrics-text; version=1.0.0"
ROOM_BYTES = 96 * MIB  # what a refused request may take for a while

HEAD = b"GET /api/v1/query?query=1 HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\n" + FORM.encode() + b"\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"

RAW = {
    "nothing but a line end": b"\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
    "NULs": bytes(100_000),
    "a method of a megabyte": b"A" * MIB + b" / HTTP/1.1\r\n\r\n",
    "an address of a megabyte": b"GET /" + b"a" * MIB + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a query of 70 kB in the address": b"GET /api/v1/query?query="
    + b"1%2B" * 17_500
    + b"1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a header of a megabyte": HEAD + b"X: " + b"a" * MIB + b"\r\n\r\n",
    "100,000 headers": HEAD + b"X: a\r\n" * 100_000 + b"\r\n",
    "a header without a name": HEAD + b": a\r\n\r\n",
    "a header with a line end": HEAD + b"X: a\rb\r\n\r\n",
    "no Host": b"GET /api/v1/query?query=1 HTTP/1.1\r\n\r\n",
    "two Hosts": HEAD + b"Host: localhost\r\n\r\n",
    "a Host of another site": b"GET /api/v1/query?query=1 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a Host of bytes": b"GET /api/v1/query?query=1 HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "raw bytes in the address": b"GET /api/v1/query?query=\xff\xfe\xc0\x80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "NUL in the address": b"GET /api/v1/query?query=\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two lengths": POST + b"Content-Length: 7\r\nContent-Length: 9\r\n\r\nquery=1",
    "a negative length": POST + b"Content-Length: -1\r\n\r\nquery=1",
    "a length of 10^30": POST + b"Content-Length: 1" + b"0" * 30 + b"\r\n\r\nquery=1",
    "a length of 10 GB": POST + b"Content-Length: 10000000000\r\n\r\nquery=1",
    "a length and chunks": POST + b"Content-Length: 5\r\n" + CHUNKED + b"7\r\nquery=1\r\n0\r\n\r\n",
    "a chunk that is no number": POST + CHUNKED + b"zz\r\nquery=1\r\n0\r\n\r\n",
    "a chunk of 10^30": POST + CHUNKED + b"F" * 30 + b"\r\nquery=1",
    "a request in a request": HEAD + b"Content-Length: 40\r\n\r\nGET /-/quit HTTP/1.1\r\nHost: localhost\r\n\r\n",
}
"""Bytes after which the server may say what it likes, or nothing, but soon."""


@pytest.mark.parametrize("data", RAW.values(), ids=list(RAW))
def test_bytes(server, data):
    answer = server.send_and_close(data)

    assert answer.status in {0, 200, 400, 403, 404, 405, 413, 414, 415, 421, 431, 501, 505}
    assert server.get("/api/v1/query?query=1").status == 200


def bodies():
    form = b"query=1&" + b"a" * (4 * MIB)
    bomb = gzip.compress(b"query=1&" + bytes(200 * MIB), 1)
    yield "100 MB in a form", "/api/v1/query", b"query=1&x=" + b"a" * 100 * MIB, (FORM,)
    yield "as much as a form may have", "/api/v1/query", form[: 4 * MIB], (FORM,)
    yield "100,000 parameters", "/api/v1/query", b"query=1&" * 100_000, (FORM,)
    yield "100,000 selectors", "/api/v1/series", b"match[]=up&" * 100_000, (FORM,)
    yield "two megabytes of percent signs", "/api/v1/query", b"query=" + b"%" * 2 * MIB, (FORM,)
    yield "bytes that are no text", "/api/v1/query", b"query=\xff\xfe", (FORM,)
    yield "escapes that are no text", "/api/v1/query_range", b"query=%ed%a0%80&start=0&end=1&step=1", (FORM,)
    yield "a bomb", "/api/v1/query", bomb, (FORM, "Content-Encoding: gzip")
    yield "no gzip", "/api/v1/query", b"query=1", (FORM, "Content-Encoding: gzip")
    yield "an unknown coding", "/api/v1/query", b"query=1", (FORM, "Content-Encoding: evil, gzip, " * 100 + "x")
    yield "JSON", "/api/v1/query", b"[" * 100_000, ("Content-Type: application/json",)
    yield "no type", "/api/v1/query", b"query=1", ("Content-Type: ",)
    yield "a long type", "/api/v1/query", b"query=1", ("Content-Type: " + "a/" * 10_000,)
    yield "a charset", "/api/v1/query", b"query=1", (FORM + "; charset=utf-16",)
    yield "import of a bomb", "/api/v1/import", bomb, (OPENMETRICS, "Content-Encoding: gzip")
    yield "import of zeros", "/api/v1/import", bytes(20 * MIB), (OPENMETRICS,)
    yield "import of one long line", "/api/v1/import", b"a" * 20 * MIB, (OPENMETRICS,)
    yield "import of a long label", "/api/v1/import", b'a{b="' + b"x" * 20 * MIB + b'"} 1 1\n# EOF\n', (OPENMETRICS,)
    yield "import of a label name", "/api/v1/import", b"a{" + b"x" * 20 * MIB + b'="y"} 1 1\n# EOF\n', (OPENMETRICS,)
    yield "import of many labels", "/api/v1/import", b"a{" + b'b="c",' * MIB + b"} 1 1\n# EOF\n", (OPENMETRICS,)
    yield "import without an end", "/api/v1/import", b"a 1 1\n", (OPENMETRICS,)
    yield "import beyond int64", "/api/v1/import", b"a 1 1e300\n# EOF\n", (OPENMETRICS,)
    yield "import of no time", "/api/v1/import", b"a 1 NaN\n# EOF\n", (OPENMETRICS,)
    yield "import of digits", "/api/v1/import", b"a " + b"9" * 10 * MIB + b" 1\n# EOF\n", (OPENMETRICS,)
    yield "import of bytes", "/api/v1/import", b'a{b="\xff\xfe"} 1 1\n# EOF\n', (OPENMETRICS,)
    yield "import of comments", "/api/v1/import", b"# HELP a " + b"x" * 20 * MIB + b"\n# EOF\n", (OPENMETRICS,)


BODIES = list(bodies())


@pytest.mark.slow
@pytest.mark.parametrize(("path", "body", "headers"), [each[1:] for each in BODIES], ids=[each[0] for each in BODIES])
def test_bodies(server, path, body, headers):
    server.forget_peak()
    before = server.resident_bytes()

    answer = server.post(path, body, *headers)

    took = server.peak_bytes() - before
    assert answer.status in {0, 200, 400, 413, 415, 422, 503}
    assert took < ROOM_BYTES, f"{took // MIB} MiB"
    assert server.get("/api/v1/query?query=1").status == 200


@pytest.mark.slow
def test_bodies_that_never_end(server):
    """100 clients that send a form, an import or headers byte by byte do not keep anybody else out."""
    starts = [
        POST + CHUNKED + b"1\r\na\r\n",
        POST + b"Content-Length: 1000000\r\n\r\nquery=1",
        b"POST /api/v1/import HTTP/1.1\r\nHost: localhost\r\n" + OPENMETRICS.encode() + b"\r\n" + CHUNKED,
        HEAD + b"X: ",
    ]
    connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
    try:
        for number, connection in enumerate(connections):
            connection.sendall(starts[number % len(starts)])
        for _ in range(10):
            assert server.get("/api/v1/query?query=1").status == 200
            for connection in connections:
                with suppress(BrokenPipeError, ConnectionResetError):  # some are refused for it
                    connection.sendall(b"1\r\na\r\n")
            time.sleep(0.1)
    finally:
        for connection in connections:
            connection.close()
    server.is_well()


@pytest.mark.slow
def test_answers_that_nobody_reads(server):
    """Clients that ask for megabytes and take nothing hold no more than their share of memory, and nobody else."""
    span = f"start={server.end_s - 86_400}&end={server.end_s}"
    target = f"/api/v1/query_range?query=hostile_data&step=60&{span}"
    request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(10)]
    try:
        for connection in connections:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request)
        server.is_well()
    finally:
        for connection in connections:
            connection.close()
    server.is_well()


@pytest.mark.slow
def test_callers_that_leave_at_once(server):
    """Queries whose clients are gone end: the queue is empty soon."""
    target = f"/api/v1/query_range?query=mad_over_time(hostile_data[12h])&step=10&start={server.end_s - 86_400}"
    for _ in range(60):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(f"GET {target}&end={server.end_s} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    server.is_well()

    server.wait_until(lambda: b"watchglass_queries_in_flight 0.0" in server.get("/metrics").body)


@pytest.mark.slow
def test_it_is_small_again(server):
    """The last of this file: memory, connections and files were given back."""
    server.is_well()
    server.wait_until(lambda: server.resident_bytes() < server.first_bytes + 128 * MIB, timeout_s=90)
    server.wait_until(lambda: server.open_files() < server.first_files + 16)
