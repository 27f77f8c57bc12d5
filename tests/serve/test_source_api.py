"""Data sources over HTTP: Grafana's shapes, and Prometheus's API behind each."""

import struct

import orjson
import pytest
from prometheus_client import CollectorRegistry

from watchglass.clock import ManualClock
from watchglass.promql.engine import Engine
from watchglass.promql.render import FRAME_MEDIA_TYPE
from watchglass.serve import source_api
from watchglass.serve.options import QueryLimits
from watchglass.serve.prometheus_api import PrometheusApi
from watchglass.serve.query_pool import QueryPool
from watchglass.sources.data_sources import EmbeddedSource, RemoteSource, Sources
from watchglass.sources.options import PrometheusOptions
from watchglass.sources.prometheus import PrometheusSource

pytestmark = pytest.mark.anyio

NOW_MS = 1_700_000_000_000


class Store:
    """A store without samples."""

    def label_values(self, name, selectors, start_ms, end_ms):
        return ["here"]

    def metadata(self):
        return {}


@pytest.fixture
def peer():
    """A server elsewhere, as a function of what it is asked."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, data = self.server.replies.get(self.path.partition("?")[0], (404, {"message": "no"}))
            body = orjson.dumps(data)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.replies = {}
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def make_sources(make_parts, make_client, peer):
    made = []

    def make(*, remote=True, url=None):
        store = Store()
        embedded = EmbeddedSource(Engine(store), store, NOW_MS, lambda: NOW_MS - 5000)
        pool = QueryPool(QueryLimits(), None)
        there = None
        if remote:
            options = PrometheusOptions(url or f"http://u:hunter2@127.0.0.1:{peer.server_port}", retries=0)
            prometheus = PrometheusSource(options, "us", ManualClock(NOW_MS), registry=CollectorRegistry())
            there = RemoteSource(prometheus, prometheus, embedded)
            made.append(there)
        made.append(pool)
        parts = make_parts(
            engine=embedded.source, storage=store, sources=Sources(embedded, there), source_queries=pool, instance="us"
        )
        return make_client(parts)

    yield make
    for each in made:
        each.close()


def success(data):
    return 200, {"status": "success", "data": data}


async def test_the_list_has_the_default_one_first_and_no_secret(make_sources):
    answer = await make_sources().get("/api/datasources")

    there, here = answer.json()
    assert (there["uid"], there["isDefault"], here["uid"], here["isDefault"]) == ("prometheus", True, "embedded", False)
    assert there["url"].startswith("http://<secret>@127.0.0.1:")
    assert there["watchglass"] == {
        "kind": "prometheus",
        "state": "unknown",
        "since": NOW_MS,
        "error": "",
        "message": "",
        "dataSince": None,
    }
    assert here["watchglass"]["dataSince"] == NOW_MS - 5000
    assert "hunter2" not in answer.text


async def test_one_by_uid_and_name(make_sources):
    client = make_sources(remote=False)

    for path in ("uid/default", "uid/embedded", "uid/prometheus", "name/Watchglass"):
        assert (await client.get(f"/api/datasources/{path}")).json()["uid"] == "embedded"
    for path in ("uid/nope", "name/nope", "uid/nope/health", "proxy/uid/nope/api/v1/query?query=1"):
        answer = await client.get(f"/api/datasources/{path}")
        assert (answer.status_code, answer.json()) == (404, {"message": "Data source not found"})


async def test_before_the_store_is_open_it_says_so(make_client):
    assert (await make_client().get("/api/datasources")).status_code == 503


async def test_the_proxy_asks_there_and_the_plain_address_here(make_sources, peer):
    peer.replies["/api/v1/query"] = success({"resultType": "scalar", "result": [1, "7"]})
    client = make_sources()

    there = await client.get("/api/datasources/proxy/uid/default/api/v1/query", params={"query": "1"})
    posted = await client.post("/api/datasources/proxy/uid/prometheus/api/v1/query", data={"query": "1"})
    here = await client.get("/api/datasources/proxy/uid/embedded/api/v1/query", params={"query": "1"})
    plain = await client.get("/api/v1/query", params={"query": "1"})

    assert [each.json()["data"]["result"][1] for each in (there, posted, here, plain)] == ["7", "7", "1", "1"]


async def test_a_frame_comes_where_one_is_asked_for(make_sources, peer):
    row = {"metric": {"a": "b"}, "values": [[0, "1"], [2, "3"]]}
    peer.replies["/api/v1/query_range"] = success({"resultType": "matrix", "result": [row]})

    answer = await make_sources().get(
        "/api/datasources/proxy/uid/default/api/v1/query_range?query=x&start=0&end=2&step=1",
        headers={"Accept": FRAME_MEDIA_TYPE},
    )

    (length,) = struct.unpack_from("<I", answer.content)
    assert orjson.loads(answer.content[4 : 4 + length])["series"] == [{"metric": {"a": "b"}}]


async def test_lists_come_from_there(make_sources, peer):
    peer.replies |= {
        "/api/v1/series": success([{"__name__": "up", "job": "x"}]),
        "/api/v1/labels": success(["job", "__name__"]),
        "/api/v1/label/job/values": success(["b", "a"]),
        "/api/v1/metadata": success({"up": [{"type": "gauge", "help": "h", "unit": ""}]}),
    }
    client, base = make_sources(), "/api/datasources/proxy/uid/default/api/v1"

    async def data(path):
        return (await client.get(f"{base}/{path}")).json()["data"]

    assert await data("series?match[]=up") == [{"__name__": "up", "job": "x"}]
    assert await data("labels") == ["__name__", "job"]
    assert await data("label/job/values?limit=1") == ["a"]
    posted = await client.post(f"{base}/label/job/values", data={"match[]": "up"})
    assert posted.json()["data"] == ["a", "b"]
    assert await data("metadata") == {"up": [{"type": "gauge", "help": "h", "unit": ""}]}


async def test_an_error_keeps_its_type_and_names_its_source(make_sources, peer):
    peer.replies["/api/v1/query"] = 422, {"status": "error", "errorType": "execution", "error": "too many"}

    answer = await make_sources().get("/api/datasources/proxy/uid/default/api/v1/query?query=x")

    assert (answer.status_code, answer.json()["errorType"]) == (422, "execution")
    assert answer.json()["error"].startswith("too many (Prometheus at http://<secret>@127.0.0.1:")


async def test_the_endpoints_of_a_source_are_made_once(make_sources, peer, monkeypatch):
    made = []

    class Counted(PrometheusApi):
        def __init__(self, parts):
            made.append(parts)
            super().__init__(parts)

    monkeypatch.setattr(source_api, "PrometheusApi", Counted)
    peer.replies["/api/v1/query"] = success({"resultType": "scalar", "result": [1, "2"]})
    client = make_sources()
    for _ in range(3):
        for uid in ("default", "embedded"):
            answer = await client.get(f"/api/datasources/proxy/uid/{uid}/api/v1/query?query=1")
            assert answer.status_code == 200
    assert len(made) == 2


async def test_one_that_is_gone_is_a_bad_gateway(make_sources):
    client = make_sources(url="http://127.0.0.1:1")

    for path in ("query?query=x", "labels", "metadata"):
        answer = await client.get(f"/api/datasources/proxy/uid/default/api/v1/{path}")
        assert (answer.status_code, answer.json()["errorType"]) == (502, "unavailable")
        assert "has not answered since 22:13 UTC: Connection refused" in answer.json()["error"]
    assert (await client.get("/api/datasources")).json()[0]["watchglass"]["state"] == "down"


async def test_save_and_test(make_sources, peer):
    client = make_sources()
    ok = {"status": "OK", "message": "Successfully queried the Prometheus API."}

    answer = await client.get("/api/datasources/uid/default/health")
    assert (answer.status_code, answer.json()["status"]) == (400, "ERROR")
    peer.replies["/api/v1/query"] = success({"resultType": "scalar", "result": [1, "2"]})
    for uid in ("default", "embedded"):
        answer = await client.get(f"/api/datasources/uid/{uid}/health")
        assert (answer.status_code, answer.json()) == (200, ok)


class TestOurOwnQuestions:
    async def test_are_answered_with_our_id_whatever_they_ask(self, make_sources):
        client = make_sources()
        for path in ("/", "/api/v1/query", "/api/datasources/proxy/uid/default/api/v1/query", "/nowhere"):
            answer = await client.post(path, headers={"X-Watchglass-Instance": "us", "Host": "any.example"})
            assert (answer.status_code, answer.headers["X-Watchglass-Instance"]) == (421, "us")

    async def test_others_do_not_learn_the_id(self, make_sources):
        client = make_sources()
        for headers in ({}, {"X-Watchglass-Instance": "them"}, {"X-Watchglass-Instance": ""}):
            answer = await client.get("/api/v1/query?query=1", headers=headers)
            assert answer.status_code == 200
            assert "X-Watchglass-Instance" not in answer.headers

    async def test_a_question_of_another_is_not_handed_on(self, make_sources):
        client, them = make_sources(), {"X-Watchglass-Instance": "them"}

        answer = await client.get("/api/datasources/proxy/uid/default/api/v1/query?query=1", headers=them)
        assert (answer.status_code, answer.json()["status"]) == (508, "error")
        here = await client.get("/api/datasources/proxy/uid/embedded/api/v1/query?query=1", headers=them)
        assert here.status_code == 200
