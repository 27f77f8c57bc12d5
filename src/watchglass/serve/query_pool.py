"""Threads for queries: few, their own, and with a bounded queue, so that a heavy query delays neither scraping nor others' pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge
from starlette.requests import Request

from watchglass.serve.envelope import ApiError
from watchglass.serve.options import QueryLimits

T = TypeVar("T")


class QueryPool:
    """Runs synchronous work off the loop."""

    def __init__(self, limits: QueryLimits, registry: CollectorRegistry | None) -> None:
        self._limits = limits
        self._executor = ThreadPoolExecutor(limits.threads, thread_name_prefix="query")
        self._queued = Gauge("watchglass_queries_in_flight", "Queries running or waiting.", registry=registry)
        self._refused = Counter("watchglass_queries_refused", "Queries refused for want of room.", registry=registry)
        self._in_flight = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread.

        Raises:
            ApiError: too many are running or waiting already.
        """
        if self._in_flight >= self._limits.max_concurrency:
            self._refused.inc()
            raise ApiError(f"{self._in_flight} queries are running or waiting; try again soon", kind="unavailable")
        self._in_flight += 1
        self._queued.set(self._in_flight)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._in_flight -= 1
            self._queued.set(self._in_flight)

    def close(self) -> None:
        """Take no more work; what runs is left to end by its own time limit."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _forget(work: asyncio.Future[Any]) -> None:
    """Take note of how work ended that nobody waits for, so that asyncio does not complain."""
    if not work.cancelled():
        work.exception()


async def _leave(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def until_gone(request: Request, work: Coroutine[Any, Any, T], cancel: Callable[[], None]) -> T:
    """Wait for `work`; call `cancel` when the client leaves before it is done, or when we stop."""
    running = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_leave(request))
    try:
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            cancel()
        return await running
    except asyncio.CancelledError:
        cancel()
        running.add_done_callback(_forget)
        raise
    finally:
        leaving.cancel()
