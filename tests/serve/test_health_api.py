"""Health: conditions of components, and what probes are told."""

import pytest

from watchglass.serve.health import ComponentHealth, Condition
from watchglass.serve.health_api import GRAFANA_API

pytestmark = pytest.mark.anyio


def always(condition, detail="", **figures):
    return lambda: ComponentHealth(condition, detail, figures)


@pytest.mark.parametrize(
    ("conditions", "ready", "status"),
    [
        ([], 200, "ok"),
        ([Condition.OK], 200, "ok"),
        ([Condition.OK, Condition.DEGRADED], 200, "degraded"),
        ([Condition.STARTING, Condition.OK], 503, "starting"),
        ([Condition.STARTING, Condition.FAILED], 503, "failed"),
    ],
)
async def test_the_worst_component_decides(make_parts, make_client, conditions, ready, status):
    parts = make_parts()
    for number, condition in enumerate(conditions):
        parts.health.add(f"part{number}", always(condition))
    async with make_client(parts) as client:
        assert (await client.get("/-/healthy")).status_code == 200
        assert (await client.get("/-/ready")).status_code == ready
        assert (await client.head("/-/ready")).status_code == ready
        assert (await client.get("/ready")).status_code == ready
        assert (await client.get("/api/health")).status_code == ready
        answer = await client.get("/health")
        assert answer.json()["status"] == status
        assert answer.status_code == (503 if status == "failed" else 200)


async def test_detail(make_parts, make_client):
    parts = make_parts()
    parts.health.add("store", always(Condition.OK, "all is well", series=7))
    parts.health.add("extra", always(Condition.FAILED, "gone"), needed=False)
    async with make_client(parts) as client:
        report = (await client.get("/ready")).json()
    assert report["status"] == "ok"
    assert report["components"]["store"] == {"status": "ok", "detail": "all is well", "series": 7}
    assert report["components"]["extra"] == {"status": "failed", "detail": "gone"}


async def test_a_check_that_fails_is_a_failed_component(make_parts, make_client):
    def broken():
        raise RuntimeError("secret")

    parts = make_parts()
    parts.health.add("store", broken)
    async with make_client(parts) as client:
        answer = await client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["components"]["store"]["detail"] == "its check failed: RuntimeError"


async def test_not_ready_while_stopping(make_parts, make_client):
    parts = make_parts()
    parts.health.stopping = True
    async with make_client(parts) as client:
        assert (await client.get("/-/ready")).status_code == 503
        assert (await client.get("/ready")).json()["status"] == "stopping"
        assert (await client.get("/-/healthy")).status_code == 200


async def test_what_clients_of_grafana_ask_first(make_parts, make_client):
    async with make_client(make_parts()) as client:
        assert (await client.get("/api/frontend/settings")).json()["buildInfo"]["version"] == GRAFANA_API
        assert (await client.get("/api/org")).json() == {"id": 1, "name": "Main Org."}
