"""Quantiles of classic histograms: several `_bucket{le=...}` series of floats that make one histogram.

Buckets of all histograms are put in order, and the calculation goes from bucket to bucket for all histograms and steps
at once. A bucket that is absent at a step is no bucket there.
Source: prometheus/prometheus, promql/quantile.go (BucketQuantile, ensureMonotonicAndIgnoreSmallDeltas).
Shape letters: R buckets of all histograms, H histograms, T steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, LabelTable, Values
from watchglass.promql.annotations import Annotations, with_metric_name
from watchglass.promql.ast import Span
from watchglass.promql.grid import Grid
from watchglass.promql.label_ops import column_of, group_rows
from watchglass.promql.sample_text import format_general
from watchglass.promql.value import Mask, Matrix, Vector
from watchglass.wire.quoting import go_quote

_TOLERANCE = 1e-12
"""Relative difference of neighbouring counts that rounding explains."""

_TINY = np.finfo(np.float64).tiny
_HUGE = np.finfo(np.float64).max

_DIGITS, _HEX_DIGITS = r"[0-9]+(?:_[0-9]+)*", r"[0-9a-f]+(?:_[0-9a-f]+)*"
_BOUND = re.compile(
    rf"[+-]?(?:inf(?:inity)?|(?:{_DIGITS}\.?(?:{_DIGITS})?|\.{_DIGITS})(?:e[+-]?{_DIGITS})?"
    rf"|0x_?(?:{_HEX_DIGITS}\.?(?:{_HEX_DIGITS})?|\.{_HEX_DIGITS})p[+-]?{_DIGITS})",
    re.IGNORECASE | re.ASCII,
)
"""A bucket's bound: digits may be separated by underscores, and a hexadecimal number has an exponent."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets of H histograms, each histogram's in order of its bounds."""

    labels: LabelTable  # [H] without `le`
    bounds: Values  # [R]
    counts: Matrix  # [R, T] cumulative; mended in place
    present: Mask  # [R, T]
    starts: Index  # [H] first bucket of each
    sizes: Index  # [H]

    def ranks(self) -> Iterator[tuple[Index, Index]]:
        """The histograms that have a first, second, third ... bucket, and those buckets."""
        for rank in range(int(self.sizes.max(initial=0))):
            chosen = np.flatnonzero(self.sizes > rank)
            yield chosen, self.starts[chosen] + rank


@dataclass(frozen=True, slots=True)
class Mended:
    """Where counts fell from one bucket to the next, and so were raised: what the annotation tells."""

    fell: Mask  # [R, T]
    largest: Matrix  # [H, T] largest fall of each histogram; 0 where there was none


def collect(vector: Vector, annotations: Annotations, span: Span, *, delayed: bool) -> Buckets:
    """Sort bucket series into histograms; those whose `le` is no number are left out, with a warning."""
    bounds = _bounds(vector, annotations, span, delayed=delayed)
    rows = np.flatnonzero(~np.isnan(bounds) & vector.present.any(axis=1))
    labels = vector.labels.take(rows).drop(["le"])
    histograms = group_rows(labels)
    order = np.lexsort((bounds[rows], histograms.ids))
    rows, ids, bounds = rows[order], histograms.ids[order], bounds[rows][order]
    values, present = np.where(vector.present[rows], vector.values[rows], 0.0), vector.present[rows]
    first = np.ones(len(rows), bool)
    first[1:] = (ids[1:] != ids[:-1]) | (bounds[1:] != bounds[:-1])
    if not first.all():  # `le="1"` and `le="1.0"` are one bucket
        runs = np.flatnonzero(first)
        values, present = np.add.reduceat(values, runs, axis=0), np.logical_or.reduceat(present, runs, axis=0)
        ids, bounds = ids[runs], bounds[runs]
    sizes = np.bincount(ids, minlength=histograms.count)
    return Buckets(labels.take(histograms.first), bounds, values, present, np.cumsum(sizes) - sizes, sizes)


def quantiles(quantile: Values, buckets: Buckets) -> tuple[Matrix, Mask, Mended]:
    """The `quantile` [T] of each histogram: [H, T] values, where they are present, and what had to be mended.

    Inside a bucket observations are taken to be spread evenly; below the first bound they start at 0 unless the bound
    is negative; above the last finite bound, that bound is the answer.
    """
    mended = _make_monotonic(buckets)
    shape = len(buckets.sizes), buckets.counts.shape[1]
    count, top, below_top, total = (
        np.zeros(shape, np.int64),
        np.full(shape, np.nan),
        np.full(shape, np.nan),
        np.zeros(shape),
    )
    for chosen, rows in buckets.ranks():
        present = buckets.present[rows]
        count[chosen] += present
        below_top[chosen] = np.where(present, top[chosen], below_top[chosen])
        top[chosen] = np.where(present, buckets.bounds[rows, None], top[chosen])
        total[chosen] = np.where(present, buckets.counts[rows], total[chosen])
    value = _interpolate(buckets, quantile * total, below_top)
    value[(top != np.inf) | (count < 2) | (total == 0)] = np.nan
    value = np.where(quantile < 0, -np.inf, np.where(quantile > 1, np.inf, value))
    value = np.where(np.isnan(quantile), np.nan, value)
    return value, count > 0, mended


def fractions(lower: Values, upper: Values, buckets: Buckets) -> tuple[Matrix, Mask]:
    """The share of observations between `lower` and `upper` [T]: [H, T] values, and where they are present.

    Inside a bucket observations are taken to be spread evenly, but for buckets without an end. Source: BucketFraction.
    """
    shape = len(buckets.sizes), buckets.counts.shape[1]
    seen, top, total = np.zeros(shape, bool), np.full(shape, np.nan), np.zeros(shape)
    for chosen, rows in buckets.ranks():
        present = buckets.present[rows]
        seen[chosen] |= present
        top[chosen] = np.where(present, buckets.bounds[rows, None], top[chosen])
        total[chosen] = np.where(present, buckets.counts[rows], total[chosen])
    value = (_ranks_below(upper, buckets, total) - _ranks_below(lower, buckets, total)) / total
    value = np.where(lower >= upper, 0.0, value)
    value[(top != np.inf) | (total == 0) | np.isnan(lower) | np.isnan(upper)] = np.nan
    return value, seen


def _ranks_below(limit: Values, buckets: Buckets, total: Matrix) -> Matrix:
    """[H, T] how many observations are below a limit [T]."""
    shape = total.shape
    rank, result = np.zeros(shape), total.copy()
    found, seen, bottom = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape)
    for chosen, rows in buckets.ranks():
        present, count, bound = buckets.present[rows], buckets.counts[rows], buckets.bounds[rows, None]
        low = np.where(seen[chosen], bottom[chosen], np.where(bound > 0, 0.0, -np.inf))
        open_places = present & ~found[chosen]
        at_edge, inside = open_places & (low >= limit), open_places & (low < limit) & (bound > limit)
        share = np.where(np.isinf(bound), 0.0, (limit - low) / (bound - low))
        within = np.where(np.isneginf(low), count, rank[chosen] + (count - rank[chosen]) * share)
        result[chosen] = np.where(at_edge, rank[chosen], np.where(inside, within, result[chosen]))
        found[chosen] |= at_edge | inside
        seen[chosen] |= present
        bottom[chosen] = np.where(present, bound, bottom[chosen])
        rank[chosen] = np.where(present, count, rank[chosen])
    return np.minimum(result, total)


def tell_mended(
    buckets: Buckets, mended: Mended, grid: Grid, annotations: Annotations, span: Span, *, named: bool
) -> None:
    """Say that a histogram's counts fell from one bucket to the next."""
    names = column_of(buckets.labels, "__name__")
    by_name: dict[str, list[int]] = {}
    for histogram in np.flatnonzero(mended.largest.any(axis=1)):
        name = names.values[names.codes[histogram]] if named else ""
        by_name.setdefault(name, []).append(int(histogram))
    times = grid.times()
    for name, histograms in by_name.items():
        rows = np.concatenate([buckets.starts[h] + np.arange(buckets.sizes[h]) for h in histograms])
        bounds = buckets.bounds[rows][mended.fell[rows].any(axis=1)]
        steps = times[mended.largest[histograms].any(axis=0)]
        text = with_metric_name(
            "input to histogram_quantile needed to be fixed for monotonicity "
            "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)",
            name,
        )
        annotations.inform(
            f"{text}, from buckets {format_general(float(bounds.min()))} to {format_general(float(bounds.max()))}, "
            f"with a max diff of {mended.largest[histograms].max():.2g}, "
            f"over {int((mended.largest[histograms] > 0).sum())} samples "
            f"from {_rfc3339(int(steps[0]))} to {_rfc3339(int(steps[-1]))}",
            span,
        )


