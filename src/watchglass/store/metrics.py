"""The metric store: an Appender and a Queryable over one SQLite file, `metrics.db`.

This module joins the parts: index (labels), admission and head (open pages), committer (the log), sealer (pages into
blocks), reader (queries), maintenance (compaction and retention). ADR 0001 says why they are cut so.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from prometheus_client import CollectorRegistry

from watchglass.clock import Clock, SystemClock
from watchglass.columns import LabelTable, SeriesSet, Times, Values
from watchglass.interfaces import AppendResult, Batch
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher
from watchglass.model.metadata import Metadata
from watchglass.store.admission import Admitter
from watchglass.store.backup import back_up
from watchglass.store.block import Block, Catalog
from watchglass.store.blockwriter import BlockWriter
from watchglass.store.cache import ChunkCache
from watchglass.store.commit import Committer
from watchglass.store.compact import SPANS_MS, Compactor, due
from watchglass.store.head import Group, Head
from watchglass.store.importer import Importer, ImportResult
from watchglass.store.index import Selection, SeriesIndex
from watchglass.store.lock import DirectoryLock
from watchglass.store.logwriter import LogWriter
from watchglass.store.maintenance import Maintenance
from watchglass.store.names import Names
from watchglass.store.options import MINUTE_MS, StoreOptions
from watchglass.store.restore import Replay, load_catalog, load_families, load_groups, load_series, seed_slots
from watchglass.store.retention import Retention, disk_bytes
from watchglass.store.seal import Sealer
from watchglass.store.select import Reader
from watchglass.store.selfmetrics import StoreMetrics
from watchglass.store.slots import NEVER
from watchglass.store.sqlite import Readers, Writer, create_schema

log = logging.getLogger("watchglass.store")

_EVER = int(np.iinfo(np.int64).max)
_FORGET_INTERVAL_MS = 10 * MINUTE_MS
_LOG_BYTES_PER_SERIES = 2 * 1024  # what open pages need of the log when nothing is held up
_PACKED_BYTES = 1.3  # of a sample in a compacted block, about


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
        self.damage: list[str] = []
        self._path = self.directory / "metrics.db"
        self._clock = clock or SystemClock()
        self._metrics = StoreMetrics(registry)
        self._lock = DirectoryLock(self.directory)
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> None:
        create_schema(self._path)
        self._writer, self._readers = Writer(self._path), Readers(self._path)
        self._index, self._catalog, self._head = SeriesIndex(), Catalog(), Head()
        self._blocks = BlockWriter(self._head, self._catalog, self._writer)
        now_ms = self._clock.now_ms()
        with self._readers.borrow() as con:
            load_series(con, self._index, now_ms, self._report)
            load_catalog(con, self._catalog, self._report)
            groups = load_groups(con)
            self._names = Names(self._index, groups, load_families(con))
            self._head.groups.update((number, Group(number, key)) for number, key in groups.items())
            seed_slots(self._head, self._index, self._catalog)
            self._sealer = Sealer(self._head, self._writer, self._blocks, self._count_sealed)
            window_ms = self.options.out_of_order_window_ms
            self._admitter = Admitter(self._head, lambda: self._index.next_ref, out_of_order_window_ms=window_ms)
            replay = Replay(self._admitter, self._catalog, now_ms)
            replay.run(con, self._report, lambda: self._sealer.put(self._head.take_handed()))
        self._start(replay, now_ms)

    def _start(self, replay: Replay, now_ms: int) -> None:
        self._head.seq = replay.highest_seq
        sink = LogWriter(self._writer, self._names, self._sealer, self._metrics, self._lock, replay.highest_seq + 1)
        for record, (seq, size) in zip(replay.homeless, sink.write_records(replay.homeless), strict=True):
            self._admitter.replay(record, seq, size, now_ms)
        self._cache = ChunkCache(self.options.chunk_cache_bytes)
        self._reader = Reader(self._head, self._catalog, self._readers, self._cache, self._report)
        self._compactor = Compactor(self._catalog, self._blocks, self._readers, self._report)
        self._retention = Retention(
            self._path, self.options, self._catalog, self._blocks, self._writer,
            lambda reason, count: self._metrics.retired.labels(reason).inc(count),
        )  # fmt: skip
        self._committer = Committer(
            self._head, self._admitter, sink, self._clock,
            interval_ms=self.options.commit_interval_ms, queue_bytes=self.options.queue_bytes,
        )  # fmt: skip
        self._forgot_ms = now_ms
        self._maintenance = Maintenance(
            [
                ("seal", self._seal_aged),
                ("compact", self._compact),
                ("retain", self._retain),
                ("forget", self._forget),
                ("measure", self._measure),
            ],
            self._metrics.maintenance_failures.inc,
        )
        if self.options.maintenance_thread:
            self._maintenance.start(self._clock, self.options.tick_interval_ms)

    def _report(self, text: str) -> None:
        if text not in self.damage:
            self.damage.append(text)
            self._metrics.damage.inc()
            log.error("damaged data: %s", text)

    # Appender

    def series_ref(self, labels: Labels) -> int:
        """The number of a series, created when new."""
        return self._index.ref(labels, self._clock.now_ms())

    def open_group(self, key: str) -> int:
        """The number of the scrape group `key`, created when new; the same again after a restart."""
        number = self._names.open_group(key)
        self._committer.call(lambda: self._head.open_group(number, key))
        return number

    def close_group(self, group: int) -> None:
        """Seal the group's open pages."""
        self._names.close_group(group)
        self._committer.call(lambda: self._head.close_group(group))

    def append(self, batch: Batch) -> Future[AppendResult]:
        """Queue a batch; the future resolves after the commit, or raises StoreError when it cannot be written.

        A sample that repeats the series' newest one exactly counts as appended. Of two samples of one series in one
        batch the first is taken; the other counts as duplicate.
        """
        return self._committer.append(batch)

    def put_metadata(self, metadata: Mapping[str, Metadata]) -> None:
        """Remember what metric families say of themselves; written with the next commit."""
        self._names.put_families(metadata)

    def import_samples(self, columns: Iterable[tuple[Labels, Times, Values]]) -> ImportResult:
        """Write old samples straight into blocks, beside and beneath what is there.

        Samples may be older than what the store holds, and may overlap it: where both have a sample at the same time, the
        appended one is the series' value. Either everything appears, at the end, or nothing.

        Args:
            columns: a series, its times in milliseconds and its values; a series may come several times.

        Raises:
            StoreError: it cannot be written; nothing was imported.
        """
        with self._maintenance.exclusive():
            return self._import(Importer(self._blocks), columns)

    def _import(self, importer: Importer, columns: Iterable[tuple[Labels, Times, Values]]) -> ImportResult:
        refs: set[int] = set()
        samples = 0
        for labels, times, values in columns:
            if len(times):
                ref = self.series_ref(labels)
                refs.add(ref)
                samples += importer.add(ref, np.asarray(times, np.int64), np.asarray(values, np.float64))
        self._in_committer(self._save_names)
        blocks = importer.finish()
        self._in_committer(lambda: self._head.note_range(blocks))
        first_ms, last_ms = min((b.t0 for b in blocks), default=None), max((b.t1 for b in blocks), default=None)
        return ImportResult(len(refs), samples, len(blocks), first_ms, last_ms)

    def _save_names(self) -> None:
        unsaved = self._names.take_unsaved()
        try:
            with self._writer.transaction() as con:
                unsaved.write(con)
        except BaseException:
            self._names.put_back(unsaved)
            raise
        self._admitter.meet_new_series()

    # Queryable

    def select(
        self, matchers: Sequence[Matcher], start_ms: int, end_ms: int, *, max_samples: int | None = None
    ) -> SeriesSet:
        """All samples in the range, ends included, of all series that match; series without any are left out.

        Raises:
            QueryLimitError: more than `max_samples` would be loaded.
        """
        started = time.monotonic()
        result = self._reader.read(self._index.select(matchers), start_ms, end_ms, max_samples)
        self._metrics.select_seconds.observe(time.monotonic() - started)
        return result

    def series(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> LabelTable:
        """Labels of the series that match any selector and may have samples in the range."""
        selections = self._index.select_any(selectors)
        tables = [selection.table(self._in_range(selection, start_ms, end_ms)) for selection in selections]
        if len(tables) == 1:
            return tables[0]
        return LabelTable.of(list(dict.fromkeys(row for table in tables for row in table.rows())))

    def label_names(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted label names in use."""
        found: set[str] = set()
        for selection in self._index.select_any(selectors):
            rows = self._in_range(selection, start_ms, end_ms)
            found.update(name for name in selection.names() if name not in found and selection.column(name)[rows].any())
        return sorted(found)

    def label_values(self, name: str, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted values of one label."""
        found: set[str] = set()
        for selection in self._index.select_any(selectors):
            found |= selection.values(name, self._in_range(selection, start_ms, end_ms))
        return sorted(found)

    def metadata(self) -> Mapping[str, Metadata]:
        """What is known of each metric family."""
        return self._names.families()

    def _in_range(self, selection: Selection, start_ms: int, end_ms: int) -> NDArray[np.bool_]:
        with self._head.lock:
            first_ms, final_ms = self._head.slots.ranges(selection.refs)
        return np.asarray((first_ms <= end_ms) & (final_ms >= start_ms))

    # Maintenance

    def tick(self, now_ms: int) -> None:
        """Do the maintenance that is due: sealing, compaction, retention, forgetting."""
        self._maintenance.tick(now_ms)

    def _seal_aged(self, now_ms: int) -> None:
        limit = self.options.wal_bytes + _LOG_BYTES_PER_SERIES * self._head.slots.size

        def seal() -> None:
            self._head.seal_aged(now_ms - self.options.page_age_ms)
            self._head.relieve_log(limit)

        self._in_committer(seal)

    def _compact(self, now_ms: int) -> None:
        self._blocks.sweep()
        for level in SPANS_MS:
            for job in due(self._catalog, level, now_ms, self.options.compaction_delay_ms):
                self._retention.by_size(int(_PACKED_BYTES * sum(block.samples for block in job.blocks)))
                self._metrics.compactions.inc(self._compactor.run(job))
                self._blocks.sweep()

    def _retain(self, now_ms: int) -> None:
        self._retention.by_age(now_ms)
        self._retention.by_size()
        self._retention.give_back()

    def _forget(self, now_ms: int) -> None:
        if now_ms - self._forgot_ms >= _FORGET_INTERVAL_MS:
            self._forgot_ms = now_ms
            self._in_committer(lambda: self._forget_series(now_ms))
            self._in_committer(self._forget_groups)
            self._blocks.remove_unused_layouts()

    def _forget_series(self, now_ms: int) -> None:
        with self._head.lock:
            live = np.union1d(self._head.live_refs(), self._catalog.live_refs())
        dropped = self._index.forget(live, now_ms - self.options.forget_after_ms)
        if len(dropped):
            self._head.forget(dropped)
            with self._writer.transaction() as con:
                con.executemany("DELETE FROM series WHERE ref = ?", ((ref,) for ref in dropped.tolist()))
                con.execute("INSERT OR REPLACE INTO meta VALUES ('next_ref', ?)", (str(self._index.next_ref),))

    def _forget_groups(self) -> None:
        groups = self._head.groups
        with self._head.lock:
            empty = {number: group.key for number, group in groups.items() if number and self._head.is_empty(group)}
        dropped = self._names.drop_groups(empty)
        with self._writer.transaction() as con:
            con.executemany("DELETE FROM scrape_group WHERE id = ?", ((number,) for number in dropped))
        for number in dropped:
            del groups[number]

    def _measure(self, _now_ms: int) -> None:
        stats, metrics = self.stats(), self._metrics
        metrics.series.set(stats.series)
        metrics.blocks.set(stats.blocks)
        metrics.size_bytes.set(stats.size_bytes)
        metrics.log_records.set(stats.log_records)
        metrics.log_bytes.set(stats.log_bytes)
        metrics.cache_bytes.set(self._cache.size_bytes)

    def _in_committer(self, function: Callable[[], object]) -> object:
        return self._committer.call(function).result()

    def _count_sealed(self, chunks: int, size_bytes: int) -> None:
        self._metrics.sealed_chunks.inc(chunks)
        self._metrics.sealed_bytes.inc(size_bytes)

    # Life

    def flush(self) -> None:
        """Wait until everything appended is visible and every handed-over page is sealed."""
        self._in_committer(lambda: None)
        self._sealer.wait()

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Write a consistent copy of the samples to a new directory while the store goes on.

        Raises:
            StoreError: the directory holds a `metrics.db` already, or cannot be written.
        """
        self._in_committer(lambda: None)
        with self._readers.borrow() as con:
            back_up(con, Path(path))

    def stats(self) -> StoreStats:
        """Sizes, now."""
        view = self._catalog.view()
        with self._head.lock:
            head_samples, log_size = self._head.sample_count(), self._head.log_size()
            first_ms, final_ms = self._head.slots.first_ms, self._head.slots.final_ms
            oldest, newest = int(first_ms.min(initial=_EVER)), int(final_ms.max(initial=NEVER))
        return StoreStats(
            series=len(self._index), head_samples=head_samples, blocks=len(view),
            block_samples=int(view[:, Block._fields.index("samples")].sum()), size_bytes=disk_bytes(self._path),
            log_records=log_size[0], log_bytes=log_size[1],
            oldest_ms=oldest if newest > NEVER else None, newest_ms=newest if newest > NEVER else None,
        )  # fmt: skip

    def close(self) -> None:
        """Commit what is queued, seal open pages as far as the time allows, and let the directory go."""
        self._maintenance.close()
        self._committer.call(lambda: self._head.seal_aged(_EVER))
        self._committer.close()
        self._sealer.wait(self.options.close_budget_ms / 1000)
        self._sealer.close()
        self._readers.close()
        self._writer.close()
        self._lock.release()
