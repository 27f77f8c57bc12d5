"""Prometheus's HTTP API: queries, the series and labels behind them, targets.

Source: prometheus/prometheus, web/api/v1/api.go, whose parameters, error texts and codes are kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response

from watchglass.columns import LabelTable
from watchglass.errors import QueryTimeoutError
from watchglass.model.matcher import Matcher
from watchglass.promql.limits import Budget
from watchglass.promql.memory_pool import current_share
from watchglass.promql.render import FRAME_MEDIA_TYPE
from watchglass.serve.answer import TRUNCATED, Question, answer, parse_selectors
from watchglass.serve.envelope import ApiError, success
from watchglass.serve.jobs import job_of
from watchglass.serve.params import (
    MAX_TIME_MS,
    MIN_TIME_MS,
    Params,
    count_param,
    duration_param,
    first,
    invalid,
    limit_param,
    parse_duration,
    read_params,
    time_param,
)
from watchglass.serve.parts import Parts, need
from watchglass.serve.query_cost import weight_of
from watchglass.serve.table import Endpoint
from watchglass.wire.quoting import go_quote

FORM = ("GET", "POST")
LISTED_BYTES = 160
"""One label of one series in a list of series: its place in a dictionary, and its text in the answer."""

_LABEL_PATH = re.compile(rb"/label/([^/?]*)/values$")


class PrometheusApi:
    """The endpoints below `/api/v1`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/v1/query", self.query, "Evaluate `query` at `time`.", FORM),
            Endpoint(
                "/api/v1/query_range", self.query_range, "Evaluate `query` from `start` to `end` by `step`.", FORM
            ),
            Endpoint("/api/v1/series", self.series, "Label sets of the series that any `match[]` selects.", FORM),
            Endpoint("/api/v1/labels", self.labels, "Label names in use.", FORM),
            Endpoint("/api/v1/label/{name}/values", self.label_values, "Values of one label."),
            Endpoint("/api/v1/metadata", self.metadata, "Type, help and unit of metric families."),
        ]

    async def query(self, request: Request) -> Response:
        """Evaluate an expression at one time."""
        params = await read_params(request)
        now_ms = self._parts.clock.now_ms()
        time_ms = time_param(params, "time", now_ms)
        return await self._answer(request, params, time_ms, time_ms, 0)

    async def query_range(self, request: Request) -> Response:
        """Evaluate an expression at every step of a range."""
        params = await read_params(request)
        start_ms, end_ms = time_param(params, "start"), time_param(params, "end")
        if end_ms < start_ms:
            raise invalid("end", "end timestamp must not be before start time")
        step_ms = self._step(params, end_ms - start_ms)
        return await self._answer(request, params, start_ms, end_ms, step_ms)

    def _step(self, params: Params, span_ms: int) -> int:
        if not first(params, "step"):
            raise invalid("step", 'cannot parse "" to a valid duration')
        step_ms = duration_param(params, "step", 0)
        if step_ms <= 0:
            raise invalid(
                "step", "zero or negative query resolution step widths are not accepted. Try a positive integer"
            )
        limit = self._parts.options.queries.max_points
        if span_ms // step_ms > limit:
            raise ApiError(
                f"exceeded maximum resolution of {limit:,} points per timeseries. Try decreasing the query resolution"
                " (?step=XX)"
            )
        return step_ms

    async def _answer(self, request: Request, params: Params, start_ms: int, end_ms: int, step_ms: int) -> Response:
        limits = self._parts.options.queries
        limit = limit_param(params)
        timeout_ms = duration_param(params, "timeout", limits.timeout_ms)
        question = Question(
            text=first(params, "query"),
            start_ms=start_ms,
            end_ms=end_ms,
            step_ms=step_ms,
            timeout_ms=timeout_ms,
            lookback_ms=_lookback(params, limits.lookback_ms),
            limit=limit,
            wants_frame=FRAME_MEDIA_TYPE in request.headers.get("accept", ""),
            stats=first(params, "stats"),
        )
        if timeout_ms <= 0:
            raise QueryTimeoutError("query timed out in query execution")
        if len(question.text) > limits.max_text:
            raise invalid("query", f"query is longer than {limits.max_text} characters (query.max_text)")
        engine = need(self._parts.engine, "store")
        if question.stats:
            engine = getattr(engine, "counting", engine)
        steps = (end_ms - start_ms) // step_ms + 1 if step_ms else 1
        weight = weight_of(question.text, end_ms - start_ms, steps, question.lookback_ms)
        job = job_of(request, question.text, weight, min(timeout_ms, limits.timeout_ms))
        return await self._parts.queries.answer(request, lambda: answer(engine, question, job.stop), job)

    async def series(self, request: Request) -> Response:
        """List the series that any selector matches."""
        params = await read_params(request)
        if not params.get("match[]"):
            raise ApiError("no match[] parameter provided")
        storage = need(self._parts.catalogue or self._parts.storage, "store")
        selectors, start_ms, end_ms = _scope(params)
        limit = limit_param(params)

        job = job_of(request)
        patience = Budget(0, self._parts.options.queries.timeout_ms, job.stop)

        def listing() -> Response:
            table = storage.series(selectors, start_ms, end_ms)
            listed = min(table.size, limit or table.size)
            current_share().need(listed * len(table.columns) * LISTED_BYTES, patience.check)
            rows = [dict(row) for row in _head(table, limit)]
            return success(rows, [TRUNCATED] if limit and table.size > limit else [])

        return await self._parts.queries.answer(request, listing, job)

    async def labels(self, request: Request) -> Response:
        """List label names."""
        params = await read_params(request)
        storage = need(self._parts.catalogue or self._parts.storage, "store")
        scope = _scope(params)
        return await self._listing(request, params, lambda: storage.label_names(*scope))

    async def label_values(self, request: Request) -> Response:
        """List the values of one label."""
        params = await read_params(request)
        storage = need(self._parts.catalogue or self._parts.storage, "store")
        name = _label_name(request)
        scope = _scope(params)
        return await self._listing(request, params, lambda: storage.label_values(name, *scope))

    async def _listing(self, request: Request, params: Params, read: Any) -> Response:
        limit = limit_param(params)
        job = job_of(request)
        patience = Budget(0, self._parts.options.queries.timeout_ms, job.stop)

        def listing() -> Response:
            values = read()
            patience.check()
            cut = limit and len(values) > limit
            return success(values[:limit] if cut else values, [TRUNCATED] if cut else [])

        return await self._parts.queries.answer(request, listing, job)

    async def metadata(self, request: Request) -> Response:
        """Show what families say of themselves, one entry a family."""
        params = await read_params(request)
        limit = count_param(params, "limit")
        count_param(
            params, "limit_per_metric"
        )  # a family has one entry here: every limit above 0 keeps it, and 0 is none
        known = await self._parts.queries.answer(
            request, need(self._parts.catalogue or self._parts.storage, "store").metadata
        )
        name = first(params, "metric")
        chosen = [name] if name in known else [] if name else sorted(known)
        content = {
            family: [{"type": known[family].type.value, "help": known[family].help, "unit": known[family].unit}]
            for family in (chosen if limit < 0 else chosen[:limit])
        }
        return success(content)


