"""What can be said of an expression without evaluating it: its canonical text, its tree, its exemplars.

Source: prometheus/prometheus, web/api/v1/api.go (formatQuery, parseQuery, queryExemplars).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from watchglass.errors import QueryError, QuerySyntaxError
from watchglass.promql.ast import VectorSelector, walk
from watchglass.promql.parse import parse
from watchglass.promql.pretty import pretty
from watchglass.promql.tree_json import tree_json
from watchglass.serve.envelope import ApiError, success
from watchglass.serve.params import MAX_TIME_MS, MIN_TIME_MS, first, invalid, read_params, time_param
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

FORM = ("GET", "POST")


class ExpressionApi:
    """`/api/v1/format_query`, `parse_query` and `query_exemplars`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/v1/format_query", self.format_query, "`query` as canonical text.", FORM),
            Endpoint("/api/v1/parse_query", self.parse_query, "`query` as a tree.", FORM),
            Endpoint(
                "/api/v1/query_exemplars",
                self.query_exemplars,
                "Exemplars of what `query` selects; none are stored yet.",
                FORM,
            ),
        ]

    async def format_query(self, request: Request) -> Response:
        """Lay an expression out."""
        text = first(await read_params(request), "query")
        return await self._parts.queries.answer(request, lambda: _formatted(text))

    async def parse_query(self, request: Request) -> Response:
        """Show the tree of an expression."""
        text = first(await read_params(request), "query")
        return await self._parts.queries.answer(request, lambda: _parsed(text))

    async def query_exemplars(self, request: Request) -> Response:
        """List exemplars: none are stored, so only the parameters are looked at."""
        params = await read_params(request)
        start_ms, end_ms = time_param(params, "start", MIN_TIME_MS), time_param(params, "end", MAX_TIME_MS)
        if end_ms < start_ms:
            raise ApiError("end timestamp must not be before start timestamp")
        text = first(params, "query")
        return await self._parts.queries.answer(request, lambda: _exemplars(text))


def _formatted(text: str) -> Response:
    try:
        return success(pretty(parse(text)))
    except QuerySyntaxError as error:
        raise invalid("query", str(error)) from None


def _parsed(text: str) -> Response:
    try:
        return success(tree_json(parse(text)))
    except QueryError as error:
        raise invalid("query", str(error)) from None


def _exemplars(text: str) -> Response:
    selects = any(isinstance(node, VectorSelector) for node in walk(parse(text)))
    return success([]) if selects else Response(status_code=204)  # as Prometheus answers where there is no data
