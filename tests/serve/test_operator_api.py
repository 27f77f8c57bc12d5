"""Running queries, features, and live notifications."""

import asyncio
import json
import threading

import pytest

from watchglass.serve.jobs import Job
from watchglass.serve.operator_api import MAX_SUBSCRIBERS, OperatorApi, changes

pytestmark = pytest.mark.anyio


async def test_running_queries(make_parts, make_client):
    parts = make_parts()
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait(20)

    running = parts.queries.submit(work, Job("sum(up)", "/api/v1/query", "10.0.0.1", "d"))
    await asyncio.to_thread(begun.wait, 20)
    async with make_client(parts) as client:
        data = (await client.get("/api/v1/status/queries")).json()["data"]
    go_on.set()
    await running
    (shown,) = data["queries"]
    assert shown.pop("secondsRun") >= shown.pop("secondsWaited") >= 0
    assert shown == {
        "id": 1,
        "query": "sum(up)",
        "kind": "/api/v1/query",
        "client": "10.0.0.1",
        "dashboard": "d",
        "state": "running",
    }
    assert data["memoryLimitBytes"] == 768 << 20


async def test_features_are_those_of_the_language(make_client):
    async with make_client() as client:
        data = (await client.get("/api/v1/features")).json()["data"]
    assert data["promql_functions"]["rate"]
    assert data["promql_operators"]["=~"]
    assert data["promql_operators"]["topk"]
    assert "step" not in data["promql_functions"]
    assert data["rules"]["keep_firing_for"]
    assert data["templating_functions"]["humanizePercentage"]
    assert all(isinstance(value, bool) for category in data.values() for value in category.values())


async def test_notifications_as_they_come(make_parts):
    failed = {"text": "Configuration reload has failed.", "date": "2026-01-01T00:00:00Z", "active": True}
    current = [failed]
    parts = make_parts(notifications=lambda: current)
    api = OperatorApi(parts)
    answer = await api.live(None)
    events = aiter(answer.body_iterator)
    assert answer.media_type == "text/event-stream"
    assert (await anext(events)).startswith(b":")
    assert read(await anext(events)) == failed
    current.clear()
    assert read(await anext(events)) == {**failed, "active": False}
    parts.health.stopping = True
    with pytest.raises(StopAsyncIteration):
        await anext(events)


def read(event):
    assert event.startswith(b"data: ")
    assert event.endswith(b"\n\n")
    return json.loads(event[6:])


async def test_listeners_are_bounded(make_parts):
    api = OperatorApi(make_parts())
    listening = [aiter((await api.live(None)).body_iterator) for _ in range(MAX_SUBSCRIBERS)]
    for events in listening:
        await anext(events)
    assert (await api.live(None)).status_code == 204
    await listening[0].aclose()
    assert (await api.live(None)).status_code == 200
    for events in listening:
        await events.aclose()


def test_a_notification_that_stays_is_no_news():
    assert changes([{"text": "a"}], [{"text": "a"}, {"text": "b"}]) == [{"text": "b"}]