def _lookback(params: Params, default_ms: int) -> int:
    """How far back an instant selector looks; as in Prometheus, nothing above zero means the default."""
    text = first(params, "lookback_delta")
    try:
        lookback_ms = parse_duration(text) if text else 0
    except ValueError as error:
        raise ApiError(f"error parsing lookback delta duration: {error}") from None
    return lookback_ms if lookback_ms > 0 else default_ms


def _scope(params: Params) -> tuple[Sequence[Sequence[Matcher]], int, int]:
    start_ms = time_param(params, "start", MIN_TIME_MS)
    end_ms = time_param(params, "end", MAX_TIME_MS)
    return parse_selectors(params.get("match[]", ())), start_ms, end_ms


def _head(table: LabelTable, limit: int) -> list[Any]:
    return [table.row(index) for index in range(min(table.size, limit) if limit else table.size)]


def _label_name(request: Request) -> str:
    """The label that the address names; bytes that are no text have been replaced in the decoded address already."""
    found = _LABEL_PATH.search(request.scope.get("raw_path") or b"")
    raw = unquote_to_bytes(found[1]) if found else request.path_params["name"].encode()
    try:
        return _unescape(raw.decode())
    except UnicodeDecodeError:
        raise ApiError(f"invalid label name: {go_quote(raw.decode('utf-8', 'surrogateescape'))}") from None


def _unescape(name: str) -> str:
    """Undo the `U__` escaping of UTF-8 names in addresses; a name that was not escaped so stays itself."""
    if not name.startswith("U__"):
        return name
    out: list[str] = []
    rest = name[3:]
    while rest:
        if rest.startswith("__"):
            out.append("_")
            rest = rest[2:]
        elif rest.startswith("_"):
            code, separator, tail = rest[1:].partition("_")
            try:
                out.append(chr(int(code, 16)))
            except (ValueError, OverflowError):
                return name
            if not separator:
                return name
            rest = tail
        else:
            out.append(rest[0])
            rest = rest[1:]
    return "".join(out)
