"""Saving, deleting, importing and exporting dashboards, at Grafana's addresses.

Source: Grafana, pkg/api/dashboard.go; docs/developers/http_api/dashboard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from watchglass.dashboards.collection import Shelf
from watchglass.dashboards.envelope import read_bundle, read_one
from watchglass.dashboards.grafana import Json, slug
from watchglass.dashboards.importing import CONFLICTS, DashboardImport, Imported
from watchglass.dashboards.records import Saved
from watchglass.dashboards.summary import folder_shown, saved_meta, timestamp
from watchglass.serve.envelope import encode_json, json_response
from watchglass.serve.grafana import (
    ENVELOPE_BYTES,
    JSON,
    caller_name,
    collection_of,
    grafana_endpoint,
    read_text,
    shelf_of,
    source_finder,
)
from watchglass.serve.params import Params, first, invalid, read_params
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

FORMAT = "watchglass.dashboards/1"


class DashboardSaveApi:
    """What changes dashboards, and what takes them elsewhere."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        bodies = self._parts.options.bodies
        return [
            grafana_endpoint(
                "/api/dashboards/db",
                self.save,
                "Save `{dashboard, folderUid, overwrite, message}`, or a bare dashboard; 412 where it would overwrite"
                " something unseen.",
                ("POST",),
                JSON,
                bodies.dashboard_bytes + ENVELOPE_BYTES,
                "dashboards.size_limit",
            ),
            grafana_endpoint(
                "/api/dashboards/uid/{uid}", self.delete, "Delete a dashboard with its history.", ("DELETE",)
            ),
            grafana_endpoint(
                "/api/dashboards/import",
                self.take,
                "Import one dashboard or many, in any envelope; `conflict` is `ask`, `replace` or `copy`.",
                ("POST",),
                JSON,
                bodies.dashboards_bytes,
                "dashboards.import_limit",
            ),
            grafana_endpoint(
                "/api/dashboards/export", self.export, "All saved dashboards in one document, which import takes back."
            ),
            grafana_endpoint("/api/user/stars", self.stars, "Uids of the dashboards that have a star."),
            grafana_endpoint("/api/user/stars/dashboard/uid/{uid}", self.star, "Star a dashboard.", ("POST",)),
            grafana_endpoint("/api/user/stars/dashboard/uid/{uid}", self.unstar, "Take the star off.", ("DELETE",)),
            grafana_endpoint(
                "/api/v1/watchglass/provisioning",
                self.provisioning,
                "Where dashboards come from on disk, and what is wrong there.",
            ),
            grafana_endpoint(
                "/api/admin/provisioning/dashboards/reload",
                self.reload,
                "Look at the dashboards on disk now.",
                ("POST",),
            ),
        ]

    async def save(self, request: Request) -> Response:
        """Save a dashboard."""
        shelf, collection, by = shelf_of(self._parts), collection_of(self._parts), caller_name(request)
        text = await read_text(request)

        def work() -> Saved:
            draft = read_one(text)
            if draft.uid:
                collection.check_own(draft.uid)
            return shelf.boards.save(draft, by)

        return json_response(saved_answer(await asyncio.to_thread(work)))

    async def delete(self, request: Request) -> Response:
        """Delete a dashboard."""
        board = await asyncio.to_thread(shelf_of(self._parts).boards.delete, request.path_params["uid"])
        message = f"Dashboard {board.title} deleted"
        return json_response({"title": board.title, "message": message, "id": board.number, "uid": board.uid})

    async def take(self, request: Request) -> Response:
        """Import what the body holds, and say what became of each dashboard."""
        shelf, collection, by = shelf_of(self._parts), collection_of(self._parts), caller_name(request)
        params = await read_params(request)
        conflict, folder_uid = _conflict(params), params["folderUid"][0] if "folderUid" in params else None
        text = await read_text(request)

        def work() -> list[Imported]:
            importing = DashboardImport(
                shelf.boards,
                by,
                conflict,
                folder_uid,
                collection.is_automatic,
                find_source=source_finder(self._parts),
            )
            return importing.take(read_bundle(text))

        results = await asyncio.to_thread(work)
        return json_response(_import_answer(results), _import_status(results))

    async def export(self, request: Request) -> Response:
        """Give all saved dashboards, or those named by `uid`, each with its document byte for byte."""
        shelf = shelf_of(self._parts)
        uids = set((await read_params(request)).get("uid", ()))
        boards = [board for board in await asyncio.to_thread(shelf.boards.listed) if not uids or board.uid in uids]
        headers = {"Content-Disposition": 'attachment; filename="dashboards.json"'}
        pieces = _bundle(shelf, boards, self._parts.clock.now_ms())
        return StreamingResponse(pieces, media_type="application/json", headers=headers)

    async def stars(self, _request: Request) -> Response:
        """List what has a star."""
        return json_response(sorted(await asyncio.to_thread(shelf_of(self._parts).stars.all)))

    async def star(self, request: Request) -> Response:
        """Star a dashboard."""
        await asyncio.to_thread(shelf_of(self._parts).stars.add, request.path_params["uid"][:200])
        return json_response({"message": "Dashboard starred!"})

    async def unstar(self, request: Request) -> Response:
        """Take the star off a dashboard."""
        await asyncio.to_thread(shelf_of(self._parts).stars.remove, request.path_params["uid"])
        return json_response({"message": "Dashboard unstarred"})

    async def provisioning(self, _request: Request) -> Response:
        """Say which folders are followed, and what of them cannot be shown as it is."""
        provisioner = shelf_of(self._parts).provisioner
        troubles = [
            {"file": each.file, "message": each.message, "uid": each.uid}
            for each in await asyncio.to_thread(provisioner.troubles)
        ]
        return json_response({"providers": provisioner.shown(), "troubles": troubles})

    async def reload(self, _request: Request) -> Response:
        """Look at what is on disk now, without waiting for the next look."""
        provisioner, now_ms = shelf_of(self._parts).provisioner, self._parts.clock.now_ms()
        await asyncio.to_thread(lambda: provisioner.look(now_ms, at_once=True))
        return json_response({"message": "Dashboards config reloaded"})


