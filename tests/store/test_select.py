"""The read path: ranges, limits, overlaps, the cache, and reading while everything else goes on."""

import threading

import numpy as np
import pytest
from support import DAY_MS, FOREVER, START_MS, append, bits_of, contents, many, named, opened, refs_of, send

from watchglass.clock import ManualClock
from watchglass.errors import QueryLimitError
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.model.sample import STALE, STALE_BITS
from watchglass.store import select


@pytest.fixture
def store(tmp_path):
    store = opened(tmp_path, ManualClock(START_MS), retention_ms=0)
    yield store
    store.close()


def scraped(store, count, series=4, name="m"):
    refs, group = refs_of(store, *many(name, series)), store.open_group(name)
    for turn in range(count):
        future = send(store, refs, turn, START_MS + turn * 15_000, group)
    future.result(timeout=30)
    store.flush()
    return refs


@pytest.mark.parametrize(("first", "last"), [(0, 399), (0, 0), (399, 399), (5, 300), (127, 128), (400, 500), (-9, -1)])
def test_a_range_includes_both_ends(store, first, last):
    scraped(store, 400)
    found = store.select(named("m"), START_MS + first * 15_000, START_MS + last * 15_000)
    expected = [float(turn) for turn in range(max(first, 0), min(last, 399) + 1)]
    assert found.size == (4 if expected else 0)
    assert all(found.values[a:b].tolist() == expected for a, b in zip(found.offsets, found.offsets[1:], strict=False))
    assert found.times.dtype == found.offsets.dtype == np.int64


def test_an_empty_range_and_no_match_give_nothing(store):
    scraped(store, 3)
    assert store.select(named("m"), START_MS + 1, START_MS).size == 0
    assert store.select(named("other"), *FOREVER).size == 0
    assert store.select(named("m"), *FOREVER).size == 4


def test_too_many_samples_are_refused_before_any_chunk_is_decoded(store, monkeypatch):
    scraped(store, 400)
    decoded = []
    monkeypatch.setattr("watchglass.store.select.decode_columns", lambda *arguments: decoded.append(arguments))
    with pytest.raises(QueryLimitError, match="more than 1000 samples"):
        store.select(named("m"), *FOREVER, max_samples=1000)
    assert decoded == []


@pytest.mark.parametrize("count", [100, 400])
def test_the_limit_is_exact(store, count):
    scraped(store, count)
    assert len(store.select(named("m"), *FOREVER, max_samples=4 * count).values) == 4 * count
    with pytest.raises(QueryLimitError):
        store.select(named("m"), *FOREVER, max_samples=4 * count - 1)


def test_stale_markers_and_nan_come_back_as_they_went_in(store):
    refs = refs_of(store, Labels.of(__name__="m"))
    for turn, value in enumerate([1.0, np.nan, STALE, 2.0]):
        append(store, refs, value, START_MS + turn, store.open_group("t"))
    found = store.select(named("m"), *FOREVER)
    assert found.values.view(np.uint64)[2] == STALE_BITS
    assert np.isnan(found.values[1])
    assert found.values.view(np.uint64)[1] != STALE_BITS


def test_labels_come_in_columns_whose_first_value_is_absent(store):
    refs = refs_of(store, Labels.of(__name__="m", a="1"), Labels.of(__name__="m", b="2"), Labels.of(__name__="m"))
    append(store, refs, 1, START_MS)
    table = store.select(named("m"), *FOREVER).labels
    assert all(column.values[0] == "" for column in table.columns.values())
    assert sorted(table.rows()) == sorted(
        [Labels.of(__name__="m", a="1"), Labels.of(__name__="m", b="2"), Labels.of(__name__="m")]
    )


def test_names_and_values_are_those_of_the_range(store):
    append(store, refs_of(store, Labels.of(__name__="old", job="a", only="x")), 1, START_MS)
    append(store, refs_of(store, Labels.of(__name__="new", job="b")), 1, START_MS + 1000)
    assert store.label_names([], *FOREVER) == ["__name__", "job", "only"]
    assert store.label_names([], START_MS + 1, FOREVER[1]) == ["__name__", "job"]
    assert store.label_values("job", [], START_MS, START_MS) == ["a"]
    assert store.label_values("job", [named("old"), named("new")], *FOREVER) == ["a", "b"]
    assert store.label_values("missing", [], *FOREVER) == []
    assert store.series([named("old"), named("old")], *FOREVER).rows() == [Labels.of(__name__="old", job="a", only="x")]
    assert store.series([named("old")], START_MS + 1, FOREVER[1]).size == 0


