"""The six widgets of the guide, each made of a span of history and what the application recorded lately."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from watchglass.sdk.dinoair.metrics_collector import ERROR_RATE, MACHINE, MetricsCollector
from watchglass.sdk.dinoair.metrics_exporter import iso
from watchglass.sdk.dinoair.reading import Reading
from watchglass.sdk.dinoair.segment import History
from watchglass.sdk.dinoair.shapes import (
    ApiService,
    Count,
    ErrorEntry,
    Model,
    Points,
    Resources,
    ResourceSeries,
    ServiceStatus,
)
from watchglass.sdk.dinoair.span import Span
from watchglass.sdk.dinoair.state import RecentError

REQUESTS, FAILURES = "dinoair_custom_api_requests_total", "dinoair_custom_api_errors_total"
RESPONSE_TIME = "dinoair_custom_api_response_time_seconds"
GENERATIONS, GENERATION_TIME = "dinoair_custom_model_generations_total", "dinoair_custom_model_generation_seconds"
QUEUE_SIZE = "dinoair_custom_model_queue_size"
PROMPT, OUTPUT = "dinoair_custom_model_prompt_length", "dinoair_custom_model_output_length"
ERRORS, SESSIONS = "dinoair_custom_errors_total", "dinoair_custom_active_sessions"
DURATIONS = "dinoair_custom_session_durations"

RESOURCES = {
    MACHINE["cpu"]: ("cpu", "percent"),
    MACHINE["memory"]: ("memory", "percent"),
    MACHINE["disk"]: ("disk", "percent"),
    MACHINE["network"]: ("network", "mbps"),
    "dinoair_gpu_usage_percent": ("gpu", "percent"),
    "dinoair_gpu_memory_usage_percent": ("gpu_memory", "percent"),
}
"""What the resources widget calls each metric, and its unit."""


def histogram_names(*names: str) -> tuple[str, ...]:
    """The samples that a histogram is made of."""
    return tuple(f"{name}{suffix}" for name in names for suffix in ("_bucket", "_sum", "_count"))


def overview(collector: MetricsCollector, current: Reading) -> dict[str, Any]:
    """Widget `overview`: see `shapes.Overview`."""
    health, services = collector.health(), list(_services(collector))
    requests = [point.value for point in current.points() if point.name == REQUESTS]
    return {
        "status": health.status,
        "health_score": health.score,
        "health_contributions": dict(health.contributions),
        "resources": _resources(current),
        "active_sessions": round(_or_zero(current.value(SESSIONS))),
        "total_requests": sum(requests),
        "error_rate": _or_zero(current.value(ERROR_RATE)),
        "active_services": round(current.value("dinoair_active_services_total")),
        "services": services,
    }


def _resources(current: Reading) -> Resources:
    gpus = [point.value for point in current.points() if point.name == "dinoair_gpu_usage_percent"]
    return Resources(
        cpu=current.value(MACHINE["cpu"]),
        memory=current.value(MACHINE["memory"]),
        disk=current.value(MACHINE["disk"]),
        gpu=max(gpus, default=None),
        network_mbps=current.value(MACHINE["network"]),
    )


def _services(collector: MetricsCollector) -> Iterator[ServiceStatus]:
    now_s, window_s = collector.state.clock.now_ms() / 1000, collector.config.service_window_seconds
    for name, service in collector.state.services():
        requests = service.requests.count(now_s)
        yield ServiceStatus(
            service=name,
            status=service.status(now_s),
            requests_per_minute=round(requests * 60 / window_s, 3),
            error_share=round(service.failures.count(now_s) / requests, 4) if requests else 0.0,
        )


def resources(span: Span) -> dict[str, Any]:
    """Widget `resources`: see `shapes.ResourcesWidget`."""
    series = [
        _resource(span, f"{name}{labels.get('gpu', '')}", unit, history)
        for metric, (name, unit) in RESOURCES.items()
        for labels, history in span.series(metric)
    ]
    return {"coverage": span.coverage(), "series": series}


def _resource(span: Span, name: str, unit: str, history: History) -> ResourceSeries:
    places = [place for place, at_ms in enumerate(history.times_ms) if at_ms >= span.start_ms]
    values, highs = [history.values[place] for place in places], [history.highs[place] for place in places]
    return ResourceSeries(
        name=name,
        unit=unit,
        current=history.values[-1],
        average=round(sum(values) / len(values), 2),
        peak=max(highs),
        points=span.level_points(history),
    )


def api(span: Span, collector: MetricsCollector) -> dict[str, Any]:
    """Widget `api`: see `shapes.ApiWidget`."""
    now_s = collector.state.clock.now_ms() / 1000
    status = {name: service.status(now_s) for name, service in collector.state.services()}
    requests, failures = span.increase(REQUESTS, ["service"]), span.increase(FAILURES, ["service"])
    services = [
        _api_service(span, name, count, failures.get((name,), 0.0), status.get(name, "idle"))
        for (name,), count in sorted(requests.items(), key=lambda item: (-item[1], item[0]))
    ]
    return {"coverage": span.coverage(), "services": services}


def _api_service(span: Span, name: str, requests: float, failed: float, status: str) -> ApiService:
    response_time, distribution = span.summary(RESPONSE_TIME, service=name)
    return ApiService(
        service=name,
        status=status,
        requests=requests,
        errors=failed,
        error_share=round(failed / requests, 4) if requests else 0.0,
        requests_per_minute=round(requests / span.minutes, 3),
        response_time=response_time,
        distribution=distribution,
        requests_points=span.rate_points(REQUESTS, lambda labels: labels.get("service") == name),
        errors_points=span.rate_points(FAILURES, lambda labels: labels.get("service") == name),
    )


def models(span: Span, current: Reading) -> dict[str, Any]:
    """Widget `models`: see `shapes.ModelsWidget`."""
    counts = span.increase(GENERATIONS, ["model", "success"])
    names = {model: counts.get((model, "true"), 0.0) + counts.get((model, "false"), 0.0) for model, _ in counts}
    ranked = sorted(names, key=lambda name: (-names[name], name))
    waiting = {dict(point.labels)["model"]: point.value for point in current.points() if point.name == QUEUE_SIZE}
    return {
        "coverage": span.coverage(),
        "models": [_model(span, name, counts, waiting.get(name)) for name in ranked],
    }


def _model(span: Span, name: str, counts: dict[tuple[str, ...], float], queue_size: float | None) -> Model:
    succeeded, failed = counts.get((name, "true"), 0.0), counts.get((name, "false"), 0.0)
    generations = succeeded + failed
    return Model(
        model=name,
        generations=generations,
        succeeded=succeeded,
        failed=failed,
        success_rate=round(succeeded / generations, 4) if generations else None,
        generation_time=span.summary(GENERATION_TIME, model=name)[0],
        queue_size=queue_size,
        prompt_length=span.summary(PROMPT, model=name)[0],
        output_length=span.summary(OUTPUT, model=name)[0],
        points=span.rate_points(GENERATIONS, lambda labels: labels.get("model") == name),
    )


def errors(span: Span, collector: MetricsCollector) -> dict[str, Any]:
    """Widget `errors`: see `shapes.ErrorsWidget`."""
    by_type = span.increase(ERRORS, ["error_type"])
    recent = [error for error in reversed(list(collector.state.recent_errors)) if error.timestamp_ms >= span.start_ms]
    return {
        "coverage": span.coverage(),
        "total": sum(by_type.values()),
        "error_rate": collector.state.error_rate.count(span.end_ms / 1000),
        "by_type": _ranked(by_type),
        "by_service": _ranked(span.increase(ERRORS, ["service"])),
        "by_severity": _ranked(span.increase(ERRORS, ["severity"])),
        "recent": [_entry(error) for error in recent],
        "trend": span.rate_points(ERRORS),
    }


def _entry(error: RecentError) -> ErrorEntry:
    return ErrorEntry(
        timestamp=iso(error.timestamp_ms),
        timestamp_ms=error.timestamp_ms,
        error_type=error.error_type,
        message=error.message,
        service=error.service,
        severity=error.severity,
    )


def _ranked(counts: dict[tuple[str, ...], float]) -> list[Count]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Count(name=name, count=count) for (name,), count in ranked]


def users(span: Span, current: Reading) -> dict[str, Any]:
    """Widget `users`: see `shapes.UsersWidget`."""
    duration, distribution = span.summary(DURATIONS)
    timeline: Points = next((span.level_points(history, highest=True) for _, history in span.series(SESSIONS)), [])
    return {
        "coverage": span.coverage(),
        "active_sessions": round(_or_zero(current.value(SESSIONS))),
        "ended_sessions": span.increase(f"{DURATIONS}_count", []).get((), 0.0),
        "duration": duration,
        "distribution": distribution,
        "timeline": timeline,
    }


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value
