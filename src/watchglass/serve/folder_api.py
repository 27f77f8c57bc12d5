"""Folders of dashboards, at Grafana's addresses.

Source: Grafana, docs/developers/http_api/folder.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from watchglass.dashboards.summary import folder_shown
from watchglass.serve.envelope import json_response
from watchglass.serve.grafana import JSON, caller_name, grafana_endpoint, read_object, shelf_of, text_of, whole_of
from watchglass.serve.params import first, limit_param, read_params
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

DEFAULT_FOLDERS = 1000
PACK = "pack-"
"""How the uids of folders of packs begin."""


class FolderApi:
    """`/api/folders`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        one = "/api/folders/{uid}"
        return [
            grafana_endpoint("/api/folders", self.listed, "Folders by title; `parentUid` narrows them."),
            grafana_endpoint("/api/folders", self.create, "Make a folder: `{title, uid}`.", ("POST",), JSON),
            grafana_endpoint(one, self.show, "One folder."),
            grafana_endpoint(one, self.rename, "Rename a folder: `{title, version, overwrite}`.", ("PUT",), JSON),
            grafana_endpoint(one, self.delete, "Delete a folder and every dashboard in it.", ("DELETE",)),
        ]

    async def listed(self, request: Request) -> Response:
        """List the folders."""
        params = await read_params(request)
        folders = await asyncio.to_thread(shelf_of(self._parts).folders.listed)
        if "parentUid" in params:
            folders = [folder for folder in folders if folder.parent_uid == first(params, "parentUid")]
        size = limit_param(params) or DEFAULT_FOLDERS
        start = size * (max(1, limit_param(params, "page")) - 1)
        return json_response([folder_shown(folder) for folder in folders[start : start + size]])

    async def create(self, request: Request) -> Response:
        """Make a folder."""
        given, folders, by = await read_object(request), shelf_of(self._parts).folders, caller_name(request)
        title, uid, parent_uid = (text_of(given, key) for key in ("title", "uid", "parentUid"))
        return json_response(folder_shown(await asyncio.to_thread(folders.create, title, by, uid, parent_uid)))

    async def show(self, request: Request) -> Response:
        """Show a folder."""
        folders, uid = shelf_of(self._parts).folders, request.path_params["uid"]
        packs = self._parts.packs
        if (
            packs is not None
            and uid.startswith(PACK)
            and (shown := await asyncio.to_thread(lambda: packs().folder(uid)))
        ):
            return json_response(shown)
        return json_response(folder_shown(await asyncio.to_thread(folders.get, uid)))

    async def rename(self, request: Request) -> Response:
        """Give a folder another title."""
        given, folders, by = await read_object(request), shelf_of(self._parts).folders, caller_name(request)
        title, version, uid = text_of(given, "title"), whole_of(given, "version"), request.path_params["uid"]
        overwrite = given.get("overwrite") is True
        folder = await asyncio.to_thread(lambda: folders.rename(uid, title, by, version, overwrite=overwrite))
        return json_response(folder_shown(folder))

    async def delete(self, request: Request) -> Response:
        """Delete a folder and what is in it."""
        folder = await asyncio.to_thread(shelf_of(self._parts).folders.delete, request.path_params["uid"])
        message = f"Folder {folder.title} deleted"
        return json_response({"message": message, "id": folder.number, "title": folder.title})
