"""What the six widgets show, by events whose numbers are known; and what a wrong question is told."""

from __future__ import annotations

import random
from bisect import bisect_left

import pytest

from watchglass.sdk.dinoair.dashboard_data import ParameterError
from watchglass.sdk.dinoair.metrics_service import MetricsService
from watchglass.sdk.dinoair.metrics_storage import FileMetricsStorage
from watchglass.sdk.dinoair.span import quantile

MINUTE = 60_000


@pytest.fixture
def live(service, clock):
    """Lets minutes pass, with a collection at the end of each; `event` is called in each."""

    def pass_minutes(count, event=lambda: None):
        for _ in range(count):
            event()
            clock.advance(MINUTE)
            service.collect_once()

    service.collect_once()
    return pass_minutes


def test_the_overview_is_of_now(service, registry, machine):
    registry.record_api_request("comfyui", "/", 0.1)
    registry.record_api_request("web", "/", 0.1, 500)
    registry.record_error("oom", "no")
    registry.start_user_session("a")
    machine.readings["cpu"] = 85.0
    data = service.get_dashboard_data("overview")

    assert (data["widget"], data["timeframe"]) == ("overview", None)
    assert data["resources"] == {"cpu": 85, "memory": 50, "disk": 60, "gpu": None, "network_mbps": 1.5}
    assert (data["error_rate"], data["active_sessions"], data["total_requests"], data["active_services"]) == (
        1,
        1,
        2,
        3,
    )
    assert [(one["service"], one["status"]) for one in data["services"]] == [
        ("comfyui", "up"),
        ("unknown", "idle"),
        ("web", "down"),
    ]
    assert data["services"][0]["requests_per_minute"] == 0.2
    assert data["health_contributions"] == pytest.approx(
        {"cpu": -12.5, "memory": 0, "disk": 0, "error_rate": -2, "services_down": -6.67}
    )
    assert (data["health_score"], data["status"]) == (pytest.approx(78.83), "degraded")


@pytest.mark.parametrize(("failed", "status"), [(0, "up"), (4, "up"), (5, "degraded"), (49, "degraded"), (50, "down")])
def test_a_service_is_degraded_from_5_and_down_from_50_of_100_on(service, registry, failed, status):
    for number in range(100):
        registry.record_api_request("web", "/", 0.1, 500 if number < failed else 200)
    (one,) = service.get_dashboard_data("overview")["services"]
    assert (one["status"], one["error_share"], one["requests_per_minute"]) == (status, failed / 100, 20)


def test_resources_have_average_and_peak(service, live, machine):
    values = iter([10.0, 20.0, 90.0])
    live(3, lambda: machine.readings.update(cpu=next(values)))
    data = service.get_dashboard_data("resources", timeframe=1)
    cpu = data["series"][0]

    assert [one["name"] for one in data["series"]] == ["cpu", "memory", "disk", "network"]
    assert (cpu["unit"], cpu["average"], cpu["peak"], cpu["current"]) == ("percent", 40.0, 90, 90)
    assert [value for _, value in cpu["points"] if value is not None][-3:] == [10, 20, 90]
    day = service.get_dashboard_data("resources")["series"][0]["points"]
    assert day[-1][1] == pytest.approx((40 + 10 + 20 + 90) / 4), "a point is the mean of its step"


def test_api_counts_what_lies_in_the_range_and_no_more(service, registry, live):
    live(90, lambda: registry.record_api_request("web", "/", 0.2))
    live(60, lambda: [registry.record_api_request("web", "/", 0.2, status) for status in (200, 200, 500)])
    hour = service.get_dashboard_data("api", timeframe=1)["services"][0]
    two = service.get_dashboard_data("api", timeframe=2)["services"][0]
    day = service.get_dashboard_data("api")["services"][0]

    assert (hour["requests"], hour["errors"], hour["error_share"]) == (180, 60, pytest.approx(1 / 3, abs=1e-4))
    assert (two["requests"], two["errors"]) == (240, 60)
    assert (day["requests"], day["errors"]) == (270, 60), "with what was counted before the first reading that has it"
    assert (hour["requests_per_minute"], day["requests_per_minute"]) == (3, pytest.approx(270 / 150))
    assert hour["response_time"]["average"] == pytest.approx(0.2)
    assert [one for one in hour["distribution"] if one["count"]] == [{"above": 0.1, "up_to": 0.25, "count": 180}]
    assert {value for _, value in hour["requests_points"][1:-1]} == {3}
    assert hour["status"] == "degraded" or hour["status"] == "up"


