"""Prometheus's API over a real store and engine: parameters, envelope, frames, limits, cancelling."""

import asyncio
import json
import struct
import threading

import numpy as np
import pytest

from watchglass.clock import ManualClock
from watchglass.collect.manager import TargetList
from watchglass.errors import QueryLimitError, QueryTimeoutError
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType
from watchglass.promql.engine import Engine, EngineOptions
from watchglass.serve.options import QueryLimits, WebOptions
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

pytestmark = pytest.mark.anyio

NOW_MS = 1_700_000_000_000
NOW = NOW_MS // 1000
FRAMES = {"accept": "application/x-watchglass-frames"}


@pytest.fixture
def store(tmp_path):
    """Ten samples, 15 s apart and the newest now, of `a` (three instances) and of `b.c`."""
    opened = MetricStore(tmp_path, StoreOptions(commit_interval_ms=1), clock=ManualClock(NOW_MS))
    rows = [Labels.of(__name__="a", job="x", instance=f"i{number}") for number in range(3)]
    rows.append(Labels.of({"__name__": "b.c", "my.label": "v"}))
    refs = np.array([opened.series_ref(row) for row in rows], np.uint32)
    for step in range(10):
        batch = Batch(refs, np.array([step, step * 2, step * 3, 7.0]), NOW_MS - (9 - step) * 15_000)
        opened.append(batch).result()
    opened.put_metadata(
        {"a": Metadata(MetricType.GAUGE, "", "A thing."), "z": Metadata(MetricType.COUNTER, "seconds", "")}
    )
    yield opened
    opened.close()


@pytest.fixture
async def client(store, make_parts, make_client):
    async with make_client(make_parts(storage=store, engine=Engine(store, EngineOptions(max_points=11_001)))) as client:
        yield client


