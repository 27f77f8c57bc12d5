"""The alerts that are known: what is heard of one twice becomes one, and what ended is forgotten after a while.

Source: prometheus/alertmanager, provider/mem/mem.go, alert/alert.go (Merge, AlertSlice.Less).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cmp_to_key
from hashlib import blake2b

from watchglass.model.alert import Alert
from watchglass.model.labels import Labels

MAX_ALERTS = 200_000

_OVERRIDES = ("job", "instance")


def mark(labels: Labels) -> int:
    """A number that tells label sets apart in the notification log; quicker than the fingerprint."""
    text = "\xff".join(part for pair in labels for part in pair)
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class AlertStore:
    """Every alert that fires, and those that ended not long ago.

    Args:
        alerts: those that are known.
        changed: hears of each one that changes: its labels, and what it is now, or None where it is gone.
        most: how many are kept; further ones are refused and counted.
    """

    def __init__(
        self,
        alerts: Iterable[Alert] = (),
        changed: Callable[[Labels, Alert | None], None] = lambda _labels, _alert: None,
        most: int = MAX_ALERTS,
    ) -> None:
        self._alerts = {alert.labels: alert for alert in alerts}
        self._changed, self._most = changed, most
        self.refused = 0

    def __len__(self) -> int:
        return len(self._alerts)

    def __iter__(self) -> Iterator[Alert]:
        return iter(self._alerts.values())

    def get(self, labels: Labels) -> Alert | None:
        """What is known of an alert."""
        return self._alerts.get(labels)

    def put(self, alert: Alert, now_ms: int) -> Alert | None:
        """Take word of an alert; the answer is what is known of it now, None where there are too many."""
        old = self._alerts.get(alert.labels)
        if old is None and len(self._alerts) >= self._most:
            self.refused += 1
            return None
        if old is not None and _overlap(old, alert):
            alert = merge(old, alert, now_ms)
        self._alerts[alert.labels] = alert
        self._changed(alert.labels, alert)
        return alert

    def forget(self, before_ms: int, held: Callable[[Labels], bool]) -> list[Alert]:
        """Drop alerts that ended before a time and that no group holds any more; the answer is those."""
        gone = [alert for alert in self if alert.is_resolved(before_ms) and not held(alert.labels)]
        for alert in gone:
            del self._alerts[alert.labels]
            self._changed(alert.labels, None)
        return gone

    def shift(self, delta_ms: int, now_ms: int) -> None:
        """Follow a clock that jumped to `now_ms`: what was to end later ends as much later."""
        for alert in list(self):
            moved = replace(alert, updated_ms=alert.updated_ms + delta_ms)
            if not alert.is_resolved(now_ms - delta_ms):
                moved = replace(moved, ends_ms=alert.ends_ms + delta_ms)
            self._alerts[alert.labels] = moved
            self._changed(alert.labels, moved)


def merge(one: Alert, other: Alert, now_ms: int) -> Alert:
    """What two words of one alert say together: the later one, with the earlier start and the end that counts."""
    older, younger = (other, one) if other.updated_ms < one.updated_ms else (one, other)
    ends_ms = younger.ends_ms
    if younger.is_resolved(now_ms):
        if older.is_resolved(now_ms):
            ends_ms = max(ends_ms, older.ends_ms)
    elif not older.timeout:
        ends_ms = max(ends_ms, older.ends_ms)
    return replace(younger, starts_ms=min(older.starts_ms, younger.starts_ms), ends_ms=ends_ms)


def _overlap(old: Alert, new: Alert) -> bool:
    return old.starts_ms < new.ends_ms < old.ends_ms or old.starts_ms < new.starts_ms < old.ends_ms


def in_order(alerts: Iterable[Alert]) -> list[Alert]:
    """By job, then by instance, then by all labels: the order in which notifications list them."""
    found = list(alerts)
    if len({tuple(name for name, _ in alert.labels) for alert in found}) > 1:
        return sorted(found, key=lambda alert: (_overrides(alert.labels), label_order(alert.labels)))
    return sorted(found, key=lambda alert: (_overrides(alert.labels), [value for _, value in alert.labels]))


def _overrides(labels: Labels) -> tuple[tuple[bool, str], ...]:
    """What comes before all labels; alerts without it come last."""
    values = dict(labels)
    return tuple((name not in values, values.get(name, "")) for name in _OVERRIDES)


def compare_labels(one: Labels, other: Labels) -> int:
    """Fewer labels first; then the set that lacks the first name that differs; then by value."""
    if len(one) != len(other):
        return -1 if len(one) < len(other) else 1
    for (name, value), (other_name, other_value) in zip(one, other, strict=True):
        if name != other_name:
            return 1 if name < other_name else -1
        if value != other_value:
            return -1 if value < other_value else 1
    return 0


label_order = cmp_to_key(compare_labels)
"""A key to sort label sets by, as Alertmanager does."""
