"""A slow import holds nothing up, and maintenance does it no harm."""

import threading

import numpy as np
import pytest
from support import DAY_MS, FOREVER, START_MS, append, contents, many, named, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.errors import StoreError
from watchglass.store import importer


class Upload:
    """Columns that stop coming halfway until they are told to go on."""

    def __init__(self):
        self.halfway, self.go_on = threading.Event(), threading.Event()

    def columns(self):
        for i, labels in enumerate(many("old", 20)):
            if i == 10:
                self.halfway.set()
                assert self.go_on.wait(20)
            yield labels, START_MS - DAY_MS + np.arange(100) * 1000, np.full(100, float(i))


@pytest.fixture
def slow(tmp_path, monkeypatch):
    """A store with an import halfway, some blocks of it written; its thread, and what came of it."""
    monkeypatch.setattr(importer, "_BUFFER_BYTES", 1)
    store, upload, outcome = opened(tmp_path / "data", ManualClock(START_MS)), Upload(), []

    def work():
        try:
            outcome.append(store.import_samples(upload.columns()))
        except StoreError as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert upload.halfway.wait(20)
    yield store, upload, thread, outcome
    upload.go_on.set()
    thread.join()


def test_maintenance_goes_on_beside_an_import_and_leaves_its_blocks_and_series(slow):
    store, upload, thread, outcome = slow
    append(store, refs_of(store, *many("new", 5)), 1, START_MS)
    store.tick(START_MS + DAY_MS)
    assert store.stats().block_samples == 5
    upload.go_on.set()
    thread.join()
    assert (outcome[0].series, outcome[0].samples) == (20, 2000)
    assert [len(samples) for samples in contents(store.select(named("old"), *FOREVER)).values()] == [100] * 20
    store.tick(START_MS + DAY_MS)
    assert store._core.writer.value("SELECT count(*) FROM dead") == 0
    store.close()


def test_closing_waits_for_no_client_and_leaves_nothing_of_the_import(slow, tmp_path):
    store, upload, thread, outcome = slow
    store.close()
    upload.go_on.set()
    thread.join()
    assert "closing" in str(outcome[0])
    store = opened(tmp_path / "data", ManualClock(START_MS))
    store.tick(START_MS)
    assert store.stats().blocks == store._core.writer.value("SELECT count(*) FROM chunk") == 0
    store.close()
