"""Evaluation: one walk over the tree, one case per node, every step of the grid at once.

Control flow is here; arithmetic lives in the modules that it calls.
Source of all semantics: prometheus/prometheus, promql/engine.go (3.14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import numpy as np

from watchglass.columns import SeriesSet, Values
from watchglass.errors import QueryError
from watchglass.interfaces import Queryable
from watchglass.promql import aggregate, binary, extended, info, mixed, rollup, select
from watchglass.promql.annotations import Annotations
from watchglass.promql.ast import (
    SET_OPERATORS,
    TRIM_OPERATORS,
    AggregateExpr,
    AtKind,
    AtModifier,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
    left_chain,
)
from watchglass.promql.functions import FUNCTIONS, Context, absent_where, warn_of_quantiles
from watchglass.promql.grid import Grid
from watchglass.promql.label_ops import METADATA_LABELS, column_of, group_rows, sort_order
from watchglass.promql.limits import Budget, EngineOptions
from watchglass.promql.plan import Plan, has_rows_of_one_metric, unwrap
from watchglass.promql.rollup import ROLLUPS
from watchglass.promql.value import (
    DUPLICATE_LABELS,
    RangeVector,
    Scalar,
    Text,
    Value,
    Vector,
    drop_name,
    empty_vector,
    names_agree,
)
from watchglass.promql.windows import Span
from watchglass.wire.quoting import go_quote, printable

_CHOOSING = {"topk", "bottomk", "limitk"}
_COUNTER_SUFFIXES = ("_total", "_sum", "_count", "_bucket")


class Evaluation:
    """One query on its way through the tree."""

    def __init__(
        self, plan: Plan, queryable: Queryable, options: EngineOptions, budget: Budget, annotations: Annotations
    ) -> None:
        self._plan = plan
        self._queryable = queryable
        self._options = options
        self._budget = budget
        self._annotations = annotations
        self._delayed = options.delayed_name_removal
        self._ordered = False  # whether selected series are put in order of their labels

    def evaluate(self, expr: Expr, grid: Grid) -> Value:
        """The value of a node at every step of a grid."""
        self._budget.check()
        if self._is_repeated(expr, grid):
            return self._repeat(self.evaluate(expr, grid.first()), grid.count)
        match expr:
            case NumberLiteral():
                return Scalar(np.full(grid.count, expr.value))
            case StringLiteral():
                return Text(expr.value)
            case VectorSelector():
                return self._newest(expr, grid)
            case MatrixSelector():
                return self._raw(expr, grid)
            case SubqueryExpr():
                return self._subquery(expr, grid)
            case Call():
                return self._call(expr, grid)
            case AggregateExpr():
                return self._aggregate(expr, grid)
            case BinaryExpr():
                return self._chain(expr, grid)
            case UnaryExpr():
                return self._unary(expr, grid)
            case ParenExpr():
                return self.evaluate(unwrap(expr), grid)

    def _is_repeated(self, expr: Expr, grid: Grid) -> bool:
        """Whether a node is evaluated at one step for all of them."""
        ranged = isinstance(expr, MatrixSelector | SubqueryExpr)
        return grid.count > 1 and not ranged and self._plan.is_invariant(expr)

    def _vector(self, expr: Expr, grid: Grid) -> Vector:
        value = self.evaluate(expr, grid)
        assert isinstance(value, Vector)
        return value

    def _scalar(self, expr: Expr, grid: Grid) -> Values:
        value = self.evaluate(expr, grid)
        assert isinstance(value, Scalar)
        return value.values

    def _repeat(self, value: Value, steps: int) -> Value:
        """A value of a single step, at every step."""
        if isinstance(value, Scalar):
            return Scalar(np.repeat(value.values, steps))
        if not isinstance(value, Vector):
            return value
        self._budget.allow(value.size * steps)
        histograms = None if value.histograms is None else np.repeat(value.histograms, steps, axis=1)
        return replace(
            value,
            values=np.repeat(value.values, steps, axis=1),
            present=np.repeat(value.present, steps, axis=1),
            histograms=histograms,
        )

    # --- leaves ----------------------------------------------------------------------------------------------------

    def _select(self, selector: VectorSelector, span: Span, grid: Grid) -> SeriesSet:
        ends = span.ends(grid)
        edge = 0 if self._options.closed_windows else 1
        start_ms, room, loading = ends.start_ms - span.width_ms + edge, self._budget.room, self._budget.loading
        return self._queryable.select(selector.matchers, start_ms, ends.end_ms, max_samples=room, loading=loading)

    def _newest(self, selector: VectorSelector, grid: Grid, *, timestamps: bool = False) -> Vector:
        if selector.smoothed:
            return self._smoothed(selector, grid)
        span = Span(self._options.lookback_ms, selector.offset_ms, _at(selector))
        series, closed = self._select(selector, span, grid), self._options.closed_windows
        with self._budget.keeping(len(series.values)):
            return self._in_order(select.newest(series, span, grid, self._budget, closed=closed, timestamps=timestamps))

    def _raw(self, expr: MatrixSelector, grid: Grid) -> RangeVector:
        if extended.is_extended(expr.selector):
            source = self._raw_extended(expr.selector, window_span(expr), grid)
            return extended.samples(source, window_span(expr), grid, smoothed=expr.selector.smoothed)
        return RangeVector(select.without_stale(self._select(expr.selector, window_span(expr), grid)))

    def _raw_extended(self, selector: VectorSelector, span: Span, grid: Grid) -> RangeVector:
        wide = extended.widened(span, self._options.lookback_ms, smoothed=selector.smoothed)
        series = select.without_stale(self._select(selector, wide, grid)).spread()
        if series.histograms is not None and series.histograms.any():
            raise QueryError(mixed.UNSUPPORTED)
        return RangeVector(replace(series, histograms=None))

    def _smoothed(self, selector: VectorSelector, grid: Grid) -> Vector:
        span = Span(0, selector.offset_ms, _at(selector))
        source = self._raw_extended(selector, span, grid)
        wide = extended.widened(span, self._options.lookback_ms, smoothed=True)
        return self._in_order(extended.newest(source.series, wide, grid, self._budget))

    def _in_order(self, vector: Vector) -> Vector:
        """The series in order of their labels, where that matters."""
        if not self._ordered:
            return vector
        order = sort_order(vector.labels)
        if (order[1:] > order[:-1]).all():
            return vector
        self._budget.allow(_sample_count(vector))
        return vector.take(order)

    def _subquery(self, expr: SubqueryExpr, grid: Grid) -> RangeVector:
        ends = window_span(expr).ends(grid)
        step = self._options.default_step_ms if expr.step_ms is None else expr.step_ms
        oldest = ends.start_ms - expr.range_ms
        start = oldest - oldest % step
        if start < oldest or (start == oldest and not self._options.closed_windows):
            start += step
        inner = Grid.spanning(start, ends.end_ms, step)
        self._budget.allow(inner.count)
        return _as_range(self._vector(expr.expr, inner) if inner.count else empty_vector(0), inner)

    # --- calls -----------------------------------------------------------------------------------------------------

    def _call(self, call: Call, grid: Grid) -> Value:
        subject = unwrap(call.args[0]) if call.args else None
        if call.name == "timestamp" and isinstance(subject, VectorSelector):
            times = replace(self._newest(subject, grid, timestamps=True), histograms=None)
            return drop_name(times, delayed=self._delayed)
        if call.name == "absent_over_time":
            present = self._roll("present_over_time", call, grid).present_anywhere()
            return absent_where(~present, unwrap(call.args[0]))
        if call.name in ROLLUPS:
            result = self._roll(call.name, call, grid)
            return result if ROLLUPS[call.name].keeps_name else self._without_name(result)
        if call.name == "info":
            return self._info(call, grid)
        if call.name not in FUNCTIONS:
            raise QueryError(f"function {go_quote(call.name)} is not supported yet")
        args = tuple(unwrap(arg) for arg in call.args)
        context = Context(replace(call, args=args), grid, self._annotations, self._delayed, self._budget)
        values = [mixed.argument(call.name, value) for value in self._evaluate_all(args, grid)]
        return FUNCTIONS[call.name](context, *values)

    def _info(self, call: Call, grid: Grid) -> Vector:
        subject = call.args[0]
        base = self._vector(subject, grid)
        selector = unwrap(call.args[1]) if len(call.args) > 1 else None
        assert selector is None or isinstance(selector, VectorSelector)
        names, wanted = info.info_matchers(selector)
        at_ms, offset_ms = info.reference_time(subject)
        at = None if at_ms is None else AtModifier(AtKind.TIMESTAMP, at_ms)
        with self._budget.holding(_sample_count(base)):
            source = VectorSelector("", (*wanted, *names), offset_ms, at)
            found = self._newest(source, grid, timestamps=True)
            if found.has_histograms:
                raise QueryError("info sample should be float")
            return info.enrich(base, found, names, wanted, self._budget)

    def _evaluate_all(self, exprs: Sequence[Expr], grid: Grid) -> list[Value]:
        values: list[Value] = []
        with ExitStack() as held:
            for expr in exprs:
                values.append(self.evaluate(expr, grid))
                held.enter_context(self._budget.holding(_sample_count(values[-1])))
        return values

    def _roll(self, name: str, call: Call, grid: Grid) -> Vector:
        """A rollup of the call's range vector, names kept."""
        args = [unwrap(arg) for arg in call.args]
        subject = next(arg for arg in args if isinstance(arg, MatrixSelector | SubqueryExpr))
        if isinstance(subject, MatrixSelector) and extended.is_extended(subject.selector):
            return self._in_order(self._roll_extended(call.name, subject, grid))
        source = self.evaluate(subject, grid)
        assert isinstance(source, RangeVector)
        with self._budget.holding(_sample_count(source)):
            others = tuple(self._scalar(arg, grid) for arg in args if arg is not subject)
        if name == "quantile_over_time" and source.series.size:
            warn_of_quantiles(self._annotations, others[0], args[0])
        run = partial(
            rollup.evaluate,
            span=window_span(subject),
            grid=grid,
            args=others,
            budget=self._budget,
            legacy=self._options.closed_windows,
        )
        with self._budget.keeping(_sample_count(source)):
            result = mixed.roll(name, source, run, self._annotations, subject.span)
        if name in {"rate", "increase"}:
            self._suspect_gauges(result, subject)
        return self._in_order(result) if isinstance(subject, MatrixSelector) else result

    def _roll_extended(self, name: str, subject: MatrixSelector, grid: Grid) -> Vector:
        """A rollup of anchored or smoothed windows, names kept."""
        selector, span = subject.selector, window_span(subject)
        extended.check_function(name, selector)
        source = self._raw_extended(selector, span, grid)
        lookback, smoothed, budget = self._options.lookback_ms, selector.smoothed, self._budget
        with budget.keeping(_sample_count(source)):
            result = extended.roll(name, source, span, grid, lookback_ms=lookback, smoothed=smoothed, budget=budget)
        if name in {"rate", "increase"}:
            self._suspect_gauges(result, subject)
        return result

    def _without_name(self, vector: Vector) -> Vector:
        """Drop names after a rollup, where two series of one label set are an error even at different steps."""
        if not self._delayed and not names_agree(vector.labels):
            vector = vector.without_empty()
            if not group_rows(vector.labels.drop(METADATA_LABELS)).unique:
                raise QueryError(DUPLICATE_LABELS)
        return drop_name(vector, delayed=self._delayed)

    def _suspect_gauges(self, vector: Vector, subject: Expr) -> None:
        """Tell of rates of metrics that are not named like a counter."""
        names = column_of(vector.labels, "__name__")
        rated = vector.present.any(axis=1)
        for code in np.unique(names.codes[rated]):
            name = names.values[code]
            if name and not name.endswith(_COUNTER_SUFFIXES):
                text = "metric might not be a counter, name does not end in _total/_sum/_count/_bucket"
                self._annotations.inform(f"{text}: {go_quote(name)}", subject.span)

    # --- operators -------------------------------------------------------------------------------------------------

    def _aggregate(self, expr: AggregateExpr, grid: Grid) -> Vector:
        op, names, without = expr.op, expr.grouping, expr.without
        if op == "count_values":
            label = unwrap(expr.param) if expr.param is not None else None
            assert isinstance(label, StringLiteral)
            if not label.value or label.value != printable(label.value):
                raise QueryError(f"invalid label name {go_quote(label.value)}")
            vector = mixed.argument(op, self._vector(unwrap(expr.expr), grid))
            assert isinstance(vector, Vector)
            return aggregate.count_values(label.value, vector, names, without=without, budget=self._budget)
        parameter = None if expr.param is None else self._scalar(unwrap(expr.param), grid)
        vector = self._operand(expr, grid)
        if vector.histograms is not None:
            grouping, _ = aggregate.group_series(vector.labels, names, without=without)
            vector = mixed.aggregated(op, vector, grouping, self._annotations, expr.span)
        with self._budget.keeping(aggregate.COPIES.get(op, 0) * _sample_count(vector)):
            self._budget.allow(_sample_count(vector))
            return self._aggregated(expr, vector, parameter)

    def _operand(self, expr: AggregateExpr, grid: Grid) -> Vector:
        """The vector to aggregate; series that are chosen among equals follow from the order of the labels selected."""
        before = self._ordered
        self._ordered = before or (expr.op in _CHOOSING and not _by_label(expr, grid.count))
        try:
            return self._vector(unwrap(expr.expr), grid)
        finally:
            self._ordered = before

    def _aggregated(self, expr: AggregateExpr, vector: Vector, parameter: Values | None) -> Vector:
        op, names, without = expr.op, expr.grouping, expr.without
        if op in aggregate.REDUCERS:
            if parameter is not None and expr.param is not None:
                warn_of_quantiles(self._annotations, parameter, unwrap(expr.param))
            return aggregate.reduce(op, vector, names, without=without, parameter=parameter)
        assert parameter is not None
        if op == "limit_ratio":
            assert expr.param is not None
            warn = partial(self._annotations.warn, span=unwrap(expr.param).span)
            return aggregate.sample(vector, parameter, warn, self._budget)
        return aggregate.choose(
            op,
            vector,
            names,
            without=without,
            parameter=parameter,
            by_label=_by_label(expr, len(parameter)),
            legacy=self._options.closed_windows,
            check=self._budget.check,
        )

    def _chain(self, expr: BinaryExpr, grid: Grid) -> Value:
        """A chain of operators, from its innermost operand out: it may be thousands of terms long."""
        first, links = left_chain(expr)
        value = self.evaluate(first, grid)
        for link in links:
            with self._budget.holding(_sample_count(value)):
                right = self.evaluate(link.rhs, grid)
            value = self._combine(link, value, right)
        return value

    def _combine(self, link: BinaryExpr, left: Value, right: Value) -> Value:
        self._budget.check()
        match left, right:
            case Scalar(), Scalar():
                return binary.scalars(link.op, left, right)
            case Vector(), Scalar():
                return self._with_scalar(link, left, right, swapped=False)
            case Scalar(), Vector():
                return self._with_scalar(link, right, left, swapped=True)
            case Vector(), Vector() if link.matching is not None:
                return self._match(link, left, right)
        raise RuntimeError(f"BUG: operator {link.op} between {type(left).__name__} and {type(right).__name__}")

    def _with_scalar(self, link: BinaryExpr, vector: Vector, scalar: Scalar, *, swapped: bool) -> Vector:
        if vector.has_histograms and vector.histograms is not None:
            histograms = vector.histograms & vector.present
            none = np.zeros(histograms.shape, bool)
            left, right = (none, histograms) if swapped else (histograms, none)
            mixed.refuse_meaningful(link.op, left, right, self._informer(link))
        if link.op in TRIM_OPERATORS:
            return self._trim(link, vector.floats())
        return binary.vector_and_scalar(
            link.op, vector.floats(), scalar, swapped=swapped, as_bool=link.return_bool, delayed=self._delayed
        )

    def _informer(self, link: BinaryExpr) -> Callable[[str], None]:
        return partial(self._annotations.inform, span=link.span)

    def _trim(self, link: BinaryExpr, vector: Vector) -> Vector:
        """Cutting a float's buckets off: it has none."""
        if vector.present.any():
            self._annotations.inform(mixed.incompatible_text(link.op, "float", "float"), link.span)
        return vector.take(np.zeros(0, np.int64))

    def _match(self, link: BinaryExpr, left: Vector, right: Vector) -> Vector:
        matching = link.matching
        assert matching is not None
        if link.op in SET_OPERATORS:
            return binary.set_operation(link.op, left, right, matching)
        if link.op not in binary.ARITHMETIC | binary.COMPARISONS:
            raise QueryError(f"operator {go_quote(link.op)} is not supported yet")
        return binary.vectors(
            link.op,
            left,
            right,
            matching,
            as_bool=link.return_bool,
            delayed=self._delayed,
            budget=self._budget,
            inform=self._informer(link),
        )

    def _unary(self, expr: UnaryExpr, grid: Grid) -> Value:
        value = self.evaluate(expr.expr, grid)
        if expr.op == "+":
            return value
        if isinstance(value, Scalar):
            return Scalar(-value.values)
        value = mixed.argument(expr.op, value)
        assert isinstance(value, Vector)
        return drop_name(replace(value, values=-value.values), delayed=self._delayed)


