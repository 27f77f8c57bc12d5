"""Operations on columnar labels: group, match, sort, join and rename without a dictionary per series.

Every function works on the integer codes of a LabelTable and touches each *distinct* value at most once.
Shape letters: S series, G groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Codes, Index, LabelColumn, LabelTable

METADATA_LABELS = ("__name__", "__type__", "__unit__")
"""Labels that describe the metric as written, and so do not survive arithmetic."""

_KEY_LIMIT = 1 << 62

_SPARSE = 16
"""With so many more values than series, the values are not gone through."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """A partition of S series into G groups, numbered in order of first appearance."""

    ids: Index  # [S] group of each series
    first: Index  # [G] first series of each group

    @property
    def count(self) -> int:
        """The number of groups, G."""
        return len(self.first)

    @property
    def unique(self) -> bool:
        """Whether no two series share a group."""
        return len(self.first) == len(self.ids)


def group_rows(table: LabelTable, names: Iterable[str] | None = None) -> Grouping:
    """Partition series by the values of `names`, or of every label."""
    columns = table.columns if names is None else table.keep(names).columns
    return _number(_combine([column.codes for column in columns.values()], table.size))


def match_rows(left: LabelTable, right: LabelTable, names: Sequence[str], *, on: bool) -> tuple[Index, Index, int]:
    """Number the match groups of two operands, which agree on `names` (`on`) or on all labels but those and the name.

    Returns:
        [S] match group of each left series, the same for the right, and the number of groups.
    """
    compared = set(names) if on else (set(left.columns) | set(right.columns)) - {*names, "__name__"}
    pairs = [_unify(left.columns.get(name), right.columns.get(name), left.size, right.size)[:2] for name in compared]
    key = _combine([np.concatenate(pair) for pair in pairs], left.size + right.size)
    groups = _number(key)
    return groups.ids[: left.size], groups.ids[left.size :], groups.count


def sort_order(table: LabelTable) -> Index:
    """The order that sorts series by their labels, as Prometheus sorts a range query's result.

    Label sets compare pair by pair in order of names. At a label that only one of two series has, the one without
    it comes first when it has no further label, else last, because its next name is the greater one.
    Source: prometheus/prometheus, model/labels (Compare).
    """
    keys: list[NDArray[np.int64]] = []
    more = np.zeros(table.size, bool)
    for name in sorted(table.columns, reverse=True):
        column = table.columns[name]
        used, inverse = distinct(column.codes)
        by_value = sorted(range(len(used)), key=lambda i: column.values[int(used[i])])
        ranks = np.empty(len(used), np.int64)
        ranks[by_value] = np.arange(len(used))
        present = column.codes != 0
        absent_rank = np.where(more, len(used), -1)
        keys.append(np.where(present, ranks[inverse], absent_rank))
        more |= present
    return np.lexsort(keys) if keys else np.arange(table.size)


def distinct(codes: Codes) -> tuple[Index, Index]:
    """The codes in use, ascending, and [S] which of them each series has."""
    if int(codes.max(initial=0)) > _SPARSE * (len(codes) + _SPARSE):
        used, inverse = np.unique(codes, return_inverse=True)
        return used.astype(np.int64), inverse
    seen = np.bincount(codes) > 0  # without sorting
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[codes]


def concat(upper: LabelTable, lower: LabelTable) -> LabelTable:
    """The series of both tables, those of `upper` first."""
    columns = {}
    for name in {**upper.columns, **lower.columns}:
        above, below, values = _unify(upper.columns.get(name), lower.columns.get(name), upper.size, lower.size)
        columns[name] = LabelColumn(np.concatenate([above, below]), values)
    return LabelTable(upper.size + lower.size, columns)


def has_one_value(table: LabelTable, name: str) -> bool:
    """Whether all series agree on a label, so that dropping it cannot make two of them equal."""
    column = table.columns.get(name)
    return column is None or table.size == 0 or bool((column.codes == column.codes[0]).all())


def text_size(table: LabelTable) -> int:
    """Characters of all label values, each series counted by itself."""
    total = 0
    for column in table.columns.values():
        uses = np.bincount(column.codes)
        used = np.flatnonzero(uses)
        total += int(uses[used] @ np.array([len(column.values[code]) for code in used.tolist()], np.int64))
    return total


def with_column(table: LabelTable, name: str, column: LabelColumn) -> LabelTable:
    """The table with one label set anew."""
    return LabelTable(table.size, {**table.columns, name: column})


def column_of(table: LabelTable, name: str) -> LabelColumn:
    """The column of a label, all-absent where the table lacks it."""
    return table.columns.get(name) or constant_column("", table.size)


def constant_column(value: str, size: int) -> LabelColumn:
    """A label that has the same value everywhere; an empty value means absent."""
    return LabelColumn(np.full(size, 1 if value else 0, np.int32), ["", value] if value else [""])


def map_column(
    column: LabelColumn, change: Callable[[str], str | None], otherwise: LabelColumn
) -> tuple[LabelColumn, NDArray[np.bool_]]:
    """Compute a label from another, once per distinct value; where `change` gives None, take it from `otherwise`.

    Returns:
        The new column, and [S] where it was computed.
    """
    known = {value: code for code, value in enumerate(otherwise.values)}
    used, inverse = distinct(column.codes)
    mapped = np.empty(len(used), np.int32)
    for i, code in enumerate(used):
        value = change(column.values[code])
        mapped[i] = -1 if value is None else known.setdefault(value, len(known))
    codes = mapped[inverse]
    computed = codes >= 0
    return LabelColumn(np.where(computed, codes, otherwise.codes), list(known)), computed


def _number(key: NDArray[np.int64]) -> Grouping:
    if not len(key):
        return Grouping(np.zeros(0, np.int64), np.zeros(0, np.int64))
    if (key == key[0]).all():
        return Grouping(np.zeros(len(key), np.int64), np.zeros(1, np.int64))
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return Grouping(rank[inverse], first[order])


def _combine(codes: Sequence[Codes], size: int) -> NDArray[np.int64]:
    """One integer a row, equal exactly where all codes are; a span too wide for 64 bits is compressed on the way."""
    key = np.zeros(size, np.int64)
    span = 1
    for column in codes:
        width = int(column.max(initial=0)) + 1
        if width == 1:
            continue
        if span * width > _KEY_LIMIT:
            numbers, key = np.unique(key, return_inverse=True)
            span = len(numbers)
        key = key * width + column
        span *= width
    return key


def _unify(
    left: LabelColumn | None, right: LabelColumn | None, left_size: int, right_size: int
) -> tuple[Codes, Codes, Sequence[str]]:
    """Codes of two columns on one scale, and the values they stand for: the left one's, then the right one's own."""
    if left is None or right is None or left.values is right.values:
        left_codes = np.zeros(left_size, np.int32) if left is None else left.codes
        right_codes = np.zeros(right_size, np.int32) if right is None else right.codes
        column = left or right
        return left_codes, right_codes, column.values if column else [""]
    scale = {"": 0} | {left.values[code]: int(code) for code in np.unique(left.codes)}
    values = list(left.values)
    used, inverse = distinct(right.codes)
    for value in (right.values[code] for code in used):
        if value not in scale:
            scale[value] = len(values)
            values.append(value)
    return left.codes, np.array([scale[right.values[code]] for code in used], np.int32)[inverse], values
