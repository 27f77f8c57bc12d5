"""Work that may hang for ever, such as reading from a dead network mount, in threads that hold up nobody.

Such a thread is a daemon, which does not keep the process from ending, and shares no pool that it could fill.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


def in_daemon_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Run `work` in a thread of its own; the future has its result or its exception, which nobody needs to fetch."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    future.add_done_callback(_mark_fetched)

    def settle(method: Callable[..., None], value: object) -> None:
        if not future.done():
            method(value)

    def run() -> None:
        method: Callable[..., None] = future.set_result
        value: object
        try:
            value = work()
        except StopIteration as error:  # which no future takes
            method, value = future.set_exception, RuntimeError(f"StopIteration: {error}")
        except Exception as error:
            method, value = future.set_exception, error
        with suppress(RuntimeError):  # the loop has been closed meanwhile: nobody waits any more
            loop.call_soon_threadsafe(settle, method, value)

    threading.Thread(target=run, name="collect", daemon=True).start()
    return future


class SingleFlight(Generic[T]):
    """Work that runs at most once at a time, so that it hangs in one thread at most.

    Whoever asks for it meanwhile gets the outcome of the run that is under way.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._flight: asyncio.Future[T] | None = None

    @property
    def running(self) -> bool:
        """Whether a run has begun and not ended."""
        return self._flight is not None and not self._flight.done()

    async def run(self) -> T:
        """The outcome of a run; one that nobody waits for any longer goes on."""
        if self._flight is None or self._flight.done():
            self._flight = in_daemon_thread(self._work)
        flight = self._flight
        await asyncio.wait((flight,))
        return flight.result()


def _mark_fetched(future: asyncio.Future[T]) -> None:
    if not future.cancelled():
        future.exception()
