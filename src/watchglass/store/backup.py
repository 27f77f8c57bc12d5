"""Online backup: a consistent copy of a running store, ready to be opened as a data directory."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from watchglass.errors import StoreError


def back_up(con: sqlite3.Connection, directory: Path, name: str = "metrics.db") -> None:
    """Copy the database of a connection to `directory/NAME`; writers go on meanwhile.

    Raises:
        StoreError: there is such a file already, or it cannot be written.
    """
    target, unfinished = directory / name, directory / f"{name}.unfinished"
    if target.exists():
        raise StoreError(f"{target} exists already; a backup goes to a new directory")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)  # of a backup that was cut off
        # `Connection.backup` would start over at every commit of another connection.
        con.execute("VACUUM INTO ?", (str(unfinished),))
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink()
        raise StoreError(f"cannot write a backup to {directory}: {error}") from error
