"""Importing: a series that a file's runs cut in two is one again."""

import io
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from watchglass.app.importing import import_openmetrics
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

SERIES, SAMPLES = 25, 5_000


@pytest.fixture
def store(tmp_path):
    store = MetricStore(tmp_path, StoreOptions(maintenance_thread=False, retention_ms=0))
    yield store
    store.close()


def lines(order):
    for series, at in order:
        yield f'm{{s="{series}"}} {series + at} {1_700_000_000 + 15 * at}\n'


ORDERS = {
    "series by series": [(series, at) for series in range(SERIES) for at in range(SAMPLES)],
    "one series": [(0, at) for at in range(250_000)],
    "time by time": [(series, at) for at in range(SAMPLES) for series in range(SERIES)],
}


@pytest.mark.parametrize("name", ORDERS)
def test_series_keep_the_times_that_they_share(tmp_path, store, name):
    text = "".join(lines(ORDERS[name])) + "# EOF\n"
    result = import_openmetrics(store, io.BytesIO(text.encode()))
    assert result.samples == len(ORDERS[name])
    with closing(sqlite3.connect(tmp_path / "metrics.db")) as con:
        (alone,) = con.execute("SELECT count(*) FROM block WHERE n = 0").fetchone()
    assert (alone == 0) is (name != "one series")
    found = store.select([], 0, 1 << 50)
    assert len(found.values) == len(ORDERS[name])
    assert (np.diff(found.spread().times.reshape(found.size, -1)) > 0).all()
