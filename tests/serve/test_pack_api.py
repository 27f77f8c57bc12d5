"""Packs over HTTP, over an engine that knows a few answers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from watchglass.collect.loops import ActiveTarget
from watchglass.collect.scrape import Health, ScrapeStatus
from watchglass.collect.target import Target
from watchglass.columns import LabelTable
from watchglass.errors import QuerySyntaxError
from watchglass.model.labels import Labels
from watchglass.packs.boards import PackBoards
from watchglass.packs.catalogue import PackCatalogue, Situation
from watchglass.packs.enabled import enable
from watchglass.packs.jobs import Asked, join_jobs
from watchglass.promql.ast import ValueType
from watchglass.promql.engine import QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.value import Vector

pytestmark = pytest.mark.anyio
NOW_S = 1_700_000_000


class Engine:
    """Answers expressions that contain one of a few texts with a number; notes what it was asked."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def instant(self, query, time_ms, *, timeout_ms=None):
        self.asked.append((query, time_ms))
        found = [value for text, value in self.answers.items() if text in query]
        if found and isinstance(found[0], Exception):
            raise found[0]
        values = np.array([found[:1]] if found else []).reshape(min(1, len(found)), 1)
        labels = LabelTable.of([Labels.of({})] * len(values))
        return QueryResult(ValueType.VECTOR, Vector(labels, values, np.ones(values.shape, bool)), Grid(time_ms, 1, 1))


def packs_of(named, *, as_written=(), targets=()):
    enabled = enable(named, as_written)
    situation = Situation(enabled, join_jobs(enabled.packs, Asked()), "Asia/Kolkata")
    return PackCatalogue(lambda: situation, PackBoards(lambda: enabled), lambda: targets)


def scraped(job, health, error=""):
    labels = Labels.of({"job": job, "instance": "i"})
    target = Target("http://i/m", labels, labels, 1, 1, job)
    return ActiveTarget(job, target, ScrapeStatus(Health(health), error))


@pytest.fixture
def ask(make_parts, make_client):
    async def ask(path, engine=None, status=200, **packs):
        packs.setdefault("named", ["awareness_network", "sidepanel"])
        catalogue = packs_of(packs.pop("named"), **packs)
        parts = make_parts(packs=lambda: catalogue, engine=engine or Engine({}))
        async with make_client(parts) as client:
            answer = await client.get(f"/api/v1/packs{path}")
        assert answer.status_code == status, answer.text
        return answer.json()["data"] if status == 200 else answer.json()["error"]

    return ask


async def test_packs_that_are_on_come_first(ask):
    listed = await ask("", named=["sidepanel", "./nothing"], targets=[scraped("sidepanel", "down", "refused")])
    names = [(pack["name"], pack["enabled"]) for pack in listed["packs"]]
    assert names[0] == ("sidepanel", True)
    assert sorted(names[1:]) == [
        ("awareness_network", False), ("dinoair", False), ("fluxai", False), ("hybrid_ai_stack", False),
    ]  # fmt: skip
    assert listed["faults"] == [{"pack": "./nothing", "message": "nothing: there is no such folder"}]
    first = listed["packs"][0]
    assert first["title"] == "Sidepanel"
    assert first["dashboards"][0]["uid"] == first["start"]
    assert {key: first["jobs"][0][key] for key in ("name", "health", "down", "lastError")} == {
        "name": "sidepanel",
        "health": "down",
        "down": 1,
        "lastError": "refused",
    }


async def test_a_job_that_is_off_says_why(ask):
    jobs = {job["name"]: job for job in (await ask("/hybrid_ai_stack", named=["hybrid_ai_stack"]))["jobs"]}
    assert (jobs["n8n"]["health"], jobs["n8n"]["reason"].split(":")[0]) == ("off", "optional")
    assert jobs["api-gateway"]["reason"] == ""
    jobs = (await ask("/fluxai"))["jobs"]
    assert jobs[0]["reason"] == "the pack is not switched on"


