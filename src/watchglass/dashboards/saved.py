"""Saved dashboards: the document of each as it came, with every version that is kept, in `meta.db`.

Saving follows Grafana: a document that names the version it was made from is refused where that is not the newest, so
that of two people who save at once neither overwrites the other unseen.
Source: Grafana, pkg/services/dashboards/database/database.go (validation before saving); HTTP API of dashboards.
"""

from __future__ import annotations

import logging
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace

from prometheus_client import CollectorRegistry

from watchglass.clock import Clock
from watchglass.dashboards.envelope import GENERAL, Draft
from watchglass.dashboards.folders import Folders
from watchglass.dashboards.records import (
    COLUMNS,
    MAX_UID,
    PROVISIONING,
    SCHEMA,
    Provision,
    Saved,
    SaveLimits,
    as_saved,
    new_uid,
    packed,
    provision_values,
    tags_json,
    unpacked,
)
from watchglass.dashboards.refusal import (
    RefusalError,
    here_again,
    no_dashboard,
    no_folder,
    no_version,
    read_only,
    taken,
)
from watchglass.dashboards.save_metrics import SaveMetrics
from watchglass.dashboards.trash import TRASH_SCHEMA
from watchglass.errors import StoreError
from watchglass.store.meta import MetaStore

_log = logging.getLogger("watchglass.dashboards")

_UID = re.compile(r"[A-Za-z0-9_-]+")


