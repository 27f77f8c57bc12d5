"""Dashboards, at Grafana's addresses."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from watchglass.serve.envelope import json_response
from watchglass.serve.params import limit_param, read_params
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint


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
        hits = [
            hit
            for hit in need(self._parts.dashboards, "dashboard library").search()
            if wanted in hit.get("title", "").casefold() and tags <= set(hit.get("tags", ()))
        ]
        return json_response(hits[: limit_param(params) or 1000])

    async def dashboard(self, request: Request) -> Response:
        """Show one dashboard by its uid."""
        found = need(self._parts.dashboards, "dashboard library").get(request.path_params["uid"])
        if found is None:
            return json_response({"message": "Dashboard not found"}, 404)
        return json_response(found)
