"""What queries copy of open pages of single series."""

import numpy as np
from support import START_MS, append, contents, many, named, opened, refs_of

from watchglass.store.page import SinglePage


def test_single_series_are_split_after_the_lock_is_let_go(tmp_path, monkeypatch):
    store = opened(tmp_path, out_of_order_window_ms=3_600_000)
    refs = refs_of(store, *many("m", 40))
    for i in range(5):
        append(store, refs[: 40 - i], i, START_MS + 2000 * i)
    append(store, refs[:3], 9, START_MS + 1000)
    monkeypatch.setattr(SinglePage, "columns", None)  # a Python object a series: never under the lock
    found = contents(store.select(named("m"), START_MS, START_MS + 6000))
    monkeypatch.undo()
    times = sorted([time - START_MS for time, _ in samples] for samples in found.values())
    assert times == sorted(
        [[0, 1000, 2000, 4000, 6000]] * 3 + [[0, 2000, 4000, 6000]] * 34 + [[0, 2000, 4000], [0, 2000], [0]]
    )
    late = {bits for samples in found.values() for time, bits in samples if time == START_MS + 1000}
    assert late == {int(np.float64(9).view(np.uint64))}
    store.close()
