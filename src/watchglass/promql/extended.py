"""Extended range selectors, `x[5m] anchored` and `x[5m] smoothed`: windows with a value at their very edges.

An anchored window takes the newest sample before its left edge, if lookback allows, as its first one. A smoothed one
also looks ahead by the lookback, and draws lines between samples to find the values at its edges.
Source: prometheus/prometheus, promql/functions.go (extendedRate, pickFirstSampleIndices) and promql/engine.go
(extendFloats, smoothSeries) (3.14). Shape letters: S series, n samples, T steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from watchglass.columns import Index, SeriesSet, Times, Values
from watchglass.errors import QueryError
from watchglass.promql.ast import VectorSelector
from watchglass.promql.grid import Grid
from watchglass.promql.growth import add_resets
from watchglass.promql.limits import Budget
from watchglass.promql.rollup import ROLLUPS, Array
from watchglass.promql.value import Mask, RangeVector, Vector
from watchglass.promql.windows import Block, Span, Windows, at, blocks, count_until, cut, window_bounds

_SMOOTHED = ("delta", "increase", "rate")
_ANCHORED = ("changes", "delta", "increase", "rate", "resets")


def is_extended(selector: VectorSelector) -> bool:
    """Whether a selector carries one of the modifiers."""
    return selector.anchored or selector.smoothed


def check_function(name: str, selector: VectorSelector) -> None:
    """Refuse functions that make no sense of such windows.

    Raises:
        QueryError: the function is none of those that do.
    """
    word, allowed = ("anchored", _ANCHORED) if selector.anchored else ("smoothed", _SMOOTHED)
    if name not in allowed:
        raise QueryError(f"{word} modifier can only be used with: {', '.join(allowed)} - not with {name}")


def widened(span: Span, lookback_ms: int, *, smoothed: bool) -> Span:
    """The windows with all the samples that may count."""
    ahead = lookback_ms if smoothed else 0
    return Span(span.width_ms + lookback_ms + ahead, span.offset_ms - ahead, span.at_ms)


def newest(series: SeriesSet, span: Span, grid: Grid, budget: Budget) -> Vector:
    """The value of each series at each step, on the line between the samples around it; the last one has no end.

    Args:
        series: samples without stale markers.
        span: lookback in both directions, as `widened` makes it of one without width.
        grid: the T steps.
        budget: asked between blocks of series.
    """
    budget.allow(series.size * grid.count)
    values, present = np.empty((series.size, grid.count)), np.empty((series.size, grid.count), bool)
    ends = span.ends(grid)
    middle = ends.shifted(span.width_ms // 2)
    for start, end in blocks(series, grid.count):
        budget.check()
        times, samples, offsets = cut(series, start, end)
        lower, upper = window_bounds(times, offsets, ends, span.width_ms, closed=False)
        after = np.clip(count_until(times, offsets, middle.shifted(1)), lower, upper)
        exact = (after < upper) & (at(times, after) == middle.times())
        between = (after > lower) & (after < upper) & ~exact
        line = _line(times, samples, after - 1, middle.times(), counter=False)
        value = np.where(exact, at(samples, after), np.where(between, line, at(samples, after - 1)))
        values[start:end], present[start:end] = value, exact | (after > lower)
    return Vector(series.labels, values, present)


def roll(
    name: str, source: RangeVector, span: Span, grid: Grid, *, lookback_ms: int, smoothed: bool, budget: Budget
) -> Vector:
    """One of the functions that take such windows, for every series at every step.

    Args:
        name: the function.
        source: samples of the widened windows, without stale markers.
        span: the windows as written.
        grid: the T steps.
        lookback_ms: how far a window looks beyond its edges.
        smoothed: whether it is smoothed, or else anchored.
        budget: asked between blocks of series.
    """
    series = source.series
    budget.allow(series.size * grid.count)
    values, present = np.empty((series.size, grid.count)), np.empty((series.size, grid.count), bool)
    wide = widened(span, lookback_ms, smoothed=smoothed)
    for start, end in blocks(series, grid.count):
        budget.check()
        times, samples, offsets = cut(series, start, end)
        bounds = window_bounds(times, offsets, wide.ends(grid), wide.width_ms, closed=False)
        shape = end - start, grid.count
        lower, upper = (np.broadcast_to(bound, shape) for bound in bounds)
        ends = span.ends(grid)
        until_start = np.broadcast_to(count_until(times, offsets, ends.shifted(span.width_ms)), shape)
        before_end = np.broadcast_to(count_until(times, offsets, ends.shifted(1)), shape)
        window = _Window(times, samples, lower, upper, until_start, before_end, ends.times(), span.width_ms)
        compute = _count if name in {"changes", "resets"} else _growth
        values[start:end], present[start:end] = compute(name, window, smoothed=smoothed)
    return Vector(series.labels, values, present, source.name_dropped)


@dataclass(frozen=True, slots=True)
class _Window:
    times: Times  # [n]
    values: Values  # [n]
    lower: Index  # [S, T] first sample of the widened window
    upper: Index  # [S, T] one past its last one
    until_start: Index  # [S, T] one past the last sample at or before the left edge
    before_end: Index  # [S, T] first sample at or after the right edge
    ends: Times  # [T] right edges
    width_ms: int

    def slice(self, lower: Index, upper: Index) -> Windows:
        """Windows as rollups see them."""
        block = Block(self.times, np.zeros(0, np.int64), self.values)
        return Windows(block, lower, upper, self.ends, self.ends, self.width_ms)


def _count(name: str, w: _Window, *, smoothed: bool) -> tuple[Array, Mask]:  # noqa: ARG001 - as _growth
    """`changes` and `resets`, counting from the sample before the left edge on."""
    first = np.maximum(w.lower, w.until_start - 1)
    found = w.upper > np.maximum(w.until_start, w.lower)
    return ROLLUPS[name].compute(w.slice(first, np.maximum(w.upper, first))), found


def _growth(name: str, w: _Window, *, smoothed: bool) -> tuple[Array, Mask]:
    """`rate`, `increase` and `delta` between the values at both edges."""
    counter = name != "delta"
    starts = w.ends - w.width_ms
    last = w.upper - 1
    first = np.maximum(np.minimum(w.until_start, last) - 1, w.lower)
    if smoothed:
        last = np.clip(w.before_end, w.lower, last)
    first_time, last_time = at(w.times, first), at(w.times, last)
    found = (w.upper > w.lower) & (last_time > starts)
    left, right = at(w.values, first), at(w.values, last)
    if smoothed:
        found &= first_time <= w.ends
        left = np.where(first_time < starts, _line(w.times, w.values, first, starts, counter=counter), left)
        beyond = (last > w.lower) & (last_time > w.ends)
        right = np.where(beyond, _line(w.times, w.values, last - 1, w.ends, counter=counter), right)
    growth = right - left
    if counter:
        inner = first + (first_time <= starts), last - (last_time >= w.ends) + 1
        _add_resets(w, growth, left, right, *inner)
    return (growth / (w.width_ms / 1000) if name == "rate" else growth), found


def _add_resets(w: _Window, growth: Array, left: Array, right: Array, lower: Index, upper: Index) -> None:  # noqa: PLR0917
    """Add back what was lost at resets: inside the window, and between its samples and the values at the edges."""
    holds = upper > lower
    upper = np.maximum(upper, lower)
    add_resets(w.values, lower, upper, growth)
    first, last = at(w.values, lower), np.where(holds, at(w.values, upper - 1), left)
    growth += np.where(holds & (first < left), left, 0.0)
    growth += np.where(right < last, last, 0.0)


def _line(times: Times, values: Values, before: Index, when: Times, *, counter: bool) -> Array:
    """The value at a time on the line from sample `before` to the next; a counter that was reset begins at 0."""
    y1, y2 = at(values, before), at(values, before + 1)
    t1, t2 = at(times, before), at(times, before + 1)
    if counter:
        y1 = np.where(y2 < y1, 0.0, y1)
    line: Array = y1 + (y2 - y1) * (when - t1) / (t2 - t1)
    return line


def samples(source: RangeVector, span: Span, grid: Grid, *, smoothed: bool) -> RangeVector:
    """The samples of a single window, with one at each edge: a range vector that is itself the answer."""
    end = int(span.ends(grid).times()[0])
    start = end - span.width_ms
    series = source.series
    parts = [_with_edges(*cut(series, row, row + 1)[:2], start, end, smoothed=smoothed) for row in range(series.size)]
    offsets = np.concatenate([[0], np.cumsum([len(times) for times, _ in parts])]).astype(np.int64)
    times = np.concatenate([np.zeros(0, np.int64), *(times for times, _ in parts)])
    values = np.concatenate([np.zeros(0), *(values for _, values in parts)])
    return RangeVector(SeriesSet(series.labels, offsets, times, values), source.name_dropped)


def _with_edges(times: Times, values: Values, start: int, end: int, *, smoothed: bool) -> tuple[Times, Values]:
    nothing = times[:0], values[:0]
    if not len(times):
        return nothing
    last = len(times) - 1
    first = max(0, min(int(np.searchsorted(times, start, side="right")), last) - 1)
    if smoothed:
        last = min(int(np.searchsorted(times, end)), last)
    if times[last] <= start:
        return nothing
    edges = np.array([start, end])
    left, right = values[first], values[last]
    if smoothed and times[first] < start:
        left = _line(times, values, np.array([first]), edges[:1], counter=False)[0]
    if smoothed and last > 0 and times[last] > end:
        right = _line(times, values, np.array([last - 1]), edges[1:], counter=False)[0]
    inner = slice(first + int(times[first] <= start), last - int(times[last] >= end) + 1)
    return np.concatenate([edges[:1], times[inner], edges[1:]]), np.concatenate([[left], values[inner], [right]])
