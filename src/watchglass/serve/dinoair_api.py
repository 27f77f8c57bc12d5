"""DinoAir's addresses on the server: its metrics in four formats, its widgets, and where its page is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from watchglass.serve.envelope import json_response
from watchglass.serve.jobs import job_of
from watchglass.serve.params import read_params
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

PACK = "dinoair"
NO_STORE = {"Cache-Control": "no-store"}


class DinoAirApi:
    """`/api/metrics`, `/api/metrics/dashboard`, `/monitoring`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint(
                "/api/metrics",
                self.metrics,
                "DinoAir's metrics, the newest values: `format` is `prometheus`, `json`, `influxdb` or `csv`.",
            ),
            Endpoint(
                "/api/metrics/dashboard",
                self.dashboard,
                "What a `widget` of DinoAir's dashboard shows over `timeframe` hours.",
            ),
            Endpoint(
                "/monitoring", self.page, "Leads to DinoAir's dashboard, or to the packs where it is switched off."
            ),
        ]

    async def metrics(self, request: Request) -> Response:
        """Write the newest values."""
        from watchglass.sdk.dinoair.metrics_exporter import default_exporters  # noqa: PLC0415 - most do without

        exporters = default_exporters()
        name = (await read_params(request)).get("format", ["prometheus"])[-1]
        exporter = exporters.get(name)
        if exporter is None:
            message = f'format: there is no "{name[:100]}"; there are {", ".join(exporters)}'
            return json_response({"error": message, "formats": list(exporters)}, 400)

        def written(engine: Any, now_ms: int, timeout_ms: int) -> Response:
            from watchglass.serve.dinoair_data import current_reading  # noqa: PLC0415 - likewise

            text = exporter.export(current_reading(engine, now_ms, timeout_ms))
            return Response(text, headers=NO_STORE | {"Content-Type": exporter.content_type})

        return await self._asked(request, written)

    async def dashboard(self, request: Request) -> Response:
        """Show a widget."""
        params = await read_params(request)
        widget, timeframe = params.get("widget", ["overview"])[-1], params.get("timeframe", [None])[-1]

        def shown(engine: Any, now_ms: int, timeout_ms: int) -> Response:
            from watchglass.sdk.dinoair.dashboard_data import ParameterError  # noqa: PLC0415 - likewise
            from watchglass.serve.dinoair_data import DinoAirData  # noqa: PLC0415 - likewise

            try:
                data = DinoAirData(engine, now_ms, timeout_ms).widget(widget, timeframe)
            except ParameterError as error:
                wrong = {"error": str(error), "parameter": error.parameter, "allowed": error.allowed}
                return json_response(wrong, 400)
            answer = json_response(_finite(data))
            answer.headers.update(NO_STORE)
            return answer

        return await self._asked(request, shown)

    async def page(self, _request: Request) -> Response:
        """Lead to the dashboard."""
        boards: list[str] = need(self._parts.packs, "list of packs")().shown_boards(PACK)
        place = f"d/{boards[0]}" if boards else "packs"
        return Response(status_code=302, headers={"Location": place})

    async def _asked(self, request: Request, work: Callable[[Any, int, int], Response]) -> Response:
        engine, now_ms = need(self._parts.engine, "store"), self._parts.clock.now_ms()
        timeout_ms = self._parts.options.queries.timeout_ms
        return await self._parts.queries.answer(request, lambda: work(engine, now_ms, timeout_ms), job_of(request))


def _finite(value: Any) -> Any:
    """The same with null for what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value
