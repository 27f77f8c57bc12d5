"""Columnar series: the shape in which `store` hands data to `promql`, and frames reach the UI.

Labels are columns of integer codes, so that a matcher or a `by` clause works on distinct values and never on
one dictionary per series. Samples are CSR: one offsets array over flat times and values.

Shape letters: S series, n samples, T steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.model.labels import Labels

Codes = NDArray[np.int32]
Index = NDArray[np.int64]
Times = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelColumn:
    """One label over S series."""

    codes: Codes  # [S] index into `values`
    values: Sequence[str]  # distinct; values[0] is "", which means absent

    def take(self, rows: Index) -> LabelColumn:
        """The column of the chosen series; distinct values are kept, used or not."""
        return LabelColumn(self.codes[rows], self.values)


@dataclass(frozen=True, slots=True)
class LabelTable:
    """The labels of S series, one column a label name; a name that no series has may be missing or all-absent."""

    size: int
    columns: Mapping[str, LabelColumn]

    @classmethod
    def of(cls, rows: Sequence[Labels]) -> LabelTable:
        """Build from one label set a series."""
        names = sorted({name for row in rows for name, _ in row})
        return cls(len(rows), {name: encode([row.get(name) for row in rows]) for name in names})

    def take(self, rows: Index) -> LabelTable:
        """The table of the chosen series, in the order given."""
        return LabelTable(len(rows), {name: column.take(rows) for name, column in self.columns.items()})

    def keep(self, names: Iterable[str]) -> LabelTable:
        """Only the columns `names`, where they exist."""
        return LabelTable(self.size, {name: self.columns[name] for name in names if name in self.columns})

    def drop(self, names: Iterable[str]) -> LabelTable:
        """All columns but `names`."""
        dropped = set(names)
        return LabelTable(self.size, {name: col for name, col in self.columns.items() if name not in dropped})

    def row(self, index: int) -> Labels:
        """The label set of one series."""
        pairs = ((name, column.values[column.codes[index]]) for name, column in sorted(self.columns.items()))
        return Labels((name, value) for name, value in pairs if value)

    def rows(self) -> list[Labels]:
        """The label set of every series."""
        return [self.row(index) for index in range(self.size)]


def encode(values: Sequence[str]) -> LabelColumn:
    """A column from one value a series."""
    codes = {"": 0}
    encoded = [codes.setdefault(value, len(codes)) for value in values]
    return LabelColumn(np.array(encoded, np.int32), list(codes))


@dataclass(frozen=True, slots=True)
class SeriesSet:
    """Raw samples of S series, stale markers included, each series in time order.

    Series that were scraped together have the same times, which need be there once only: that is what `clocks` is for.
    A native histogram is an opaque sample: its value is whatever number its source knows it by.
    """

    labels: LabelTable
    offsets: Index  # [S+1] samples of series i are offsets[i]:offsets[i+1]
    times: Times  # [n] ms; [m] where there are clocks
    values: Values  # [n]
    histograms: NDArray[np.bool_] | None = None  # [n] which samples are native histograms; None: none is
    clocks: Index | None = None  # [S] where in `times` its times begin, shared where equal; None: at offsets[i]

    @property
    def size(self) -> int:
        """The number of series, S."""
        return self.labels.size

    def spread(self) -> SeriesSet:
        """The same samples, with a time of its own for each: `times` is [n]."""
        if self.clocks is None:
            return self
        places = np.repeat(self.clocks - self.offsets[:-1], np.diff(self.offsets)) + np.arange(len(self.values))
        return SeriesSet(self.labels, self.offsets, self.times[places], self.values, self.histograms)


def empty_series_set() -> SeriesSet:
    """No series at all."""
    return SeriesSet(LabelTable(0, {}), np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float64))
