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
