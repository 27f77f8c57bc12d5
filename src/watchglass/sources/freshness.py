"""How far back an answer still holds, for the range cache: known exactly of our own store, assumed of a server elsewhere."""

from __future__ import annotations

from typing import Protocol

from watchglass.clock import Clock


class Freshness(Protocol):
    """Tells how much of an earlier answer still stands. `store.changes.Changes` is one."""

    def mark(self) -> int:
        """Now; taken before an answer is computed."""

    def oldest_since(self, mark: int) -> int:
        """The time in ms before which no sample has changed since `mark`."""


class Settled:
    """Of a server elsewhere we only know that samples older than some age do not change any more, as a rule.

    Args:
        clock: tells what is old.
        age_ms: older samples are taken as settled.
    """

    def __init__(self, clock: Clock, age_ms: int) -> None:
        self._clock = clock
        self._age_ms = age_ms

    def mark(self) -> int:
        """The time in ms before which an answer computed now is settled."""
        return self._clock.now_ms() - self._age_ms

    def oldest_since(self, mark: int) -> int:
        """That same time: whatever is younger may have changed."""
        return mark
