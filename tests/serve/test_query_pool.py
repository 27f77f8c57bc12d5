"""The threads for queries: order, room, waiting, leaving, memory, and what an operator sees."""

import asyncio
import logging
import threading
import time
from functools import partial

import pytest
from prometheus_client import CollectorRegistry

from watchglass.errors import QueryTimeoutError
from watchglass.promql.limits import Budget, QueryCanceledError
from watchglass.promql.memory_pool import current_share
from watchglass.serve import query_pool
from watchglass.serve.active_log import FILE, ActiveQueryLog
from watchglass.serve.envelope import ApiError, failure
from watchglass.serve.jobs import Job
from watchglass.serve.options import QueryLimits
from watchglass.serve.query_cost import CHEAP_S, CostBook, weight_of
from watchglass.serve.query_pool import QueryPool

pytestmark = pytest.mark.anyio

HEAVY = 1e6
"""A weight that no estimate takes for cheap."""


class Gate:
    """Work that begins, says so, and ends when it may."""

    def __init__(self):
        self.begun, self.open, self.order = threading.Semaphore(0), threading.Event(), []

    def work(self, name):
        def run():
            self.order.append(name)
            self.begun.release()
            assert self.open.wait(20)
            return name

        return run

    async def wait(self, count=1):
        for _ in range(count):
            assert await asyncio.to_thread(self.begun.acquire, timeout=20)


@pytest.fixture
def gate():
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def make_pool():
    made = []

    def make(registry=None, **limits):
        made.append(QueryPool(QueryLimits(**({"threads": 1} | limits)), registry))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def heavy(client="a", **others):
    return Job(text=f"heavy of {client}", client=client, weight=HEAVY, **others)


async def test_an_instant_query_does_not_wait_for_heavy_ones(make_pool, gate):
    pool = make_pool(threads=2)
    waiting = [pool.submit(gate.work("heavy"), heavy()) for _ in range(20)]
    await gate.wait(2)
    assert await pool.run(lambda: 1, Job(text="1", client="b")) == 1
    assert gate.order == ["heavy", "heavy"]
    gate.open.set()
    await asyncio.gather(*waiting)


async def test_a_stranger_does_not_wait_for_all_of_a_dashboard(make_pool, gate):
    pool = make_pool()
    first = pool.submit(gate.work("a"), heavy())
    await gate.wait()
    rest = [pool.submit(gate.work("a"), heavy()) for _ in range(5)]
    stranger = pool.submit(gate.work("b"), heavy("b"))
    gate.open.set()
    await asyncio.gather(first, stranger, *rest)
    assert gate.order[:2] == ["a", "b"]


async def test_queries_that_run_for_long_leave_a_thread_to_others(make_pool, gate, monkeypatch):
    monkeypatch.setattr(query_pool, "LONG_S", 0.0)
    pool = make_pool(threads=2)
    waiting = [pool.submit(gate.work("a"), heavy("a")) for _ in range(3)]
    await gate.wait()
    assert await pool.run(lambda: 1, heavy("b")) == 1
    assert gate.order == ["a"]
    gate.open.set()
    assert await asyncio.gather(*waiting) == ["a"] * 3


async def test_heavy_queries_of_one_client_never_take_every_thread_while_another_asks_too(make_pool, gate):
    pool = make_pool(threads=2)
    assert await pool.run(lambda: 1, heavy("b")) == 1
    waiting = [pool.submit(gate.work("a"), heavy("a")) for _ in range(3)]
    await gate.wait()
    assert await pool.run(lambda: 2, heavy("b")) == 2
    assert gate.order == ["a"]
    gate.open.set()
    assert await asyncio.gather(*waiting) == ["a"] * 3


async def test_a_query_that_failed_late_is_known_to_be_long(make_pool):
    pool, cheap = make_pool(), Job(text="q", client="a", weight=1)

    def fail():
        while time.thread_time() < CHEAP_S * 1.5:
            pass
        raise QueryTimeoutError("too long")

    with pytest.raises(QueryTimeoutError):
        await pool.run(fail, cheap)
    running = pool.submit(lambda: None, cheap)
    assert not pool._running[2].cheap
    await running


async def test_a_new_name_for_each_dashboard_does_not_take_every_thread(make_pool, gate, monkeypatch):
    monkeypatch.setattr(query_pool, "LONG_S", 0.0)
    pool = make_pool(threads=2)
    waiting = [pool.submit(gate.work("a"), heavy("a", dashboard=str(number))) for number in range(3)]
    await gate.wait()
    assert await pool.run(lambda: 1, heavy("b")) == 1
    assert gate.order == ["a"]
    gate.open.set()
    assert await asyncio.gather(*waiting) == ["a"] * 3


async def test_waiting_counts_against_the_time_of_a_query(make_pool, gate):
    pool = make_pool()
    running = pool.submit(gate.work("first"), heavy())
    await gate.wait()
    with pytest.raises(QueryTimeoutError, match="query timed out in query queue"):
        await pool.run(gate.work("second"), heavy(timeout_s=0.01))
    gate.open.set()
    await running
    assert gate.order == ["first"]


async def test_work_that_waits_is_dropped_when_its_client_leaves(make_pool, gate):
    pool = make_pool()
    running = pool.submit(gate.work("first"), heavy())
    await gate.wait()
    job, left = heavy(), heavy()
    stopped = pool.submit(gate.work("stopped"), job)
    cancelled = asyncio.ensure_future(pool.run(gate.work("cancelled"), left))
    await asyncio.sleep(0)
    pool.stop(job)
    cancelled.cancel()
    with pytest.raises(QueryCanceledError):
        await stopped
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert len(pool.listed()) == 1
    gate.open.set()
    await running
    assert gate.order == ["first"]


