"""Configurations, alerts and a virtual clock for the tests of routing."""

from __future__ import annotations

import re
from pathlib import Path

from watchglass.alerting.configuration import AlertmanagerConfig, parse_alertmanager_config
from watchglass.alerting.dispatch import Delivery
from watchglass.alerting.manager import AlertingOptions, AlertManager
from watchglass.clock import ManualClock
from watchglass.model.alert import Alert
from watchglass.model.duration import parse_duration
from watchglass.model.labels import Labels

START_MS = 1_767_225_600_000  # 2026-01-01, a Thursday
SIMPLE = """
route: {receiver: team, group_by: [job], group_wait: 1s, group_interval: 2s, repeat_interval: 1m}
receivers: [{name: team, webhook_configs: [{url: 'http://127.0.0.1:9/'}]}]
"""


def config_of(text: str = SIMPLE) -> AlertmanagerConfig:
    """A configuration."""
    return parse_alertmanager_config(text, "alertmanager.yml")


def labels_of(text: str) -> Labels:
    """Labels from `A job=x severity=page`; the first word is the alert's name."""
    name, *pairs = text.split()
    return Labels.of([("alertname", name), *(pair.split("=", 1) for pair in pairs)])


def milliseconds(text: str) -> int:
    """A duration, of which `-5m` lies before."""
    sign = -1 if text.startswith("-") else 1
    return sign * parse_duration(text.lstrip("-"))


def alert_of(text: str, now_ms: int, *, starts: str = "0s", ends: str = "1h") -> Alert:
    """An alert that began and ends so long from now."""
    return Alert(labels_of(text), Labels(), now_ms + milliseconds(starts), now_ms + milliseconds(ends), now_ms, "")


def told(delivery: Delivery, now_ms: int) -> str:
    """A delivery as a line: receiver, why, and its alerts; those that have ended have a minus before them."""
    marks = [("-" if each.is_resolved(delivery.now_ms) else "") + each.name for each in delivery.alerts]
    seconds = re.sub(r"\.0$", "", f"{(now_ms - START_MS) / 1000:.1f}")
    return f"{seconds}s {delivery.integration.receiver}: {delivery.reason.value}: {' '.join(marks)}"


class Bench:
    """A manager on a virtual clock."""

    def __init__(self, config: AlertmanagerConfig | None = None, tables=None, options: AlertingOptions | None = None):
        self.clock = ManualClock(START_MS)
        self._config, self._tables, self._options = config or config_of(), tables, options
        self.manager = AlertManager(self._config, tables, self.clock, options)
        self.lines: list[str] = []

    def restart(self) -> None:
        """End as kill -9 does, and begin again with what is on disk."""
        self.manager = AlertManager(self._config, self._tables, self.clock, self._options)

    def put(self, text: str, **times: str) -> None:
        """An alert, now."""
        self.manager.accept([alert_of(text, self.clock.now_ms(), **times)])

    def run(self, until: str, answer=lambda manager, delivery: manager.delivered(delivery)) -> list[str]:
        """Go on to a time after the start; the answer is what was told meanwhile."""
        before = len(self.lines)
        end_ms = START_MS + parse_duration(until)
        while True:
            due_ms = self.manager.due_ms()
            if due_ms is None or due_ms > end_ms:
                break
            self.clock.advance(max(0, due_ms - self.clock.now_ms()))
            for delivery in self.manager.step():
                self.lines.append(told(delivery, self.clock.now_ms()))
                answer(self.manager, delivery)
        self.clock.advance(end_ms - self.clock.now_ms())
        return self.lines[before:]


def files(folder: str) -> list[Path]:
    """The data files of a folder beside this file."""
    return sorted((Path(__file__).parent / folder).glob("*.yml"))
