"""What each call moves, what is left out where a switch or sampling says so, and what the loggers tell."""

from __future__ import annotations

import logging

import pytest

from watchglass.sdk.dinoair.metrics_collector import MetricsConfig
from watchglass.sdk.dinoair.sessions import OpenSessions

P = "dinoair_custom_"


def test_a_request_moves_count_errors_mean_and_histogram_of_its_service(registry, values):
    registry.record_api_request("comfyui", "/generate", 1.0, 200, "POST")
    registry.record_api_request("comfyui", "/generate", 2.0, 503, "POST")
    registry.record_api_request("web", "/", 0.1)
    found = values()

    assert found[f'{P}api_requests_total{{service="comfyui"}}'] == 2
    assert found[f'{P}api_errors_total{{service="comfyui"}}'] == 1
    assert found[f'{P}api_response_time_avg{{service="comfyui"}}'] == 1.5
    histogram, labels = f"{P}api_response_time_seconds", 'method="POST",service="comfyui"'
    assert found[f'{histogram}_bucket{{endpoint="/generate",le="1.0",{labels}}}'] == 1
    assert found[f'{histogram}_count{{endpoint="/generate",{labels}}}'] == 2
    assert found[f'{histogram}_sum{{endpoint="/generate",{labels}}}'] == 3
    assert found[f'{P}api_errors_total{{service="web"}}'] == 0
    assert found["dinoair_active_services_total"] == 2


@pytest.mark.parametrize(("status", "errors"), [(200, 0), (304, 0), (399, 0), (400, 1), (404, 1), (500, 1)])
def test_a_status_from_400_on_is_an_error(registry, values, status, errors):
    registry.record_api_request("web", "/", 0.1, status)
    assert values()[f'{P}api_errors_total{{service="web"}}'] == errors


def test_the_mean_is_of_the_last_five_minutes(registry, values, clock):
    registry.record_api_request("web", "/", 9.0)
    clock.advance(301_000)
    registry.record_api_request("web", "/", 1.0)
    assert values()[f'{P}api_response_time_avg{{service="web"}}'] == 1
    clock.advance(600_000)
    assert f'{P}api_response_time_avg{{service="web"}}' not in values(), "there is no mean of nothing"
    assert values()["dinoair_active_services_total"] == 0


def test_a_generation_moves_count_time_and_lengths_of_its_model(registry, values):
    registry.record_model_generation("llama2-7b", 15.4, success=True, prompt_length=256, output_length=512)
    for _ in range(2):
        registry.record_model_generation("llama2-7b", 1.0, success=False)
    registry.set_model_queue_size("llama2-7b", 3)
    found = values()

    assert found[f'{P}model_generations_total{{model="llama2-7b",success="true"}}'] == 1
    assert found[f'{P}model_generations_total{{model="llama2-7b",success="false"}}'] == 2
    assert found[f'{P}model_generation_seconds_sum{{model="llama2-7b"}}'] == 17.4
    assert found[f'{P}model_prompt_length_sum{{model="llama2-7b"}}'] == 256
    assert found[f'{P}model_output_length_count{{model="llama2-7b"}}'] == 1, "a length that is not known is none"
    assert found[f'{P}model_queue_size{{model="llama2-7b"}}'] == 3


def test_an_error_moves_rate_and_counts_and_is_listed(registry, values, state, clock):
    registry.record_error("connection_timeout", "Failed to connect", service="comfyui", severity="critical")
    registry.record_error("oom", MemoryError("x" * 900))
    labels = 'error_type="connection_timeout",service="comfyui",severity="critical"'

    assert values()[f"{P}errors_total{{{labels}}}"] == 1
    assert values()[f"{P}error_rate_per_minute"] == 2
    first, second = state.recent_errors
    assert first == (clock.now_ms(), "connection_timeout", "Failed to connect", "comfyui", "critical")
    assert (second.service, second.severity, len(second.message)) == ("unknown", "error", 500)
    clock.advance(60_000)
    assert values()[f"{P}error_rate_per_minute"] == 0


def test_sessions_that_are_unknown_doubled_or_never_ended(registry, values, state, clock):
    registry.start_user_session("a", user_agent="Mozilla/5.0...")
    clock.advance(60_000)
    registry.start_user_session("a")
    registry.start_user_session("b")
    assert values()[f"{P}active_sessions"] == 2
    clock.advance(60_000)
    assert registry.end_user_session("a") == 120, "the second start changed nothing"
    assert registry.end_user_session("a") is None
    assert registry.end_user_session("nobody") is None
    found = values()
    assert (found[f"{P}active_sessions"], found[f"{P}session_durations_count"]) == (1, 1)
    assert found[f'{P}session_durations_bucket{{le="300.0"}}'] == 1
    clock.advance(12 * 3_600_000)
    found = values()
    assert (found[f"{P}active_sessions"], found[f"{P}session_durations_count"], state.sessions.forgotten) == (0, 1, 1)


