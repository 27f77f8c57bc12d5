"""What the store says of changes, beside a plain list of them; and that every kind of change is noted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import DAY_MS, START_MS, append, many, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.model.labels import Labels
from watchglass.store.changes import EVERYTHING, NOTHING, Changes

TIMES = st.lists(st.integers(-50, 50), max_size=60)


def said(times, mark):
    return min(times[mark:], default=NOTHING)


@given(TIMES)
def test_the_oldest_change_after_a_mark_is_the_least_of_what_followed(times):
    changes = Changes()
    for time in times:
        changes.note(time)

    assert [changes.oldest_since(mark) for mark in range(len(times) + 1)] == [
        said(times, mark) for mark in range(len(times) + 1)
    ]
    assert changes.mark() == len(times)


@given(TIMES)
def test_thinned_it_never_says_too_young(times):
    changes = Changes(max_entries=4)
    for time in times:
        changes.note(time)

    assert all(changes.oldest_since(mark) <= said(times, mark) for mark in range(len(times)))
    assert changes.oldest_since(len(times)) == NOTHING


def test_thinned_it_stays_short_and_exact_for_what_is_new():
    changes = Changes(max_entries=8)
    for time in range(10_000):
        changes.note(time)

    assert len(changes._counts) <= 8
    assert changes.oldest_since(9_999) == 9_999
    assert changes.oldest_since(0) == 0


@pytest.fixture
def clock():
    return ManualClock(START_MS)


@pytest.fixture
def store(tmp_path, clock):
    with_store = opened(tmp_path, clock, out_of_order_window_ms=DAY_MS, retention_ms=DAY_MS)
    yield with_store
    with_store.close()


def test_a_scrape_is_a_change_at_its_time(store):
    refs = refs_of(store, *many("m", 3))
    append(store, refs, 1.0, START_MS)
    mark = store.changes.mark()
    append(store, refs, 2.0, START_MS + 15_000)

    assert store.changes.oldest_since(mark) == START_MS + 15_000
    assert store.changes.oldest_since(store.changes.mark()) == NOTHING


def test_a_late_sample_is_a_change_at_its_own_time(store):
    refs = refs_of(store, *many("m", 2))
    append(store, refs, 1.0, START_MS)
    mark = store.changes.mark()
    append(store, refs, 2.0, np.array([START_MS + 15_000, START_MS - 60_000]))

    assert store.changes.oldest_since(mark) == START_MS - 60_000


def test_a_refused_sample_is_no_change(store):
    refs = refs_of(store, *many("m", 1))
    append(store, refs, 1.0, START_MS)
    mark = store.changes.mark()
    append(store, refs, 2.0, START_MS - 2 * DAY_MS)

    assert store.changes.oldest_since(mark) == NOTHING


def test_an_import_is_a_change_at_its_oldest_sample(store):
    append(store, refs_of(store, *many("m", 1)), 1.0, START_MS)
    mark = store.changes.mark()
    old = START_MS - 3_600_000
    store.import_samples([(Labels.of(__name__="old"), np.array([old, old + 1_000]), np.array([1.0, 2.0]))])

    assert store.changes.oldest_since(mark) == old


def test_retention_may_change_any_time(store, clock):
    refs = refs_of(store, *many("m", 1))
    append(store, refs, 1.0, START_MS)
    clock.advance(3 * DAY_MS)
    mark = store.changes.mark()
    for _ in range(2):  # sealed by the first, retired and forgotten by the second
        store.tick(clock.now_ms())
        store.flush()
        clock.advance(DAY_MS)

    assert store.stats().oldest_ms is None
    assert store.changes.oldest_since(mark) == EVERYTHING


def test_sealing_and_compaction_change_nothing(store, clock):
    refs = refs_of(store, *many("m", 2))
    for turn in range(300):
        append(store, refs, float(turn), START_MS + turn * 15_000)
    clock.advance(4 * 3_600_000)
    mark = store.changes.mark()
    store.tick(clock.now_ms())
    store.flush()

    assert store.stats().blocks
    assert store.changes.oldest_since(mark) == NOTHING
