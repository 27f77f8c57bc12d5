"""Looking at dashboards before they are imported."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from watchglass.dashboards.envelope import read_bundle
from watchglass.dashboards.grafana import Json
from watchglass.dashboards.preview import Preview
from watchglass.serve.envelope import json_response
from watchglass.serve.grafana import JSON, collection_of, grafana_endpoint, read_text, shelf_of, source_finder
from watchglass.serve.params import read_params
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint


class DashboardPreviewApi:
    """What an import would bring."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            grafana_endpoint(
                "/api/dashboards/import/preview",
                self.preview,
                "What an import would bring, without saving: panels, `notes`, `inputs`, and what is `there` already.",
                ("POST",),
                JSON,
                self._parts.options.bodies.dashboards_bytes,
                "dashboards.import_limit",
            )
        ]

    async def preview(self, request: Request) -> Response:
        """Say of each dashboard in the body what importing it would mean."""
        boards, collection = shelf_of(self._parts).boards, collection_of(self._parts)
        params = await read_params(request)
        folder_uid = params["folderUid"][0] if "folderUid" in params else None
        text = await read_text(request)

        def work() -> list[Json]:
            seen = Preview(boards, folder_uid, collection.is_automatic, find_source=source_finder(self._parts))
            return [seen.of(draft) for draft in read_bundle(text).drafts]

        return json_response({"dashboards": await asyncio.to_thread(work)})
