"""The history of saved dashboards, at Grafana's addresses.

Source: Grafana, docs/developers/http_api/dashboard_versions.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from watchglass.dashboards.history import History
from watchglass.dashboards.reading import as_classic
from watchglass.dashboards.refusal import no_version
from watchglass.dashboards.summary import version_shown
from watchglass.serve.dashboard_save_api import saved_answer
from watchglass.serve.envelope import encode_json, json_response
from watchglass.serve.grafana import JSON, caller_name, grafana_endpoint, read_object, shelf_of, whole_of
from watchglass.serve.params import limit_param, read_params
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

BASE = "/api/dashboards/uid/{uid}"


class DashboardHistoryApi:
    """Versions of a dashboard."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            grafana_endpoint(f"{BASE}/versions", self.versions, "Versions that are kept, the newest first."),
            grafana_endpoint(f"{BASE}/versions/{{version}}", self.version, "One version, its document in `data`."),
            grafana_endpoint(
                f"{BASE}/restore",
                self.restore,
                "Make `{version}` the newest version again; `{over}`: only where that is the newest now.",
                ("POST",),
                JSON,
            ),
        ]

    async def versions(self, request: Request) -> Response:
        """List the versions of a dashboard: from version `start` down, `limit` of them."""
        params = await read_params(request)
        limit, start, uid = limit_param(params), limit_param(params, "start"), request.path_params["uid"]
        boards = shelf_of(self._parts).boards

        def work() -> list[dict[str, object]]:
            board = boards.get(uid)
            return [version_shown(board, each) for each in History(boards).versions(board, limit, start)]

        return json_response({"continueToken": "", "versions": await asyncio.to_thread(work)})

    async def version(self, request: Request) -> Response:
        """Show one version with its document."""
        uid, word = request.path_params["uid"], request.path_params["version"]
        if not word.isdecimal() or len(word) > 15:
            raise no_version()
        boards = shelf_of(self._parts).boards

        def work() -> bytes:
            board = boards.get(uid)
            about = version_shown(board, History(boards).version(board, int(word)))
            text = as_classic(boards.document(board, int(word)), board, int(word))
            return b'%b,"data":%b}' % (encode_json(about)[:-1], text.encode())

        return Response(await asyncio.to_thread(work), media_type="application/json")

    async def restore(self, request: Request) -> Response:
        """Restore a version: it becomes the newest one, and nothing of the history goes."""
        content, history = await read_object(request), History(shelf_of(self._parts).boards)
        number, over = whole_of(content, "version"), whole_of(content, "over")
        uid, by = request.path_params["uid"], caller_name(request)
        return json_response(saved_answer(await asyncio.to_thread(history.restore, uid, number, by, over=over)))
