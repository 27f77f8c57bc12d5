"""What sending to Alertmanagers elsewhere tells of itself: Prometheus's `prometheus_notifications_*`, under our own name.

Source: prometheus/prometheus, notifier/metric.go.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

_LABEL = ["alertmanager"]


class AlertmanagerMetrics:
    """The `watchglass_notifications_*` family, on the registry given; none registers it nowhere."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        def named(name: str) -> str:
            return f"watchglass_notifications_{name}"

        self.sent = Counter(named("sent"), "Alerts that an Alertmanager took.", _LABEL, registry=registry)
        self.errors = Counter(named("errors"), "Alerts that an Alertmanager did not take.", _LABEL, registry=registry)
        self.dropped = Counter(
            named("dropped"), "Alerts given up: not taken, or too many at once.", _LABEL, registry=registry
        )
        self.queue = Gauge(named("queue_length"), "Alerts that wait for an Alertmanager.", _LABEL, registry=registry)
        self.capacity = Gauge(named("queue_capacity"), "Alerts that may wait for one Alertmanager.", registry=registry)
        self.latency = Summary(
            named("latency_seconds"), "How long an Alertmanager takes to take alerts.", _LABEL, registry=registry
        )
        self.histogram = Histogram(
            named("latency_histogram_seconds"),
            "The same, by size.",
            _LABEL,
            buckets=(0.01, 0.1, 1, 10),
            registry=registry,
        )
        self.discovered = Gauge(
            named("alertmanagers_discovered"), "Alertmanagers that are told of alerts.", registry=registry
        )

    def of_loop(self, url: str) -> LoopMetrics:
        """Those of one Alertmanager, all at 0."""
        return LoopMetrics(self, url)

    def forget(self, url: str) -> None:
        """An Alertmanager is gone."""
        for metric in (self.sent, self.errors, self.dropped, self.queue, self.latency, self.histogram):
            metric.remove(url)


class LoopMetrics:
    """The metrics of one Alertmanager."""

    def __init__(self, shared: AlertmanagerMetrics, url: str) -> None:
        self._sent, self._errors, self._dropped = (m.labels(url) for m in (shared.sent, shared.errors, shared.dropped))
        self._queue, self._latency = shared.queue.labels(url), shared.latency.labels(url)
        self._histogram = shared.histogram.labels(url)

    def sent(self, alerts: int, seconds: float) -> None:
        """Alerts were taken."""
        self._sent.inc(alerts)
        self._latency.observe(seconds)
        self._histogram.observe(seconds)

    def failed(self, alerts: int) -> None:
        """Alerts were not taken."""
        self._errors.inc(alerts)

    def dropped(self, alerts: int) -> None:
        """Alerts were given up."""
        self._dropped.inc(alerts)

    def waiting(self, alerts: int) -> None:
        """So many wait."""
        self._queue.set(alerts)