class SavedDashboards:
    """Saves, gives and deletes dashboards.

    Args:
        meta: where they are kept.
        folders: where a dashboard may lie.
        clock: tells when something was saved.
        limits: bounds on what is kept.
        registry: where the part's own metrics go.
    """

    def __init__(
        self,
        meta: MetaStore,
        folders: Folders,
        clock: Clock,
        limits: SaveLimits | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        meta.bring("dashboards", (*SCHEMA, *TRASH_SCHEMA))
        self.meta, self.folders, self.limits = meta, folders, limits or SaveLimits()
        self.trash, self._clock = folders.trash, clock
        self.trash.tidy()
        self._metrics = SaveMetrics(registry, meta)

    def listed(self) -> list[Saved]:
        """Every saved dashboard, by title."""
        rows = self.meta.rows(f"SELECT {COLUMNS} FROM dashboard ORDER BY title COLLATE NOCASE, id")  # noqa: S608 - a constant
        return [as_saved(row) for row in rows]

    def provisioned(self) -> list[Saved]:
        """Every dashboard that comes from a file."""
        return [as_saved(row) for row in self.meta.rows(f"SELECT {COLUMNS} FROM dashboard WHERE provider != ''")]  # noqa: S608 - a constant

    def find(self, uid: str) -> Saved | None:
        """A saved dashboard; None where there is none."""
        return self._where("uid = ?", uid)

    def get(self, uid: str) -> Saved:
        """A saved dashboard.

        Raises:
            RefusalError: there is none (404).
        """
        found = self.find(uid)
        if found is None:
            raise no_dashboard()
        return found

    def document(self, board: Saved, version: int = 0) -> str:
        """The document of a dashboard as it came; of the newest version, or of another one.

        Raises:
            RefusalError: that version is not kept (404).
        """
        row = self.meta.row(
            "SELECT document FROM dashboard_version WHERE dashboard = ? AND version = ?",
            (board.number, version or board.version),
        )
        if row is None:
            raise no_version()
        return unpacked(row[0], board.uid)

    def documents(self, boards: Iterable[Saved]) -> Iterator[tuple[Saved, str]]:
        """Dashboards with their documents, one at a time; those deleted meanwhile, and damaged ones, are left out."""
        for board in boards:
            row = self.meta.row(
                "SELECT document FROM dashboard_version WHERE dashboard = ? ORDER BY version DESC LIMIT 1",
                (board.number,),
            )
            try:
                text = unpacked(row[0], board.uid) if row else None
            except StoreError as error:
                _log.error("a dashboard is left out", extra={"uid": board.uid, "error": str(error)})
                continue
            if text is not None:
                yield board, text

    def save(self, draft: Draft, by: str, *, restored_from: int = 0) -> Saved:
        """Save what somebody sends: a new dashboard, or a new version of the one that it names.

        Raises:
            RefusalError: it is too large, has no title or a wrong uid (400), its folder is not there (404), or it would
                overwrite something unseen (412).
            StoreError: it cannot be written.
        """
        with self._metrics.counted(), self.meta.transaction() as con:
            self.check(draft)
            folder_uid = self._folder_of(draft)
            existing = self._replaced(draft, folder_uid)
            if existing is not None and not existing.can_save:
                raise read_only(existing.title, f"comes from the file {existing.provision.external_id}")
            if existing is not None and existing.version != draft.version and not draft.overwrite:
                raise self._mismatch(existing, draft)
            provision = existing.provision if existing else Provision()
            return self._write(
                con, replace(draft, folder_uid=folder_uid), existing, by, provision, restored_from=restored_from
            )

    def provide(self, draft: Draft, provision: Provision) -> Saved:
        """Save what a file holds; over what has its uid, unless that is a person's.

        Raises:
            RefusalError: it is too large, or its uid is wrong (400), or that of a person's dashboard (412).
            StoreError: it cannot be written.
        """
        with self._metrics.counted(), self.meta.transaction() as con:
            self.check(draft)
            there = self.find(draft.uid)
            if there is not None and not there.is_provisioned and self._was_edited(there):
                raise taken(there.uid, there.title)
            return self._write(con, draft, there, PROVISIONING, provision)

    def release(self, board: Saved) -> None:
        """Let a dashboard be one that people save: its file is gone."""
        with self.meta.transaction() as con:
            con.execute(
                "UPDATE dashboard SET provider = '', external_id = '', checksum = '', may_edit = 0 WHERE id = ?",
                (board.number,),
            )

    def note_file(self, board: Saved, provision: Provision) -> None:
        """Note where the file of a dashboard is now, and whose; its content is the same."""
        with self.meta.transaction() as con:
            con.execute(
                "UPDATE dashboard SET provider = ?, external_id = ?, checksum = ?, may_edit = ? WHERE id = ?",
                (*provision_values(provision), board.number),
            )

    def delete(self, uid: str, *, provisioned: bool = False) -> Saved:
        """Delete a dashboard with its history; one of which people saved a version can be had back for a while.

        Raises:
            RefusalError: there is none (404), or it comes from a file (400) and `provisioned` is not said.
        """
        with self.meta.transaction() as con:
            board = self.get(uid)
            if board.is_provisioned and not provisioned:
                raise RefusalError("provisioned dashboard cannot be deleted", detail=board.provision.external_id)
            if board.is_provisioned and not self._was_edited(board):
                con.execute("DELETE FROM dashboard WHERE id = ?", (board.number,))
            else:
                self.trash.discard(con, "id = ?", board.number)
            return board

    def bring_back(self, uid: str, number: int = 0, *, copy: bool = False) -> Saved:
        """Undo a deletion, with all that was kept of the dashboard: the last of that uid, or the one of that number.

        Args:
            uid: what it had.
            number: its `id`; 0 for the last one that was deleted.
            copy: where its uid is that of another dashboard now it gets a new one.

        Raises:
            RefusalError: none of that uid was deleted lately (404), or there is one again (412).
        """
        with self.meta.transaction():
            self._check_room()
            board, there = self.trash.find(uid, number), self.find(uid)
            if there is not None and not copy:
                raise here_again(uid, there.title)
            free = uid if there is None else self._new_uid(board.title)
            self.trash.give_back(board, free)
            return self.get(free)

    def check(self, draft: Draft) -> None:
        """Refuse a draft that can be none of ours, whatever there is.

        Raises:
            RefusalError: it is too large, has no title or a wrong uid (400).
        """
        size, limit = len(draft.text.encode("utf-8", "replace")), self.limits.document_bytes
        if size > limit:
            raise RefusalError(
                f"the dashboard is {size} bytes long; at most {limit} are taken (dashboards.size_limit)",
                status=413,
                reason="too-large",
            )
        if not draft.title:
            raise RefusalError("Dashboard title cannot be empty", reason="empty-name")
        if draft.uid and not _UID.fullmatch(draft.uid):
            raise RefusalError("uid contains illegal characters", reason="invalid-uid")
        if len(draft.uid) > MAX_UID:
            raise RefusalError(f"uid too long, max {MAX_UID} characters", reason="invalid-uid")

    def twin(self, draft: Draft, folder_uid: str) -> Saved | None:
        """The dashboard of the same title in the same folder."""
        return self._where("title = ? AND folder_uid = ?", draft.title, folder_uid)

    def has_namesake(self, board: Saved) -> bool:
        """Whether another dashboard of the same folder has the same title."""
        same = self._where("title = ? AND folder_uid = ? AND id != ?", board.title, board.folder_uid, board.number)
        return same is not None

    # --- within a transaction --------------------------------------------------------------------------------------

    def _was_edited(self, board: Saved) -> bool:
        """Whether any version that is kept is not a file's, but a person's."""
        return (
            self.meta.row(
                "SELECT 1 FROM dashboard_version WHERE dashboard = ? AND created_by != ? LIMIT 1",
                (board.number, PROVISIONING),
            )
            is not None
        )

    def _where(self, condition: str, *values: str | int) -> Saved | None:
        row = self.meta.row(f"SELECT {COLUMNS} FROM dashboard WHERE {condition} ORDER BY id LIMIT 1", values)  # noqa: S608 - constants
        return as_saved(row) if row else None

    def _folder_of(self, draft: Draft) -> str:
        """The uid of the folder that a draft is meant for."""
        if draft.folder_uid not in GENERAL:
            return self.folders.get(draft.folder_uid).uid
        if draft.folder_number:
            found = self.folders.numbered(draft.folder_number)
            if found is None:
                raise no_folder()
            return found.uid
        return ""

    def _replaced(self, draft: Draft, folder_uid: str) -> Saved | None:
        """The dashboard of which a draft is a new version; None for a new one.

        A number counts only without a uid: it means something on the machine alone that gave it.
        """
        existing = self.find(draft.uid) if draft.uid else self._where("id = ?", draft.number)
        twin = self.twin(draft, folder_uid)
        if twin is None or existing is not None:
            return existing
        if draft.overwrite:
            return None if draft.uid else twin
        raise RefusalError(
            "A dashboard with the same name in the folder already exists",
            status=412,
            reason="name-exists",
            uid=twin.uid,
        )

    def _mismatch(self, existing: Saved, draft: Draft) -> RefusalError:
        """The refusal that names both versions, so that a merge can be offered."""
        return RefusalError(
            "The dashboard has been changed by someone else",
            status=412,
            reason="version-mismatch",
            uid=existing.uid,
            yourVersion=draft.version,
            currentVersion=existing.version,
            updatedBy=existing.updated_by,
            updatedMs=existing.updated_ms,
        )

    def _write(
        self,
        con: sqlite3.Connection,
        draft: Draft,
        existing: Saved | None,
        by: str,
        provision: Provision,
        *,
        restored_from: int = 0,
    ) -> Saved:
        now_ms = self._clock.now_ms()
        number = existing.number if existing else self._begin(con, draft, by, now_ms)
        version = existing.version + 1 if existing else 1
        con.execute(
            "UPDATE dashboard SET folder_uid = ?, title = ?, description = ?, tags = ?, version = ?, updated_ms = ?, updated_by = ?,"
            " provider = ?, external_id = ?, checksum = ?, may_edit = ? WHERE id = ?",
            (
                draft.folder_uid,
                draft.title,
                draft.description,
                tags_json(draft),
                version,
                now_ms,
                by,
                *provision_values(provision),
                number,
            ),
        )
        con.execute(
            "INSERT INTO dashboard_version (dashboard, version, parent_version, restored_from, created_ms, created_by,"
            " message, document) VALUES (?,?,?,?,?,?,?,?)",
            (number, version, version - 1, restored_from, now_ms, by, draft.message, packed(draft.text)),
        )
        if self.limits.versions:
            oldest = version - self.limits.versions
            con.execute("DELETE FROM dashboard_version WHERE dashboard = ? AND version <= ?", (number, oldest))
        written = self._where("id = ?", number)
        assert written is not None
        return written

    def _begin(self, con: sqlite3.Connection, draft: Draft, by: str, now_ms: int) -> int:
        """The number of a new dashboard, whose row is to be filled in."""
        self._check_room()
        uid = draft.uid or self._new_uid(draft.title)
        number = con.execute(
            "INSERT INTO dashboard (uid, folder_uid, title, description, tags, version, created_ms, created_by, updated_ms, updated_by,"
            " provider, external_id, checksum, may_edit) VALUES (?, '', '', '', '[]', 0, ?, ?, 0, '', '', '', '', 0)",
            (uid, now_ms, by),
        ).lastrowid
        assert number is not None
        return number

    def _check_room(self) -> None:
        ((count,),) = self.meta.rows("SELECT count(*) FROM dashboard")
        if count >= self.limits.dashboards:
            raise RefusalError(f"there are {count} dashboards already; no more are kept (dashboards.limit)")

    def _new_uid(self, title: str) -> str:
        """A uid that nobody has: readable, with a few letters that keep it apart."""
        uid = new_uid(title, title)
        while self.find(uid) is not None:
            uid = new_uid(title, secrets.token_hex(8))
        return uid
