"""Why an alert is kept quiet: inhibition, then active times, mute times and silences, in Alertmanager's order.

Source: prometheus/alertmanager, notify/notify.go (PipelineBuilder.New), notify/mute.go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from watchglass.alerting.inhibition import Inhibitor
from watchglass.alerting.route import Route
from watchglass.alerting.silence import Silences
from watchglass.alerting.time_interval import NamedIntervals
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels


class Suppression(StrEnum):
    """What keeps alerts quiet."""

    NONE = ""
    INHIBITION = "inhibition"
    ACTIVE_TIME = "active_time_interval"
    MUTE_TIME = "mute_time_interval"
    SILENCE = "silence"


class Audible(NamedTuple):
    """What is left of a group's alerts.

    Attributes:
        alerts: those that are not kept quiet.
        muted_by: the time intervals that mute the whole group.
        counts: how many alerts each stage kept quiet.
    """

    alerts: list[Alert]
    muted_by: list[str]
    counts: dict[Suppression, int]


def muting(route: Route, intervals: NamedIntervals, now_ms: int) -> tuple[Suppression, list[str]]:
    """Whether time intervals mute a route now, and which."""
    if route.active_times and not intervals.holding(route.active_times, now_ms):
        return Suppression.ACTIVE_TIME, list(route.active_times)
    holding = intervals.holding(route.mute_times, now_ms)
    return (Suppression.MUTE_TIME, holding) if holding else (Suppression.NONE, [])


@dataclass(slots=True)
class Suppressor:
    """All that keeps alerts quiet."""

    inhibitor: Inhibitor
    intervals: NamedIntervals
    silences: Silences

    def audible(self, route: Route, alerts: Sequence[Alert], now_ms: int) -> Audible:
        """The alerts of a group that may be told now."""
        counts: dict[Suppression, int] = {}
        left = [alert for alert in alerts if self.inhibitor.inhibitor_of(alert.labels, now_ms) is None]
        if len(left) < len(alerts):
            counts[Suppression.INHIBITION] = len(alerts) - len(left)
        suppression, muted_by = muting(route, self.intervals, now_ms)
        if left and suppression:
            counts[suppression] = len(left)
            return Audible([], muted_by, counts)
        heard = [alert for alert in left if not self.silences.silencing(alert.labels, now_ms)]
        if len(heard) < len(left):
            counts[Suppression.SILENCE] = len(left) - len(heard)
        return Audible(heard, muted_by, counts)

    def suppressed(self, alerts: Sequence[Alert], now_ms: int) -> int:
        """How many alerts others inhibit, or silences match; it takes no time where neither can be."""
        if not self.inhibitor.has_rules and not self.silences.active(now_ms):
            return 0
        return sum(self.is_suppressed(alert, now_ms) for alert in alerts)

    def is_suppressed(self, alert: Alert, now_ms: int) -> bool:
        """Tell whether another alert inhibits this one, or a silence matches it, whatever the time of its routes."""
        if self.inhibitor.inhibitor_of(alert.labels, now_ms) is not None:
            return True
        return bool(self.silences.silencing(alert.labels, now_ms))

    def muting(self, route: Route, now_ms: int) -> tuple[Suppression, list[str]]:
        """Whether time intervals mute a route now, and which."""
        return muting(route, self.intervals, now_ms)

    def muter(self, root: Route, now_ms: int) -> Callable[[Labels], list[str]]:
        """Tells which time intervals mute alerts by their labels at a time: none where any of its routes tells of one."""
        muted = {
            route.id: names for route in root.walk() for why, names in [muting(route, self.intervals, now_ms)] if why
        }

        def muted_by(labels: Labels) -> list[str]:
            taken = root.match(dict(labels)) if muted else []
            if not all(route.id in muted for route in taken):
                return []
            return sorted({name for route in taken for name in muted[route.id]})

        return muted_by
