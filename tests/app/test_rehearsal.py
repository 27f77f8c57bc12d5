"""The rehearsal: each of its queries has an answer, so that what it was to load was used."""

import numpy as np
import pytest

from watchglass.app import rehearsal
from watchglass.app.rehearsal import rehearse
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions


@pytest.fixture
def store(tmp_path):
    store = MetricStore(tmp_path, StoreOptions(maintenance_thread=False))
    yield store
    store.close()


def test_every_query_of_the_rehearsal_has_an_answer(monkeypatch, store):
    results = []
    monkeypatch.setattr(rehearsal, "render_json", results.append)
    rehearse(store)
    assert len(results) == len(rehearsal._QUERIES)
    assert all(np.isfinite(result.data.values[result.data.present]).any() for result in results)
    assert [result.warnings for result in results] == [()] * len(results)


def test_the_store_takes_part(monkeypatch, store):
    reads = []
    monkeypatch.setattr(store, "rehearse", lambda: reads.append(store))
    rehearse(store)
    assert reads == [store]
