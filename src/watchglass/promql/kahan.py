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

_BLOCK = 1 << 15
"""Numbers added up at a time: what fits into the processor's cache with its temporaries."""


def add(total: Array, lost: Array, terms: Array | float) -> None:
    """Add `terms` to the running sums `total`, in place; `lost` collects what rounding cut off."""
    before = total.copy()
    total += terms
    rounded = total - before
    lost += (before - (total - rounded)) + (terms - rounded)


def settle(total: Array, lost: Array) -> Array:
    """The sums with what rounding had cut off; an infinite sum stays as it is."""
    return np.where(np.isinf(total), total, total + lost)


def fold(rows: Array, starts: Index) -> tuple[Array, Array]:
    """Add up runs of rows pairwise.

    Args:
        rows: [R, T] terms; not modified.
        starts: [G] first row of each run; each run goes up to the next one and holds at least one row.

    Returns:
        [G, T] sums and [G, T] what rounding cut off. Not for terms whose sum may overflow on the way.
    """
    height = max(2, _BLOCK // max(1, rows.shape[1]))
    if len(rows) <= height:
        return _fold_block(rows, starts)
    totals, losts, runs = [], [], []
    for start in range(0, len(rows), height):
        inside = starts[np.searchsorted(starts, start, side="right") : np.searchsorted(starts, start + height)]
        run = np.concatenate([[start], inside])
        total, lost = _fold_block(rows[start : start + height], run - start)
        totals.append(total)
        losts.append(lost)
        runs.append(run)
    first = np.searchsorted(np.concatenate(runs), starts)
    total, lost = _fold_block(np.concatenate(totals), first)
    return total, lost + np.add.reduceat(np.concatenate(losts), first, axis=0)


def _fold_block(rows: Array, starts: Index) -> tuple[Array, Array]:
    """`fold` of rows that fit into the processor's cache."""
    lengths = np.diff(np.append(starts, len(rows)))
    total, lost = rows, np.zeros_like(rows)
    while lengths.max(initial=1) > 1:
        halves = (lengths + 1) // 2
        rank = np.arange(halves.sum()) - np.repeat(np.cumsum(halves) - halves, halves)
        left = np.repeat(np.cumsum(lengths) - lengths, halves) + 2 * rank
        paired = np.repeat(lengths, halves) > 2 * rank + 1
        total, lost = _add_neighbours(total, lost, left, paired)
        lengths = halves
    return total, lost


def _add_neighbours(total: Array, lost: Array, left: Index, paired: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Rows `left`, and where `paired` the row after each added to it."""
    right = left[paired] + 1
    sums, sums_lost = total[left], lost[left]
    if paired.all():
        add(sums, sums_lost, total[right])
        sums_lost += lost[right]
        return sums, sums_lost
    part, part_lost = sums[paired], sums_lost[paired]
    add(part, part_lost, total[right])
    sums[paired], sums_lost[paired] = part, part_lost + lost[right]
    return sums, sums_lost


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
