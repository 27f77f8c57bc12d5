"""Windows: which samples each series shows at each step, found for many series at once.

Selection walks time here and nowhere else; rollups receive the windows and only do arithmetic. Series are taken in
blocks small enough for the processor's cache, which is what makes long chains of array operations fast.
Shape letters: S series, n samples, T steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, SeriesSet, Times, Values
from watchglass.promql.grid import Grid

_BLOCK = 1 << 16
"""Windows worked on at a time: half a megabyte an array."""

_DENSE = 8
"""Up to so many samples a window, counting every sample is cheaper than searching for every edge."""

_MANY_STEPS = 32
"""From so many edges a series on, each series is searched by itself."""

_FEW_SERIES = 32
"""And so it is where they are few."""

_RADIX = 1 << 16
"""Numbers below this are sorted in linear time."""

_Number = TypeVar("_Number", np.float64, np.int64)
_Item = TypeVar("_Item", np.float64, np.int64, np.bool_)


@dataclass(frozen=True, slots=True)
class Block:
    """Some series, and the C clocks that they follow: series that were scraped together have the same times.

    What depends on times alone is worked out once a clock, and spread over its series.

    Attributes:
        clock: [S] which clock a series follows; None: each has its own, and values lie where times do.
        shift: [S] from a place in `times` to the series' sample of that time in `values`.
    """

    times: Times  # [m] ms, clock after clock
    starts: Index  # [C+1] times of clock c are starts[c]:starts[c+1]
    values: Values  # [n]
    clock: Index | None = None
    shift: Index | None = None

    def spread(self, per_clock: NDArray[_Item]) -> NDArray[_Item]:
        """[S, T] what the clock of each series has, from [C, T]."""
        return per_clock if self.clock is None else per_clock.take(self.clock, axis=0)

    def places(self, per_clock: Index) -> Index:
        """[S, T] places in `values`, from places [C, T] in `times`."""
        if self.shift is None:
            return per_clock
        places = self.spread(per_clock)
        places += self.shift[:, None]
        return places

    def offsets(self) -> Index:
        """[S+1] samples of each series within `values`."""
        sizes = np.diff(self.starts)
        return np.concatenate([[0], np.cumsum(sizes if self.clock is None else sizes[self.clock])])

    def places_of(self, rows: Index, per_clock: Index, moved: Index) -> Index:
        """[s, T] places in `values` of some series, each moved so far."""
        if self.clock is None or self.shift is None:
            places = per_clock[rows]
        else:
            places, moved = per_clock[self.clock[rows]], moved + self.shift[rows]
        places += moved[:, None]
        return places

    def pick(self, per_clock: Index) -> Values:
        """[S, T] values at places [C, T] in `times`; anything where a place is outside."""
        return at(self.values, self.places(per_clock))


@dataclass(frozen=True)
class Windows:
    """S series seen through T windows each; all of them belong to one block.

    Attributes:
        lower: [C, T] first sample inside the window of a clock, as an index into `block.times`.
        upper: [C, T] one past the last one; equal to `lower` where the window is empty.
        ends: [T] the right edges, which belong to the window.
        steps: [T] evaluation times; differ from `ends` by offset and `@`.
        width_ms: the `[5m]` of `rate(x[5m])`.
        args: further arguments of the function, [T] each.
        legacy: arithmetic of Prometheus 2.42 where it differs.
    """

    block: Block
    lower: Index
    upper: Index
    ends: Times
    steps: Times
    width_ms: int
    args: tuple[Values, ...] = ()
    legacy: bool = False

    @property
    def values(self) -> Values:
        """[n] of the block."""
        return self.block.values

    def sample_times(self) -> Times:
        """[n] the time of each sample."""
        block = self.block
        if block.shift is None:
            return block.times
        places = np.arange(len(block.values)) - np.repeat(block.shift, np.diff(block.offsets()))
        times: Times = block.times[places]
        return times

    @cached_property
    def counts(self) -> Index:
        """[C, T] samples in the windows of each clock."""
        return self.upper - self.lower

    @cached_property
    def lengths(self) -> Index:
        """[S, T] samples in each window."""
        return self.block.spread(self.counts)

    @cached_property
    def first(self) -> Index:
        """[S, T] first sample of each window, as an index into `values`."""
        return self.block.places(self.lower)

    @cached_property
    def past(self) -> Index:
        """[S, T] one past the last sample of each window, as an index into `values`."""
        return self.block.places(self.upper)


class Span(NamedTuple):
    """Which window belongs to a step: its width, and how far its right edge is from the step.

    Attributes:
        width_ms: the `[5m]` of a range selector.
        offset_ms: positive looks back.
        at_ms: the time that `@` fixes, for all steps alike.
    """

    width_ms: int
    offset_ms: int = 0
    at_ms: int | None = None

    def ends(self, grid: Grid) -> Grid:
        """The right edges of the steps' windows: one for all of them where `@` fixes it."""
        if self.at_ms is None:
            return grid.shifted(self.offset_ms)
        return Grid(self.at_ms - self.offset_ms, grid.step_ms, min(grid.count, 1))


