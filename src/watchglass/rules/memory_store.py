"""Samples in memory alone: what tests of rules are evaluated over, and whatever else runs rules on a clock of its own."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from concurrent.futures import Future

import numpy as np

from watchglass.columns import LabelTable, SeriesSet, empty_series_set
from watchglass.errors import QueryLimitError
from watchglass.interfaces import AppendResult, Batch, Loading
from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.model.metadata import Metadata
from watchglass.regex import accepts_of

_SAMPLE_BYTES = 16


class MemoryStore:
    """An Appender, and the `select` of a Queryable. One thread at a time.

    Attributes:
        until_ms: samples after this time are not seen yet; None to see all.
    """

    def __init__(self) -> None:
        self.until_ms: int | None = None
        self._refs: dict[Labels, int] = {}
        self._labels: list[Labels] = []
        self._times: list[array[int]] = []
        self._values: list[array[float]] = []
        self._by_name: dict[str, list[int]] = {}

    # Appender

    def series_ref(self, labels: Labels) -> int:
        """The number of a series, created when new; numbers begin at 1."""
        ref = self._refs.get(labels)
        if ref is None:
            self._labels.append(labels)
            self._times.append(array("q"))
            self._values.append(array("d"))
            ref = self._refs[labels] = len(self._labels)
            self._by_name.setdefault(labels.name, []).append(ref - 1)
        return ref

    def open_group(self, key: str) -> int:
        """Groups make no difference here."""
        del key
        return 0

    def close_group(self, group: int) -> None:
        """Nothing."""
        del group

    def put_metadata(self, metadata: Mapping[str, Metadata]) -> None:
        """Nothing."""
        del metadata

    def append(self, batch: Batch) -> Future[AppendResult]:
        """Take a batch; it is there at once."""
        times = np.broadcast_to(np.asarray(batch.timestamps_ms, np.int64), batch.refs.shape)
        counts = [0, 0, 0]
        for ref, time_ms, value in zip(batch.refs.tolist(), times.tolist(), batch.values.tolist(), strict=True):
            counts[self._add(ref - 1, time_ms, value)] += 1
        future: Future[AppendResult] = Future()
        future.set_result(AppendResult(*counts))
        return future

    def _add(self, series: int, time_ms: int, value: float) -> int:
        """0 where it was taken, 1 where it is older than the newest, 2 where there is another at its time."""
        times, values = self._times[series], self._values[series]
        if not times or time_ms > times[-1]:
            times.append(time_ms)
            values.append(value)
            return 0
        if time_ms < times[-1]:
            return 1
        return 0 if array("d", [value]).tobytes() == values[-1:].tobytes() else 2

    # Queryable

    def select(
        self,
        matchers: Sequence[Matcher],
        start_ms: int,
        end_ms: int,
        *,
        max_samples: int | None = None,
        loading: Loading | None = None,
    ) -> SeriesSet:
        """All samples in the range of all series that match; see Queryable.select."""
        if self.until_ms is not None:
            end_ms = min(end_ms, self.until_ms)
        rows, times, values = [], [], []
        for series in self._matching(matchers):
            own = np.frombuffer(self._times[series], np.int64)
            first, last = np.searchsorted(own, start_ms, "left"), np.searchsorted(own, end_ms, "right")
            if last > first:
                rows.append(self._labels[series])
                times.append(own[first:last].copy())
                values.append(np.frombuffer(self._values[series], np.float64)[first:last].copy())
            del own  # an array that is looked at cannot grow
        if not rows:
            return empty_series_set()
        offsets = np.concatenate([[0], np.cumsum([len(each) for each in times])]).astype(np.int64)
        if max_samples is not None and offsets[-1] > max_samples:
            raise QueryLimitError("query processing would load too many samples into memory in query execution")
        if loading is not None:
            loading(_SAMPLE_BYTES * int(offsets[-1]))
        return SeriesSet(LabelTable.of(rows), offsets, np.concatenate(times), np.concatenate(values))

    def _matching(self, matchers: Sequence[Matcher]) -> Sequence[int]:
        name = next((m.value for m in matchers if m.name == METRIC_NAME and m.type is MatchType.EQUAL), None)
        candidates = range(len(self._labels)) if name is None else self._by_name.get(name, [])
        tests = [(matcher.name, accepts_of(matcher)) for matcher in matchers]
        return [
            series for series in candidates if all(accepts(self._labels[series].get(name)) for name, accepts in tests)
        ]
