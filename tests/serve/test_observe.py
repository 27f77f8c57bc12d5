"""Requests are counted by route, and no exception gets out."""

import pytest

from watchglass.serve.front_door import FrontDoor
from watchglass.serve.observe import FaultBoundary
from watchglass.serve.options import WebOptions

pytestmark = pytest.mark.anyio


async def test_requests_are_counted_by_route_template(make_parts, make_client):
    parts = make_parts()
    async with make_client(parts) as client:
        await client.get("/d/a/b")
        await client.get("/d/c/d")
        await client.get("/no/such/page")
        await client.request("BREW", "/graph")
        metrics = (await client.get("/metrics")).text
    assert 'watchglass_http_requests_total{code="200",method="GET",route="/d/{uid}/{slug}"} 2.0' in metrics
    assert 'watchglass_http_requests_total{code="404",method="GET",route="unmatched"} 1.0' in metrics
    assert 'watchglass_http_requests_total{code="405",method="other",route="/graph"} 1.0' in metrics
    assert 'watchglass_http_request_duration_seconds_count{route="/d/{uid}/{slug}"} 2.0' in metrics
    assert "watchglass_http_requests_in_flight 1.0" in metrics


async def test_a_fault_is_answered_and_logged_without_internals(make_parts, make_client, caplog):
    class Broken:
        def search(self):
            raise RuntimeError("the password is hunter2")

    async with make_client(make_parts(dashboards=Broken())) as client:
        answer = await client.get("/api/search")
    assert answer.status_code == 500
    assert answer.json()["errorType"] == "internal"
    assert "hunter2" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "hunter2" in caplog.text


async def test_a_fault_after_the_first_byte_is_only_logged(caplog):
    async def broken(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("late")

    sent = []

    async def send(message):
        sent.append(message["type"])

    await FaultBoundary(broken)({"type": "http", "path": "/", "method": "GET"}, None, send)
    assert sent == ["http.response.start"]
    assert "late" in caplog.text


async def test_a_fault_of_the_layers_around_is_answered_counted_and_logged(
    make_parts, make_client, monkeypatch, caplog
):
    def broken(self, scope, headers):
        raise RuntimeError("the door is stuck")

    async with make_client(make_parts()) as client:
        with monkeypatch.context() as patch:
            patch.setattr(FrontDoor, "_refusal", broken)
            answer = await client.get("/api/search")
        metrics = (await client.get("/metrics")).text
    assert answer.status_code == 500
    assert answer.json()["errorType"] == "internal"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "the door is stuck" in caplog.text
    assert 'watchglass_http_requests_total{code="500",method="GET",route="unmatched"} 1.0' in metrics


async def test_openmetrics_where_it_is_asked_for(make_client):
    async with make_client() as client:
        plain = await client.get("/metrics")
        assert plain.headers["content-type"].startswith("text/plain; version=0.0.4")
        open_metrics = await client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
        assert open_metrics.headers["content-type"].startswith("application/openmetrics-text")
        assert open_metrics.text.endswith("# EOF\n")
        named = await client.get("/metrics", params={"name[]": "watchglass_queries_in_flight"})
        assert "watchglass_queries_refused" not in named.text
        assert "watchglass_queries_in_flight 0.0" in named.text


@pytest.mark.parametrize("prefix", ["", "/prom"])
async def test_a_sub_path_works_whether_or_not_the_proxy_takes_it_off(make_parts, make_client, prefix):
    parts = make_parts(WebOptions(external_url="https://watch.example/prom/"))
    async with make_client(parts) as client:
        assert (await client.get(f"{prefix}/-/healthy")).status_code == 200
        page = await client.get(f"{prefix}/")
        assert '<base href="/prom/">' in page.text
        assert (await client.get("/promenade/-/healthy")).status_code == 404
