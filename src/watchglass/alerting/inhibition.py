"""Inhibition: alerts that keep others quiet while they fire.

A target is inhibited by any source that fires and has the same values of the `equal` labels; one that is source and
target at once is not inhibited by another of that kind. Alertmanager 0.34 looks at one source for each set of equal
labels only, and so may forget another that still fires; in 0.25, and here, all count.
Source: prometheus/alertmanager, inhibit/inhibit.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from watchglass.alerting.matchers import Matchers
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels

_Equal = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InhibitRule:
    """One rule.

    Attributes:
        source: what an alert that inhibits must fulfil.
        target: what one that is inhibited must fulfil.
        equal: labels that both must have the same values of, absent ones included.
        name: for people.
        place: which of its file it is, from 1; 0 where that is not known.
        line: where it stands in its file.
        file: the file.
    """

    source: Matchers
    target: Matchers
    equal: tuple[str, ...] = ()
    name: str = ""
    place: int = field(default=0, compare=False, repr=False)
    line: int = field(default=0, compare=False, repr=False)
    file: str = field(default="", compare=False, repr=False)


class Inhibition(NamedTuple):
    """Why an alert is inhibited: the rule, and the alert that it is inhibited by."""

    rule: InhibitRule
    source: Alert


class Inhibitor:
    """Knows which alerts inhibit others now."""

    def __init__(self, rules: Sequence[InhibitRule], alerts: Iterable[Alert] = ()) -> None:
        self._rules = [(rule, _Sources(rule.equal)) for rule in rules]
        self.put(alerts)

    @property
    def has_rules(self) -> bool:
        """Tell whether anything can be inhibited."""
        return bool(self._rules)

    def put(self, alerts: Iterable[Alert]) -> None:
        """Hear of alerts as they are now."""
        if not self._rules:
            return
        for alert in alerts:
            values = dict(alert.labels)
            for rule, sources in self._rules:
                if rule.source.matches(values):
                    sources.put(values, alert)

    def inhibitor_of(self, labels: Labels, now_ms: int) -> Alert | None:
        """An alert that inhibits one with these labels now."""
        found = self.inhibition_of(labels, now_ms)
        return None if found is None else found.source

    def inhibition_of(self, labels: Labels, now_ms: int) -> Inhibition | None:
        """What inhibits an alert with these labels now: the first rule that does, and its alert."""
        values = dict(labels)
        for rule, sources in self._rules:
            if not rule.target.matches(values):
                continue
            both = rule.source.matches(values)
            for source in sources.firing(values, now_ms):
                if not (both and rule.target.matches(dict(source.labels))):
                    return Inhibition(rule, source)
        return None

    def forget(self, now_ms: int) -> None:
        """Drop sources that have ended."""
        for _, sources in self._rules:
            sources.forget(now_ms)


class _Sources:
    """The alerts that one rule's source matches, by their values of the labels that must be equal."""

    def __init__(self, equal: Sequence[str]) -> None:
        self._equal = equal
        self._alerts: dict[_Equal, dict[Labels, Alert]] = {}

    def put(self, values: Mapping[str, str], alert: Alert) -> None:
        self._alerts.setdefault(self._values(values), {})[alert.labels] = alert

    def firing(self, values: Mapping[str, str], now_ms: int) -> Iterator[Alert]:
        alerts = self._alerts.get(self._values(values), {})
        return (alert for alert in alerts.values() if not alert.is_resolved(now_ms))

    def forget(self, now_ms: int) -> None:
        kept = {
            equal: {labels: alert for labels, alert in alerts.items() if not alert.is_resolved(now_ms)}
            for equal, alerts in self._alerts.items()
        }
        self._alerts = {equal: alerts for equal, alerts in kept.items() if alerts}

    def _values(self, values: Mapping[str, str]) -> _Equal:
        return tuple(values.get(name, "") for name in self._equal)
