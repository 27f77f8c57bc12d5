"""The alert manager of this process: the dispatcher, what it knows, and what of it is on disk, behind one lock.

Each operation ends with its changes on disk, and only then has effects: an alert is stored before its sender is answered,
an outcome before the group goes on.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from watchglass.alerting.alerts import MAX_ALERTS, AlertStore
from watchglass.alerting.configuration import AlertmanagerConfig
from watchglass.alerting.dispatch import Delivery, Dispatcher, DispatchOptions, State
from watchglass.alerting.group import AggregationGroup
from watchglass.alerting.history import History, HistoryLimits
from watchglass.alerting.journal import Journal, Loaded
from watchglass.alerting.notification_log import NotificationLog
from watchglass.alerting.silence import RETENTION_MS, Silence, SilenceLimits, Silences
from watchglass.clock import Clock
from watchglass.errors import StoreError
from watchglass.interfaces import Tables
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels

log = logging.getLogger("watchglass.alerting")

MAINTENANCE_MS = 60_000
ENDED_KEPT_MS = 30 * 60_000
"""How long an alert is known after its end, so that a late word joins it."""
EXPIRED_KEPT_MS = 15 * 60_000
"""How long entries of the notification log outlive their end, which is short where repeats are: Alertmanager looks so often."""
_MOST_WAITING = 1_000_000  # alerts that rules have put, and that no step has taken yet


RouteLabels = Callable[[AggregationGroup, Sequence[Alert], int], Mapping[str, str]]
"""Renders the labels of a group's route, whose values are templates, for these of its alerts now."""


@dataclass(frozen=True, slots=True)
class AlertingOptions:
    """Bounds, and how long things are kept."""

    max_alerts: int = MAX_ALERTS
    retention_ms: int = RETENTION_MS
    silences: SilenceLimits = field(default_factory=SilenceLimits)
    history: HistoryLimits = field(default_factory=HistoryLimits)
    dispatch: DispatchOptions = field(default_factory=DispatchOptions)


@dataclass(slots=True)
class Counts:
    """What happened since the start, for metrics."""

    received_firing: int = 0
    received_resolved: int = 0
    dropped: int = 0
    unsaved: int = 0
    jumps: int = 0


class Trying(NamedTuple):
    """How far a delivery is that has not succeeded yet.

    Attributes:
        attempts: how many have failed.
        error: why the last one did.
        next_ms: when the next one is meant to begin; None while one is under way.
    """

    attempts: int = 0
    error: str = ""
    next_ms: int | None = None


