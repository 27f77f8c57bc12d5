"""The sealer: whatever an attempt fails with, the pages are sealed by a later one, in order."""

import pytest
from support import FOREVER, START_MS, any_series, append, contents, many, opened, refs_of

from watchglass.store import seal
from watchglass.store.blockwriter import BlockWriter
from watchglass.store.page import SealedPage
from watchglass.store.sqlite import Writer


@pytest.mark.parametrize(
    ("owner", "name"), [(SealedPage, "encode"), (BlockWriter, "write"), (Writer, "checkpoint_if_due")]
)
def test_pages_that_met_an_unknown_error_are_sealed_after_all(tmp_path, monkeypatch, owner, name):
    monkeypatch.setattr(seal, "_RETRY_S", 0.01)
    store = opened(tmp_path)
    group, refs = store.open_group("g"), refs_of(store, *many("m", 3))
    whole, failures = getattr(owner, name), []

    def fails_twice(*args):
        if len(failures) < 2:
            failures.append(store.fault)
            raise RuntimeError("broken") if owner is not Writer else seal.StoreError("busy")
        return whole(*args)

    append(store, refs, 0, START_MS, group)
    monkeypatch.setattr(owner, name, fails_twice)
    for i in range(1, 400):
        append(store, refs, i, START_MS + i * 1000, group)
    store.flush()
    while not store._core.sealer.wait(10):
        pass
    assert len(failures) == 2
    assert store.fault == ""
    store.tick(START_MS)
    stats = store.stats()
    assert stats.block_samples + stats.head_samples == 1200
    assert [len(samples) for samples in contents(store.select(any_series(), *FOREVER)).values()] == [400] * 3
    store.close()
    assert not store._core.head.sealing
