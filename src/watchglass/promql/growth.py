"""Growth over windows: resets of counters added back, and stretched towards the windows' edges.

Source of the semantics: prometheus/prometheus, promql/functions.go (extrapolatedRate).
Shape letters: S series, T steps, C clocks, n samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Values
from watchglass.promql.window_sums import are_small_integers
from watchglass.promql.windows import Ranked, Windows, at

Array = NDArray[np.float64]


def extrapolated(w: Windows, *, counter: bool, per_seconds: float = 1.0) -> Array:
    """Growth over each window, stretched towards its edges. Source: extrapolatedRate."""
    first_value, growth = w.block.pick(w.lower), w.block.pick(w.upper - 1)
    growth -= first_value
    if counter:
        _add_resets(w, growth)
    reach = _Reach.of(w)
    stretch = reach.stretch(per_seconds)
    result = growth * w.block.spread(stretch)
    if counter:
        _not_below_zero(w, reach, growth, first_value, per_seconds, result)
    return result


@dataclass(frozen=True, slots=True)
class _Reach:
    """What windows know of their edges, in seconds, all of one shape: how far the samples reach, and what is left."""

    sampled: Array  # from the first sample to the last
    spacing: Array  # mean distance of samples
    to_start: Array
    to_end: Array

    @classmethod
    def of(cls, w: Windows) -> _Reach:
        """[C, T] each."""
        first_time, last_time = at(w.block.times, w.lower), at(w.block.times, w.upper - 1)
        sampled = (last_time - first_time) / 1000
        to_start = (first_time - (w.ends - w.width_ms)) / 1000
        return cls(sampled, sampled / (w.counts - 1), to_start, (w.ends - last_time) / 1000)

    def at(self, rows: Index, steps: Index) -> _Reach:
        """Those of some windows."""
        parts = (self.sampled, self.spacing, self.to_start, self.to_end)
        return _Reach(*(part[rows, steps] for part in parts))

    def stretch(self, per_seconds: float) -> Array:
        """The factor of growth: far from an edge a series is taken to begin or end half a distance away."""
        to_start, to_end = (self.half_where_far(distance) for distance in (self.to_start, self.to_end))
        return (self.sampled + to_start + to_end) / self.sampled / per_seconds

    def half_where_far(self, distance: Array) -> Array:
        """Half of the mean distance of samples, instead of one that is much longer than that."""
        return np.where(distance >= self.spacing * 1.1, self.spacing / 2, distance)


def _not_below_zero(  # noqa: PLR0917
    w: Windows, reach: _Reach, growth: Array, first_value: Array, per_seconds: float, result: Array
) -> None:
    """Stretch counters to the left no further than to where they would have been zero: few are that young."""
    to_start = reach.to_start if w.legacy else reach.half_where_far(reach.to_start)
    share = to_start / reach.sampled * (1 + 1e-9)  # rounding must not hide any
    hit = np.flatnonzero(first_value <= growth * w.block.spread(share))
    if not len(hit):
        return
    rows, steps = np.divmod(hit, growth.shape[1])
    grown, began = growth[rows, steps], first_value[rows, steps]
    young = (grown > 0) & (began >= 0)
    rows, steps, grown, began = rows[young], steps[young], grown[young], began[young]
    reach = reach.at(rows if w.block.clock is None else w.block.clock[rows], steps)
    to_zero = reach.sampled * (began / grown)
    to_start = reach.to_start if w.legacy else reach.half_where_far(reach.to_start)
    to_start = np.where(to_zero < to_start, to_zero, to_start)
    to_start = reach.half_where_far(to_start) if w.legacy else to_start
    to_end = reach.half_where_far(reach.to_end)
    result[rows, steps] = grown * ((reach.sampled + to_start + to_end) / reach.sampled / per_seconds)


_MANY_RESETS = 8
"""A series with more resets in a block is gone through by itself."""


def _add_resets(w: Windows, growth: Array) -> None:
    """Add back what the counter had reached before each reset, in sample order so that bits agree with a loop."""
    block = w.block
    offsets = block.offsets()
    falls = block.values[1:] < block.values[:-1]
    inner = offsets[1:-1]
    falls[inner[(inner > 0) & (inner < len(block.values))] - 1] = False
    before = np.flatnonzero(falls)
    if not len(before):
        return
    counts = np.diff(np.searchsorted(before, offsets))
    many = np.flatnonzero(counts > _MANY_RESETS)
    if len(many):
        runs = zip(offsets[many].tolist(), offsets[many + 1].tolist(), strict=True)
        values = np.concatenate([block.values[start:end] for start, end in runs])
        sizes = offsets[many + 1] - offsets[many]
        moved = np.cumsum(sizes) - offsets[many + 1]
        grown = growth[many]
        first, past = block.places_of(many, w.lower, moved), block.places_of(many, w.upper, moved)
        add_resets(values, first, past, grown)
        growth[many] = grown
    few = counts <= _MANY_RESETS
    before, rows = before[np.repeat(few, counts)], np.repeat(np.arange(len(counts)), np.where(few, counts, 0))
    place = before if block.shift is None else before - block.shift[rows]
    enters = np.searchsorted(w.ends, block.times[place + 1])
    leaves = np.searchsorted(w.ends, block.times[place] + w.width_ms, side="right" if w.legacy else "left")
    _add_back(growth, rows, enters, leaves, block.values[before])


def _add_back(growth: Array, rows: Index, enters: Index, leaves: Index, amounts: Values) -> None:
    """Add each amount to its row's steps `[enters, leaves)`, one amount after another."""
    counts = np.maximum(leaves - enters, 0)
    first = np.cumsum(counts) - counts
    starts = rows * growth.shape[1] + enters - first
    np.add.at(growth.reshape(-1), np.arange(counts.sum()) + np.repeat(starts, counts), np.repeat(amounts, counts))


def add_resets(values: Values, lower: Index, upper: Index, growth: Array) -> None:
    """Add back what counters had reached before each reset, for windows of any kind.

    Args:
        values: [n] samples.
        lower: [S, T] first sample of each window.
        upper: [S, T] one past the last sample of each.
        growth: [S, T] differences of their last and first values; changed in place.
    """
    falls = values[1:] < values[:-1]
    amounts = values[:-1][falls]
    if not len(amounts):
        return
    next_one, end = _count_before((lower, np.maximum(upper - 1, lower)), falls)
    if are_small_integers(amounts) and are_small_integers(growth):
        total = np.concatenate([[0.0], np.cumsum(amounts)])  # exact, and so in any order
        growth += total[end]
        growth -= total[next_one]
        return
    flat = Ranked.of(next_one.ravel(), np.maximum(end - next_one, 0).ravel())
    gained = growth.ravel()[flat.order]
    for rank, active in enumerate(flat.active.tolist()):
        gained[:active] += amounts[flat.lower[:active] + rank]
    growth[:] = flat.unordered(gained).reshape(growth.shape)


_SAMPLES_PER_LOOKUP = 16
"""Looking one place up in a sorted list takes as long as counting this many samples."""


def _count_before(places: tuple[Index, Index], hits: NDArray[np.bool_]) -> tuple[Index, Index]:
    """How many hits there are before each place; a place may be one past the last."""
    first, second = places
    if first.size * _SAMPLES_PER_LOOKUP < len(hits):
        found = np.flatnonzero(hits)
        return np.searchsorted(found, first), np.searchsorted(found, second)
    until = np.concatenate([[0], np.cumsum(hits)])
    return at(until, first), at(until, second)