class AlertManager:
    """Takes alerts, decides, and remembers; `runner` sends.

    Args:
        config: the routing tree and what belongs to it.
        tables: where it is kept; None to keep nothing.
        clock: the time.

    Raises:
        StoreError: what is on disk cannot be read.
    """

    def __init__(
        self, config: AlertmanagerConfig, tables: Tables | None, clock: Clock, options: AlertingOptions | None = None
    ) -> None:
        self._clock, self._options = clock, options or AlertingOptions()
        self._lock = threading.RLock()
        self._inbox: deque[Alert] = deque(maxlen=_MOST_WAITING)
        self._journal = Journal(tables) if tables is not None else None
        self.history = History(self._journal, tables, self._options.history) if self._journal and tables else None
        self.counts, self.started_ms = Counts(), clock.now_ms()
        self.wake: Callable[[], None] = lambda: None
        self.route_labels: RouteLabels = _as_written
        self.unsaved = ""  # why the last change is not on disk
        self.is_full = False  # alerts were refused not long ago
        self.trying: dict[int, Trying] = {}  # deliveries under way of which an attempt has failed, by their numbers
        self._settled: set[Labels] = set()
        self._maintained_ms = self.started_ms
        self.dispatcher = self._restored(config)

    def _restored(self, config: AlertmanagerConfig) -> Dispatcher:
        now_ms, options, journal = self._clock.now_ms(), self._options, self._journal
        loaded = journal.load() if journal else Loaded()
        self._settled = loaded.settled
        state = State(
            AlertStore(self._patient(config, loaded, now_ms), self._alert_changed, options.max_alerts),
            Silences(
                loaded.silences,
                journal.silence_changed if journal else _nothing,
                options.silences,
                options.retention_ms,
            ),
            NotificationLog(
                loaded.entries.items(),
                journal.entry_changed if journal else _nothing,
                options.retention_ms,
                unsure=loaded.under_way,
                begun=journal.delivery_changed if journal else _nothing,
            ),
            journal.group_changed if journal else _nothing,
            self._alert_settled,
        )
        dispatcher = Dispatcher(config, state, options.dispatch, now_ms)
        dispatcher.reroute(now_ms, self._settled.__contains__, loaded.timers)
        if journal:
            journal.forget_timers(id_ for id_ in loaded.timers if id_ not in dispatcher.groups)
            journal.is_alive(now_ms)
        return dispatcher

    def _patient(self, config: AlertmanagerConfig, loaded: Loaded, now_ms: int) -> Iterator[Alert]:
        """The alerts; those whose end passed while nobody was there to hear that they still fire are given time anew."""
        for alert in loaded.alerts:
            is_missed = loaded.alive_ms < alert.ends_ms <= now_ms and alert.ends_ms > alert.updated_ms
            if is_missed and alert.labels not in self._settled:
                patience_ms = min(alert.ends_ms - alert.updated_ms, config.global_.resolve_timeout_ms)
                alert = replace(alert, ends_ms=now_ms + patience_ms)  # noqa: PLW2901 - the same alert
            yield alert

    def _alert_changed(self, labels: Labels, alert: Alert | None) -> None:
        self._settled.discard(labels)
        if self._journal is not None:
            self._journal.alert_changed(labels, alert)

    def _alert_settled(self, labels: Labels) -> None:
        self._settled.add(labels)
        if self._journal is not None:
            self._journal.alert_settled(labels)

    @property
    def config(self) -> AlertmanagerConfig:
        """What is in force."""
        return self.dispatcher.config

    def put(self, alerts: Sequence[Alert]) -> None:
        """Take alerts of this process; they are looked at with the next step. Neither waits nor raises."""
        self.counts.dropped += max(0, len(self._inbox) + len(alerts) - _MOST_WAITING)
        self._inbox.extend(alerts)
        self.wake()

    def accept(self, alerts: Iterable[Alert]) -> int:
        """Take alerts of a sender elsewhere; they are on disk when it returns. The answer is how many are refused: too many are known.

        Raises:
            StoreError: they were taken, but are not on disk.
        """
        with self._lock:
            refused = self._take(list(alerts), self._clock.now_ms())
            self._save()
        self.wake()
        return refused

    def step(self) -> list[Delivery]:
        """Look at what is due; the answer is what is to be sent."""
        with self._lock:
            now_ms = self._clock.now_ms()
            waiting = [self._inbox.popleft() for _ in range(len(self._inbox))]
            self._take(waiting, now_ms)
            deliveries = self.dispatcher.step(now_ms)
            if now_ms >= self._maintained_ms + MAINTENANCE_MS:
                self._maintain(now_ms)
            self._save_if_possible()
            return deliveries

    def due_ms(self) -> int | None:
        """When `step` has something to do."""
        with self._lock:
            return self._clock.now_ms() if self._inbox else self.dispatcher.due_ms()

    def delivered(self, delivery: Delivery, attempts: int = 1) -> None:
        """A receiver has taken a notification."""
        with self._lock:
            now_ms = self._clock.now_ms()
            self.dispatcher.delivered(delivery, now_ms)
            self._ended(delivery, now_ms, attempts, "")

    def failed(self, delivery: Delivery, attempts: int, error: str) -> None:
        """A receiver has not taken it, however often it was tried."""
        with self._lock:
            now_ms = self._clock.now_ms()
            self.dispatcher.failed(delivery, now_ms)
            self._ended(delivery, now_ms, attempts, error)

    def set_silence(self, silence: Silence) -> str:
        """Make or change a silence; the answer is its id, and it is on disk.

        Raises:
            SilenceError: it is not valid, or not known.
            StoreError: it is in force, but not on disk.
        """
        with self._lock:
            id_ = self.dispatcher.state.silences.set(silence, self._clock.now_ms())
            self._save()
            return id_

    def expire_silence(self, id_: str) -> None:
        """End a silence.

        Raises:
            UnknownSilenceError: there is none of that id.
            StoreError: it has ended, but that is not on disk.
        """
        with self._lock:
            self.dispatcher.state.silences.expire(id_, self._clock.now_ms())
            self._save()

    def reload(self, config: AlertmanagerConfig) -> None:
        """Take another configuration: all alerts are sorted into groups anew, as Alertmanager does."""
        with self._lock:
            self.dispatcher.configure(config)
            self.dispatcher.reroute(self._clock.now_ms(), self._settled.__contains__)
            self._save_if_possible()
        self.wake()

    def clock_jumped(self, delta_ms: int) -> None:
        """The clock was set: what waits goes on waiting as long as it would have."""
        with self._lock:
            self.counts.jumps += 1
            self.dispatcher.shift(delta_ms, self._clock.now_ms())
            self._maintained_ms += delta_ms
            self._save_if_possible()
        log.warning("the clock was set; alerting follows it", extra={"seconds": delta_ms / 1000})

    @contextmanager
    def look(self) -> Iterator[Dispatcher]:
        """The dispatcher, held still while it is read."""
        with self._lock:
            yield self.dispatcher

    def _take(self, alerts: Sequence[Alert], now_ms: int) -> int:
        """Take alerts; the answer is how many are refused."""
        known = self.dispatcher.state.alerts
        refused_before = known.refused
        for alert in alerts:
            ends = alert.is_resolved(now_ms)
            self.counts.received_resolved += ends
            self.counts.received_firing += not ends
            before = known.get(alert.labels)
            fired = before is not None and not before.is_resolved(now_ms)
            self.dispatcher.put((alert,), now_ms)
            after = known.get(alert.labels)
            if self.history is not None and after is not None:
                self._note(before, after, fired=fired, now_ms=now_ms)
        refused = known.refused - refused_before
        if refused and not self.is_full:
            log.error("alerts are refused: too many are known", extra={"alerting.max_alerts": self._options.max_alerts})
        self.is_full = self.is_full or refused > 0
        return refused

    def _note(self, before: Alert | None, after: Alert, *, fired: bool, now_ms: int) -> None:
        """Note that an alert began, or ended."""
        assert self.history is not None
        fires = not after.is_resolved(now_ms)
        if before is not None and not fired and fires:
            self.history.ended(before)
        if fires and not fired:
            self.history.began(after)
        if fired and not fires:
            self.history.ended(after)

    def _ended(self, delivery: Delivery, now_ms: int, attempts: int, error: str) -> None:
        self.trying.pop(delivery.number, None)
        if self.history is not None:
            self.history.notified(delivery, now_ms, attempts, error)
        self._save_if_possible()

    def _maintain(self, now_ms: int) -> None:
        """Forget what is old, once a minute."""
        since_ms, self._maintained_ms = self._maintained_ms - MAINTENANCE_MS, now_ms
        state = self.dispatcher.state
        if self.history is not None:
            for alert in state.alerts:
                if since_ms < alert.ends_ms <= now_ms:
                    self.history.ended(alert)
            self.history.trim(now_ms)
        state.alerts.forget(now_ms - ENDED_KEPT_MS, self.dispatcher.holds)
        self.is_full = self.is_full and len(state.alerts) >= self._options.max_alerts
        state.silences.forget(now_ms)
        state.log.forget(now_ms - EXPIRED_KEPT_MS)
        self.dispatcher.suppressor.inhibitor.forget(now_ms)
        if self._journal is not None:
            self._journal.is_alive(now_ms)

    def _save(self) -> None:
        if self._journal is None:
            return
        try:
            self._journal.save()
        except StoreError as error:
            self.counts.unsaved += 1
            if not self.unsaved:
                log.error("alerts go on, but their state is not on disk", extra={"error": str(error)})  # noqa: TRY400 - the text says all
            self.unsaved = str(error)
            raise
        if self.unsaved:
            log.info("the state of alerts is on disk again")
        self.unsaved = ""

    def _save_if_possible(self) -> None:
        try:
            self._save()
        except StoreError:
            return  # told by `_save`, and kept for the next time


def _as_written(group: AggregationGroup, _alerts: Sequence[Alert], _now_ms: int) -> Mapping[str, str]:
    return dict(group.route.labels)


def _nothing(*_: object) -> None:
    """Keep nothing."""
