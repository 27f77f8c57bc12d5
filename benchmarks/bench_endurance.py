"""Long runs on a virtual clock: what must stay flat, and a size limit that must hold.

Two runs of the store alone. In the first, one series with a sample every 5 minutes and 1,000 series with one sample each
stand beside 1,000 busy ones for 48 hours; log, replay and memory must not grow. In the second, 1,000 series of full
entropy are written for 30 days under a limit of 50 MB, which `du` must never see exceeded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
from harness import PAGE_BYTES, folder, print_table

from watchglass.clock import ManualClock
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

START_MS = 1_790_000_000_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
SCRAPE_MS = 15_000
LIMIT_BYTES = 50_000_000


def rss_mb() -> float:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / 1e6


def disk_bytes(path: Path) -> int:
    """What `du` sees."""
    return int(subprocess.run(["du", "-sB1", str(path)], capture_output=True, text=True, check=True).stdout.split()[0])


class Series:
    """Some series of one scrape group."""

    def __init__(self, store: MetricStore, name: str, count: int) -> None:
        self._store = store
        self._group = store.open_group(name)
        refs = [store.series_ref(Labels.of({"__name__": name, "number": str(n)})) for n in range(count)]
        self._refs = np.array(refs, np.uint32)

    def append(self, now_ms: int, values: np.ndarray) -> None:
        """Write one sample a series and wait until it is on disk."""
        batch = Batch(refs=self._refs, values=values, timestamps_ms=now_ms, group=self._group)
        self._store.append(batch).result()


def replay_seconds(path: Path, copy: Path) -> float:
    """How long a store that was killed now would take to open."""
    copy.mkdir()
    for file in ("metrics.db", "metrics.db-wal"):
        shutil.copy(path / file, copy / file)
    started = time.perf_counter()
    store = MetricStore(copy, StoreOptions(maintenance_thread=False, retention_ms=0), ManualClock(START_MS))
    seconds = time.perf_counter() - started
    store.close()
    shutil.rmtree(copy)
    return seconds


def flatness(path: Path, hours: int) -> None:
    """Print how log, replay and memory develop."""
    clock = ManualClock(START_MS)
    store = MetricStore(path / "flat", StoreOptions(maintenance_thread=False, commit_interval_ms=0), clock)
    busy, slow, once = Series(store, "busy", 1_000), Series(store, "slow", 1), Series(store, "once", 1_000)
    once.append(clock.now_ms(), np.arange(1_000.0))
    rows, counters = [], np.zeros(1_000)
    random = np.random.default_rng(1)
    for scrape in range(1, hours * HOUR_MS // SCRAPE_MS + 1):
        clock.advance(SCRAPE_MS)
        counters += random.integers(0, 50, 1_000)
        busy.append(clock.now_ms(), counters)
        if scrape % (5 * MINUTE_MS // SCRAPE_MS) == 0:
            slow.append(clock.now_ms(), np.array([float(scrape)]))
            store.tick(clock.now_ms())
        if scrape % (6 * HOUR_MS // SCRAPE_MS) == 0:
            stats = store.stats()
            log_kb = stats.log_bytes / 1e3
            rows.append([scrape * SCRAPE_MS // HOUR_MS, log_kb, replay_seconds(path / "flat", path / "copy"), rss_mb()])
    store.close()
    print_table("48 virtual hours with idle and vanished series", ["hour", "log kB", "replay s", "RSS MB"], rows)


def size_limit(path: Path, days: int) -> None:
    """Print the most that `du` saw, each virtual hour."""
    clock = ManualClock(START_MS)
    options = StoreOptions(maintenance_thread=False, commit_interval_ms=0, retention_bytes=LIMIT_BYTES, retention_ms=0)
    store = MetricStore(path / "limited", options, clock)
    series = Series(store, "noise", 1_000)
    random = np.random.default_rng(2)
    rows, most = [], 0
    for minute in range(1, days * DAY_MS // MINUTE_MS + 1):
        clock.advance(MINUTE_MS)
        series.append(clock.now_ms(), random.random(1_000))
        if minute % 10 == 0:
            store.tick(clock.now_ms())
        if minute % 60 == 0:
            most = max(most, disk_bytes(path / "limited"))
        if minute % (5 * DAY_MS // MINUTE_MS) == 0:
            written = minute * 8_000 / 1e6
            rows.append([minute * MINUTE_MS // DAY_MS, written, disk_bytes(path / "limited") / 1e6, most / 1e6])
    store.close()
    print_table("A limit of 50 MB", ["day", "written MB (8 B a sample)", "du MB now", "du MB at most"], rows)


def run(*, quick: bool) -> None:
    """Print both tables."""
    os.nice(1)
    with folder() as path:
        flatness(path, 12 if quick else 48)
        size_limit(path, 10 if quick else 30)