def test_a_restart_of_the_application_leaves_neither_dip_nor_spike(service, registry, live, make_service, clock):
    live(30, lambda: registry.record_api_request("web", "/", 0.2))
    service.stop()
    service.storage.close()
    registry.state.tables.counters['api_requests_total{service="web"}'] = 0  # as a new process begins
    again = make_service()
    for _ in range(20):
        registry.record_api_request("web", "/", 0.2)
        clock.advance(MINUTE)
        again.collect_once()

    data = again.get_dashboard_data("api", timeframe=1)["services"][0]
    assert data["requests"] == 50
    assert max(value for _, value in data["requests_points"] if value is not None) <= 2


def test_what_was_counted_before_the_data_begin_is_not_of_the_range(registry, clock, make_service, service, live):
    live(120, lambda: registry.record_api_request("web", "/", 0.2))
    clock.advance(30 * 60 * MINUTE)  # the readings are a day old, and gone with the next clean-up
    live(1)
    registry.record_api_request("web", "/", 0.2)
    clock.advance(15_000)
    assert service.get_dashboard_data("api", timeframe=1)["services"][0]["requests"] == 1


def test_models(service, registry, live):
    live(4, lambda: registry.record_model_generation("llama2-7b", 12.0, True, 200, 500))
    registry.record_model_generation("llama2-7b", 3.0, success=False)
    for _ in range(4):
        registry.record_model_generation("tiny", 0.4, True, 10, 10)
    registry.set_model_queue_size("llama2-7b", 2)
    first, second = service.get_dashboard_data("models")["models"]

    assert (first["model"], first["generations"], first["succeeded"], first["failed"]) == ("llama2-7b", 5, 4, 1)
    assert (first["success_rate"], first["queue_size"], second["queue_size"]) == (0.8, 2, None)
    assert first["generation_time"]["average"] == pytest.approx(51 / 5)
    assert (first["prompt_length"]["average"], first["output_length"]["average"]) == (200, 500)
    assert (second["model"], second["success_rate"]) == ("tiny", 1)


def test_errors(service, registry, live, clock):
    live(5, lambda: registry.record_error("timeout", "slow", "comfyui", "warning"))
    registry.record_error("oom", "no memory", "ollama", "critical")
    data = service.get_dashboard_data("errors", timeframe=24)

    assert (data["total"], data["error_rate"]) == (6, 1)
    assert data["by_type"] == [{"name": "timeout", "count": 5}, {"name": "oom", "count": 1}]
    assert data["by_service"] == [{"name": "comfyui", "count": 5}, {"name": "ollama", "count": 1}]
    assert data["by_severity"] == [{"name": "warning", "count": 5}, {"name": "critical", "count": 1}]
    assert [one["message"] for one in data["recent"]][:2] == ["no memory", "slow"]
    assert data["recent"][0]["timestamp_ms"] == clock.now_ms()
    assert sum(value for _, value in data["trend"] if value) > 0


def test_users(service, registry, live, clock):
    registry.start_user_session("long")
    live(30)
    registry.start_user_session("open")
    registry.end_user_session("long")
    live(2)
    data = service.get_dashboard_data("users", timeframe=1)

    assert (data["active_sessions"], data["ended_sessions"], data["duration"]["average"]) == (1, 1, 1800)
    assert [one for one in data["distribution"] if one["count"]] == [{"above": 1200, "up_to": 1800, "count": 1}]
    assert max(value for _, value in data["timeline"] if value is not None) == 1


