"""Health endpoints: Prometheus's `/-/healthy` and `/-/ready`, plain `/health` and `/ready`, Grafana's `/api/health`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from watchglass.serve.envelope import json_response
from watchglass.serve.health import Health
from watchglass.serve.table import Endpoint
from watchglass.version import __version__

GRAFANA_API = "13.0.0"
"""The Grafana whose HTTP API of dashboards, folders and annotations we answer with: clients choose what they ask by this."""


class HealthApi:
    """Answers probes; nothing here waits for anything."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/-/healthy", self.healthy, "The process runs and its loop turns; HEAD and GET."),
            Endpoint("/-/ready", self.ready, "200 when queries can be answered, else 503; HEAD and GET."),
            Endpoint("/health", self.health, "Every component with its condition; 503 when a needed one failed."),
            Endpoint("/ready", self.ready_json, "The same detail; 503 unless queries can be answered."),
            Endpoint("/api/health", self.grafana, "Grafana's health document."),
            Endpoint(
                "/api/frontend/settings",
                self.settings,
                "`buildInfo`, by which Grafana's clients see what they may ask.",
            ),
            Endpoint("/api/org", self.organisation, "The one organisation, as Grafana's clients look for it."),
        ]

    async def healthy(self, _request: Request) -> Response:
        """Answer that the process lives."""
        return PlainTextResponse("Watchglass is Healthy.\n")

    async def ready(self, _request: Request) -> Response:
        """Answer whether queries can be answered."""
        if self._health.is_ready:
            return PlainTextResponse("Watchglass is Ready.\n")
        return PlainTextResponse("Service Unavailable\n", 503)

    async def health(self, _request: Request) -> Response:
        """List the components; only a failed one makes the answer 503."""
        report = self._report()
        return json_response(report, 503 if report["status"] == "failed" else 200)

    async def ready_json(self, _request: Request) -> Response:
        """List the components; anything but ready makes the answer 503."""
        return json_response(self._report(), 200 if self._health.is_ready else 503)

    async def grafana(self, _request: Request) -> Response:
        """Say `database: ok` in the shape that Grafana's clients look for."""
        state = "ok" if self._health.is_ready else "failing"
        content = {"commit": "", "database": state, "version": __version__}
        return json_response(content, 200 if self._health.is_ready else 503)

    async def settings(self, _request: Request) -> Response:
        """Say of which Grafana the API of dashboards is."""
        build = {"version": GRAFANA_API, "commit": "", "edition": "Watchglass", "hasUpdate": False}
        return json_response({"buildInfo": build, "appSubUrl": "", "defaultDatasource": "", "datasources": {}})

    async def organisation(self, _request: Request) -> Response:
        """Name the one organisation that there is."""
        return json_response({"id": 1, "name": "Main Org."})

    def _report(self) -> dict[str, Any]:
        components = {
            name: {"status": state.condition.value} | ({"detail": state.detail} if state.detail else {}) | state.figures
            for name, state in self._health.components().items()
        }
        return {"status": self._health.condition().value, "version": __version__, "components": components}
