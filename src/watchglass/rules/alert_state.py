"""The life of one alert: inactive, pending, firing, resolved; decided from what the expression answers and the time alone.

Source: prometheus/prometheus, rules/alerting.go (AlertingRule.Eval, needsSending, sendAlerts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from watchglass.model.labels import Labels

RESOLVED_RETENTION_MS = 15 * 60_000
"""How long a resolved alert is kept, and sent again, in case that it was not heard."""

_FAILURES = 4
"""After so many times without a word of an alert, whoever hears of it takes it as resolved."""


class AlertState(IntEnum):
    """What becomes of an alert; the greater state of several is that of their rule."""

    UNKNOWN = 0
    INACTIVE = 1
    PENDING = 2
    FIRING = 3

    def __str__(self) -> str:
        """As Prometheus writes it."""
        return self.name.lower()


@dataclass(slots=True)
class ActiveAlert:
    """One alert of a rule. Times are in ms; None means never, or not now.

    Attributes:
        labels: who it is.
        value: of the expression when it last had an answer.
        active_ms: since when the expression has had an answer; moved when it is restored after a restart.
        annotations: what is said of it.
        fired_ms: since when it has fired.
        resolved_ms: when it was resolved; it is kept for a while.
        sent_ms: when it was sent last.
        valid_until_ms: when whoever was told takes it as resolved, unless told again.
        kept_since_ms: since when it fires only because its rule keeps it firing.
        refs: of its series in the store: of `ALERTS` by state, and of `ALERTS_FOR_STATE` under an empty text.
    """

    labels: Labels
    value: float
    active_ms: int
    annotations: Labels = field(default_factory=Labels)
    state: AlertState = AlertState.PENDING
    fired_ms: int | None = None
    resolved_ms: int | None = None
    sent_ms: int | None = None
    valid_until_ms: int = 0
    kept_since_ms: int | None = None
    refs: dict[str, int] = field(default_factory=dict)


Alerts = dict[Labels, ActiveAlert]


@dataclass(frozen=True, slots=True)
class Holds:
    """The waiting times of a rule."""

    hold_ms: int = 0
    keep_firing_ms: int = 0


def note_found(alerts: Alerts, found: Mapping[Labels, float], now_ms: int) -> None:
    """Begin alerts for what the expression answers, and give those that are there their new value."""
    for labels, value in found.items():
        alert = alerts.get(labels)
        if alert is None or alert.state is AlertState.INACTIVE:
            alerts[labels] = ActiveAlert(labels, value, now_ms)
        else:
            alert.value = value


def advance(alerts: Alerts, found: Mapping[Labels, float], holds: Holds, now_ms: int) -> list[ActiveAlert]:
    """Move every alert on to its state now, forget those that are over, and give the pending and firing ones."""
    active = []
    for labels, alert in list(alerts.items()):
        if labels in found:
            alert.kept_since_ms = None
        elif not _is_kept_firing(alert, holds.keep_firing_ms, now_ms):
            _end(alerts, alert, now_ms)
            continue
        _fire_or_wait(alert, holds.hold_ms, now_ms)
        active.append(alert)
    return active


def _is_kept_firing(alert: ActiveAlert, keep_firing_ms: int, now_ms: int) -> bool:
    if alert.state is not AlertState.FIRING or keep_firing_ms <= 0:
        return False
    if alert.kept_since_ms is None:
        alert.kept_since_ms = now_ms
    return now_ms - alert.kept_since_ms < keep_firing_ms


def _end(alerts: Alerts, alert: ActiveAlert, now_ms: int) -> None:
    is_old = alert.resolved_ms is not None and now_ms - alert.resolved_ms > RESOLVED_RETENTION_MS
    if alert.state is AlertState.PENDING or is_old:
        del alerts[alert.labels]
    elif alert.state is AlertState.FIRING:
        alert.state, alert.resolved_ms = AlertState.INACTIVE, now_ms


def _fire_or_wait(alert: ActiveAlert, hold_ms: int, now_ms: int) -> None:
    is_due = now_ms - alert.active_ms >= hold_ms
    if alert.state is AlertState.PENDING and is_due:
        alert.state, alert.fired_ms = AlertState.FIRING, now_ms
    elif alert.state is AlertState.FIRING and not is_due:  # a reload made its hold longer
        alert.state = AlertState.PENDING
        alert.fired_ms = alert.sent_ms = alert.kept_since_ms = None


def due_to_send(alerts: Iterable[ActiveAlert], now_ms: int, interval_ms: int, resend_ms: int) -> list[ActiveAlert]:
    """The alerts that are to be sent now, noted as sent."""
    due = [alert for alert in alerts if _needs_sending(alert, now_ms, resend_ms)]
    for alert in due:
        alert.sent_ms = now_ms
        alert.valid_until_ms = now_ms + _FAILURES * max(interval_ms, resend_ms)
    return due


def _needs_sending(alert: ActiveAlert, now_ms: int, resend_ms: int) -> bool:
    if alert.state is AlertState.PENDING:
        return False
    if alert.sent_ms is None or (alert.resolved_ms is not None and alert.resolved_ms > alert.sent_ms):
        return True
    return alert.sent_ms + resend_ms < now_ms
