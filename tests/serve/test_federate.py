"""Federation of what Debian's Prometheus cannot hold: UTF-8 names; series that ended, series found twice."""

import numpy as np
import pytest

from watchglass.clock import ManualClock
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.model.sample import STALE
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

pytestmark = pytest.mark.anyio

NOW_MS = 1_700_000_000_000


@pytest.fixture
async def client(tmp_path, make_parts, make_client):
    store = MetricStore(tmp_path, StoreOptions(commit_interval_ms=1), clock=ManualClock(NOW_MS))
    rows = [Labels.of({"__name__": "b.c", "my.label": "v"}), Labels.of(__name__="a", x="1"), Labels.of(__name__="old")]
    refs = np.array([store.series_ref(row) for row in rows], np.uint32)
    store.append(Batch(refs, np.array([1e6, 2.0, 3.0]), NOW_MS - 20_000)).result()
    store.append(Batch(refs[2:], np.array([STALE]), NOW_MS - 10_000)).result()
    parts = make_parts(storage=store)
    parts.external_labels = lambda: [("cluster", "east"), ("x", "hidden")]
    async with make_client(parts) as client:
        yield client
    store.close()


async def test_names_for_old_and_for_new_clients(client):
    params = {"match[]": ['{"b.c"}', '{"my.label"="v"}']}
    old = await client.get("/federate", params=params)
    assert old.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
    tail = f'cluster="east",instance="",x="hidden"}} 1e+06 {NOW_MS - 20_000}\n'
    assert old.text == '# TYPE b_c untyped\nb_c{my_label="v",' + tail
    accept = {"accept": "text/plain;version=1.0.0;escaping=allow-utf-8"}
    new = await client.get("/federate", params=params, headers=accept)
    assert new.text == '# TYPE "b.c" untyped\n{"b.c","my.label"="v",' + tail


async def test_own_labels_win_and_ended_series_are_left_out(client):
    answer = await client.get("/federate", params={"match[]": '{__name__=~"a|old"}'})
    assert answer.text == f'# TYPE a untyped\na{{x="1",cluster="east",instance=""}} 2 {NOW_MS - 20_000}\n'
