"""The engine: the text of a query in, arrays out. It parses, plans, evaluates, and makes results presentable.

Source of all semantics: prometheus/prometheus, promql/engine.go (3.14).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Histogram

from watchglass.columns import SeriesSet
from watchglass.errors import QueryError
from watchglass.interfaces import Queryable
from watchglass.promql.annotations import Annotations
from watchglass.promql.ast import ValueType
from watchglass.promql.counting import CountedEvaluation, SampleStats
from watchglass.promql.evaluate import Evaluation
from watchglass.promql.grid import Grid
from watchglass.promql.label_ops import sort_order, text_size
from watchglass.promql.limits import Budget, EngineOptions
from watchglass.promql.memory_pool import SAMPLE_BYTES
from watchglass.promql.parse import parse
from watchglass.promql.plan import prepare
from watchglass.promql.value import RangeVector, Scalar, Value, Vector, settle_names, single

__all__ = ["BadQueryError", "Engine", "EngineOptions", "QueryResult", "SampleStats"]


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer to a query.

    Attributes:
        type: `resultType` of the API. A range query always gives a matrix, whose data is a Vector over its steps.
        data: Vector without empty series; Scalar, Text; or RangeVector for an instant query of a range vector.
        grid: the steps.
        warnings: what probably makes the result wrong, each with its place in the query.
        infos: what may be meant but often is not, likewise.
        samples: how many samples were read and held, if it was asked.
    """

    type: ValueType
    data: Value
    grid: Grid
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    samples: SampleStats | None = None


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
        stats: bool = False,
    ) -> QueryResult:
        """Evaluate at one time.

        Args:
            query: PromQL.
            time_ms: the evaluation time.
            timeout_ms: less than the engine's own, if given.
            lookback_ms: instead of the engine's own.
            cancel: set it to stop the query.
            stats: count samples, which costs a little.

        Raises:
            QueryError: see errors.py; QuerySyntaxError when it does not parse.
        """
        options = self._with(lookback_ms, timeout_ms)
        return self._run(_Request("instant", query, Grid(time_ms, 1, 1), time_ms, options, cancel, stats))

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
        stats: bool = False,
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
            stats: count samples, which costs a little.

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
        return self._run(_Request("range", query, grid, end_ms, self._with(lookback_ms, timeout_ms), cancel, stats))

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
        budget = request.budget()
        parts = (plan, self._queryable, request.options, budget, annotations)
        samples = None
        with np.errstate(all="ignore"):
            if request.stats:
                value, samples = CountedEvaluation(*parts).counted(plan.expr, request.grid)
            else:
                value = Evaluation(*parts).evaluate(plan.expr, request.grid)
            if isinstance(value, RangeVector):
                budget.loading(4 * SAMPLE_BYTES * len(value.series.values))  # it is put in order: twice, and its places
            value = _presentable(value, as_matrix=is_range)
        if isinstance(value, Vector | RangeVector):
            budget.allow_text(text_size(value.labels if isinstance(value, Vector) else value.series.labels))
        result_type = ValueType.MATRIX if is_range else expr.type
        return QueryResult(result_type, value, request.grid, annotations.warnings, annotations.infos, samples)


@dataclass(frozen=True, slots=True)
class _Request:
    kind: str  # instant or range
    query: str
    grid: Grid
    end_ms: int  # as asked for: no step need fall on it
    options: EngineOptions
    cancel: threading.Event | None
    stats: bool

    def budget(self) -> Budget:
        options = self.options
        return Budget(
            options.max_samples,
            options.timeout_ms,
            self.cancel,
            max_label_chars=options.max_label_chars,
            max_value_chars=options.max_value_chars,
        )


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
    series = value.series.spread()
    order = sort_order(series.labels)
    lengths = np.diff(series.offsets)
    order = order[lengths[order] > 0]
    offsets = np.concatenate([[0], np.cumsum(lengths[order])])
    places = np.repeat(series.offsets[:-1][order] - offsets[:-1], lengths[order]) + np.arange(offsets[-1])
    histograms = None if series.histograms is None else series.histograms[places]
    return RangeVector(
        SeriesSet(series.labels.take(order), offsets, series.times[places], series.values[places], histograms)
    )
