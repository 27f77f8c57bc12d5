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
        closed: set when the source is taken down.
        gone: set when the source is found not to answer, which ends the time.
        monotonic: the time, in seconds.
    """

    def __init__(
        self,
        timeout_s: float,
        cancel: threading.Event | None = None,
        closed: threading.Event | None = None,
        gone: threading.Event | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.timeout_s = timeout_s
        self._cancel, self._closed, self._gone = (each or threading.Event() for each in (cancel, closed, gone))
        self._monotonic = monotonic
        self._deadline = monotonic() + timeout_s

    @property
    def left_s(self) -> float:
        """Seconds to the deadline; negative after it."""
        return self._deadline - self._monotonic()

    def glance_s(self) -> float:
        """How long to wait before looking up again.

        Raises:
            DeadlineError: the time is over, or the source is gone.
            QueryCanceledError: nobody waits any more.
        """
        if self._cancel.is_set() or self._closed.is_set():
            raise QueryCanceledError("query was canceled while its source was asked")
        left = self.left_s
        if left <= 0 or self._gone.is_set():
            raise DeadlineError
        return min(GLANCE_S, left)

    def check(self) -> None:
        """Let the question go on, or raise as `glance_s` does."""
        self.glance_s()

    def sleep(self, seconds: float) -> None:
        """Wait; raises as `glance_s` does."""
        until_s = self._monotonic() + seconds
        while (left := until_s - self._monotonic()) > 0:
            self._cancel.wait(min(self.glance_s(), left))
        self.glance_s()
