"""Verification finds what is damaged, and ends early when it is told to."""

import random

import pytest
from support import START_MS, append, many, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.store import verify


@pytest.fixture
def store(tmp_path):
    store = opened(tmp_path, ManualClock(START_MS))
    refs, group = refs_of(store, *many("m", 100)), store.open_group("target")
    for turn in range(300):
        append(store, refs, random.Random(turn).random(), START_MS + turn * 15_000, group)
    store.flush()
    store._core.writer.truncate_wal()
    yield store
    store.close()


def test_a_sound_store_has_nothing_to_say(store):
    assert store.verify() == []


def test_a_changed_chunk_is_named(store):
    with store._core.writer.transaction() as con:
        (chunk,) = con.execute("SELECT max(id) FROM chunk").fetchone()
        con.execute("UPDATE chunk SET body = body || x'00' WHERE id = ?", (chunk,))
    assert store.verify() == [f"row {chunk} of table chunk is damaged; its samples are gone"]


def test_checking_the_structure_ends_when_told_to(store, monkeypatch):
    class StopError(Exception):
        pass

    def stop():
        raise StopError

    monkeypatch.setattr(verify, "_STEPS", 1)
    with pytest.raises(StopError):
        verify.broken_structure(store._core.readers, stop)
    assert verify.broken_structure(store._core.readers) == ""
