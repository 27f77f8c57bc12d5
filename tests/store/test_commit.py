"""The commit thread: no error ends it, and no future stays unresolved."""

import errno
import os

import pytest
from prometheus_client import CollectorRegistry
from support import BY_HAND, FOREVER, START_MS, append, contents, named, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.errors import StoreError
from watchglass.model.labels import Labels
from watchglass.store import logwriter
from watchglass.store.head import Head
from watchglass.store.metrics import MetricStore
from watchglass.store.seal import Sealer


def broken(*_args, **_kwargs):
    raise RuntimeError("broken")


@pytest.mark.parametrize(
    ("owner", "name"), [(logwriter, "encode_record"), (Head, "apply"), (Head, "tidy"), (Sealer, "put")]
)
def test_an_error_fails_its_batch_and_the_next_batch_is_taken(tmp_path, monkeypatch, owner, name):
    registry = CollectorRegistry()
    store = MetricStore(tmp_path, BY_HAND, ManualClock(START_MS), registry)
    refs = refs_of(store, Labels.of(__name__="m"))
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, broken)
        if name == "put":  # a full page is handed over
            patch.setattr(Head, "take_handed", lambda head: [head])
        with pytest.raises((RuntimeError, StoreError), match="broken"):
            append(store, refs, 1, START_MS)
        assert "broken" in store.fault
        assert registry.get_sample_value("watchglass_store_commit_failures_total") == 1
    assert append(store, refs, 2, START_MS + 1000).appended == 1
    assert store.fault == ""
    store.close()


def test_a_lock_file_that_cannot_be_written_costs_nothing_but_a_log_line(tmp_path, monkeypatch, caplog):
    store = opened(tmp_path)
    refs = refs_of(store, Labels.of(__name__="m"))

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        assert [append(store, refs, i, START_MS + i).appended for i in range(3)] == [1, 1, 1]
        store.close()
        with pytest.raises(StoreError, match="No space left on device"):
            opened(tmp_path)
    assert caplog.text.count("cannot note the newest log record") == 1
    store = opened(tmp_path)
    assert [len(samples) for samples in contents(store.select(named("m"), *FOREVER)).values()] == [3]
    store.close()
