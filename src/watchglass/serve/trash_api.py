"""Dashboards that were deleted: listed, had back, and deleted for good."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from watchglass.dashboards.collection import Shelf
from watchglass.dashboards.grafana import Json
from watchglass.dashboards.refusal import no_dashboard
from watchglass.dashboards.summary import deleted_shown
from watchglass.serve.dashboard_save_api import saved_answer
from watchglass.serve.envelope import json_response
from watchglass.serve.grafana import grafana_endpoint, shelf_of
from watchglass.serve.params import first, invalid, limit_param, read_params
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

CONFLICTS = ("ask", "copy")
DEFAULT_LISTED = 1000


class TrashApi:
    """What becomes of dashboards after they were deleted."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            grafana_endpoint(
                "/api/v1/watchglass/deleted_dashboards",
                self.listed,
                "Deleted dashboards that can be had back, the last deleted first; `limit` of them.",
            ),
            grafana_endpoint(
                "/api/v1/watchglass/deleted_dashboards/{number}",
                self.forget,
                "Delete one of them for good, by its `id`.",
                ("DELETE",),
            ),
            grafana_endpoint(
                "/api/v1/watchglass/dashboards/{uid}/undelete",
                self.undelete,
                "Bring a deleted dashboard back with its history: the last of that uid, or the one of `id`;"
                " `conflict=copy` gives it a new uid where its own is taken.",
                ("POST",),
            ),
        ]

    async def listed(self, request: Request) -> Response:
        """List what can be had back, how many there are, and how long they are kept."""
        limit, trash = limit_param(await read_params(request)), shelf_of(self._parts).boards.trash

        def work() -> Json:
            found = trash.listed(limit or DEFAULT_LISTED)
            about: Json = {"keptMs": trash.limits.kept_ms, "total": trash.count()}
            return about | {"dashboards": [deleted_shown(each) for each in found]}

        return json_response(await asyncio.to_thread(work))

    async def forget(self, request: Request) -> Response:
        """Delete one for good."""
        title = await asyncio.to_thread(
            shelf_of(self._parts).boards.trash.forget, _number(request.path_params["number"])
        )
        return json_response({"title": title, "message": f"Dashboard {title} deleted for good"})

    async def undelete(self, request: Request) -> Response:
        """Bring back a dashboard that was deleted, and say what about it is not as it was."""
        params = await read_params(request)
        number, conflict = first(params, "id", "0"), first(params, "conflict", "ask")
        if conflict not in CONFLICTS:
            raise invalid("conflict", f'expected one of {", ".join(CONFLICTS)}, not "{conflict[:100]}"')
        shelf, uid, copy = shelf_of(self._parts), request.path_params["uid"], conflict == "copy"
        return json_response(await asyncio.to_thread(_bring_back, shelf, uid, _number(number), copy=copy))


def _number(word: str) -> int:
    """The `id` of a dashboard; what is none names none (404)."""
    if not word.isascii() or not word.isdecimal() or len(word) > 15:
        raise no_dashboard()
    return int(word)


def _bring_back(shelf: Shelf, uid: str, number: int, *, copy: bool) -> Json:
    boards = shelf.boards
    with boards.meta.transaction():
        before = boards.trash.find(uid, number)
        back = boards.bring_back(uid, before.number, copy=copy)
        notes = []
        if back.folder_uid != before.folder_uid:
            notes.append("its folder is gone: it is in none now")
        if boards.has_namesake(back):
            notes.append("another dashboard in the same place has the same title")
        if back.uid != uid:
            notes.append("its address was taken: it has a new one")
        return saved_answer(back) | {"title": back.title, "notes": notes}
