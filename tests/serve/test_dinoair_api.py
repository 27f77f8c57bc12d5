"""DinoAir's addresses on the server, over an engine that knows an hour of it."""

from __future__ import annotations

import typing

import pytest
from memory import MemoryQueryable

from watchglass.packs.boards import PackBoards
from watchglass.packs.catalogue import PackCatalogue, Situation
from watchglass.packs.enabled import enable
from watchglass.packs.jobs import Asked, join_jobs
from watchglass.promql.engine import Engine
from watchglass.sdk.dinoair import shapes

pytestmark = pytest.mark.anyio

NOW_MS = 1_700_000_000_000
TIMES = range(NOW_MS - 3_600_000, NOW_MS + 1, 30_000)
TARGET = {"job": "dinoair", "instance": "localhost:3000"}


def gauge(name, value, **labels):
    return {"__name__": f"dinoair_{name}", **TARGET, **labels}, dict.fromkeys(TIMES, float(value))


def counter(name, per_minute, **labels):
    samples = {at_ms: per_minute * (at_ms - TIMES[0]) / 60_000 for at_ms in TIMES}
    return {"__name__": f"dinoair_{name}", **TARGET, **labels}, samples


SERIES = [
    gauge("cpu_usage_percent", 40),
    gauge("memory_usage_percent", 60),
    gauge("disk_usage_percent", 70),
    gauge("network_bandwidth_mbps", 5),
    gauge("gpu_usage_percent", 30, gpu="0"),
    gauge("system_health_score", 88),
    gauge("active_services_total", 2),
    gauge("custom_active_sessions", 3),
    gauge("custom_error_rate_per_minute", 1),
    counter("custom_api_requests_total", 60, service="ollama"),
    counter("custom_api_requests_total", 6, service='com"fy'),
    counter("custom_api_errors_total", 6, service="ollama"),
    *(
        counter("custom_api_response_time_seconds_bucket", per_minute, service="ollama", le=le)
        for le, per_minute in (("0.5", 30), ("1", 60), ("+Inf", 60))
    ),
    counter("custom_api_response_time_seconds_sum", 30, service="ollama"),
    counter("custom_api_response_time_seconds_count", 60, service="ollama"),
    counter("custom_model_generations_total", 9, model="llama", success="true"),
    counter("custom_model_generations_total", 1, model="llama", success="false"),
    gauge("custom_model_queue_size", 4, model="llama"),
    counter("custom_errors_total", 2, error_type="timeout", service="ollama", severity="error"),
    counter("custom_session_durations_bucket", 1, le="+Inf"),
    counter("custom_session_durations_sum", 60),
    counter("custom_session_durations_count", 1),
]


@pytest.fixture
def ask(make_parts, make_client):
    async def ask(path, series=SERIES, packs=("dinoair",)):
        store = MemoryQueryable()
        for labels, samples in series:
            store.add(labels, samples)
        enabled = enable(packs)
        situation = Situation(enabled, join_jobs(enabled.packs, Asked()))
        catalogue = PackCatalogue(lambda: situation, PackBoards(lambda: enabled), list)
        async with make_client(make_parts(engine=Engine(store), packs=lambda: catalogue)) as client:
            return await client.get(path)

    return ask


