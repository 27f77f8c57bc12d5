"""Answers in pieces: sent one by one, and counted for as long as they are held."""

import asyncio
import threading

import pytest

from watchglass.errors import QueryTimeoutError
from watchglass.promql.memory_pool import MemoryPool
from watchglass.serve.http import build_application
from watchglass.serve.pieces import PiecedResponse

pytestmark = pytest.mark.anyio

SIZE = 1 << 20


def made(pool):
    share = pool.share()
    share.need(3 * SIZE, lambda: None)
    share.keep_only(2 * SIZE)
    return PiecedResponse([b"a" * SIZE, b"b" * SIZE], "application/json", share)


async def test_pieces_go_out_one_by_one_and_their_memory_is_given_back():
    pool, sent = MemoryPool(8 * SIZE), []

    async def send(message):
        sent.append((message, pool.held_bytes))

    await made(pool)({}, None, send)
    (start, _), (first, held), (second, _) = sent
    assert dict(start["headers"]) == {b"content-length": b"%d" % (2 * SIZE), b"content-type": b"application/json"}
    assert (first["body"][:1], first["more_body"], held) == (b"a", True, 2 * SIZE)
    assert (second["body"][:1], second["more_body"]) == (b"b", False)
    assert pool.held_bytes == 0


async def test_a_client_that_leaves_gives_it_back_too():
    pool = MemoryPool(8 * SIZE)

    async def send(_message):
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await made(pool)({}, None, send)
    assert pool.held_bytes == 0


async def test_an_answer_that_is_never_sent_is_not_counted_for_ever():
    pool = MemoryPool(8 * SIZE)
    answer = made(pool)
    assert pool.held_bytes == 2 * SIZE
    del answer
    assert pool.held_bytes == 0


class Stuck:
    """An engine whose query goes on until it is told that nobody waits."""

    def __init__(self):
        self.stopped = threading.Event()

    def instant(self, _query, _time_ms, *, cancel, **_others):
        assert cancel.wait(20)
        self.stopped.set()
        raise QueryTimeoutError("stopped")


async def test_a_connection_that_closes_stops_its_query(make_parts):
    engine, sent = Stuck(), []
    app = build_application(make_parts(engine=engine))
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}])

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"127.0.0.1:9090")]
    scope = {"type": "http", "method": "GET", "path": "/api/v1/query", "raw_path": b"/api/v1/query", "headers": headers}
    scope |= {"query_string": b"query=a", "http_version": "1.1", "scheme": "http", "root_path": ""}
    scope |= {"server": ("127.0.0.1", 9090), "client": ("127.0.0.1", 5000)}
    await asyncio.wait_for(app(scope, receive, send), 20)
    assert engine.stopped.is_set()
