"""Selection: the sample that an instant vector selector sees at each step.

Input are raw samples with stale markers; a marker ends a series for instant selectors and vanishes from windows.
Source: prometheus/prometheus, promql/engine.go (vectorSelectorSingle, matrixIterSlice).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, SeriesSet, Times, Values
from watchglass.model.sample import STALE_BITS
from watchglass.promql.grid import Grid
from watchglass.promql.limits import Budget
from watchglass.promql.value import Vector
from watchglass.promql.windows import Span, at, clocked_blocks, count_until

_CHUNK = 1 << 16
"""Values looked at at a time: what fits into the processor's cache."""
_none = np.zeros(0, np.int64)


def is_stale(values: Values) -> NDArray[np.bool_]:
    """Which values are stale markers, by their bits."""
    return np.equal(values.view(np.uint64), np.uint64(STALE_BITS))


def without_stale(series: SeriesSet) -> SeriesSet:
    """The samples that windows may hold."""
    gone = _stale_places(series.values)
    if not len(gone):
        return series
    times, clocks = _shared_times_without(series, gone) or (np.delete(series.spread().times, gone), None)
    offsets = series.offsets - np.searchsorted(gone, series.offsets)
    histograms = None if series.histograms is None else np.delete(series.histograms, gone)
    return SeriesSet(series.labels, offsets, times, np.delete(series.values, gone), histograms, clocks)


def _stale_places(values: Values) -> Index:
    """Where the stale markers are, in ascending order."""
    found = [_none]
    for start in range(0, len(values), _CHUNK):
        some = values[start : start + _CHUNK]
        if np.isnan(some).any():
            found.append(np.flatnonzero(is_stale(some)) + start)
    return np.concatenate(found)


def _shared_times_without(series: SeriesSet, gone: Index) -> tuple[Times, Index] | None:
    """The times, and where each series' begin in them, if those that share times have their markers at the same ones."""
    if series.clocks is None:
        return None
    begins, ends = series.clocks, series.clocks + np.diff(series.offsets)
    counts = np.diff(np.searchsorted(gone, series.offsets))
    rows = np.repeat(np.arange(series.size), counts)
    marked = np.unique(gone - series.offsets[rows] + begins[rows])
    before = np.searchsorted(marked, begins)
    if not np.array_equal(np.searchsorted(marked, ends) - before, counts):
        return None
    return np.delete(series.times, marked), begins - before


def newest(
    series: SeriesSet, span: Span, grid: Grid, budget: Budget, *, closed: bool, timestamps: bool = False
) -> Vector:
    """The newest sample of each series in the window before each step, unless it is a stale marker.

    Args:
        series: raw samples.
        span: the lookback window.
        grid: the T steps.
        budget: asked between blocks of series.
        closed: a sample just as old as the window is wide still counts, as in Prometheus 2.x.
        timestamps: give the samples' times in seconds instead of their values.
    """
    budget.allow(series.size * grid.count)
    values = np.empty((series.size, grid.count))
    present = np.empty((series.size, grid.count), bool)
    histograms = None if series.histograms is None else np.zeros(present.shape, bool)
    ends = span.ends(grid)
    oldest = ends.times() - span.width_ms - (1 if closed else 0)
    for start, end, block in clocked_blocks(series, grid.count):
        budget.check()
        if not len(block.times):
            present[start:end] = False
            continue
        until = count_until(block.times, block.starts, ends)
        last = until - 1
        seen = at(block.times, last)
        value = block.pick(last)
        present[start:end] = block.spread((until > block.starts[:-1, None]) & (seen > oldest))
        present[start:end] &= ~is_stale(value)
        values[start:end] = block.spread(seen / 1000) if timestamps else value
        if histograms is not None and series.histograms is not None:
            places = block.places(last)
            histograms[start:end] = series.histograms[series.offsets[start] :].take(places, mode="clip")
    return Vector(series.labels, values, present, histograms=histograms)
