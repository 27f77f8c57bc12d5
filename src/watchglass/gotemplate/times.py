"""Go's time.Time and time.Duration, as templates see them.

A time is whole nanoseconds since 1970, so that it goes through a template without loss; years 1 to 9999.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from watchglass.gotemplate.layout import MONTHS, WEEKDAYS, Civil, format_time, parse_time
from watchglass.gotemplate.values import INT, STRING, Function, Kind, Type

_SECOND = 1_000_000_000
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MIN_SECONDS, _MAX_SECONDS = (
    (date.min.toordinal() - _EPOCH_DAY) * 86400,
    (date.max.toordinal() + 1 - _EPOCH_DAY) * 86400,
)
_MAX_DURATION = 2**63 - 1

RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00"
DEFAULT = "2006-01-02 15:04:05.999999999 -0700 MST"
"""How a time prints."""


class Duration(int):
    """Nanoseconds between two times."""

    go_type: ClassVar[str] = "time.Duration"
    go_methods: ClassVar[Mapping[str, Function]] = {}  # filled below

    def in_units(self, unit: int) -> float:
        """How many units of so many nanoseconds it has, whole ones and the rest rounded apart, as in Go."""
        whole, rest = divmod(abs(self), unit)
        size = whole + rest / unit
        return -size if self < 0 else size

    def go_string(self) -> str:
        """`1h2m3.5s`."""
        size, sign = abs(self), "-" if self < 0 else ""
        if size < _SECOND:
            return sign + _small(size)
        seconds, fraction = divmod(size, _SECOND)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{seconds}{_fraction(fraction, 9)}s"
        if hours:
            return f"{sign}{hours}h{minutes}m{text}"
        return f"{sign}{minutes}m{text}" if minutes else sign + text


def _small(size: int) -> str:
    if not size:
        return "0s"
    for unit, digits in (("ns", 0), ("µs", 3), ("ms", 6)):
        if size < 10 ** (digits + 3):
            whole, fraction = divmod(size, 10**digits)
            return f"{whole}{_fraction(fraction, digits)}{unit}"
    return ""


def _fraction(value: int, digits: int) -> str:
    return "." + f"{value:0{digits}d}".rstrip("0") if value else ""


class Month(int):
    """A month, from 1."""

    go_type: ClassVar[str] = "time.Month"

    def go_string(self) -> str:
        """Its English name."""
        return MONTHS[self - 1] if 1 <= self <= 12 else f"%!Month({int(self)})"


class Weekday(int):
    """A day of the week, Sunday is 0."""

    go_type: ClassVar[str] = "time.Weekday"

    def go_string(self) -> str:
        """Its English name."""
        return WEEKDAYS[self] if 0 <= self <= 6 else f"%!Weekday({int(self)})"


class Time:
    """A moment, and the zone in which it is shown.

    Args:
        nanoseconds: since 1970, UTC; negative before.
        zone: where.
    """

    __slots__ = ("nanoseconds", "zone")
    go_type: ClassVar[str] = "time.Time"
    go_methods: ClassVar[Mapping[str, Function]] = {}  # filled below

    def __init__(self, nanoseconds: int, zone: tzinfo = UTC) -> None:
        if not _MIN_SECONDS <= nanoseconds // _SECOND < _MAX_SECONDS:
            raise ValueError("the time lies before the year 1 or after the year 9999")
        self.nanoseconds, self.zone = nanoseconds, zone

    @classmethod
    def of_ms(cls, milliseconds: int) -> Time:
        """A moment given in milliseconds since 1970."""
        return cls(milliseconds * 1_000_000)

    @classmethod
    def zero(cls) -> Time:
        """Go's zero time: the first of January of the year 1."""
        return cls(_MIN_SECONDS * _SECOND)

    @classmethod
    def parse(cls, layout: str, text: str) -> Time:
        """A time as written in a layout, UTC where that names no zone.

        Raises:
            LayoutError: the text is not so written.
        """
        read = parse_time(layout, text)
        if not read.year:
            raise ValueError(f'parsing time "{text}": year out of range')
        try:
            day = date(read.year, read.month, read.day)
        except ValueError:
            raise ValueError(f'parsing time "{text}": day out of range') from None
        if read.year_day:
            day = date(read.year, 1, 1) + timedelta(days=read.year_day - 1)
        seconds = (day.toordinal() - _EPOCH_DAY) * 86400 + read.hour * 3600 + read.minute * 60 + read.second
        offset = read.offset or 0
        zone = UTC if not offset else _fixed(offset)
        return cls((seconds - offset) * _SECOND + read.nanosecond, zone)

    def civil(self) -> Civil:
        """What a wall clock and calendar show in its zone."""
        seconds, nanosecond = divmod(self.nanoseconds, _SECOND)
        offset, name = self._offset(seconds)
        days, second = divmod(seconds + offset, 86400)
        ordinal = min(max(days + _EPOCH_DAY, 1), date.max.toordinal())
        return Civil(
            date.fromordinal(ordinal), second // 3600, second // 60 % 60, second % 60, nanosecond, offset, name
        )

    def is_dst(self) -> bool:
        """Tell whether its zone has summer time then."""
        return bool(self._local(self.nanoseconds // _SECOND).dst())

    def _offset(self, seconds: int) -> tuple[int, str]:
        """The zone's offset in seconds, and its name, at that time."""
        if self.zone is UTC:
            return 0, "UTC"
        local = self._local(seconds)
        return int((local.utcoffset() or timedelta()).total_seconds()), local.tzname() or ""

    def _local(self, seconds: int) -> datetime:
        """The time in its zone; near the ends of what dates can be, one nearby."""
        inside = min(max(seconds, _MIN_SECONDS + 2 * 86400), _MAX_SECONDS - 2 * 86400)
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=inside)).astimezone(self.zone)

    def format(self, layout: str) -> str:
        """The time as a layout of Go's shows it."""
        return format_time(self.civil(), layout)

    def go_string(self) -> str:
        """As it prints."""
        return self.format(DEFAULT)

    def json_text(self) -> str:
        """As Go's JSON has it: RFC 3339 with as many digits of a second as are needed."""
        return self.format(RFC3339_NANO)

    def in_zone(self, name: str) -> Time:
        """The same moment elsewhere.

        Raises:
            ValueError: no such zone is known.
        """
        return Time(self.nanoseconds, load_zone(name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self.nanoseconds == other.nanoseconds

    def __hash__(self) -> int:
        return hash(self.nanoseconds)


def _fixed(offset: int) -> tzinfo:
    return timezone(timedelta(seconds=offset), "")


def load_zone(name: str) -> tzinfo:
    """A time zone by its name in the IANA database; "" and "UTC" are UTC.

    Raises:
        ValueError: none has that name; the text is Go's.
    """
    if name in ("", "UTC"):
        return UTC
    if name == "Local":
        return _local_zone()
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"unknown time zone {name}") from None


class TimePointer(Time):
    """A time that Go's functions hand out by pointer: only its type's name differs."""

    __slots__ = ()
    go_type: ClassVar[str] = "*time.Time"
    go_underlying: ClassVar[str] = "time.Time"
    go_pointer: ClassVar[bool] = True


@lru_cache(maxsize=1)
def _local_zone() -> tzinfo:
    """The machine's time zone: that of TZ, or of /etc/localtime."""
    name = os.environ.get("TZ")
    try:
        if name is not None:
            return load_zone(name.removeprefix(":")) if name != "Local" else UTC
        with Path("/etc/localtime").open("rb") as file:
            return ZoneInfo.from_file(file)
    except (ValueError, OSError):
        return UTC


TIME = Type("time.Time", Kind.STRUCT)
DURATION = Type("time.Duration", Kind.INT)


def _add_date(time: Time, years: int, months: int, days: int) -> Time:
    civil = time.civil()
    month = civil.day.month - 1 + months
    year = civil.day.year + years + month // 12
    if not 1 <= year <= 9999:
        raise ValueError("the time lies before the year 1 or after the year 9999")
    first = date(year, month % 12 + 1, 1).toordinal()
    moved = (first + civil.day.day - 1 + days - civil.day.toordinal()) * 86400 * _SECOND
    there = Time(time.nanoseconds + moved, time.zone)
    change = there.civil().offset - civil.offset  # the wall clock shows the same time of day
    return Time(there.nanoseconds - change * _SECOND, time.zone)


def _rounded(size: int, unit: int) -> int:
    if unit <= 0:
        return size
    rest = abs(size) % unit
    down = abs(size) - rest
    result = down if rest + rest < unit else down + unit
    return result if size >= 0 else -result


def _cut(size: int, unit: int) -> int:
    return size - (abs(size) % unit) * (1 if size >= 0 else -1) if unit > 0 else size


def difference(left: Time, right: Time) -> Duration:
    """The time between two moments, at most some 292 years."""
    return Duration(min(max(left.nanoseconds - right.nanoseconds, -_MAX_DURATION - 1), _MAX_DURATION))


def _since_zero(time: Time) -> int:
    return time.nanoseconds - _MIN_SECONDS * _SECOND


def _moved(time: Time, by: int) -> Time:
    return Time(time.nanoseconds + by, time.zone)


def _method(call: Callable[..., Any], *parameters: Type) -> Function:
    return Function(call, parameters)


Duration.go_methods = {
    "Hours": _method(lambda span: span.in_units(3600 * _SECOND)),
    "Minutes": _method(lambda span: span.in_units(60 * _SECOND)),
    "Seconds": _method(lambda span: span.in_units(_SECOND)),
    "Milliseconds": _method(lambda span: int(_cut(span, 1_000_000)) // 1_000_000),
    "Microseconds": _method(lambda span: int(_cut(span, 1000)) // 1000),
    "Nanoseconds": _method(int),
    "Round": _method(lambda span, unit: Duration(_rounded(span, unit)), DURATION),
    "Truncate": _method(lambda span, unit: Duration(_cut(span, unit)), DURATION),
    "Abs": _method(lambda span: Duration(abs(span))),
    "String": _method(Duration.go_string),
}

Time.go_methods = {
    "Format": _method(Time.format, STRING),
    "String": _method(Time.go_string),
    "Unix": _method(lambda time: time.nanoseconds // _SECOND),
    "UnixMilli": _method(lambda time: time.nanoseconds // 1_000_000),
    "UnixMicro": _method(lambda time: time.nanoseconds // 1000),
    "UnixNano": _method(lambda time: time.nanoseconds),
    "Year": _method(lambda time: time.civil().day.year),
    "Month": _method(lambda time: Month(time.civil().day.month)),
    "Day": _method(lambda time: time.civil().day.day),
    "YearDay": _method(lambda time: time.civil().day.timetuple().tm_yday),
    "Weekday": _method(lambda time: Weekday(time.civil().day.isoweekday() % 7)),
    "Hour": _method(lambda time: time.civil().hour),
    "Minute": _method(lambda time: time.civil().minute),
    "Second": _method(lambda time: time.civil().second),
    "Nanosecond": _method(lambda time: time.nanoseconds % _SECOND),
    "IsZero": _method(lambda time: not _since_zero(time)),
    "IsDST": _method(lambda time: time.is_dst()),
    "UTC": _method(lambda time: Time(time.nanoseconds)),
    "Local": _method(lambda time: time.in_zone("Local")),
    "Add": _method(_moved, DURATION),
    "AddDate": _method(_add_date, INT, INT, INT),
    "Sub": _method(difference, TIME),
    "After": _method(lambda time, other: time.nanoseconds > other.nanoseconds, TIME),
    "Before": _method(lambda time, other: time.nanoseconds < other.nanoseconds, TIME),
    "Equal": _method(lambda time, other: time.nanoseconds == other.nanoseconds, TIME),
    "Compare": _method(
        lambda time, other: (time.nanoseconds > other.nanoseconds) - (time.nanoseconds < other.nanoseconds), TIME
    ),
    "Truncate": _method(lambda time, unit: _moved(time, -(_since_zero(time) % unit) if unit > 0 else 0), DURATION),
    "Round": _method(lambda time, unit: _moved(time, _rounded(_since_zero(time), unit) - _since_zero(time)), DURATION),
}
