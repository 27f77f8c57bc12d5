"""Dashboards, at Grafana's addresses: which there are, and each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from watchglass.dashboards.collection import Search
from watchglass.dashboards.grafana import Json, slug
from watchglass.dashboards.reading import as_classic, view
from watchglass.dashboards.records import Saved
from watchglass.dashboards.refusal import no_dashboard
from watchglass.dashboards.summary import saved_meta
from watchglass.serve.envelope import encode_json, json_response
from watchglass.serve.grafana import collection_of, grafana_endpoint, shelf_of
from watchglass.serve.params import Params, first, invalid, limit_param, read_params
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

T = TypeVar("T")

OURS = "/api/v1/watchglass/dashboards/{uid}"
MAX_HITS = 5000
DEFAULT_HITS = 1000
_SORTS = {"": None, "alpha-asc": False, "name_sort": False, "alpha-desc": True}


class DashboardApi:
    """Lists and shows dashboards."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            grafana_endpoint(
                "/api/search",
                self.search,
                "Dashboards and folders, by `query`, `tag`, `type`, `folderUIDs`, `dashboardUIDs`, `starred`, `sort`,"
                " `limit` and `page`.",
            ),
            grafana_endpoint("/api/dashboards/tags", self.tags, "Tags, with the number of dashboards that have each."),
            grafana_endpoint("/api/dashboards/uid/{uid}", self.dashboard, "One dashboard: `{dashboard, meta}`."),
            grafana_endpoint(OURS, self.shown, "One dashboard as pages draw it: `{dashboard, notes, meta}`."),
            grafana_endpoint(f"{OURS}/original", self.original, "The document of a dashboard, byte for byte."),
        ]

    async def search(self, request: Request) -> Response:
        """List dashboards and folders."""
        params = await read_params(request)
        wanted, collection = _search(params), collection_of(self._parts)
        hits = await self._looked_up(request, lambda: collection.search(wanted))
        size = min(limit_param(params) or DEFAULT_HITS, MAX_HITS)
        start = size * (max(1, limit_param(params, "page")) - 1)
        return json_response(hits[start : start + size])

    async def tags(self, request: Request) -> Response:
        """List the tags."""
        return json_response(await self._looked_up(request, collection_of(self._parts).tags))

    async def dashboard(self, request: Request) -> Response:
        """Show one dashboard by its uid."""
        uid = request.path_params["uid"]
        board = await self._saved(uid)
        if board is None:
            return json_response(await self._found(request, uid))
        shelf = shelf_of(self._parts)
        text = await asyncio.to_thread(lambda: as_classic(shelf.boards.document(board), board))
        meta = await asyncio.to_thread(self._meta, board)
        content = b'{"meta":%b,"dashboard":%b}' % (encode_json(meta), text.encode())
        return Response(content, media_type="application/json")

    async def shown(self, request: Request) -> Response:
        """Show one dashboard, normalised, with notes on what was translated."""
        uid = request.path_params["uid"]
        board = await self._saved(uid)
        if board is None:
            return json_response(await self._found(request, uid) | {"notes": [], "original": False})
        return json_response(await asyncio.to_thread(self._view, board))

    async def original(self, request: Request) -> Response:
        """Give the document as it came, for keeping in a file."""
        uid = request.path_params["uid"]
        board = await self._saved(uid)
        if board is None:
            found = (await self._found(request, uid))["dashboard"]
            return _file(encode_json(found), str(found["title"]))
        text = await asyncio.to_thread(shelf_of(self._parts).boards.document, board)
        return _file(text.encode(), board.title)

    async def _saved(self, uid: str) -> Saved | None:
        if self._parts.shelf is None:
            return None
        return await asyncio.to_thread(shelf_of(self._parts).boards.find, uid)

    async def _found(self, request: Request, uid: str) -> Json:
        """A dashboard that is there by itself: built in, or of a job."""
        library = need(self._parts.dashboards, "dashboard library")
        found: Json | None = await self._looked_up(request, lambda: library.get(uid))
        if found is None:
            if self._parts.shelf_trouble:
                shelf_of(self._parts)  # it may be there, and says why it cannot be had
            raise no_dashboard()
        return found

    def _meta(self, board: Saved) -> Json:
        shelf = shelf_of(self._parts)
        folder = shelf.folders.find(board.folder_uid) if board.folder_uid else None
        return saved_meta(board, folder, starred=board.uid in shelf.stars.all())

    def _view(self, board: Saved) -> Json:
        seen = view(shelf_of(self._parts).boards.document(board))
        own: dict[str, Any] = {"id": board.number, "uid": board.uid, "version": board.version}
        return {"dashboard": seen.board | own, "notes": seen.notes, "meta": self._meta(board), "original": False}

    async def _looked_up(self, request: Request, work: Callable[[], T]) -> T:
        """In a thread of those that may wait: what there is may have to be asked of a server elsewhere."""
        return await (self._parts.source_queries or self._parts.queries).answer(request, work)


def _search(params: Params) -> Search:
    sort = first(params, "sort")
    if sort not in _SORTS:
        raise invalid("sort", f'expected one of alpha-asc, alpha-desc, not "{sort[:100]}"')
    return Search(
        text=first(params, "query"),
        tags=frozenset(params.get("tag", ())),
        kind=first(params, "type"),
        uids=_listed(params, "dashboardUIDs"),
        folder_uids=_listed(params, "folderUIDs"),
        starred=first(params, "starred").lower() == "true",
        descending=_SORTS[sort],
    )


def _listed(params: Params, name: str) -> frozenset[str]:
    """A parameter given several times, or once with commas."""
    return frozenset(part for value in params.get(name, ()) for part in value.split(",") if part)


def _file(content: bytes, title: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{slug(title)[:80]}.json"'}
    return Response(content, media_type="application/json", headers=headers)
