"""Rollups: from the samples in a window to one number, for all windows of a block of series at once.

Contract of every function in ROLLUPS: it receives Windows and returns [S, T] values. It may return anything where a
window holds fewer samples than its row's `needs`: the caller masks those. None of them walks time.
Source of all semantics: prometheus/prometheus, promql/functions.go (3.14); the function is named where it helps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Values
from watchglass.errors import QueryError
from watchglass.promql import kahan
from watchglass.promql.grid import Grid
from watchglass.promql.growth import extrapolated
from watchglass.promql.limits import Budget
from watchglass.promql.value import RangeVector, Vector
from watchglass.promql.window_sums import exact_prefix, running_mean, window_sums
from watchglass.promql.windows import Ranked, Span, Windows, at, clocked_blocks, window_bounds

Array = NDArray[np.float64]


class Rollup(NamedTuple):
    """One row of the table.

    Attributes:
        compute: Windows to [S, T] values.
        needs: samples that a window must hold to have a result.
        keeps_name: the metric's name survives.
    """

    compute: Callable[[Windows], Array]
    needs: int = 1
    keeps_name: bool = False


# --- counters and gauges -------------------------------------------------------------------------------------------


def rate(w: Windows) -> Array:
    """Per-second growth of a counter, resets added back, stretched to the window's edges."""
    return extrapolated(w, counter=True, per_seconds=w.width_ms / 1000)


def increase(w: Windows) -> Array:
    """Growth of a counter, resets added back, stretched to the window's edges."""
    return extrapolated(w, counter=True)


def delta(w: Windows) -> Array:
    """Change of a gauge, stretched to the window's edges."""
    return extrapolated(w, counter=False)


def irate(w: Windows) -> Array:
    """Per-second growth between the last two samples; after a reset, the last value itself has grown."""
    grown, elapsed = _last_step(w, counter=True)
    return grown / elapsed


def idelta(w: Windows) -> Array:
    """Difference of the last two samples."""
    return _last_step(w, counter=False)[0]


def resets(w: Windows) -> Array:
    """How often a value fell below the one before it."""
    return _count_pairs(w, w.values[1:] < w.values[:-1])


def changes(w: Windows) -> Array:
    """How often a value differed from the one before it; NaN after NaN is no change."""
    before, after = w.values[:-1], w.values[1:]
    return _count_pairs(w, (before != after) & ~(np.isnan(before) & np.isnan(after)))


def deriv(w: Windows) -> Array:
    """Slope per second of the least-squares line through the samples."""
    return _regression(w, at(w.block.times, w.lower))[0]


def predict_linear(w: Windows) -> Array:
    """Where the least-squares line will be `args[0]` seconds after the evaluation time."""
    slope, intercept = _regression(w, np.broadcast_to(w.steps, w.lower.shape))
    return slope * w.args[0] + intercept


# --- one number of the samples' values ------------------------------------------------------------------------------


def sum_over_time(w: Windows) -> Array:
    """Sum, compensated."""
    prefix = exact_prefix(w)
    return prefix[w.past] - prefix[w.first] if prefix is not None else kahan.settle(*window_sums(w))


def avg_over_time(w: Windows) -> Array:
    """Mean, compensated; of windows whose sum overflows, by a running mean."""
    prefix = exact_prefix(w)
    if prefix is not None:
        return (prefix[w.past] - prefix[w.first]) / w.lengths
    total, lost = window_sums(w)
    mean = total / w.lengths + lost / w.lengths
    overflow = np.isinf(total) if not np.isinf(w.values).any() else ~np.isfinite(total) & (w.lengths > 0)
    if overflow.any():
        mean[overflow] = running_mean(w, overflow)
    return mean


def min_over_time(w: Windows) -> Array:
    """Smallest value; NaN only where all are."""
    return _extreme(w, np.fmin)


def max_over_time(w: Windows) -> Array:
    """Greatest value; NaN only where all are."""
    return _extreme(w, np.fmax)


def count_over_time(w: Windows) -> Array:
    """Number of samples."""
    return w.lengths.astype(np.float64)


def present_over_time(w: Windows) -> Array:
    """1 where there is any sample."""
    return np.ones(w.lengths.shape)


def first_over_time(w: Windows) -> Array:
    """Value of the first sample."""
    return w.block.pick(w.lower)


