"""Aggregations: many series into fewer, at every step at once.

Series are put in order of their group, so that a group is a run of rows. `REDUCERS` make one row of each run; `topk`
and `bottomk` choose rows; `count_values` makes rows of values.
Source: prometheus/prometheus, promql/engine.go (aggregation, aggregationK, aggregationCountValues).
Shape letters: S series, T steps, G groups, M members of the largest group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, LabelTable, Values, encode
from watchglass.errors import QueryError
from watchglass.promql import kahan
from watchglass.promql.best_samples import ABSENT, NAN, heap_of_best
from watchglass.promql.label_ops import Grouping, group_rows, sort_order, with_column
from watchglass.promql.limits import Budget
from watchglass.promql.numbers import format_number
from watchglass.promql.rollup import quantile_of_rows
from watchglass.promql.sample_text import format_general
from watchglass.promql.value import Mask, Matrix, Vector
from watchglass.promql.xxhash import hash_labels

_SAFE = 1e290
"""Below this, no sum of as many samples as fit into memory overflows."""

_LARGE = 16
"""Groups of so many members are added up one by one, which is faster than all at once."""

_Number = TypeVar("_Number", np.float64, np.int64)

_STABLE = 12
"""So few samples are sorted by insertion in Go, which leaves equal ones in their order."""


@dataclass(frozen=True)
class Groups:
    """The members of each group as a run of rows.

    Attributes:
        vector: the series.
        rows: [S] which of the series each row is: in order of group, in a group in order of input.
        starts: [G] first row of each group.
        sizes: [G] rows of each group; never 0.
    """

    vector: Vector
    rows: Index
    starts: Index
    sizes: Index

    @classmethod
    def of(cls, vector: Vector, grouping: Grouping) -> Groups:
        """Put the rows in order."""
        sizes = np.bincount(grouping.ids, minlength=grouping.count)
        return cls(vector, np.argsort(grouping.ids, kind="stable"), np.cumsum(sizes) - sizes, sizes)

    @cached_property
    def values(self) -> Matrix:
        """[S, T] in order of the rows."""
        return self.vector.values if self._in_order else self.vector.values[self.rows]

    @cached_property
    def present(self) -> Mask:
        """[S, T] likewise."""
        return self.vector.present if self._in_order else self.vector.present[self.rows]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """[G, T] samples of each group at each step."""
        if len(self.starts) * _LARGE > len(self.rows):
            return np.add.reduceat(self.present, self.starts, axis=0, dtype=np.int64)
        runs = zip(self.starts.tolist(), self.sizes.tolist(), strict=True)
        return np.stack([np.add.reduce(self.present[a : a + n], axis=0, dtype=np.uint32) for a, n in runs]).astype(
            np.int64
        )

    @cached_property
    def complete(self) -> bool:
        """Whether no sample is absent."""
        return bool(self.vector.present.all())

    @cached_property
    def _in_order(self) -> bool:
        return bool((self.rows[1:] > self.rows[:-1]).all())

    def or_else(self, neutral: float) -> Matrix:
        """[S, T] values, with `neutral` where a sample is absent."""
        return self.values if self.complete else np.where(self.present, self.values, neutral)

    def fold(self) -> tuple[Matrix, Matrix] | None:
        """[G, T] sums and what rounding cut off; None where a sum might overflow on the way."""
        values, present = self.vector.values, None if self.complete else self.vector.present
        if _overflow_is_possible(values) and (present is None or _overflow_is_possible(np.where(present, values, 0.0))):
            return None
        return kahan.fold(values, self.starts, None if self._in_order else self.rows, present)


def group_series(labels: LabelTable, names: tuple[str, ...], *, without: bool) -> tuple[Grouping, LabelTable]:
    """Which group each series belongs to, and the labels of the groups.

    `by` keeps the named labels, where a series has them; `without` keeps all but those and the metric's name.
    """
    kept = labels.drop({*names, "__name__"}) if without else labels.keep(names)
    grouping = group_rows(kept)
    return grouping, kept.take(grouping.first)


def reduce(op: str, vector: Vector, names: tuple[str, ...], *, without: bool, parameter: Values | None) -> Vector:
    """One series for each group.

    Args:
        op: a key of REDUCERS.
        vector: the series.
        names: labels of `by` or `without`.
        without: which of the two it is.
        parameter: [T] the quantile.
    """
    grouping, labels = group_series(vector.labels, names, without=without)
    if not vector.size:
        return Vector(labels, vector.values, vector.present)
    groups = Groups.of(vector, grouping)
    dropped = None
    if vector.name_dropped is not None:
        dropped = np.logical_or.reduceat(vector.name_dropped[groups.rows], groups.starts)
    argument = parameter if parameter is not None else np.zeros(vector.values.shape[1])
    return Vector(labels, REDUCERS[op](groups, argument), groups.counts > 0, dropped)


def total(groups: Groups, _: Values) -> Matrix:
    """Compensated sum."""
    return kahan.settle(*_sums(groups))


def average(groups: Groups, _: Values) -> Matrix:
    """Compensated sum divided by the number of samples; a running mean where the sum would overflow."""
    folded = groups.fold()
    if folded is None:
        return _running_means(groups)
    sums, lost = folded
    return sums / groups.counts + lost / groups.counts


def smallest(groups: Groups, _: Values) -> Matrix:
    """Minimum; NaN only where all samples are."""
    return np.fmin.reduceat(groups.or_else(np.nan), groups.starts, axis=0)


def greatest(groups: Groups, _: Values) -> Matrix:
    """Maximum; NaN only where all samples are."""
    return np.fmax.reduceat(groups.or_else(np.nan), groups.starts, axis=0)


def count(groups: Groups, _: Values) -> Matrix:
    """Number of samples, NaN included."""
    return groups.counts.astype(np.float64)


def one(groups: Groups, _: Values) -> Matrix:
    """1 for every group that has a sample."""
    return np.ones(groups.counts.shape)


def variance(groups: Groups, _: Values) -> Matrix:
    """Population variance, in two passes over distances from a group's first sample."""
    size, steps = groups.values.shape
    row = np.where(groups.present, np.arange(size)[:, None], size - 1)
    first = np.minimum.reduceat(row, groups.starts, axis=0)
    origin = groups.values[first, np.arange(steps)]
    distance = np.where(groups.present, groups.values - np.repeat(origin, groups.sizes, axis=0), 0.0)
    mean = kahan.settle(*kahan.fold(distance, groups.starts)) / groups.counts
    spread = np.where(groups.present, (distance - np.repeat(mean, groups.sizes, axis=0)) ** 2, 0.0)
    return kahan.settle(*kahan.fold(spread, groups.starts)) / groups.counts