def test_repeated_reads_decode_nothing(store, monkeypatch):
    scraped(store, 400)
    first = contents(store.select(named("m"), *FOREVER))
    monkeypatch.setattr("watchglass.store.select.decode_columns", None)
    assert contents(store.select(named("m"), *FOREVER)) == first


def test_the_cache_stays_within_its_bytes(tmp_path):
    store = opened(tmp_path, ManualClock(START_MS), chunk_cache_bytes=60_000)
    scraped(store, 1000, series=20)
    for i in range(20):
        chosen = [*named("m"), Matcher("i", MatchType.EQUAL, str(i))]
        assert len(store.select(chosen, *FOREVER).values) == 1000
        assert store._cache.size_bytes <= 60_000
    assert store._cache.size_bytes > 40_000
    store.close()


def test_what_is_larger_than_the_cache_drives_nothing_out(tmp_path):
    store = opened(tmp_path, ManualClock(START_MS), chunk_cache_bytes=60_000)
    scraped(store, 1000, series=20)
    one = [*named("m"), Matcher("i", MatchType.EQUAL, "7")]
    store.select(one, *FOREVER)
    kept = store._cache.size_bytes
    assert len(store.select(named("m"), *FOREVER).values) == 20_000
    assert store._cache.size_bytes == kept > 8000


def test_of_a_read_that_does_not_fit_a_part_is_kept(tmp_path, monkeypatch):
    store = opened(tmp_path, ManualClock(START_MS), chunk_cache_bytes=100_000)
    scraped(store, 1000, series=20)
    first = contents(store.select(named("m"), *FOREVER))
    kept = store._cache.size_bytes
    assert 60_000 < kept <= 100_000
    decoded = []
    real = select.decode_columns
    monkeypatch.setattr(select, "decode_columns", lambda *given: decoded.append(given) or real(*given))
    assert contents(store.select(named("m"), *FOREVER)) == first
    assert 0 < len(decoded) < 100
    assert store._cache.size_bytes == kept
    store.close()


def test_a_damaged_chunk_takes_no_other_sample_along(store):
    scraped(store, 400)
    blocks = [block.id for block in store._core.catalog.blocks()]
    assert len(blocks) > 1
    with store._core.writer.transaction() as con:
        con.execute("UPDATE chunk SET body = x'00' || substr(body, 2) WHERE id = ?", (blocks[0] << 11 | 2,))
        con.execute("UPDATE chunk SET body = substr(body, 1, 9) || x'00' WHERE id = ?", (blocks[1] << 11,))
    first = np.diff(store.select(named("m"), *FOREVER).offsets).tolist()
    lost = [block.n for block in store._core.catalog.blocks()[:2]]
    assert first == [400 - lost[1], 400 - lost[0] - lost[1], 400 - lost[1], 400 - lost[1]]
    assert np.diff(store.select(named("m"), *FOREVER).offsets).tolist() == first
    assert len(store.damage) == 4  # each chunk, and what of its block is gone


def test_series_that_were_scraped_together_share_their_times(store):
    scraped(store, 400)
    refs, group = refs_of(store, *many("m", 6)[4:]), store.open_group("other")
    for turn in range(200):
        send(store, refs, turn, START_MS + turn * 15_000 + 7, group)
    store.flush()
    found = store.select(named("m"), *FOREVER)
    assert len(found.times) == 600
    assert [len(set(found.clocks[:4])), len(set(found.clocks[4:])), len(set(found.clocks))] == [1, 1, 2]
    scrapes = START_MS + 15_000 * np.arange(400)
    assert found.spread().times.tolist() == 4 * scrapes.tolist() + 2 * (scrapes[:200] + 7).tolist()


def test_a_series_with_a_gap_has_times_of_its_own(store):
    refs, group = refs_of(store, *many("m", 3)), store.open_group("t")
    for turn in range(200):
        chosen = refs if turn % 50 else refs[:2]
        append(store, chosen, turn, START_MS + turn * 15_000, group)
    store.flush()
    found = store.select(named("m"), *FOREVER)
    assert np.diff(found.offsets).tolist() == [200, 200, 196]
    assert found.clocks[0] == found.clocks[1] != found.clocks[2]
    assert contents(found).popitem()[1] == [
        (START_MS + turn * 15_000, bits_of(turn)) for turn in range(200) if turn % 50
    ]


