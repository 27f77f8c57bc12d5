"""Readings in one SQLite file: a question reads the columns of its metric alone, where the file storage reads all.

`journal` holds the lines of the running hour, `hours` the times of each hour before it, and `columns` its values: for
each metric its series as JSON, packed by zlib.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from watchglass.errors import StoreError
from watchglass.sdk.dinoair.segment import Segment
from watchglass.sdk.dinoair.segmented import SegmentedStorage, hour_of
from watchglass.sdk.dinoair.writer import WriterLock

_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hours (kind TEXT, hour INTEGER, times BLOB NOT NULL, PRIMARY KEY (kind, hour)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS columns (
    kind TEXT, name TEXT, hour INTEGER, series BLOB NOT NULL, PRIMARY KEY (kind, name, hour)
) WITHOUT ROWID;
"""

_INHERITED: list[sqlite3.Connection] = []

_log = logging.getLogger("watchglass.sdk.dinoair")


class SQLiteMetricsStorage(SegmentedStorage):
    """Keeps readings in a database file, which is made with the first reading.

    Args:
        db_path: the file.
    """

    def __init__(self, db_path: str | Path = "./metrics/metrics.db") -> None:
        super().__init__()
        self._path = Path(db_path)
        self._writer = WriterLock(self._path.with_name(self._path.name + ".lock"))
        self._database: sqlite3.Connection | None = None

    def _acquire(self) -> None:
        self._writer.acquire()
        try:
            self._open().executescript(_SCHEMA)
        except sqlite3.Error as error:
            self._release()
            raise StoreError(f"{self._path}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=5)
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 64"):
                self._database.execute(f"PRAGMA {pragma}")
        return self._database

    def _release(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        self._writer.release()

    def _leave(self) -> None:
        if self._database is not None:
            _INHERITED.append(self._database)  # closing it here would harm the parent's
            self._database = None
        self._writer.release()

    def _ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows; none where the file is not there, which a question must not make."""
        if self._database is None and not self._path.exists():
            return []
        try:
            return self._open().execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        database = self._open()
        try:
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")
        except sqlite3.Error as error:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise OSError(str(error)) from error

    def _lines(self) -> list[str]:
        return [line for (line,) in self._ask("SELECT line FROM journal ORDER BY id")]

    def _append(self, line: str) -> None:
        with self._transaction() as database:
            database.execute("INSERT INTO journal (line) VALUES (?)", (line,))

    def _finish(self, hour: int, raw: Segment, rollup: Segment) -> None:
        with self._transaction() as database:
            _put(database, "raw", hour, raw)
            _put(database, "rollup", hour, rollup)
            database.execute("DELETE FROM journal")

    def _replace(self, kind: str, hour: int, segment: Segment | None) -> None:
        with self._transaction() as database:
            _put(database, kind, hour, segment)

    def _load(self, kind: str, hour: int, names: Collection[str] | None = None) -> Segment | None:
        times = self._ask("SELECT times FROM hours WHERE kind = ? AND hour = ?", kind, hour)
        if not times:
            return None
        wanted = f" AND name IN ({','.join('?' * len(names))})" if names is not None else ""
        question = f"SELECT series FROM columns WHERE kind = ? AND hour = ?{wanted}"  # noqa: S608 - placeholders alone
        rows = self._ask(question, kind, hour, *(names or ()))
        try:
            series = [one for (packed,) in rows for one in _unpack(packed)]
            return Segment.from_document({"times_ms": _unpack(times[0][0]), "series": series})
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            _log.warning("stored readings cannot be read", extra={"path": str(self._path), "error": str(error)})
            return None

    def _hours(self, kind: str, start_ms: int, end_ms: int) -> list[int]:
        question = "SELECT hour FROM hours WHERE kind = ? AND hour BETWEEN ? AND ? ORDER BY hour"
        return [hour for (hour,) in self._ask(question, kind, hour_of(start_ms), hour_of(end_ms))]

    def _place(self) -> str:
        return str(self._path)

    def _size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._path.parent.glob(f"{self._path.name}*"))


def _put(database: sqlite3.Connection, kind: str, hour: int, segment: Segment | None) -> None:
    for table in ("hours", "columns"):
        database.execute(f"DELETE FROM {table} WHERE kind = ? AND hour = ?", (kind, hour))  # noqa: S608 - two names of ours
    if segment is None:
        return
    document = segment.to_document()
    by_name = defaultdict(list)
    for one in document["series"]:
        by_name[one["name"]].append(one)
    database.execute("INSERT INTO hours VALUES (?, ?, ?)", (kind, hour, _pack(document["times_ms"])))
    rows = [(kind, name, hour, _pack(series)) for name, series in by_name.items()]
    database.executemany("INSERT INTO columns VALUES (?, ?, ?, ?)", rows)


def _pack(document: object) -> bytes:
    return zlib.compress(json.dumps(document, separators=(",", ":"), allow_nan=False).encode())


def _unpack(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed))
