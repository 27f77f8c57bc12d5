"""The committer's side of the disk: log records and new names, written in one transaction a commit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from watchglass.errors import StoreError
from watchglass.interfaces import AppendResult
from watchglass.store.admission import Admission
from watchglass.store.guard import Table, guard
from watchglass.store.lock import DirectoryLock
from watchglass.store.names import Names, Unsaved
from watchglass.store.page import Sealed
from watchglass.store.seal import Sealer
from watchglass.store.selfmetrics import DROPPED, StoreMetrics
from watchglass.store.sqlite import DamagedFileError, Writer
from watchglass.store.wal import Record, encode_record

log = logging.getLogger("watchglass.store")

Amended = Mapping[int, Record | None]
NOTHING: Amended = MappingProxyType({})


class LogWriter:
    """Writes what was admitted, and passes on what is to be sealed."""

    def __init__(
        self, writer: Writer, names: Names, sealer: Sealer, *, metrics: StoreMetrics, lock: DirectoryLock,
        heal: Callable[[], None], next_seq: int,
    ) -> None:  # fmt: skip
        self._writer, self._names, self._sealer = writer, names, sealer
        self._metrics, self._lock, self._heal, self._next_seq = metrics, lock, heal, next_seq
        self._checkpoint_failed = False

    def write_log(self, admissions: list[Admission]) -> list[tuple[int, int]]:
        """Write the records of all parts, and the names that are new; returns each record's number and size.

        Raises:
            StoreError: nothing was written.
        """
        return self.write_records([part.record for admission in admissions for part in admission.parts])

    def write_records(self, records: list[Record], amended: Amended = NOTHING) -> list[tuple[int, int]]:
        """As `write_log`; records that are `amended` are replaced, or go, in the same transaction."""
        bodies = [encode_record(record) for record in records]
        rows = [(seq, guard(Table.WAL, seq, body)) for seq, body in enumerate(bodies, self._next_seq)]
        unsaved = self._names.take_unsaved()
        if not (rows or unsaved or amended):
            return []
        try:
            self._write(unsaved, rows, amended)
        except Exception:
            self._names.put_back(unsaved)
            raise
        self._next_seq += len(rows)
        self._lock.note_seq(self._next_seq - 1)
        return [(seq, len(body)) for seq, body in rows]

    def _write(self, unsaved: Unsaved, rows: list[tuple[int, bytes]], amended: Amended) -> None:
        try:
            self._insert(unsaved, rows, amended)
        except DamagedFileError:
            self._heal()
            self._insert(unsaved, rows, amended)

    def _insert(self, unsaved: Unsaved, rows: list[tuple[int, bytes]], amended: Amended) -> None:
        with self._writer.transaction() as con:
            unsaved.write(con)
            con.executemany("INSERT INTO wal VALUES (?, ?)", rows)
            for seq, record in amended.items():
                con.execute("DELETE FROM wal WHERE seq = ?", (seq,))
                if record is not None:
                    con.execute("INSERT INTO wal VALUES (?, ?)", (seq, guard(Table.WAL, seq, encode_record(record))))
            if amended:
                con.execute("INSERT OR REPLACE INTO meta VALUES ('seq', ?)", (str(self._next_seq - 1),))

    def put_sealed(self, handed: list[Sealed]) -> None:
        """Pass pages on to the sealer."""
        if handed:
            self._sealer.put(handed)

    def note_failure(self) -> None:
        """Count a commit that failed."""
        self._metrics.commit_failures.inc()

    def after_commit(self, results: list[AppendResult], seconds: float) -> None:
        """Count, and move SQLite's -wal file on when it has grown."""
        self._metrics.commit_seconds.observe(seconds)
        self._metrics.appended.inc(sum(result.appended for result in results))
        for reason in DROPPED:
            dropped = sum(getattr(result, reason) for result in results)
            if dropped:
                self._metrics.dropped.labels(reason).inc(dropped)
        try:
            self._writer.checkpoint_if_due()
            self._checkpoint_failed = False
        except StoreError:
            if not self._checkpoint_failed:
                log.exception("the -wal file cannot be moved into the database; it is tried again")
            self._checkpoint_failed = True
