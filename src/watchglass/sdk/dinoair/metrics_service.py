"""The service: joins collector, registry, storage, exporters and dashboard; and the functions that the guide imports."""

from __future__ import annotations

import atexit
import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from watchglass.sdk.dinoair.checks import Checks
from watchglass.sdk.dinoair.custom_metrics import CustomMetricsRegistry
from watchglass.sdk.dinoair.dashboard_data import DashboardDataProvider
from watchglass.sdk.dinoair.file_storage import FileMetricsStorage
from watchglass.sdk.dinoair.metrics_collector import MetricsCollector, MetricsConfig
from watchglass.sdk.dinoair.metrics_exporter import MetricsExporter, PrometheusExporter, default_exporters
from watchglass.sdk.dinoair.status import ServiceReport, ServiceStatus
from watchglass.sdk.dinoair.storage import MetricsStorage

if TYPE_CHECKING:  # they bring HTTP, TLS and every reader of the host
    from watchglass.sdk.dinoair.forward import Forwarder
    from watchglass.sdk.dinoair.machine import Machine

__all__ = [
    "MetricsService",
    "end_user_session",
    "get_metrics_service",
    "initialize_metrics_service",
    "record_api_request",
    "record_error",
    "record_model_generation",
    "start_metrics_service",
    "start_user_session",
]

CLEANUP_EVERY_MS = 600_000

_log = logging.getLogger("MetricsCollector")


class MetricsService:
    """Collects in a thread of its own, and answers what is asked of it.

    Args:
        config: what is collected, how often, how long it is kept.
        storage: where; files below `config.storage_path` unless given.
        registry: of the application's events; one on the process's own state unless given.
        forwarder: sends readings on to another store.
        machine: reads this machine.
        checks: called at intervals while the service runs; `checks.add` takes them.
    """

    def __init__(
        self,
        config: MetricsConfig | None = None,
        storage: MetricsStorage | None = None,
        *,
        registry: CustomMetricsRegistry | None = None,
        forwarder: Forwarder | None = None,
        machine: Machine | None = None,
        checks: Checks | None = None,
    ) -> None:
        self.config = config or MetricsConfig()
        self.custom_metrics = registry or CustomMetricsRegistry()
        self.custom_metrics.state.configure(self.config)
        self.storage = storage or FileMetricsStorage(self.config.storage_path)
        self.metrics_collector = MetricsCollector(self.config, self.custom_metrics.state, machine)
        self.dashboard = DashboardDataProvider(self.metrics_collector, self.storage)
        self.exporters: dict[str, MetricsExporter] = default_exporters()
        self.forwarder = forwarder
        self.checks = checks or Checks(clock=self.custom_metrics.state.clock)
        if forwarder is not None:  # what is scraped as well must interleave with what is forwarded, by its true times
            self.add_exporter(PrometheusExporter(timed=True))
        self._report = ServiceReport()
        self._lock, self._wake = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._cleaned_ms = 0

    @property
    def is_running(self) -> bool:
        """Whether it collects."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Collect now and at every interval, until it is stopped or the process ends; a second start does nothing."""
        with self._lock:
            if self.is_running:
                return
            self._stopping = False
            self._wake.clear()
            self._report.started_ms = self._now_ms()
            self._thread = threading.Thread(target=self._run, name="dinoair-metrics", daemon=True)
            self._thread.start()
            if self.forwarder is not None:
                self.forwarder.start()
            self.checks.start()
            atexit.register(self.stop)

    def stop(self, timeout_s: float = 10.0) -> None:
        """Collect once more, store that, and end; nothing that was recorded is lost.

        Args:
            timeout_s: how long to wait for a collection or check that is on its way, and for what is still to be sent.
        """
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None:
                return
            self._stopping = True
            self._wake.set()
            thread.join(timeout_s)
            atexit.unregister(self.stop)
            self.checks.stop(timeout_s)
            self.collect_once()
            if self.forwarder is not None:
                self.forwarder.stop(timeout_s)
            self.storage.close()

    def reload(self, config: MetricsConfig) -> None:
        """Go on with other settings; a storage that was given stays, and so do files where they are."""
        self.config = self.metrics_collector.config = config
        self.custom_metrics.state.configure(config)
        if self.is_running:
            self._wake.set()

    def add_exporter(self, exporter: MetricsExporter) -> None:
        """Offer a further format, or another writer of a known one."""
        self.exporters[exporter.name] = exporter

    def collect_once(self) -> None:
        """Collect, store and forward; what fails is logged and told by the status, and never stops the rest."""
        try:
            reading = self.metrics_collector.collect()
            self._report.collected(reading)
            if self.forwarder is not None:
                self.forwarder.put(reading)
            self.storage.store_metrics(list(reading.points()))
            self._report.stored()
            self._clean_up(reading.timestamp_ms)
        except Exception as error:
            if self._report.failed(error, self._now_ms()):
                _log.exception("a collection failed")

    def _run(self) -> None:
        while not self._stopping:
            self.collect_once()
            self._wake.wait(self.config.collection_interval)
            self._wake.clear()

    def _clean_up(self, now_ms: int) -> None:
        if now_ms - self._cleaned_ms < CLEANUP_EVERY_MS:
            return
        self._cleaned_ms = now_ms
        now = datetime.fromtimestamp(now_ms / 1000, UTC)
        removed = self.storage.cleanup(
            now - timedelta(hours=self.config.retention_hours), now - timedelta(hours=self.config.rollup_hours)
        )
        _log.debug("removed %d readings older than %d h", removed, self.config.retention_hours)

    def export(self, name: str = "prometheus") -> str:
        """Everything as it is now, in one format.

        Raises:
            KeyError: there is no such format.
        """
        return self.exporters[name].export(self.metrics_collector.current())

    def get_dashboard_data(self, widget: str = "overview", timeframe: int | None = None) -> dict[str, Any]:
        """What one widget shows; `shapes` tells the fields.

        Raises:
            ParameterError: there is no such widget, or no such timeframe; lists what there is.
        """
        return self.dashboard.get_dashboard_data(widget, timeframe)

    def get_service_status(self) -> ServiceStatus:
        """How the service is: a mapping that prints as lines for people."""
        state, now_ms = self.custom_metrics.state, self._now_ms()
        return self._report.status(
            running=self.is_running,
            interval_seconds=self.config.collection_interval,
            storage=self.storage.status(),
            custom_metrics={
                "counters": len(self.custom_metrics.counters),
                "gauges": len(self.custom_metrics.gauges),
                "histograms": len(self.custom_metrics.histograms),
            },
            sessions={"open": state.sessions.count(now_ms), "never_ended": state.sessions.forgotten},
            forwarding=self.forwarder.status() if self.forwarder else None,
            checks=self.checks.status(),
        )

    def _now_ms(self) -> int:
        return self.custom_metrics.state.clock.now_ms()


