"""What alerting says of itself on `/metrics`, read when it is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from watchglass.alerting.manager import AlertManager
from watchglass.alerting.notify.notifier import REASONS
from watchglass.alerting.read_receivers import Integration
from watchglass.alerting.runner import AlertRunner
from watchglass.alerting.silence import SilenceState
from watchglass.clock import Clock

Key = TypeVar("Key", tuple[str, str], tuple[str, str, str])

_PREFIX = "watchglass_alerting_"


class AlertingMetrics:
    """A collector over the manager and its runner; several may follow one another.

    Args:
        registry: where it is read.
        clock: by which alerts fire or have ended.
    """

    def __init__(self, registry: CollectorRegistry, clock: Clock) -> None:
        self._clock = clock
        self._manager: AlertManager | None = None
        self._runner: AlertRunner | None = None
        registry.register(self)

    def follow(self, manager: AlertManager | None, runner: AlertRunner | None) -> None:
        """Tell of these from now on."""
        self._manager, self._runner = manager, runner

    def collect(self) -> Iterator[Metric]:
        """Every family; none while alerts are not routed."""
        if self._manager is None or self._runner is None:
            return
        yield from _held(self._manager, self._clock.now_ms())
        yield from _received(self._manager)
        yield from _sent(self._manager, self._runner)
        yield from _watchdog(self._manager, self._runner)


def _held(manager: AlertManager, now_ms: int) -> Iterator[Metric]:
    with manager.look() as dispatcher:
        alerts, silences = list(dispatcher.state.alerts), dispatcher.state.silences.all()
        suppressor = dispatcher.suppressor
        firing = [alert for alert in alerts if not alert.is_resolved(now_ms)]
        suppressed = suppressor.suppressed(firing, now_ms)
        groups, entries = len(dispatcher.groups), len(dispatcher.state.log)
        in_flight, disabled = len(dispatcher.in_flight), sum(not each.shipped for each in dispatcher.config.disabled)
    yield _gauges(
        "alerts",
        "Alerts that fire, by state.",
        "state",
        [("active", len(firing) - suppressed), ("suppressed", suppressed)],
    )
    states = Counter(silence.state(now_ms) for silence in silences)
    yield _gauges("silences", "Silences, by state.", "state", [(state.value, states[state]) for state in SilenceState])
    yield GaugeMetricFamily(f"{_PREFIX}groups", "Groups of alerts.", groups)
    yield GaugeMetricFamily(f"{_PREFIX}notification_log_entries", "Entries of the notification log.", entries)
    yield GaugeMetricFamily(f"{_PREFIX}notifications_in_flight", "Notifications under way.", in_flight)
    yield GaugeMetricFamily(f"{_PREFIX}integrations_disabled", "Integrations of one's own that send nothing.", disabled)


def _received(manager: AlertManager) -> Iterator[Metric]:
    counts = manager.counts
    received = [("firing", counts.received_firing), ("resolved", counts.received_resolved)]
    yield _counters(
        "alerts_received", "Alerts taken, by status.", ("status",), [((name,), value) for name, value in received]
    )
    with manager.look() as dispatcher:
        refused = dispatcher.state.alerts.refused + counts.dropped
        suppressed = [((stage.value,), number) for stage, number in dispatcher.suppressed.items()]
    yield _counters("alerts_refused", "Alerts not taken, because there are too many.", (), [((), refused)])
    yield _counters("notifications_suppressed", "Alerts kept quiet, by reason.", ("reason",), suppressed)
    yield _counters("save_failures", "Changes that the disk did not take at once.", (), [((), counts.unsaved)])
    yield _counters("clock_jumps", "How often the clock was set.", (), [((), counts.jumps)])


def _sent(manager: AlertManager, runner: AlertRunner) -> Iterator[Metric]:
    """By receiver and integration; those that were never used are there as 0, so that the first failure is an increase."""
    counts, by = runner.counts, ("receiver", "integration")
    ways = {(each.receiver, each.kind): 0 for each in _integrations(manager)}
    failed = {(*way, reason): 0 for way in ways for reason in REASONS}
    yield _counters("notifications", "Notifications delivered.", by, _keyed(ways, counts.delivered))
    yield _counters(
        "notifications_failed", "Notifications given up, by reason.", (*by, "reason"), _keyed(failed, counts.failed)
    )
    yield _counters("notification_requests", "Attempts to notify.", by, _keyed(ways, counts.attempts))
    yield _counters("notification_requests_failed", "Attempts that failed.", by, _keyed(ways, counts.failed_attempts))
    yield _counters(
        "test_notifications", "Notifications of test alerts alone, by outcome.", (*by, "outcome"), counts.tests.items()
    )
    yield _counters("notification_seconds", "Time that attempts took.", by, _keyed(ways, counts.seconds))


def _watchdog(manager: AlertManager, runner: AlertRunner) -> Iterator[Metric]:
    """When the watchdog was last delivered, or the start where it never was."""
    watchdog = manager.config.watchdog
    if watchdog is None:
        return
    labels = ("receiver", "integration")
    last = GaugeMetricFamily(
        "watchglass_watchdog_last_delivered_timestamp_seconds", "When the watchdog was last delivered.", labels=labels
    )
    patience = GaugeMetricFamily(
        "watchglass_watchdog_patience_seconds", "How old the watchdog's last delivery may be.", labels=labels
    )
    for each in _integrations(manager):
        if each.receiver == watchdog.receiver:
            way = (each.receiver, each.name)
            last.add_metric(way, runner.counts.watchdog_ms.get(way, manager.started_ms) / 1000)
            patience.add_metric(way, watchdog.patience_ms / 1000)
    yield last
    yield patience


def _integrations(manager: AlertManager) -> Iterator[Integration]:
    for receiver in manager.config.receivers.values():
        yield from receiver.integrations


def _keyed(at_first: Mapping[Key, float], counts: Mapping[Key, float]) -> list[tuple[tuple[str, ...], float]]:
    return [*{**at_first, **counts}.items()]


def _gauges(name: str, text: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(_PREFIX + name, text, labels=[label])
    for key, value in values:
        family.add_metric([key], value)
    return family


def _counters(name: str, text: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = CounterMetricFamily(_PREFIX + name, text, labels=labels)
    for keys, value in values:
        family.add_metric(list(keys), value)
    return family
