"""How long things take in an application: functions, sessions, and how late its event loop is."""

from __future__ import annotations

import asyncio
import functools
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from prometheus_client import Counter, Gauge, Histogram

Function = TypeVar("Function", bound=Callable[..., Any])


def timed(histogram: Histogram) -> Callable[[Function], Function]:
    """Observe how many seconds each call of a function takes, also of one that fails.

        @timed(metrics.histogram("db_query_duration_seconds").labels("select", "user"))
        async def find_user(): ...

    A coroutine function is timed until its coroutine ends, a generator function until its generator does.

    Args:
        histogram: of seconds, its labels filled in.
    """

    def decorate(function: Function) -> Function:
        if inspect.iscoroutinefunction(function):

            async def timed_coroutine(*args: Any, **kwargs: Any) -> Any:
                with observing(histogram):
                    return await function(*args, **kwargs)

            wrapper: Callable[..., Any] = timed_coroutine
        elif inspect.isasyncgenfunction(function):

            async def timed_async_generator(*args: Any, **kwargs: Any) -> Any:
                with observing(histogram):
                    async with aclosing(function(*args, **kwargs)) as inner:
                        step = inner.__anext__()
                        while True:
                            try:
                                item = await step
                            except StopAsyncIteration:
                                return
                            try:
                                step = inner.asend((yield item))
                            except Exception as error:
                                step = inner.athrow(error)

            wrapper = timed_async_generator
        elif inspect.isgeneratorfunction(function):

            def timed_generator(*args: Any, **kwargs: Any) -> Any:
                with observing(histogram):
                    return (yield from function(*args, **kwargs))

            wrapper = timed_generator
        else:

            def timed_call(*args: Any, **kwargs: Any) -> Any:
                with observing(histogram):
                    return function(*args, **kwargs)

            wrapper = timed_call
        return cast("Function", functools.wraps(function)(wrapper))

    return decorate


@contextmanager
def observing(histogram: Histogram) -> Iterator[None]:
    """Observe how many seconds a block takes."""
    began = time.perf_counter()
    try:
        yield
    finally:
        histogram.observe(time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions of users, agents or anything that begins and ends.

        sessions = Sessions(active=metrics.gauge("sidepanel_sessions_active"))
        with sessions.open():
            ...

    Attributes:
        active: how many are open.
        opened: counts each that begins.
        seconds: observes how long each lasts.
    """

    active: Gauge
    opened: Counter | None = None
    seconds: Histogram | None = None

    def __post_init__(self) -> None:
        """None is open."""
        self.active.inc(0)

    @contextmanager
    def open(self) -> Iterator[None]:
        """One session, open as long as the block runs."""
        began = time.perf_counter()
        if self.opened is not None:
            self.opened.inc()
        with self.active.track_inprogress():
            try:
                yield
            finally:
                if self.seconds is not None:
                    self.seconds.observe(time.perf_counter() - began)


async def watch_loop(lag: Gauge, *, every_s: float = 0.5) -> None:
    """Set by how many seconds the running event loop wakes a task too late, until it is cancelled.

        asyncio.create_task(watch_loop(metrics.gauge("nodejs_eventloop_lag_seconds")))

    Args:
        lag: the gauge.
        every_s: seconds between two looks.
    """
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every_s
        await asyncio.sleep(every_s)
        lag.set(max(0.0, loop.time() - due))