def last_over_time(w: Windows) -> Array:
    """Value of the last sample."""
    return w.block.pick(w.upper - 1)


def stdvar_over_time(w: Windows) -> Array:
    """Population variance, by Welford's running form with compensated sums."""
    flat = Ranked.of(w.first.ravel(), w.lengths.ravel())
    mean, mean_lost, spread, spread_lost = np.zeros((4, len(flat.order)))
    for rank, active in enumerate(flat.active.tolist()):
        sample = w.values[flat.lower[:active] + rank]
        distance = sample - (mean[:active] + mean_lost[:active])
        kahan.add(mean[:active], mean_lost[:active], distance / (rank + 1))
        kahan.add(spread[:active], spread_lost[:active], distance * (sample - (mean[:active] + mean_lost[:active])))
    return flat.unordered(kahan.settle(spread, spread_lost)).reshape(w.lengths.shape) / w.lengths


def stddev_over_time(w: Windows) -> Array:
    """Population standard deviation."""
    return np.sqrt(stdvar_over_time(w))


def quantile_over_time(w: Windows) -> Array:
    """The `args[0]`-quantile of the values."""
    quantiles = np.broadcast_to(w.args[0], w.lengths.shape)
    return _by_padded_windows(w, quantile_of_rows, quantiles)


def mad_over_time(w: Windows) -> Array:
    """Median of the distances from the median; NaN where any value is."""
    return _by_padded_windows(w, _median_distance, np.broadcast_to(0.5, w.lengths.shape))


def ts_of_first_over_time(w: Windows) -> Array:
    """Time of the first sample, in seconds."""
    return w.block.spread(at(w.block.times, w.lower) / 1000)


def ts_of_last_over_time(w: Windows) -> Array:
    """Time of the last sample, in seconds."""
    return w.block.spread(at(w.block.times, w.upper - 1) / 1000)


def ts_of_min_over_time(w: Windows) -> Array:
    """Time of the last smallest value, in seconds."""
    return _time_of_extreme(w, np.less_equal)


def ts_of_max_over_time(w: Windows) -> Array:
    """Time of the last greatest value, in seconds."""
    return _time_of_extreme(w, np.greater_equal)


def double_exponential_smoothing(w: Windows) -> Array:
    """The smoothed last value, given the smoothing and the trend factor.

    Raises:
        QueryError: a factor is not between 0 and 1, at a step where a window has samples.
    """
    sampled = (w.counts > 0).any(axis=0)
    for name, factors in zip(("smoothing", "trend"), w.args, strict=True):
        for factor in factors[((factors <= 0) | (factors >= 1)) & sampled][:1]:
            symbol = f"{name[0]}f"
            raise QueryError(f"invalid {name} factor. Expected: 0 < {symbol} < 1, got: {factor:f}")
    flat = Ranked.of(w.first.ravel(), w.lengths.ravel())
    weight, damping = (np.broadcast_to(arg, w.lengths.shape).ravel()[flat.order] for arg in w.args)
    level, before = at(w.values, flat.lower), np.zeros(len(flat.order))
    trend = at(w.values, flat.lower + 1) - level
    for rank, active in enumerate(flat.active.tolist()):
        if rank == 0:
            continue
        now = slice(active)
        if rank > 1:
            trend[now] = damping[now] * (level[now] - before[now]) + (1 - damping[now]) * trend[now]
        forecast = (1 - weight[now]) * (level[now] + trend[now])
        before[now] = level[now]
        level[now] = weight[now] * w.values[flat.lower[now] + rank] + forecast
    return flat.unordered(level).reshape(w.lengths.shape)