def cut(series: SeriesSet, start: int, end: int) -> tuple[Times, Values, Index]:
    """Times, values and offsets of the series `[start, end)`, without copying a sample."""
    low, high = series.offsets[start], series.offsets[end]
    return series.times[low:high], series.values[low:high], series.offsets[start : end + 1] - low


def blocks(series: SeriesSet, steps: int) -> Iterator[tuple[int, int]]:
    """Cut series into runs `[from, to)` that each hold about one block of windows, a sample counting a quarter of one."""
    # A window is worked on dozens of times, a sample few times.
    weight = series.offsets // 4 + np.arange(series.size + 1) * steps
    start = 0
    while start < series.size:
        end = int(np.searchsorted(weight, weight[start] + _BLOCK, side="right")) - 1
        end = min(max(end, start + 1), series.size)
        yield start, end
        start = end


def clocked_blocks(series: SeriesSet, steps: int) -> Iterator[tuple[int, int, Block]]:
    """Cut series into blocks: the run of series `[from, to)`, and their samples."""
    clocks = _shared_times(series) if series.clocks is None else series.clocks
    for start, end in blocks(series, steps):
        yield start, end, _block(series, clocks, start, end)


def _block(series: SeriesSet, clocks: Index, start: int, end: int) -> Block:
    low, high = series.offsets[start], series.offsets[end]
    offsets = series.offsets[start : end + 1] - low
    sizes = np.diff(offsets)
    first, clock = _distinct(clocks[start:end] * 2 + (sizes > 0))
    begins, sizes = clocks[start:end][first], sizes[first]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    if (begins[1:] == begins[:-1] + sizes[:-1]).all():
        times = series.times[begins[0] : begins[-1] + sizes[-1]]
    else:
        times = np.concatenate([series.times[a : a + n] for a, n in zip(begins.tolist(), sizes.tolist(), strict=True)])
    shift = offsets[:-1] - starts[clock]
    values = series.values[low:high]
    return (
        Block(times, starts, values, clock, shift)
        if shift.any() or len(first) < end - start
        else Block(times, starts, values)
    )


def _distinct(keys: Index) -> tuple[Index, Index]:
    """[C] the first row of each key, and [S] which of them each row has; a key may come again where few rows differ."""
    news = np.concatenate([[True], keys[1:] != keys[:-1]])
    if 2 * int(news.sum()) <= len(keys):
        return np.flatnonzero(news), np.cumsum(news) - 1
    _, first, clock = np.unique(keys, return_index=True, return_inverse=True)
    return first, clock


