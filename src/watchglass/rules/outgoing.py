"""Alerts on their way out of the rules: external labels and `alert_relabel_configs` first, then every sink.

Source: prometheus/prometheus, notifier/alert.go (relabelAlerts).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from watchglass.collect.job import RelabelRule
from watchglass.collect.relabel import MutableLabels, compile_rules
from watchglass.interfaces import AlertSink
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels

log = logging.getLogger("watchglass.rules")


class Relabelled:
    """Alerts with the labels that they leave with.

    Args:
        rules: `alert_relabel_configs`; an alert that they drop stays here.
        external_labels: of this server, where an alert has none of that name.
    """

    def __init__(self, rules: Sequence[RelabelRule] = (), external_labels: Labels = Labels()) -> None:  # noqa: B008 - a tuple
        self._relabel: Callable[[MutableLabels], bool] = compile_rules(rules, key="alert_relabel_configs")
        self._external = dict(external_labels)
        self._changes = bool(rules or external_labels)

    def of(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Those that are kept."""
        return list(self._kept(alerts)) if self._changes else list(alerts)

    def _kept(self, alerts: Sequence[Alert]) -> Iterator[Alert]:
        for alert in alerts:
            labels = {**self._external, **dict(alert.labels)}
            if self._relabel(labels):
                yield replace(alert, labels=Labels.of(labels))


class Outgoing:
    """Gives alerts to sinks on the loop's thread, from wherever rules are evaluated.

    Attributes:
        relabelled: how their labels change on the way.
        sinks: who hears of them.
    """

    def __init__(self, sinks: Sequence[AlertSink] = ()) -> None:
        self.relabelled = Relabelled()
        self.sinks: list[AlertSink] = list(sinks)
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """Use the loop that runs now."""
        self._loop = asyncio.get_running_loop()

    def emit(self, alerts: Sequence[Alert]) -> None:
        """Take alerts, in any thread; their labels are changed there, for they may be many."""
        kept = self.relabelled.of(alerts)
        if kept and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, kept)

    def _put(self, alerts: Sequence[Alert]) -> None:
        for sink in self.sinks:
            try:
                sink.put(alerts)
            except Exception:
                log.exception("alerts were not taken by a fault of ours")