def _sample_count(value: Value) -> int:
    """The samples of a value, absent ones counted too: what it takes of memory."""
    if isinstance(value, RangeVector):
        return len(value.series.values)
    return 0 if isinstance(value, Text) else value.values.size


def _by_label(expr: AggregateExpr, steps: int) -> bool:
    """Whether the operand's series are those of one metric, so that they can be put in order when equals turn up."""
    return steps > 1 and has_rows_of_one_metric(expr.expr)


def _at(node: VectorSelector | SubqueryExpr) -> int | None:
    return None if node.at is None else node.at.timestamp_ms


def window_span(expr: Expr) -> Span:
    """The windows of a range selector or subquery."""
    if isinstance(expr, MatrixSelector):
        return Span(expr.range_ms, expr.selector.offset_ms, _at(expr.selector))
    assert isinstance(expr, SubqueryExpr)
    return Span(expr.range_ms, expr.offset_ms, _at(expr))


def _as_range(vector: Vector, grid: Grid) -> RangeVector:
    """A vector's samples at its steps, series after series."""
    times, counts = grid.times(), vector.present.sum(axis=1)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    histograms = None if vector.histograms is None else vector.histograms[vector.present]
    gaps = np.flatnonzero(counts < grid.count)  # all others have the times of the grid
    own = np.broadcast_to(times, (len(gaps), grid.count))[vector.present[gaps]]
    clocks = np.zeros(vector.size, np.int64)
    clocks[gaps] = grid.count + np.cumsum(counts[gaps]) - counts[gaps]
    values = vector.values.ravel() if not len(gaps) else vector.values[vector.present]
    series = SeriesSet(vector.labels, offsets, np.concatenate([times, own]), values, histograms, clocks)
    return RangeVector(series, vector.name_dropped)
