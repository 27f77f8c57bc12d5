"""One question to the query engine, and its answer in the form that the client asked for.

This runs in a query thread: evaluation and rendering are one piece of work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from starlette.responses import Response

from watchglass.columns import SeriesSet
from watchglass.errors import QueryError, QuerySyntaxError, QueryTimeoutError
from watchglass.model.matcher import Matcher
from watchglass.promql.engine import Engine, QueryResult
from watchglass.promql.limits import QueryCanceledError
from watchglass.promql.memory_pool import SAMPLE_BYTES, current_share
from watchglass.promql.parse import parse_series_selector
from watchglass.promql.render import FRAME_MEDIA_TYPE, json_pieces, render_frame
from watchglass.promql.value import RangeVector, Scalar, Vector
from watchglass.serve.envelope import OPENING, closing, encode_json
from watchglass.serve.params import invalid
from watchglass.serve.pieces import PiecedResponse
from watchglass.wire.quoting import go_quote

FRAME_COPIES = 4
"""A frame is made of copies of the result: absent values marked, bytes, and all of it joined."""

_SMALL_BYTES = 1 << 18

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


def answer(engine: Engine, question: Question, stop: threading.Event) -> Response:
    """Evaluate and render.

    Raises:
        QueryError: it cannot be answered.
    """
    clock = Clock(question, stop)
    try:
        result = _truncated(_evaluate(engine, question, clock), question.limit)
    except QuerySyntaxError as error:
        raise invalid("query", str(error), error.hint) from None
    clock.evaluated()
    share = current_share()
    if question.wants_frame and isinstance(result.data, Vector | Scalar):
        share.need(FRAME_COPIES * _held_bytes(result), clock.check)
        stats = {"stats": _stats(result, question, clock)} if question.stats else {}
        pieces, media_type = [render_frame(result, stats)], FRAME_MEDIA_TYPE
    else:
        pieces, media_type = _json(result, question, clock), "application/json"
    share.keep_only(sum(map(len, pieces)))
    return PiecedResponse(pieces, media_type, share)


class Clock:
    """The time of one question: what is left of it, and what it went into."""

    def __init__(self, question: Question, stop: threading.Event) -> None:
        self.began_s = self.evaluated_s = time.perf_counter()
        self.asked_s, self.stop = question.asked_s, stop
        self.deadline_s = question.asked_s + question.timeout_ms / 1000

    def left_ms(self) -> int:
        """Milliseconds that evaluation may take: the time in the queue counted."""
        return max(1, int((self.deadline_s - self.began_s) * 1000))

    def evaluated(self) -> None:
        """Evaluation is done."""
        self.evaluated_s = time.perf_counter()

    def check(self) -> None:
        """Let rendering go on, or not.

        Raises:
            QueryCanceledError: nobody waits for it.
            QueryTimeoutError: it took longer than it may.
        """
        if self.stop.is_set():
            raise QueryCanceledError("query was canceled in query execution")
        if time.perf_counter() > self.deadline_s:
            raise QueryTimeoutError("query timed out in query execution")

    def timings(self) -> dict[str, float]:
        """Seconds, in the API's words."""
        return {
            "evalTotalTime": self.evaluated_s - self.began_s,
            "execQueueTime": self.began_s - self.asked_s,
            "execTotalTime": self.evaluated_s - self.asked_s,
        }


def _json(result: QueryResult, question: Question, clock: Clock) -> list[bytes]:
    """The answer's pieces; memory is asked for as they come."""
    share, held_bytes = current_share(), _held_bytes(result)
    pieces = [OPENING]
    for piece in json_pieces(result):
        held_bytes += len(piece)
        clock.check()
        share.need(held_bytes, clock.check)
        pieces.append(piece)
    warnings = result.warnings
    if question.stats:
        pieces.append(b',"stats":%b' % encode_json(_stats(result, question, clock)))
        warnings = (*warnings, *_stats_warnings(question.stats))
    pieces.append(b"}" + closing(warnings, result.infos))
    return [b"".join(pieces)] if held_bytes < _SMALL_BYTES else pieces


def _stats(result: QueryResult, question: Question, clock: Clock) -> dict[str, Any]:
    return {"timings": clock.timings()} | _samples(result, per_step=question.stats == "all")


def _held_bytes(result: QueryResult) -> int:
    data = result.data
    if isinstance(data, Vector):
        return data.values.nbytes + data.present.nbytes
    return SAMPLE_BYTES * len(data.series.values) if isinstance(data, RangeVector) else 0


def _stats_warnings(stats: str) -> list[str]:
    """What Prometheus says of values of `stats` that it takes only for now."""
    if stats in {"true", "all"}:
        return []
    value = go_quote(stats)
    text = f'value {value} for parameter "stats" is deprecated and will be rejected in the next major release'
    return [f'{text}, use "true" or "all"']


def _evaluate(engine: Engine, question: Question, clock: Clock) -> QueryResult:
    options: dict[str, Any] = {
        "timeout_ms": clock.left_ms(),
        "lookback_ms": question.lookback_ms,
        "cancel": clock.stop,
    }
    if question.stats and isinstance(engine, Engine):  # a server elsewhere does not say what it counted
        options["stats"] = True
    if question.step_ms:
        return engine.range(question.text, question.start_ms, question.end_ms, question.step_ms, **options)
    return engine.instant(question.text, question.start_ms, **options)


def _samples(result: QueryResult, *, per_step: bool) -> dict[str, Any]:
    """How many samples were read and held, in the API's words."""
    counted = result.samples
    if counted is None:
        return {}
    samples: dict[str, Any] = {"totalQueryableSamples": counted.total, "peakSamples": counted.peak}
    if per_step:
        times = (result.grid.times() / 1000).tolist()
        samples["totalQueryableSamplesPerStep"] = list(zip(times, counted.per_step.tolist(), strict=True))
    return {"samples": samples}


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
