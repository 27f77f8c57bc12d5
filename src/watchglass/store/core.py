"""The core of the metric store: everything that is needed to write, built from what the disk holds."""

from __future__ import annotations

import logging
import sqlite3
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from watchglass.clock import Clock
from watchglass.errors import StoreError
from watchglass.store.admission import Admitter
from watchglass.store.block import Catalog
from watchglass.store.blockwriter import BlockWriter
from watchglass.store.changes import Changes
from watchglass.store.commit import Committer
from watchglass.store.damage import DamageReports, Healer
from watchglass.store.head import Group, Head
from watchglass.store.index import SeriesIndex
from watchglass.store.lock import DirectoryLock
from watchglass.store.logwriter import LogWriter
from watchglass.store.names import Names
from watchglass.store.options import StoreOptions
from watchglass.store.restore import Replay, load_catalog, load_families, load_groups, load_series, seed_slots
from watchglass.store.salvage import salvage
from watchglass.store.seal import Sealer
from watchglass.store.selfmetrics import StoreMetrics
from watchglass.store.sqlite import DamagedFileError, Readers, Writer, as_store_error, create_schema
from watchglass.store.verify import broken_structure

log = logging.getLogger("watchglass.store")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the core is given."""

    path: Path
    options: StoreOptions
    clock: Clock
    metrics: StoreMetrics
    lock: DirectoryLock
    reports: DamageReports
    changes: Changes


class Core:
    """The parts that write, and the state they share.

    Raises:
        StoreError: the file cannot be used. A damaged one can: what is readable of it is put into a new one.
    """

    def __init__(self, around: Surroundings) -> None:
        self.path, self.options, self.clock = around.path, around.options, around.clock
        self.metrics, self.reports, self._lock = around.metrics, around.reports, around.lock
        self.changes = around.changes
        self._started = False
        try:
            self._open()
        except DamagedFileError:
            for text in salvage(self.path):
                self.reports.add(text)
            self._open()

    def _open(self) -> None:
        create_schema(self.path)
        self.writer, self.readers = Writer(self.path), Readers(self.path)
        self.index, self.catalog, self.head = SeriesIndex(), Catalog(), Head()
        self.blocks = BlockWriter(self.head, self.catalog, self.writer)
        self.sealer = Sealer(self.head, self.writer, self.blocks, self.metrics, self.request_healing)
        try:
            with self.readers.borrow() as con:
                replay = self._load(con)
            self._check_log(replay)
            self._start(replay)
        except BaseException as error:
            self._abandon()
            if isinstance(error, sqlite3.Error):
                raise as_store_error(error, self.path) from error
            if isinstance(error, UnicodeDecodeError):
                raise DamagedFileError(f"{self.path} is damaged: {error}") from error
            raise

    def _load(self, con: sqlite3.Connection) -> Replay:
        now_ms, report = self.clock.now_ms(), self.reports.add
        load_series(con, self.index, now_ms, report)
        load_catalog(con, self.catalog, report)
        groups = load_groups(con, report)
        self.names = Names(self.index, groups, load_families(con, report))
        self.head.groups.update((number, Group(number, key)) for number, key in groups.items())
        seed_slots(self.head, self.index, self.catalog)
        window_ms = self.options.out_of_order_window_ms
        self.admitter = Admitter(self.head, lambda: self.index.next_ref, out_of_order_window_ms=window_ms)
        replay = Replay(self.head, self.admitter, self.catalog, now_ms)
        replay.run(con, report, lambda: self.sealer.put(self.head.take_handed()))
        return replay

    def _check_log(self, replay: Replay) -> None:
        """Where acknowledged records are missing, the -wal file was cut, and the structure may be broken as well."""
        missing = self._lock.last_seq - replay.highest_seq
        if missing > 0:
            self.reports.add(f"the last {missing} acknowledged log records are missing, and their samples with them")
            self._lock.last_seq = 0
            if broken := broken_structure(self.readers):
                raise DamagedFileError(broken)

    def _start(self, replay: Replay) -> None:
        self.head.seq = replay.highest_seq
        self._healer = Healer(
            self.path, self.writer, self.readers, head=self.head, catalog=self.catalog, index=self.index,
            names=self.names, reports=self.reports,
        )  # fmt: skip
        sink = LogWriter(
            self.writer, self.names, self.sealer, metrics=self.metrics, lock=self._lock, heal=self._healer.heal,
            next_seq=replay.highest_seq + 1,
        )  # fmt: skip
        self._tidy_log(replay, sink)
        self.committer = Committer(
            self.head, self.admitter, sink, self.clock, self.changes,
            interval_ms=self.options.commit_interval_ms, queue_bytes=self.options.queue_bytes,
        )  # fmt: skip
        self._started = True

    def _tidy_log(self, replay: Replay, sink: LogWriter) -> None:
        """Log homeless samples anew, and amend the log by what replay found; then sealing may go on."""
        try:
            written = sink.write_records(replay.homeless, replay.amended)
        except StoreError:
            if replay.homeless:
                raise
            log.exception("cannot delete records of the log that are not needed; it is tried again at the next start")
            written = []
        for record, (seq, size) in zip(replay.homeless, written, strict=True):
            self.admitter.replay(record, seq, size, self.clock.now_ms())
        self.sealer.put(self.head.take_handed())

    def _abandon(self) -> None:
        self.sealer.close()
        self.readers.close()
        self.writer.close()

    def request_healing(self) -> Future[object]:
        """Have a broken file replaced soon."""
        return self.committer.call(self._healer.heal) if self._started else Future()

    def close(self) -> None:
        """Commit what is queued, seal open pages as far as the time allows, and close the file."""
        self.committer.call(self.head.seal_everything)
        self.committer.close()
        self.sealer.wait(self.options.close_budget_ms / 1000)
        self._abandon()
