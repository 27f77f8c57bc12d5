"""What replay leaves in the write-ahead log: nothing that no page needs, and everything that one does."""

import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from support import DAY_MS, FOREVER, START_MS, any_series, append, contents, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.model.labels import Labels


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