_service: MetricsService | None = None
_lock = threading.RLock()


def initialize_metrics_service(
    config: MetricsConfig | None = None,
    storage: MetricsStorage | None = None,
    *,
    registry: CustomMetricsRegistry | None = None,
    forwarder: Forwarder | None = None,
) -> MetricsService:
    """Make the process's service; without arguments the one that is there already stays.

    Args:
        config: its settings, the guide's unless given.
        storage: where readings are kept; files below `config.storage_path` unless given.
        registry: of the application's events, such as a subclass with methods of its own.
        forwarder: sends readings on to another store.

    Returns:
        The service; it is not started. One that was there before is stopped; what was recorded and its checks stay.
    """
    global _service  # noqa: PLW0603 - one service a process is what the guide has
    with _lock:
        if _service is None or any(part is not None for part in (config, storage, registry, forwarder)):
            checks = _service.checks if _service is not None else None
            if _service is not None:
                _service.stop()
            _service = MetricsService(config, storage, registry=registry, forwarder=forwarder, checks=checks)
        return _service


def get_metrics_service() -> MetricsService:
    """The process's service; made with the guide's settings where there is none yet."""
    return _service or initialize_metrics_service()


def start_metrics_service() -> None:
    """Start the process's service; a second start does nothing."""
    get_metrics_service().start()


def record_api_request(
    service: str, endpoint: str, response_time: float, status_code: int = 200, method: str = "GET"
) -> None:
    """A request to a service was answered: see `CustomMetricsRegistry.record_api_request`."""
    get_metrics_service().custom_metrics.record_api_request(service, endpoint, response_time, status_code, method)


def record_model_generation(
    model_name: str,
    generation_time: float,
    success: bool = True,  # noqa: FBT001, FBT002 - the guide's signature
    prompt_length: int = 0,
    output_length: int = 0,
) -> None:
    """A model has generated, or failed to: see `CustomMetricsRegistry.record_model_generation`."""
    registry = get_metrics_service().custom_metrics
    registry.record_model_generation(model_name, generation_time, success, prompt_length, output_length)


def record_error(error_type: str, error_message: str, service: str = "unknown", severity: str = "error") -> None:
    """Something went wrong: see `CustomMetricsRegistry.record_error`."""
    get_metrics_service().custom_metrics.record_error(error_type, error_message, service, severity)


def start_user_session(session_id: str, user_agent: str | None = None) -> None:
    """A user's session begins; one that is open already goes on as it was."""
    get_metrics_service().custom_metrics.start_user_session(session_id, user_agent)


def end_user_session(session_id: str) -> float | None:
    """A user's session ends; its length in seconds, or None where no such session is open."""
    return get_metrics_service().custom_metrics.end_user_session(session_id)
