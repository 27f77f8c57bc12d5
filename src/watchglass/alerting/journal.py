"""What alerting keeps on disk: alerts, silences, the notification log, timers of groups, and history.

What changes is gathered, and written in one transaction at the end of each operation. Where the disk does not take it,
it stays gathered, and goes along with the next: alerting itself goes on.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from watchglass.alerting.group import GroupId
from watchglass.alerting.notification_log import LogEntry, LogKey
from watchglass.alerting.silence import Silence, to_record
from watchglass.interfaces import Tables
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType

PART = "alerting"
SCHEMA = (
    """
CREATE TABLE alert (labels TEXT PRIMARY KEY, annotations TEXT NOT NULL, starts_ms INTEGER NOT NULL,
                    ends_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, generator_url TEXT NOT NULL,
                    timeout INTEGER NOT NULL, settled INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE silence (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE notification_log (group_key TEXT NOT NULL, receiver TEXT NOT NULL, integration TEXT NOT NULL,
                               place INTEGER NOT NULL, time_ms INTEGER NOT NULL, firing BLOB NOT NULL,
                               resolved BLOB NOT NULL, expires_ms INTEGER NOT NULL,
                               PRIMARY KEY (group_key, receiver, integration, place)) WITHOUT ROWID;
CREATE TABLE alert_group (route TEXT NOT NULL, labels TEXT NOT NULL, next_ms INTEGER NOT NULL,
                          PRIMARY KEY (route, labels)) WITHOUT ROWID;
CREATE TABLE alerting_alive (only INTEGER PRIMARY KEY CHECK (only = 1), time_ms INTEGER NOT NULL);
CREATE TABLE alert_history (number INTEGER PRIMARY KEY, labels TEXT NOT NULL, annotations TEXT NOT NULL,
                            starts_ms INTEGER NOT NULL, ended_ms INTEGER, generator_url TEXT NOT NULL);
CREATE INDEX alert_history_starts ON alert_history (starts_ms);
CREATE INDEX alert_history_open ON alert_history (labels) WHERE ended_ms IS NULL;
CREATE TABLE notification_history (number INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, receiver TEXT NOT NULL,
                                   integration TEXT NOT NULL, place INTEGER NOT NULL, group_key TEXT NOT NULL,
                                   reason TEXT NOT NULL, firing TEXT NOT NULL, resolved TEXT NOT NULL,
                                   attempts INTEGER NOT NULL, error TEXT NOT NULL, took_ms INTEGER NOT NULL);
CREATE INDEX notification_history_time ON notification_history (time_ms);
""",
    "ALTER TABLE notification_log ADD COLUMN remembered TEXT NOT NULL DEFAULT '{}'",
    """
CREATE TABLE notification_under_way (group_key TEXT NOT NULL, receiver TEXT NOT NULL, integration TEXT NOT NULL,
                                     place INTEGER NOT NULL, firing BLOB NOT NULL,
                                     PRIMARY KEY (group_key, receiver, integration, place)) WITHOUT ROWID;
""",
)

_MOST_STATEMENTS = 250_000
_encode = json.JSONEncoder(separators=(",", ":")).encode

K = TypeVar("K")
V = TypeVar("V")
Statement = tuple[str, tuple[Any, ...]]


@dataclass(slots=True)
class Loaded:
    """What was on disk.

    Attributes:
        settled: the labels of alerts that have ended and were told everywhere.
        under_way: of deliveries whose outcome is not known, what fired.
        timers: when groups were to be looked at.
        alive_ms: when the process wrote last that it was there; 0 where it never did.
    """

    alerts: list[Alert] = field(default_factory=list)
    settled: set[Labels] = field(default_factory=set)
    silences: list[Silence] = field(default_factory=list)
    entries: dict[LogKey, LogEntry] = field(default_factory=dict)
    under_way: dict[LogKey, frozenset[int]] = field(default_factory=dict)
    timers: dict[GroupId, int] = field(default_factory=dict)
    alive_ms: int = 0


class Journal:
    """Gathers what changes, and writes it."""

    def __init__(self, tables: Tables) -> None:
        tables.bring(PART, SCHEMA)
        self._tables = tables
        self._alerts: dict[Labels, Alert | None] = {}
        self._settled: set[Labels] = set()
        self._silences: dict[str, Silence | None] = {}
        self._entries: dict[LogKey, LogEntry | None] = {}
        self._timers: dict[GroupId, int | None] = {}
        self._under_way: dict[LogKey, frozenset[int] | None] = {}
        self._statements: list[Statement] = []

    def alert_changed(self, labels: Labels, alert: Alert | None) -> None:
        """An alert is as given now, or gone."""
        self._alerts[labels] = alert
        self._settled.discard(labels)

    def alert_settled(self, labels: Labels) -> None:
        """An alert has ended, and was told everywhere."""
        self._settled.add(labels)

    def silence_changed(self, id_: str, silence: Silence | None) -> None:
        """A silence is as given now, or gone."""
        self._silences[id_] = silence

    def entry_changed(self, key: LogKey, entry: LogEntry | None) -> None:
        """An entry of the notification log is as given now, or gone."""
        self._entries[key] = entry

    def delivery_changed(self, key: LogKey, firing: frozenset[int] | None) -> None:
        """A delivery is under way, or its outcome is known."""
        self._under_way[key] = firing

    def group_changed(self, id_: GroupId, next_ms: int | None) -> None:
        """A group is looked at then, or gone."""
        self._timers[id_] = next_ms

    def note(self, sql: str, *arguments: Any) -> None:
        """Gather one more statement; while the disk takes none, the oldest give way."""
        self._statements.append((sql, arguments))
        del self._statements[:-_MOST_STATEMENTS]

    def is_alive(self, now_ms: int) -> None:
        """The process is there."""
        self.note("INSERT OR REPLACE INTO alerting_alive VALUES (1, ?)", now_ms)

    def save(self) -> None:
        """Write what was gathered.

        Raises:
            StoreError: it is not on disk; it is written along with what comes next.
        """
        if not any(self._gathered()):
            return
        with self._tables.transaction() as con:
            for sql, rows in self._changes().items():
                con.executemany(sql, rows)
            for sql, arguments in self._statements:
                con.execute(sql, arguments)
        for gathered in self._gathered():
            gathered.clear()

    def _gathered(self) -> tuple[Any, ...]:
        keyed = (self._alerts, self._silences, self._entries, self._timers, self._under_way)
        return (*keyed, self._settled, self._statements)

    def _changes(self) -> dict[str, list[tuple[Any, ...]]]:
        gone, kept = _apart(self._alerts)
        no_silence, silences = _apart(self._silences)
        no_entry, entries = _apart(self._entries)
        no_timer, timers = _apart(self._timers)
        ended, under_way = _apart(self._under_way)
        return {
            "DELETE FROM alert WHERE labels = ?": [(pack(labels),) for labels in gone],
            "INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, 0)": [_alert_row(each) for _, each in kept],
            "UPDATE alert SET settled = 1 WHERE labels = ?": [(pack(labels),) for labels in self._settled],
            "DELETE FROM silence WHERE id = ?": [(id_,) for id_ in no_silence],
            "INSERT OR REPLACE INTO silence VALUES (?, ?)": [(id_, json.dumps(to_record(s))) for id_, s in silences],
            "DELETE FROM notification_log WHERE group_key = ? AND receiver = ? AND integration = ? AND place = ?": [
                tuple(key) for key in no_entry
            ],
            "INSERT OR REPLACE INTO notification_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)": [
                (*key, *_entry_row(entry)) for key, entry in entries
            ],
            "DELETE FROM notification_under_way WHERE group_key = ? AND receiver = ? AND integration = ? AND place = ?": [
                tuple(key) for key in ended
            ],
            "INSERT OR REPLACE INTO notification_under_way VALUES (?, ?, ?, ?, ?)": [
                (*key, _numbers(firing)) for key, firing in under_way
            ],
            "DELETE FROM alert_group WHERE route = ? AND labels = ?": [(route, pack(ls)) for route, ls in no_timer],
            "INSERT OR REPLACE INTO alert_group VALUES (?, ?, ?)": [(r, pack(ls), ms) for (r, ls), ms in timers],
        }

    def load(self) -> Loaded:
        """Read what is on disk."""
        rows, loaded = self._tables.rows, Loaded()
        for labels, notes, starts, ends, updated, url, timeout, settled in rows("SELECT * FROM alert"):
            alert = Alert(unpack(labels), unpack(notes), starts, ends, updated, url, bool(timeout))
            loaded.alerts.append(alert)
            if settled:
                loaded.settled.add(alert.labels)
        loaded.silences = [_silence(id_, json.loads(body)) for id_, body in rows("SELECT * FROM silence")]
        for *key, time_ms, firing, resolved, expires_ms, remembered in rows("SELECT * FROM notification_log"):
            marks = frozenset(array("Q", firing)), frozenset(array("Q", resolved))
            loaded.entries[LogKey(*key)] = LogEntry(time_ms, *marks, expires_ms, json.loads(remembered))
        for *key, firing in rows("SELECT * FROM notification_under_way"):
            loaded.under_way[LogKey(*key)] = frozenset(array("Q", firing))
        loaded.timers = {(route, unpack(ls)): ms for route, ls, ms in rows("SELECT * FROM alert_group")}
        loaded.alive_ms = next((ms for (ms,) in rows("SELECT time_ms FROM alerting_alive")), 0)
        return loaded

    def forget_timers(self, ids: Iterable[GroupId]) -> None:
        """Drop the timers of groups that came to nothing."""
        for id_ in ids:
            self._timers.setdefault(id_, None)


def pack(labels: Labels) -> str:
    """A label set as text that sorts and compares as it does."""
    return _encode(labels)


def unpack(text: str) -> Labels:
    """The label set of such a text."""
    return Labels((name, value) for name, value in json.loads(text))


def _apart(changes: Mapping[K, V | None]) -> tuple[list[K], list[tuple[K, V]]]:
    """What is gone, and what is there now."""
    gone = [key for key, value in changes.items() if value is None]
    return gone, [(key, value) for key, value in changes.items() if value is not None]


def _entry_row(entry: LogEntry) -> tuple[Any, ...]:
    marks = _numbers(entry.firing), _numbers(entry.resolved)
    return (entry.time_ms, *marks, entry.expires_ms, _encode(dict(entry.remembered)))


def _alert_row(alert: Alert) -> tuple[Any, ...]:
    return (
        pack(alert.labels),
        pack(alert.annotations),
        alert.starts_ms,
        alert.ends_ms,
        alert.updated_ms,
        alert.generator_url,
        alert.timeout,
    )


def _numbers(values: Iterable[int]) -> bytes:
    return array("Q", sorted(values)).tobytes()


def _silence(id_: str, record: list[Any]) -> Silence:
    matchers, starts_ms, ends_ms, created_by, comment, updated_ms, annotations = record
    return Silence(
        tuple(Matcher(name, MatchType(kind), value) for name, kind, value in matchers),
        starts_ms,
        ends_ms,
        created_by,
        comment,
        id_,
        updated_ms,
        annotations,
    )
