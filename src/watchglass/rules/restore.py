"""Finding again, after a restart, since when alerts have been pending: from the series that the last process wrote.

Source: prometheus/prometheus, rules/group.go (RestoreForState), rules/alerting.go (QueryForStateSeries).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from watchglass.interfaces import Queryable
from watchglass.model.alert import ALERT_NAME
from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.rules.alert_state import ActiveAlert
from watchglass.rules.alerting import AlertingRule
from watchglass.rules.dependencies import ALERTS_FOR_STATE
from watchglass.rules.surroundings import RuleOptions


class LastSeen(NamedTuple):
    """The newest sample of `ALERTS_FOR_STATE` of one alert."""

    time_ms: int
    active_ms: int


def restore(rule: AlertingRule, storage: Queryable, options: RuleOptions, now_ms: int) -> int:
    """Give the alerts of a rule back the time since when they have been pending; gives how many had one.

    An alert goes on waiting where it stopped, the time without a server left out, and at least the grace period; one that
    fired fires again at once.

    Raises:
        QueryError: the series cannot be read.
    """
    rule.restored = True
    if rule.definition.hold_ms < options.grace_ms or not rule.alerts:
        return 0
    seen = _last_seen(rule, storage, now_ms - options.outage_ms, now_ms)
    found = [(alert, seen[alert.labels]) for alert in rule.alerts.values() if alert.labels in seen]
    for alert, last in found:
        _restore(alert, last, rule.definition.hold_ms, options.grace_ms, now_ms)
    return len(found)


def _restore(alert: ActiveAlert, last: LastSeen, hold_ms: int, grace_ms: int, now_ms: int) -> None:
    down_ms = last.time_ms // 1000 * 1000
    remaining_ms = hold_ms - (down_ms - last.active_ms)
    if remaining_ms <= 0:
        alert.active_ms = last.active_ms
    elif remaining_ms < grace_ms:
        alert.active_ms = now_ms + grace_ms - hold_ms
    else:
        alert.active_ms = last.active_ms + now_ms - down_ms


def _last_seen(rule: AlertingRule, storage: Queryable, start_ms: int, end_ms: int) -> Mapping[Labels, LastSeen]:
    """By the labels of alerts; those that had ended are left out."""
    own = {**rule.definition.labels, METRIC_NAME: ALERTS_FOR_STATE, ALERT_NAME: rule.name}
    matchers = [Matcher(name, MatchType.EQUAL, value) for name, value in own.items() if "{{" not in value]
    series = storage.select(matchers, start_ms, end_ms).spread()
    found = {}
    for place, labels in enumerate(series.labels.rows()):
        last = int(series.offsets[place + 1]) - 1
        value = float(series.values[last])
        if math.isfinite(value):  # neither a stale marker nor anything else that is no time
            found[labels.without(METRIC_NAME)] = LastSeen(int(series.times[last]), int(value) * 1000)
    return found
