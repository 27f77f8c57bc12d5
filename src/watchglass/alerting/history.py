"""History: when each alert fired and ended, and who was told what and when; bounded in age and in number."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from watchglass.alerting.dispatch import Delivery
from watchglass.alerting.journal import Journal, pack, unpack
from watchglass.interfaces import Tables
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels

KEPT_MS = 90 * 86_400_000
MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """How long history is kept, and how many rows of either kind at most."""

    kept_ms: int = KEPT_MS
    rows: int = MOST_ROWS


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that an alert fired; `ended_ms` is None while it does."""

    labels: Labels
    annotations: Labels
    starts_ms: int
    ended_ms: int | None
    generator_url: str


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification and its outcome.

    Attributes:
        firing: the label sets of the alerts that it told of as firing; of many the first ones.
        resolved: those of the alerts that had ended.
        attempts: how often it was tried.
        error: why it was not delivered; empty where it was.
        took_ms: from the decision to the outcome.
    """

    time_ms: int
    receiver: str
    integration: str
    place: int
    group_key: str
    reason: str
    firing: tuple[Labels, ...]
    resolved: tuple[Labels, ...]
    attempts: int
    error: str
    took_ms: int


_COLUMNS = tuple(each.name for each in fields(Notification))
_NAMED = 100
"""So many alerts of a notification are kept by name."""


class History:
    """Notes what happens, and finds it again."""

    def __init__(self, journal: Journal, tables: Tables, limits: HistoryLimits | None = None) -> None:
        self._journal, self._tables, self.limits = journal, tables, limits or HistoryLimits()

    def began(self, alert: Alert) -> None:
        """An alert fires."""
        self._journal.note(
            "INSERT INTO alert_history (labels, annotations, starts_ms, generator_url) VALUES (?, ?, ?, ?)",
            pack(alert.labels),
            pack(alert.annotations),
            alert.starts_ms,
            alert.generator_url,
        )

    def ended(self, alert: Alert) -> None:
        """It has ended."""
        self._journal.note(
            "UPDATE alert_history SET ended_ms = ? WHERE labels = ? AND ended_ms IS NULL",
            alert.ends_ms,
            pack(alert.labels),
        )

    def notified(self, delivery: Delivery, now_ms: int, attempts: int, error: str) -> None:
        """A notification has an outcome."""
        firing = [each.labels for each in delivery.alerts if not each.is_resolved(delivery.now_ms)]
        resolved = [each.labels for each in delivery.alerts if each.is_resolved(delivery.now_ms)]
        self._journal.note(
            f"INSERT INTO notification_history ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",  # noqa: S608 - names of fields
            now_ms,
            delivery.key.receiver,
            delivery.key.integration,
            delivery.key.place,
            delivery.key.group_key,
            delivery.reason.value,
            json.dumps(firing[:_NAMED]),
            json.dumps(resolved[:_NAMED]),
            attempts,
            error,
            now_ms - delivery.now_ms,
        )

    def trim(self, now_ms: int) -> None:
        """Drop what is too old or too much; what still fires stays."""
        oldest, rows = now_ms - self.limits.kept_ms, self.limits.rows
        self._journal.note("DELETE FROM alert_history WHERE ended_ms < ?", oldest)
        self._journal.note("DELETE FROM notification_history WHERE time_ms < ?", oldest)
        for table in ("alert_history", "notification_history"):
            newest = f"SELECT max(number) FROM {table}"  # noqa: S608 - one of two names
            self._journal.note(f"DELETE FROM {table} WHERE number <= ({newest}) - ?", rows)  # noqa: S608 - likewise

    def episodes(self, from_ms: int, to_ms: int, limit: int = 1000, labels: Labels | None = None) -> list[Episode]:
        """Alerts that fired within a range, the newest first; only the one with `labels`, where they are given."""
        text = pack(labels) if labels is not None else None
        rows = self._tables.rows(
            "SELECT labels, annotations, starts_ms, ended_ms, generator_url FROM alert_history WHERE starts_ms <= ?1"
            " AND (ended_ms IS NULL OR ended_ms >= ?2) AND (?3 IS NULL OR labels = ?3)"
            " ORDER BY starts_ms DESC, number DESC LIMIT ?4",
            (to_ms, from_ms, text, limit),
        )
        return [Episode(unpack(labels), unpack(notes), *rest) for labels, notes, *rest in rows]

    def oldest_ms(self) -> int | None:
        """When the oldest alert that is remembered fired."""
        ((oldest_ms,),) = self._tables.rows("SELECT min(starts_ms) FROM alert_history", ())
        return None if oldest_ms is None else int(oldest_ms)

    def notifications(self, from_ms: int, to_ms: int, limit: int = 1000) -> list[Notification]:
        """Notifications within a range, the newest first."""
        rows = self._tables.rows(
            f"SELECT {', '.join(_COLUMNS)} FROM notification_history"  # noqa: S608 - names of fields
            " WHERE time_ms BETWEEN ? AND ? ORDER BY time_ms DESC, number DESC LIMIT ?",
            (from_ms, to_ms, limit),
        )
        return [_notification(*row) for row in rows]


def _notification(*row: Any) -> Notification:
    told = {"firing": _sets(row[6]), "resolved": _sets(row[7])}
    return Notification(**(dict(zip(_COLUMNS, row, strict=True)) | told))


def _sets(text: str) -> tuple[Labels, ...]:
    return tuple(Labels((name, value) for name, value in pairs) for pairs in json.loads(text))
