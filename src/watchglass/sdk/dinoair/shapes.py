"""What the dashboard's widgets answer, field by field: the same from the embedded service and from a Watchglass server.

Every answer is a JSON object. Times are milliseconds since 1970 (`_ms`) or RFC 3339 in UTC (`timestamp`); shares run
from 0 to 1, percentages from 0 to 100. `Points` are pairs of a time and a value, in order; the value is null where
nothing is known. A number that cannot be told is null in JSON, and NaN in Python.
"""

from __future__ import annotations

from typing import TypedDict

Points = list[tuple[int, float | None]]


class Coverage(TypedDict):
    """How much of the asked range there are data for.

    Attributes:
        from_ms: where the range begins.
        to_ms: where it ends.
        data_from_ms: the first reading within it; null where there is none.
        complete: whether the data reach back to its beginning.
        step_seconds: what one of the `Points` stands for.
        rolled_up: whether means of five minutes stand in for single readings somewhere.
        note: a sentence for people; empty where all is there.
    """

    from_ms: int
    to_ms: int
    data_from_ms: int | None
    complete: bool
    step_seconds: int
    rolled_up: bool
    note: str


class Header(TypedDict):
    """What every answer begins with.

    Attributes:
        widget: its name.
        timeframe: the range in hours; null for the overview, which is of now.
        timestamp: when it was made.
        timestamp_ms: the same.
    """

    widget: str
    timeframe: int | None
    timestamp: str
    timestamp_ms: int


class Resources(TypedDict):
    """What is in use now, in percent.

    Attributes:
        cpu: of all CPUs, since the reading before.
        memory: of what is there.
        disk: of the disk that is watched.
        gpu: the busiest GPU; null where there is none.
        network_mbps: megabits a second, in and out.
    """

    cpu: float
    memory: float
    disk: float
    gpu: float | None
    network_mbps: float


class ServiceStatus(TypedDict):
    """One service, lately (five minutes unless configured).

    Attributes:
        service: its name.
        status: `up`, `degraded` (5 % of requests fail), `down` (50 %) or `idle` (no requests).
        requests_per_minute: how many it answered.
        error_share: how many of them failed.
    """

    service: str
    status: str
    requests_per_minute: float
    error_share: float


class Overview(Header):
    """Widget `overview`.

    Attributes:
        status: `healthy` from a score of 80 on, `degraded` from 50 on, else `unhealthy`.
        health_score: 0 to 100.
        health_contributions: what each reading takes off the score, 0 or negative.
        resources: what is in use.
        active_sessions: sessions that are open.
        total_requests: API requests that were ever counted.
        error_rate: errors in the last minute.
        active_services: how many services are active.
        services: each of them.
    """

    status: str
    health_score: float
    health_contributions: dict[str, float]
    resources: Resources
    active_sessions: int
    total_requests: float
    error_rate: float
    active_services: int
    services: list[ServiceStatus]


class ResourceSeries(TypedDict):
    """One resource over the range.

    Attributes:
        name: `cpu`, `memory`, `disk`, `network`, `gpu` or `gpu_memory`, the last two with the number of the GPU.
        unit: `percent` or `mbps`.
        current: the last value.
        average: of all readings.
        peak: the highest reading.
        points: means.
    """

    name: str
    unit: str
    current: float | None
    average: float | None
    peak: float | None
    points: Points


class ResourcesWidget(Header):
    """Widget `resources`.

    Attributes:
        coverage: how much of the range there is.
        series: one for each resource.
    """

    coverage: Coverage
    series: list[ResourceSeries]


class Distribution(TypedDict):
    """One bucket of a histogram.

    Attributes:
        above: its lower bound, exclusive.
        up_to: its upper bound, inclusive; null for infinity.
        count: how many values lie in it.
    """

    above: float
    up_to: float | None
    count: float


class Quantiles(TypedDict):
    """What a histogram tells of its values; null where it has none.

    Attributes:
        average: the mean.
        p50: half of them are at most this; worked out of buckets, as PromQL's `histogram_quantile` does.
        p90: 90 of 100.
        p95: 95 of 100.
        p99: 99 of 100.
    """

    average: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None


class ApiService(TypedDict):
    """One service over the range.

    Attributes:
        service: its name.
        status: as in the overview.
        requests: answered requests.
        errors: those that failed.
        error_share: errors by requests.
        requests_per_minute: mean over the part of the range that there are data for.
        response_time: seconds.
        distribution: response times by bucket.
        requests_points: requests a minute.
        errors_points: errors a minute.
    """

    service: str
    status: str
    requests: float
    errors: float
    error_share: float
    requests_per_minute: float
    response_time: Quantiles
    distribution: list[Distribution]
    requests_points: Points
    errors_points: Points


class ApiWidget(Header):
    """Widget `api`.

    Attributes:
        coverage: how much of the range there is.
        services: the one with most requests first.
    """

    coverage: Coverage
    services: list[ApiService]


class Model(TypedDict):
    """One model over the range.

    Attributes:
        model: its name.
        generations: how often it generated.
        succeeded: how often that gave an answer.
        failed: how often not.
        success_rate: succeeded by generations; null without any.
        generation_time: seconds.
        queue_size: generations that wait now; null where nobody tells.
        prompt_length: in the application's unit.
        output_length: likewise.
        points: generations a minute.
    """

    model: str
    generations: float
    succeeded: float
    failed: float
    success_rate: float | None
    generation_time: Quantiles
    queue_size: float | None
    prompt_length: Quantiles
    output_length: Quantiles
    points: Points


class ModelsWidget(Header):
    """Widget `models`.

    Attributes:
        coverage: how much of the range there is.
        models: the one with most generations first.
    """

    coverage: Coverage
    models: list[Model]


class Count(TypedDict):
    """So many of one kind.

    Attributes:
        name: the kind.
        count: how many.
    """

    name: str
    count: float


class ErrorEntry(TypedDict):
    """One error.

    Attributes:
        timestamp: when.
        timestamp_ms: the same.
        error_type: what kind.
        message: what it said.
        service: where.
        severity: how bad.
    """

    timestamp: str
    timestamp_ms: int
    error_type: str
    message: str
    service: str
    severity: str


class ErrorsWidget(Header):
    """Widget `errors`.

    Attributes:
        coverage: how much of the range there is.
        total: errors in the range.
        error_rate: errors in the last minute.
        by_type: most first.
        by_service: most first.
        by_severity: most first.
        recent: the newest first, at most a hundred since the process began; empty from a server that has the
            metrics alone, which hold no messages.
        trend: errors a minute.
    """

    coverage: Coverage
    total: float
    error_rate: float
    by_type: list[Count]
    by_service: list[Count]
    by_severity: list[Count]
    recent: list[ErrorEntry]
    trend: Points


class UsersWidget(Header):
    """Widget `users`.

    Attributes:
        coverage: how much of the range there is.
        active_sessions: sessions that are open now.
        ended_sessions: sessions that ended in the range.
        duration: seconds that these lasted.
        distribution: their durations by bucket.
        timeline: sessions that were open; each point is the highest of its step.
    """

    coverage: Coverage
    active_sessions: int
    ended_sessions: float
    duration: Quantiles
    distribution: list[Distribution]
    timeline: Points
