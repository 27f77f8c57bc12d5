"""The settings of the metrics library, checked when they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from watchglass.sdk.dinoair.health import HealthFormula

EVENTS = ("api_request", "model_generation", "error", "workflow", "file_operation")
"""What `sampling` may name."""

# lowest and highest of each number
_RANGES: dict[str, tuple[float, float]] = {
    "collection_interval": (1, 3600),
    "retention_hours": (1, 24 * 366),
    "rollup_hours": (1, 24 * 366),
    "session_timeout_hours": (0.01, 24 * 366),
    "service_window_seconds": (10, 86_400),
    "most_series": (1, 100_000),
}


@dataclass(frozen=True, slots=True)
class MetricsConfig:
    """What is collected, how often, and how long it is kept. The defaults are the guide's.

    Attributes:
        collection_interval: seconds between two collections, 1 to 3600; 15 to 60 are advised.
        retention_hours: how long every reading is kept; 24 to 168 are advised.
        enable_prometheus_export: whether `/api/metrics` answers in Prometheus's format.
        enable_custom_metrics: whether the application's own events are recorded and exported.
        storage_path: folder of the files.
        track_api_requests: whether `record_api_request` records.
        track_user_interactions: whether sessions are recorded.
        track_model_usage: whether `record_model_generation` records.
        track_error_rates: whether `record_error` records.
        rollup_hours: how long means of five minutes are kept, for ranges beyond `retention_hours`.
        sampling: of which events only a share is recorded, 0 to 1 by name; what is counted stands for the rest too.
        health: how the health score is calculated.
        session_timeout_hours: a session that nobody ended is forgotten after so long.
        service_window_seconds: a service is active while its last request or error is not older.
        disk_path: the disk that `dinoair_disk_usage_percent` is of.
        most_series: series that one custom metric may have; all further ones share one, labelled `other`.
    """

    collection_interval: int = 15
    retention_hours: int = 24
    enable_prometheus_export: bool = True
    enable_custom_metrics: bool = True
    storage_path: str = "./metrics"
    track_api_requests: bool = True
    track_user_interactions: bool = True
    track_model_usage: bool = True
    track_error_rates: bool = True
    rollup_hours: int = 168
    sampling: Mapping[str, float] = field(default_factory=dict)
    health: HealthFormula = field(default_factory=HealthFormula)
    session_timeout_hours: float = 12
    service_window_seconds: int = 300
    disk_path: str = "/"
    most_series: int = 500

    def __post_init__(self) -> None:
        for one in fields(self):
            value, name = getattr(self, one.name), one.name
            if one.type == "bool" and value is not True and value is not False:
                raise ValueError(f"{name}: expected True or False, got {value!r}")
            if name in _RANGES:
                _check_number(name, value, whole=one.type == "int")
        for name in ("storage_path", "disk_path"):
            if not str(getattr(self, name)):
                raise ValueError(f"{name}: expected a path, got none")
        if not isinstance(self.health, HealthFormula):
            raise TypeError(f"health: expected a HealthFormula, got {self.health!r}")
        self._check_sampling()

    def _check_sampling(self) -> None:
        for event, share in self.sampling.items():
            if event not in EVENTS:
                raise ValueError(f'sampling: there is no event "{event}"; there are {", ".join(EVENTS)}')
            if not isinstance(share, int | float) or not 0 < share <= 1:
                raise ValueError(f"sampling: {event}: expected a share above 0 and up to 1, got {share!r}")


def _check_number(name: str, value: object, *, whole: bool) -> None:
    lowest, highest = _RANGES[name]
    wanted = "a whole number" if whole else "a number"
    fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not fits or not lowest <= value <= highest:  # type: ignore[operator]
        raise ValueError(f"{name}: expected {wanted} from {lowest:g} to {highest:g}, got {value!r}")
