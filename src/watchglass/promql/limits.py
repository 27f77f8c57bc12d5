"""What one query may cost: samples in memory, time, and the right to go on after its caller has gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from watchglass.errors import QueryError, QueryLimitError, QueryTimeoutError


class QueryCanceledError(QueryError):
    """Nobody waits for the answer any more."""

    kind = "canceled"


class Budget:
    """Counts what a running query holds and tells it to stop; asked between nodes and between blocks of series."""

    def __init__(
        self,
        max_samples: int,
        timeout_ms: int,
        cancel: threading.Event | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_samples = max_samples
        self._cancel = cancel
        self._monotonic = monotonic
        self._deadline = monotonic() + timeout_ms / 1000

    def check(self) -> None:
        """Let the query go on, or not.

        Raises:
            QueryTimeoutError: it took longer than it may.
            QueryCanceledError: its caller has gone.
        """
        if self._cancel is not None and self._cancel.is_set():
            raise QueryCanceledError("query was canceled in expression evaluation")
        if self._monotonic() > self._deadline:
            raise QueryTimeoutError("query timed out in expression evaluation")

    def allow(self, samples: int) -> None:
        """Ask for memory before taking it.

        Raises:
            QueryLimitError: an array of that many samples is more than one query may hold.
        """
        if samples > self.max_samples:
            raise QueryLimitError("query processing would load too many samples into memory in query execution")
