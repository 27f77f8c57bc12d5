"""Answers in pieces: sent one by one, and counted for as long as they are held."""

import asyncio
import threading
import time

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


async def test_a_piece_that_is_large_itself_goes_out_in_parts():
    sent, frame = [], bytes(range(256)) * (10 << 10)

    async def send(message):
        sent.append(message)

    await PiecedResponse([frame, b"end"], "application/x")({}, None, send)
    bodies = [message["body"] for message in sent[1:]]
    assert b"".join(bodies) == frame + b"end"
    assert max(map(len, bodies)) == SIZE
    assert [message["more_body"] for message in sent[1:]] == [True] * 3 + [False]


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


class Watched:
    """A store that works until the pool says that nobody waits for it."""

    def __init__(self):
        self.pool, self.noticed = None, threading.Event()

    def _work(self, *_selection, **_others):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not self.noticed.wait(0.01):
            if any(row["state"] == "stopping" for row in self.pool.listed()):
                self.noticed.set()
        raise QueryTimeoutError("stopped")

    series = select = label_names = label_values = metadata = _work


async def closing(app, path, query):
    """Ask, and close the connection."""
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}])

    async def receive():
        return next(messages)

    async def send(message):
        del message

    headers = [(b"host", b"127.0.0.1:9090")]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "headers": headers}
    scope |= {"query_string": query, "http_version": "1.1", "scheme": "http", "root_path": ""}
    scope |= {"server": ("127.0.0.1", 9090), "client": ("127.0.0.1", 5000)}
    await asyncio.wait_for(app(scope, receive, send), 20)


async def test_a_connection_that_closes_stops_its_query(make_parts):
    engine = Stuck()
    await closing(build_application(make_parts(engine=engine)), "/api/v1/query", b"query=a")
    assert engine.stopped.is_set()


@pytest.mark.parametrize(
    "path",
    ["/api/v1/series", "/api/v1/labels", "/api/v1/label/a/values", "/api/v1/metadata", "/federate",
     "/api/v1/status/tsdb"],
)  # fmt: skip
async def test_a_connection_that_closes_is_noticed_wherever_a_thread_works(make_parts, path):
    store = Watched()
    parts = make_parts(storage=store, head_stats=dict)
    store.pool = parts.queries
    await closing(build_application(parts), path, b"match[]=a")
    assert store.noticed.is_set()
