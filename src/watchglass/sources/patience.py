"""How long one question to a source may still take, and whether anybody waits for its answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from watchglass.promql.limits import QueryCanceledError

GLANCE_S = 0.1
"""How often a wait looks up to see whether it is still wanted."""


class DeadlineError(Exception):
    """The time is over."""


class Patience:
    """A deadline and a way to give up before it.

    Args:
        timeout_s: from now.
        cancel: set when nobody waits any more.
        monotonic: the time, in seconds.
    """

    def __init__(
        self,
        timeout_s: float,
        cancel: threading.Event | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.timeout_s = timeout_s
        self._cancel = cancel or threading.Event()
        self._monotonic = monotonic
        self._deadline = monotonic() + timeout_s

    @property
    def left_s(self) -> float:
        """Seconds to the deadline; negative after it."""
        return self._deadline - self._monotonic()

    def glance_s(self) -> float:
        """How long to wait before looking up again.

        Raises:
            DeadlineError: the time is over.
            QueryCanceledError: nobody waits any more.
        """
        if self._cancel.is_set():
            raise QueryCanceledError("query was canceled while its source was asked")
        left = self.left_s
        if left <= 0:
            raise DeadlineError
        return min(GLANCE_S, left)

    def sleep(self, seconds: float) -> None:
        """Wait; raises as `glance_s` does."""
        self._cancel.wait(max(0.0, min(seconds, self.left_s)))
        self.glance_s()