def saved_answer(board: Saved) -> Json:
    """What Grafana answers when a dashboard was saved."""
    name = slug(board.title)
    return {
        "id": board.number,
        "uid": board.uid,
        "url": f"/d/{board.uid}/{name}",
        "status": "success",
        "version": board.version,
        "slug": name,
        "folderUid": board.folder_uid,
    }


def _conflict(params: Params) -> str:
    word = first(params, "conflict", "replace" if first(params, "overwrite").lower() == "true" else "ask")
    if word not in CONFLICTS:
        raise invalid("conflict", f'expected one of {", ".join(CONFLICTS)}, not "{word[:100]}"')
    return word


def _import_answer(results: list[Imported]) -> Json:
    words = dict.fromkeys(result.status for result in results)
    counts = {word: sum(result.status == word for result in results) for word in words}
    failed = [result.message for result in results if result.message]
    message = (
        failed[0] if len(results) == 1 and failed else ", ".join(f"{count} {word}" for word, count in counts.items())
    )
    return {"message": message or "nothing to import", "dashboards": [_imported(result) for result in results]}


def _imported(result: Imported) -> Json:
    about = {"status": result.status, "title": result.title, "uid": result.uid, "notes": result.notes}
    if result.board is not None:
        about |= {key: value for key, value in saved_answer(result.board).items() if key != "status"}
    return about | ({"message": result.message} if result.message else {})


def _import_status(results: list[Imported]) -> int:
    """The code of the whole: it is an error only where nothing could be imported."""
    words = {result.status for result in results}
    if not words or words - {"error", "conflict"}:
        return 200
    return 412 if "conflict" in words else 400


def _bundle(shelf: Shelf, boards: list[Saved], now_ms: int) -> Iterator[bytes]:
    """The pieces of an export: folders, then every dashboard as Grafana's `{dashboard, meta}`."""
    folders = {folder.uid: folder for folder in shelf.folders.listed()}
    head = {
        "format": FORMAT,
        "exported": timestamp(now_ms),
        "folders": [folder_shown(each) for each in folders.values()],
    }
    yield encode_json(head)[:-1] + b',"dashboards":['
    number = 0
    for number, (board, text) in enumerate(shelf.boards.documents(boards), 1):
        meta = saved_meta(board, folders.get(board.folder_uid), starred=False) | {"uid": board.uid}
        yield b'%b\n{"meta":%b,"dashboard":%b}' % (b"," if number > 1 else b"", encode_json(meta), text.encode())
    yield b'\n],"left_out":%d}\n' % (len(boards) - number)
