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
from watchglass.promql.windows import Span, blocks, count_until, cut


def is_stale(values: Values) -> NDArray[np.bool_]:
    """Which values are stale markers, by their bits."""
    return np.equal(values.view(np.uint64), np.uint64(STALE_BITS))


def without_stale(series: SeriesSet) -> SeriesSet:
    """The samples that windows may hold."""
    nan = np.isnan(series.values)
    if not nan.any():
        return series
    stale = is_stale(series.values)
    if not stale.any():
        return series
    gone = np.concatenate([[0], np.cumsum(stale)])[series.offsets]
    histograms = None if series.histograms is None else series.histograms[~stale]
    return SeriesSet(series.labels, series.offsets - gone, series.times[~stale], series.values[~stale], histograms)


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
    for start, end in blocks(series, grid.count):
        budget.check()
        times, samples, offsets = cut(series, start, end)
        if not len(times):
            present[start:end] = False
            continue
        until = count_until(times, offsets, ends)
        last = until - 1
        seen = times.take(last, mode="clip")
        value = samples.take(last, mode="clip")
        present[start:end] = (until > offsets[:-1, None]) & (seen > oldest) & ~is_stale(value)
        values[start:end] = seen / 1000 if timestamps else value
        if histograms is not None and series.histograms is not None:
            histograms[start:end] = series.histograms[series.offsets[start] :].take(last, mode="clip")
    return Vector(series.labels, values, present, histograms=histograms)
