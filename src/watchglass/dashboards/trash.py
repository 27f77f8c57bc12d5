"""Dashboards that were deleted, with their history: for a while they can be had back.

They lie in tables of their own, so that nothing else has to know of them.
"""

from __future__ import annotations

import sqlite3

from watchglass.dashboards.records import COLUMNS, Saved, as_saved
from watchglass.dashboards.refusal import RefusalError, no_dashboard
from watchglass.store.meta import MetaStore

TRASH_SCHEMA = """
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
"""
KEPT_MS = 30 * 86_400_000
MOST_KEPT = 1000
_VERSION = "id, dashboard, version, parent_version, restored_from, created_ms, created_by, message, document"


def discard(con: sqlite3.Connection, condition: str, value: str | int, now_ms: int) -> None:
    """Put the dashboards that meet a condition aside, and forget those that were put aside long ago."""
    chosen = f"SELECT id FROM dashboard WHERE {condition}"  # noqa: S608 - conditions are constants
    con.execute(f"INSERT INTO deleted_dashboard SELECT {COLUMNS}, ? FROM dashboard WHERE {condition}", (now_ms, value))  # noqa: S608
    con.execute(
        f"INSERT INTO deleted_dashboard_version SELECT {_VERSION} FROM dashboard_version WHERE dashboard IN ({chosen})",  # noqa: S608
        (value,),
    )
    con.execute(f"DELETE FROM dashboard WHERE {condition}", (value,))  # noqa: S608
    con.execute("DELETE FROM deleted_dashboard WHERE deleted_ms < ?", (now_ms - KEPT_MS,))
    con.execute(
        "DELETE FROM deleted_dashboard WHERE id NOT IN"
        " (SELECT id FROM deleted_dashboard ORDER BY deleted_ms DESC, id DESC LIMIT ?)",
        (MOST_KEPT,),
    )


def bring_back(meta: MetaStore, uid: str) -> Saved:
    """Undo the deletion of a dashboard; where its folder is gone it comes back without one, and without the file that it came from.

    Raises:
        RefusalError: none of that uid was deleted, or not lately (404), or there is one again (412).
        StoreError: it cannot be written.
    """
    with meta.transaction() as con:
        row = meta.row("SELECT id FROM deleted_dashboard WHERE uid = ? ORDER BY deleted_ms DESC, id DESC", (uid,))
        if row is None:
            raise no_dashboard()
        if meta.row("SELECT id FROM dashboard WHERE uid = ?", (uid,)) is not None:
            raise RefusalError("a dashboard with the same uid is here again", status=412, reason="uid-exists", uid=uid)
        con.execute(f"INSERT INTO dashboard SELECT {COLUMNS} FROM deleted_dashboard WHERE id = ?", row)  # noqa: S608 - constants
        con.execute(
            f"INSERT INTO dashboard_version ({_VERSION})"  # noqa: S608 - constants
            f" SELECT {_VERSION} FROM deleted_dashboard_version WHERE dashboard = ?",
            row,
        )
        con.execute("DELETE FROM deleted_dashboard WHERE id = ?", row)
        con.execute(
            "UPDATE dashboard SET provider = '', external_id = '', checksum = '', may_edit = 0 WHERE id = ?", row
        )
        con.execute(
            "UPDATE dashboard SET folder_uid = '' WHERE id = ? AND folder_uid NOT IN (SELECT uid FROM folder)", row
        )
        back = meta.row(f"SELECT {COLUMNS} FROM dashboard WHERE id = ?", row)  # noqa: S608 - constants
        assert back is not None
        return as_saved(back)