def deviation(groups: Groups, _: Values) -> Matrix:
    """Population standard deviation."""
    return np.sqrt(variance(groups, _))


def quantile(groups: Groups, quantiles: Values) -> Matrix:
    """The quantile that the parameter [T] asks for at each step."""
    steps = groups.values.shape[1]
    values = groups.or_else(np.nan)
    result = np.empty(groups.counts.shape)
    for chosen, members in _similar_groups(groups):
        cells = _cells(np.where(members[:, :, None] >= 0, values[members], np.nan))
        asked = np.tile(quantiles, len(chosen))
        result[chosen] = quantile_of_rows(cells, groups.counts[chosen].ravel(), asked).reshape(-1, steps)
    return result


REDUCERS: dict[str, Callable[[Groups, Values], Matrix]] = {
    "sum": total,
    "avg": average,
    "min": smallest,
    "max": greatest,
    "count": count,
    "group": one,
    "stddev": deviation,
    "stdvar": variance,
    "quantile": quantile,
}
"""Aggregators that make one series of each group: groups and a parameter [T] to [G, T] values."""

COPIES = {"quantile": 6, "stddev": 4, "stdvar": 4, "topk": 5, "bottomk": 5, "limitk": 5, "sum": 1, "avg": 1}
"""How many copies of their operand aggregators hold while they work, beyond what any expression does."""


