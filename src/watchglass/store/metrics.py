"""The metric store: an Appender and a Queryable over one SQLite file, `metrics.db`.

This module joins the parts: index (labels), head (open pages), committer (the log), sealer (pages into blocks), reader
(queries) and maintenance (compaction and retention). ADR 0001 says why they are cut so.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from prometheus_client import CollectorRegistry

from watchglass.clock import Clock, SystemClock
from watchglass.columns import LabelTable, SeriesSet
from watchglass.errors import StoreError
from watchglass.interfaces import AppendResult, Batch
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher
from watchglass.model.metadata import Metadata
from watchglass.store.block import Catalog
from watchglass.store.cache import ChunkCache
from watchglass.store.commit import Committer
from watchglass.store.head import Admission, Group, Head
from watchglass.store.index import Selection, SeriesIndex
from watchglass.store.lock import DirectoryLock
from watchglass.store.options import StoreOptions
from watchglass.store.page import Sealed
from watchglass.store.restore import (
    Replay,
    encode_labels,
    load_catalog,
    load_families,
    load_series,
    seed_slots,
)
from watchglass.store.seal import BlockWriter, Sealer
from watchglass.store.select import Reader
from watchglass.store.selfmetrics import StoreMetrics
from watchglass.store.sqlite import Readers, Writer, create_schema
from watchglass.store.wal import Record, encode_record

log = logging.getLogger("watchglass.store")


@dataclass(frozen=True, slots=True)
class StoreStats:
    """Sizes of a metric store."""

    series: int
    head_samples: int
    blocks: int
    chunk_samples: int
    size_bytes: int  # disk space of metrics.db and its -wal file
    wal_records: int
    oldest_ms: int | None  # of the oldest sample; None when there is none
    newest_ms: int | None


class MetricStore:
    """Keeps metric samples in a data directory, which it owns until `close`.

    Args:
        path: the data directory, created when missing; the samples are in `metrics.db` there.
        options: every limit.
        clock: tells when a page was opened and what is old.
        registry: where the store's own metrics go.

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
        self._clock = clock or SystemClock()
        self._metrics = StoreMetrics(registry)
        self._lock = DirectoryLock(self.directory)
        self._families_lock = threading.Lock()
        self._unsaved_families: dict[str, Metadata] = {}
        self._unsaved_groups: dict[int, str] = {}
        try:
            self._open(self.directory / "metrics.db")
        except BaseException:
            self._lock.release()
            raise

    def _open(self, path: Path) -> None:
        self._writer, self._readers = Writer(path), Readers(path)
        self._index, self._catalog = SeriesIndex(), Catalog()
        self._head = Head(lambda: self._index.next_ref, out_of_order_window_ms=self.options.out_of_order_window_ms)
        self._cache = ChunkCache(self.options.chunk_cache_bytes)
        now_ms = self._clock.now_ms()
        with self._readers.borrow() as con:
            create_schema(con)
            load_series(con, self._index, now_ms, self._report_damage)
            load_catalog(con, self._catalog, self._report_damage)
            self._families = load_families(con)
            self._load_groups(con.execute("SELECT id, key FROM scrape_group").fetchall())
            seed_slots(self._head, self._index, self._catalog)
            self._blocks = BlockWriter(self._catalog)
            self._sealer = Sealer(self._head, self._catalog, self._writer, self._blocks, self._count_sealed)
            replay = Replay(self._head, self._catalog, now_ms)
            replay.run(con, self._report_damage, lambda: self._sealer.put(self._head.take_handed()))
        self._next_seq = replay.highest_seq + 1
        self._head.seq = replay.highest_seq
        self._reader = Reader(self._head, self._catalog, self._readers, self._cache, self._report_damage)
        self._relog(replay.homeless)
        self._committer = Committer(
            self._head, self, self._clock,
            interval_ms=self.options.commit_interval_ms, queue_bytes=self.options.queue_bytes,
        )  # fmt: skip

    def _load_groups(self, rows: Sequence[tuple[int, str]]) -> None:
        self._group_lock = threading.Lock()
        self._group_ids = {key: number for number, key in rows}
        self._next_group = max(self._group_ids.values(), default=0) + 1
        self._head.groups.update((number, Group(number, key)) for number, key in rows)

    def _relog(self, records: Sequence[Record]) -> None:
        for record in records:
            with self._writer.transaction() as con:
                con.execute("INSERT INTO wal VALUES (?, ?)", (self._next_seq, encode_record(record)))
            self._head.replay(record, self._next_seq, self._clock.now_ms())
            self._next_seq += 1

    def _report_damage(self, text: str) -> None:
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
        with self._group_lock:
            number = self._group_ids.get(key)
            if number is None:
                number = self._group_ids[key] = self._next_group
                self._next_group += 1
                self._unsaved_groups[number] = key
        self._committer.call(lambda: self._head.open_group(number, key))
        return number

    def close_group(self, group: int) -> None:
        """Seal the group's open pages."""
        self._committer.call(lambda: self._head.close_group(group))

    def append(self, batch: Batch) -> Future[AppendResult]:
        """Queue a batch; the future resolves after the commit, or raises StoreError when it cannot be written.

        A sample that repeats the series' newest one exactly counts as appended. Of two samples of one series in one
        batch the first is taken; the other counts as duplicate.
        """
        return self._committer.append(batch)

    def put_metadata(self, metadata: Mapping[str, Metadata]) -> None:
        """Remember what metric families say of themselves; written with the next commit."""
        with self._families_lock:
            news = {name: said for name, said in metadata.items() if self._families.get(name) != said}
            self._families.update(news)
            self._unsaved_families.update(news)

    # The committer's side

    def write_log(self, admissions: list[Admission]) -> int:
        """Write what the committer admitted, and the series and groups that are new, in one transaction."""
        first = self._next_seq
        records = [part.record for admission in admissions for part in admission.parts]
        fresh = self._index.take_fresh()
        with self._families_lock:
            families, self._unsaved_families = self._unsaved_families, {}
        with self._group_lock:
            groups, self._unsaved_groups = self._unsaved_groups, {}
        if not (records or fresh or families):
            return first
        try:
            with self._writer.transaction() as con:
                con.executemany("INSERT INTO series VALUES (?, ?)", ((ref, encode_labels(ls)) for ref, ls in fresh))
                con.executemany("INSERT OR REPLACE INTO scrape_group VALUES (?, ?)", groups.items())
                con.executemany(
                    "INSERT OR REPLACE INTO family VALUES (?, ?, ?, ?)",
                    ((name, said.type.value, said.unit, said.help) for name, said in families.items()),
                )
                con.executemany(
                    "INSERT INTO wal VALUES (?, ?)", ((seq, encode_record(r)) for seq, r in enumerate(records, first))
                )
        except StoreError:
            self._index.put_back(fresh)
            with self._families_lock:
                self._unsaved_families = families | self._unsaved_families
            with self._group_lock:
                self._unsaved_groups = groups | self._unsaved_groups
            self._metrics.commit_failures.inc()
            raise
        self._next_seq = first + len(records)
        return first

    def put_sealed(self, handed: list[Sealed]) -> None:
        """Pass pages on to the sealer."""
        if handed:
            self._sealer.put(handed)

    def after_commit(self, results: list[AppendResult], seconds: float) -> None:
        """Count, and move SQLite's -wal file on when it has grown."""
        self._metrics.commit_seconds.observe(seconds)
        self._metrics.appended.inc(sum(result.appended for result in results))
        for reason in ("out_of_order", "duplicate", "unknown"):
            if dropped := sum(getattr(result, reason) for result in results):
                self._metrics.dropped.labels(reason).inc(dropped)
        try:
            self._writer.checkpoint_if_due()
        except StoreError:
            log.exception("cannot checkpoint")

    def _count_sealed(self, chunks: int, size_bytes: int) -> None:
        self._metrics.sealed_chunks.inc(chunks)
        self._metrics.sealed_bytes.inc(size_bytes)

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
        rows: list[Labels] = []
        tables = [selection.table(self._in_range(selection, start_ms, end_ms)) for selection in self._any(selectors)]
        if len(tables) == 1:
            return tables[0]
        for table in tables:
            rows += table.rows()
        return LabelTable.of(list(dict.fromkeys(rows)))

    def label_names(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted label names in use."""
        found: set[str] = set()
        for selection in self._any(selectors):
            rows = self._in_range(selection, start_ms, end_ms)
            found.update(name for name in selection.names() if name not in found and selection.column(name)[rows].any())
        return sorted(found)

    def label_values(self, name: str, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted values of one label."""
        found: set[str] = set()
        for selection in self._any(selectors):
            found |= selection.values(name, self._in_range(selection, start_ms, end_ms))
        return sorted(found)

    def metadata(self) -> Mapping[str, Metadata]:
        """What is known of each metric family."""
        with self._families_lock:
            return dict(self._families)

    def _any(self, selectors: Sequence[Sequence[Matcher]]) -> list[Selection]:
        return self._index.select_any(selectors)

    def _in_range(self, selection: Selection, start_ms: int, end_ms: int) -> np.ndarray:
        with self._head.lock:
            slots = self._head.slots.find(selection.refs)
            first, last = self._head.slots.first_ms[slots], self._head.slots.last_ms[slots]
        return (slots >= 0) & (first <= end_ms) & (last >= start_ms)

    # Life

    def flush(self) -> None:
        """Wait until everything appended is visible and every handed-over page is sealed."""
        self._committer.call(lambda: None).result()
        self._sealer.wait()

    def tick(self, now_ms: int) -> None:
        """Do the maintenance that is due."""
        self._in_committer(lambda: self._head.seal_aged(now_ms - self.options.page_age_ms))

    def _in_committer(self, function: Callable[[], object]) -> object:
        return self._committer.call(function).result()

    def stats(self) -> StoreStats:
        """Sizes, now."""
        view = self._catalog.view()
        with self._head.lock:
            head_samples = self._head.sample_count()
            records = sum(len(group.seqs) for group in self._head.groups.values())
            size = self._head.slots.size
            last = self._head.slots.last_ms[:size]
            first = self._head.slots.first_ms[:size]
            held = last > np.iinfo(np.int64).min
        return StoreStats(
            series=len(self._index), head_samples=head_samples, blocks=len(view),
            chunk_samples=int(view[:, 7].sum()), size_bytes=self._size_bytes(), wal_records=records,
            oldest_ms=int(first[held].min()) if held.any() else None,
            newest_ms=int(last[held].max()) if held.any() else None,
        )  # fmt: skip

    def _size_bytes(self) -> int:
        total = 0
        for name in ("metrics.db", "metrics.db-wal"):
            try:
                total += (self.directory / name).stat().st_blocks * 512
            except FileNotFoundError:
                continue
        return total

    def close(self) -> None:
        """Commit what is queued, seal open pages as far as the time allows, and let the directory go."""
        self._committer.call(lambda: self._head.seal_aged(np.iinfo(np.int64).max))
        self._committer.close()
        self._sealer.wait(self.options.close_budget_ms / 1000)
        self._sealer.close()
        self._readers.close()
        try:
            self._writer.truncate_wal()
        finally:
            self._writer.close()
            self._lock.release()