def _bounds(vector: Vector, annotations: Annotations, span: Span, *, delayed: bool) -> Values:
    """[S] the upper bound of each bucket series; NaN where `le` says none."""
    column = column_of(vector.labels, "le")
    used, inverse = np.unique(column.codes, return_inverse=True)
    parsed = np.array([_parse_bound(column.values[code]) for code in used], np.float64)
    bounds = parsed[inverse] if len(used) else np.zeros(0)
    names = column_of(vector.labels, "__name__")
    for row in np.flatnonzero(np.isnan(bounds) & vector.present.any(axis=1)):
        text = f'bucket label "le" is missing or has a malformed value of {go_quote(column.values[column.codes[row]])}'
        annotations.warn(with_metric_name(text, names.values[names.codes[row]] if delayed else ""), span)
    return bounds


def _parse_bound(text: str) -> float:
    """The number that a label names, as Go's strconv.ParseFloat reads it; NaN where it is none or too large."""
    if not _BOUND.fullmatch(text):
        return np.nan
    plain = text.replace("_", "")
    try:
        value = float.fromhex(plain) if "x" in plain.lower() else float(plain)
    except OverflowError:
        return np.nan
    return np.nan if np.isinf(value) and "n" not in plain.lower() else value


def _make_monotonic(buckets: Buckets) -> Mended:
    """Raise counts that fall to the count before; differences that rounding explains are levelled without a word."""
    shape = len(buckets.sizes), buckets.counts.shape[1]
    before, seen, largest = np.zeros(shape), np.zeros(shape, bool), np.zeros(shape)
    fell = np.zeros(buckets.counts.shape, bool)
    for chosen, rows in buckets.ranks():
        present, count = buckets.present[rows], buckets.counts[rows]
        known, known_before = seen[chosen] & present, before[chosen]
        same = known & _almost_equal(known_before, count)
        falls = known & ~same & (count < known_before)
        fell[rows] = falls
        largest[chosen] = np.where(falls, np.maximum(largest[chosen], known_before - count), largest[chosen])
        mended = np.where(same | falls, known_before, count)
        buckets.counts[rows] = mended
        before[chosen] = np.where(present, mended, known_before)
        seen[chosen] |= present
    return Mended(fell, largest)


