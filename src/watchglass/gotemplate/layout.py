"""Go's time layouts, in which the reference time `Mon Jan 2 15:04:05 MST 2006` shows what goes where: writing and reading.

Source: Go's time (documentation of Layout, Time.Format and Parse).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_CHUNK = re.compile(
    r"""January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST
    |002|0[1-6]|15|1|2006|2|(?<=_)2006|__2|_2(?!006)|3|4|5|PM|pm
    |[-Z]07:00:00|[-Z]070000|[-Z]07:00|[-Z]0700|[-Z]07
    |[.,]0+(?![0-9])|[.,]9+(?![0-9])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Civil:
    """A time as a wall shows it: year to second, the nanoseconds, and the zone's offset in seconds and name."""

    day: date
    hour: int
    minute: int
    second: int
    nanosecond: int
    offset: int
    zone: str


def format_time(time: Civil, layout: str) -> str:
    """The time as the layout shows it."""
    return _CHUNK.sub(lambda match: _written(time, match[0]), layout)


def _twelve(hour: int) -> int:
    return hour % 12 or 12


_WRITERS: dict[str, Callable[[Civil], str]] = {
    "January": lambda time: MONTHS[time.day.month - 1],
    "Jan": lambda time: MONTHS[time.day.month - 1][:3],
    "Monday": lambda time: WEEKDAYS[time.day.isoweekday() % 7],
    "Mon": lambda time: WEEKDAYS[time.day.isoweekday() % 7][:3],
    "MST": lambda time: time.zone or _offset(time.offset, "-0700"),
    "2006": lambda time: f"{time.day.year:04d}",
    "06": lambda time: f"{time.day.year % 100:02d}",
    "01": lambda time: f"{time.day.month:02d}",
    "1": lambda time: str(time.day.month),
    "02": lambda time: f"{time.day.day:02d}",
    "_2": lambda time: f"{time.day.day:2d}",
    "2": lambda time: str(time.day.day),
    "002": lambda time: f"{time.day.timetuple().tm_yday:03d}",
    "__2": lambda time: f"{time.day.timetuple().tm_yday:3d}",
    "15": lambda time: f"{time.hour:02d}",
    "03": lambda time: f"{_twelve(time.hour):02d}",
    "3": lambda time: str(_twelve(time.hour)),
    "04": lambda time: f"{time.minute:02d}",
    "4": lambda time: str(time.minute),
    "05": lambda time: f"{time.second:02d}",
    "5": lambda time: str(time.second),
    "PM": lambda time: "PM" if time.hour >= 12 else "AM",
    "pm": lambda time: "pm" if time.hour >= 12 else "am",
}


def _written(time: Civil, chunk: str) -> str:
    writer = _WRITERS.get(chunk)
    if writer:
        return writer(time)
    if chunk[0] in ".,":
        digits = f"{time.nanosecond:09d}".ljust(len(chunk) - 1, "0")[: len(chunk) - 1]
        if chunk[1] == "9":
            digits = digits.rstrip("0")
        return chunk[0] + digits if digits else ""
    return _offset(time.offset, chunk)


def _offset(offset: int, chunk: str) -> str:
    """`-07:00`, `Z0700` and their like."""
    if chunk[0] == "Z" and not offset:
        return "Z"
    hours, rest = divmod(abs(offset), 3600)
    colon = ":" if ":" in chunk else ""
    parts = [f"{hours:02d}", f"{rest // 60:02d}", f"{rest % 60:02d}"]
    count = (len(chunk.replace(":", "")) - 1) // 2
    return ("-" if offset < 0 else "+") + colon.join(parts[:count])


class LayoutError(ValueError):
    """The text does not have the layout's form; the message is Go's."""


@dataclass(slots=True)
class Parsed:
    """What has been read of a text."""

    year: int = 0
    month: int = 1
    day: int = 1
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    afternoon: bool | None = None
    offset: int | None = None
    year_day: int | None = None
    zone: str = ""
    out_of_range: str = ""  # the part whose number no calendar or clock has


_DIGITS = {"2006": r"\d{4}", "002": r"\d{3}", "__2": r"[ \d]{2}\d", "_2": r" ?\d{1,2}"}
_TWO = frozenset({"06", "01", "02", "03", "04", "05"})
_FIELDS: dict[str, tuple[str, int, int]] = {  # what a number sets, and its bounds
    "2006": ("year", 0, 9999),
    "01": ("month", 1, 12),
    "1": ("month", 1, 12),
    "02": ("day", 1, 31),
    "_2": ("day", 1, 31),
    "2": ("day", 1, 31),
    "002": ("year_day", 1, 366),
    "__2": ("year_day", 1, 366),
    "15": ("hour", 0, 23),
    "03": ("hour", 0, 12),
    "3": ("hour", 0, 12),
    "04": ("minute", 0, 59),
    "4": ("minute", 0, 59),
    "05": ("second", 0, 59),
    "5": ("second", 0, 59),
}
_RANGES = {"year_day": "day-of-year"}
_FRACTION = re.compile(r"[.,](\d+)")


