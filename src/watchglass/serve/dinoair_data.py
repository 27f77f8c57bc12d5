"""DinoAir's readings and widgets out of the store: the shapes of `watchglass.sdk.dinoair.shapes`, filled by PromQL.

Where several instances are watched, machines are told by the fullest one, and everything that is counted is added. Errors have
no messages here: metrics hold none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from watchglass.model.labels import METRIC_NAME
from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.packs.ask import Answers, Row, rows_of
from watchglass.promql.value import Vector
from watchglass.sdk.declared import pack_folder, read_declared
from watchglass.sdk.dinoair.dashboard_data import DEFAULT_TIMEFRAME, WIDGETS, ParameterError
from watchglass.sdk.dinoair.health import Health, HealthFormula
from watchglass.sdk.dinoair.metrics_exporter import iso
from watchglass.sdk.dinoair.reading import Reading
from watchglass.sdk.dinoair.shapes import (
    ApiService,
    Count,
    Coverage,
    Distribution,
    Model,
    Points,
    Quantiles,
    Resources,
    ResourceSeries,
    ServiceStatus,
)
from watchglass.sdk.dinoair.span import distribution, quantile
from watchglass.sdk.dinoair.widgets import (
    DURATIONS,
    ERRORS,
    FAILURES,
    GENERATION_TIME,
    GENERATIONS,
    OUTPUT,
    PROMPT,
    QUEUE_SIZE,
    REQUESTS,
    RESOURCES,
    RESPONSE_TIME,
    SESSIONS,
)

LONGEST_HOURS = 366 * 24
HOUR_MS = 3_600_000
MOST_POINTS = 100
STEPS_S = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800)
LEAST_RATE_S = 120
"""A rate needs two samples: of a job that is scraped every 30 s there are always some in this time."""
SERVICE_WINDOW = "5m"
DEGRADED_SHARE, DOWN_SHARE = 0.05, 0.5

_SCORE, _ERROR_RATE = "dinoair_system_health_score", "dinoair_custom_error_rate_per_minute"
_CPU, _MEMORY, _DISK = (f"dinoair_{name}_usage_percent" for name in ("cpu", "memory", "disk"))


@cache
def _declared() -> Mapping[str, Family]:
    """What the pack declares: each metric without its samples."""
    metrics = read_declared(pack_folder("dinoair") / "metrics.yaml")
    return {each.name: Family(each.name, MetricType(each.type), each.help, each.unit) for each in metrics}


def current_reading(source: Answers, now_ms: int, timeout_ms: int) -> Reading:
    """The newest values of all of DinoAir's metrics; `instance` stays where there are several."""
    rows = rows_of(source.instant('{__name__=~"dinoair_.+"}', now_ms, timeout_ms=timeout_ms))
    several = len({labels.get("instance") for labels, _ in rows}) > 1
    left_out = {METRIC_NAME, "job", *(() if several else ("instance",))}
    families: dict[str, Family] = {}
    for labels, value in sorted(rows, key=lambda row: (row[0][METRIC_NAME], _bound(row[0]))):
        family = _family_of(labels[METRIC_NAME], families)
        kept = tuple(sorted((name, text) for name, text in labels.items() if name not in left_out))
        family.samples.append(Sample(labels[METRIC_NAME], kept, value))
    return Reading(now_ms, tuple(families.values()))


def _bound(labels: Mapping[str, str]) -> float:
    try:
        return float(labels.get("le", "nan"))
    except ValueError:
        return math.nan


def _family_of(name: str, families: dict[str, Family]) -> Family:
    base = next((name.removesuffix(part) for part in ("_bucket", "_sum", "_count") if name.endswith(part)), name)
    known = _declared().get(name) or _declared().get(base)
    if known is None:
        known = Family(name, MetricType.COUNTER if name.endswith("_total") else MetricType.UNKNOWN)
    return families.setdefault(known.name, Family(known.name, known.type, known.help, known.unit))


