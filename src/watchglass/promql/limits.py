"""The engine's options, and what one query may cost: samples and bytes in memory, time, and going on after its caller has gone.

A query's budget counts what it holds; the bytes of all queries together are bounded by the memory pool of memory_pool.py, of which
a query has the share that its thread was given.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from watchglass.errors import QueryError, QueryLimitError, QueryTimeoutError
from watchglass.promql.memory_pool import CELL_BYTES, SAMPLE_BYTES, MemoryShare, current_share

MAX_LABEL_CHARS = 256 * 1024 * 1024
MAX_VALUE_CHARS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Limits and switches of the engine.

    Attributes:
        lookback_ms: how old a sample may be and still stand for "now".
        max_samples: samples that one query may hold in memory, raw or computed.
        max_label_chars: characters of label values that one query may write, and that one result may hold, each series
            counted by itself.
        max_value_chars: characters of one label value that a query writes: those made of others double with every step.
        timeout_ms: how long one query may take.
        max_points: steps of a range query.
        default_step_ms: resolution of a subquery that names none: the global evaluation interval.
        delayed_name_removal: metric names go when the query is done, as in Prometheus behind its flag.
        closed_windows: for comparison with Prometheus 2.42 only: windows include their left edge, and rates are
            extrapolated as before 2.51.
    """

    lookback_ms: int = 300_000
    max_samples: int = 50_000_000
    max_label_chars: int = MAX_LABEL_CHARS
    max_value_chars: int = MAX_VALUE_CHARS
    timeout_ms: int = 120_000
    max_points: int = 11_000
    default_step_ms: int = 60_000
    delayed_name_removal: bool = False
    closed_windows: bool = False


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
        *,
        max_label_chars: int = MAX_LABEL_CHARS,
        max_value_chars: int = MAX_VALUE_CHARS,
        share: MemoryShare | None = None,
    ) -> None:
        self._max_samples = max_samples
        self._held = 0
        self._kept_bytes = 0
        self._share = share or current_share()
        self._label_chars = self._label_room = max_label_chars
        self._value_chars = max_value_chars
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

    @property
    def room(self) -> int:
        """How many samples may still be taken into memory."""
        return self._max_samples - self._held

    def allow(self, samples: int) -> None:
        """Ask for memory before taking it.

        Raises:
            QueryLimitError: an array of that many samples, beside what is held, is more than one query may hold.
        """
        if samples > self.room:
            raise QueryLimitError("query processing would load too many samples into memory in query execution")
        self._need(samples * CELL_BYTES)

    def loading(self, size_bytes: int) -> None:
        """Ask to go on loading; the store calls it between blocks, with what this selection takes of memory up to then.

        Raises:
            QueryError: as `check` and `allow`.
        """
        self.check()
        self._need(size_bytes)

    def _need(self, size_bytes: int) -> None:
        self._share.need(self._kept_bytes + size_bytes + self._label_chars - self._label_room, self.check)

    @contextmanager
    def holding(self, samples: int) -> Iterator[None]:
        """Count a value that is kept while others are worked out."""
        self._held += samples
        try:
            with self.keeping(samples):
                yield
        finally:
            self._held -= samples

    @contextmanager
    def keeping(self, samples: int) -> Iterator[None]:
        """Count memory that something is worked out from, and that is not part of what `holding` limits."""
        self._kept_bytes += samples * SAMPLE_BYTES
        try:
            yield
        finally:
            self._kept_bytes -= samples * SAMPLE_BYTES

    def allow_value(self, chars: int) -> None:
        """Ask before writing a label value.

        Raises:
            QueryLimitError: it is longer than it may be, or the query has written more than it may.
        """
        if chars > self._value_chars:
            raise QueryLimitError(
                f"query processing would write a label value of {chars} characters, and one may have"
                f" {self._value_chars} (query.max_label_value)"
            )
        self.allow_text(chars)

    def allow_text(self, chars: int) -> None:
        """Ask for room for label values.

        Raises:
            QueryLimitError: the query has written more than it may.
        """
        self._label_room -= chars
        if self._label_room < 0:
            raise QueryLimitError(
                f"query processing would write more than {self._label_chars} characters of label values"
                " (query.max_label_text)"
            )
        self._need(0)