ROLLUPS: dict[str, Rollup] = {
    "rate": Rollup(rate, needs=2),
    "increase": Rollup(increase, needs=2),
    "delta": Rollup(delta, needs=2),
    "irate": Rollup(irate, needs=2),
    "idelta": Rollup(idelta, needs=2),
    "deriv": Rollup(deriv, needs=2),
    "predict_linear": Rollup(predict_linear, needs=2),
    "resets": Rollup(resets),
    "changes": Rollup(changes),
    "sum_over_time": Rollup(sum_over_time),
    "avg_over_time": Rollup(avg_over_time),
    "min_over_time": Rollup(min_over_time),
    "max_over_time": Rollup(max_over_time),
    "count_over_time": Rollup(count_over_time),
    "present_over_time": Rollup(present_over_time),
    "first_over_time": Rollup(first_over_time, keeps_name=True),
    "last_over_time": Rollup(last_over_time, keeps_name=True),
    "stddev_over_time": Rollup(stddev_over_time),
    "stdvar_over_time": Rollup(stdvar_over_time),
    "quantile_over_time": Rollup(quantile_over_time),
    "mad_over_time": Rollup(mad_over_time),
    "ts_of_first_over_time": Rollup(ts_of_first_over_time),
    "ts_of_last_over_time": Rollup(ts_of_last_over_time),
    "ts_of_min_over_time": Rollup(ts_of_min_over_time),
    "ts_of_max_over_time": Rollup(ts_of_max_over_time),
    "double_exponential_smoothing": Rollup(double_exponential_smoothing, needs=2),
}
"""Functions of a range vector, by name."""


def evaluate(
    rollup: Rollup,
    source: RangeVector,
    span: Span,
    grid: Grid,
    *,
    args: tuple[Values, ...],
    budget: Budget,
    legacy: bool,
) -> Vector:
    """Apply a rollup to every series at every step.

    Args:
        rollup: the row of the table.
        source: samples without stale markers.
        span: which window belongs to a step.
        grid: the T steps.
        args: further arguments of the function, [T] each.
        budget: asked between blocks of series.
        legacy: Prometheus 2.42's windows and extrapolation.
    """
    series = source.series
    budget.allow(series.size * grid.count)
    values = np.empty((series.size, grid.count))
    present = np.empty((series.size, grid.count), bool)
    steps, ends = grid.times(), span.ends(grid)
    for start, end, block in clocked_blocks(series, grid.count):
        budget.check()
        bounds = window_bounds(block.times, block.starts, ends, span.width_ms, closed=legacy)
        lower, upper = (np.broadcast_to(bound, (len(bound), grid.count)) for bound in bounds)
        edges = np.broadcast_to(ends.times(), steps.shape)
        windows = Windows(block, lower, upper, edges, steps, span.width_ms, args, legacy)
        values[start:end] = rollup.compute(windows)
        present[start:end] = block.spread(windows.counts >= rollup.needs)
    return Vector(series.labels, values, present, source.name_dropped)


# --- arithmetic behind them ------------------------------------------------------------------------------------------


def _last_step(w: Windows, *, counter: bool) -> tuple[Array, Array]:
    """Growth between the last two samples, and the seconds between them. Source: instantValue."""
    last, before = w.block.pick(w.upper - 1), w.block.pick(w.upper - 2)
    grown = last - before
    if counter:
        np.copyto(grown, last, where=last < before)
    times = w.block.times
    return grown, w.block.spread((at(times, w.upper - 1) - at(times, w.upper - 2)) / 1000)


def _count_pairs(w: Windows, hit: NDArray[np.bool_]) -> Array:
    """Count the neighbours inside each window for which `hit` [n-1] holds."""
    prefix: Array = np.concatenate([[0.0], np.cumsum(hit)])
    last = np.maximum(w.upper - 1, w.lower)
    return np.subtract(at(prefix, w.block.places(last)), at(prefix, w.first))


def _extreme(w: Windows, pick: np.ufunc) -> Array:
    """Extreme of each window from tables of the extremes of runs of 1, 2, 4 ... samples: two look-ups a window."""
    result = np.full(w.lengths.shape, np.nan)
    table, run = w.values, 1
    level = np.frexp(w.lengths)[1] - 1
    for exponent in range(int(level.max(initial=-1)) + 1):
        hit = level == exponent
        result[hit] = pick(table[w.first[hit]], table[w.past[hit] - run])
        if len(table) > run:
            table = pick(table[:-run], table[run:])
            run *= 2
    return result


def _time_of_extreme(w: Windows, beats: np.ufunc) -> Array:
    """Time of the last sample that beats all before it, or follows only NaN, in seconds. Source: compareOverTime."""
    flat = Ranked.of(w.first.ravel(), w.lengths.ravel())
    times = w.sample_times()
    best, when = at(w.values, flat.lower).copy(), at(times, flat.lower).astype(np.float64)
    for rank, active in enumerate(flat.active.tolist()):
        sample = flat.lower[:active] + rank
        better = beats(w.values[sample], best[:active]) | np.isnan(best[:active])
        np.copyto(best[:active], w.values[sample], where=better)
        np.copyto(when[:active], times[sample], where=better, casting="unsafe")
    return flat.unordered(when).reshape(w.lengths.shape) / 1000


