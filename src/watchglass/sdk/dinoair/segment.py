"""Readings of one hour, by column: one row of times, and for each series one of values.

Readings that follow each other hold nearly the same, so that columns pack far better than rows do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from watchglass.sdk.dinoair.keys import Labels
from watchglass.sdk.dinoair.reading import MetricPoint

HOUR_MS = 3_600_000
STEP_MS = 300_000
"""What one point of a roll-up stands for."""

Value = float | None  # None: the series was not in that reading
_SPECIAL = {"NaN": math.nan, "+Inf": math.inf, "-Inf": -math.inf}


class SeriesId(NamedTuple):
    """What a column is of: a metric, its labels, sorted, and its type."""

    name: str
    labels: Labels
    type: str


@dataclass(slots=True)
class History:
    """One series over time, in order.

    Attributes:
        id: which series.
        times_ms: when.
        values: at each time; of a roll-up the mean of its step, of what only grows the last value.
        highs: the highest value of each step; where nothing was rolled up, the value itself.
    """

    id: SeriesId
    times_ms: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)

    def append(self, at_ms: int, value: float, high: float | None = None) -> None:
        """A value; `high` is the highest of its step where that is another."""
        self.times_ms.append(at_ms)
        self.values.append(value)
        self.highs.append(value if high is None else high)

    def in_order(self) -> History:
        """The same by rising times; of two values at one time the later one stays."""
        if any(first >= second for first, second in pairwise(self.times_ms)):
            rows = {
                at_ms: (value, high) for at_ms, value, high in zip(self.times_ms, self.values, self.highs, strict=True)
            }
            self.times_ms = sorted(rows)
            self.values, self.highs = (
                [rows[at_ms][0] for at_ms in self.times_ms],
                [rows[at_ms][1] for at_ms in self.times_ms],
            )
        return self

    def points(self) -> list[MetricPoint]:
        """Each value as a point."""
        name, labels, kind = self.id
        return [
            MetricPoint(name, value, at, labels, kind) for at, value in zip(self.times_ms, self.values, strict=True)
        ]


class Segment:
    """Readings by column."""

    def __init__(self) -> None:
        self.times_ms: list[int] = []
        self.columns: dict[SeriesId, list[Value]] = {}
        self.highs: dict[SeriesId, list[Value]] = {}

    def add(self, at_ms: int, values: Mapping[SeriesId, float]) -> None:
        """One reading."""
        for series in values:
            if series not in self.columns:
                self.columns[series] = [None] * len(self.times_ms)
        self.times_ms.append(at_ms)
        for series, column in self.columns.items():
            column.append(values.get(series))

    def is_in_order(self) -> bool:
        """Whether its times rise."""
        return all(first < second for first, second in pairwise(self.times_ms))

    def merged(self, other: Segment) -> Segment:
        """This one and another in the order of their times; of two readings at one time the other's stays."""
        rows = {**self.rows(), **other.rows()}
        merged = Segment()
        for at_ms in sorted(rows):
            merged.add(at_ms, rows[at_ms])
        return merged

    def rows(self) -> dict[int, dict[SeriesId, float]]:
        """The readings by time, in the order in which they came."""
        rows: dict[int, dict[SeriesId, float]] = {at_ms: {} for at_ms in self.times_ms}
        for series, column in self.columns.items():
            for at_ms, value in zip(self.times_ms, column, strict=True):
                if value is not None:
                    rows[at_ms][series] = value
        return rows

    def since(self, start_ms: int) -> Segment:
        """What is not older; columns without a value are left out."""
        kept = Segment()
        places = [place for place, at_ms in enumerate(self.times_ms) if at_ms >= start_ms]
        kept.times_ms = [self.times_ms[place] for place in places]
        kept.columns = _picked(self.columns, places)
        kept.highs = {
            series: column for series, column in _picked(self.highs, places).items() if series in kept.columns
        }
        return kept

    def rolled_up(self) -> Segment:
        """One row for every five minutes, at the time of its last reading."""
        steps: dict[int, list[int]] = {}
        for place, at_ms in enumerate(self.times_ms):
            steps.setdefault(at_ms // STEP_MS, []).append(place)
        rolled = Segment()
        rolled.times_ms = [self.times_ms[places[-1]] for places in steps.values()]
        for series, column in self.columns.items():
            found = [[value for place in places if (value := column[place]) is not None] for places in steps.values()]
            rolled.columns[series] = [_representative(series.type, values) for values in found]
            rolled.highs[series] = [max(values) if values else None for values in found]
        return rolled

    def read(self, names: Callable[[str], bool], start_ms: int, end_ms: int, into: dict[SeriesId, History]) -> None:
        """Append what it holds of some metrics, from start to end inclusive."""
        places = [place for place, at_ms in enumerate(self.times_ms) if start_ms <= at_ms <= end_ms]
        for series, column in self.columns.items():
            if places and names(series.name):
                self._read_column(into, series, column, places)

    def _read_column(
        self, into: dict[SeriesId, History], series: SeriesId, column: list[Value], places: Sequence[int]
    ) -> None:
        highs = self.highs.get(series, column)
        history = into.setdefault(series, History(series))
        for place in places:
            value, high = column[place], highs[place]
            if value is not None and high is not None:
                history.append(self.times_ms[place], value, high)

    def to_document(self) -> dict[str, Any]:
        """As JSON: `{format, times_ms, series: [{name, labels, type, values, highs}]}`."""
        series = [self._column_document(one, column) for one, column in self.columns.items()]
        return {"format": 1, "times_ms": self.times_ms, "series": series}

    def _column_document(self, series: SeriesId, column: list[Value]) -> dict[str, Any]:
        document = {**series_document(series), "values": [write_value(value) for value in column]}
        if series in self.highs:
            document["highs"] = [write_value(value) for value in self.highs[series]]
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any], names: Collection[str] | None = None) -> Segment:
        """The segment of `to_document`, or as much of it as some metrics need.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        segment = cls()
        segment.times_ms = [int(at_ms) for at_ms in document["times_ms"]]
        for one in document["series"]:
            if names is not None and one["name"] not in names:
                continue
            series = read_series(one)
            segment.columns[series] = _checked(one["values"], segment.times_ms)
            if "highs" in one:
                segment.highs[series] = _checked(one["highs"], segment.times_ms)
        return segment


def _picked(columns: Mapping[SeriesId, list[Value]], places: Iterable[int]) -> dict[SeriesId, list[Value]]:
    picked = {series: [column[place] for place in places] for series, column in columns.items()}
    return {series: column for series, column in picked.items() if any(value is not None for value in column)}


def _representative(kind: str, values: list[float]) -> Value:
    if not values:
        return None
    return round(sum(values) / len(values), 4) if kind == "gauge" else values[-1]


def _checked(values: Sequence[Any], times_ms: Sequence[int]) -> list[Value]:
    if len(values) != len(times_ms):
        raise ValueError("a column is not as long as the row of times")
    return [read_value(value) for value in values]


def series_document(series: SeriesId) -> dict[str, Any]:
    """A series as JSON."""
    return {"name": series.name, "labels": dict(series.labels), "type": series.type}


def read_series(document: Mapping[str, Any]) -> SeriesId:
    """The series of `series_document`."""
    return SeriesId(document["name"], tuple(sorted(document["labels"].items())), document["type"])


def write_value(value: Value) -> float | int | str | None:
    """A value as JSON, which has neither NaN nor infinity; whole numbers without a point."""
    if value is None:
        return None
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def read_value(value: Any) -> Value:
    """The value of `write_value`."""
    if isinstance(value, str):
        return _SPECIAL[value]
    return None if value is None else float(value)