def test_workflows_and_files(registry, values):
    registry.record_workflow_execution("image", 45.2, success=True, steps_completed=5, total_steps=5)
    registry.record_workflow_execution("image", 4.0, success=False, steps_completed=2, total_steps=5)
    registry.record_file_operation("upload", file_size=1_024_000, duration=2.1, success=True)
    registry.record_file_operation("upload", file_size=0, duration=0.1, success=False)
    found = values()

    assert found[f'{P}workflow_executions_total{{workflow="image"}}'] == 2
    assert found[f'{P}workflow_failures_total{{workflow="image"}}'] == 1
    assert found[f'{P}workflow_success_rate{{workflow="image"}}'] == 0.5
    assert found[f'{P}workflow_steps_completed_total{{workflow="image"}}'] == 7
    assert found[f'{P}workflow_duration_seconds_sum{{workflow="image"}}'] == 49.2
    assert found[f'{P}file_operations_total{{operation="upload"}}'] == 2
    assert found[f'{P}file_errors_total{{operation="upload"}}'] == 1
    assert found[f'{P}file_bytes_total{{operation="upload"}}'] == 1_024_000
    assert found[f'{P}file_duration_seconds_count{{operation="upload"}}'] == 2


def record_everything(registry):
    registry.record_api_request("web", "/", 0.1)
    registry.record_model_generation("m", 1.0)
    registry.record_error("oom", "no")
    registry.start_user_session("s")
    registry.end_user_session("s")
    registry.record_workflow_execution("w", 1.0, success=True)
    registry.record_file_operation("read", 1, 1.0)


@pytest.mark.parametrize(
    ("switch", "gone"),
    [
        ("track_api_requests", ("api_",)),
        ("track_model_usage", ("model_",)),
        ("track_error_rates", ("error",)),
        ("track_user_interactions", ("active_sessions", "session_")),
        ("enable_custom_metrics", ("",)),
    ],
)
def test_each_switch_turns_its_part_off_and_nothing_else(make_service, registry, switch, gone):
    def names(**settings):
        service = make_service(**settings)
        record_everything(registry)
        reading = service.metrics_collector.current()
        return {family.name for family in reading.families if family.name.startswith(P)}

    off = names(**{switch: False})
    beginnings = tuple(f"{P}{beginning}" for beginning in gone)
    assert off == {name for name in names() if not name.startswith(beginnings)}


def test_sampling_scales_counts_back_and_keeps_every_failure(registry, values, state):
    state.configure(MetricsConfig(sampling={"api_request": 0.1}))
    for number in range(20_000):
        registry.record_api_request("web", "/", 0.2, 500 if number % 100 == 0 else 200)
    found = values()

    requests = found[f'{P}api_requests_total{{service="web"}}']
    assert requests == pytest.approx(20_000, rel=0.05)
    assert found[f'{P}api_errors_total{{service="web"}}'] == 200
    assert found[f'{P}api_response_time_seconds_count{{endpoint="/",method="GET",service="web"}}'] == requests
    assert found[f'{P}api_response_time_avg{{service="web"}}'] == pytest.approx(0.2)


def test_what_sampling_leaves_out_moves_nothing(registry, state):
    state.configure(MetricsConfig(sampling=dict.fromkeys(("workflow", "file_operation", "model_generation"), 1e-9)))
    registry.record_workflow_execution("w", 1.0)
    registry.record_file_operation("read", 1, 1.0)
    registry.record_model_generation("m", 1.0)
    assert list(registry.counters) == list(registry.histograms) == []


def test_the_oldest_session_gives_way_to_one_too_many():
    sessions = OpenSessions(longest_ms=1000, most=2)
    for number in range(3):
        assert sessions.start(str(number), number)
    assert (sessions.count(2), sessions.forgotten, sessions.end("0", 2), sessions.end("2", 502)) == (2, 1, None, 0.5)


def test_the_loggers_tell_at_debug_what_was_recorded_and_collected(registry, service, caplog):
    record_everything(registry)
    assert caplog.records == []
    caplog.set_level(logging.DEBUG, "CustomMetricsRegistry")
    caplog.set_level(logging.DEBUG, "MetricsCollector")
    record_everything(registry)
    service.metrics_collector.collect()

    told = [(record.name, record.getMessage().split(":")[0]) for record in caplog.records]
    assert [name for name, _ in told] == ["CustomMetricsRegistry"] * 7 + ["MetricsCollector"]
    assert [text for _, text in told[:3]] == ["api request", "model generation", "error"]
    assert caplog.records[0].getMessage() == "api request: web GET / 200 0.100 s"
    assert told[3][1] == "session s begins"
    assert told[-1][1].startswith("collected ")
