"""Upkeep: the steps of maintenance, each due at its own time."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from watchglass.store.cache import ChunkCache
from watchglass.store.compact import SPANS_MS, Compactor, due
from watchglass.store.core import Core
from watchglass.store.guard import Table
from watchglass.store.maintenance import Step
from watchglass.store.options import DAY_MS, MINUTE_MS
from watchglass.store.retention import Retention, disk_bytes
from watchglass.store.verify import broken_structure, damaged_chunks

log = logging.getLogger("watchglass.store")

_FORGET_INTERVAL_MS = 10 * MINUTE_MS
_VERIFY_INTERVAL_MS = DAY_MS
_LOG_BYTES_PER_SERIES = 2 * 1024  # what open pages need of the log when nothing is held up
_PACKED_BYTES = 1.3  # of a sample in a compacted block, about


class Upkeep:
    """Keeps a store small, sound and fast; one thread runs its steps at a time."""

    def __init__(self, core: Core, cache: ChunkCache, pause: Callable[[], None], check: Callable[[], None]) -> None:
        self._core, self._cache, self._pause, self._check = core, cache, pause, check
        self._compactor = Compactor(core.catalog, core.blocks, core.readers, core.reports.add, check)
        self._retention = Retention(
            core.path, core.options,
            catalog=core.catalog, blocks=core.blocks, writer=core.writer, metrics=core.metrics, check=check,
            changes=core.changes,
        )  # fmt: skip
        self._forgot_ms = self._verified_ms = 0
        self._remembering = 0  # imports under way, whose series have no samples yet
        self._lock = threading.Lock()

    def steps(self) -> list[Step]:
        """What a tick does, in this order."""
        return [
            ("seal", self._seal_aged),
            ("compact", self._compact),
            ("retain", self._retain),
            ("forget", self._forget),
            ("verify", self._verify_daily),
            ("measure", self.measure),
        ]

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Forget no series meanwhile."""
        with self._lock:
            self._remembering += 1
        try:
            yield
        finally:
            with self._lock:
                self._remembering -= 1

    def make_room(self, coming_bytes: int) -> None:
        """Keep the size limit while much is about to be written; only while no tick runs."""
        self._retention.by_size(coming_bytes)

    def _in_committer(self, function: Callable[[], object]) -> object:
        return self._core.committer.call(function).result()

    def _seal_aged(self, now_ms: int) -> None:
        head, options = self._core.head, self._core.options
        limit = options.wal_bytes + _LOG_BYTES_PER_SERIES * head.slots.size
        self._in_committer(lambda: head.seal_aged(now_ms - options.page_age_ms))
        self._in_committer(lambda: head.relieve_log(limit))

    def _compact(self, now_ms: int) -> None:
        core = self._core
        core.blocks.sweep()
        for level in SPANS_MS:
            for job in due(core.catalog, level, now_ms, core.options.compaction_delay_ms):
                self._retention.by_size(int(_PACKED_BYTES * sum(block.samples for block in job.blocks)))
                core.metrics.compactions.inc(self._compactor.run(job))
                core.blocks.sweep()
                self._pause()

    def _retain(self, now_ms: int) -> None:
        self._retention.by_age(now_ms)
        self._retention.by_size()
        self._retention.tidy()

    def _forget(self, now_ms: int) -> None:
        if self._remembering or now_ms - self._forgot_ms < _FORGET_INTERVAL_MS:
            return
        self._forgot_ms = now_ms
        self._in_committer(partial(self._forget_series, now_ms - self._core.options.forget_after_ms))
        self._in_committer(self._forget_groups)
        self._core.blocks.remove_unused_layouts()

    def _forget_series(self, unused_since_ms: int) -> None:
        core = self._core
        with core.head.lock:
            live = np.union1d(core.head.live_refs(), core.catalog.live_refs())
        dropped = core.index.forget(live, unused_since_ms)
        if len(dropped):
            core.head.forget(dropped)
            with core.writer.transaction() as con:
                con.executemany("DELETE FROM series WHERE ref = ?", ((ref,) for ref in dropped.tolist()))
                con.execute("INSERT OR REPLACE INTO meta VALUES ('next_ref', ?)", (str(core.index.next_ref),))

    def _forget_groups(self) -> None:
        core = self._core
        with core.head.lock:
            groups = core.head.groups
            empty = {number: group.key for number, group in groups.items() if number and core.head.is_empty(group)}
        dropped = core.names.drop_groups(empty)
        with core.writer.transaction() as con:
            con.executemany("DELETE FROM scrape_group WHERE id = ?", ((number,) for number in dropped))
        for number in dropped:
            del groups[number]

    def _verify_daily(self, now_ms: int) -> None:
        if now_ms - self._verified_ms >= _VERIFY_INTERVAL_MS:
            self._verified_ms = now_ms
            self.verify()

    def verify(self) -> None:
        """Check structure and chunks of the whole file; a broken structure is replaced, damaged chunks are reported."""
        core = self._core
        if broken := broken_structure(core.readers, self._check):
            log.error("the database file is damaged: %s", broken)
            core.request_healing().result()
        for block, chunk in damaged_chunks(core.readers, self._pause):
            if block in core.catalog.view()[:, 0]:
                core.reports.add(f"row {chunk} of table {Table.CHUNK.name.lower()} is damaged; its samples are gone")

    def measure(self, _now_ms: int = 0) -> None:
        """Tell metrics how large everything is."""
        core, metrics = self._core, self._core.metrics
        with core.head.lock:
            records, log_bytes = core.head.log_size()
        metrics.series.set(len(core.index))
        metrics.blocks.set(len(core.catalog))
        metrics.size_bytes.set(disk_bytes(core.path))
        space = os.statvfs(core.path.parent)
        metrics.disk_free_bytes.set(space.f_bavail * space.f_frsize)
        metrics.disk_size_bytes.set(space.f_blocks * space.f_frsize)
        metrics.log_records.set(records)
        metrics.log_bytes.set(log_bytes)
        metrics.cache_bytes.set(self._cache.size_bytes)