async def test_a_full_queue_says_when_to_come_again(make_pool, gate):
    registry = CollectorRegistry()
    pool = make_pool(registry, max_concurrency=2)
    waiting = [pool.submit(gate.work("a"), heavy()) for _ in range(2)]
    with pytest.raises(ApiError, match="2 queries are running or waiting") as refused:
        await pool.run(gate.work("a"), heavy())
    answer = failure(refused.value)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "20")
    assert registry.get_sample_value("watchglass_queries_refused_total") == 1
    gate.open.set()
    await asyncio.gather(*waiting)
    assert registry.get_sample_value("watchglass_queries_in_flight") == 0


async def test_a_pool_without_room_or_threads_refuses_and_no_more(make_pool):
    with pytest.raises(ApiError, match="0 queries are running or waiting") as refused:
        await make_pool(threads=0, max_concurrency=0).run(lambda: 1, heavy())
    assert failure(refused.value).headers["retry-after"] == "1"


async def test_in_a_full_queue_who_has_least_takes_the_place_of_who_has_most(make_pool, gate):
    pool = make_pool(max_concurrency=4)
    running, *waiting = [pool.submit(gate.work("a"), heavy()) for _ in range(4)]
    await gate.wait()
    stranger = pool.submit(gate.work("b"), heavy("b"))
    with pytest.raises(ApiError):
        await waiting[2]
    gate.open.set()
    assert await asyncio.gather(running, stranger, *waiting[:2]) == ["a", "b", "a", "a"]


async def test_errors_reach_who_waits(make_pool):
    with pytest.raises(ZeroDivisionError):
        await make_pool().run(lambda: 1 // 0)


async def test_free_memory_goes_back_after_a_large_query_even_if_it_fails():
    given = []
    pool = QueryPool(QueryLimits(memory_bytes=256 << 20), None, give_back=lambda: given.append(1))

    def hold(size_bytes):
        current_share().need(size_bytes, lambda: None)

    def fail():
        hold(65 << 20)
        raise ValueError

    await pool.run(partial(hold, 1 << 20))
    assert given == []
    await pool.run(partial(hold, 65 << 20))
    with pytest.raises(ValueError, match=r"^$"):
        await pool.run(fail)
    assert given == [1, 1]
    pool.close()


async def test_queries_share_the_memory(make_pool):
    pool = make_pool(memory_bytes=64 << 20)

    def large():
        Budget(10**9, 60_000).allow(10**9)

    with pytest.raises(Exception, match=r"one client may hold 48 MiB of the 64 MiB for all \(query\.memory\)"):
        await pool.run(large)

    def fits():
        share = current_share()
        share.need(10 << 20, lambda: None)
        return pool.memory.held_bytes

    assert await pool.run(fits) == 10 << 20
    assert pool.memory.held_bytes == 0


async def test_what_runs_and_waits_is_listed(make_pool, gate):
    pool = make_pool()
    running = pool.submit(gate.work("first"), heavy(dashboard="d1"))
    await gate.wait()
    waiting = pool.submit(gate.work("second"), heavy("b"))
    shown = pool.listed()
    assert [(each["query"], each["client"], each["dashboard"], each["state"]) for each in shown] == [
        ("heavy of a", "a", "d1", "running"),
        ("heavy of b", "b", "", "waiting"),
    ]
    gate.open.set()
    await asyncio.gather(running, waiting)
    assert pool.listed() == []


async def test_running_queries_are_noted(make_pool, gate, tmp_path):
    pool = make_pool()
    pool.keep_log(ActiveQueryLog(tmp_path, pool.slots))
    running = pool.submit(gate.work("first"), heavy())
    await gate.wait()
    assert b"heavy of a" in (tmp_path / FILE).read_bytes()
    gate.open.set()
    await running
    assert b"heavy of a" not in (tmp_path / FILE).read_bytes()
    pool.close()
    assert not (tmp_path / FILE).exists()


async def test_closing_ends_what_waits_and_what_runs(make_pool, caplog):
    caplog.set_level(logging.DEBUG)
    pool = make_pool()
    job, begun = heavy(), threading.Event()

    def work():
        begun.set()
        return job.stop.wait(20)

    running, waiting = pool.submit(work, job), pool.submit(work, heavy())
    await asyncio.to_thread(begun.wait, 20)
    pool.close()
    with pytest.raises(ApiError, match="stopping"):
        await waiting
    assert await running


def test_the_cost_of_a_query_is_guessed_and_then_known():
    book = CostBook()
    instant = weight_of("sum(up)", 0, 1, 300_000)
    day = weight_of("sum(rate(x[5m]))", 86_400_000, 1441, 300_000)
    window = weight_of("sum(rate(x[24h]))", 0, 1, 300_000)
    assert book.estimate("sum(up)", instant) < CHEAP_S < book.estimate("x", window) < book.estimate("x", day)
    book.learn("sum(up)", instant, 3.0)
    assert book.estimate("sum(up)", instant) == pytest.approx(3.0)
    for number in range(1001):
        book.learn(str(number), 1, 1.0)
    assert book.estimate("sum(up)", instant) < CHEAP_S
    assert weight_of("x[99999999999999999999y] @ [", 0, 1, 0) >= 1
