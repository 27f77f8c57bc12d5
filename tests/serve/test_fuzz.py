"""Whatever is asked, the answer is an envelope and never a fault of ours."""

import asyncio
import tempfile
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchglass.collect.manager import TargetList
from watchglass.promql.engine import Engine
from watchglass.serve.http import build_application
from watchglass.serve.options import QueryLimits, WebOptions
from watchglass.store.metrics import MetricStore

PATHS = ["query", "query_range", "series", "labels", "label/job/values", "metadata", "targets", "status/flags"]
PATHS += ["format_query", "parse_query", "query_exemplars", "targets/metadata", "rules", "alerts", "status/tsdb"]
NAMES = ["match_target", "stats", "type", "group_limit", "group_next_token", "exclude_alerts", "limit_per_metric"]
NAMES += ["query", "time", "start", "end", "step", "timeout", "lookback_delta", "limit", "match[]", "metric", "state"]
LIKELY = [
    "up",
    "rate(up[5m])",
    "{",
    '{a="b"}',
    "1h",
    "-1",
    "0",
    "1e308",
    "NaN",
    "Inf",
    "9" * 30,
    "2023-01-01T00:00:00Z",
    "",
]

values = st.one_of(st.sampled_from(LIKELY), st.text(max_size=20), st.floats().map(str), st.integers().map(str))
requests = st.tuples(st.sampled_from(PATHS), st.dictionaries(st.sampled_from(NAMES), values, max_size=6))


@pytest.fixture(scope="module")
def store():
    with tempfile.TemporaryDirectory() as folder:
        opened = MetricStore(Path(folder))
        yield opened
        opened.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests)
def test_api(store, make_parts, asked):
    path, params = asked
    options = WebOptions(queries=QueryLimits(timeout_ms=2000))
    parts = make_parts(options, storage=store, engine=Engine(store), targets=lambda: TargetList([], [], []))
    parts.head_stats = dict
    transport = httpx.ASGITransport(app=build_application(parts))

    async def ask():
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return [
                await client.get(f"/api/v1/{path}", params=params),
                await client.post(f"/api/v1/{path}", data=params),
            ]

    for answer in asyncio.run(ask()):
        if answer.status_code in {405, 404, 204}:
            continue
        assert answer.status_code in {200, 400, 422, 503}
        envelope = answer.json()
        assert envelope["status"] == ("success" if answer.status_code == 200 else "error")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.binary(max_size=40), st.binary(max_size=40))
def test_addresses_and_headers(make_parts, path, query, header):
    application = build_application(make_parts())
    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/" + path,
        "query_string": query,
        "http_version": "1.1",
        "headers": [(b"host", b"localhost"), (b"origin", header), (b"accept-encoding", header), (b"accept", header)],
        "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 9090),
    }
    asyncio.run(application(scope, receive, send))
    assert sent[0]["status"] < 500
