"""Maintenance: what has to be done now and then, in one place and in a fixed order.

Every step stands for itself: one that fails is logged and counted, the others go on, and it is tried again at the next tick.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence

from watchglass.clock import Clock
from watchglass.errors import StoreError
from watchglass.store.sqlite import DamagedFileError, is_damage

log = logging.getLogger("watchglass.store")

_PAUSE_S = 0.02

Step = tuple[str, Callable[[int], object]]


class StoppingError(StoreError):
    """The store is closing: the step at hand is given up, and nothing came of it."""

    def __init__(self) -> None:
        super().__init__("the store is closing")


def _tell(error: Exception, step: str) -> None:
    """Log a failed step; what its message says whole, as that the disk is full, needs no traceback."""
    if isinstance(error, StoreError):
        log.error("maintenance step failed", extra={"step": step, "error": str(error)})
    else:
        log.error("maintenance step failed", extra={"step": step}, exc_info=error)


class Maintenance:
    """Runs the steps at every tick, and ticks from a thread of its own if asked to."""

    def __init__(self, on_failure: Callable[[], None], on_damage: Callable[[], object]) -> None:
        self.steps: Sequence[Step] = ()
        self._on_failure, self._on_damage = on_failure, on_damage
        self._running = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, clock: Clock, interval_ms: int) -> None:
        """Tick every `interval_ms` until `close`."""

        def run() -> None:
            while not self._stop.wait(interval_ms / 1000):
                self.tick(clock.now_ms())

        self._thread = threading.Thread(target=run, name="watchglass-maintenance", daemon=True)
        self._thread.start()

    def tick(self, now_ms: int) -> None:
        """Run every step."""
        with self._running:
            for name, step in self.steps:
                if self._stop.is_set():
                    return
                try:
                    step(now_ms)
                except StoppingError:
                    return
                except Exception as error:
                    self._on_failure()
                    if isinstance(error, DamagedFileError) or (isinstance(error, sqlite3.Error) and is_damage(error)):
                        self._on_damage()
                    _tell(error, name)

    def check(self) -> None:
        """Called within long steps, so that closing waits for moments only.

        Raises:
            StoppingError: the store is closing.
        """
        if self._stop.is_set():
            raise StoppingError

    def pause(self) -> None:
        """Let others have a turn within a long step, unless the owner ticks by hand.

        Raises:
            StoppingError: the store is closing.
        """
        if self._thread is not None:
            self._stop.wait(_PAUSE_S)
        self.check()

    def exclusive(self) -> threading.Lock:
        """Held while a tick runs; hold it to do what no tick may meet."""
        return self._running

    def close(self) -> None:
        """Stop at the next check of the step at hand, or after it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with self._running:
            return