async def test_an_instant_query_now_and_then(client):
    answer = await client.get("/api/v1/query", params={"query": "sum(a)"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "status": "success",
        "data": {"resultType": "vector", "result": [{"metric": {}, "value": [NOW, "54"]}]},
    }
    then = await client.post("/api/v1/query", data={"query": 'a{instance="i1"}', "time": str(NOW - 15)})
    assert then.json()["data"]["result"][0]["value"] == [NOW - 15, "16"]


async def test_a_range_query_by_form(client):
    form = {"query": 'a{instance="i0"}', "start": str(NOW - 30), "end": "2023-11-14T22:13:20Z", "step": "15s"}
    answer = await client.post("/api/v1/query_range", data=form)
    (series,) = answer.json()["data"]["result"]
    assert series["values"] == [[NOW - 30, "7"], [NOW - 15, "8"], [NOW, "9"]]


@pytest.mark.parametrize(("query", "kind"), [("1", "scalar"), ('"text"', "string"), ("a[30s]", "matrix")])
async def test_every_kind_of_result(client, query, kind):
    answer = await client.get("/api/v1/query", params={"query": query})
    assert answer.json()["data"]["resultType"] == kind


async def test_a_frame_where_it_is_asked_for(client):
    params = {"query": "a", "start": NOW - 30, "end": NOW, "step": 15}
    answer = await client.get("/api/v1/query_range", params=params, headers=FRAMES)
    assert answer.headers["content-type"] == "application/x-watchglass-frames"
    (size,) = struct.unpack_from("<I", answer.content)
    header = json.loads(answer.content[4 : 4 + size])
    assert [series["metric"]["instance"] for series in header["series"]] == ["i0", "i1", "i2"]
    numbers = np.frombuffer(answer.content[4 + size :], "<f8")
    assert numbers[:3].tolist() == [NOW_MS - 30_000, NOW_MS - 15_000, NOW_MS]
    assert numbers[3:].reshape(3, 3)[2].tolist() == [21, 24, 27]
    assert "stats" not in header
    instant = await client.get("/api/v1/query", params={"query": "a", "stats": "true"}, headers=FRAMES)
    assert instant.headers["content-type"] == "application/x-watchglass-frames"
    (size,) = struct.unpack_from("<I", instant.content)
    assert json.loads(instant.content[4 : 4 + size])["stats"]["samples"]["totalQueryableSamples"] == 3


async def test_what_has_no_frame_comes_as_json(client):
    for query in ("a[30s]", '"text"', "sum("):
        answer = await client.get("/api/v1/query", params={"query": query}, headers=FRAMES)
        assert answer.headers["content-type"] == "application/json"


async def test_a_limit_cuts_and_says_so(client):
    for query in ("a", "a[30s]"):
        answer = await client.get("/api/v1/query", params={"query": query, "limit": 2})
        assert len(answer.json()["data"]["result"]) == 2
        assert answer.json()["warnings"] == ["results truncated due to limit"]
        whole = await client.get("/api/v1/query", params={"query": query, "limit": 3})
        assert len(whole.json()["data"]["result"]) == 3
        assert "warnings" not in whole.json()


async def test_what_the_engine_remarks_reaches_the_client(client):
    answer = await client.get("/api/v1/query", params={"query": "rate(a[1m])"})
    assert "might not be a counter" in answer.json()["infos"][0]


@pytest.mark.parametrize(
    ("path", "params", "data"),
    [
        ("series", {"match[]": 'a{instance="i0"}'}, [{"__name__": "a", "instance": "i0", "job": "x"}]),
        ("series", {"match[]": ["nope", "also"]}, []),
        ("series", {"match[]": "a", "end": NOW - 3600}, []),
        ("labels", {}, ["__name__", "instance", "job", "my.label"]),
        ("labels", {"match[]": "a"}, ["__name__", "instance", "job"]),
        ("label/instance/values", {}, ["i0", "i1", "i2"]),
        ("label/U__my_2e_label/values", {}, ["v"]),
        ("label/my.label/values", {}, ["v"]),
        ("label/instance/values", {"match[]": '{"b.c"}'}, []),
        ("label/__name__/values", {"start": NOW - 60, "end": NOW}, ["a", "b.c"]),
        ("metadata", {"metric": "a"}, {"a": [{"type": "gauge", "help": "A thing.", "unit": ""}]}),
        ("metadata", {"metric": "nope"}, {}),
        ("metadata", {"limit": "1"}, {"a": [{"type": "gauge", "help": "A thing.", "unit": ""}]}),
    ],
)
async def test_series_labels_and_metadata(client, path, params, data):
    answer = await client.get(f"/api/v1/{path}", params=params)
    assert answer.json() == {"status": "success", "data": data}


@pytest.mark.parametrize(
    ("request_path", "error"),
    [
        (
            "query?query=a&lookback_delta=x",
            'error parsing lookback delta duration: cannot parse "x" to a valid duration',
        ),
        ("query?query=a&limit=x", 'invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax'),
        ("labels?limit=-1", 'invalid parameter "limit": limit must be non-negative'),
        (f"labels?limit={2**63}", f'invalid parameter "limit": strconv.Atoi: parsing "{2**63}": value out of range'),
        ("metadata?limit_per_metric=x", "limit_per_metric must be a number"),
        (
            "rules?exclude_alerts=x",
            (
                'invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "x":'
                " invalid syntax"
            ),
        ),
        (
            "rules?group_limit=x",
            (
                'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "x":'
                " invalid syntax"
            ),
        ),
        ("rules?group_limit=0", 'invalid parameter "group_limit": group_limit needs to be greater than 0'),
        (
            "rules?group_next_token=t",
            'invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups',
        ),
        (
            "rules?group_limit=1&group_next_token=t",
            "invalid parameter \"group_next_token\": invalid group_next_token 't'. were rule groups changed?",
        ),
    ],
)
async def test_parameters_that_only_3_x_knows(client, request_path, error):
    answer = await client.get(f"/api/v1/{request_path}")
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("path", ["query?time=1&", "query_range?start=1&end=2&step=1&"])
async def test_a_query_that_does_not_parse_says_where_and_what_to_write(client, path):
    answer = await client.get(f"/api/v1/{path}query=histogram_quantile(0.95, ...)")

    assert answer.status_code == 400
    assert answer.json() == {
        "status": "error",
        "errorType": "bad_data",
        "error": "invalid parameter \"query\": 1:26: parse error: unexpected character: '.'",
        "hint": "the dots stand for something that was left out; write a whole expression there",
    }


async def test_an_error_that_says_all_has_no_hint(client):
    assert "hint" not in (await client.get("/api/v1/query?query=up and")).json()


@pytest.mark.parametrize("lookback", ["0", "-5", ""])
async def test_a_lookback_of_nothing_is_the_default(client, lookback):
    answer = await client.get("/api/v1/query", params={"query": "a", "time": NOW + 60, "lookback_delta": lookback})
    assert len(answer.json()["data"]["result"]) == 3
    short = await client.get("/api/v1/query", params={"query": "a", "time": NOW + 60, "lookback_delta": "30s"})
    assert short.json()["data"]["result"] == []


async def test_statistics_only_where_they_are_asked_for(client):
    plain = await client.get("/api/v1/query", params={"query": "a"})
    assert "stats" not in plain.json()["data"]
    old = (await client.get("/api/v1/query", params={"query": "a", "stats": "1"})).json()
    assert old["warnings"] == [
        'value "1" for parameter "stats" is deprecated and will be rejected in the next major release, use "true" or "all"'
    ]
    timings = old["data"]["stats"]["timings"]
    assert timings["execTotalTime"] == pytest.approx(timings["execQueueTime"] + timings["evalTotalTime"])


async def test_samples_are_counted_where_it_is_asked(client):
    params = {"query": "a", "start": NOW - 15, "end": NOW, "step": 15}
    some = (await client.get("/api/v1/query_range", params=params | {"stats": "true"})).json()["data"]["stats"][
        "samples"
    ]
    assert some == {"totalQueryableSamples": 6, "peakSamples": some["peakSamples"]}
    steps = (await client.get("/api/v1/query_range", params=params | {"stats": "all"})).json()["data"]["stats"][
        "samples"
    ]
    assert steps["totalQueryableSamplesPerStep"] == [[NOW - 15, 3], [NOW, 3]]


async def test_a_label_whose_name_is_no_text(client):
    answer = await client.get("/api/v1/label/%ff/values")
    assert (answer.status_code, answer.json()["error"]) == (400, 'invalid label name: "\\xff"')
    assert (await client.get("/api/v1/label/my%2elabel/values")).json()["data"] == ["v"]


async def test_a_query_that_is_longer_than_allowed(make_parts, make_client):
    parts = make_parts(WebOptions(queries=QueryLimits(max_text=5)), engine=Stuck())
    async with make_client(parts) as client:
        answer = await client.get("/api/v1/query?query=123456")
    assert answer.status_code == 400
    assert "query is longer than 5 characters (query.max_text)" in answer.json()["error"]


async def test_a_query_that_takes_too_much_memory_is_refused(store, make_parts, make_client):
    parts = make_parts(WebOptions(queries=QueryLimits(memory_bytes=8 << 20)), storage=store, engine=Engine(store))
    async with make_client(parts) as client:
        params = {"query": "a or (a + a)", "start": 0, "end": 10_000_000, "step": 1000}
        assert (await client.get("/api/v1/query_range", params=params)).status_code == 200
        params["query"] = "max_over_time(a[2d:1s])"
        answer = await client.get("/api/v1/query_range", params=params | {"start": NOW - 9000, "end": NOW, "step": 1})
        assert (await client.get("/api/v1/query?query=a")).status_code == 200
    assert (answer.status_code, answer.json()["errorType"]) == (422, "execution")
    assert "one client may hold 6 MiB of the 8 MiB for all (query.memory)" in answer.json()["error"]
    assert parts.queries.memory.held_bytes == 0


async def test_scrape_pools_and_notifications(make_client, make_parts):
    parts = make_parts()
    parts.scrape_pools = lambda: ["b", "a"]
    async with make_client(parts) as client:
        assert (await client.get("/api/v1/scrape_pools")).json()["data"] == {"scrapePools": ["a", "b"]}
        assert (await client.get("/api/v1/notifications")).json()["data"] == []


@pytest.mark.parametrize("path", ["labels", "label/instance/values", "series"])
async def test_limits_of_listings(client, path):
    params = {"limit": 1, "match[]": "a"}
    answer = (await client.get(f"/api/v1/{path}", params=params)).json()
    assert len(answer["data"]) == 1
    assert answer["warnings"] == ["results truncated due to limit"]


@pytest.mark.parametrize(
    ("start", "end", "step", "status"),
    [(0, 11_000, 1, 200), (0, 11_001, 1, 400), (0, 1e9, "1y", 200), (10, 0, 1, 400), (0, 10, 0, 400), (0, 10, "", 400)],
)
async def test_the_bounds_of_a_range(client, start, end, step, status):
    params = {"query": "a", "start": start, "end": end, "step": step}
    assert (await client.get("/api/v1/query_range", params=params)).status_code == status


@pytest.mark.parametrize(
    "path",
    ["query?query=1", "query_range?query=1&start=0&end=1&step=1", "series?match[]=a", "labels", "metadata", "targets"],
)
async def test_before_the_store_is_open(make_client, path):
    async with make_client() as client:
        answer = await client.get(f"/api/v1/{path}")
    assert answer.status_code == 503
    assert answer.json()["errorType"] == "unavailable"


class Stuck:
    """An engine whose queries wait until they are cancelled or told to go on."""

    def __init__(self, error=None):
        self.begun, self.ended, self.error = threading.Semaphore(0), threading.Event(), error
        self.go_on = threading.Event()

    def instant(self, query, time_ms, *, timeout_ms, lookback_ms, cancel):
        self.begun.release()
        if self.error:
            raise self.error
        while not (cancel.wait(0.01) or self.go_on.is_set()):
            pass
        self.ended.set()
        raise QueryTimeoutError("cancelled")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (QueryTimeoutError("query timed out"), 503, "timeout"),
        (QueryLimitError("too many samples"), 422, "execution"),
        (RuntimeError("secret"), 500, "internal"),
    ],
)
async def test_errors_of_the_engine(make_parts, make_client, error, status, kind):
    async with make_client(make_parts(engine=Stuck(error))) as client:
        answer = await client.get("/api/v1/query?query=a")
    assert (answer.status_code, answer.json()["errorType"]) == (status, kind)
    assert "secret" not in answer.text


