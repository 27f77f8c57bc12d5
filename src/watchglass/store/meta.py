"""`meta.db`: what people save, beside the samples: dashboards and folders with their history, annotations, stars.

One SQLite file, one connection that writes and one that reads: who reads does not wait for who writes. What a
transaction wrote is on disk when it ends. A part that keeps something here brings its own tables as a list of steps, of
which the file remembers how many it has taken.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from watchglass.errors import StoreError
from watchglass.store.sqlite import as_store_error

META_FILE = "meta.db"
_BUSY_S = 30
_SETUP = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -2048;
CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, steps INTEGER NOT NULL) WITHOUT ROWID;
"""


class MetaStore:
    """Keeps small tables in `FOLDER/meta.db`; threads take turns.

    Raises:
        StoreError: the file cannot be opened, or is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / META_FILE
        self._lock, self._read_lock = threading.RLock(), threading.Lock()
        self._writing: int | None = None  # the thread that is in a transaction
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._con, self._reader = self._connect(), self._connect()
            self._con.executescript(_SETUP)
        except OSError as error:
            raise StoreError(f"cannot use {folder}: {error.strerror}") from error
        except sqlite3.Error as error:
            raise as_store_error(error, self.path) from error

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=_BUSY_S)

    def bring(self, part: str, steps: Sequence[str]) -> None:
        """Take the steps of a part that the file has not taken yet; a step is SQL, and is never changed later.

        Raises:
            StoreError: the file has taken more steps than there are: a newer version wrote it.
        """
        with self.transaction() as con:
            row = con.execute("SELECT steps FROM part WHERE name = ?", (part,)).fetchone()
            taken = row[0] if row else 0
            if taken > len(steps):
                raise StoreError(f"{self.path} was written by a newer version: its {part} have format {taken}")
            for step in steps[taken:]:
                for statement in filter(str.strip, step.split(";")):
                    con.execute(statement)
            con.execute("INSERT OR REPLACE INTO part VALUES (?, ?)", (part, len(steps)))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write; all of it is on disk at the end, or none of it where an error comes through.

        Within a transaction of the same thread it is part of that one.

        Raises:
            StoreError: it cannot be written, for example because the disk is full.
        """
        with self._lock:
            if self._con.in_transaction:
                yield self._con
                return
            try:
                self._con.execute("BEGIN IMMEDIATE")
                self._writing = threading.get_ident()
                yield self._con
                self._con.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise as_store_error(error, self.path) from error
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._writing = None

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; within a transaction of this thread, as that has left them.

        Raises:
            StoreError: the file cannot be read.
        """
        try:
            if self._writing == threading.get_ident():
                return self._con.execute(sql, arguments).fetchall()
            with self._read_lock:
                return self._reader.execute(sql, arguments).fetchall()
        except sqlite3.Error as error:
            raise as_store_error(error, self.path) from error

    def row(self, sql: str, arguments: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query; None where there is none."""
        found = self.rows(sql, arguments)
        return found[0] if found else None

    def close(self) -> None:
        """Close the file."""
        with self._lock, self._read_lock:
            self._reader.close()
            self._con.close()

    def _roll_back(self) -> None:
        if self._con.in_transaction:
            self._con.execute("ROLLBACK")
