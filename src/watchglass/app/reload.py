"""How the last reload went, as metrics named after Prometheus's own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from watchglass.clock import Clock


class ReloadMetrics:
    """Whether the configuration in force is the one on disk."""

    def __init__(self, registry: CollectorRegistry, clock: Clock) -> None:
        self._clock = clock
        self._successful = Gauge(
            "watchglass_config_last_reload_successful",
            "Whether the configuration was right when it was last read.",
            registry=registry,
        )
        self._seconds = Gauge(
            "watchglass_config_last_reload_success_timestamp_seconds",
            "When the configuration in force was read.",
            registry=registry,
        )

    def succeeded(self) -> None:
        """A configuration was read and is in force."""
        self._successful.set(1)
        self._seconds.set(self._clock.now_ms() / 1000)

    def failed(self) -> None:
        """A configuration was wrong; the one before is in force."""
        self._successful.set(0)
