"""Sidepanel's typed snapshots, as a Watchglass server gives them: `GET /api/v1/packs/sidepanel/snapshots/NAME`.

Names of fields are the guide's own, in Python's form; `from_json` and `to_json` speak the guide's. A field that has no data is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Self

_HUMP = re.compile(r"_(.)")


def _camel(name: str) -> str:
    return _HUMP.sub(lambda found: found[1].upper(), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """What all three have."""

    timestamp: datetime

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read a snapshot: the object itself, or the server's whole answer with it under `data`.

        Raises:
            ValueError: it has no `timestamp`, or one that is no time.
        """
        given = content["data"] if isinstance(content.get("data"), Mapping) else content
        values: dict[str, Any] = {each.name: given.get(_camel(each.name)) for each in fields(cls)}
        return cls(**values | {"timestamp": _time(given.get("timestamp"))})

    def to_json(self) -> dict[str, Any]:
        """The snapshot with the guide's names; the time in ISO 8601."""
        values = {_camel(each.name): getattr(self, each.name) for each in fields(self)}
        written = self.timestamp.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return values | {"timestamp": written}


def _time(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError(f"a snapshot has a timestamp in ISO 8601, not {text!r}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemMetrics(_Snapshot):
    """How the system is: health, connections, requests, latency (seconds) and resources (ratios).

    Attributes:
        timestamp: when.
        status: `healthy`, `degraded` or `unhealthy`.
        uptime: percent of the last 24 hours in which it answered.
        active_connections: WebSocket connections now.
        peak_connections: the most of them in the last 24 hours.
        total_connections: ever opened since the bridge started.
        requests_per_minute: over the last 5 minutes.
        requests_total: since the bridge started.
        error_rate: ratio of requests that failed, over the last 5 minutes.
        latency_p50: seconds, over the last 5 minutes.
        latency_p95: the same.
        latency_p99: the same.
        cpu_usage: ratio.
        memory_usage: ratio.
        disk_usage: ratio.
    """

    status: str | None = None
    uptime: float | None = None
    active_connections: float | None = None
    peak_connections: float | None = None
    total_connections: float | None = None
    requests_per_minute: float | None = None
    requests_total: float | None = None
    error_rate: float | None = None
    latency_p50: float | None = None
    latency_p95: float | None = None
    latency_p99: float | None = None
    cpu_usage: float | None = None
    memory_usage: float | None = None
    disk_usage: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VeniceMetrics(_Snapshot):
    """What the Venice API gives and takes. Diem and dollars are two currencies, and never added.

    Attributes:
        timestamp: when.
        balance_diem: Diem left.
        balance_usd: dollars left.
        burn_rate: Diem an hour, over the last hour.
        time_to_reset: seconds until the balance is filled up.
        prompt_tokens: in the last 24 hours.
        completion_tokens: the same.
        total_tokens: the same.
        total_cost: dollars in the last 24 hours.
        requests_total: since the bridge started.
        errors_total: of them, those that failed.
        latency_p50: seconds, over the last 5 minutes.
        latency_p95: the same.
        latency_p99: the same; the guide's view shows it, and its schema lacks it.
        rate_limit_remaining: requests that Venice still allows.
        rate_limit_total: requests that it allows in all.
    """

    balance_diem: float | None = None
    balance_usd: float | None = None
    burn_rate: float | None = None
    time_to_reset: float | None = None
    prompt_tokens: float | None = None
    completion_tokens: float | None = None
    total_tokens: float | None = None
    total_cost: float | None = None
    requests_total: float | None = None
    errors_total: float | None = None
    latency_p50: float | None = None
    latency_p95: float | None = None
    latency_p99: float | None = None
    rate_limit_remaining: float | None = None
    rate_limit_total: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMetrics(_Snapshot):
    """How people use it: sessions, means of the last 7 days, and models.

    Attributes:
        timestamp: when.
        active_sessions: now.
        total_sessions: begun since the bridge started.
        sessions_created_today: since midnight in the server's time zone.
        avg_duration: seconds.
        avg_messages: a session.
        avg_tokens: a session.
        model_usage: sessions begun in the last 7 days, by model.
    """

    active_sessions: float | None = None
    total_sessions: float | None = None
    sessions_created_today: float | None = None
    avg_duration: float | None = None
    avg_messages: float | None = None
    avg_tokens: float | None = None
    model_usage: Mapping[str, float] | None = None
