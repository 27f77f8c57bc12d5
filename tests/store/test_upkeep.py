"""Maintenance on a virtual clock: compaction, retention by age and size, forgetting, and flat memory and log."""

import subprocess

import numpy as np
import psutil
import pytest
from support import DAY_MS, FOREVER, START_MS, append, contents, many, named, opened, refs_of, send

from watchglass.clock import ManualClock
from watchglass.model.labels import Labels
from watchglass.model.sample import STALE

MIDNIGHT_MS = START_MS // DAY_MS * DAY_MS
HOUR_MS = 3_600_000


def scrape(store, clock, refs, group, count):
    """Scrape `count` times; the values count up."""
    for turn in range(count):
        future = send(store, refs, turn, clock.now_ms(), group)
        clock.advance(15_000)
    future.result(timeout=30)


def levels(store):
    return sorted((block.level, block.n) for block in store._core.catalog.blocks())


def test_four_hours_and_then_a_day_become_one_chunk_a_series(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock)
    group, refs = store.open_group("target"), refs_of(store, *many("m", 5))
    scrape(store, clock, refs, group, 5760)
    store.flush()
    store.tick(MIDNIGHT_MS + 4 * HOUR_MS + 9 * 60_000)
    assert {level for level, _ in levels(store)} == {0}
    store.tick(MIDNIGHT_MS + 4 * HOUR_MS + 10 * 60_000)
    assert len([n for level, n in levels(store) if level == 1]) == 1
    before = contents(store.select(named("m"), *FOREVER))
    store.tick(MIDNIGHT_MS + DAY_MS + 10 * 60_000)
    store.flush()
    store.tick(MIDNIGHT_MS + DAY_MS + 11 * 60_000)
    assert contents(store.select(named("m"), *FOREVER)) == before
    assert len(levels(store)) <= 2
    assert max(n for _, n in levels(store)) > 5600
    store.close()


def test_a_compaction_that_fails_halfway_leaves_everything_as_it_was(tmp_path, monkeypatch):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock)
    group, refs = store.open_group("target"), refs_of(store, *many("m", 300))
    scrape(store, clock, refs, group, 700)
    store.flush()
    before, blocks = contents(store.select(named("m"), *FOREVER)), levels(store)
    real, calls = store._core.blocks.write_chunks, []

    def failing(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise OSError("gone")
        real(*arguments)

    monkeypatch.setattr(store._core.blocks, "write_chunks", failing)
    with pytest.raises(OSError, match="gone"):
        dict(store._upkeep.steps())["compact"](clock.now_ms() + 5 * HOUR_MS)
    assert levels(store) == blocks
    monkeypatch.undo()
    store.tick(clock.now_ms() + 5 * HOUR_MS)
    assert contents(store.select(named("m"), *FOREVER)) == before
    assert levels(store) != blocks
    assert store._core.writer.value("SELECT count(*) FROM dead") == 0
    store.close()


def test_old_blocks_go_and_their_series_are_forgotten_with_their_names(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock, retention_ms=DAY_MS)
    group = store.open_group("old target")
    scrape(store, clock, refs_of(store, *many("old", 50)), group, 10)
    store.close_group(group)
    store.flush()
    clock.advance(DAY_MS - HOUR_MS)
    store.tick(clock.now_ms())
    assert len(contents(store.select(named("old"), *FOREVER))) == 50
    kept = refs_of(store, *many("new", 1))
    append(store, kept, 1, clock.now_ms())
    clock.advance(2 * HOUR_MS)
    store.tick(clock.now_ms())
    assert contents(store.select(named("old"), *FOREVER)) == {}
    assert store.label_values("__name__", [], *FOREVER) == ["new"]
    assert store.stats().series == 1
    assert "old target" not in store._core.names.groups().values()
    fresh = refs_of(store, *many("old", 1))
    assert fresh[0] > kept[0], "numbers are not used twice"
    store.close()
    store = opened(tmp_path, clock, retention_ms=DAY_MS)
    assert store.stats().series == 1
    assert refs_of(store, *many("other", 1))[0] > 51
    store.close()


def test_a_forgotten_series_is_reported_unknown(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock)
    refs = refs_of(store, *many("m", 2))
    clock.advance(50 * 60_000)
    store.tick(clock.now_ms())
    assert append(store, refs[:1], 1, clock.now_ms()).appended == 1
    clock.advance(50 * 60_000)
    store.tick(clock.now_ms())
    assert append(store, refs, 2, clock.now_ms())._asdict() == {
        "appended": 1, "out_of_order": 0, "duplicate": 0, "unknown": 1,
    }  # fmt: skip
    store.close()


def disk_usage(folder):
    """What `du` says of the database and its -wal file, in bytes."""
    names = [str(folder / name) for name in ("metrics.db", "metrics.db-wal")]
    lines = subprocess.run(["du", "-B1", *names], capture_output=True, text=True, check=False).stdout.splitlines()
    return sum(int(line.split()[0]) for line in lines)


def test_a_size_limit_is_held_by_du_over_virtual_days(tmp_path):
    limit = 12 * 1024 * 1024
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock, retention_bytes=limit, retention_ms=0)
    group, refs = store.open_group("target"), refs_of(store, *many("m", 200))
    chooser = np.random.default_rng(1)
    largest, full = 0, 0
    for _ in range(30 * 8):
        for _ in range(60):
            future = send(store, refs, chooser.random(200), clock.now_ms(), group)
            clock.advance(180_000)
        future.result(timeout=30)
        store.tick(clock.now_ms())
        largest = max(largest, disk_usage(tmp_path))
        full += largest > limit // 2
    assert largest <= limit
    assert full > 0, "the limit was never near"
    oldest = store.stats().oldest_ms
    kept = contents(store.select(named("m"), *FOREVER))
    assert len(kept) == 200
    assert min(samples[0][0] for samples in kept.values()) > MIDNIGHT_MS, "the oldest went"
    assert max(samples[-1][0] for samples in kept.values()) == clock.now_ms() - 180_000
    assert oldest is not None
    store.close()