def choose(
    op: str,
    vector: Vector,
    names: tuple[str, ...],
    *,
    without: bool,
    parameter: Values,
    by_label: bool = False,
    legacy: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Vector:
    """Keep `parameter` [T] series of each group: the greatest (`topk`), smallest (`bottomk`) or first (`limitk`).

    NaN ranks behind every number; which of equal values are kept is up to a heap, see best_samples.py. At a single step the
    result is ordered by value within each group.

    Args:
        op: `topk`, `bottomk` or `limitk`.
        vector: the series.
        names: labels of `by` or `without`.
        without: which of the two it is.
        parameter: [T] how many.
        by_label: take the series for ordered by their labels, whichever their order here; for several steps only.
        legacy: choose among equals as Prometheus 2.42.
        check: called now and then; it may raise.

    Raises:
        QueryError: the parameter is NaN or beyond 64 bits.
    """
    limit = _limits(parameter, vector.size)
    if not vector.size or limit.max(initial=0) < 1:
        return vector.take(np.zeros(0, np.int64))
    grouping, _ = group_series(vector.labels, names, without=without)
    groups = Groups.of(vector, grouping)
    contest = _Contest(groups, _order_keys(groups, op), limit, legacy=legacy)
    if by_label and contest.splits_equals:
        del contest, groups  # before as much is held again
        order = sort_order(vector.labels)
        return choose(op, vector.take(order), names, without=without, parameter=parameter, legacy=legacy, check=check)
    if op != "limitk":
        contest.settle(check)
    present = np.empty_like(contest.kept)
    present[groups.rows] = contest.kept & groups.present
    result = replace(vector, present=present)
    return contest.by_value(result) if len(limit) == 1 else result


def sample(vector: Vector, ratio: Values, warn: Callable[[str], None], budget: Budget) -> Vector:
    """Keep about that share [T] of the series, by a hash of their labels: `limit_ratio`.

    A negative ratio keeps just those that its counterpart, one more, leaves out.

    Raises:
        QueryError: the ratio is NaN.
    """
    if not ratio.any():
        return vector.take(np.zeros(0, np.int64))
    if np.isnan(ratio).any():
        raise QueryError("Ratio value is NaN")
    for extreme, limit in ((float(ratio.max()), 1), (float(ratio.min()), -1)):
        if extreme * limit > 1:
            text = f"got {format_general(extreme)}, capping to {limit}"
            warn(f"ratio value should be between -1 and 1, {text}")
    place = np.empty((vector.size, 1))
    for row in range(vector.size):
        budget.check()
        place[row] = hash_labels(vector.labels.row(row)) / float(1 << 64)
    kept = np.where(ratio >= 0, place < ratio, place >= 1 + ratio)
    return replace(vector, present=vector.present & kept)


def count_values(label: str, vector: Vector, names: tuple[str, ...], *, without: bool, budget: Budget) -> Vector:
    """One series for each distinct value in a group, the value as a label, counting the samples that have it.

    Raises:
        QueryLimitError: there are more distinct values than one query may hold series.
    """
    rows, steps = np.nonzero(vector.present)
    budget.allow(len(rows) * 5)  # rows, steps, values, codes and keys of all samples, side by side
    values = vector.values[rows, steps]
    values[np.isnan(values)] = np.nan
    bits, inverse = np.unique(values.view(np.int64), return_inverse=True)
    budget.allow(len(bits) * vector.values.shape[1])  # before millions of them are written as text
    budget.check()
    texts = encode([format_number(value) for value in bits.view(np.float64).tolist()])
    by_text = texts.codes[inverse] if len(bits) else np.zeros(0, np.int32)
    labelled = with_column(vector.labels.take(rows), label, type(texts)(by_text, texts.values))
    budget.check()
    grouping, labels = group_series(labelled, names if without else (*names, label), without=without)
    shape = grouping.count, vector.values.shape[1]
    budget.allow(shape[0] * shape[1])
    counts = np.bincount(grouping.ids * shape[1] + steps, minlength=shape[0] * shape[1]).reshape(shape)
    return Vector(labels, counts.astype(np.float64), counts > 0)


def _overflow_is_possible(terms: Matrix) -> bool:
    highest, lowest = np.fmax.reduce(terms, axis=None, initial=0), np.fmin.reduce(terms, axis=None, initial=0)
    return bool(max(highest, -lowest) >= _SAFE)


def _sums(groups: Groups) -> tuple[Matrix, Matrix]:
    folded = groups.fold()
    if folded is not None:
        return folded
    terms = groups.or_else(0.0)
    sums, lost = np.zeros((2, *groups.counts.shape))
    for chosen, rows in _ranks(groups):  # one after another, as an overflow on the way changes the result
        part, part_lost = sums[chosen], lost[chosen]
        kahan.add(part, part_lost, terms[rows])
        part_lost[np.isinf(part)] = 0
        sums[chosen], lost[chosen] = part, part_lost
    return sums, lost


def _running_means(groups: Groups) -> Matrix:
    means = kahan.Means(groups.counts.shape)
    for chosen, rows in _ranks(groups):
        present = groups.present[rows]
        group, step = np.nonzero(present)
        means.take((chosen[group], step), groups.values[rows][present])
    return means.result()


def _ranks(groups: Groups) -> Iterator[tuple[Index, Index]]:
    """The groups that have a first, second, third ... row, and those rows."""
    for rank in range(int(groups.sizes.max())):
        chosen = np.flatnonzero(groups.sizes > rank)
        yield chosen, groups.starts[chosen] + rank


def _similar_groups(groups: Groups) -> Iterator[tuple[Index, Index]]:
    """Groups of similar size together, with their rows [g, M]; -1 where a group has fewer."""
    by_size = np.argsort(-groups.sizes, kind="stable")
    start = 0
    while start < len(by_size):
        width = groups.sizes[by_size[start]]
        end = int(np.searchsorted(-groups.sizes[by_size], -(width // 2), side="left"))
        chosen = by_size[start : max(end, start + 1)]
        member = np.arange(width)
        yield chosen, np.where(member < groups.sizes[chosen, None], groups.starts[chosen, None] + member, -1)
        start += len(chosen)


def _cells(members: NDArray[_Number]) -> NDArray[_Number]:
    """[g * T, M] members of each group and step side by side, from [g, M, T]."""
    return np.ascontiguousarray(members.transpose(0, 2, 1)).reshape(-1, members.shape[1])


def _limits(parameter: Values, size: int) -> Index:
    if parameter.max(initial=-np.inf) < 1:
        return np.zeros(len(parameter), np.int64)
    if np.isnan(parameter).any():
        raise QueryError("Parameter value is NaN")
    if parameter.min() <= -(2.0**63):
        raise QueryError(f"Scalar value {format_general(float(parameter.min()))} underflows int64")
    if parameter.max() >= 2.0**63:
        raise QueryError(f"Scalar value {format_general(float(parameter.max()))} overflows int64")
    return np.clip(np.trunc(parameter), 0, size).astype(np.int64)


def _order_keys(groups: Groups, op: str) -> NDArray[np.int64]:
    """[S, T] integers whose order is that of rank: absent lowest, then NaN, then the values."""
    if op == "limitk":
        keys = np.zeros(groups.present.shape, np.int64)
    else:
        bits = (groups.values + 0.0).view(np.int64)
        keys = bits ^ ((bits >> 63) & np.iinfo(np.int64).max)
        keys = ~keys if op == "bottomk" else keys
        keys[np.isnan(groups.values)] = NAN
    keys[~groups.present] = ABSENT
    return keys


class _Contest:
    """Who gets the places of each group at each step: at first the best, and of equal ones those that come first.

    Attributes:
        kept: [S, T] who does; rows are in order of the groups, as are the keys [S, T]. Each group has [T] places.
    """

    def __init__(self, groups: Groups, keys: NDArray[np.int64], limit: Index, *, legacy: bool) -> None:
        self.kept = np.zeros(keys.shape, bool)
        self.splits_equals = False  # whether somewhere one of equal ones is kept and another is not
        self._groups, self._keys, self._limit, self._legacy = groups, keys, limit, legacy
        self._ties = np.arange(len(keys))  # [S] the order of equal ones at a single step
        self._doubts: list[_Doubt] = []
        for _, members in _similar_groups(groups):
            self._admit(members)

    def _admit(self, members: Index) -> None:
        steps, inside = len(self._limit), members >= 0
        cells = _cells(np.where(inside[:, :, None], self._keys[members], ABSENT))
        limit = np.tile(self._limit, len(members))
        chosen, worst, split = _first_ranks(cells, limit)
        self.kept[members[inside]] = chosen.reshape(len(members), steps, -1).transpose(0, 2, 1)[inside]
        self.splits_equals |= bool(split.any())
        rows = np.flatnonzero(split)
        rows = rows[_displaced(cells[rows], limit[rows], worst[rows], legacy=self._legacy)]
        if steps == 1:
            rows = np.union1d(rows, np.flatnonzero(_equals_among(cells, chosen)))
        self._doubts.append(_Doubt(members, rows // steps, rows % steps, cells[rows]))

    def settle(self, check: Callable[[], None]) -> None:
        """Keep of equal ones those that a heap does, and have them in its order."""
        for doubt in self._doubts:
            for group, step, cells in zip(doubt.groups.tolist(), doubt.steps.tolist(), doubt.cells, strict=True):
                check()
                best = heap_of_best(cells, int(self._limit[step]), legacy=self._legacy)
                members = doubt.members[group]
                self.kept[members[members >= 0], step] = False
                self.kept[members[best], step] = True
                if len(self._limit) == 1 and len(best) <= _STABLE:
                    self._ties[members[best]] = _sorted_places(cells[best])

    def by_value(self, vector: Vector) -> Vector:
        """The kept rows of a single step, group after group, best first."""
        sizes = self._groups.sizes
        group = np.repeat(np.arange(len(sizes)), sizes)
        order = self._groups.rows[np.lexsort((self._ties, ~self._keys[:, 0], group))]
        return vector.take(order[vector.present[order, 0]])


class _Doubt(NamedTuple):
    """Cells, each a group at a step, in which it takes a heap to tell who of equal ones is kept, and in which order."""

    members: Index  # [g, M] rows of groups; -1 where one has fewer
    groups: Index  # [C] which of these
    steps: Index  # [C]
    cells: NDArray[np.int64]  # [C, M] keys


def _first_ranks(cells: NDArray[np.int64], limit: Index) -> tuple[Mask, NDArray[np.int64], Mask]:
    """[C, M] which `limit` [C] cells of each row have the greatest keys; of equal ones the first.

    Also [C] the least of these keys, and [C] where one that is equal to it is left out.
    """
    width = cells.shape[1]
    limit = np.minimum(limit, width)
    worst = np.sort(cells, axis=1)[np.arange(len(cells)), np.minimum(width - limit, width - 1)]
    chosen: Mask = cells > worst[:, None]
    chosen[limit < 1] = False
    level = cells == worst[:, None]
    open_places = limit - chosen.sum(axis=1)
    rank = np.cumsum(level, axis=1, dtype=np.int32)
    split = (rank[:, -1] > open_places) & (worst > ABSENT) & (limit > 0)
    chosen |= level & (rank <= open_places[:, None])
    return chosen, worst, split


def _displaced(cells: NDArray[np.int64], limit: Index, worst: NDArray[np.int64], *, legacy: bool) -> Mask:
    """[C] in which rows a better sample comes when all places are taken by samples that might have stayed."""
    late = np.cumsum(cells >= worst[:, None], axis=1, dtype=np.int32) > limit[:, None]
    displaced: Mask = np.any((cells > worst[:, None]) & late, axis=1)
    if legacy:
        displaced |= worst == NAN
    return displaced


def _equals_among(cells: NDArray[np.int64], chosen: Mask) -> Mask:
    """[C] in which rows two of the chosen are equal."""
    kept = np.sort(np.where(chosen, cells, ABSENT), axis=1)
    equal: Mask = np.any((kept[:, 1:] == kept[:, :-1]) & (kept[:, 1:] > ABSENT), axis=1)
    return equal


def _sorted_places(keys: NDArray[np.int64]) -> Index:
    """The order of a heap's equal samples once sorted: that of the heap, but each NaN goes before the ones it comes after."""
    places = np.arange(len(keys))
    return np.where(keys == NAN, -places, places)
