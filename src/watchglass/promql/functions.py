"""Functions of instant vectors, scalars and strings: one function each, one row each in FUNCTIONS.

Functions of range vectors are in rollup.py. Those that need more than values and labels (`absent`, `timestamp` of a
selector) get it from the call's context.
Source of all semantics: prometheus/prometheus, promql/functions.go (3.14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import LabelColumn, LabelTable, Values, encode
from watchglass.errors import QueryError
from watchglass.model.labels import Labels
from watchglass.model.matcher import MatchType
from watchglass.promql import histogram
from watchglass.promql.annotations import Annotations, invalid_quantile
from watchglass.promql.ast import Call, Expr, MatrixSelector, VectorSelector
from watchglass.promql.grid import Grid
from watchglass.promql.label_ops import column_of, constant_column, group_rows, map_column, with_column
from watchglass.promql.limits import Budget
from watchglass.promql.order import natural_order
from watchglass.promql.sample_text import format_openmetrics
from watchglass.promql.template import Template, TemplateError
from watchglass.promql.value import Mask, Scalar, Text, Value, Vector, drop_name, merge_equal, single, stack
from watchglass.wire.quoting import printable

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Context:
    """What a function may ask for besides its arguments."""

    call: Call
    grid: Grid
    annotations: Annotations
    delayed: bool  # names are marked and go when the query is done
    budget: Budget

    def dropped(self, vector: Vector) -> Vector:
        """The vector without metric names."""
        return drop_name(vector, delayed=self.delayed)


Function = Callable[..., Value]
"""`(context, *arguments) -> value`; arguments have the types of the parser's signature."""


# --- each value by itself ------------------------------------------------------------------------------------------


def each(compute: Callable[[Array], Array]) -> Function:
    """A function that maps every value by itself and drops the name."""

    def apply(context: Context, vector: Vector) -> Vector:
        return context.dropped(replace(vector, values=compute(vector.values)))

    return apply


def sgn(values: Array) -> Array:
    """-1, 1, or the value itself where it is zero or NaN."""
    return np.where(values < 0, -1.0, np.where(values > 0, 1.0, values))


def round_to(context: Context, vector: Vector, nearest: Scalar | None = None) -> Vector:
    """Round to a multiple; ties go up."""
    inverse = 1.0 / (nearest.values if nearest is not None else np.ones(context.grid.count))
    return context.dropped(replace(vector, values=np.floor(vector.values * inverse + 0.5) / inverse))


def _lesser(left: Array, right: Array) -> Array:
    """The lesser of each two; NaN where one is NaN, unless the other is the least there is (Go's `math.Min`)."""
    return np.where((left == -np.inf) | (right == -np.inf), -np.inf, np.minimum(left, right))


def _greater(left: Array, right: Array) -> Array:
    """The greater of each two; NaN where one is NaN, unless the other is the greatest there is (Go's `math.Max`)."""
    return np.where((left == np.inf) | (right == np.inf), np.inf, np.maximum(left, right))


def clamp(context: Context, vector: Vector, lower: Scalar, upper: Scalar) -> Vector:
    """Limit values to a range; nothing where the range is empty."""
    values = _greater(lower.values, _lesser(upper.values, vector.values))
    return context.dropped(replace(vector, values=values, present=vector.present & ~(upper.values < lower.values)))


def clamp_max(context: Context, vector: Vector, upper: Scalar) -> Vector:
    """Limit values from above."""
    return context.dropped(replace(vector, values=_lesser(upper.values, vector.values)))


def clamp_min(context: Context, vector: Vector, lower: Scalar) -> Vector:
    """Limit values from below."""
    return context.dropped(replace(vector, values=_greater(lower.values, vector.values)))


# --- dates, in UTC -------------------------------------------------------------------------------------------------


