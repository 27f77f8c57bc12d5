"""The engine: text in, arrays out. It parses, plans, and walks the tree; one case per node, one line per case.

Every node is evaluated for all steps at once. Arithmetic lives in the modules that it calls.
Source of all semantics: prometheus/prometheus, promql/engine.go (3.14).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Histogram

from watchglass.columns import SeriesSet, Values
from watchglass.errors import QueryError
from watchglass.interfaces import Queryable
from watchglass.promql import aggregate, binary, rollup, select
from watchglass.promql.annotations import Annotations
from watchglass.promql.ast import (
    SET_OPERATORS,
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    ValueType,
    VectorSelector,
    left_chain,
)
from watchglass.promql.functions import FUNCTIONS, Context, absent_where, warn_of_quantiles
from watchglass.promql.grid import Grid
from watchglass.promql.label_ops import METADATA_LABELS, column_of, group_rows, sort_order
from watchglass.promql.limits import Budget
from watchglass.promql.parse import parse
from watchglass.promql.plan import Plan, prepare, unwrap
from watchglass.promql.quoting import go_quote
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
    settle_names,
    single,
)
from watchglass.promql.windows import Span

_COUNTER_SUFFIXES = ("_total", "_sum", "_count", "_bucket")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Limits and switches of the engine.

    Attributes:
        lookback_ms: how old a sample may be and still stand for "now".
        max_samples: samples that one query may hold in memory, raw or computed.
        timeout_ms: how long one query may take.
        max_points: steps of a range query.
        default_step_ms: resolution of a subquery that names none: the global evaluation interval.
        delayed_name_removal: metric names go when the query is done, as in Prometheus behind its flag.
        closed_windows: for comparison with Prometheus 2.42 only: windows include their left edge, and rates are
            extrapolated as before 2.51.
    """

    lookback_ms: int = 300_000
    max_samples: int = 50_000_000
    timeout_ms: int = 120_000
    max_points: int = 11_000
    default_step_ms: int = 60_000
    delayed_name_removal: bool = False
    closed_windows: bool = False


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer to a query.

    Attributes:
        type: `resultType` of the API. A range query always gives a matrix, whose data is a Vector over its steps.
        data: Vector without empty series; Scalar, Text; or RangeVector for an instant query of a range vector.
        grid: the steps.
        warnings: what probably makes the result wrong, each with its place in the query.
        infos: what may be meant but often is not, likewise.
    """

    type: ValueType
    data: Value
    grid: Grid
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()


class Engine:
    """Answers PromQL queries from a Queryable. Safe to use from several threads."""

    def __init__(
        self, queryable: Queryable, options: EngineOptions | None = None, registry: CollectorRegistry | None = None
    ) -> None:
        self._queryable = queryable
        self.options = options or EngineOptions()
        self._metrics = _Metrics(registry) if registry is not None else None

    def instant(
        self,
        query: str,
        time_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at one time.

        Args:
            query: PromQL.
            time_ms: the evaluation time.
            timeout_ms: less than the engine's own, if given.
            lookback_ms: instead of the engine's own.
            cancel: set it to stop the query.

        Raises:
            QueryError: see errors.py; QuerySyntaxError when it does not parse.
        """
        options = self._with(lookback_ms, timeout_ms)
        return self._run(_Request("instant", query, Grid(time_ms, 1, 1), time_ms, options, cancel))

    def range(
        self,
        query: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at every step from start to end.

        Args:
            query: PromQL of a scalar or an instant vector.
            start_ms: the first step.
            end_ms: no step is later; not before the start.
            step_ms: distance of the steps; positive.
            timeout_ms: less than the engine's own, if given.
            lookback_ms: instead of the engine's own.
            cancel: set it to stop the query.

        Raises:
            QueryError: see errors.py; QuerySyntaxError when it does not parse.
        """
        if step_ms <= 0:
            raise BadQueryError(
                "zero or negative query resolution step widths are not accepted. Try a positive integer"
            )
        if end_ms < start_ms:
            raise BadQueryError("end timestamp must not be before start time")
        grid = Grid.spanning(start_ms, end_ms, step_ms)
        if grid.count > self.options.max_points:
            raise BadQueryError(
                f"exceeded maximum resolution of {self.options.max_points:,} points per timeseries. "
                "Try decreasing the query resolution (?step=XX)"
            )
        return self._run(_Request("range", query, grid, end_ms, self._with(lookback_ms, timeout_ms), cancel))

    def _with(self, lookback_ms: int | None, timeout_ms: int | None) -> EngineOptions:
        own = self.options
        lookback = own.lookback_ms if lookback_ms is None else lookback_ms
        return replace(own, lookback_ms=lookback, timeout_ms=min(own.timeout_ms, timeout_ms or own.timeout_ms))

    def _run(self, request: _Request) -> QueryResult:
        started = time.perf_counter()
        outcome = "error"
        try:
            result = self._answer(request)
            outcome = "ok"
        finally:
            if self._metrics is not None:
                self._metrics.queries.labels(request.kind, outcome).inc()
                self._metrics.duration.labels(request.kind).observe(time.perf_counter() - started)
        return result

    def _answer(self, request: _Request) -> QueryResult:
        expr, is_range = parse(request.query), request.kind == "range"
        if is_range and expr.type not in {ValueType.SCALAR, ValueType.VECTOR}:
            raise BadQueryError(
                f'invalid expression type "{expr.type.documented}" for range query, must be Scalar or instant Vector'
            )
        annotations = Annotations(request.query)
        plan = prepare(expr, request.grid, request.end_ms)
        evaluation = _Evaluation(plan, self._queryable, request.options, request.budget(), annotations)
        with np.errstate(all="ignore"):
            value = _presentable(evaluation.evaluate(plan.expr, request.grid), as_matrix=is_range)
        result_type = ValueType.MATRIX if is_range else expr.type
        return QueryResult(result_type, value, request.grid, annotations.warnings, annotations.infos)


@dataclass(frozen=True, slots=True)
class _Request:
    kind: str  # instant or range
    query: str
    grid: Grid
    end_ms: int  # as asked for: no step need fall on it
    options: EngineOptions
    cancel: threading.Event | None

    def budget(self) -> Budget:
        return Budget(self.options.max_samples, self.options.timeout_ms, self.cancel)


class BadQueryError(QueryError):
    """The query or its parameters make no sense."""

    kind = "bad_data"


class _Metrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.queries = Counter(
            "watchglass_promql_queries_total", "Queries answered.", ["kind", "outcome"], registry=registry
        )
        self.duration = Histogram(
            "watchglass_promql_query_duration_seconds", "Time to answer a query.", ["kind"], registry=registry
        )


class _Evaluation:
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

    def evaluate(self, expr: Expr, grid: Grid) -> Value:
        """The value of a node at every step of a grid."""
        self._budget.check()
        if grid.count > 1 and self._plan.is_invariant(expr) and not isinstance(expr, MatrixSelector | SubqueryExpr):
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
        return replace(
            value, values=np.repeat(value.values, steps, axis=1), present=np.repeat(value.present, steps, axis=1)
        )

    # --- leaves ----------------------------------------------------------------------------------------------------

    def _select(self, selector: VectorSelector, span: Span, grid: Grid) -> SeriesSet:
        ends = span.ends(grid)
        edge = 0 if self._options.closed_windows else 1
        return self._queryable.select(
            selector.matchers, ends.start_ms - span.width_ms + edge, ends.end_ms, max_samples=self._budget.max_samples
        )

    def _newest(self, selector: VectorSelector, grid: Grid, *, timestamps: bool = False) -> Vector:
        if selector.smoothed or selector.anchored:
            raise QueryError("the smoothed and anchored modifiers are not supported yet")
        span = Span(self._options.lookback_ms, selector.offset_ms, _at(selector))
        series = self._select(selector, span, grid)
        return select.newest(
            series, span, grid, self._budget, closed=self._options.closed_windows, timestamps=timestamps
        )

    def _raw(self, expr: MatrixSelector, grid: Grid) -> RangeVector:
        if expr.selector.smoothed or expr.selector.anchored:
            raise QueryError("the smoothed and anchored modifiers are not supported yet")
        return RangeVector(select.without_stale(self._select(expr.selector, _span(expr), grid)))

    def _subquery(self, expr: SubqueryExpr, grid: Grid) -> RangeVector:
        ends = _span(expr).ends(grid)
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
            return drop_name(self._newest(subject, grid, timestamps=True), delayed=self._delayed)
        if call.name == "absent_over_time":
            present = self._roll("present_over_time", call, grid).present_anywhere()
            return absent_where(~present, unwrap(call.args[0]))
        if call.name in ROLLUPS:
            result = self._roll(call.name, call, grid)
            return result if ROLLUPS[call.name].keeps_name else self._without_name(result)
        if call.name not in FUNCTIONS:
            raise QueryError(f"function {go_quote(call.name)} is not supported yet")
        args = tuple(unwrap(arg) for arg in call.args)
        context = Context(replace(call, args=args), grid, self._annotations, self._delayed)
        return FUNCTIONS[call.name](context, *(self.evaluate(arg, grid) for arg in args))

    def _roll(self, name: str, call: Call, grid: Grid) -> Vector:
        """A rollup of the call's range vector, names kept."""
        args = [unwrap(arg) for arg in call.args]
        subject = next(arg for arg in args if isinstance(arg, MatrixSelector | SubqueryExpr))
        source = self.evaluate(subject, grid)
        assert isinstance(source, RangeVector)
        others = tuple(self._scalar(arg, grid) for arg in args if arg is not subject)
        if name == "quantile_over_time" and source.series.size:
            warn_of_quantiles(self._annotations, others[0], args[0])
        legacy = self._options.closed_windows
        result = rollup.evaluate(
            ROLLUPS[name], source, _span(subject), grid, args=others, budget=self._budget, legacy=legacy
        )
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
            if not label.value:
                raise QueryError(f"invalid label name {go_quote(label.value)}")
            vector = self._vector(unwrap(expr.expr), grid)
            return aggregate.count_values(label.value, vector, names, without=without, budget=self._budget)
        parameter = None if expr.param is None else self._scalar(unwrap(expr.param), grid)
        vector = self._vector(unwrap(expr.expr), grid)
        if op in aggregate.REDUCERS:
            if parameter is not None and expr.param is not None:
                warn_of_quantiles(self._annotations, parameter, unwrap(expr.param))
            return aggregate.reduce(op, vector, names, without=without, parameter=parameter)
        if op == "limit_ratio" or parameter is None:
            raise QueryError(f"aggregation {go_quote(op)} is not supported yet")
        return aggregate.choose(op, vector, names, without=without, parameter=parameter)

    def _chain(self, expr: BinaryExpr, grid: Grid) -> Value:
        """A chain of operators, from its innermost operand out: it may be thousands of terms long."""
        first, links = left_chain(expr)
        value = self.evaluate(first, grid)
        for link in links:
            value = self._combine(link, value, self.evaluate(link.rhs, grid))
        return value

    def _combine(self, link: BinaryExpr, left: Value, right: Value) -> Value:
        self._budget.check()
        match left, right:
            case Scalar(), Scalar():
                return binary.scalars(link.op, left, right)
            case Vector(), Scalar():
                return binary.vector_and_scalar(
                    link.op, left, right, swapped=False, as_bool=link.return_bool, delayed=self._delayed
                )
            case Scalar(), Vector():
                return binary.vector_and_scalar(
                    link.op, right, left, swapped=True, as_bool=link.return_bool, delayed=self._delayed
                )
            case Vector(), Vector() if link.matching is not None:
                return self._match(link, left, right)
        raise RuntimeError(f"BUG: operator {link.op} between {type(left).__name__} and {type(right).__name__}")

    def _match(self, link: BinaryExpr, left: Vector, right: Vector) -> Vector:
        matching = link.matching
        assert matching is not None
        if link.op in SET_OPERATORS:
            return binary.set_operation(link.op, left, right, matching)
        if link.op not in binary.ARITHMETIC | binary.COMPARISONS:
            raise QueryError(f"operator {go_quote(link.op)} is not supported yet")
        if matching.fill_left is not None or matching.fill_right is not None:
            raise QueryError("the fill modifiers are not supported yet")
        return binary.vectors(
            link.op, left, right, matching, as_bool=link.return_bool, delayed=self._delayed, budget=self._budget
        )

    def _unary(self, expr: UnaryExpr, grid: Grid) -> Value:
        value = self.evaluate(expr.expr, grid)
        if expr.op == "+":
            return value
        if isinstance(value, Scalar):
            return Scalar(-value.values)
        assert isinstance(value, Vector)
        return drop_name(replace(value, values=-value.values), delayed=self._delayed)


def _at(node: VectorSelector | SubqueryExpr) -> int | None:
    return None if node.at is None else node.at.timestamp_ms


def _span(expr: Expr) -> Span:
    """The windows of a range selector or subquery."""
    if isinstance(expr, MatrixSelector):
        return Span(expr.range_ms, expr.selector.offset_ms, _at(expr.selector))
    assert isinstance(expr, SubqueryExpr)
    return Span(expr.range_ms, expr.offset_ms, _at(expr))


def _as_range(vector: Vector, grid: Grid) -> RangeVector:
    """A vector's samples at its steps, series after series."""
    times = np.broadcast_to(grid.times(), vector.present.shape)[vector.present]
    offsets = np.concatenate([[0], np.cumsum(vector.present.sum(axis=1))])
    series = SeriesSet(vector.labels, offsets, times, vector.values[vector.present])
    return RangeVector(series, vector.name_dropped)


def _presentable(value: Value, *, as_matrix: bool) -> Value:
    """A result as users see it: names settled, no empty series, a range query's in order of labels."""
    if isinstance(value, Scalar) and as_matrix:
        return single(value.values)
    if isinstance(value, RangeVector):
        return _window_of(value)
    if not isinstance(value, Vector):
        return value
    vector = settle_names(value).without_empty()
    return vector.take(sort_order(vector.labels)) if as_matrix else vector


def _window_of(value: RangeVector) -> RangeVector:
    """A range vector that is itself the answer: series that have samples, in order of labels."""
    series = value.series
    order = sort_order(series.labels)
    lengths = np.diff(series.offsets)
    order = order[lengths[order] > 0]
    offsets = np.concatenate([[0], np.cumsum(lengths[order])])
    places = np.repeat(series.offsets[:-1][order] - offsets[:-1], lengths[order]) + np.arange(offsets[-1])
    return RangeVector(SeriesSet(series.labels.take(order), offsets, series.times[places], series.values[places]))
