"""Selection: the sample that an instant vector selector sees at each step.

Input are raw samples with stale markers; a marker ends a series for instant selectors and vanishes from windows.
Source: prometheus/prometheus, promql/engine.go (vectorSelectorSingle, matrixIterSlice).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import SeriesSet, Values
from watchglass.model.sample import STALE_BITS
from watchglass.promql.grid import Grid
from watchglass.promql.limits import Budget
from watchglass.promql.value import Vector
from watchglass.promql.windows import Span, at, clocked_blocks, count_until

_CHUNK = 1 << 16
"""Values looked at at a time: what fits into the processor's cache."""


def is_stale(values: Values) -> NDArray[np.bool_]:
    """Which values are stale markers, by their bits."""
    return np.equal(values.view(np.uint64), np.uint64(STALE_BITS))


def without_stale(series: SeriesSet) -> SeriesSet:
    """The samples that windows may hold."""
    if not _holds_nan(series.values):
        return series
    stale = is_stale(series.values)
    if not stale.any():
        return series
    series = series.spread()
    gone = np.concatenate([[0], np.cumsum(stale)])[series.offsets]
    histograms = None if series.histograms is None else series.histograms[~stale]
    return SeriesSet(series.labels, series.offsets - gone, series.times[~stale], series.values[~stale], histograms)


def _holds_nan(values: Values) -> bool:
    return any(np.isnan(values[start : start + _CHUNK]).any() for start in range(0, len(values), _CHUNK))


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
