"""The metric store: an Appender and a Queryable over one SQLite file, `metrics.db`.

This module joins the parts: index (labels), admission and head (open pages), committer (the log), sealer (pages into
blocks), reader (queries), maintenance (compaction and retention). ADR 0001 says why they are cut so.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from prometheus_client import CollectorRegistry

from watchglass.clock import Clock, SystemClock
from watchglass.columns import LabelTable, SeriesSet, Times, Values
from watchglass.interfaces import AppendResult, Batch, Loading
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher
from watchglass.model.metadata import Metadata
from watchglass.store.backup import back_up
from watchglass.store.block import Block
from watchglass.store.cache import ChunkCache
from watchglass.store.changes import EVERYTHING, Changes
from watchglass.store.core import Core, Surroundings
from watchglass.store.damage import DamageReports
from watchglass.store.importer import Importer, ImportResult
from watchglass.store.lock import DirectoryLock
from watchglass.store.maintenance import Maintenance
from watchglass.store.options import StoreOptions
from watchglass.store.retention import disk_bytes
from watchglass.store.select import Reader
from watchglass.store.selection import Selection
from watchglass.store.selfmetrics import StoreMetrics
from watchglass.store.slots import NEVER
from watchglass.store.upkeep import Upkeep

_EVER = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class StoreStats:
    """Sizes of a metric store."""

    series: int
    head_samples: int  # places in open pages
    blocks: int
    block_samples: int
    size_bytes: int  # disk space of metrics.db and its -wal file
    log_records: int
    log_bytes: int
    oldest_ms: int | None  # no sample is older; None when there is none
    newest_ms: int | None


class MetricStore:
    """Keeps metric samples in a data directory, which it owns until `close`.

    Args:
        path: the data directory, created when missing; the samples are in `metrics.db` there.
        options: every limit.
        clock: tells when a page was opened and what is old.
        registry: where the store's own metrics go.

    Attributes:
        damage: what was found damaged, one sentence each; empty as a rule.
        changes: since when what queries see has changed.

    Raises:
        StoreLockedError: another process owns the directory.
        StoreError: the directory cannot be read or written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        options: StoreOptions | None = None,
        clock: Clock | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self.options = options or StoreOptions()
        self.directory = Path(path)
        self._path = self.directory / "metrics.db"
        self._clock = clock or SystemClock()
        self._metrics = StoreMetrics(registry)
        self.changes = Changes()
        self._reports = DamageReports(self._note_damage)
        self.damage = self._reports.texts
        self._lock = DirectoryLock(self.directory)
        try:
            self._core = Core(
                Surroundings(
                    self._path, self.options, self._clock, self._metrics, self._lock, self._reports, self.changes
                )
            )
        except BaseException:
            self._lock.release()
            raise
        self._cache = ChunkCache(self.options.chunk_cache_bytes)
        self._reader = Reader(self._core.head, self._core.catalog, self._core.readers, self._cache, self._reports.add)
        self._maintenance = Maintenance(self._metrics.maintenance_failures.inc, self._core.request_healing)
        self._upkeep = Upkeep(self._core, self._cache, self._maintenance.pause, self._maintenance.check)
        self._maintenance.steps = self._upkeep.steps()
        self._upkeep.measure()
        if self.options.maintenance_thread:
            self._maintenance.start(self._clock, self.options.tick_interval_ms)

    def _note_damage(self) -> None:
        self._metrics.damage.inc()
        self.changes.note(EVERYTHING)

    # Appender

    def series_ref(self, labels: Labels) -> int:
        """The number of a series, created when new."""
        return self._core.index.ref(labels, self._clock.now_ms())

    def open_group(self, key: str) -> int:
        """The number of the scrape group `key`, created when new; the same again after a restart."""
        number = self._core.names.open_group(key)
        self._core.committer.call(lambda: self._core.head.open_group(number, key))
        return number

    def close_group(self, group: int) -> None:
        """Seal the group's open pages."""
        self._core.names.close_group(group)
        self._core.committer.call(lambda: self._core.head.close_group(group))

    def append(self, batch: Batch) -> Future[AppendResult]:
        """Queue a batch; the future resolves after the commit, or raises StoreError when it cannot be written.

        A sample that repeats the series' newest one exactly counts as appended. Of two samples of one series in one
        batch the first is taken; the other counts as duplicate.
        """
        return self._core.committer.append(batch)

    def put_metadata(self, metadata: Mapping[str, Metadata]) -> None:
        """Remember what metric families say of themselves; written with the next commit."""
        self._core.names.put_families(metadata)

    def import_samples(self, columns: Iterable[tuple[Labels, Times, Values]]) -> ImportResult:
        """Write old samples straight into blocks, beside and beneath what is there.

        Samples may be older than what the store holds, and may overlap it: where both have a sample at the same time, the
        appended one is the series' value. Either everything appears, at the end, or nothing.

        Args:
            columns: a series, its times in milliseconds and its values; a series may come several times.

        Raises:
            StoreError: it cannot be written; nothing was imported.
        """
        try:
            with self._upkeep.remembering():
                return self._import(Importer(self._core.blocks, self._make_room), columns)
        finally:
            self._core.blocks.abandon()

    def _make_room(self, coming_bytes: int) -> None:
        with self._maintenance.exclusive():
            self._upkeep.make_room(coming_bytes)

    def _import(self, importer: Importer, columns: Iterable[tuple[Labels, Times, Values]]) -> ImportResult:
        refs: set[int] = set()
        samples = 0
        for labels, times, values in columns:  # may be as slow as a client: nothing else waits for it
            self._maintenance.check()
            if len(times):
                ref = self.series_ref(labels)
                refs.add(ref)
                samples += importer.add(ref, np.asarray(times, np.int64), np.asarray(values, np.float64))
        self._core.committer.call(self._save_names).result()
        importer.write()
        with self._maintenance.exclusive():
            self._maintenance.check()
            blocks = importer.finish()
        self._core.committer.call(lambda: self._core.head.note_range(blocks)).result()
        first_ms, last_ms = min((b.t0 for b in blocks), default=None), max((b.t1 for b in blocks), default=None)
        if first_ms is not None:
            self.changes.note(first_ms)
        return ImportResult(len(refs), samples, len(blocks), first_ms, last_ms)

    def _save_names(self) -> None:
        unsaved = self._core.names.take_unsaved()
        try:
            with self._core.writer.transaction() as con:
                unsaved.write(con)
        except BaseException:
            self._core.names.put_back(unsaved)
            raise
        self._core.admitter.meet_new_series()

    # Queryable

    def select(
        self,
        matchers: Sequence[Matcher],
        start_ms: int,
        end_ms: int,
        *,
        max_samples: int | None = None,
        loading: Loading | None = None,
    ) -> SeriesSet:
        """All samples in the range, ends included, of all series that match; series without any are left out.

        Raises:
            QueryLimitError: more than `max_samples` would be loaded.
        """
        started = time.monotonic()
        result = self._reader.read(self._core.index.select(matchers), start_ms, end_ms, max_samples, loading)
        self._metrics.select_seconds.observe(time.monotonic() - started)
        return result

    def series(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> LabelTable:
        """Labels of the series that match any selector and may have samples in the range."""
        selections = self._core.index.select_any(selectors)
        tables = [selection.table(self._in_range(selection, start_ms, end_ms)) for selection in selections]
        if len(tables) == 1:
            return tables[0]
        return LabelTable.of(list(dict.fromkeys(row for table in tables for row in table.rows())))

    def label_names(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted label names in use."""
        found: set[str] = set()
        for selection in self._core.index.select_any(selectors):
            rows = self._in_range(selection, start_ms, end_ms)
            found.update(name for name in selection.names() if name not in found and selection.column(name)[rows].any())
        return sorted(found)

    def label_values(self, name: str, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted values of one label."""
        found: set[str] = set()
        for selection in self._core.index.select_any(selectors):
            found |= selection.values(name, self._in_range(selection, start_ms, end_ms))
        return sorted(found)

    def metadata(self) -> Mapping[str, Metadata]:
        """What is known of each metric family."""
        return self._core.names.families()

    def _in_range(self, selection: Selection, start_ms: int, end_ms: int) -> NDArray[np.bool_]:
        with self._core.head.lock:
            first_ms, final_ms = self._core.head.slots.ranges(selection.refs)
        return np.asarray((first_ms <= end_ms) & (final_ms >= start_ms))

    def rehearse(self) -> None:
        """Read a few samples, so that the first query in this thread finds what it touches loaded."""
        self._reader.rehearse()

    # Maintenance

    def tick(self, now_ms: int) -> None:
        """Do the maintenance that is due: sealing, compaction, retention, forgetting, verifying."""
        self._maintenance.tick(now_ms)

    def verify(self) -> list[str]:
        """Check the whole file now; what is damaged is said in `damage`, which is returned."""
        with self._maintenance.exclusive():
            self._upkeep.verify()
        return self.damage

    # Life

    @property
    def fault(self) -> str:
        """What the last commit or seal failed with, for those who tell whether the store is sound; empty when none did."""
        return self._core.committer.fault or self._core.sealer.fault

    def flush(self) -> None:
        """Wait until everything appended is visible and every handed-over page is sealed."""
        self._core.committer.call(_nothing).result()
        self._core.sealer.wait()

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Write a consistent copy of the samples to a new directory while the store goes on.

        Raises:
            StoreError: the directory holds a `metrics.db` already, or cannot be written.
        """
        self._core.committer.call(_nothing).result()
        with self._core.readers.borrow() as con:
            back_up(con, Path(path))

    def stats(self) -> StoreStats:
        """Sizes, now."""
        view = self._core.catalog.view()
        with self._core.head.lock:
            head_samples, log_size = self._core.head.sample_count(), self._core.head.log_size()
            first_ms, final_ms = self._core.head.slots.first_ms, self._core.head.slots.final_ms
            oldest, newest = int(first_ms.min(initial=_EVER)), int(final_ms.max(initial=NEVER))
        return StoreStats(
            series=len(self._core.index), head_samples=head_samples, blocks=len(view),
            block_samples=int(view[:, Block._fields.index("samples")].sum()), size_bytes=disk_bytes(self._path),
            log_records=log_size[0], log_bytes=log_size[1],
            oldest_ms=oldest if newest > NEVER else None, newest_ms=newest if newest > NEVER else None,
        )  # fmt: skip

    def close(self) -> None:
        """Commit what is queued, seal open pages as far as the time allows, and let the directory go."""
        self._maintenance.close()
        self._core.close()
        self._lock.release()


def _nothing() -> None:
    """Takes its turn in the committer's queue."""
