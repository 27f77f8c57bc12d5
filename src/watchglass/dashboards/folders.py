"""Folders of dashboards, in `meta.db`, with Grafana's rules.

Source: Grafana, docs/developers/http_api/folder; pkg/services/folder/model.go.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from watchglass.clock import Clock
from watchglass.dashboards.grafana import safe_uid, slug
from watchglass.dashboards.refusal import RefusalError, no_folder
from watchglass.dashboards.trash import Trash
from watchglass.store.meta import MetaStore

SCHEMA = (
    """
    CREATE TABLE folder (id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
        parent_uid TEXT NOT NULL, version INTEGER NOT NULL, created_ms INTEGER NOT NULL, created_by TEXT NOT NULL,
        updated_ms INTEGER NOT NULL, updated_by TEXT NOT NULL)
    """,
)
MAX_FOLDERS = 5000
MAX_TITLE = 500
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_COLUMNS = "id, uid, title, parent_uid, version, created_ms, created_by, updated_ms, updated_by"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; times are ms."""

    number: int  # its `id`
    uid: str
    title: str
    parent_uid: str  # kept for others; every folder is shown at one level
    version: int
    created_ms: int
    created_by: str
    updated_ms: int
    updated_by: str

    @property
    def url(self) -> str:
        """Where it is shown."""
        return f"/dashboards/f/{self.uid}/{slug(self.title)}"


class Folders:
    """Makes, gives, renames and deletes folders."""

    def __init__(self, meta: MetaStore, clock: Clock, trash: Trash | None = None) -> None:
        meta.bring("folders", SCHEMA)
        self._meta, self._clock = meta, clock
        self.trash = trash or Trash(meta, clock)

    def listed(self) -> list[Folder]:
        """Every folder, by title."""
        return [Folder(*row) for row in self._meta.rows(f"SELECT {_COLUMNS} FROM folder ORDER BY title COLLATE NOCASE")]  # noqa: S608 - a constant

    def find(self, uid: str) -> Folder | None:
        """A folder by its uid; None where there is none."""
        return self._where("uid = ?", uid)

    def numbered(self, number: int) -> Folder | None:
        """A folder by its `id`; None where there is none."""
        return self._where("id = ?", number)

    def titled(self, title: str) -> Folder | None:
        """A folder by its title; None where there is none."""
        return self._where("title = ?", title)

    def get(self, uid: str) -> Folder:
        """A folder.

        Raises:
            RefusalError: there is none (404).
        """
        found = self.find(uid)
        if found is None:
            raise no_folder()
        return found

    def create(self, title: str, by: str, uid: str = "", parent_uid: str = "") -> Folder:
        """Make a folder.

        Raises:
            RefusalError: its title is empty, its uid wrong (400), or there is one of that title or uid (409).
        """
        title = _checked(title)
        if uid and not _UID.fullmatch(uid):
            raise RefusalError(
                "uid contains illegal characters" if len(uid) <= 40 else "uid too long, max 40 characters"
            )
        with self._meta.transaction() as con:
            self._check_free(title, uid)
            now_ms = self._clock.now_ms()
            con.execute(
                "INSERT INTO folder (uid, title, parent_uid, version, created_ms, created_by, updated_ms, updated_by)"
                " VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
                (uid := uid or self._new_uid(title), title, parent_uid, now_ms, by, now_ms, by),
            )
            return self.get(uid)

    def ensure(self, title: str, by: str, uid: str = "") -> Folder:
        """The folder of that uid, or else of that title; made where there is none."""
        with self._meta.transaction():
            found = (self.find(uid) if uid else None) or self.titled(title)
            return found or self.create(title, by, uid)

    def rename(self, uid: str, title: str, by: str, version: int, *, overwrite: bool = False) -> Folder:
        """Give a folder another title.

        Raises:
            RefusalError: there is none (404), the title is empty (400) or taken (409), or somebody else changed it (412).
        """
        title = _checked(title)
        with self._meta.transaction() as con:
            folder = self.get(uid)
            if folder.version != version and not overwrite:
                raise RefusalError(
                    "the folder has been changed by someone else",
                    status=412,
                    reason="version-mismatch",
                    yourVersion=version,
                    currentVersion=folder.version,
                )
            if title != folder.title:
                self._check_free(title)
            con.execute(
                "UPDATE folder SET title = ?, version = version + 1, updated_ms = ?, updated_by = ? WHERE uid = ?",
                (title, self._clock.now_ms(), by, uid),
            )
            return self.get(uid)

    def delete(self, uid: str) -> Folder:
        """Delete a folder and every dashboard in it, as Grafana does.

        Raises:
            RefusalError: there is none (404), or it holds dashboards that come from files (400).
        """
        with self._meta.transaction() as con:
            folder = self.get(uid)
            provisioned = self._meta.rows("SELECT title FROM dashboard WHERE folder_uid = ? AND provider != ''", (uid,))
            if provisioned:
                titles = ", ".join(title for (title,) in provisioned[:5])
                raise RefusalError(f"the folder holds provisioned dashboards, which cannot be deleted: {titles}")
            self.trash.discard(con, "folder_uid = ?", uid)
            con.execute("DELETE FROM folder WHERE uid = ?", (uid,))
            return folder

    def _where(self, condition: str, value: str | int) -> Folder | None:
        row: tuple[Any, ...] | None = self._meta.row(f"SELECT {_COLUMNS} FROM folder WHERE {condition}", (value,))  # noqa: S608 - constants
        return Folder(*row) if row else None

    def _check_free(self, title: str, uid: str = "") -> None:
        if self.titled(title) is not None:
            raise RefusalError("a folder with the same name already exists in the current location", status=409)
        if uid and self.find(uid) is not None:
            raise RefusalError("a folder with the same uid already exists", status=409)
        ((count,),) = self._meta.rows("SELECT count(*) FROM folder")
        if count >= MAX_FOLDERS:
            raise RefusalError(f"there are {count} folders already; no more are kept")

    def _new_uid(self, title: str) -> str:
        uid = safe_uid(slug(title))
        while uid == "-" or self.find(uid) is not None:
            uid = safe_uid(f"{slug(title)[:24].strip('-')}-{secrets.token_hex(4)}".lstrip("-"))
        return uid


def _checked(title: str) -> str:
    title = title.strip()
    if not title:
        raise RefusalError("folder title cannot be empty")
    if len(title) > MAX_TITLE:
        raise RefusalError(f"folder title is longer than {MAX_TITLE} characters")
    if title.casefold() in {"general", "dashboards"}:
        raise RefusalError(f'a folder cannot be called "{title}": it means no folder', status=409)
    return title