def _shared_times(series: SeriesSet) -> Index:
    """[S] where the times of each series begin; for neighbours with the same times, those of the first of them."""
    begins, sizes = series.offsets[:-1], np.diff(series.offsets)
    if not len(series.times):
        return begins
    probes = [np.minimum(begins + sizes * part // 4, len(series.times) - 1) for part in range(4)]
    alike = sizes[1:] == sizes[:-1]
    for probe in probes:
        alike &= series.times[probe[1:]] == series.times[probe[:-1]]
    leaders = np.flatnonzero(np.concatenate([[True], ~alike]))
    shared = begins.copy()
    for start, end in zip(leaders.tolist(), [*leaders[1:].tolist(), len(sizes)], strict=True):
        if end - start > 1:
            rows = series.times[begins[start] : begins[start] + (end - start) * sizes[start]].reshape(end - start, -1)
            same = (rows[1:] == rows[:-1]).all(axis=1)
            first = np.maximum.accumulate(np.where(np.concatenate([[True], ~same]), np.arange(start, end), start))
            shared[start:end] = begins[first]
    return shared


def at(array: NDArray[_Number], index: Index) -> NDArray[_Number]:
    """`array[index]`, where an index outside is allowed and gives anything."""
    return array.take(index, mode="clip") if len(array) else np.zeros(index.shape, array.dtype)


def count_until(times: Times, offsets: Index, grid: Grid) -> Index:
    """[S, T] index one past the last sample at or before each step."""
    windows = (len(offsets) - 1) * grid.count
    if len(times) <= _DENSE * windows:
        return _count_samples(times, offsets, grid)
    steps = grid.times()
    if len(steps) < _MANY_STEPS and len(offsets) > _FEW_SERIES:
        return _bisect(times, offsets, steps)
    bounds = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    return np.array([start + np.searchsorted(times[start:end], steps, side="right") for start, end in bounds])


def window_bounds(times: Times, offsets: Index, ends: Grid, width_ms: int, *, closed: bool) -> tuple[Index, Index]:
    """[S, T] the half-open range of samples in the window `(end - width, end]` before each step.

    Args:
        times: [n] ms, ascending within a series.
        offsets: [S+1] samples of a series within `times`.
        ends: the right edges.
        width_ms: how far back a window reaches.
        closed: the left edge belongs to the window too, as in Prometheus 2.x.
    """
    edge = width_ms + 1 if closed else width_ms
    back, rest = divmod(edge, ends.step_ms)
    if rest == 0 and 0 < back <= ends.count:  # the left edges are steps of the same grid: search once
        both = count_until(times, offsets, Grid(ends.start_ms - edge, ends.step_ms, ends.count + back))
        return both[:, : ends.count], both[:, back:]
    return count_until(times, offsets, ends.shifted(edge)), count_until(times, offsets, ends)


def _count_samples(times: Times, offsets: Index, grid: Grid) -> Index:
    """Count samples between steps: one pass over all samples."""
    series, width = len(offsets) - 1, grid.count + 1
    slot = times - (grid.start_ms - grid.step_ms + 1)
    slot //= grid.step_ms
    np.clip(slot, 0, grid.count, out=slot)
    slot += np.repeat(np.arange(series) * width, np.diff(offsets))
    counts = np.bincount(slot, minlength=series * width).reshape(series, width)
    return np.cumsum(counts[:, :-1], axis=1) + offsets[:-1, None]


def _bisect(times: Times, offsets: Index, steps: Times) -> Index:
    """Search for every edge at once, halving all the ranges together."""
    low = np.repeat(offsets[:-1, None], len(steps), axis=1)
    high = np.repeat(offsets[1:, None], len(steps), axis=1)
    for _ in range(int(np.diff(offsets).max(initial=0)).bit_length()):
        middle = (low + high) >> 1
        before = times[np.minimum(middle, len(times) - 1)] <= steps
        open_range = low < high
        low = np.where(before & open_range, middle + 1, low)
        high = np.where(before | ~open_range, high, middle)
    return low


@dataclass(frozen=True, slots=True)
class Ranked:
    """Windows put in order of length, so that "all windows with an j-th sample" is a prefix of them.

    This is how a calculation that must go sample by sample is done for all windows at once.
    """

    order: Index  # [W] positions of the windows, longest first
    lower: Index  # [W] first sample of each, in that order
    active: Index  # [longest] how many windows have a j-th sample

    @classmethod
    def of(cls, lower: NDArray[np.int64], lengths: NDArray[np.int64]) -> Ranked:
        """Rank windows, given as flat arrays."""
        longest = int(lengths.max(initial=0))
        shortness = longest - lengths
        order = np.argsort(shortness.astype(np.uint16) if longest < _RADIX else shortness, kind="stable")
        active = len(lengths) - np.cumsum(np.bincount(lengths))[:-1] if len(lengths) else lengths
        return cls(order, lower[order], active)

    def unordered(self, ranked: NDArray[np.float64]) -> NDArray[np.float64]:
        """[W] results in the order in which the windows were given."""
        result = np.empty_like(ranked)
        result[self.order] = ranked
        return result