def test_a_series_of_two_targets_is_merged_in_time_order(store):
    refs = refs_of(store, Labels.of(__name__="m"))
    groups = [store.open_group("a"), store.open_group("b")]
    for turn in range(300):
        append(store, refs, turn, START_MS + turn, groups[turn % 2])
    store.flush()
    assert store.select(named("m"), *FOREVER).values.tolist() == list(range(300))


def test_late_samples_are_dropped_by_default_and_kept_in_a_window(tmp_path):
    for window_ms, expected in ((0, [1.0, 3.0]), (1000, [1.0, 2.0, 3.0])):
        store = opened(tmp_path / str(window_ms), ManualClock(START_MS), out_of_order_window_ms=window_ms)
        refs = refs_of(store, Labels.of(__name__="m"))
        append(store, refs, 1, START_MS)
        append(store, refs, 3, START_MS + 900)
        result = append(store, refs, 2, START_MS + 500)
        assert (result.appended, result.out_of_order) == ((1, 0) if window_ms else (0, 1))
        assert append(store, refs, 9, START_MS - 200).out_of_order == 1
        assert store.select(named("m"), *FOREVER).values.tolist() == expected
        store.close()


def test_of_late_samples_at_one_time_the_first_stays(tmp_path):
    store = opened(tmp_path, ManualClock(START_MS), out_of_order_window_ms=1000)
    refs = refs_of(store, *many("m", 3))
    append(store, refs, 1, START_MS)
    append(store, refs, 3, START_MS + 900)
    for value, time_ms in [(2, 500), (9, 500), (1.5, 300), (8, 500), (7, 300)]:
        append(store, refs[:2], value, START_MS + time_ms)
    expected = [1.0, 1.5, 2.0, 3.0]
    found = store.select(named("m"), *FOREVER)
    assert found.values.tolist() == [*expected, *expected, 1.0, 3.0]
    assert store.select(named("m"), START_MS + 300, START_MS + 500).values.tolist() == [1.5, 2.0] * 2
    store.close()
    store = opened(tmp_path, ManualClock(START_MS), out_of_order_window_ms=1000)  # read from blocks now
    assert contents(store.select(named("m"), *FOREVER)) == contents(found)
    store.close()


def test_duplicates_are_told_from_repetitions(store):
    refs = refs_of(store, *many("m", 2))
    append(store, refs, [1.0, np.nan], START_MS)
    assert append(store, refs, [1.0, np.nan], START_MS)._asdict() == {
        "appended": 2,
        "out_of_order": 0,
        "duplicate": 0,
        "unknown": 0,
    }
    assert append(store, refs, [1.0, 2.0], START_MS).duplicate == 1
    assert append(store, refs[[0, 0]], [5.0, 6.0], START_MS + 1)[:3] == (1, 0, 1)
    assert contents(store.select([Matcher("i", MatchType.EQUAL, "0")], *FOREVER)).popitem()[1][-1][0] == START_MS + 1


def test_readers_see_whole_scrapes_while_pages_are_sealed_and_merged(tmp_path):
    clock = ManualClock(START_MS // DAY_MS * DAY_MS)
    start_ms = clock.now_ms()
    store = opened(tmp_path, clock, retention_ms=0, chunk_cache_bytes=200_000)
    refs, group = refs_of(store, *many("m", 1500)), store.open_group("target")
    acknowledged, stop, faults, reads = [0], threading.Event(), [], [0]

    def read():
        while not stop.is_set():
            before = acknowledged[0]
            found = store.select(named("m"), *FOREVER)
            lengths = np.diff(found.offsets)
            values = [found.values[a:b] for a, b in zip(found.offsets[:-1:50], found.offsets[1::50], strict=False)]
            if before and (lengths.min() != lengths.max() or lengths[0] < before):
                faults.append(("lengths", before, lengths.min(), lengths.max()))
            if any((each != np.arange(len(each))).any() for each in values):
                faults.append(("values", before))
            reads[0] += 1

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for turn in range(500):
        append(store, refs, turn, clock.now_ms(), group)
        acknowledged[0] = turn + 1
        clock.advance(15_000)
        if turn % 25 == 24:
            store.tick(clock.now_ms() + (turn % 2) * 8 * 3_600_000)
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert reads[0] > 10
    assert store.stats().blocks > 0
    assert start_ms < clock.now_ms()
    store.close()
