"""Dashboards, at Grafana's addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from watchglass.serve.envelope import json_response
from watchglass.serve.params import limit_param, read_params
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

T = TypeVar("T")


class DashboardApi:
    """Lists and shows dashboards."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/search", self.search, "Dashboards, filtered by `query`, `tag` and `limit`."),
            Endpoint("/api/dashboards/uid/{uid}", self.dashboard, "One dashboard: `{dashboard, meta}`."),
        ]

    async def search(self, request: Request) -> Response:
        """List dashboards whose title holds `query` and which have every `tag`."""
        params = await read_params(request)
        wanted = (params.get("query") or [""])[0].casefold()
        tags = set(params.get("tag", ()))
        library = need(self._parts.dashboards, "dashboard library")
        hits = [
            hit
            for hit in await self._looked_up(request, library.search)
            if wanted in hit.get("title", "").casefold() and tags <= set(hit.get("tags", ()))
        ]
        return json_response(hits[: limit_param(params) or 1000])

    async def dashboard(self, request: Request) -> Response:
        """Show one dashboard by its uid."""
        library, uid = need(self._parts.dashboards, "dashboard library"), request.path_params["uid"]
        found = await self._looked_up(request, lambda: library.get(uid))
        if found is None:
            return json_response({"message": "Dashboard not found"}, 404)
        return json_response(found)

    async def _looked_up(self, request: Request, work: Callable[[], T]) -> T:
        """In a thread of those that may wait: what there is may have to be asked of a server elsewhere."""
        return await (self._parts.source_queries or self._parts.queries).answer(request, work)