def test_a_range_beyond_the_data_says_so(service, live):
    live(30)
    part = service.get_dashboard_data("resources", timeframe=6)["coverage"]

    assert (part["complete"], part["note"]) == (False, "The data begin 0.5 h ago; 6 h were asked for.")
    live(45)
    whole = service.get_dashboard_data("resources", timeframe=1)["coverage"]
    assert (whole["complete"], whole["note"], whole["rolled_up"], whole["step_seconds"]) == (True, "", False, 60)


def test_a_week_is_answered_by_roll_ups_where_readings_are_kept_for_a_day(make_service, registry, clock, machine):
    service = make_service(retention_hours=24, rollup_hours=168)
    service.collect_once()
    for hour in range(60):
        for _ in range(12):
            registry.record_api_request("web", "/", 0.2)
            machine.readings["cpu"] = float(hour)
            clock.advance(5 * MINUTE)
            service.collect_once()
    data = service.get_dashboard_data("api", timeframe=168)
    cpu = service.get_dashboard_data("resources", timeframe=48)["series"][0]

    assert len(service.storage.query_metrics("dinoair_cpu_usage_percent")) <= 24 * 12 + 3
    assert data["services"][0]["requests"] == 720
    assert (data["coverage"]["complete"], data["coverage"]["rolled_up"]) == (False, True)
    assert data["coverage"]["note"] == "The data begin 60.0 h ago; 168 h were asked for."
    assert (cpu["peak"], cpu["average"]) == (59, pytest.approx(35.5, abs=0.3))


def test_quantiles_are_within_their_bucket_of_the_exact_ones():
    rng, bounds = random.Random(3), (0.1, 0.25, 0.5, 1, 2.5, 5, 10)
    values = sorted(rng.lognormvariate(-0.5, 0.8) for _ in range(5000))
    buckets = [(bound, float(sum(value <= bound for value in values))) for bound in bounds] + [(float("inf"), 5000.0)]
    for share in (0.5, 0.9, 0.95, 0.99):
        exact = values[int(share * 5000) - 1]
        place = bisect_left(bounds, exact)
        assert bounds[place - 1] <= quantile(share, buckets) <= bounds[place]
    assert quantile(0.5, []) is None
    even = [(1.0, 2.0), (2.0, 6.0), (4.0, 6.0), (float("inf"), 6.0)]
    assert [quantile(share, even) for share in (1 / 3, 0.5, 1.0)] == [1.0, 1.25, 2.0]
    assert quantile(0.99, [(1.0, 0.0), (float("inf"), 4.0)]) == 1.0, "what lies beyond the last bound counts as it"


@pytest.mark.parametrize("widget", ["nothing", "Overview", "", None])
def test_a_widget_that_does_not_exist(service, widget):
    with pytest.raises(ParameterError) as refused:
        service.get_dashboard_data(widget)
    assert refused.value.allowed == ["overview", "resources", "api", "models", "errors", "users"]
    assert "overview, resources, api, models, errors, users" in str(refused.value)


@pytest.mark.parametrize("timeframe", [0, -1, 169, "x", 1.5, "", "1h"])
def test_a_timeframe_that_cannot_be(service, timeframe):
    with pytest.raises(ParameterError, match="timeframe: expected whole hours from 1 to 168, got") as refused:
        service.get_dashboard_data("api", timeframe)
    assert refused.value.allowed == ["whole hours from 1 to 168"]


def test_without_a_timeframe_it_is_a_day(service):
    assert service.get_dashboard_data("api")["timeframe"] == 24


def test_a_widget_answers_where_the_storage_keeps_single_points_alone(registry, machine, clock, tmp_path):
    """A storage of one's own has three methods."""

    class Plain(FileMetricsStorage):
        histories = FileMetricsStorage.__mro__[2].histories

    service = MetricsService(storage=Plain(tmp_path), registry=registry, machine=machine)
    for _ in range(5):
        registry.record_api_request("web", "/", 0.2)
        clock.advance(MINUTE)
        service.collect_once()
    assert service.get_dashboard_data("api", timeframe=24)["services"][0]["requests"] == 5
    service.storage.close()
