"""Sums that do not lose small numbers beside big ones.

Two shapes of one idea: a running sum `s` with a second number `c` that collects what rounding cut off. `add` is the
sequential step for many sums at once; `fold` adds up rows pairwise, for few sums of many terms.
Source of the arithmetic: prometheus/prometheus, util/kahansum (Inc), which is Neumaier's; the error of one addition
is computed branch-free here (Knuth's TwoSum) and is the same number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_BLOCK = 1 << 16
"""Numbers added up at a time: what fits into the processor's cache with its temporaries."""


def add(total: Array, lost: Array, terms: Array | float) -> None:
    """Add `terms` to the running sums `total`, in place; `lost` collects what rounding cut off."""
    before = total.copy()
    total += terms
    rounded = total - before
    before -= total - rounded
    before += np.subtract(terms, rounded, out=rounded)
    lost += before


def settle(total: Array, lost: Array) -> Array:
    """The sums with what rounding had cut off; an infinite sum stays as it is."""
    return np.where(np.isinf(total), total, total + lost)


def fold(values: Array, starts: Index, rows: Index | None = None, present: Mask | None = None) -> tuple[Array, Array]:
    """Add up groups of rows pairwise.

    Args:
        values: [R, T] terms; not modified.
        starts: [G] first member of each group; each goes up to the next one and has at least one.
        rows: [R] which row each member is; None: the rows in order.
        present: [R, T] which terms count, row for row; None: all.

    Returns:
        [G, T] sums and [G, T] what rounding cut off. Not for terms whose sum may overflow on the way.
    """
    sizes = np.diff(np.append(starts, len(values)))
    total, lost = np.zeros((2, len(starts), values.shape[1]))
    for size in np.unique(sizes).tolist():
        alike = np.flatnonzero(sizes == size)
        width = max(1, _BLOCK // max(1, size * values.shape[1]))
        for at in range(0, len(alike), width):
            groups = alike[at : at + width]
            members = starts[groups, None] + np.arange(size)
            chosen = members if rows is None else rows[members]
            total[groups], lost[groups] = _fold_alike(values, present, chosen)
    return total, lost


def _fold_alike(values: Array, present: Mask | None, members: Index) -> tuple[Array, Array]:
    """[g, T] sums of the rows `members` [g, M], and what rounding cut off."""
    height = max(2, _BLOCK // max(1, values.shape[1]))
    parts = [
        _halve(_terms(values, present, members[:, at : at + height]), None) for at in range(0, members.shape[1], height)
    ]
    if len(parts) == 1:
        return parts[0]
    totals, losts = (np.stack(part, axis=1) for part in zip(*parts, strict=True))
    return _halve(totals, losts)


def _terms(values: Array, present: Mask | None, members: Index) -> Array:
    """[g, m, T] the rows of some members, zero where they do not count."""
    first, flat = int(members[0, 0]), members.ravel()
    in_order = bool((flat == np.arange(first, first + flat.size)).all())
    chosen = slice(first, first + flat.size) if in_order else flat
    terms = values[chosen]
    if present is not None:
        counted = present[chosen]
        if not counted.all():
            terms = np.where(counted, terms, 0.0)
    return terms.reshape(*members.shape, values.shape[1])


def _halve(total: Array, lost: Array | None) -> tuple[Array, Array]:
    """[g, T] sums over the middle of [g, m, T], the second half added to the first again and again."""
    while total.shape[1] > 1:
        half = total.shape[1] // 2
        sums, cut = np.empty((2, total.shape[0], total.shape[1] - half, total.shape[2]))
        left, right = total[:, :half], total[:, half : 2 * half]
        both, error = sums[:, :half], cut[:, :half]
        np.add(left, right, out=both)
        rounded = both - left
        np.subtract(both, rounded, out=error)
        np.subtract(left, error, out=error)
        np.subtract(right, rounded, out=rounded)
        error += rounded
        if lost is not None:
            error += lost[:, :half]
            error += lost[:, half : 2 * half]
        sums[:, half:] = total[:, 2 * half :]
        cut[:, half:] = 0.0 if lost is None else lost[:, 2 * half :]
        total, lost = sums, cut
    return total[:, 0], np.zeros_like(total[:, 0]) if lost is None else lost[:, 0]


class Means:
    """Means of samples that come one by one, each of which survives a sum that overflows.

    As long as a sum stays finite, the mean is the compensated sum divided by the count; from then on it is carried
    forward as a mean. Source: prometheus/prometheus, promql/functions.go (funcAvgOverTime), promql/engine.go (AVG).
    """

    def __init__(self, shape: int | tuple[int, ...]) -> None:
        self._total, self._lost, self._mean, self._count = (np.zeros(shape) for _ in range(4))
        self._running = np.zeros(shape, bool)

    def take(self, where: slice | tuple[Index, ...], samples: Array) -> None:
        """Take one more sample into each of the means chosen by `where`, which names none twice."""
        count = self._count[where] + 1
        total, lost, mean, running = self._total[where], self._lost[where], self._mean[where], self._running[where]
        sum_total, sum_lost = total.copy(), lost.copy()
        add(sum_total, sum_lost, samples)
        sum_lost[np.isinf(sum_total)] = 0
        overflows = ~running & np.isinf(sum_total) & (count > 1)
        before = np.maximum(count - 1, 1)
        mean, lost = np.where(overflows, total / before, mean), np.where(overflows, lost / before, lost)
        running = running | overflows
        weight = (count - 1) / count
        next_mean, next_lost = weight * mean, weight * lost
        add(next_mean, next_lost, samples / count)
        next_lost[np.isinf(next_mean)] = 0
        self._count[where], self._running[where] = count, running
        self._total[where] = np.where(running, total, sum_total)
        self._mean[where] = np.where(running, next_mean, mean)
        self._lost[where] = np.where(running, next_lost, sum_lost)

    def result(self) -> Array:
        """The means; NaN of no samples."""
        direct = self._total / self._count + self._lost / self._count
        return np.where(self._running, self._mean + self._lost, direct)
