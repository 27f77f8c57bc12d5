"""Windows: which samples each series shows at each step, found for many series at once.

Selection walks time here and nowhere else; rollups receive the windows and only do arithmetic. Series are taken in
blocks small enough for the processor's cache, which is what makes long chains of array operations fast.
Shape letters: S series, n samples, T steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, SeriesSet, Times, Values
from watchglass.promql.grid import Grid

_BLOCK = 1 << 16
"""Windows worked on at a time: about half a megabyte an array."""

_DENSE = 8
"""Up to so many samples a window, counting every sample is cheaper than searching for every edge."""


@dataclass(frozen=True, slots=True)
class Windows:
    """S series seen through T windows each; all of them belong to one block.

    Attributes:
        lower: [S, T] first sample inside the window, as an index into `times` and `values`.
        upper: [S, T] one past the last one; equal to `lower` where the window is empty.
        ends: [T] the right edges, which belong to the window.
        steps: [T] evaluation times; differ from `ends` by offset and `@`.
        width_ms: the `[5m]` of `rate(x[5m])`.
        args: further arguments of the function, [T] each.
        legacy: arithmetic of Prometheus 2.42 where it differs.
    """

    times: Times  # [n] ms
    values: Values  # [n]
    lower: Index
    upper: Index
    ends: Times
    steps: Times
    width_ms: int
    args: tuple[Values, ...] = ()
    legacy: bool = False
    lengths: Index = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lengths", self.upper - self.lower)


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


def count_until(times: Times, offsets: Index, grid: Grid) -> Index:
    """[S, T] index one past the last sample at or before each step."""
    windows = (len(offsets) - 1) * grid.count
    if len(times) <= _DENSE * windows:
        return _count_samples(times, offsets, grid)
    return _bisect(times, offsets, grid.times())


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
        order = np.argsort(-lengths, kind="stable")
        active = len(lengths) - np.cumsum(np.bincount(lengths))[:-1] if len(lengths) else lengths
        return cls(order, lower[order], active)

    def unordered(self, ranked: NDArray[np.float64]) -> NDArray[np.float64]:
        """[W] results in the order in which the windows were given."""
        result = np.empty_like(ranked)
        result[self.order] = ranked
        return result
