"""Alerting rules: every series that an expression answers with is an alert, which waits, fires and ends.

Source: prometheus/prometheus, rules/alerting.go.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from watchglass.errors import RuleError
from watchglass.model.alert import ALERT_NAME, Alert
from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.rules.alert_state import ActiveAlert, Alerts, AlertState, Holds, advance, due_to_send, note_found
from watchglass.rules.answer import Answer
from watchglass.rules.definition import RuleDefinition
from watchglass.rules.dependencies import ALERTS, ALERTS_FOR_STATE
from watchglass.rules.links import table_link
from watchglass.rules.rule import Rule
from watchglass.rules.series import NOTHING, Written
from watchglass.rules.surroundings import Surroundings

ALERT_STATE = "alertstate"
_FOR_STATE = ""  # where in ActiveAlert.refs the series of ALERTS_FOR_STATE is


Sample = tuple[Labels, float]


class _Texts:
    """Expands the templates of one evaluation, as long as they may take together."""

    def __init__(self, name: str, around: Surroundings, now_ms: int) -> None:
        self._name, self._expand, self._now_ms = name, around.expand, now_ms
        self._deadline = time.monotonic() + around.options.templates_s
        self.why_late = f"the templates take more than {around.options.templates_s:g} s (rules.templates_timeout)"

    @property
    def are_late(self) -> bool:
        """Nothing more is expanded."""
        return time.monotonic() > self._deadline

    def expanded(self, texts: Mapping[str, str], sample: Sample) -> dict[str, str]:
        """What each text says of a sample."""
        return {name: self._text(text, sample) if "{{" in text else text for name, text in texts.items()}

    def _text(self, text: str, sample: Sample) -> str:
        if self.are_late:
            return f"<error expanding template: {self.why_late}>"
        labels, value = sample
        return self._expand(text, name=self._name, labels=labels, value=value, now_ms=self._now_ms)


class AlertingRule(Rule):
    """A rule that alerts.

    Attributes:
        alerts: pending, firing and recently resolved ones.
        restored: the state before a restart has been looked for; before, `ALERTS` is not written.
    """

    def __init__(self, definition: RuleDefinition, *, restored: bool = True) -> None:
        super().__init__(definition)
        self.alerts: Alerts = {}
        self.restored = restored
        self._holds = Holds(definition.hold_ms, definition.keep_firing_ms)
        self._plain_labels = {name: text for name, text in definition.labels.items() if "{{" not in text}

    @property
    def state(self) -> AlertState:
        """The greatest state of its alerts."""
        if self.evaluated_ms is None:
            return AlertState.UNKNOWN
        return max((alert.state for alert in list(self.alerts.values())), default=AlertState.INACTIVE)

    def active(self) -> list[ActiveAlert]:
        """Pending and firing alerts."""
        return [alert for alert in list(self.alerts.values()) if alert.resolved_ms is None]

    def write(self, answer: Answer, around: Surroundings, now_ms: int, limit: int) -> Written:
        """Begin, move on and end alerts; gives the series to write. See Rule.write."""
        self._check_size(answer.size, around, limit)
        rows, texts = answer.rows(), _Texts(self.name, around, now_ms)
        found = self._identified(rows, texts)
        note_found(self.alerts, found, now_ms)
        active = advance(self.alerts, found, self._holds, now_ms)
        if 0 < limit < len(active):
            self.alerts = {}
            raise RuleError(f"exceeded limit of {limit} with {len(active)} alerts")
        self._annotate(zip(found, rows, strict=True), texts)
        return self._series(active, around) if self.restored else NOTHING

    def _check_size(self, size: int, around: Surroundings, limit: int) -> None:
        """Refuse a hopeless number of alerts before anything is made of them."""
        if size > around.options.max_alerts:
            self.alerts = {}
            if 0 < limit < size:
                raise RuleError(f"exceeded limit of {limit} with {size} alerts")
            most = around.options.max_alerts
            raise RuleError(f"the expression answers with {size} alerts, and a rule may have {most} (rules.max_alerts)")

    def _identified(self, rows: Sequence[Sample], texts: _Texts) -> dict[Labels, float]:
        """The labels of each alert, in the order of the answer."""
        found: dict[Labels, float] = {}
        for sample in rows:
            labels = dict(sample[0])
            labels.pop(METRIC_NAME, None)
            labels |= self._labels_of(sample, texts)
            labels[ALERT_NAME] = self.name
            found[Labels.of(labels)] = sample[1]
        if len(found) < len(rows):
            raise RuleError("vector contains metrics with the same labelset after applying alert labels")
        return found

    def _labels_of(self, sample: Sample, texts: _Texts) -> dict[str, str]:
        if len(self._plain_labels) == len(self.definition.labels):
            return self._plain_labels
        if texts.are_late:  # a label that says so would make other alerts of them
            raise RuleError(texts.why_late)
        return texts.expanded(self.definition.labels, sample)

    def _annotate(self, found: Iterable[tuple[Labels, Sample]], texts: _Texts) -> None:
        if self.definition.annotations:
            for labels, sample in found:
                annotations = texts.expanded(self.definition.annotations, sample)
                self.alerts[labels].annotations = Labels(
                    sorted(annotations.items())
                )  # empty ones, too, as Prometheus has

    def _series(self, active: Sequence[ActiveAlert], around: Surroundings) -> Written:
        refs, values = [], []
        for alert in active:
            refs += [self._ref(alert, str(alert.state), around), self._ref(alert, _FOR_STATE, around)]
            values += [1.0, float(alert.active_ms // 1000)]
        return Written(np.array(refs, np.uint32), np.array(values, np.float64))

    def _ref(self, alert: ActiveAlert, state: str, around: Surroundings) -> int:
        ref = alert.refs.get(state)
        if ref is None:
            own = {METRIC_NAME: ALERTS, ALERT_STATE: state} if state else {METRIC_NAME: ALERTS_FOR_STATE}
            labels = Labels.of({**self.definition.labels, **dict(alert.labels), **own, ALERT_NAME: self.name})
            ref = alert.refs[state] = around.appender.series_ref(labels)
        return ref

    def forget_refs(self) -> None:
        """Ask for all series again."""
        for alert in self.alerts.values():
            alert.refs.clear()

    def send(self, around: Surroundings, now_ms: int, interval_ms: int) -> None:
        """Tell of the alerts of which it is time to tell."""
        due = due_to_send(self.alerts.values(), now_ms, interval_ms, around.options.resend_ms)
        if due:
            link = around.external_url + table_link(self.query)
            around.emit([_told(alert, link, now_ms) for alert in due])

    def take_over(self, other: Rule) -> None:
        """Go on with the alerts of the same rule of an older configuration."""
        super().take_over(other)
        if isinstance(other, AlertingRule):
            self.alerts.update(other.alerts)


def _told(alert: ActiveAlert, link: str, now_ms: int) -> Alert:
    ends_ms = alert.valid_until_ms if alert.resolved_ms is None else alert.resolved_ms
    starts_ms = alert.active_ms if alert.fired_ms is None else alert.fired_ms
    return Alert(alert.labels, alert.annotations, starts_ms, ends_ms, now_ms, link)
