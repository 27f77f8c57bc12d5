"""The SQLite file under the metric store: schema, pragmas, one writer, a few readers.

The write-ahead log of samples and the sealed chunks live in the same file, so that sealing is one transaction.
The schema is described in docs/formats/metrics-db.md.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from watchglass.errors import StoreError

PAGE_BYTES = 2048
FORMAT = 2
_FORMATS = ("1", str(FORMAT))  # that are read; one of format 1 becomes one of the newest when it is opened
_WAL_VERSION = 2
_EMPTY_BYTES = 4 * PAGE_BYTES  # a larger file has tables
_CHECKPOINT_BYTES = 2 * 1024 * 1024
_KEPT_WAL_BYTES = _CHECKPOINT_BYTES // 2  # after a checkpoint; less, so that only new frames make the file due again
_WRITE_VERSION_AT = 18  # in the file's header
_IDLE_READERS = 4
_BUSY_S = 30

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE wal (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE series (ref INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE scrape_group (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE family (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE layout (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE block (id INTEGER PRIMARY KEY, layout INTEGER NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL,
                    t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, n INTEGER NOT NULL, samples INTEGER NOT NULL,
                    level INTEGER NOT NULL, grp INTEGER NOT NULL, origin INTEGER NOT NULL, seq INTEGER NOT NULL,
                    crc INTEGER NOT NULL);
CREATE TABLE chunk (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE dead (block INTEGER PRIMARY KEY);
"""

_META = (_SCHEMA.strip().split("\n")[0],)


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection with the pragmas that every connection needs; transactions are explicit."""
    con = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_S, cached_statements=64)
    con.text_factory = _any_text
    con.executescript("PRAGMA synchronous = FULL; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;")
    return con


def create_schema(path: Path) -> None:
    """Lay out a new file; an existing one is left as it is.

    Raises:
        DamagedFileError: the file is damaged.
        StoreError: it cannot be written, or is of a format that this version does not know.
    """
    try:
        con = sqlite3.connect(path, isolation_level=None)
        con.text_factory = _any_text
        with closing(con):
            if con.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                _check_format(con, path)
                con.execute("UPDATE meta SET value = ? WHERE key = 'format' AND value != ?", (str(FORMAT),) * 2)
                return
            if path.stat().st_size > _EMPTY_BYTES:
                raise DamagedFileError(f"{path} is damaged: its list of tables is empty")
            con.executescript(f"PRAGMA page_size = {PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL;")
            con.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            con.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} INSERT INTO meta VALUES ('format', '{FORMAT}'); COMMIT;")  # noqa: S608 - constants
    except sqlite3.Error as error:
        raise as_store_error(error, path) from error
    except UnicodeDecodeError as error:  # SQLite quotes the damaged list of tables
        raise DamagedFileError(f"{path} is damaged: {error}") from error


def _check_format(con: sqlite3.Connection, path: Path) -> None:
    schema = con.execute("SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    row = con.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() if _META in schema else None
    found = row[0] if row else "nothing"
    if found in _FORMATS and "\n".join(sql for (sql,) in schema) != _SCHEMA.strip():
        raise DamagedFileError(f"{path} is damaged: its list of tables is not what was written")
    if found == "nothing":
        raise DamagedFileError(f"{path} is damaged, or is no metric store")
    with path.open("rb") as file:
        header = file.read(_WRITE_VERSION_AT + 1)
    if len(header) <= _WRITE_VERSION_AT:  # SQLite may still find a first page in the -wal file
        raise DamagedFileError(f"{path} is damaged: it is cut short")
    write_version = header[_WRITE_VERSION_AT]
    if write_version > _WAL_VERSION:  # SQLite would take the file for one of a later version, and read-only
        raise DamagedFileError(f"{path} is damaged: its header names write version {write_version}")
    if found not in _FORMATS:
        raise StoreError(f"{path} has format {found}; this version knows formats up to {FORMAT}")


def _any_text(data: bytes) -> str:
    """Text of a damaged file is no reason to fail; a blob that became text does not pass its checksum."""
    return data.decode("utf-8", "replace")


class DamagedFileError(StoreError):
    """The structure of the file is broken: `salvage` is to be called."""


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether SQLite says that the file is not what it was."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def as_store_error(error: sqlite3.Error, path: Path) -> StoreError:
    """Say in the user's words what SQLite reports, and of which file."""
    if is_damage(error):
        return DamagedFileError(f"{path} is damaged: {error}")
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return StoreError(f"no space left to write {path}, or the disk failed: {error}")
    return StoreError(f"cannot use {path}: {error}")