def churn(store, clock, hours):
    """1 series every 5 minutes, 1,000 busy ones, and 1,000 that come once each and end; yields each hour's sizes."""
    slow_group, busy_group = store.open_group("slow"), store.open_group("busy")
    slow, busy = refs_of(store, *many("slow", 1)), refs_of(store, *many("busy", 1000))
    process, made = psutil.Process(), 0
    for _ in range(hours):
        for minute in range(60):
            if minute % 5 == 0:
                send(store, slow, minute, clock.now_ms(), slow_group)
            send(store, busy, minute, clock.now_ms(), busy_group)
            short = [Labels.of(__name__="short", pod=f"pod-{made + each}") for each in range(17)]
            made += len(short)
            refs = refs_of(store, *short)
            send(store, refs, 1, clock.now_ms(), busy_group)
            append(store, refs, STALE, clock.now_ms() + 1, busy_group)
            clock.advance(60_000)
            store.tick(clock.now_ms())
        store.flush()
        yield store.stats(), process.memory_info().rss


def test_log_and_memory_stay_flat_with_slow_busy_and_short_series(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock, retention_ms=6 * HOUR_MS)
    sizes = list(churn(store, clock, 16))
    middle, last = sizes[7:10], sizes[-3:]
    assert max(s.log_bytes for s, _ in last) <= 1.2 * max(s.log_bytes for s, _ in middle)
    assert max(s.log_records for s, _ in last) <= 1.2 * max(s.log_records for s, _ in middle)
    assert max(s.log_bytes for s, _ in sizes) < 3 * 1001 * 120 * 8
    assert max(s.series for s, _ in last) <= 1.2 * max(s.series for s, _ in middle)
    assert max(s.blocks for s, _ in last) <= 1.3 * max(s.blocks for s, _ in middle)
    assert last[-1][1] < 1.1 * middle[-1][1]
    store.close()


def test_a_page_is_sealed_when_its_oldest_sample_is_two_hours_old(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock)
    group, refs = store.open_group("slow"), refs_of(store, *many("slow", 3))
    loose = refs_of(store, *many("pushed", 3))
    for turn in range(5):
        append(store, refs, turn, clock.now_ms(), group)
        clock.advance(300_000)
    append(store, loose, 1, clock.now_ms())
    clock.advance(2 * HOUR_MS)
    store.tick(MIDNIGHT_MS + 2 * HOUR_MS - 1)
    store.flush()
    assert store.stats().log_records == 6
    store.tick(MIDNIGHT_MS + 2 * HOUR_MS)
    store.flush()
    assert store.stats().log_records == 1
    store.tick(clock.now_ms())
    store.flush()
    assert store.stats().log_records == 0
    assert store.stats().head_samples == 0
    store.close()


def test_a_page_whose_series_all_ended_is_sealed_and_freed_at_once(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock)
    group, refs = store.open_group("target"), refs_of(store, *many("m", 3))
    scrape(store, clock, refs, group, 5)
    append(store, refs, STALE, clock.now_ms(), group)
    store.flush()
    assert store.stats().log_records == 0
    assert store._core.head.pages == {}
    assert {len(samples) for samples in contents(store.select(named("m"), *FOREVER)).values()} == {6}
    store.close()


def test_the_log_is_relieved_of_what_holds_it_up(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock, wal_bytes=20_000)
    slow, fast = refs_of(store, *many("slow", 1)), refs_of(store, *many("fast", 20))
    append(store, slow, 1, clock.now_ms())
    for turn in range(600):
        append(store, fast, turn, clock.now_ms())
        clock.advance(1000)
    store.flush()
    held_up = store.stats().log_bytes
    store.tick(clock.now_ms())
    store.flush()
    assert store.stats().log_bytes < held_up / 2
    assert len(contents(store.select(named("slow"), *FOREVER))) == 1
    store.close()


def test_seals_do_not_bunch(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock)
    targets = [(store.open_group(f"t{n}"), refs_of(store, *many(f"m{n}", 2))) for n in range(40)]
    most = 0
    for _ in range(300):
        before = len(store._core.catalog)
        for group, refs in targets:
            send(store, refs, 1, clock.now_ms(), group)
        clock.advance(15_000)
        store.flush()
        most = max(most, len(store._core.catalog) - before)
    assert len(store._core.catalog) >= 80
    assert most <= 4
    store.close()


def test_closing_a_group_seals_it_and_its_series_may_live_elsewhere(tmp_path):
    clock = ManualClock(MIDNIGHT_MS)
    store = opened(tmp_path, clock)
    first, refs = store.open_group("first"), refs_of(store, *many("m", 3))
    scrape(store, clock, refs, first, 5)
    store.close_group(first)
    store.flush()
    assert store.stats().head_samples == 0
    second = store.open_group("second")
    scrape(store, clock, refs, second, 5)
    assert len(store._core.head.groups[second].pages) == 1
    assert {len(samples) for samples in contents(store.select(named("m"), *FOREVER)).values()} == {10}
    store.close()
