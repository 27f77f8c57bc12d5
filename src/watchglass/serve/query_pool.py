"""Threads for queries, few and their own, behind a fair and bounded queue: a heavy dashboard delays neither scraping nor others.

Heavy queries take at most `threads` threads; one more is there for cheap ones, so that those never wait for heavy ones
alone. Everything here but `_work` happens on the loop.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.requests import Request

from watchglass.errors import QueryTimeoutError
from watchglass.promql.limits import QueryCanceledError
from watchglass.promql.memory_pool import MemoryPool, using
from watchglass.serve.active_log import ActiveQueryLog
from watchglass.serve.envelope import ApiError
from watchglass.serve.fair_queue import FairQueue, Key
from watchglass.serve.jobs import Job, job_of, until_gone
from watchglass.serve.options import QueryLimits
from watchglass.serve.query_cost import CHEAP_S, CostBook

T = TypeVar("T")
log = logging.getLogger("watchglass.serve")

EXPRESS = 1
"""Threads beyond `query.threads`, for cheap queries."""
LONG_S = 0.5
"""While a query has been running for longer, another heavy one of its client does not get the last thread."""
SHARED_S = 60.0
"""For so long after two clients asked in turn, none has all threads with heavy queries, however short they have run."""
CLIENT_RATIO = 0.75
"""Of the memory for all queries: what those of one client may take."""
LARGE_BYTES = 64 << 20
"""After a query that took more, free memory goes back to the system at once."""
_WAIT_BUCKETS = (0.001, 0.01, 0.1, 1.0, 10.0, 60.0)


@dataclass(slots=True, eq=False)
class _Entry:
    number: int
    job: Job
    key: Key
    work: Callable[[], Any]
    future: asyncio.Future[Any]
    cost_s: float
    asked_s: float
    began_s: float | None = None
    timer: asyncio.TimerHandle | None = None
    slot: int | None = None

    @property
    def cheap(self) -> bool:
        return self.cost_s <= CHEAP_S


class QueryPool:
    """Runs synchronous work off the loop.

    Args:
        limits: threads, how many may wait, and the memory of all together.
        registry: where it counts.
        memory: another pool's, to be shared with it.
        give_back: called in a query's thread when the query took much memory, which the allocator would keep.
    """

    def __init__(
        self,
        limits: QueryLimits,
        registry: CollectorRegistry | None,
        memory: MemoryPool | None = None,
        give_back: Callable[[], None] = lambda: None,
    ) -> None:
        self.memory = memory or MemoryPool(limits.memory_bytes, client_bytes=int(limits.memory_bytes * CLIENT_RATIO))
        self._give_back = give_back
        self._limits = limits
        self._queue: FairQueue[_Entry] = FairQueue()
        self._running: dict[int, _Entry] = {}
        self._metrics = _Metrics(registry, self)
        self._costs = CostBook()
        self._numbers = count(1)
        self._handed: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._threads = 0
        self._log: ActiveQueryLog | None = None
        self._last_client = ""
        self._shared_until_s = float("-inf")

    def keep_log(self, active: ActiveQueryLog) -> None:
        """Note from now on which queries run."""
        self._log = active

    @property
    def slots(self) -> int:
        """How many may run at once."""
        return self._limits.threads + EXPRESS

    @property
    def running(self) -> int:
        """How many run."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """How many wait for a thread."""
        return len(self._queue)

    async def run(self, work: Callable[[], T], job: Job | None = None) -> T:
        """Run `work` in a thread, and wait for it.

        Raises:
            ApiError: too many are running or waiting already.
            QueryTimeoutError: it has waited for a thread as long as it may.
        """
        job = job or Job()
        try:
            return await self.submit(work, job)
        except asyncio.CancelledError:
            self.stop(job)
            raise

    async def answer(self, request: Request, work: Callable[[], T], job: Job | None = None) -> T:
        """Run `work` in a thread for a request, for as long as its client waits; see `run`."""
        job = job or job_of(request)
        return await until_gone(request, self.submit(work, job), lambda: self.stop(job))

    def submit(self, work: Callable[[], T], job: Job) -> asyncio.Future[T]:
        """Run `work` in a thread; see `run`. Cancelling the future takes out work that waits, and stops what runs."""
        loop = asyncio.get_running_loop()
        key = Key(job.client, job.dashboard)
        self._make_room(key)
        cost_s = self._costs.estimate(job.text, job.weight)
        entry = _Entry(next(self._numbers), job, key, work, loop.create_future(), cost_s, time.monotonic())
        self._see(entry)
        self._queue.push(key, entry, cheap=entry.cheap)
        self._dispatch()
        if entry.began_s is None:
            entry.timer = loop.call_later(job.timeout_s, self._too_late, entry)
            entry.future.add_done_callback(lambda _: self._withdraw(entry))
        return entry.future

    def stop(self, job: Job) -> None:
        """Nobody waits for a job any more: end it where it is."""
        job.stop.set()
        for entry in self._queue:
            if entry.job is job:
                self._fail(entry, QueryCanceledError("query was canceled in query queue"))

    def listed(self) -> list[dict[str, Any]]:
        """What runs and what waits, the oldest first."""
        now_s = time.monotonic()
        entries = [*self._running.values(), *self._queue]
        return [_shown(entry, now_s) for entry in sorted(entries, key=lambda entry: entry.number)]

    def close(self) -> None:
        """Take no more work, and end what runs."""
        for entry in list(self._queue):
            self._fail(entry, ApiError("Watchglass is stopping", kind="unavailable"))
        for entry in self._running.values():
            entry.job.stop.set()
        for _ in range(self._threads):
            self._handed.put(None)
        if self._log is not None:
            self._log.close()

    # --- on the loop -----------------------------------------------------------------------------------------------

    def _make_room(self, key: Key) -> None:
        """Refuse when all room is taken; a client that has little waiting takes the place of one that has much."""
        if self.running + self.waiting < self._limits.max_concurrency:
            return
        self._metrics.refused.inc()
        refusal = ApiError(
            f"{self.running + self.waiting} queries are running or waiting (query.max_concurrency); try again soon",
            kind="unavailable",
            retry_after_s=self._backlog_s(),
        )
        rival = self._queue.newest_of_longest(key)
        if rival is None:
            raise refusal
        self._fail(rival, refusal)

    def _backlog_s(self) -> int:
        """How long what waits will take, about, in seconds from 1 to 30."""
        waiting_s = sum(entry.cost_s for entry in self._queue) / max(1, self._limits.threads)
        return max(1, min(30, round(waiting_s)))

    def _dispatch(self) -> None:
        """Hand over what may run now."""
        while self._queue and len(self._running) < self.slots:
            heavy = [entry for entry in self._running.values() if not entry.cheap]
            room = self._limits.threads - len(heavy)
            entry = self._queue.pop(cheap_only=room <= 0, only_cheap_of=self._holders(heavy) if room == 1 else ())
            if entry is None:
                return
            self._begin(entry)

    def _see(self, entry: _Entry) -> None:
        if self._last_client and self._last_client != entry.key.client:
            self._shared_until_s = entry.asked_s + SHARED_S
        self._last_client = entry.key.client

    def _holders(self, heavy: list[_Entry]) -> set[str]:
        """Clients for which the last thread is not: others, who ask now and then, could wait minutes otherwise."""
        now_s = time.monotonic()
        least_s = 0.0 if now_s < self._shared_until_s else LONG_S
        return {entry.key.client for entry in heavy if entry.began_s is not None and entry.began_s <= now_s - least_s}

    def _begin(self, entry: _Entry) -> None:
        entry.began_s = time.monotonic()
        if entry.timer is not None:
            entry.timer.cancel()
        self._metrics.waited.observe(entry.began_s - entry.asked_s)
        self._running[entry.number] = entry
        self._queue.charge(entry.key, entry.cost_s)
        if self._log is not None:
            entry.slot = self._log.begin(_noted(entry))
        if len(self._running) > self._threads:
            self._threads += 1
            threading.Thread(target=self._work, name=f"query-{self._threads}", daemon=True).start()
        self._handed.put(entry)

    def _finish(self, entry: _Entry, took_s: float, result: Any, error: BaseException | None) -> None:
        del self._running[entry.number]
        self._queue.charge(entry.key, took_s - entry.cost_s)
        self._queue.done(entry.key)
        if error is None or took_s > entry.cost_s:
            self._costs.learn(entry.job.text, entry.job.weight, took_s)
        if self._log is not None:
            self._log.end(entry.slot)
        if entry.future.done():
            pass  # nobody waits for it any more
        elif error is None:
            entry.future.set_result(result)
        else:
            entry.future.set_exception(error)
        self._dispatch()

    def _too_late(self, entry: _Entry) -> None:
        self._fail(entry, QueryTimeoutError("query timed out in query queue"))

    def _fail(self, entry: _Entry, error: Exception) -> None:
        """End what waits."""
        if not entry.future.done():
            entry.future.set_exception(error)
        self._withdraw(entry)

    def _withdraw(self, entry: _Entry) -> None:
        """Take out what still waits."""
        if entry.timer is not None:
            entry.timer.cancel()
        if entry.began_s is None:
            self._queue.remove(entry.key, entry)

    # --- in a thread -----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (entry := self._handed.get()) is not None:
            started_s = time.thread_time()
            result, error = self._outcome(entry)
            took_s = time.thread_time() - started_s
            try:
                entry.future.get_loop().call_soon_threadsafe(self._finish, entry, took_s, result, error)
            except RuntimeError:
                log.debug("the loop ended before a query", extra={"query": entry.job.text})
            del entry, result, error

    def _outcome(self, entry: _Entry) -> tuple[Any, BaseException | None]:
        if entry.job.stop.is_set():
            return None, QueryCanceledError("query was canceled in query queue")
        share = self.memory.share(entry.key.client)
        try:
            with using(share):
                return entry.work(), None
        except BaseException as error:  # whatever it is belongs to who waits for the answer
            _let_go(error)
            share.release()
            return None, error
        finally:
            if share.peak_bytes > LARGE_BYTES:
                self._give_back()


def _let_go(error: BaseException) -> None:
    """Drop what the frames that an error came through still hold: a query's arrays would live until cycles are collected."""
    seen: BaseException | None = error
    while seen is not None:
        traceback.clear_frames(seen.__traceback__)
        seen = seen.__context__


