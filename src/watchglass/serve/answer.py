"""One question to the query engine, and its answer in the form that the client asked for.

This runs in a query thread: evaluation and rendering are one piece of work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from starlette.responses import Response

from watchglass.columns import SeriesSet
from watchglass.errors import QueryError, QuerySyntaxError
from watchglass.model.matcher import Matcher
from watchglass.promql.engine import Engine, QueryResult
from watchglass.promql.parse import parse_series_selector
from watchglass.promql.quoting import go_quote
from watchglass.promql.render import FRAME_MEDIA_TYPE, render_frame, render_json
from watchglass.promql.value import RangeVector, Scalar, Vector
from watchglass.serve.envelope import encode_json, success
from watchglass.serve.params import invalid

TRUNCATED = "results truncated due to limit"


@dataclass(frozen=True, slots=True)
class Question:
    """An instant query (`step_ms` 0) or a range query."""

    text: str
    start_ms: int
    end_ms: int
    step_ms: int
    timeout_ms: int
    lookback_ms: int
    limit: int  # series in the answer; 0 means all
    wants_frame: bool
    stats: str = ""  # empty: none in the answer
    asked_s: float = field(default_factory=time.perf_counter)  # since when it waits for a thread


def answer(engine: Engine, question: Question, cancel: threading.Event) -> Response:
    """Evaluate and render.

    Raises:
        QueryError: it cannot be answered.
    """
    began_s = time.perf_counter()
    try:
        result = _truncated(_evaluate(engine, question, cancel), question.limit)
    except QuerySyntaxError as error:
        raise invalid("query", str(error), error.hint) from None
    evaluated_s = time.perf_counter()
    if question.wants_frame and isinstance(result.data, Vector | Scalar):
        return Response(render_frame(result), media_type=FRAME_MEDIA_TYPE)
    if not question.stats:
        return success(render_json(result), result.warnings, result.infos)
    timings = {
        "evalTotalTime": evaluated_s - began_s,
        "execQueueTime": began_s - question.asked_s,
        "execTotalTime": evaluated_s - question.asked_s,
    }
    data = render_json(result)[:-1] + b',"stats":%b}' % encode_json({"timings": timings})
    return success(data, (*result.warnings, *_stats_warnings(question.stats)), result.infos)


def _stats_warnings(stats: str) -> list[str]:
    """What Prometheus says of values of `stats` that it takes only for now."""
    if stats in {"true", "all"}:
        return []
    value = go_quote(stats)
    text = f'value {value} for parameter "stats" is deprecated and will be rejected in the next major release'
    return [f'{text}, use "true" or "all"']


def _evaluate(engine: Engine, question: Question, cancel: threading.Event) -> QueryResult:
    if question.step_ms:
        return engine.range(
            question.text,
            question.start_ms,
            question.end_ms,
            question.step_ms,
            timeout_ms=question.timeout_ms,
            lookback_ms=question.lookback_ms,
            cancel=cancel,
        )
    return engine.instant(
        question.text,
        question.start_ms,
        timeout_ms=question.timeout_ms,
        lookback_ms=question.lookback_ms,
        cancel=cancel,
    )


def _truncated(result: QueryResult, limit: int) -> QueryResult:
    """The first `limit` series, and a warning where there are more."""
    data = result.data
    rows = np.arange(limit)
    if isinstance(data, Vector) and 0 < limit < data.labels.size:
        cut: Vector | RangeVector = Vector(data.labels.take(rows), data.values[rows], data.present[rows])
    elif isinstance(data, RangeVector) and 0 < limit < data.series.size:
        end = data.series.offsets[limit]
        series = data.series
        cut = RangeVector(
            SeriesSet(series.labels.take(rows), series.offsets[: limit + 1], series.times[:end], series.values[:end])
        )
    else:
        return result
    return replace(result, data=cut, warnings=(*result.warnings, TRUNCATED))


def parse_selectors(texts: Sequence[str]) -> list[tuple[Matcher, ...]]:
    """Parse `match[]` values.

    Raises:
        ApiError: one is no selector, or would match every series.
    """
    try:
        return [parse_series_selector(text) for text in texts]
    except QueryError as error:
        raise invalid("match[]", str(error)) from None
