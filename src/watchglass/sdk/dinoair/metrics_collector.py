"""The collector: takes a reading of the machine, of the application's events and of its health, and keeps the latest."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.sdk.dinoair.health import Health
from watchglass.sdk.dinoair.options import MetricsConfig
from watchglass.sdk.dinoair.reading import MetricPoint, Reading
from watchglass.sdk.dinoair.state import State, declared_metrics, process_state

if TYPE_CHECKING:  # they bring YAML and every reader of the host
    from watchglass.sdk.declared import DeclaredMetric
    from watchglass.sdk.dinoair.machine import Machine

__all__ = ["MetricPoint", "MetricsCollector", "MetricsConfig", "Reading"]

MACHINE = {
    "cpu": "dinoair_cpu_usage_percent",
    "memory": "dinoair_memory_usage_percent",
    "disk": "dinoair_disk_usage_percent",
    "network": "dinoair_network_bandwidth_mbps",
}
"""What the machine's readings are called here, and as metrics."""

ERROR_RATE = "dinoair_custom_error_rate_per_minute"
ACTIVE_SESSIONS = "dinoair_custom_active_sessions"

_log = logging.getLogger("MetricsCollector")


class MetricsCollector:
    """Takes readings.

    Args:
        config: what is collected.
        state: what the application recorded; the process's own unless given.
        machine: reads this machine.
    """

    def __init__(
        self, config: MetricsConfig | None = None, state: State | None = None, machine: Machine | None = None
    ) -> None:
        self.config = config or MetricsConfig()
        self.state = state or process_state()
        self._machine = machine or _this_machine(self.config.disk_path)
        self._lock = Lock()
        self._host: dict[str, float] = {}
        self._gpus: list[tuple[str, str, float]] = []
        self._host_ms = -math.inf
        self._latest: Reading | None = None

    def collect(self) -> Reading:
        """Read everything now; what `get_latest_metrics` gives from now on."""
        self._latest = self._read(0)
        samples = sum(len(family.samples) for family in self._latest.families)
        _log.debug("collected %d samples of %d metrics", samples, len(self._latest.families))
        return self._latest

    def current(self) -> Reading:
        """The application's events as they are now, with a reading of the machine that is at most one interval old."""
        return self._read(self.config.collection_interval * 1000)

    def get_latest_metrics(self) -> dict[str, MetricPoint]:
        """The points of the last collection, by series as the text format writes them; collects where there was none.

        `get_latest_metrics()["dinoair_cpu_usage_percent"].value` is a number.
        """
        reading = self._latest or self.collect()
        return {point.series: point for point in reading.points()}

    def health(self) -> Health:
        """The health score now, with what took points off."""
        self._look(self.config.collection_interval * 1000)
        return self._judge(self.state.clock.now_ms() / 1000)

    def _read(self, oldest_ms: float) -> Reading:
        self._look(oldest_ms)
        with self.state.tables.lock:  # a later time never has a lower count, whoever else takes a reading just now
            now_ms = self.state.clock.now_ms()
            custom = self._custom(now_ms / 1000) if self.config.enable_custom_metrics else []
        found = {name: [Sample(name, (), self._host[key])] for key, name in MACHINE.items() if key in self._host}
        for name, gpu, value in self._gpus:
            found.setdefault(f"dinoair_{name}", []).append(Sample(f"dinoair_{name}", (("gpu", gpu),), value))
        services = [service for _, service in self.state.services() if service.is_active(now_ms / 1000)]
        for name, number in (
            ("dinoair_system_health_score", self._judge(now_ms / 1000).score),
            ("dinoair_active_services_total", len(services)),
        ):
            found[name] = [Sample(name, (), number)]
        return Reading(now_ms, (*_in_order(found), *custom))

    def _look(self, oldest_ms: float) -> None:
        """Read the machine, unless that was done lately."""
        with self._lock:
            now_ms = self.state.clock.now_ms()
            if not 0 <= now_ms - self._host_ms < oldest_ms:
                self._host, self._gpus, self._host_ms = self._machine.read(), list(self._machine.gpus()), now_ms

    def _judge(self, now_s: float) -> Health:
        active = [service.status(now_s) for _, service in self.state.services() if service.is_active(now_s)]
        down = active.count("down") / len(active) if active else 0.0
        readings = {**self._host, "error_rate": self.state.error_rate.count(now_s), "services_down": down}
        return self.config.health.judge(readings)

    def _custom(self, now_s: float) -> list[Family]:
        """What the registry holds, with the gauges that are worked out of recent events; for one who holds the lock."""
        gauges = self.state.tables.levels
        config = self.config
        if config.track_error_rates:
            gauges["error_rate_per_minute"].set(self.state.error_rate.count(now_s))
        if config.track_user_interactions:
            gauges["active_sessions"].set(self.state.sessions.count(round(now_s * 1000)))
            self.state.tables.observations["session_durations"].used = True  # empty rather than absent
        for name, service in self.state.services() if config.track_api_requests else ():
            cell, mean = gauges.of("api_response_time_avg", name), service.responses.mean(now_s)
            cell.value, cell.used = mean or 0.0, mean is not None
        return self.state.tables.families()


def _this_machine(disk_path: str) -> Machine:
    from watchglass.sdk.dinoair.machine import Machine  # noqa: PLC0415 - see above

    return Machine(disk_path)


def _in_order(found: Mapping[str, list[Sample]]) -> Iterable[Family]:
    """The families of samples by name, in the order of the declarations."""
    return [_family(one, found[one.name]) for one in declared_metrics() if one.name in found]


def _family(one: DeclaredMetric, samples: list[Sample]) -> Family:
    return Family(one.name, MetricType(one.type), one.help, one.unit, samples)
