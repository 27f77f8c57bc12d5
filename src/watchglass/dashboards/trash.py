"""Dashboards that were deleted, with their history: for a while they can be had back.

They lie in tables of their own, so that nothing else has to know of them.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from watchglass.clock import Clock
from watchglass.dashboards.records import COLUMNS, Saved, as_saved
from watchglass.dashboards.refusal import no_dashboard
from watchglass.store.meta import MetaStore

TRASH_SCHEMA = (
    """
    CREATE TABLE deleted_dashboard (id INTEGER PRIMARY KEY, uid TEXT NOT NULL, folder_uid TEXT NOT NULL,
        title TEXT NOT NULL, description TEXT NOT NULL, tags TEXT NOT NULL, version INTEGER NOT NULL,
        created_ms INTEGER NOT NULL, created_by TEXT NOT NULL, updated_ms INTEGER NOT NULL, updated_by TEXT NOT NULL,
        provider TEXT NOT NULL, external_id TEXT NOT NULL, checksum TEXT NOT NULL, may_edit INTEGER NOT NULL,
        deleted_ms INTEGER NOT NULL);
    CREATE INDEX deleted_dashboard_uid ON deleted_dashboard (uid);
    CREATE TABLE deleted_dashboard_version (id INTEGER PRIMARY KEY,
        dashboard INTEGER NOT NULL REFERENCES deleted_dashboard ON DELETE CASCADE, version INTEGER NOT NULL,
        parent_version INTEGER NOT NULL, restored_from INTEGER NOT NULL, created_ms INTEGER NOT NULL,
        created_by TEXT NOT NULL, message TEXT NOT NULL, document BLOB NOT NULL);
    CREATE INDEX deleted_dashboard_version_of ON deleted_dashboard_version (dashboard)
    """,
    "ALTER TABLE deleted_dashboard ADD COLUMN folder_title TEXT NOT NULL DEFAULT ''",
)
_VERSION = "id, dashboard, version, parent_version, restored_from, created_ms, created_by, message, document"
_FOLDER_TITLE = "coalesce((SELECT title FROM folder WHERE uid = folder_uid), '')"
_NEWEST_FIRST = "ORDER BY deleted_ms DESC, id DESC"
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class TrashLimits:
    """Bounds on what is kept of what was deleted."""

    kept_ms: int = 30 * DAY_MS
    dashboards: int = 1000  # beyond it those go that were deleted first


@dataclass(frozen=True, slots=True)
class Deleted:
    """A dashboard that was deleted; times are ms."""

    board: Saved
    folder_title: str  # as it was called; empty for none
    deleted_ms: int
    gone_ms: int  # when it cannot be had back any more


class Trash:
    """Puts dashboards aside, lists them, gives them back, and forgets them."""

    def __init__(self, meta: MetaStore, clock: Clock, limits: TrashLimits | None = None) -> None:
        self._meta, self._clock, self.limits = meta, clock, limits or TrashLimits()

    def discard(self, con: sqlite3.Connection, condition: str, value: str | int) -> None:
        """Put the dashboards that meet a condition aside, and forget those for which there is no room or time."""
        chosen = f"SELECT id FROM dashboard WHERE {condition}"  # noqa: S608 - conditions are constants
        con.execute(
            f"INSERT INTO deleted_dashboard ({COLUMNS}, deleted_ms, folder_title)"  # noqa: S608
            f" SELECT {COLUMNS}, ?, {_FOLDER_TITLE} FROM dashboard WHERE {condition}",
            (self._clock.now_ms(), value),
        )
        con.execute(
            f"INSERT INTO deleted_dashboard_version SELECT {_VERSION} FROM dashboard_version WHERE dashboard IN ({chosen})",  # noqa: S608
            (value,),
        )
        con.execute(f"DELETE FROM dashboard WHERE {condition}", (value,))  # noqa: S608
        self.tidy()

    def tidy(self) -> None:
        """Forget what is older, or more, than is kept."""
        with self._meta.transaction() as con:
            con.execute("DELETE FROM deleted_dashboard WHERE deleted_ms < ?", (self._oldest_ms(),))
            con.execute(
                f"DELETE FROM deleted_dashboard WHERE id NOT IN (SELECT id FROM deleted_dashboard {_NEWEST_FIRST} LIMIT ?)",  # noqa: S608
                (self.limits.dashboards,),
            )

    def listed(self, limit: int = 0) -> list[Deleted]:
        """What can be had back, the last deleted first; `limit` of them at most."""
        rows = self._meta.rows(
            f"SELECT {COLUMNS}, folder_title, deleted_ms FROM deleted_dashboard WHERE deleted_ms >= ? {_NEWEST_FIRST} LIMIT ?",  # noqa: S608
            (self._oldest_ms(), limit or -1),
        )
        return [Deleted(as_saved(row[:-2]), row[-2], row[-1], row[-1] + self.limits.kept_ms) for row in rows]

    def count(self) -> int:
        """How many can be had back."""
        ((count,),) = self._meta.rows(
            "SELECT count(*) FROM deleted_dashboard WHERE deleted_ms >= ?", (self._oldest_ms(),)
        )
        return int(count)

    def find(self, uid: str, number: int = 0) -> Saved:
        """What was deleted of that uid: the one of that number, or the last.

        Raises:
            RefusalError: there is none, or not any more (404).
        """
        row = self._meta.row(
            f"SELECT {COLUMNS} FROM deleted_dashboard WHERE uid = ? AND ? IN (0, id) AND deleted_ms >= ? {_NEWEST_FIRST}",  # noqa: S608
            (uid, number, self._oldest_ms()),
        )
        if row is None:
            raise no_dashboard()
        return as_saved(row)

    def give_back(self, board: Saved, uid: str) -> None:
        """Move one back under a uid that is free; out of a folder that is gone, and without the file that it came from.

        Raises:
            StoreError: it cannot be written.
        """
        number = (board.number,)
        with self._meta.transaction() as con:
            con.execute(
                "UPDATE deleted_dashboard SET uid = ?, provider = '', external_id = '', checksum = '', may_edit = 0 WHERE id = ?",
                (uid, *number),
            )
            con.execute(f"INSERT INTO dashboard SELECT {COLUMNS} FROM deleted_dashboard WHERE id = ?", number)  # noqa: S608
            con.execute(
                f"INSERT INTO dashboard_version ({_VERSION})"  # noqa: S608
                f" SELECT {_VERSION} FROM deleted_dashboard_version WHERE dashboard = ?",
                number,
            )
            con.execute("DELETE FROM deleted_dashboard WHERE id = ?", number)
            con.execute(
                "UPDATE dashboard SET folder_uid = '' WHERE id = ? AND folder_uid NOT IN (SELECT uid FROM folder)",
                number,
            )

    def forget(self, number: int) -> str:
        """Delete one for good, with its history; gives its title.

        Raises:
            RefusalError: there is none (404).
        """
        with self._meta.transaction() as con:
            row = self._meta.row("SELECT title FROM deleted_dashboard WHERE id = ?", (number,))
            if row is None:
                raise no_dashboard()
            con.execute("DELETE FROM deleted_dashboard WHERE id = ?", (number,))
            return str(row[0])

    def _oldest_ms(self) -> int:
        return self._clock.now_ms() - self.limits.kept_ms
