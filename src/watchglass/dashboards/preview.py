"""What an import would bring, said before anything is saved: panels, what is translated, and what is there already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from watchglass.dashboards.answers import FindSource, answered
from watchglass.dashboards.envelope import GENERAL, Draft
from watchglass.dashboards.grafana import Json, every_panel, safe_uid, slug
from watchglass.dashboards.json_text import parse
from watchglass.dashboards.reading import read_view
from watchglass.dashboards.records import Saved
from watchglass.dashboards.refusal import RefusalError
from watchglass.dashboards.report import asks_elsewhere
from watchglass.dashboards.saved import SavedDashboards
from watchglass.errors import DashboardError

_INPUT = ("name", "label", "description", "type", "pluginId", "pluginName", "value")
_TEXT_CHARS = 500


class Preview:
    """Says of drafts what saving them would mean.

    Args:
        boards: where they would go.
        folder_uid: the folder for all of them; None leaves each where it says that it belongs.
        is_automatic: tells the uids of dashboards that nobody saves.
        find_source: tells the data sources that answers to inputs may name.
    """

    def __init__(
        self,
        boards: SavedDashboards,
        folder_uid: str | None = None,
        is_automatic: Callable[[str], bool] = lambda _: False,
        *,
        find_source: FindSource = lambda uid: uid,
    ) -> None:
        self._boards, self._folder_uid, self._is_automatic = boards, folder_uid, is_automatic
        self._find_source = find_source

    def of(self, draft: Draft | RefusalError) -> Json:
        """What is to be shown of a draft; where it cannot be taken, `message` says why."""
        if isinstance(draft, RefusalError):
            return {"message": str(draft)}
        try:
            return self._of(answered(draft, self._find_source)[0])
        except (RefusalError, DashboardError) as error:
            return {"title": draft.title, "uid": draft.uid, "message": str(error)}

    def _of(self, draft: Draft) -> Json:
        wanted = replace(draft, uid=safe_uid(draft.uid) if draft.uid else "")
        self._boards.check(replace(wanted, title=draft.title or "Untitled"))
        seen = read_view(draft.text)
        folder_uid, folder_title = self._folder(wanted)
        there = self._boards.find(wanted.uid) if wanted.uid else self._boards.twin(wanted, folder_uid)
        return {
            "title": draft.title,
            "uid": wanted.uid,
            "description": draft.description,
            "tags": list(draft.tags),
            "bytes": len(draft.text.encode("utf-8", "replace")),
            "folderUid": folder_uid,
            "folderTitle": folder_title,
            "inputs": list(_inputs(parse(draft.text))),
            "panels": list(_panels(seen.board["panels"])),
            "notes": [*seen.notes, *_elsewhere(seen.board)],
            "there": self._there(wanted, there, same=there is not None and self._boards.document(there) == draft.text),
        }

    def _folder(self, draft: Draft) -> tuple[str, str]:
        """The folder where a draft would be: its uid, empty for none and for one that is not there yet, and its title."""
        if self._folder_uid is not None:
            uid = "" if self._folder_uid in GENERAL else self._folder_uid
            return uid, self._boards.folders.get(uid).title if uid else ""
        folders = self._boards.folders
        found = folders.find(draft.folder_uid) if draft.folder_uid else folders.numbered(draft.folder_number)
        return (found.uid, found.title) if found else ("", draft.folder_title if draft.folder_uid else "")

    def _there(self, draft: Draft, board: Saved | None, *, same: bool) -> Json | None:
        """What has the same uid already, or without one the same title in the same folder."""
        if board is None:
            automatic = draft.uid != "" and self._is_automatic(draft.uid)
            return {"uid": draft.uid, "title": draft.title, "canSave": False, "same": False} if automatic else None
        folder = self._boards.folders.find(board.folder_uid) if board.folder_uid else None
        return {
            "uid": board.uid,
            "title": board.title,
            "url": f"/d/{board.uid}/{slug(board.title)}",
            "folderTitle": folder.title if folder else "",
            "version": board.version,
            "updatedMs": board.updated_ms,
            "updatedBy": board.updated_by,
            "canSave": board.can_save,
            "file": board.provision.external_id,
            "same": same,
        }


def _panels(panels: list[Json], row: str = "") -> Iterator[Json]:
    """Panels in reading order, each with the title of its row."""
    for panel in panels:
        title = str(panel.get("title", ""))[:_TEXT_CHARS]
        if panel.get("type") == "row":
            row = title
            yield from _panels(panel.get("panels", []), row)
        else:
            yield {"id": panel.get("id"), "title": title, "type": panel.get("type", ""), "row": row}


def _elsewhere(board: Json) -> Iterator[Json]:
    """A note on each panel that asks a kind of source that is not there, in the form of the others."""
    for panel in every_panel(board):
        if said := asks_elsewhere(panel):
            yield {"panelId": panel["id"], "path": "targets", "rule": "missing-source", "message": said}


def _inputs(document: Any) -> Iterator[Json]:
    """What a shared dashboard asks whoever imports it for."""
    inputs = document.get("__inputs") if isinstance(document, dict) else None
    for entry in inputs if isinstance(inputs, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            yield {key: entry[key][:_TEXT_CHARS] for key in _INPUT if isinstance(entry.get(key), str)}
