"""Damaged files: the store opens, says what is gone, gives the rest unchanged, and goes on."""

import random
import shutil
import sqlite3

import numpy as np
import pytest
from support import FOREVER, START_MS, any_series, append, contents, many, named, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.model.metadata import Metadata, MetricType
from watchglass.store.sqlite import PAGE_BYTES

SERIES = 60


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A folder as kill -9 leaves it (sealed blocks, log records, a -wal file), its samples, and how many were appended."""
    folder, copy = tmp_path_factory.mktemp("original"), tmp_path_factory.mktemp("killed") / "data"
    clock = ManualClock(START_MS)
    store = opened(folder, clock)
    groups = [store.open_group(f"target-{number}") for number in range(3)]
    refs = refs_of(store, *many("m", SERIES))
    store.put_metadata({"m": Metadata(MetricType.COUNTER, "", "Things.")})
    chooser = np.random.default_rng(7)
    values = np.zeros(SERIES)
    for scrape in range(1400):
        clock.advance(15_000)
        values = values + chooser.integers(0, 50, SERIES)
        third = scrape % 3
        rows = slice(third * SERIES // 3, (third + 1) * SERIES // 3)
        append(store, refs[rows], values[rows], clock.now_ms(), groups[third])
        if scrape == 1000:
            store.flush()
            store.tick(clock.now_ms() + 4 * 3_600_000)
    store.flush()
    expected = contents(store.select(any_series(), *FOREVER))
    with store._core.writer._lock:
        shutil.copytree(folder, copy)
    store.close()
    return copy, expected, clock.now_ms()


def assert_sound(folder, expected, now_ms):
    """Open, compare, append, and open again; returns how many samples are gone, and what was said."""
    clock = ManualClock(now_ms)
    store = opened(folder, clock)
    store.verify()
    found = contents(store.select(any_series(), *FOREVER))
    lost = 0
    for row, samples in found.items():
        assert set(samples) <= set(expected[row]), "a sample that nobody wrote"
        assert samples == sorted(samples)
        lost += len(expected[row]) - len(samples)
    lost += sum(len(samples) for row, samples in expected.items() if row not in found)
    said = list(store.damage)
    clock.advance(86_400_000)
    group = store.open_group("target-0")
    for _ in range(150):
        clock.advance(15_000)
        assert append(store, refs_of(store, *many("new", 5)), 1, clock.now_ms(), group).appended == 5
    store.flush()
    store.close()
    store = opened(folder, clock)
    assert [len(samples) for samples in contents(store.select(named("new"), *FOREVER)).values()] == [150] * 5
    store.close()
    return lost, said


def test_an_undamaged_copy_loses_nothing_and_says_nothing(original, tmp_path):
    folder, expected, now_ms = original
    shutil.copytree(folder, tmp_path / "data")
    assert assert_sound(tmp_path / "data", expected, now_ms) == (0, [])


def flip(path, place, mask):
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ mask]))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ["metrics.db", "metrics.db-wal"])
def test_twenty_flipped_bytes(original, tmp_path, seed, name):
    folder, expected, now_ms = original
    shutil.copytree(folder, tmp_path / "data")
    path = tmp_path / "data" / name
    choose = random.Random(seed)
    for _ in range(20):
        flip(path, choose.randrange(path.stat().st_size), 1 << choose.randrange(8))
    lost, said = assert_sound(tmp_path / "data", expected, now_ms)
    assert bool(said) or not lost, f"{lost} samples are gone and nobody said so"


@pytest.mark.parametrize("place", [0, 16, 18, 28, 32, 44, 100, 103, 108, 2048, 4101, 8192, 16384, 24576])
def test_a_flipped_byte_in_the_structure_loses_little(original, tmp_path, place):
    folder, expected, now_ms = original
    shutil.copytree(folder, tmp_path / "data")
    (tmp_path / "data" / "metrics.db-wal").unlink()
    shutil.copytree(tmp_path / "data", tmp_path / "whole")
    lost_anyway, _ = assert_sound(tmp_path / "whole", expected, now_ms)
    flip(tmp_path / "data" / "metrics.db", place, 0xFF)
    lost, _ = assert_sound(tmp_path / "data", expected, now_ms)
    assert lost - lost_anyway < 0.2 * sum(map(len, expected.values()))


@pytest.mark.parametrize("seed", range(50))
def test_the_log_cut_at_a_random_byte(original, tmp_path, seed):
    folder, expected, now_ms = original
    shutil.copytree(folder, tmp_path / "data")
    path = tmp_path / "data" / "metrics.db-wal"
    with path.open("r+b") as file:
        file.truncate(random.Random(seed).randrange(path.stat().st_size))
    lost, said = assert_sound(tmp_path / "data", expected, now_ms)
    assert bool(said) or not lost, f"{lost} samples are gone and nobody said so"


def test_a_file_whose_list_of_tables_seems_empty_is_not_taken_for_a_new_one(original, tmp_path):
    folder, expected, now_ms = original
    shutil.copytree(folder, tmp_path / "data")
    (tmp_path / "data" / "metrics.db-wal").unlink()
    with (tmp_path / "data" / "metrics.db").open("r+b") as file:
        file.seek(103)
        file.write(bytes(2))
    lost, said = assert_sound(tmp_path / "data", expected, now_ms)
    assert lost < 0.2 * sum(map(len, expected.values()))
    assert said


def test_a_file_that_is_no_database_is_kept_aside(tmp_path):
    (tmp_path / "metrics.db").write_bytes(random.Random(1).randbytes(100_000))
    store = opened(tmp_path)
    assert "metrics.db.damaged-1" in store.damage[0]
    assert append(store, refs_of(store, *many("m", 3)), 1, START_MS).appended == 3
    store.close()
    assert (tmp_path / "metrics.db.damaged-1").stat().st_size == 100_000


def test_names_survive_the_loss_of_the_structure(original, tmp_path):
    folder, _, now_ms = original
    shutil.copytree(folder, tmp_path / "data")
    flip(tmp_path / "data" / "metrics.db", 0, 0xFF)
    flip(tmp_path / "data" / "metrics.db-wal", 0, 0xFF)
    store = opened(tmp_path / "data", ManualClock(now_ms))
    assert store.damage
    assert store.metadata() == {"m": Metadata(MetricType.COUNTER, "", "Things.")}
    assert store.open_group("target-2") == 3
    store.close()


def test_a_file_that_breaks_while_the_store_runs_is_replaced(original, tmp_path):
    folder, expected, now_ms = original
    shutil.copytree(folder, tmp_path / "data")
    clock = ManualClock(now_ms)
    store = opened(tmp_path / "data", clock)
    store._core.writer.truncate_wal()
    path = tmp_path / "data" / "metrics.db"
    for page in range(3, path.stat().st_size // PAGE_BYTES, 5):
        flip(path, page * PAGE_BYTES, 0xFF)
    store.verify()
    assert "damaged-1" in store.damage[0]
    assert set(contents(store.select(any_series(), *FOREVER))) <= set(expected)
    clock.advance(60_000)
    assert append(store, refs_of(store, *many("m", SERIES)), 1e9, clock.now_ms()).appended == SERIES
    store.close()
    store = opened(tmp_path / "data", clock)
    found = contents(store.select(named("m"), clock.now_ms(), clock.now_ms()))
    assert len(found) == SERIES
    store.close()


@pytest.mark.parametrize("value", ["", "12x", "-5", "9" * 30, "١٢"])
@pytest.mark.parametrize("key", ["seq", "next_ref"])
def test_a_damaged_note_is_ignored(tmp_path, key, value):
    store = opened(tmp_path)
    append(store, refs_of(store, *many("m", 3)), 1, START_MS)
    with store._core.writer.transaction() as con:
        con.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
    store.close()
    with sqlite3.connect(tmp_path / "metrics.db") as con:
        con.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
    con.close()
    store = opened(tmp_path)
    assert store.damage == [f"the note of {key} is damaged"]
    assert refs_of(store, *many("new", 1))[0] == 4
    assert append(store, refs_of(store, *many("m", 3)), 2, START_MS + 1).appended == 3
    store.close()