async def widget(ask, name, **more):
    answer = await ask(f"/api/metrics/dashboard?widget={name}&timeframe=1", **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_prometheus_reads_what_is_exposed(ask):
    for path in ("/api/metrics", "/api/metrics?format=prometheus"):
        answer = await ask(path)
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "# TYPE dinoair_custom_api_response_time_seconds histogram" in answer.text
        assert '{job="dinoair"' not in answer.text
        assert answer.text.index('le="0.5"') < answer.text.index('le="1.0"') < answer.text.index('le="+Inf"')


@pytest.mark.parametrize(
    ("name", "type_", "first"),
    [
        ("json", "application/json", '{"timestamp": "2023-11-14T22:13:20.000Z"'),
        ("influxdb", "text/plain; charset=utf-8", "dinoair_active_services_total value=2.0 1700000000000000000\n"),
        ("csv", "text/csv; charset=utf-8", "timestamp,name,type,labels,value\r\n"),
    ],
)
async def test_other_formats_are_those_of_the_library(ask, name, type_, first):
    answer = await ask(f"/api/metrics?format={name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, type_)
    assert answer.text.startswith(first)


async def test_an_unknown_format_is_answered_with_those_that_there_are(ask):
    answer = await ask("/api/metrics?format=xml")
    assert answer.status_code == 400
    assert answer.json()["formats"] == ["prometheus", "json", "influxdb", "csv"]


async def test_several_instances_are_told_apart(ask):
    other = gauge("cpu_usage_percent", 50)
    other[0]["instance"] = "b:1"
    assert 'dinoair_cpu_usage_percent{instance="b:1"} 50.0' in (await ask("/api/metrics", [*SERIES, other])).text


SHAPES = {
    "overview": shapes.Overview,
    "resources": shapes.ResourcesWidget,
    "api": shapes.ApiWidget,
    "models": shapes.ModelsWidget,
    "errors": shapes.ErrorsWidget,
    "users": shapes.UsersWidget,
}


def check(value, shape):
    """A value has the fields that its shape says, all the way down."""
    if typing.is_typeddict(shape):
        hints = typing.get_type_hints(shape)
        assert value.keys() == hints.keys()
        for name, inner in hints.items():
            check(value[name], inner)
    elif typing.get_origin(shape) is list:
        for each in value:
            check(each, typing.get_args(shape)[0])


@pytest.mark.parametrize("name", SHAPES)
async def test_a_widget_has_the_shape_of_the_library(ask, name):
    check(await widget(ask, name), SHAPES[name])
    check(await widget(ask, name, series=[]), SHAPES[name])


async def test_the_overview_is_of_now(ask):
    shown = await widget(ask, "overview")
    assert shown["timeframe"] is None
    assert (shown["status"], shown["health_score"]) == ("healthy", 88)
    assert shown["resources"] == {"cpu": 40, "memory": 60, "disk": 70, "gpu": 30, "network_mbps": 5}
    assert (shown["active_sessions"], shown["active_services"], shown["error_rate"]) == (3, 2, 1)
    assert shown["health_contributions"]["error_rate"] == -2
    services = {each["service"]: each for each in shown["services"]}
    assert (services["ollama"]["status"], services["ollama"]["error_share"]) == ("degraded", 0.1)
    assert services["ollama"]["requests_per_minute"] == pytest.approx(60)
    assert services['com"fy']["status"] == "up"


async def test_resources_have_average_peak_and_points(ask):
    shown = await widget(ask, "resources")
    cpu = next(each for each in shown["series"] if each["name"] == "cpu")
    assert (cpu["current"], cpu["average"], cpu["peak"], cpu["unit"]) == (40, 40, 40, "percent")
    assert len(cpu["points"]) == 60
    assert {value for _, value in cpu["points"]} == {40}
    assert {each["name"] for each in shown["series"]} == {"cpu", "memory", "disk", "network", "gpu0"}


async def test_services_have_rates_and_quantiles(ask):
    first, second = (await widget(ask, "api"))["services"]
    assert (first["service"], second["service"]) == ("ollama", 'com"fy')
    assert first["requests"] == pytest.approx(3600, rel=0.02)
    assert first["error_share"] == pytest.approx(0.1)
    assert first["response_time"]["average"] == pytest.approx(0.5)
    assert first["response_time"]["p50"] == pytest.approx(0.5)
    assert [(each["above"], each["up_to"]) for each in first["distribution"]] == [(0, 0.5), (0.5, 1), (1, None)]
    assert first["requests_points"][-1][1] == pytest.approx(60)
    assert second["response_time"]["p95"] is None


async def test_models_have_success_and_queue(ask):
    (model,) = (await widget(ask, "models"))["models"]
    assert (model["model"], model["queue_size"]) == ("llama", 4)
    assert model["success_rate"] == pytest.approx(0.9)


async def test_errors_and_users(ask):
    errors = await widget(ask, "errors")
    assert errors["total"] == pytest.approx(120, rel=0.02)
    assert [each["name"] for each in errors["by_severity"]] == ["error"]
    users = await widget(ask, "users")
    assert (users["active_sessions"], users["duration"]["average"]) == (3, 60)
    assert users["timeline"][-1][1] == 3


async def test_coverage_says_since_when_there_are_data(ask):
    shown = (await ask("/api/metrics/dashboard?widget=users&timeframe=24")).json()["coverage"]
    assert shown["complete"] is False
    assert shown["data_from_ms"] == pytest.approx(TIMES[0], abs=1_800_000)
    assert "24 h were asked for" in shown["note"]
    assert (await widget(ask, "users", series=[]))["coverage"]["note"] == "There are no data."


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("widget=user", "widget"),
        ("timeframe=0", "timeframe"),
        ("timeframe=soon", "timeframe"),
        ("timeframe=99999", "timeframe"),
    ],
)
async def test_what_is_wrong_is_answered_with_what_is_allowed(ask, query, parameter):
    answer = await ask(f"/api/metrics/dashboard?{query}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter
    assert answer.json()["allowed"]


async def test_the_page_leads_to_the_dashboard_or_to_the_packs(ask):
    assert (await ask("/monitoring")).headers["location"] == "d/dinoair-monitoring"
    assert (await ask("/monitoring", packs=())).headers["location"] == "packs"