@dataclass(frozen=True, slots=True)
class DinoAirData:
    """Answers widgets.

    Attributes:
        source: the store's engine.
        now_ms: the time.
        timeout_ms: how long a query may take.
    """

    source: Answers
    now_ms: int
    timeout_ms: int

    def widget(self, name: str, timeframe: str | None) -> dict[str, Any]:
        """What one widget shows.

        Raises:
            ParameterError: there is no such widget, or no such timeframe; lists what there is.
            QueryError: the store cannot be asked.
        """
        if name not in WIDGETS:
            near = get_close_matches(name, WIDGETS, 1)
            raise ParameterError("widget", name, WIDGETS, f'; did you mean "{near[0]}"?' if near else "")
        hours = _hours(timeframe)
        now = iso(self.now_ms)
        header = {"widget": name, "timeframe": hours, "timestamp": now, "timestamp_ms": self.now_ms}
        if name == "overview":
            return header | {"timeframe": None} | self._overview()
        span = _Span(self, hours)
        builders: Mapping[str, Callable[[], dict[str, Any]]] = {
            "resources": span.resources,
            "api": span.api,
            "models": span.models,
            "errors": span.errors,
            "users": span.users,
        }
        return header | {"coverage": span.coverage()} | builders[name]()

    def ask(self, query: str) -> list[Row]:
        """The rows of an expression now."""
        return rows_of(self.source.instant(query, self.now_ms, timeout_ms=self.timeout_ms))

    def number(self, query: str) -> float:
        """The one number of an expression; NaN where it has none."""
        rows = self.ask(query)
        return rows[0][1] if rows else math.nan

    def by(self, query: str, *labels: str) -> dict[tuple[str, ...], float]:
        """The numbers of an expression by the values of some labels."""
        return {tuple(found.get(name, "") for name in labels): value for found, value in self.ask(query)}

    def services(self) -> list[ServiceStatus]:
        """Each service lately."""
        requests = self.by(f"sum by (service) (increase({REQUESTS}[{SERVICE_WINDOW}]))", "service")
        failed = self.by(f"sum by (service) (increase({FAILURES}[{SERVICE_WINDOW}]))", "service")
        return [
            ServiceStatus(
                service=name,
                status=_status(count, failed.get((name,), 0.0)),
                requests_per_minute=round(count / 5, 3),
                error_share=round(failed.get((name,), 0.0) / count, 4) if count else 0.0,
            )
            for (name,), count in sorted(requests.items())
        ]

    def _overview(self) -> dict[str, Any]:
        services = self.services()
        error_rate = self.number(f"sum({_ERROR_RATE})")
        resources = self._resources()
        health = self._health(resources, error_rate, services)
        return {
            "status": health.status if not math.isnan(health.score) else "unknown",
            "health_score": health.score,
            "health_contributions": dict(health.contributions),
            "resources": resources,
            "active_sessions": _whole(self.number(f"sum({SESSIONS})")),
            "total_requests": self.number(f"sum({REQUESTS})"),
            "error_rate": error_rate,
            "active_services": _whole(self.number("sum(dinoair_active_services_total)")),
            "services": services,
        }

    def _resources(self) -> Resources:
        gpu = self.number("max(dinoair_gpu_usage_percent)")
        return Resources(
            cpu=self.number(f"max({_CPU})"),
            memory=self.number(f"max({_MEMORY})"),
            disk=self.number(f"max({_DISK})"),
            gpu=None if math.isnan(gpu) else gpu,
            network_mbps=self.number("sum(dinoair_network_bandwidth_mbps)"),
        )

    def _health(self, resources: Resources, error_rate: float, services: Sequence[ServiceStatus]) -> Health:
        """The score that the application tells, the lowest where there are several; what it is made of is worked out here."""
        down = sum(each["status"] == "down" for each in services) / len(services) if services else 0.0
        readings = {
            "cpu": resources["cpu"],
            "memory": resources["memory"],
            "disk": resources["disk"],
            "error_rate": error_rate,
            "services_down": down,
        }
        judged = HealthFormula().judge(readings)
        return Health(self.number(f"min({_SCORE})"), judged.contributions)


