"""Time intervals, in which routes are muted or active: days, hours, months and years in a place of the world.

Source: prometheus/alertmanager, timeinterval/timeinterval.go.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from watchglass.wire.schema import Context, Section, list_of, section, text
from watchglass.wire.yaml import Node

Range = tuple[int, int]
"""First and last, both included; minutes of a day end before the last."""

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_TIME = re.compile(r"(?:([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00))")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER_LONGER = 28  # days that every month has
_LONGEST = 31


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """Times that fulfil every part that is given; a part is None where it is not given.

    Attributes:
        times: minutes of the day, from the first to before the last.
        weekdays: 0 is Sunday.
        days_of_month: negative ones count from the end of the month.
        months: 1 is January.
        years: as written.
        zone: of the clock on the wall.
    """

    times: tuple[Range, ...] | None = None
    weekdays: tuple[Range, ...] | None = None
    days_of_month: tuple[Range, ...] | None = None
    months: tuple[Range, ...] | None = None
    years: tuple[Range, ...] | None = None
    zone: tzinfo = UTC

    def contains(self, now_ms: int) -> bool:
        """Tell whether a moment lies within."""
        now = (_EPOCH + timedelta(milliseconds=now_ms)).astimezone(self.zone)
        minute = now.hour * 60 + now.minute
        return (
            (self.times is None or any(first <= minute < last for first, last in self.times))
            and (self.days_of_month is None or any(_has_day(each, now) for each in self.days_of_month))
            and _within(self.months, now.month)
            and _within(self.weekdays, now.isoweekday() % 7)
            and _within(self.years, now.year)
        )

    def __str__(self) -> str:
        """In words: `Monday to Friday, 09:00 to 17:00, Europe/Berlin`."""
        if () in (self.times, self.weekdays, self.days_of_month, self.months, self.years):
            return "never"
        parts = (
            _words(self.weekdays, lambda day: WEEKDAYS[day].capitalize()),
            _words(self.days_of_month, lambda day: f"day {day}"),
            _words(self.months, lambda month: MONTHS[month - 1].capitalize()),
            _words(self.years, str),
            _words(self.times, lambda minute: f"{minute // 60:02d}:{minute % 60:02d}"),
        )
        return ", ".join([*filter(None, parts), str(self.zone)]) if any(parts) else "always"


def _words(ranges: Sequence[Range] | None, word: Callable[[int], str]) -> str:
    return " and ".join(
        word(first) if first == last else f"{word(first)} to {word(last)}" for first, last in ranges or ()
    )


class NamedIntervals:
    """The time intervals of a configuration, by name."""

    def __init__(self, by_name: Mapping[str, Sequence[TimeInterval]]) -> None:
        self.by_name = by_name

    def holding(self, names: Sequence[str], now_ms: int) -> list[str]:
        """Those of `names` that hold a moment, one for each of their parts that does."""
        return [name for name in names for each in self.by_name.get(name, ()) if each.contains(now_ms)]


def _within(ranges: Sequence[Range] | None, value: int) -> bool:
    return ranges is None or any(first <= value <= last for first, last in ranges)


def _has_day(days: Range, now: datetime) -> bool:
    length = monthrange(now.year, now.month)[1]
    first, last = (day if day > 0 else length + day + 1 for day in days)
    return first <= length and max(first, -length) <= now.day <= max(min(last, length), -length)


def _time_of_day(node: Node, key: str, context: Context) -> int:
    del context
    word = node.text(key)
    match = _TIME.fullmatch(word)
    if match is None:
        raise node.error(f"couldn't parse timestamp {word}, invalid format", key)
    hours, minutes = (part for part in match.groups() if part is not None)
    return int(hours) * 60 + int(minutes)


def _time_range(read: Section, context: Context) -> Range:
    del context
    if "start_time" not in read or "end_time" not in read:
        raise read.error("both start and end times must be provided")
    first, last = read.get("start_time"), read.get("end_time")
    if first >= last:
        raise read.error("start time cannot be equal or greater than end time")
    return first, last


def _range(
    member: Callable[[str], int], check: Callable[[str, int, int], str]
) -> Callable[[Node, str, Context], Range]:
    """A parser of `first:last`, or of one alone."""

    def parse(node: Node, key: str, context: Context) -> Range:
        del context
        word = node.text(key).lower()
        parts = word.split(":")
        if len(parts) > 2:
            raise node.error(f"couldn't parse range {word}, invalid format", key)
        try:
            first, last = member(parts[0]), member(parts[-1])
        except ValueError as error:
            raise node.error(str(error), key) from None
        if fault := check(word, first, last):
            raise node.error(fault, key)
        return first, last

    return parse


def _number(word: str) -> int:
    if re.fullmatch(r"[+-]?[0-9]{1,9}", word) is None:
        raise ValueError(f'strconv.Atoi: parsing "{word}": invalid syntax')
    return int(word)


def _weekday(word: str) -> int:
    if word not in WEEKDAYS:
        raise ValueError(f"{word} is not a valid weekday")
    return WEEKDAYS.index(word)


def _month(word: str) -> int:
    if word in MONTHS:
        return MONTHS.index(word) + 1
    try:
        return _number(word)
    except ValueError:
        raise ValueError(f"{word} is not a valid month") from None


def _check_weekdays(word: str, first: int, last: int) -> str:
    del word
    return "start day cannot be before end day" if first > last else ""


def _check_days(word: str, first: int, last: int) -> str:
    del word
    for day in (first, last):
        if day == 0 or not -_LONGEST <= day <= _LONGEST:
            return f"{day} is not a valid day of the month: out of range"
    if first < 0 < last:
        return "end day must be negative if start day is negative"
    earliest, latest = (day if day > 0 else _NEVER_LONGER + day for day in (first, last))
    return f"end day {last} is always before start day {first}" if earliest > latest else ""


def _check_months(word: str, first: int, last: int) -> str:
    del word
    if first <= last:
        return ""
    names = [MONTHS[month - 1] if 1 <= month <= len(MONTHS) else "" for month in (last, first)]
    return f"end month {names[0]} is before start month {names[1]}"


def _check_years(word: str, first: int, last: int) -> str:
    del word
    return f"end year {last} is before start year {first}" if first > last else ""


def _zone(node: Node, key: str, context: Context) -> tzinfo:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - most configurations name no place

    del context
    word = node.text(key)
    if word in {"", "UTC"}:
        return UTC
    if word == "Local":
        return datetime.now().astimezone().tzinfo or UTC
    try:
        return ZoneInfo(word)
    except (KeyError, ValueError, OSError):
        raise node.error(f"unknown time zone {word}", key) from None


INTERVAL = {
    "times": list_of(section({"start_time": _time_of_day, "end_time": _time_of_day}, _time_range)),
    "weekdays": list_of(_range(_weekday, _check_weekdays)),
    "days_of_month": list_of(_range(_number, _check_days)),
    "months": list_of(_range(_month, _check_months)),
    "years": list_of(_range(_number, _check_years)),
    "location": _zone,
}


def _interval(read: Section, context: Context) -> TimeInterval:
    del context
    return TimeInterval(
        read.get("times"),
        read.get("weekdays"),
        read.get("days_of_month"),
        read.get("months"),
        read.get("years"),
        read.get("location", UTC),
    )


def _named(what: str) -> Callable[[Section, Context], tuple[str, tuple[TimeInterval, ...]]]:
    def check(read: Section, context: Context) -> tuple[str, tuple[TimeInterval, ...]]:
        del context
        if not read.get("name"):
            raise read.error(f"missing name in {what}")
        return read.get("name"), read.get("time_intervals", ())

    return check


def named_intervals(what: str) -> Callable[[Node, str, Context], tuple[tuple[str, tuple[TimeInterval, ...]], ...]]:
    """A parser of `time_intervals`, or of the older `mute_time_intervals`, each with its name."""
    one = {"name": text, "time_intervals": list_of(section(INTERVAL, _interval))}
    return list_of(section(one, _named(what)))
