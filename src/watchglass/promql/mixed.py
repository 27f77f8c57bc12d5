"""Native histograms among floats: they are opaque samples, which can be chosen, counted, renamed or left out.

Arithmetic on histograms is not here: what needs it raises one and the same error. Everything that Prometheus defines
without looking into a histogram works, with its annotations.
Source: prometheus/prometheus, promql/engine.go (aggregation, vectorElemBinop) and promql/functions.go (3.14).
Shape letters: S series, T steps, G groups, P pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from watchglass.columns import Index, SeriesSet
from watchglass.errors import QueryError
from watchglass.promql.annotations import Annotations, with_metric_name
from watchglass.promql.ast import Span
from watchglass.promql.label_ops import Grouping, column_of
from watchglass.promql.rollup import ROLLUPS, Rollup
from watchglass.promql.value import Mask, RangeVector, Value, Vector

UNSUPPORTED = "native histograms are not supported yet"

CARRYING = frozenset(
    ("absent", "timestamp", "label_replace", "label_join", "sort_by_label", "sort_by_label_desc", "info")
)
"""Functions of a vector for which a histogram is a sample like any other."""

COMPUTING = frozenset(
    (
        *("histogram_avg", "histogram_count", "histogram_sum", "histogram_stddev", "histogram_stdvar"),
        *("histogram_quantile", "histogram_quantiles", "histogram_fraction", "count_values", "-", "start_timestamp"),
    )
)
"""Functions and operators that look into a histogram; all others leave histograms out without a word."""

_KIND_BLIND = frozenset(("count_over_time", "present_over_time", "ts_of_first_over_time", "ts_of_last_over_time"))
_CHOOSING = frozenset(("first_over_time", "last_over_time"))
_PURE = frozenset(("rate", "increase", "delta", "sum_over_time", "avg_over_time"))
_COMPARING = frozenset(("changes", "resets"))

Run = Callable[[Rollup, RangeVector], Vector]
"""Applies a rollup to the windows of a call."""


def argument(name: str, value: Value) -> Value:
    """What a function or operator gets of its argument.

    Raises:
        QueryError: it would have to look into a histogram.
    """
    if not isinstance(value, Vector) or value.histograms is None or name in CARRYING:
        return value
    if name in COMPUTING and value.has_histograms:
        raise QueryError(UNSUPPORTED)
    return value.floats()


def roll(name: str, source: RangeVector, run: Run, annotations: Annotations, place: Span) -> Vector:
    """A rollup of samples of both kinds.

    Raises:
        QueryError: it would have to look into a histogram.
    """
    flags = source.series.histograms
    if flags is None or name in _KIND_BLIND:
        return run(ROLLUPS[name], source)
    if name in _CHOOSING:
        kind = run(ROLLUPS[name], _with_values(source, flags))
        return replace(run(ROLLUPS[name], source), histograms=kind.values > 0)
    if name in {"irate", "idelta"}:
        return _last_two(name, source, run, annotations, place)
    floats = _part(source, ~flags)
    result = run(ROLLUPS[name], floats)
    counts = run(ROLLUPS["count_over_time"], _part(source, flags))
    histograms = np.where(counts.present, counts.values, 0.0)
    mixture = run(ROLLUPS["present_over_time"], floats).present & (histograms > 0)
    alone = (histograms > 0) & ~mixture
    if name in _PURE:
        _refuse(alone & (histograms >= ROLLUPS[name].needs))
        _warn_of_mixture(result, mixture, annotations, place)
        return replace(result, present=result.present & ~mixture)
    if name in _COMPARING:
        _refuse(histograms > 0)
        return result
    for metric in _names(result, mixture):
        text = "ignored histograms in a range containing both floats and histograms"
        annotations.inform(with_metric_name(text, metric), place)
    return result


def _last_two(name: str, source: RangeVector, run: Run, annotations: Annotations, place: Span) -> Vector:
    """`irate` and `idelta`, which see the last two samples only."""
    assert source.series.histograms is not None
    result = run(ROLLUPS[name], source)
    flagged = _with_values(source, source.series.histograms)
    mixture = result.present & (run(ROLLUPS["idelta"], flagged).values != 0)
    _refuse(result.present & ~mixture & (run(ROLLUPS["last_over_time"], flagged).values > 0))
    _warn_of_mixture(result, mixture, annotations, place)
    return replace(result, present=result.present & ~mixture)


def _warn_of_mixture(vector: Vector, mixture: Mask, annotations: Annotations, place: Span) -> None:
    for metric in _names(vector, mixture):
        annotations.warn(with_metric_name("encountered a mix of histograms and floats", metric), place)


def _names(vector: Vector, chosen: Mask) -> list[str]:
    """The metrics that have a chosen sample."""
    names = column_of(vector.labels, "__name__")
    return [names.values[code] for code in np.unique(names.codes[chosen.any(axis=1)])]


def _refuse(needed: Mask) -> None:
    if needed.any():
        raise QueryError(UNSUPPORTED)


def _with_values(source: RangeVector, flags: Mask) -> RangeVector:
    """The same samples, with 1 for a histogram and 0 for a float."""
    return replace(source, series=replace(source.series, values=flags.astype(np.float64), histograms=None))


def _part(source: RangeVector, kept: Mask) -> RangeVector:
    """Some samples of every series."""
    series = source.series.spread()
    offsets = np.concatenate([[0], np.cumsum(kept)])[series.offsets]
    return replace(source, series=SeriesSet(series.labels, offsets, series.times[kept], series.values[kept]))


def aggregated(op: str, vector: Vector, grouping: Grouping, annotations: Annotations, place: Span) -> Vector:
    """The samples that an aggregation takes in.

    Raises:
        QueryError: it would have to add histograms up.
    """
    if not vector.has_histograms:
        return vector.floats()
    if op in {"count", "group", "limitk", "limit_ratio"}:
        return vector
    if op not in {"sum", "avg"}:
        annotations.inform(f"ignored histogram in {op} aggregation", place)
        return vector.floats()
    assert vector.histograms is not None
    has_floats = _any(vector.present & ~vector.histograms, grouping)
    has_histograms = _any(vector.present & vector.histograms, grouping)
    _refuse(has_histograms & ~has_floats)
    mixture = has_histograms & has_floats
    if mixture.any():
        annotations.warn("encountered a mix of histograms and floats for aggregation", place)
    floats = vector.floats()
    return replace(floats, present=floats.present & ~mixture[grouping.ids])


def _any(mask: Mask, grouping: Grouping) -> Mask:
    """[G, T] whether any member of a group is set."""
    found = np.zeros((grouping.count, mask.shape[1]), bool)
    np.logical_or.at(found, grouping.ids, mask)
    return found


def rows(histograms: Mask | None, chosen: Index, matched: Mask) -> Mask:
    """[P, T] which samples of one side of P pairs are histograms."""
    return np.zeros(matched.shape, bool) if histograms is None else histograms[chosen] & matched


def refuse_meaningful(op: str, left: Mask, right: Mask, inform: Callable[[str], None]) -> None:
    """Judge operations on histograms; those that mean nothing have no result, which is the caller's to see to.

    Args:
        op: the operator.
        left: [P, T] where the left operand is a histogram.
        right: [P, T] likewise.
        inform: told which kinds of samples met that the operator cannot combine.

    Raises:
        QueryError: an operation means something, but takes arithmetic on histograms.
    """
    kinds = {
        ("histogram", "float"): left & ~right,
        ("float", "histogram"): right & ~left,
        ("histogram", "histogram"): left & right,
    }
    for pair, where in kinds.items():
        if not where.any():
            continue
        if op in _MEANINGFUL[pair]:
            raise QueryError(UNSUPPORTED)
        inform(incompatible_text(op, *pair))


def incompatible_text(op: str, left: str, right: str) -> str:
    """Text of the info about operands that an operator cannot combine."""
    return f'incompatible sample types encountered for binary operator "{op}": {left} {op} {right}'


_MEANINGFUL = {
    ("histogram", "float"): {"*", "/", "</", ">/"},
    ("float", "histogram"): {"*"},
    ("histogram", "histogram"): {"+", "-", "==", "!="},
}
