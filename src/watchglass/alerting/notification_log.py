"""The notification log: what each receiver was told last of each group, so that nothing is told twice.

Source: prometheus/alertmanager, nflog/nflog.go, notify/dedup_stage.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

RETENTION_MS = 120 * 3_600_000
"""How long an entry is kept at most."""

NOTHING: Mapping[str, str] = MappingProxyType({})


class Reason(StrEnum):
    """Why a receiver is notified, in Alertmanager's words."""

    NONE = "none"
    FIRST = "first notification"
    NEW_ALERTS = "new alerts added"
    NEW_RESOLVED = "some alerts resolved"
    ALL_RESOLVED = "all alerts resolved"
    REPEAT = "repeat interval elapsed"


class LogKey(NamedTuple):
    """Which entry: a group, and one integration of a receiver."""

    group_key: str
    receiver: str
    integration: str
    place: int


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What was told last.

    Attributes:
        time_ms: when.
        firing: marks of the alerts that fired.
        resolved: marks of those that had ended.
        expires_ms: when it is forgotten.
        remembered: what the receiver noted, such as which message to change.
    """

    time_ms: int
    firing: frozenset[int]
    resolved: frozenset[int]
    expires_ms: int
    remembered: Mapping[str, str] = field(default_factory=dict, hash=False)


def needs_update(
    entry: LogEntry | None,
    firing: AbstractSet[int],
    resolved: AbstractSet[int],
    *,
    repeat_ms: int,
    sends_resolved: bool,
    now_ms: int,
) -> Reason:
    """Why a receiver must hear of a group as it is now; `Reason.NONE` where it need not."""
    if entry is None:
        return Reason.FIRST if firing else Reason.NONE
    if not firing <= entry.firing:
        return Reason.NEW_ALERTS if entry.firing else Reason.FIRST
    if not firing:  # whether or not it wants to hear of it, so that the log forgets what fired
        return Reason.ALL_RESOLVED if entry.firing else Reason.NONE
    if sends_resolved and not resolved <= entry.resolved:
        return Reason.NEW_RESOLVED
    return Reason.REPEAT if entry.time_ms < now_ms - repeat_ms else Reason.NONE


class NotificationLog:
    """All entries.

    Before a receiver is told, what it is told is noted as under way. Where the process dies before the outcome is known,
    the receiver may have heard it: should the alerts end meanwhile, it is told so.

    Args:
        entries: those that are known.
        changed: hears of each one that changes: its key, and what it is now, or None where it is gone.
        unsure: what was under way when the process died.
        begun: hears of what is under way: its key and what fires, or None where its outcome is known.
    """

    def __init__(
        self,
        entries: Iterable[tuple[LogKey, LogEntry]] = (),
        changed: Callable[[LogKey, LogEntry | None], None] = lambda _key, _entry: None,
        retention_ms: int = RETENTION_MS,
        *,
        unsure: Mapping[LogKey, frozenset[int]] | None = None,
        begun: Callable[[LogKey, frozenset[int] | None], None] = lambda _key, _firing: None,
    ) -> None:
        self._entries = dict(entries)
        self._changed, self._retention_ms = changed, retention_ms
        self._unsure, self._begun = dict(unsure or {}), begun

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: LogKey) -> LogEntry | None:
        """What was told last."""
        return self._entries.get(key)

    def may_know(self, key: LogKey) -> bool:
        """Tell whether a receiver may have heard of alerts that fire without our knowing."""
        return bool(self._unsure.get(key))

    def begin(self, key: LogKey, firing: frozenset[int]) -> None:
        """A receiver is about to be told."""
        self._begun(key, firing)

    def give_up(self, key: LogKey) -> None:
        """It was not told."""
        self._begun(key, None)

    def write(
        self,
        key: LogKey,
        firing: AbstractSet[int],
        resolved: AbstractSet[int],
        repeat_ms: int,
        now_ms: int,
        *,
        remembered: Mapping[str, str] = NOTHING,
    ) -> None:
        """Note what was told now; it is forgotten after twice the repeat interval."""
        kept_ms = min(self._retention_ms, 2 * repeat_ms)
        entry = LogEntry(now_ms, frozenset(firing), frozenset(resolved), now_ms + kept_ms, dict(remembered))
        self._entries[key] = entry
        self._unsure.pop(key, None)
        self._begun(key, None)
        self._changed(key, entry)

    def forget(self, now_ms: int) -> None:
        """Drop what is old."""
        for key, entry in list(self._entries.items()):
            if entry.expires_ms <= now_ms:
                del self._entries[key]
                self._changed(key, None)

    def shift(self, delta_ms: int) -> None:
        """Follow a clock that jumped."""
        for key, entry in self._entries.items():
            moved = replace(entry, time_ms=entry.time_ms + delta_ms, expires_ms=entry.expires_ms + delta_ms)
            self._entries[key] = moved
            self._changed(key, moved)
