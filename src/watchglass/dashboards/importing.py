"""Importing dashboards, one or many: nothing of a document is lost, and nothing that is there is lost to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from watchglass.dashboards.answers import FindSource, answered
from watchglass.dashboards.envelope import GENERAL, Bundle, Draft
from watchglass.dashboards.grafana import Json, safe_uid
from watchglass.dashboards.reading import read_view
from watchglass.dashboards.records import MAX_UID, Saved, new_uid
from watchglass.dashboards.refusal import RefusalError
from watchglass.dashboards.saved import SavedDashboards
from watchglass.errors import DashboardError

UNTITLED = "Untitled"
CONFLICTS = ("ask", "replace", "copy")


@dataclass(slots=True)
class Imported:
    """What became of one document.

    Attributes:
        status: `created`, `updated`, `unchanged`, `conflict` (it is there already, and differs) or `error`.
        board: as it is saved now; None where it is not.
        message: why it is not.
        notes: what was changed about it to save it, and what is translated to show it.
    """

    status: str
    title: str = ""
    uid: str = ""
    board: Saved | None = None
    message: str = ""
    notes: list[Json] = field(default_factory=list)


class DashboardImport:
    """Takes one bundle in.

    Args:
        boards: where it goes.
        by: who sends it.
        conflict: what to do with a dashboard whose uid, or without one whose title and folder, is there already and
            differs: `ask` leaves it and says so, `replace` makes it a new version, `copy` saves it under another uid.
        folder_uid: where all of them go; None leaves each where it says that it belongs.
        is_automatic: tells the uids of dashboards that nobody saves.
        find_source: tells the data sources that answers to inputs may name.
    """

    def __init__(
        self,
        boards: SavedDashboards,
        by: str,
        conflict: str = "ask",
        folder_uid: str | None = None,
        is_automatic: Callable[[str], bool] = lambda _: False,
        *,
        find_source: FindSource = lambda uid: uid,
    ) -> None:
        self._boards, self._by, self._conflict, self._find_source = boards, by, conflict, find_source
        self._folder_uid, self._is_automatic = folder_uid, is_automatic

    def take(self, bundle: Bundle) -> list[Imported]:
        """Import all of them; one that cannot be is reported in its place.

        Raises:
            RefusalError: the folder for all of them is not there (404).
            StoreError: nothing was written.
        """
        if self._folder_uid not in {None, *GENERAL}:
            self._boards.folders.get(str(self._folder_uid))
        read = [self._read(draft) for draft in bundle.drafts]
        with self._boards.meta.transaction():
            for folder in bundle.folders:
                self._take_folder(folder)
            return [each if isinstance(each, Imported) else self._tried(*each) for each in read]

    def _read(self, draft: Draft | RefusalError) -> Imported | tuple[Draft, list[Json]]:
        """A draft that is a dashboard, with notes on what is translated to show it; or what is wrong with it."""
        if isinstance(draft, RefusalError):
            return Imported("error", message=str(draft))
        try:
            draft, said = answered(draft, self._find_source)
            return draft, [_note("__inputs", each) for each in said] + read_view(draft.text).notes
        except (DashboardError, RefusalError) as error:
            return Imported("error", draft.title, draft.uid, message=str(error))

    def _take_folder(self, folder: Mapping[str, Any]) -> None:
        title, uid = folder.get("title"), folder.get("uid")
        if isinstance(title, str) and isinstance(uid, str):
            self._folder(uid, title)

    def _tried(self, draft: Draft, translated: list[Json]) -> Imported:
        try:
            return self._take(draft, translated)
        except RefusalError as error:
            return Imported("error", draft.title, draft.uid, message=str(error))

    def _take(self, draft: Draft, translated: list[Json]) -> Imported:
        notes: list[Json] = []
        draft = self._placed(self._mended(draft, notes), notes)
        self._boards.check(draft)
        there = self._boards.find(draft.uid) if draft.uid else self._boards.twin(draft, draft.folder_uid)
        if there is not None and self._boards.document(there) == draft.text:
            return Imported("unchanged", there.title, there.uid, there, notes=notes + translated)
        is_taken = there is not None or (draft.uid != "" and self._is_automatic(draft.uid))
        if is_taken and self._conflict == "ask" and not draft.overwrite:
            return self._asked(draft, there)
        if there is not None and there.can_save and self._conflict != "copy":
            draft = replace(draft, uid=there.uid)
        elif is_taken:
            notes.append(_note("uid", f"{draft.uid or draft.title} is there already: this one is a copy of its own"))
            draft = replace(draft, uid=self._free_uid(draft))
        board = self._boards.save(replace(draft, overwrite=True, number=0, folder_number=0), self._by)
        status = "created" if board.version == 1 else "updated"
        return Imported(status, board.title, board.uid, board, notes=notes + translated)

    def _asked(self, draft: Draft, there: Saved | None) -> Imported:
        """The answer where somebody has to decide."""
        title = there.title if there else draft.title
        why = "" if there and there.can_save else ", read-only"
        message = f'"{title}" is there already{why}, and differs: replace it, or import this one as a copy'
        return Imported("conflict", draft.title, there.uid if there else draft.uid, there, message)

    def _mended(self, draft: Draft, notes: list[Json]) -> Draft:
        """With a title, and with a uid that can be part of an address."""
        if not draft.title:
            notes.append(_note("title", f'it has no title, and is called "{UNTITLED}"'))
            draft = replace(draft, title=UNTITLED)
        if draft.uid and (safe_uid(draft.uid) != draft.uid or len(draft.uid) > MAX_UID):
            uid = safe_uid(draft.uid)
            notes.append(_note("uid", f'the uid "{draft.uid[:80]}" cannot be part of an address; it is {uid} here'))
            draft = replace(draft, uid=uid)
        return draft

    def _placed(self, draft: Draft, notes: list[Json]) -> Draft:
        """With the uid of a folder that is there."""
        if self._folder_uid is not None:
            return replace(draft, folder_uid="" if self._folder_uid in GENERAL else self._folder_uid)
        if not draft.folder_uid:
            return self._numbered(draft, notes)
        uid = self._folder(draft.folder_uid, draft.folder_title)
        if uid is None:
            notes.append(_note("folderUid", f"the folder {draft.folder_uid} is not here; it is in none"))
        return replace(draft, folder_uid=uid or "")

    def _numbered(self, draft: Draft, notes: list[Json]) -> Draft:
        """In the folder whose `id` the envelope gives."""
        folder = self._boards.folders.numbered(draft.folder_number) if draft.folder_number else None
        if draft.folder_number and folder is None:
            notes.append(_note("folderId", f"the folder {draft.folder_number} is not here; it is in none"))
        return replace(draft, folder_uid=folder.uid) if folder else draft

    def _folder(self, uid: str, title: str) -> str | None:
        """The uid of a folder that is there, or can be made."""
        folders = self._boards.folders
        found = folders.find(uid)
        if found is None and title:
            found = folders.ensure(title, self._by, safe_uid(uid) if uid else "")
        return found.uid if found else None

    def _free_uid(self, draft: Draft) -> str:
        uid = new_uid(draft.title, draft.text)
        while self._boards.find(uid) is not None:
            uid = new_uid(draft.title, uid)
        return uid


def _note(path: str, message: str) -> Json:
    return {"panelId": None, "path": path, "rule": "import", "message": message}