def date(compute: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> Function:
    """A function of the seconds since the epoch; of the evaluation time when it is given no vector."""

    def apply(context: Context, vector: Vector | None = None) -> Vector:
        subject = vector if vector is not None else single(context.grid.times() / 1000)
        known = np.isfinite(subject.values)
        seconds = np.where(known, subject.values, 0.0).astype(np.int64)  # towards zero, before 1970 as well
        values = np.where(known, compute(seconds).astype(np.float64), np.nan)
        return context.dropped(replace(subject, values=values))

    return apply


Seconds = NDArray[np.int64]
Dates = NDArray[np.datetime64]


def _days(seconds: Seconds) -> Dates:
    return seconds.astype("datetime64[s]").astype("datetime64[D]")


def _months(seconds: Seconds) -> Dates:
    return seconds.astype("datetime64[s]").astype("datetime64[M]")


def _years(seconds: Seconds) -> Dates:
    return seconds.astype("datetime64[s]").astype("datetime64[Y]")


def _days_between(first: Dates, last: Dates) -> NDArray[np.int64]:
    return last.astype("datetime64[D]").astype(np.int64) - first.astype("datetime64[D]").astype(np.int64)


def day_of_month(seconds: Seconds) -> NDArray[np.int64]:
    """1 to 31."""
    return _days_between(_months(seconds), _days(seconds)) + 1


def day_of_week(seconds: Seconds) -> NDArray[np.int64]:
    """0 to 6; Sunday is 0."""
    return (seconds // 86400 + 4) % 7


def day_of_year(seconds: Seconds) -> NDArray[np.int64]:
    """1 to 366."""
    return _days_between(_years(seconds), _days(seconds)) + 1


def days_in_month(seconds: Seconds) -> NDArray[np.int64]:
    """28 to 31."""
    month = _months(seconds)
    return _days_between(month, month + np.timedelta64(1, "M"))


def hour(seconds: Seconds) -> NDArray[np.int64]:
    """0 to 23."""
    return seconds // 3600 % 24


def minute(seconds: Seconds) -> NDArray[np.int64]:
    """0 to 59."""
    return seconds // 60 % 60


def month(seconds: Seconds) -> NDArray[np.int64]:
    """1 to 12."""
    return _months(seconds).astype(np.int64) % 12 + 1


def year(seconds: Seconds) -> NDArray[np.int64]:
    """The year."""
    return _years(seconds).astype(np.int64) + 1970


# --- between scalars, vectors and time -----------------------------------------------------------------------------


def time(context: Context) -> Scalar:
    """Evaluation time in seconds."""
    return Scalar(context.grid.times() / 1000)


def pi(context: Context) -> Scalar:
    """The number pi."""
    return Scalar(np.full(context.grid.count, np.pi))


def min_of(_: Context, left: Scalar, right: Scalar) -> Scalar:
    """The smaller one; NaN if one is and the other is not -Inf."""
    return Scalar(_lesser(left.values, right.values))


def max_of(_: Context, left: Scalar, right: Scalar) -> Scalar:
    """The greater one; NaN if one is and the other is not +Inf."""
    return Scalar(_greater(left.values, right.values))


def scalar(_: Context, vector: Vector) -> Scalar:
    """The value of the only sample; NaN where there is not exactly one."""
    count = vector.present.sum(axis=0)
    if not vector.size:
        return Scalar(np.full(len(count), np.nan))
    only = vector.present.argmax(axis=0)  # a sum with the others' zeros would lose the sign of -0
    return Scalar(np.where(count == 1, vector.values[only, np.arange(len(count))], np.nan))


def vector(_: Context, value: Scalar) -> Vector:
    """One sample without labels."""
    return single(value.values)


def timestamp(context: Context, subject: Vector) -> Vector:
    """Evaluation time; a bare selector's own times never come here."""
    times = np.broadcast_to(context.grid.times() / 1000, subject.values.shape)
    return context.dropped(replace(subject, values=times, histograms=None))


def absent(context: Context, subject: Vector) -> Vector:
    """1 where the vector is empty, with the labels that the selector demands."""
    return absent_where(~subject.present_anywhere(), context.call.args[0])


def absent_where(missing: NDArray[np.bool_], expr: Expr) -> Vector:
    """1 at the steps `missing` [T], with the labels that a selector demands by `=` and names only once."""
    return single(np.ones(len(missing)), LabelTable.of([demanded_labels(expr)]), missing)


def demanded_labels(expr: Expr) -> Labels:
    """Labels that an absent series would have for sure. Source: createLabelsForAbsentFunction."""
    selector = expr.selector if isinstance(expr, MatrixSelector) else expr
    demanded: dict[str, str] = {}
    seen: set[str] = set()
    for matcher in selector.matchers if isinstance(selector, VectorSelector) else ():
        if matcher.name == "__name__":
            continue
        if matcher.type is MatchType.EQUAL and matcher.name not in seen:
            demanded[matcher.name] = matcher.value
            seen.add(matcher.name)
        else:
            demanded.pop(matcher.name, None)
    return Labels.of(demanded)


# --- order ---------------------------------------------------------------------------------------------------------


def sort(context: Context, subject: Vector) -> Vector:
    """Smallest value first, NaN last; of an instant query only."""
    return _sorted(context, subject, sign=1)


def sort_desc(context: Context, subject: Vector) -> Vector:
    """Greatest value first, NaN last; of an instant query only."""
    return _sorted(context, subject, sign=-1)


def _sorted(context: Context, subject: Vector, sign: int) -> Vector:
    if context.grid.count != 1:
        context.annotations.warn(
            "sort is ineffective for range queries since results are always ordered by labels", context.call.span
        )
        return subject
    return subject.take(np.argsort(sign * subject.values[:, 0], kind="stable"))


def sort_by_label(context: Context, subject: Vector, *names: Text) -> Vector:
    """In natural order of labels; of an instant query only."""
    return _sorted_by_label(context, subject, names, step=1)


def sort_by_label_desc(context: Context, subject: Vector, *names: Text) -> Vector:
    """In descending natural order of labels; of an instant query only."""
    return _sorted_by_label(context, subject, names, step=-1)


def _sorted_by_label(context: Context, subject: Vector, names: Sequence[Text], step: int) -> Vector:
    if context.grid.count != 1:
        return _sorted(context, subject, sign=1)
    order = natural_order(subject.labels.rows(), [name.value for name in names])
    return subject.take(np.array(order[::step], np.int64))


# --- labels --------------------------------------------------------------------------------------------------------


def label_replace(  # noqa: PLR0917 - the arguments that PromQL's function has
    context: Context, subject: Vector, target: Text, replacement: Text, source: Text, pattern: Text
) -> Vector:
    """Set a label from a regular expression's groups in another, where it matches the whole value."""
    try:
        template = Template(pattern.value, replacement.value)
    except TemplateError:
        raise QueryError(f"invalid regular expression in label_replace(): {pattern.value}") from None
    _check_label_name(target.value, "destination", "label_replace")
    before = column_of(subject.labels, target.value)
    expand = partial(template.expand, allow=context.budget.allow_value)
    column, matched = map_column(column_of(subject.labels, source.value), expand, otherwise=before)
    return _relabelled(subject, target.value, column, matched)


def label_join(context: Context, subject: Vector, target: Text, separator: Text, *sources: Text) -> Vector:
    """Set a label to the values of others, joined."""
    for source in sources:
        _check_label_name(source.value, "source", "label_join")
    _check_label_name(target.value, "destination", "label_join")
    columns = [column_of(subject.labels, source.value) for source in sources]
    groups = group_rows(subject.labels, [source.value for source in sources])
    joined = encode(
        [_join(context, separator.value, [c.values[c.codes[row]] for c in columns]) for row in groups.first]
    )
    return _relabelled(subject, target.value, joined.take(groups.ids), np.ones(subject.size, bool))


def _join(context: Context, separator: str, values: Sequence[str]) -> str:
    context.budget.allow_value(len(separator) * (len(values) - 1) + sum(map(len, values)))
    return separator.join(values)


def _check_label_name(name: str, role: str, function: str) -> None:
    """A label may have any name but an empty one and one that is no UTF-8."""
    if not name or name != printable(name):
        raise QueryError(f"invalid {role} label name in {function}(): {printable(name)}")


def _relabelled(subject: Vector, target: str, column: LabelColumn, changed: Mask) -> Vector:
    """The vector with a label set anew; a name that was set is one that stays."""
    dropped = subject.name_dropped
    if target == "__name__" and dropped is not None:
        dropped = dropped & ~changed
    labels = with_column(subject.labels, target, column)
    return merge_equal(replace(subject, labels=labels, name_dropped=dropped))


# --- classic histograms --------------------------------------------------------------------------------------------


def histogram_quantile(context: Context, quantile: Scalar, buckets: Vector) -> Vector:
    """A quantile from the buckets of classic histograms."""
    quantile_arg, bucket_arg = context.call.args
    warn_of_quantiles(context.annotations, quantile.values, quantile_arg)
    named = context.delayed
    collected = histogram.collect(buckets, context.annotations, bucket_arg.span, delayed=named)
    values, present, mended = histogram.quantiles(quantile.values, collected)
    histogram.tell_mended(collected, mended, context.grid, context.annotations, bucket_arg.span, named=named)
    return context.dropped(Vector(collected.labels, values, present))


def histogram_fraction(context: Context, lower: Scalar, upper: Scalar, buckets: Vector) -> Vector:
    """The share of observations between two values, from the buckets of classic histograms."""
    place = context.call.args[2].span
    collected = histogram.collect(buckets, context.annotations, place, delayed=context.delayed)
    values, present = histogram.fractions(lower.values, upper.values, collected)
    return context.dropped(Vector(collected.labels, values, present))


def histogram_quantiles(context: Context, buckets: Vector, label: Text, *wanted: Scalar) -> Vector:
    """Several quantiles from the buckets of classic histograms, each named by a label."""
    _check_label_name(label.value, "destination", "histogram_quantiles")
    for argument, scalar_values in zip(context.call.args[2:], wanted, strict=True):
        warn_of_quantiles(context.annotations, scalar_values.values, argument)
    place, named = context.call.args[0].span, context.delayed
    collected = histogram.collect(buckets, context.annotations, place, delayed=named)
    cuts = [_distinct(scalar_values.values) for scalar_values in wanted]
    context.budget.allow(sum(map(len, cuts)) * collected.labels.size * context.grid.count)
    parts = []
    for scalar_values, distinct in zip(wanted, cuts, strict=True):
        values, present, mended = histogram.quantiles(scalar_values.values, collected)
        histogram.tell_mended(collected, mended, context.grid, context.annotations, place, named=named)
        parts += [_labelled(collected.labels, values, present & where, label.value, text) for text, where in distinct]
    return context.dropped(merge_equal(stack(parts)))


def _distinct(values: Values) -> list[tuple[str, Mask]]:
    """Each distinct value as OpenMetrics writes it in a label, and [T] where it stands."""
    bits = np.where(np.isnan(values), np.nan, values).view(np.int64)
    return [(format_openmetrics(float(values[bits == one][0])), bits == one) for one in np.unique(bits)]


def _labelled(labels: LabelTable, values: Array, present: Mask, name: str, value: str) -> Vector:
    return Vector(with_column(labels, name, constant_column(value, labels.size)), values, present)


def of_histograms(_: Context, subject: Vector) -> Vector:
    """Nothing: a float is no native histogram."""
    return subject.take(np.zeros(0, np.int64))


def warn_of_quantiles(annotations: Annotations, quantiles: Values, expr: Expr) -> None:
    """Warn of every distinct quantile outside [0, 1]."""
    for value in np.unique(quantiles[~((quantiles >= 0) & (quantiles <= 1))]):
        annotations.warn(invalid_quantile(float(value)), expr.span)


FUNCTIONS: dict[str, Function] = {
    "abs": each(np.abs),
    "absent": absent,
    "acos": each(np.arccos),
    "acosh": each(np.arccosh),
    "asin": each(np.arcsin),
    "asinh": each(np.arcsinh),
    "atan": each(np.arctan),
    "atanh": each(np.arctanh),
    "ceil": each(np.ceil),
    "clamp": clamp,
    "clamp_max": clamp_max,
    "clamp_min": clamp_min,
    "cos": each(np.cos),
    "cosh": each(np.cosh),
    "day_of_month": date(day_of_month),
    "day_of_week": date(day_of_week),
    "day_of_year": date(day_of_year),
    "days_in_month": date(days_in_month),
    "deg": each(lambda values: values * 180 / np.pi),
    "exp": each(np.exp),
    "floor": each(np.floor),
    "histogram_avg": of_histograms,
    "histogram_count": of_histograms,
    "histogram_fraction": histogram_fraction,
    "histogram_quantile": histogram_quantile,
    "histogram_quantiles": histogram_quantiles,
    "histogram_stddev": of_histograms,
    "histogram_stdvar": of_histograms,
    "histogram_sum": of_histograms,
    "hour": date(hour),
    "label_join": label_join,
    "label_replace": label_replace,
    "ln": each(np.log),
    "log10": each(np.log10),
    "log2": each(np.log2),
    "max_of": max_of,
    "min_of": min_of,
    "minute": date(minute),
    "month": date(month),
    "pi": pi,
    "rad": each(lambda values: values * np.pi / 180),
    "round": round_to,
    "scalar": scalar,
    "sgn": each(sgn),
    "sin": each(np.sin),
    "sinh": each(np.sinh),
    "sort": sort,
    "sort_by_label": sort_by_label,
    "sort_by_label_desc": sort_by_label_desc,
    "sort_desc": sort_desc,
    "sqrt": each(np.sqrt),
    "tan": each(np.tan),
    "tanh": each(np.tanh),
    "time": time,
    "timestamp": timestamp,
    "vector": vector,
    "year": date(year),
}
"""Functions of everything but range vectors, by name."""
