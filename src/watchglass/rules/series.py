"""From the labels of what a rule gives to the numbers of its series in the store, worked out anew only where they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import LabelColumn, LabelTable, Values
from watchglass.interfaces import Appender
from watchglass.model.labels import Labels

Refs = NDArray[np.uint32]

NO_REFS: Refs = np.zeros(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Written:
    """What one evaluation of a rule writes: n series with one sample each."""

    refs: Refs  # [n]
    values: Values  # [n]


NOTHING = Written(NO_REFS, np.zeros(0))


class SeriesBook:
    """The numbers of the series that a rule wrote last."""

    def __init__(self) -> None:
        self._table: LabelTable | None = None
        self._refs = NO_REFS
        self._known: dict[Labels, int] = {}

    def refs(self, table: LabelTable, appender: Appender) -> Refs:
        """[S] the numbers of the series of a table."""
        if self._table is None or not _same(self._table, table):
            known = self._known
            rows = table.rows()
            numbers = [known.get(row) or appender.series_ref(row) for row in rows]
            self._known = dict(zip(rows, numbers, strict=True))
            self._refs, self._table = np.array(numbers, np.uint32), table
        return self._refs

    def forget(self) -> None:
        """The store no longer knows some of them: ask for all again."""
        self._table, self._known = None, {}


def _same(left: LabelTable, right: LabelTable) -> bool:
    if left.size != right.size or left.columns.keys() != right.columns.keys():
        return False
    return all(_same_column(column, right.columns[name]) for name, column in left.columns.items())


def _same_column(left: LabelColumn, right: LabelColumn) -> bool:
    return np.array_equal(left.codes, right.codes) and _same_values(left.values, right.values)


def _same_values(left: Sequence[str], right: Sequence[str]) -> bool:
    return left is right or list(left) == list(right)
