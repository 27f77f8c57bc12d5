"""Retention: the oldest blocks go, by age and by size, and their disk space goes back to the file system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from watchglass.store.block import Block, Catalog
from watchglass.store.blockwriter import BlockWriter
from watchglass.store.changes import EVERYTHING, Changes
from watchglass.store.options import MIB, StoreOptions
from watchglass.store.selfmetrics import StoreMetrics
from watchglass.store.sqlite import PAGE_BYTES, Writer

_SLACK_SHARE = 64  # or this part of the file
_VACUUM_PAGES = 1024  # given back in one step, so that writers wait for moments only
_SLACK_BYTES = 256 * 1024  # free pages kept for reuse
_ROUNDS = 50
_T1, _SAMPLES = Block._fields.index("t1"), Block._fields.index("samples")


def disk_bytes(path: Path) -> int:
    """What `du` counts for a database and its -wal file."""
    total = 0
    for each in (path, path.with_name(path.name + "-wal")):
        try:
            total += each.stat().st_blocks * 512
        except FileNotFoundError:
            continue
    return total


class Retention:
    """Deletes what is too old or too much; one thread uses it at a time."""

    def __init__(
        self, path: Path, options: StoreOptions, *, catalog: Catalog, blocks: BlockWriter, writer: Writer,
        metrics: StoreMetrics, check: Callable[[], None], changes: Changes,
    ) -> None:  # fmt: skip
        self._path, self._options, self._catalog = path, options, catalog
        self._blocks, self._writer, self._metrics = blocks, writer, metrics
        self._truncated = True
        self._check = check
        self._changes = changes

    def by_age(self, now_ms: int) -> None:
        """Delete blocks whose newest sample is older than the retention time."""
        if self._options.retention_ms:
            view = self._catalog.view()
            old = view[view[:, _T1] < now_ms - self._options.retention_ms]
            self._retire("age", old[:, 0].tolist())

    def by_size(self, coming_bytes: int = 0) -> None:
        """Delete the oldest blocks until the files, and what is about to be written, fit the limit.

        A part of the limit is kept for the write-ahead log and for SQLite's -wal file.
        """
        limit = self._options.retention_bytes
        if not limit:
            return
        target = limit - coming_bytes - min(6 * MIB, limit // 4)
        for _ in range(_ROUNDS):
            excess = disk_bytes(self._path) - target
            if excess <= 0:
                return
            self.give_back()
            excess = disk_bytes(self._path) - target
            if excess <= 0 or not self._retire_oldest(excess):
                return

    def _retire_oldest(self, excess_bytes: int) -> bool:
        """Delete about as much as is too much, the oldest first."""
        view = self._catalog.view()
        if not len(view):
            return False
        view = view[np.argsort(view[:, _T1], kind="stable")]
        bytes_per_sample = disk_bytes(self._path) / max(1, int(view[:, _SAMPLES].sum()))
        freed = np.cumsum(view[:, _SAMPLES]) * bytes_per_sample
        self._retire("size", view[: int(np.searchsorted(freed, excess_bytes)) + 1, 0].tolist())
        return True

    def _retire(self, reason: str, blocks: list[int]) -> None:
        if blocks:
            self._blocks.finish([], blocks)
            self._changes.note(EVERYTHING)
            self._blocks.sweep()
            self._metrics.retired.labels(reason).inc(len(blocks))

    def tidy(self) -> None:
        """Hand back what is free beyond the pages that the log and sealing will soon want again."""
        if not self._truncated:
            self._truncated = self._writer.truncate_wal()
        self.give_back(max(_SLACK_BYTES, self._path.stat().st_size // _SLACK_SHARE))

    def give_back(self, slack_bytes: int = 0) -> None:
        """Hand free pages, all but some slack, back to the file system, in slices."""
        pages = self._writer.value("PRAGMA freelist_count") - slack_bytes // PAGE_BYTES
        if pages <= 0:
            return
        while pages > 0:
            self._check()
            # `execute` would free a single page: the pragma yields a row for each.
            self._writer.script(f"PRAGMA incremental_vacuum({min(pages, _VACUUM_PAGES)});")
            pages -= _VACUUM_PAGES
            self._writer.checkpoint_if_due()
        self._truncated = self._writer.truncate_wal()
