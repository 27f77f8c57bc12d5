"""Import: whole columns of old samples, all or nothing, beside and beneath what is there."""

import numpy as np
import pytest
from support import DAY_MS, FOREVER, START_MS, append, contents, many, named, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.errors import StoreError
from watchglass.model.labels import Labels


@pytest.fixture
def store(tmp_path):
    store = opened(tmp_path / "data", ManualClock(START_MS), retention_ms=0)
    yield store
    store.close()


def column(name, start_ms, count, step_ms=15_000, shift=0.0, **labels):
    times = start_ms + np.arange(count, dtype=np.int64) * step_ms
    return Labels.of(__name__=name, **labels), times, np.arange(count) + shift


def test_thirty_days_of_many_series_come_back_the_same_after_a_restart(tmp_path):
    clock = ManualClock(START_MS)
    store = opened(tmp_path, clock, retention_ms=0)
    columns = [column("m", START_MS - 30 * DAY_MS, 30 * 24 * 12, 300_000, i, i=str(i)) for i in range(50)]
    result = store.import_samples(columns)
    assert (result.series, result.samples) == (50, 50 * 8640)
    assert (result.first_ms, result.last_ms) == (START_MS - 30 * DAY_MS, START_MS - 300_000)
    assert result.blocks == 31
    for _ in range(2):
        found = store.select(named("m"), *FOREVER)
        assert np.diff(found.offsets).tolist() == [8640] * 50
        firsts = found.values[found.offsets[:-1]]
        assert sorted(firsts.tolist()) == list(range(50))
        store.close()
        store = opened(tmp_path, clock, retention_ms=0)
    assert len(store.select(named("m"), START_MS - DAY_MS, START_MS).values) == 50 * 288
    store.close()


def test_imported_samples_fill_gaps_and_yield_to_appended_ones(store):
    refs = refs_of(store, Labels.of(__name__="m"))
    append(store, refs, -1, START_MS)
    append(store, refs, -2, START_MS + 30_000)
    store.import_samples([column("m", START_MS - 15_000, 5)])
    assert store.select(named("m"), *FOREVER).values.tolist() == [0, -1, 2, -2, 4]
    assert append(store, refs, -3, START_MS + 31_000).appended == 1, "imports do not make appends late"


def test_order_does_not_matter_and_the_first_of_equal_times_stays(store):
    times = np.array([30, 10, 20, 10], np.int64) + START_MS
    result = store.import_samples([(Labels.of(__name__="m"), times, np.array([3.0, 1.0, 2.0, 9.0]))])
    assert result.samples == 3
    assert store.select(named("m"), *FOREVER).values.tolist() == [1, 2, 3]


def test_series_with_timestamps_of_their_own_and_in_pieces(store):
    columns = [column("m", START_MS + i * 7, 1000, i=str(i)) for i in range(20)]
    pieces = [
        (labels, times[part], values[part])
        for part in (slice(500), slice(500, None))
        for labels, times, values in columns
    ]
    store.import_samples(pieces)
    found = contents(store.select(named("m"), *FOREVER))
    assert len(found) == 20
    assert {len(samples) for samples in found.values()} == {1000}


def test_an_import_that_fails_leaves_nothing(store, monkeypatch):
    monkeypatch.setattr("watchglass.store.importer._BUFFER_BYTES", 10_000)

    def columns():
        for i in range(200):
            yield column("m", START_MS, 2000, i=str(i))
        raise ValueError("the file ends here")

    with pytest.raises(ValueError, match="ends here"):
        store.import_samples(columns())
    assert store.select(named("m"), *FOREVER).size == 0
    assert store.stats().blocks == 0
    store.tick(START_MS)
    assert store._core.writer.value("SELECT count(*) FROM chunk") == 0


def test_nothing_is_imported_from_nothing(store):
    result = store.import_samples([])
    assert (result.series, result.samples, result.blocks, result.first_ms, result.last_ms) == (0, 0, 0, None, None)


def test_a_backup_taken_while_samples_come_in_is_whole(store, tmp_path):
    refs, group = refs_of(store, *many("m", 10)), store.open_group("target")
    for turn in range(300):
        append(store, refs, turn, START_MS + turn * 15_000, group)
    store.backup(tmp_path / "backup")
    append(store, refs, 300, START_MS + 300 * 15_000, group)
    copy = opened(tmp_path / "backup", ManualClock(START_MS))
    assert copy.damage == []
    assert np.diff(copy.select(named("m"), *FOREVER).offsets).tolist() == [300] * 10
    assert append(copy, refs_of(copy, *many("m", 10)), 1, START_MS + DAY_MS, copy.open_group("target")).appended == 10
    copy.close()
    with pytest.raises(StoreError, match="exists already"):
        store.backup(tmp_path / "backup")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write a backup"):
        store.backup(tmp_path / "file" / "backup")