def _regression(w: Windows, origin: Index) -> tuple[Array, Array]:
    """Slope per second, and value at `origin` [C, T] ms, of the line through each window. Source: linearRegression."""
    flat = Ranked.of(w.first.ravel(), w.lengths.ravel())
    times, origin = w.sample_times(), w.block.spread(np.asarray(origin))
    zero, initial = np.ravel(origin)[flat.order], at(w.values, flat.lower)
    sums, lost = np.zeros((2, 4, len(flat.order)))
    constant = np.ones(len(flat.order), bool)
    for rank, active in enumerate(flat.active.tolist()):
        at_rank = flat.lower[:active] + rank
        y, x = w.values[at_rank], (times[at_rank] - zero[:active]) / 1000
        constant[:active] &= (y == initial[:active]) | (rank == 0)
        kahan.add(sums[:, :active], lost[:, :active], np.stack([x, y, x * y, x * x]))
    sum_x, sum_y, sum_xy, sum_xx = kahan.settle(sums, lost)
    n = w.lengths.ravel()[flat.order]
    slope = (sum_xy - sum_x * sum_y / n) / (sum_xx - sum_x * sum_x / n)
    intercept = sum_y / n - slope * sum_x / n
    flat_line = np.where(np.isinf(initial), np.nan, 0.0)
    slope, intercept = np.where(constant, flat_line, slope), np.where(constant, initial + flat_line, intercept)
    return flat.unordered(slope).reshape(w.lengths.shape), flat.unordered(intercept).reshape(w.lengths.shape)


_PADDED_CELLS = 1 << 18


def _by_padded_windows(w: Windows, compute: Callable[[Array, Index, Array], Array], args: Array) -> Array:
    """Apply a function of whole windows: [W, longest] values padded with NaN, [W] sizes and [W] arguments."""
    flat = Ranked.of(w.first.ravel(), w.lengths.ravel())
    sizes, argument = w.lengths.ravel()[flat.order], np.ravel(args)[flat.order]
    result = np.full(len(flat.order), np.nan)
    start = 0
    while start < len(sizes) and sizes[start] > 0:
        width = int(sizes[start])
        end = min(start + max(1, _PADDED_CELLS // width), len(sizes))
        cell = np.arange(width)
        padded = at(w.values, flat.lower[start:end, None] + cell)
        padded[cell >= sizes[start:end, None]] = np.nan
        result[start:end] = compute(padded, sizes[start:end], argument[start:end])
        start = end
    return flat.unordered(result).reshape(w.lengths.shape)


def quantile_of_rows(padded: Array, sizes: Index, quantiles: Array) -> Array:
    """The quantile of each row, NaN sorting before every number. Source: quantile.go, quantile.

    Args:
        padded: [W, N] values in any order; a row has `sizes` values, the rest of it is NaN. Sorted in place.
        sizes: [W] how many values belong to a row; NaN is returned where none does.
        quantiles: [W] below 0 gives -Inf, above 1 gives +Inf, NaN gives NaN.
    """
    rows = np.arange(len(padded))
    padded.sort(axis=1)  # numpy puts NaN last
    nans = sizes - (padded.shape[1] - np.isnan(padded).sum(axis=1))
    rank = np.clip(np.nan_to_num(quantiles), 0, 1) * (sizes - 1)
    below = np.maximum(np.floor(rank), 0).astype(np.int64)
    above = np.minimum(below + 1, sizes - 1)
    weight = rank - np.floor(rank)

    def pick(index: Index) -> Array:
        return np.where(index < nans, np.nan, padded[rows, np.maximum(index - nans, 0)])

    result = pick(below) * (1 - weight) + pick(above) * weight
    result = np.where(quantiles < 0, -np.inf, np.where(quantiles > 1, np.inf, result))
    return np.where(np.isnan(quantiles) | (sizes < 1), np.nan, result)


def _median_distance(padded: Array, sizes: Index, half: Array) -> Array:
    incomplete = np.isnan(padded).sum(axis=1) > padded.shape[1] - sizes
    median = quantile_of_rows(padded, sizes, half)
    distance = quantile_of_rows(np.abs(padded - median[:, None]), sizes, half)
    return np.where(incomplete, np.nan, distance)
