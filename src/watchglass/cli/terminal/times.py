"""Grafana's relative times, in a time zone: `now-24h`, `now/d`, `now-6d/d`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

_STEP = re.compile(r"([+-])(\d+)([smhdwMy])|/([smhdwMy])")
_RELATIVE = re.compile(r"now(?:[+-]\d+[smhdwMy]|/[smhdwMy])*")
_LENGTHS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_WORDS = {"m": "minute", "h": "hour", "d": "day", "w": "week", "M": "month", "y": "year"}
_LAST = re.compile(r"now-(\d+)([mhdwMy])")
_FULL = "%Y-%m-%d %H:%M"
_SPAN = re.compile(r"(\d+)(ms|[smhdw])")


class Range(NamedTuple):
    """A span of time in ms."""

    start_ms: int
    end_ms: int


def zone_of(name: str) -> tzinfo | None:
    """A dashboard's time zone; None for the machine's."""
    if name in {"", "browser"}:
        return None
    try:
        return UTC if name == "utc" else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def resolve(text: str, now_ms: int, zone: tzinfo | None = None, *, end: bool = False) -> int:
    """A time in ms: relative to now, or in ISO form, or ms since 1970; now where it is none of them."""
    if text.isdigit():
        return int(text)
    if _RELATIVE.fullmatch(text):
        return _relative(text, now_ms, zone, end=end)
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        return now_ms


def _relative(text: str, now_ms: int, zone: tzinfo | None, *, end: bool) -> int:
    wall = _wall(now_ms, zone)
    for sign, amount, unit, rounding in _STEP.findall(text):
        if rounding:
            wall = _start_of(wall, rounding)
            if end:
                wall = _add(wall, 1, rounding) - timedelta(milliseconds=1)
        else:
            wall = _add(wall, int(amount) * (1 if sign == "+" else -1), unit)
    return round(_absolute(wall, zone).timestamp() * 1000)


def _wall(time_ms: int, zone: tzinfo | None) -> datetime:
    """What the clock on the wall shows; with the zone, so that the second of two equal hours stays the second."""
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    return moment.astimezone(zone)


def _absolute(wall: datetime, zone: tzinfo | None) -> datetime:
    return wall if zone is not None else wall.replace(tzinfo=None).astimezone()


def _add(wall: datetime, amount: int, unit: str) -> datetime:
    """Hours and less are lengths; days and more keep what the clock shows."""
    if unit in "smh":
        moved = wall.astimezone(UTC) + timedelta(seconds=amount * _LENGTHS[unit])
        return moved.astimezone(wall.tzinfo)
    if unit in "dw":
        return wall + timedelta(seconds=amount * _LENGTHS[unit])
    months = wall.year * 12 + wall.month - 1 + amount * (12 if unit == "y" else 1)
    first = wall.replace(year=months // 12, month=months % 12 + 1, day=1)
    return first.replace(day=min(wall.day, _days_in(first)))


def _days_in(first: datetime) -> int:
    following = (first.replace(tzinfo=None) + timedelta(days=31)).replace(day=1)
    return (following - timedelta(days=1)).day


def _start_of(wall: datetime, unit: str) -> datetime:
    kept = "smh"
    start = wall.replace(
        hour=wall.hour if unit in kept else 0,
        minute=wall.minute if unit in "sm" else 0,
        second=wall.second if unit == "s" else 0,
        microsecond=0,
        fold=wall.fold if unit in kept else 0,
    )
    if unit == "w":
        return start - timedelta(days=start.weekday())
    if unit in "My":
        start = start.replace(day=1)
    return start.replace(month=1) if unit == "y" else start


def window_words(start: str, end: str, span: Range, zone: tzinfo | None = None) -> str:
    """`Last 24 hours`; for other ranges their two ends."""
    found = _LAST.fullmatch(start)
    if found and end == "now":
        amount, unit = int(found[1]), _WORDS[found[2]]
        return f"Last {amount} {unit}s" if amount != 1 else f"Last {unit}"
    if _RELATIVE.fullmatch(start) and start == "now/d":
        return "Today"
    return f"{clock(span.start_ms, zone, _FULL)} – {clock(span.end_ms, zone, _FULL)}"  # noqa: RUF001 - from one to the other


def clock(time_ms: float, zone: tzinfo | None, pattern: str = "%H:%M") -> str:
    """What a clock in the zone shows."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).astimezone(zone).strftime(pattern)


def parse_span(text: str) -> int:
    """Milliseconds of `30s`, `1d`, `500ms`; 0 where it is none."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return 0
    return int(found[1]) * (1 if found[2] == "ms" else _LENGTHS[found[2]] * 1000)