def parse_time(layout: str, text: str) -> Parsed:
    """Read a text that has the layout's form.

    Raises:
        LayoutError: it has not.
    """
    parsed, rest, chunks = Parsed(), text, list(_chunks(layout))
    for (literal, chunk), (_, following) in zip(chunks, [*chunks[1:], ("", "")], strict=True):
        if not rest.startswith(literal):
            raise _mismatch(layout, text, rest, literal)
        rest = rest[len(literal) :]
        taken = _read(parsed, chunk, rest) if chunk else 0
        if taken is None:
            raise _mismatch(layout, text, rest, chunk)
        if parsed.out_of_range:
            raise LayoutError(f'parsing time "{text}": {parsed.out_of_range} out of range')
        rest = rest[taken:]
        if chunk in ("05", "5") and following[:1] not in (".", ","):
            rest = rest[_read_fraction(parsed, ".9", rest) or 0 :]
    if rest:
        raise LayoutError(f'parsing time "{text}": extra text: "{rest}"')
    if parsed.afternoon is not None:
        parsed.hour = parsed.hour % 12 + (12 if parsed.afternoon else 0)
    return parsed


def _chunks(layout: str) -> Iterator[tuple[str, str]]:
    """Literal texts, each with the chunk that follows it."""
    done = 0
    for match in _CHUNK.finditer(layout):
        yield layout[done : match.start()], match[0]
        done = match.end()
    yield layout[done:], ""


def _mismatch(layout: str, text: str, rest: str, wanted: str) -> LayoutError:
    return LayoutError(f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{wanted}"')


def _read(parsed: Parsed, chunk: str, rest: str) -> int | None:
    """Take a chunk's value; how many characters it has, or None where there is none."""
    if chunk in _FIELDS or chunk == "06":
        return _read_number(parsed, chunk, rest)
    if chunk[0] in ".,":
        return _read_fraction(parsed, chunk, rest)
    if chunk in ("PM", "pm"):
        half = rest[:2]
        parsed.afternoon = half == chunk
        return 2 if half in ((chunk, "AM") if chunk == "PM" else (chunk, "am")) else None
    if chunk in ("January", "Jan", "Monday", "Mon"):
        return _read_name(parsed, chunk, rest)
    if chunk == "MST":
        match = re.match(r"[A-Z]{3,4}|[+-]\d\d", rest)
        parsed.zone = match[0] if match else ""
        return match.end() if match else None
    return _read_offset(parsed, chunk, rest)


def _read_number(parsed: Parsed, chunk: str, rest: str) -> int | None:
    pattern = _DIGITS.get(chunk) or (r"\d{2}" if chunk in _TWO else r"\d{1,2}")
    match = re.match(pattern, rest, re.ASCII)
    if match is None:
        return None
    number = int(match[0])
    if chunk == "06":
        parsed.year = number + (1900 if number >= 69 else 2000)
        return match.end()
    name, low, high = _FIELDS[chunk]
    setattr(parsed, name, number)
    if not low <= number <= high:
        parsed.out_of_range = _RANGES.get(name, name)
    return match.end()


def _read_fraction(parsed: Parsed, chunk: str, rest: str) -> int | None:
    match = _FRACTION.match(rest)
    if match is None:
        return 0 if chunk[1] == "9" else None
    if chunk[1] == "0" and len(match[1]) != len(chunk) - 1:
        return None
    parsed.nanosecond = int(match[1][:9].ljust(9, "0"))
    return match.end()


def _read_name(parsed: Parsed, chunk: str, rest: str) -> int | None:
    names = MONTHS if chunk[0] == "J" else WEEKDAYS
    for place, name in enumerate(names):
        shown = name if len(chunk) > 3 else name[:3]
        if rest[: len(shown)].lower() == shown.lower():
            if names is MONTHS:
                parsed.month = place + 1
            return len(shown)
    return None


def _read_offset(parsed: Parsed, chunk: str, rest: str) -> int | None:
    if chunk[0] == "Z" and rest.startswith("Z"):
        parsed.offset = 0
        return 1
    shape = re.escape(chunk[1:]).replace("07", r"(\d\d)").replace("00", r"(\d\d)")
    match = re.match(r"([+-])" + shape, rest, re.ASCII)
    if match is None:
        return None
    hours, minutes, seconds = (int(part) for part in (*match.groups()[1:], "0", "0")[:3])
    parsed.offset = (hours * 3600 + minutes * 60 + seconds) * (-1 if match[1] == "-" else 1)
    return match.end()
