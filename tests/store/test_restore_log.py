"""What replay leaves in the write-ahead log: nothing that no page needs, and everything that one does."""

import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from support import DAY_MS, FOREVER, START_MS, any_series, append, contents, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.errors import StoreError
from watchglass.model.labels import Labels
from watchglass.store.logwriter import LogWriter
from watchglass.store.seal import Sealer


def log_rows(path):
    with closing(sqlite3.connect(path / "metrics.db")) as con:
        return [seq for (seq,) in con.execute("SELECT seq FROM wal ORDER BY seq")]


@pytest.fixture
def killed(tmp_path):
    """A folder as kill -9 leaves it: one series with a single sample, and one of which 240 of 300 are sealed."""
    store = opened(tmp_path / "live")
    few, lots = refs_of(store, Labels.of(__name__="few"), Labels.of(__name__="lots"))
    append(store, [few], 1.0, START_MS)
    for i in range(300):
        append(store, [lots], float(i), np.array([START_MS + i * 1000]))
    store.flush()
    shutil.copytree(tmp_path / "live", tmp_path / "data")
    store.close()
    return tmp_path / "data"


def test_records_that_are_wholly_sealed_leave_the_log(killed):
    assert len(log_rows(killed)) == 301
    store = opened(killed)
    assert len(log_rows(killed)) == store.stats().log_records < 301
    assert {len(samples) for samples in contents(store.select(any_series(), *FOREVER)).values()} == {1, 300}
    store.close()
    assert log_rows(killed) == []


def test_what_retention_deleted_stays_deleted_after_a_restart(killed):
    clock = ManualClock(START_MS)
    opened(killed, clock).close()
    clock.advance(30 * DAY_MS)
    store = opened(killed, clock)
    store.tick(clock.now_ms())
    assert len(store.select(any_series(), *FOREVER).times) == 0
    store.close()
    store = opened(killed, clock)
    assert len(store.select(any_series(), *FOREVER).times) == 0
    store.close()


def refuse(*_args):
    raise StoreError("not now")


@pytest.fixture
def moved(tmp_path, monkeypatch):
    """A killed store with a series that moved from one group's page to another group before anything was sealed."""
    monkeypatch.setattr(Sealer, "_seal", refuse)
    store = opened(tmp_path / "live")
    first, second = store.open_group("first"), store.open_group("second")
    refs = refs_of(store, Labels.of(__name__="moves"), Labels.of(__name__="stays"))
    append(store, refs[:1], 1.0, START_MS, first)
    store.close_group(first)
    for i in range(1, 300):
        append(store, refs, float(i), START_MS + i * 1000, second)
    shutil.copytree(tmp_path / "live", tmp_path / "data")
    monkeypatch.undo()
    store.close()
    return tmp_path / "data"


def lengths(store):
    return sorted(len(samples) for samples in contents(store.select(any_series(), *FOREVER)).values())


def test_a_crash_before_moved_samples_are_logged_anew_loses_none(tmp_path, moved, monkeypatch):
    def crash(writer, *_args):
        writer._sealer.wait(10)
        shutil.copytree(moved, tmp_path / "crashed")
        raise StoreError("crashed")

    with monkeypatch.context() as patch:
        patch.setattr(LogWriter, "write_records", crash)
        with pytest.raises(StoreError, match="crashed"):
            opened(moved)
    store = opened(tmp_path / "crashed")
    assert lengths(store) == [299, 300]
    store.close()


def test_moved_samples_are_in_the_log_once_however_often_it_is_replayed(tmp_path, moved, monkeypatch):
    counts = []
    monkeypatch.setattr(Sealer, "_seal", refuse)
    for restart in range(3):
        store = opened(moved)
        assert lengths(store) == [299, 300]
        counts.append(len(log_rows(moved)))
        moved = shutil.copytree(moved, tmp_path / str(restart))
        store.close()
    assert counts == [counts[0]] * 3
