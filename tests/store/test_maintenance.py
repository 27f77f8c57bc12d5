"""Closing while maintenance runs."""

import threading

import pytest
from support import FOREVER, START_MS, append, contents, many, named, opened, refs_of

from watchglass.store.blockwriter import BlockWriter


@pytest.mark.parametrize("shared", [True, False])
def test_closing_gives_up_a_long_compaction_within_a_slice_and_loses_nothing(tmp_path, monkeypatch, shared):
    store = opened(tmp_path)
    refs = refs_of(store, *many("m", 600))
    group = store.open_group("target") if shared else 0
    for i in range(4):
        append(store, refs, i, START_MS + i, group)
        store._core.committer.call(store._core.head.seal_everything).result()
        store.flush()
    before, blocks = contents(store.select(named("m"), *FOREVER)), store.stats().blocks
    begun, write, calls = threading.Event(), BlockWriter.write_chunks, []

    def slow(writer, number, bodies, first):
        calls.append(len(bodies))
        write(writer, number, bodies, first)
        if len(bodies) > 1:
            begun.set()
            store._maintenance._stop.wait(20)

    monkeypatch.setattr(BlockWriter, "write_chunks", slow)
    ticking = threading.Thread(target=store.tick, args=(START_MS + 86_400_000,))
    ticking.start()
    assert begun.wait(20)
    store.close()
    ticking.join()
    assert sum(calls) < 200
    store = opened(tmp_path)
    assert contents(store.select(named("m"), *FOREVER)) == before
    assert store.stats().blocks == blocks
    store.close()
