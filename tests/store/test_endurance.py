"""Days on a virtual clock, in the small; `benchmarks/bench_endurance.py` is the full form."""

import os

import numpy as np
import pytest

from watchglass.clock import ManualClock
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


class Series:
    def __init__(self, store, name, count):
        self._store, self._group, self._count = store, store.open_group(name), count
        refs = [store.series_ref(Labels.of({"__name__": name, "number": str(n)})) for n in range(count)]
        self._refs = np.array(refs, np.uint32)

    def append(self, now_ms, values):
        self._store.append(Batch(self._refs, values, now_ms, self._group)).result()


@pytest.fixture
def open_store(tmp_path):
    stores = []

    def make(clock, **options):
        options = StoreOptions(maintenance_thread=False, commit_interval_ms=0, retention_ms=0, **options)
        stores.append(MetricStore(tmp_path, options, clock))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def test_idle_and_vanished_series_do_not_hold_the_log(open_store):
    clock = ManualClock(1_790_000_000_000)
    store = open_store(clock)
    busy, slow, once = Series(store, "busy", 40), Series(store, "slow", 1), Series(store, "once", 40)
    once.append(clock.now_ms(), np.arange(40.0))
    records = []
    for minute in range(1, 24 * 60 + 1):
        clock.advance(MINUTE_MS)
        busy.append(clock.now_ms(), np.full(40, float(minute)))
        if minute % 5 == 0:
            slow.append(clock.now_ms(), np.array([float(minute)]))
            store.tick(clock.now_ms())
        records.append(store.stats().log_records)

    assert max(records) <= 2.2 * 60 + 2.2 * 12  # two hours of both groups, and the time until it is noticed
    assert max(records[12 * 60 :]) <= max(records[: 12 * 60])


def test_a_size_limit_holds_by_what_du_sees(open_store, tmp_path):
    clock, limit = ManualClock(1_790_000_000_000), 3_000_000
    store = open_store(clock, retention_bytes=limit)
    series, random = Series(store, "noise", 200), np.random.default_rng(1)
    sizes = []
    for minute in range(1, 3 * 24 * 60 + 1):
        clock.advance(MINUTE_MS)
        series.append(clock.now_ms(), random.random(200))
        if minute % 10 == 0:
            store.tick(clock.now_ms())
            sizes.append(sum(file.stat().st_blocks * 512 for file in os.scandir(tmp_path)))

    written = 3 * 24 * 60 * 200 * 8
    assert written > 2 * limit
    assert max(sizes) <= limit
    assert store.stats().newest_ms == clock.now_ms()