async def test_a_client_that_leaves_takes_its_query_along(make_parts, make_client):
    engine = Stuck()
    async with make_client(make_parts(engine=engine)) as client:
        asking = asyncio.create_task(client.get("/api/v1/query?query=a"))
        await asyncio.to_thread(engine.begun.acquire)
        asking.cancel()
        assert await asyncio.to_thread(engine.ended.wait, 5)


async def test_more_queries_than_there_is_room_for(make_parts, make_client):
    engine = Stuck()
    parts = make_parts(WebOptions(queries=QueryLimits(max_concurrency=2, threads=1)), engine=engine)
    async with make_client(parts) as client:
        running = [asyncio.create_task(client.get("/api/v1/query?query=a")) for _ in range(2)]
        await asyncio.to_thread(engine.begun.acquire)
        refused = await client.get("/api/v1/query?query=a")
        engine.go_on.set()
        await asyncio.gather(*running)
        metrics = (await client.get("/metrics")).text
    assert refused.status_code == 503
    assert refused.json()["errorType"] == "unavailable"
    assert "watchglass_queries_refused_total 1.0" in metrics
    assert "watchglass_queries_in_flight 0.0" in metrics


async def test_a_discovery_that_is_not_supported_is_listed_with_its_job(make_client, make_parts):
    listed = TargetList([], [], [("pods", "kubernetes_sd_configs"), ("vms", "ec2_sd_configs")])
    parts = make_parts(targets=lambda: listed)
    async with make_client(parts) as client:
        everything = (await client.get("/api/v1/targets")).json()["data"]
        one = (await client.get("/api/v1/targets?scrapePool=vms")).json()["data"]

    assert [each["kind"] for each in everything["unsupportedDiscoveries"]] == [
        "kubernetes_sd_configs",
        "ec2_sd_configs",
    ]
    assert one["unsupportedDiscoveries"] == [{"scrapePool": "vms", "kind": "ec2_sd_configs"}]
