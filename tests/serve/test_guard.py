"""Slow, endless and broken clients, against a real server on a real socket."""

import asyncio
import socket
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from watchglass.promql.limits import Budget
from watchglass.promql.memory_pool import MemoryPool
from watchglass.serve.front_door import FrontDoor
from watchglass.serve.guard import GuardedProtocol
from watchglass.serve.listeners import open_listeners
from watchglass.serve.options import BodyLimits, WebOptions
from watchglass.serve.pieces import PiecedResponse
from watchglass.serve.server import HttpServer

pytestmark = pytest.mark.anyio

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def application(scope, receive, send):
    request = Request(scope, receive)
    size = 0
    async for piece in request.stream():
        size += len(piece)
    await PlainTextResponse(str(size) * int(request.headers.get("x-times", "1")))(scope, receive, send)


@asynccontextmanager
async def serving(application=application, **limits):
    """The port of a server with these limits."""
    options = WebOptions(bodies=BodyLimits(**limits))
    sockets = open_listeners(["127.0.0.1:0"], allow_anonymous=False)
    port = sockets[0].getsockname()[1]
    server = HttpServer(FrontDoor(application, options), options)
    running = asyncio.create_task(server.run_on(sockets))
    await asyncio.sleep(0)
    try:
        yield port
    finally:
        server.stop()
        await running


@asynccontextmanager
async def connected(port, limit=1 << 16):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def talk(port, *pieces, pause=0.0):
    """Send pieces, return everything that came back until the server closed; at most 5 s."""
    async with connected(port) as (reader, writer):
        with suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
        with suppress(ConnectionError):
            return await asyncio.wait_for(reader.read(), 5)
    return b""


async def test_a_client_that_sends_its_headers_byte_by_byte_is_shown_out():
    async with serving(header_timeout_s=0.2) as port:
        answer = await talk(port, *(bytes([byte]) for byte in GET[:20]), pause=0.05)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


async def test_a_client_that_says_nothing_is_shown_out():
    async with serving(header_timeout_s=0.1) as port:
        assert (await talk(port)).startswith(b"HTTP/1.1 408 ")


async def test_half_a_second_request_is_shown_out():
    async with serving(header_timeout_s=0.2) as port:
        answer = await talk(port, GET, b"GET / HT", pause=0.05)
        assert b"200 OK" in answer
        assert b"408 Request Timeout" in answer


async def test_endless_headers_are_cut():
    async with serving(header_bytes=10_000) as port:
        assert b"431 " in await talk(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"x" * 20_000)


async def test_a_body_that_stops_is_given_up():
    async with serving(body_timeout_s=0.1) as port:
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc"
        assert not (await talk(port, head)).startswith(b"HTTP/1.1 200")


async def test_a_slow_but_steady_body_is_taken():
    async with serving(body_timeout_s=0.5, header_timeout_s=0.1) as port:
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 6\r\n\r\n"
        answer = await talk(port, head, *[b"x"] * 6, pause=0.05)
        assert answer.endswith(b"\r\n\r\n6")


async def test_an_idle_client_between_requests_is_kept():
    async with serving(header_timeout_s=0.1) as port, connected(port) as (reader, writer):
        for _ in range(2):
            writer.write(GET)
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n0")
            await asyncio.sleep(0.3)


async def test_a_client_that_takes_nothing_is_given_up():
    async with serving(send_timeout_s=0.1) as port, connected(port, limit=1024) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Times: 50000000\r\n\r\n")
        await asyncio.sleep(2)
        taken = 0
        with suppress(ConnectionError):
            while piece := await asyncio.wait_for(reader.read(1 << 20), 5):
                taken += len(piece)
        assert taken < 50_000_000


async def test_clients_that_take_nothing_give_way_to_who_waits_for_memory():
    pool, held = MemoryPool(48 << 20, stalled_s=0.2), asyncio.Semaphore(0)

    async def large(scope, receive, send):
        del receive
        share = pool.share()
        share.need(16 << 20, lambda: None)
        share.keep_only(16 << 20)
        held.release()
        await PiecedResponse([b"x" * (256 << 10)] * 64, "application/json", share)(scope, None, send)

    async with serving(large) as port, AsyncExitStack() as readers:
        for _ in range(3):
            _, writer = await readers.enter_async_context(connected(port, limit=1024))
            writer.write(GET)
            await held.acquire()
        await asyncio.to_thread(waiting_for, pool, 20 << 20)
        assert pool.held_bytes <= 36 << 20


def waiting_for(pool, size_bytes):
    """A query that waits for memory, for 10 s at most."""
    share = pool.share()
    share.need(size_bytes, Budget(0, 10_000, share=share).check)
    assert share.held_bytes >= size_bytes


async def test_a_client_that_takes_its_time_gets_all():
    async with serving(send_timeout_s=0.1) as port, connected(port, limit=1024) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Times: 30000000\r\n\r\n")
        taken = 0
        while piece := await asyncio.wait_for(reader.read(1 << 20), 5):
            taken += len(piece)
            if taken < 10_000_000:
                await asyncio.sleep(0.001)
        assert taken > 30_000_000


async def test_answers_do_not_wait_for_acknowledgements(monkeypatch):
    accepted = []

    def connection_made(self, transport):
        accepted.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        original(self, transport)

    original = GuardedProtocol.connection_made
    monkeypatch.setattr(GuardedProtocol, "connection_made", connection_made)
    async with serving() as port, connected(port) as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"\r\n\r\n0")
    assert accepted
    assert all(accepted)


@pytest.mark.parametrize("request_bytes", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n"])
async def test_what_is_not_http_gets_400(request_bytes):
    async with serving() as port:
        assert (await talk(port, request_bytes)).startswith(b"HTTP/1.1 400 ")


async def test_more_connections_than_allowed_are_told_so():
    async with serving(connections=5) as port, AsyncExitStack() as idle:
        for _ in range(5):
            await idle.enter_async_context(connected(port))
        assert b"503 Service Unavailable" in await talk(
            port, GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