class Writer:
    """The one connection that writes; threads take turns, a transaction at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wal_path = path.with_name(path.name + "-wal")
        self._lock = threading.Lock()
        self.epoch = 0  # how often the file was replaced
        self._con = self._connect()

    def _connect(self) -> sqlite3.Connection:
        con = connect(self._path)
        # Checkpoints run after the futures are resolved, never inside a commit somebody waits for.
        con.executescript(f"PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {_KEPT_WAL_BYTES};")
        return con

    def replace_file(self, replace: Callable[[], None]) -> None:
        """Let go of the file while `replace` puts another in its place."""
        with self._lock:
            self._con.close()
            try:
                replace()
            finally:
                self.epoch += 1
                self._con = self._connect()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection in a transaction; it is committed at the end, rolled back on any error.

        Raises:
            StoreError: SQLite could not write, for example because the disk is full.
        """
        with self._lock:
            try:
                self._con.execute("BEGIN IMMEDIATE")
                yield self._con
                self._con.execute("COMMIT")
            except sqlite3.Error as error:
                self._rollback()
                raise as_store_error(error, self._path) from error
            except BaseException:
                self._rollback()
                raise

    def _rollback(self) -> None:
        if self._con.in_transaction:
            self._con.execute("ROLLBACK")

    def script(self, sql: str) -> None:
        """Run statements that manage their own transactions, such as `incremental_vacuum`."""
        with self._lock:
            try:
                self._con.executescript(sql)
            except sqlite3.Error as error:
                raise as_store_error(error, self._path) from error

    def value(self, sql: str) -> int:
        """The first column of the first row of a query."""
        with self._lock:
            try:
                return int(self._con.execute(sql).fetchone()[0])
            except sqlite3.Error as error:
                raise as_store_error(error, self._path) from error

    def wal_bytes(self) -> int:
        """Size of SQLite's own -wal file."""
        try:
            return self._wal_path.stat().st_size
        except FileNotFoundError:
            return 0

    def checkpoint_if_due(self) -> None:
        """Move SQLite's -wal file into the database once it has grown."""
        if self.wal_bytes() >= _CHECKPOINT_BYTES:
            self.script("PRAGMA wal_checkpoint(PASSIVE);")

    def truncate_wal(self) -> bool:
        """Empty SQLite's -wal file; False where a reader still needs it, for whom nobody waits: commits would wait too."""
        with self._lock:
            try:
                self._con.execute("PRAGMA busy_timeout = 0")
                (busy, *_) = self._con.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error as error:
                raise as_store_error(error, self._path) from error
            finally:
                self._con.execute(f"PRAGMA busy_timeout = {_BUSY_S * 1000}")
        return not busy

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._con.close()


class Readers:
    """Connections for reading, one for each thread that reads at this moment."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._epoch = 0

    @contextmanager
    def borrow(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; statements must be read to their end, for an open one keeps the -wal file growing."""
        with self._lock:
            con, epoch = self._idle.pop() if self._idle else None, self._epoch
        con = con or connect(self._path)
        try:
            yield con
        finally:
            self._give_back(con, epoch)

    def _give_back(self, con: sqlite3.Connection, epoch: int) -> None:
        with self._lock:
            if epoch == self._epoch and len(self._idle) < _IDLE_READERS:
                self._idle.append(con)
                return
        con.close()

    def close(self) -> None:
        """Close the idle connections; lent ones are closed as they come back, new ones open the file anew."""
        with self._lock:
            self._epoch += 1
            idle, self._idle = self._idle, []
        for con in idle:
            con.close()