def _almost_equal(left: Matrix, right: Matrix) -> NDArray[np.bool_]:
    """Source: util/almost (Equal)."""
    together, apart = np.abs(left) + np.abs(right), np.abs(left - right)
    tiny = (left == 0) | (right == 0) | (together < _TINY)
    close = np.where(tiny, apart < _TOLERANCE * _TINY, apart / np.minimum(together, _HUGE) < _TOLERANCE)
    return np.equal(left, right) | close | (np.isnan(left) & np.isnan(right))


def _interpolate(buckets: Buckets, rank: Matrix, below_top: Values) -> Matrix:
    """[H, T] where in its bucket the observation number `rank` lies."""
    value = below_top.copy()
    shape = rank.shape
    lower, lower_count = np.zeros(shape), np.zeros(shape)
    found, seen = np.zeros(shape, bool), np.zeros(shape, bool)
    last = np.zeros(len(buckets.counts), bool)
    last[buckets.starts + buckets.sizes - 1] = True
    for chosen, rows in buckets.ranks():
        present, count, bound = buckets.present[rows], buckets.counts[rows], buckets.bounds[rows, None]
        hit = present & ~found[chosen] & (count >= rank[chosen]) & ~last[rows, None]
        share = (rank[chosen] - lower_count[chosen]) / (count - lower_count[chosen])
        inside = lower[chosen] + (bound - lower[chosen]) * share
        first_is_negative = ~seen[chosen] & (bound <= 0)
        value[chosen] = np.where(hit, np.where(first_is_negative, bound, inside), value[chosen])
        found[chosen] |= hit
        seen[chosen] |= present
        lower[chosen] = np.where(present, bound, lower[chosen])
        lower_count[chosen] = np.where(present, count, lower_count[chosen])
    return value


def _rfc3339(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