class _Span:
    """The widgets that reach back."""

    def __init__(self, data: DinoAirData, hours: int) -> None:
        self._data, self._hours = data, hours
        self._step_s = next((step for step in STEPS_S if hours * 3600 / step <= MOST_POINTS), STEPS_S[-1])
        step_ms = self._step_s * 1000
        self._end_ms = data.now_ms
        self._start_ms = data.now_ms - hours * HOUR_MS
        first = self._start_ms // step_ms * step_ms + step_ms
        self._bins = range(first, max(first, data.now_ms // step_ms * step_ms) + 1, step_ms)

    def coverage(self) -> Coverage:
        """How much of the range there are data for."""
        times = [at_ms for at_ms, value in self._points(f"count({_SCORE})") if value is not None]
        first_ms = max(times[0], self._start_ms) if times else None
        complete = first_ms is not None and first_ms <= self._start_ms + self._step_s * 1000
        there = 0.0 if first_ms is None else (self._end_ms - first_ms) / HOUR_MS
        note = f"The data begin {there:.1f} h ago; {self._hours} h were asked for."
        return Coverage(
            from_ms=self._start_ms,
            to_ms=self._end_ms,
            data_from_ms=first_ms,
            complete=complete,
            step_seconds=self._step_s,
            rolled_up=False,
            note="" if complete else note if times else "There are no data.",
        )

    def resources(self) -> dict[str, Any]:
        """Widget `resources`."""
        series = [
            self._resource(metric, f"{name}{labels.get('gpu', '')}", unit, labels)
            for metric, (name, unit) in RESOURCES.items()
            for labels, _ in self._data.ask(f"max by (gpu) (last_over_time({metric}[{self._hours}h]))")
        ]
        return {"series": series}

    def _resource(self, metric: str, name: str, unit: str, labels: Mapping[str, str]) -> ResourceSeries:
        gpu = f'{{gpu="{labels["gpu"]}"}}' if labels.get("gpu") else ""
        average = self._data.number(f"avg(avg_over_time({metric}{gpu}[{self._hours}h]))")
        return ResourceSeries(
            name=name,
            unit=unit,
            current=_known(self._data.number(f"max({metric}{gpu})")),
            average=_known(round(average, 2)),
            peak=_known(self._data.number(f"max(max_over_time({metric}{gpu}[{self._hours}h]))")),
            points=self._points(f"max(avg_over_time({metric}{gpu}[{self._step_s}s]))"),
        )

    def api(self) -> dict[str, Any]:
        """Widget `api`."""
        requests, failed = self._increase(REQUESTS, "service"), self._increase(FAILURES, "service")
        status = {each["service"]: each["status"] for each in self._data.services()}
        ranked = sorted(requests.items(), key=lambda item: (-item[1], item[0]))
        return {
            "services": [
                self._service(name, count, failed.get((name,), 0.0), status.get(name, "idle"))
                for (name,), count in ranked
            ]
        }

    def _service(self, name: str, requests: float, failed: float, status: str) -> ApiService:
        response_time, buckets = self._summary(RESPONSE_TIME, f'service="{_escaped(name)}"')
        return ApiService(
            service=name,
            status=status,
            requests=requests,
            errors=failed,
            error_share=round(failed / requests, 4) if requests else 0.0,
            requests_per_minute=round(requests / (self._hours * 60), 3),
            response_time=response_time,
            distribution=buckets,
            requests_points=self._rate_points(f'{REQUESTS}{{service="{_escaped(name)}"}}'),
            errors_points=self._rate_points(f'{FAILURES}{{service="{_escaped(name)}"}}'),
        )

    def models(self) -> dict[str, Any]:
        """Widget `models`."""
        counts = self._increase(GENERATIONS, "model", "success")
        waiting = self._data.by(f"sum by (model) ({QUEUE_SIZE})", "model")
        totals: dict[str, float] = {}
        for (model, _), count in counts.items():
            totals[model] = totals.get(model, 0.0) + count
        ranked = sorted(totals, key=lambda name: (-totals[name], name))
        return {"models": [self._model(name, counts, waiting.get((name,))) for name in ranked]}

    def _model(self, name: str, counts: Mapping[tuple[str, ...], float], queue_size: float | None) -> Model:
        succeeded, failed = counts.get((name, "true"), 0.0), counts.get((name, "false"), 0.0)
        generations, chosen = succeeded + failed, f'model="{_escaped(name)}"'
        return Model(
            model=name,
            generations=generations,
            succeeded=succeeded,
            failed=failed,
            success_rate=round(succeeded / generations, 4) if generations else None,
            generation_time=self._summary(GENERATION_TIME, chosen)[0],
            queue_size=queue_size,
            prompt_length=self._summary(PROMPT, chosen)[0],
            output_length=self._summary(OUTPUT, chosen)[0],
            points=self._rate_points(f"{GENERATIONS}{{{chosen}}}"),
        )

    def errors(self) -> dict[str, Any]:
        """Widget `errors`."""
        by_type = self._increase(ERRORS, "error_type")
        return {
            "total": math.fsum(by_type.values()),
            "error_rate": self._data.number(f"sum({_ERROR_RATE})"),
            "by_type": _ranked(by_type),
            "by_service": _ranked(self._increase(ERRORS, "service")),
            "by_severity": _ranked(self._increase(ERRORS, "severity")),
            "recent": [],
            "trend": self._rate_points(ERRORS),
        }

    def users(self) -> dict[str, Any]:
        """Widget `users`."""
        duration, buckets = self._summary(DURATIONS, "")
        ended = self._data.number(f"sum(increase({DURATIONS}_count[{self._hours}h]))")
        return {
            "active_sessions": _whole(self._data.number(f"sum({SESSIONS})")),
            "ended_sessions": 0.0 if math.isnan(ended) else ended,
            "duration": duration,
            "distribution": buckets,
            "timeline": self._points(f"sum(max_over_time({SESSIONS}[{self._step_s}s]))"),
        }

    def _increase(self, metric: str, *labels: str) -> dict[tuple[str, ...], float]:
        return self._data.by(f"sum by ({', '.join(labels)}) (increase({metric}[{self._hours}h]))", *labels)

    def _rate_points(self, selector: str) -> Points:
        return self._points(f"sum(rate({selector}[{max(LEAST_RATE_S, self._step_s)}s])) * 60")

    def _points(self, query: str) -> Points:
        """An expression at the end of each step, told as that step's."""
        step_ms = self._step_s * 1000
        source: Any = self._data.source
        found = source.range(query, self._bins[0], self._bins[-1], step_ms, timeout_ms=self._data.timeout_ms).data
        values: list[float | None] = [None] * len(self._bins)
        if isinstance(found, Vector) and found.size:
            there = zip(found.values[0], found.present[0], strict=True)
            values = [round(float(value), 4) if known and math.isfinite(value) else None for value, known in there]
        return [(at_ms - step_ms, value) for at_ms, value in zip(self._bins, values, strict=True)]

    def _summary(self, metric: str, matcher: str) -> tuple[Quantiles, list[Distribution]]:
        within = f"{{{matcher}}}[{self._hours}h]"
        found = self._data.by(f"sum by (le) (increase({metric}_bucket{within}))", "le")
        buckets = sorted((float(bound), count) for (bound,), count in found.items())
        count = buckets[-1][1] if buckets else 0.0
        total = self._data.number(f"sum(increase({metric}_sum{within}))")
        quantiles = Quantiles(
            average=_known(total / count) if count else None,
            p50=quantile(0.5, buckets),
            p90=quantile(0.9, buckets),
            p95=quantile(0.95, buckets),
            p99=quantile(0.99, buckets),
        )
        return quantiles, distribution(buckets) if buckets else []


def _hours(timeframe: str | None) -> int:
    if timeframe is None:
        return DEFAULT_TIMEFRAME
    allowed = [f"whole hours from 1 to {LONGEST_HOURS}"]
    hours = int(timeframe) if timeframe.isascii() and timeframe.isdigit() and len(timeframe) <= len("8784") else 0
    if not 1 <= hours <= LONGEST_HOURS:
        raise ParameterError("timeframe", timeframe[:100], allowed)
    return hours


def _status(requests: float, failed: float) -> str:
    if not requests > 0:
        return "idle"
    share = failed / requests
    return "down" if share >= DOWN_SHARE else "degraded" if share >= DEGRADED_SHARE else "up"


def _ranked(counts: Mapping[tuple[str, ...], float]) -> list[Count]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Count(name=name, count=count) for (name,), count in ranked if count > 0]


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _whole(value: float) -> int:
    return round(value) if math.isfinite(value) else 0


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
