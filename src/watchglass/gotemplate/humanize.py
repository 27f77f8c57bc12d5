"""Numbers for people, as the templates of Prometheus and Alertmanager write them.

Source: prometheus/prometheus, template/template.go and prometheus/common, helpers/templates.
"""

from __future__ import annotations

import math
import re

from watchglass.gotemplate.numerals import general
from watchglass.gotemplate.times import Duration, TimePointer
from watchglass.gotemplate.values import Value, type_name
from watchglass.wire.quoting import go_quote

_LARGE = ("k", "M", "G", "T", "P", "E", "Z", "Y")
_SMALL = ("m", "u", "n", "p", "f", "a", "z", "y")
_BINARY = ("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F_.]+[pP][+-]?[0-9]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_WORDS = re.compile(r"[+-]?(?:inf(?:inity)?)|nan", re.IGNORECASE)
_MAX_NANOSECONDS = 2**63


def to_float(value: Value) -> float:
    """A number, or a text that is one.

    Raises:
        ValueError: it is neither.
    """
    if type(value) is str:
        return _parse(value)
    if isinstance(value, Duration):
        return value.in_units(1_000_000_000)
    if type(value) in (int, float):
        return float(value)
    raise ValueError(f"can't convert {type_name(value)} to float")


def _parse(text: str) -> float:
    if _WORDS.fullmatch(text):
        return float(text)
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"strconv.ParseFloat: parsing {go_quote(text)}: invalid syntax")
    number = float.fromhex(text) if "x" in text.lower() else float(text)
    if math.isinf(number):
        raise ValueError(f"strconv.ParseFloat: parsing {go_quote(text)}: value out of range")
    return number


def humanize(value: Value) -> str:
    """`1.235M`: four digits, and a prefix for a power of a thousand."""
    number = to_float(value)
    if not number or not math.isfinite(number):
        return general(number, 4)
    return _scaled_up(number, _LARGE, 1000) if abs(number) >= 1 else _scaled_down(number)


def humanize_1024(value: Value) -> str:
    """`1.178Mi`: four digits, and a prefix for a power of 1024."""
    number = to_float(value)
    if abs(number) <= 1 or not math.isfinite(number):
        return general(number, 4)
    return _scaled_up(number, _BINARY, 1024)


def humanize_percentage(value: Value) -> str:
    """`12.34%` of 0.1234."""
    return general(to_float(value) * 100, 4) + "%"


def humanize_duration(value: Value) -> str:
    """`1d 2h 3m 4s` of seconds; below a minute four digits, below a second a prefix."""
    seconds = to_float(value)
    if not math.isfinite(seconds):
        return general(seconds, 4)
    if not seconds:
        return general(seconds, 4) + "s"
    if abs(seconds) < 1:
        return _scaled_down(seconds) + "s"
    sign, whole = "-" if seconds < 0 else "", int(abs(seconds))
    if whole >= 2**63:
        whole = -(2**63)  # what Go's conversion gives
    days, hours, minutes, rest = (
        _quotient(whole, 86400),
        _part(whole, 3600, 24),
        _part(whole, 60, 60),
        _part(whole, 1, 60),
    )
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {rest}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {rest}s"
    if minutes:
        return f"{sign}{minutes}m {rest}s"
    return f"{sign}{general(abs(seconds), 4)}s"


def humanize_timestamp(value: Value) -> str:
    """The moment that many seconds after 1970, as Go prints it."""
    number = to_float(value)
    return to_time(number).go_string() if math.isfinite(number) else general(number, 4)


def to_time(value: Value) -> TimePointer:
    """The moment that many seconds after 1970.

    Raises:
        ValueError: it is no number, or further away than 292 years.
    """
    number = to_float(value)
    if not math.isfinite(number):
        raise ValueError("value is NaN or Inf")
    nanoseconds = number * 1e9
    if abs(nanoseconds) > _MAX_NANOSECONDS:
        raise ValueError(
            f"{general(number, None)} cannot be represented as a nanoseconds timestamp since it overflows int64"
        )
    milliseconds = int(abs(nanoseconds)) // 1_000_000 * (1 if nanoseconds >= 0 else -1)
    return TimePointer(milliseconds * 1_000_000)


def to_duration(value: Value) -> Duration:
    """That many seconds."""
    nanoseconds = to_float(value) * 1e9
    if not math.isfinite(nanoseconds) or abs(nanoseconds) >= _MAX_NANOSECONDS:
        return Duration(-_MAX_NANOSECONDS)  # what Go's conversion gives
    return Duration(int(nanoseconds))


def _quotient(whole: int, unit: int) -> int:
    return whole // unit if whole >= 0 else -(-whole // unit)


def _part(whole: int, unit: int, count: int) -> int:
    size = _quotient(whole, unit)
    return size % count if size >= 0 else -(-size % count)


def _scaled_up(number: float, prefixes: tuple[str, ...], base: int) -> str:
    prefix = ""
    for larger in prefixes:
        if abs(number) < base:
            break
        prefix, number = larger, number / base
    return general(number, 4) + prefix


def _scaled_down(number: float) -> str:
    prefix = ""
    for smaller in _SMALL:
        if abs(number) >= 1:
            break
        prefix, number = smaller, number * 1000
    return general(number, 4) + prefix
