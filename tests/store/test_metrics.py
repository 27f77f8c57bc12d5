"""The store as its users see it: append, select, restart."""

import numpy as np
import pytest

from watchglass.clock import ManualClock
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

START_MS = 1_700_000_000_000
FOREVER = (0, 2**60)
OPTIONS = StoreOptions(maintenance_thread=False, commit_interval_ms=0)


def named(name):
    return [Matcher("__name__", MatchType.EQUAL, name)]


@pytest.mark.parametrize("scrapes", [1, 40, 400])
def test_what_was_acknowledged_is_selected_before_and_after_a_restart(tmp_path, scrapes):
    clock = ManualClock(START_MS)
    store = MetricStore(tmp_path, OPTIONS, clock)
    group = store.open_group("target")
    refs = np.array([store.series_ref(Labels.of(__name__="m", i=str(i))) for i in range(30)], np.uint32)
    for scrape in range(scrapes):
        future = store.append(Batch(refs, np.arange(30.0) + scrape, clock.now_ms(), group))
        clock.advance(15_000)
    assert future.result().appended == 30
    for _ in range(2):
        found = store.select(named("m"), *FOREVER)
        assert np.diff(found.offsets).tolist() == [scrapes] * 30
        for i in range(30):
            values = found.values[found.offsets[i] : found.offsets[i + 1]]
            assert values.tolist() == [int(found.labels.row(i).get("i")) + k for k in range(scrapes)]
        store.close()
        store = MetricStore(tmp_path, OPTIONS, clock)
    store.close()