async def test_one_pack_shows_all_that_it_knows(ask):
    shown = await ask("/awareness_network")
    assert shown["roles"]["http.requests"] == "http_requests_total"
    assert shown["errorMatcher"] == 'status=~"5.."'
    assert [row["priority"] for row in shown["board"]] == sorted(row["priority"] for row in shown["board"])
    assert len(shown["metrics"]) == shown["metricCount"] == 38
    assert shown["faults"] == []


async def test_a_file_of_a_pack_that_is_wrong_is_named_and_hides_nothing_else(ask, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/pack.yaml").write_text("title: X\nabout: It is x.\n")
    (tmp_path / "x/metrics.yaml").write_text("metrics: []\n")
    (tmp_path / "x/rules.yaml").write_text("groups: 1\n")
    (tmp_path / "x/differences.yaml").write_text("- {where: a, as_written: b, corrected: c, why: d, impact: breaks}\n")
    shown = await ask("/x", named=[str(tmp_path / "x")])
    assert shown["faults"] == [f"{tmp_path}/x/rules.yaml:1: groups: expected a list, got text"]
    assert shown["differences"] == [{"where": "a", "as_written": "b", "corrected": "c", "why": "d", "impact": "breaks"}]
    assert shown["differenceCount"] == 1


async def test_the_board_is_graded_at_the_time_that_is_asked_for(ask):
    engine = Engine({'status=~"5.."': 0.01, "redis_connected": 0.0, "db_pool": QuerySyntaxError("no")})
    board = await ask("/awareness_network/board?time=1600000000", engine)
    rows = {row["id"]: row for row in board["rows"]}
    assert board["grades"] == ["healthy", "investigate", "critical"]
    assert len(rows) == 9
    error_rate = rows["error_rate_5xx"]
    assert (error_rate["value"], error_rate["grade"], error_rate["level"]) == (0.01, "investigate", "degraded")
    assert (rows["redis_connected"]["grade"], rows["redis_connected"]["level"]) == ("critical", "unhealthy")
    assert (rows["p95_latency"]["value"], rows["p95_latency"]["grade"]) == (None, "")
    assert rows["db_pool_waiting"]["why"].startswith("it could not be asked")
    assert rows["collaboration_sessions"]["alert"]["name"] == "CollaborationSystemDown"
    assert rows["active_ws_connections"]["alert"] is None
    assert {time_ms for _, time_ms in engine.asked} == {1_600_000_000_000}


async def test_a_scoped_pack_is_asked_for_its_own_jobs(ask, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/pack.yaml").write_text("title: X\nabout: It is x.\njobs: {j: {}}\nscoped: true\n")
    (tmp_path / "x/metrics.yaml").write_text("metrics: [{name: a, type: gauge, unit: things, help: Things}]\n")
    (tmp_path / "x/snapshots.yaml").write_text("A: {b: {expr: a + c}}\n")
    engine = Engine({})
    assert (await ask("/x/snapshots/A", engine, named=[str(tmp_path / "x")]))["b"] is None
    assert [query for query, _ in engine.asked] == ['a{job="j"} + c']


async def test_a_snapshot_has_exact_names_and_null_where_nothing_is_known(ask):
    engine = Engine({"sum(sidepanel_ws_active_connections)": 8.0, "clamp_min(2": 2.0})
    taken = await ask(f"/sidepanel/snapshots/SystemMetrics?time={NOW_S}", engine)
    assert list(taken)[:4] == ["timestamp", "status", "uptime", "activeConnections"]
    assert taken["timestamp"] == "2023-11-14T22:13:20.000Z"
    assert (taken["status"], taken["activeConnections"], taken["latencyP95"]) == ("healthy", 8, None)
    assert json.dumps(taken)


async def test_what_is_not_there_is_404(ask):
    assert await ask("/nothing", status=404) == 'there is no pack "nothing"'
    assert await ask("/nothing/board", status=404) == 'there is no pack "nothing"'
    assert "has no such thing: a health board" in await ask("/sidepanel/board", status=404)
    assert 'a snapshot "Nothing"' in await ask("/sidepanel/snapshots/Nothing", status=404)
    assert "time" in await ask("/sidepanel/snapshots/SystemMetrics?time=soon", status=400)
