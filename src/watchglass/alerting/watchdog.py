"""The watchdog: an alert that always fires, on a route of its own, so that its silence says that alerts do not arrive."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from watchglass.alerting.matchers import Matchers
from watchglass.alerting.route import Route
from watchglass.errors import ConfigError
from watchglass.model.alert import ALERT_NAME
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType

if TYPE_CHECKING:
    from watchglass.alerting.configuration import AlertmanagerConfig

_LABELS = {ALERT_NAME: "Watchdog", "system": "watchglass"}


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Where the watchdog goes.

    Attributes:
        receiver: who is told, such as a dead man's switch.
        interval_ms: how often.
        missed: after so many intervals without a delivery it counts as not delivered.
    """

    receiver: str
    interval_ms: int
    missed: int

    @property
    def patience_ms(self) -> int:
        """How old the last delivery may be."""
        return self.missed * self.interval_ms


def is_watchdog(labels: Labels) -> bool:
    """Tell whether an alert is the watchdog."""
    return all(labels.get(name) == value for name, value in _LABELS.items())


def with_watchdog(config: AlertmanagerConfig, watchdog: Watchdog) -> AlertmanagerConfig:
    """A configuration whose first route takes the watchdog, and nothing else, to its receiver.

    Raises:
        ConfigError: there is no such receiver; names the nearest.
    """
    if watchdog.receiver not in config.receivers:
        near = difflib.get_close_matches(watchdog.receiver, config.receivers, 1)
        hint = f'; did you mean "{near[0]}"?' if near else f"; there are {', '.join(config.receivers)}"
        raise ConfigError(
            f'{config.path or "the routing"} has no receiver "{watchdog.receiver}"{hint}', key="watchdog.receiver"
        )
    root = config.route
    matchers = Matchers.of([Matcher(name, MatchType.EQUAL, value) for name, value in _LABELS.items()])
    route = Route(
        watchdog.receiver,
        matchers,
        group_wait_ms=0,
        group_interval_ms=watchdog.interval_ms,
        repeat_interval_ms=watchdog.interval_ms
        // 2,  # due at each turn, although the last one was answered after its own
        key=f"{root.key}/{matchers}",
        id=f"{root.id}/{matchers}/watchdog",
    )
    return replace(
        config,
        route=replace(root, routes=[route, *root.routes]),
        watchdog=watchdog,
        digest=f"{config.digest}/{watchdog!r}",
    )
