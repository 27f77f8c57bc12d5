"""What an application's events have left: counters and the rest, open sessions, recent errors, services and their state."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from watchglass.clock import Clock, SystemClock
from watchglass.sdk.dinoair.options import MetricsConfig
from watchglass.sdk.dinoair.sessions import OpenSessions
from watchglass.sdk.dinoair.tables import OTHER, Tables
from watchglass.sdk.dinoair.window import Window

if TYPE_CHECKING:  # it brings YAML, which takes longer than all the rest
    from watchglass.sdk.declared import DeclaredMetric

DOWN_FROM, DEGRADED_FROM = 0.5, 0.05
"""The share of failed requests from which on a service is down, or degraded."""

AVERAGE_WINDOW_S = 300
"""Seconds over which the mean response time of a service is taken."""


class RecentError(NamedTuple):
    """One error that was recorded.

    Attributes:
        timestamp_ms: when.
        error_type: what kind, in the application's words.
        message: what it said, cut to 500 characters.
        service: where.
        severity: how bad, in the application's words.
    """

    timestamp_ms: int
    error_type: str
    message: str
    service: str
    severity: str


class Service:
    """What one service did lately.

    Args:
        window_s: how far back "lately" reaches, in seconds.
    """

    def __init__(self, window_s: float) -> None:
        self.responses = Window(AVERAGE_WINDOW_S)
        self.requests, self.failures, self.errors = Window(window_s), Window(window_s), Window(window_s)

    def is_active(self, now_s: float) -> bool:
        """Whether it answered a request, or reported an error."""
        return self.requests.count(now_s) + self.errors.count(now_s) > 0

    def status(self, now_s: float) -> str:
        """`up`, `degraded` from 5 % of failed requests on, `down` from 50 % on, `idle` without requests."""
        requests = self.requests.count(now_s)
        if not requests:
            return "idle"
        share = self.failures.count(now_s) / requests
        return "down" if share >= DOWN_FROM else "degraded" if share >= DEGRADED_FROM else "up"


class State:
    """Everything that the application recorded, shared by all registries of a process.

    Args:
        config: which events count, and limits.
        clock: tells the time.
        chance: gives numbers from 0 to 1, by which events are sampled.
    """

    def __init__(
        self, config: MetricsConfig | None = None, *, clock: Clock | None = None, chance: random.Random | None = None
    ) -> None:
        self.clock = clock or SystemClock()
        self.began_ms = self.clock.now_ms()
        self._chance = chance or random.Random()  # noqa: S311 - sampling, no secret
        self.tables = Tables(declared_metrics())
        self.sessions = OpenSessions()
        self.recent_errors: deque[RecentError] = deque(maxlen=100)
        self.error_rate = Window(60, 60)
        self._services: dict[str, Service] = {}
        self._lock = Lock()
        self.configure(config or MetricsConfig())

    def configure(self, config: MetricsConfig) -> None:
        """Take other settings; what was recorded stays."""
        self.config = config
        self.tables.most_series = config.most_series
        self.sessions.longest_ms = round(config.session_timeout_hours * 3_600_000)

    def weight(self, event: str) -> float:
        """For how many of its kind an event stands: 0 where sampling leaves it out."""
        share = self.config.sampling.get(event, 1.0)
        if share >= 1:
            return 1.0
        return 1 / share if self._chance.random() < share else 0.0

    def service(self, name: str) -> Service:
        """What is known of a service; beyond the limit of series, that of all the others."""
        found = self._services.get(name)
        if found is None:
            with self._lock:
                name = OTHER if len(self._services) >= self.config.most_series else name
                found = self._services.get(name) or Service(self.config.service_window_seconds)
                self._services[name] = found
        return found

    def services(self) -> Iterator[tuple[str, Service]]:
        """Every service that was ever seen, by name."""
        with self._lock:
            return iter(sorted(self._services.items()))


@cache
def declared_metrics() -> tuple[DeclaredMetric, ...]:
    """What the DinoAir pack declares."""
    from watchglass.sdk.declared import pack_folder, read_declared  # noqa: PLC0415 - see above

    return read_declared(pack_folder("dinoair") / "metrics.yaml")


@cache
def process_state() -> State:
    """The state that all registries of this process share unless they are given another."""
    return State()
