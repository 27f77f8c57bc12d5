"""What events do to metrics: the one description that history and live targets both follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """How an event moves a metric."""

    COUNT = "count"
    OBSERVE = "observe"
    LEVEL = "level"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Effect:
    """What each event of a table does to a metric.

    Attributes:
        kind: count it, observe a value, be there from one time until another, or leave a value behind.
        metric: its name.
        table: whose events.
        at: the column with the time at which it happens.
        by: of each label the column of words that fills it, or `=text` for a fixed one.
        value: the column that is added, observed or left; none adds 1.
        until: of a level, the column with the time at which it ends.
        known: sets of label values that are there from the start of the process.
    """

    kind: Kind
    metric: str
    table: str
    at: str
    by: Mapping[str, str] = field(default_factory=dict)
    value: str = ""
    until: str = ""
    known: Sequence[tuple[str, ...]] = ()


def count(
    metric: str,
    table: str,
    at: str,
    by: Mapping[str, str] | None = None,
    *,
    value: str = "",
    known: Sequence[tuple[str, ...]] = (),
) -> Effect:
    """Each event adds 1, or its `value`, to a counter."""
    return Effect(Kind.COUNT, metric, table, at, by or {}, value=value, known=known)


def observe(
    metric: str,
    table: str,
    at: str,
    value: str,
    by: Mapping[str, str] | None = None,
    *,
    known: Sequence[tuple[str, ...]] = (),
) -> Effect:
    """Each event's `value` is observed by a histogram."""
    return Effect(Kind.OBSERVE, metric, table, at, by or {}, value=value, known=known)


def level(
    metric: str,
    table: str,
    at: str,
    until: str,
    by: Mapping[str, str] | None = None,
    *,
    known: Sequence[tuple[str, ...]] = (),
) -> Effect:
    """A gauge tells how many events have begun and not ended."""
    return Effect(Kind.LEVEL, metric, table, at, by or {}, until=until, known=known)


def last(metric: str, table: str, at: str, value: str, by: Mapping[str, str] | None = None) -> Effect:
    """A gauge holds the `value` of the last event."""
    return Effect(Kind.LAST, metric, table, at, by or {}, value=value)
