"""The dispatcher: sorts alerts into groups, and decides when whom to tell what. It never sends and never waits.

A state machine over `now_ms`: `put` takes alerts, `due_ms` says when something may be to do, `step` answers with the
deliveries to attempt, and each of them ends in `delivered` or `failed`. The same code runs on a virtual clock.
Source: prometheus/alertmanager, dispatch/dispatch.go, notify/notify.go.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from watchglass.alerting.alerts import AlertStore, in_order, mark
from watchglass.alerting.configuration import AlertmanagerConfig
from watchglass.alerting.group import AggregationGroup, GroupId
from watchglass.alerting.inhibition import Inhibitor
from watchglass.alerting.notification_log import LogKey, NotificationLog, Reason, needs_update
from watchglass.alerting.read_receivers import Integration
from watchglass.alerting.route import Route
from watchglass.alerting.silence import Silences
from watchglass.alerting.suppression import Suppression, Suppressor
from watchglass.model.alert import TEST_MARK, Alert
from watchglass.model.labels import Labels

MIN_TIMEOUT_MS = 10_000
"""A delivery may take this long, however short the group interval is."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification to attempt.

    Attributes:
        number: which one.
        key: its entry in the notification log.
        integration: who sends it.
        group: whose alerts.
        route_labels: of the group's route.
        alerts: what it tells of, in order; ended ones only where the receiver wants to hear of them.
        firing: marks of all that fires in the group.
        resolved: marks of all that has ended.
        reason: why now.
        now_ms: when it was decided.
        deadline_ms: when attempts end.
        repeat_ms: after which it is repeated.
        remembered: what the receiver noted with the last one of the group, and may add to.
    """

    number: int
    key: LogKey
    integration: Integration
    group: AggregationGroup = field(repr=False)
    alerts: tuple[Alert, ...] = field(repr=False)
    firing: frozenset[int]
    resolved: frozenset[int]
    reason: Reason
    now_ms: int
    deadline_ms: int
    repeat_ms: int
    remembered: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_test(self) -> bool:
        """Tell whether it tells of test alerts alone."""
        return all(alert.labels.get(TEST_MARK) for alert in self.alerts)


class _Turn(NamedTuple):
    """A group when its time has come: the alerts that may be told, and the marks of those that fire and have ended."""

    group: AggregationGroup
    alerts: list[Alert]
    firing: frozenset[int]
    resolved: frozenset[int]
    now_ms: int

    @classmethod
    def of(cls, group: AggregationGroup, alerts: list[Alert], now_ms: int) -> _Turn:
        """Mark the alerts."""
        marks = [(mark(alert.labels), alert.is_resolved(now_ms)) for alert in alerts]
        firing = frozenset(number for number, ended in marks if not ended)
        return cls(group, alerts, firing, frozenset(number for number, ended in marks if ended), now_ms)


@dataclass(frozen=True, slots=True)
class DispatchOptions:
    """How groups live.

    Attributes:
        linger_ms: how often groups without alerts are taken away. 0, as in Alertmanager 0.34: at once. In 0.25 an alert that
            comes back in between joins the old group, and so waits for its next turn.
        hasty: any alert that is older than the group wait ends the wait, not only the group's first.
    """

    linger_ms: int = 0
    hasty: bool = False


@dataclass(slots=True)
class State:
    """What a dispatcher works on, and what outlives a configuration.

    Attributes:
        alerts: that are known.
        silences: that are known.
        log: what was told.
        group_changed: hears of each group whose timer was set: its id, and when it is looked at next, or None where it
            is gone.
        ended: hears of alerts that have ended.
        settled: hears of an alert that has ended and that every group has told.
    """

    alerts: AlertStore
    silences: Silences
    log: NotificationLog
    group_changed: Callable[[GroupId, int | None], None] = lambda _id, _next: None
    settled: Callable[[Labels], None] = lambda _labels: None


class Dispatcher:
    """Decides.

    Args:
        config: the routing tree and what belongs to it.
        state: what is known.
        options: how groups live.
        now_ms: when it begins.
    """

    def __init__(
        self, config: AlertmanagerConfig, state: State, options: DispatchOptions | None = None, now_ms: int = 0
    ) -> None:
        self.state, self._options = state, options or DispatchOptions()
        self.suppressed: Counter[Suppression] = Counter()
        self.groups: dict[GroupId, AggregationGroup] = {}
        self.in_flight: dict[int, Delivery] = {}
        self._holders: Counter[Labels] = Counter()
        self._numbers, self._turns = count(1), count()
        self._heap: list[tuple[int, int, AggregationGroup]] = []
        self._flying: set[LogKey] = set()  # entries whose next word is under way
        self._tidied_ms = now_ms
        self.configure(config)

    def configure(self, config: AlertmanagerConfig) -> None:
        """Take another configuration: groups begin anew, and deliveries that are under way go on."""
        self.config = config
        self.suppressor = Suppressor(
            Inhibitor(config.inhibit_rules, self.state.alerts), config.intervals, self.state.silences
        )

    def reroute(
        self,
        now_ms: int,
        told: Callable[[Labels], bool] = lambda _labels: False,
        timers: Mapping[GroupId, int] | None = None,
    ) -> None:
        """Sort all alerts into groups anew.

        Args:
            now_ms: now.
            told: which alerts have ended and were told everywhere; they are left out.
            timers: when groups of before were to be looked at.
        """
        for id_ in self.groups:
            self.state.group_changed(id_, None)
        self.groups.clear()
        self._holders.clear()
        self._heap.clear()
        for alert in in_order(self.state.alerts):
            if not (alert.is_resolved(now_ms) and told(alert.labels)):
                self._route(alert, now_ms)
        for id_, next_ms in (timers or {}).items():
            if (group := self.groups.get(id_)) is not None:
                self._set_timer(group, next_ms)

    def put(self, alerts: Iterable[Alert], now_ms: int) -> None:
        """Take word of alerts."""
        self._tidy(now_ms)
        for alert in alerts:
            known = self.state.alerts.put(alert, now_ms)
            if known is not None:
                self.suppressor.inhibitor.put((known,))
                self._route(known, now_ms)

    def due_ms(self) -> int | None:
        """When `step` has something to do; None while nothing waits."""
        while self._heap:
            next_ms, _, group = self._heap[0]
            if self._is_current(group, next_ms):
                return next_ms
            heapq.heappop(self._heap)
        return None

    def step(self, now_ms: int) -> list[Delivery]:
        """Look at every group whose time has come; the answer is what is to be sent."""
        deliveries: list[Delivery] = []
        self._tidy(now_ms)
        while (due_ms := self.due_ms()) is not None and due_ms <= now_ms:
            deliveries += self._flush(heapq.heappop(self._heap)[2], now_ms)
        return deliveries

    def delivered(self, delivery: Delivery, now_ms: int) -> None:
        """A receiver has taken a notification: it is in the log from now on."""
        self.state.log.write(
            delivery.key,
            delivery.firing,
            delivery.resolved,
            delivery.repeat_ms,
            now_ms,
            remembered=delivery.remembered,
        )
        self._answered(delivery, now_ms, failed=False)

    def failed(self, delivery: Delivery, now_ms: int) -> None:
        """A receiver has not: the group will try again at its next turn."""
        self.state.log.give_up(delivery.key)
        self._answered(delivery, now_ms, failed=True)

    def is_outdated(self, delivery: Delivery, now_ms: int) -> bool:
        """Tell whether a delivery would call alerts firing that have ended, and its group, which would tell so, is gone.

        A test alert that was withdrawn is told to nobody who has not heard of it yet, although its group is there.
        """
        if delivery.group.id in self.groups and not delivery.is_test:
            return False
        known = [
            self.state.alerts.get(alert.labels) for alert in delivery.alerts if not alert.is_resolved(delivery.now_ms)
        ]
        return any(alert is None or alert.is_resolved(now_ms) for alert in known)

    def holds(self, labels: Labels) -> bool:
        """Tell whether a group holds an alert."""
        return self._holders[labels] > 0

    def shift(self, delta_ms: int, now_ms: int) -> None:
        """Follow a clock that jumped to `now_ms`: waiting takes as long as it would have."""
        alerts = self.state.alerts
        alerts.shift(delta_ms, now_ms)
        self.state.log.shift(delta_ms)
        self.configure(self.config)
        for group in self.groups.values():
            group.alerts = {labels: alerts.get(labels) or alert for labels, alert in group.alerts.items()}
            self._set_timer(group, group.next_ms + delta_ms)
        self._tidied_ms += delta_ms

    def _route(self, alert: Alert, now_ms: int) -> None:
        for route in self.config.route.match(dict(alert.labels)):
            self._insert(route, alert, now_ms)

    def _insert(self, route: Route, alert: Alert, now_ms: int) -> None:
        labels = route.group_labels(alert.labels)
        group = self.groups.get((route.id, labels))
        is_old = alert.starts_ms + route.group_wait_ms < now_ms
        if group is None:
            group = AggregationGroup(route, labels, now_ms if is_old else now_ms + route.group_wait_ms)
            self.groups[group.id] = group
            self._set_timer(group, group.next_ms)
        elif self._options.hasty and group.is_new and is_old:
            self._set_timer(group, now_ms)
        if alert.labels not in group.alerts:
            self._holders[alert.labels] += 1
        group.alerts[alert.labels] = alert

    def _flush(self, group: AggregationGroup, now_ms: int) -> list[Delivery]:
        """Decide what to tell of a group now."""
        group.is_new = False
        interval_ms = group.route.group_interval_ms
        is_late = now_ms - group.next_ms >= interval_ms  # a little later than meant, turns keep their pace
        group.next_ms = (now_ms if is_late else group.next_ms) + interval_ms
        alerts = in_order(group.alerts.values())
        group.failed = False
        group.ended = [alert for alert in alerts if alert.is_resolved(now_ms)]
        audible, group.muted_by, counts = self.suppressor.audible(group.route, alerts, now_ms)
        self.suppressed.update(counts)
        deliveries = self._deliveries(group, audible, now_ms) if audible else []
        group.waiting = {delivery.number for delivery in deliveries}
        for delivery in deliveries:
            self.in_flight[delivery.number] = delivery
            self._flying.add(delivery.key)
            self.state.log.begin(delivery.key, delivery.firing)
        if not deliveries:
            self._finish(group, now_ms)
        return deliveries

    def _deliveries(self, group: AggregationGroup, alerts: list[Alert], now_ms: int) -> list[Delivery]:
        turn, found = _Turn.of(group, alerts, now_ms), list[Delivery]()
        for integration in self.config.receivers[group.route.receiver].integrations:
            key = LogKey(group.key, integration.receiver, integration.kind, integration.place)
            reason = Reason.NONE if integration.disabled else self._reason(turn, integration, key)
            if reason is Reason.NONE:
                continue
            if key in self._flying:  # from before a change of the configuration: its outcome decides at the next turn
                group.failed = True
            elif turn.firing or integration.sends_resolved:
                found.append(self._delivery(turn, integration, key, reason))
            else:  # nothing to send; noted so that the next one is a first
                repeat_ms = group.route.repeat_interval_ms
                self.state.log.write(key, turn.firing, turn.resolved, repeat_ms, now_ms)
        return found

    def _reason(self, turn: _Turn, integration: Integration, key: LogKey) -> Reason:
        """Why an integration must hear of a group now."""
        reason = needs_update(
            self.state.log.get(key),
            turn.firing,
            turn.resolved,
            repeat_ms=turn.group.route.repeat_interval_ms,
            sends_resolved=integration.sends_resolved,
            now_ms=turn.now_ms,
        )
        if reason is Reason.NONE and not turn.firing and self.state.log.may_know(key):
            return Reason.ALL_RESOLVED
        return reason

    def _delivery(self, turn: _Turn, integration: Integration, key: LogKey, reason: Reason) -> Delivery:
        route, entry, now_ms = turn.group.route, self.state.log.get(key), turn.now_ms
        wanted = turn.alerts if integration.sends_resolved else [a for a in turn.alerts if not a.is_resolved(now_ms)]
        return Delivery(
            number=next(self._numbers),
            key=key,
            integration=integration,
            group=turn.group,
            alerts=tuple(wanted),
            firing=turn.firing,
            resolved=turn.resolved,
            reason=reason,
            now_ms=now_ms,
            deadline_ms=now_ms + max(route.group_interval_ms, MIN_TIMEOUT_MS),
            repeat_ms=route.repeat_interval_ms,
            remembered=dict(entry.remembered) if entry and reason is not Reason.FIRST else {},
        )

    def _answered(self, delivery: Delivery, now_ms: int, *, failed: bool) -> None:
        group = delivery.group
        del self.in_flight[delivery.number]
        self._flying.discard(delivery.key)
        group.waiting.discard(delivery.number)
        group.failed = group.failed or failed
        if not group.waiting and self.groups.get(group.id) is group:
            self._finish(group, now_ms)

    def _finish(self, group: AggregationGroup, now_ms: int) -> None:
        """All was told, or failed: let go of what has ended, and wait for the next turn."""
        if not group.failed:
            self._let_go(group.drop(group.ended))
        group.ended = []
        if group.alerts or self._options.linger_ms:
            self._set_timer(group, max(group.next_ms, now_ms))
        else:
            self._remove(group)

    def _let_go(self, gone: Iterable[Labels]) -> None:
        for labels in gone:
            self._holders[labels] -= 1
            if self._holders[labels] <= 0:
                del self._holders[labels]
                self.state.settled(labels)

    def _remove(self, group: AggregationGroup) -> None:
        del self.groups[group.id]
        self.state.group_changed(group.id, None)

    def _tidy(self, now_ms: int) -> None:
        """Take groups without alerts away, where they linger."""
        linger_ms = self._options.linger_ms
        if not linger_ms or now_ms < self._tidied_ms + linger_ms:
            return
        self._tidied_ms += (now_ms - self._tidied_ms) // linger_ms * linger_ms
        for group in [each for each in self.groups.values() if not each.alerts and not each.waiting]:
            self._remove(group)

    def _set_timer(self, group: AggregationGroup, next_ms: int) -> None:
        group.next_ms = next_ms
        self.state.group_changed(group.id, next_ms)
        heapq.heappush(self._heap, (next_ms, next(self._turns), group))

    def _is_current(self, group: AggregationGroup, next_ms: int) -> bool:
        return group.next_ms == next_ms and not group.waiting and self.groups.get(group.id) is group