class _Metrics:
    def __init__(self, registry: CollectorRegistry | None, pool: QueryPool) -> None:
        for name, text, read in (
            ("watchglass_queries_in_flight", "Queries running or waiting.", lambda: pool.running + pool.waiting),
            ("watchglass_queries_waiting", "Queries waiting for a thread.", lambda: pool.waiting),
            (
                "watchglass_query_memory_bytes",
                "Memory set aside for queries and their answers.",
                lambda: pool.memory.held_bytes,
            ),
        ):
            Gauge(name, text, registry=registry).set_function(read)
        self.refused = Counter("watchglass_queries_refused", "Queries refused for want of room.", registry=registry)
        self.waited = Histogram(
            "watchglass_query_queue_duration_seconds",
            "Time that queries waited for a thread.",
            buckets=_WAIT_BUCKETS,
            registry=registry,
        )


def _noted(entry: _Entry) -> Mapping[str, Any]:
    """A query as the active-query log has it."""
    job, started = entry.job, datetime.now(UTC).isoformat(timespec="seconds")
    return {"query": job.text, "kind": job.kind, "client": job.client, "dashboard": job.dashboard, "started": started}


def _shown(entry: _Entry, now_s: float) -> dict[str, Any]:
    """A query as the API shows it."""
    job, began_s = entry.job, entry.began_s
    return {
        "id": entry.number,
        "query": job.text[:1000],
        "kind": job.kind,
        "client": job.client,
        "dashboard": job.dashboard,
        "state": "waiting" if began_s is None else "stopping" if job.stop.is_set() else "running",
        "secondsWaited": round((now_s if began_s is None else began_s) - entry.asked_s, 3),
        "secondsRun": 0.0 if began_s is None else round(now_s - began_s, 3),
    }
