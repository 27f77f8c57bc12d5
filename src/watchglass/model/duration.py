"""Durations as Prometheus writes them everywhere: `1h30m` in milliseconds, and back.

Source: prometheus/common, model/time.go (ParseDuration, Duration.String).
"""

from __future__ import annotations

import math
import re

_UNITS_MS = {"y": 31_536_000_000, "w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_WHOLE_ONLY = frozenset({"y", "w"})  # written only where nothing remains: 90d reads better than 12w6d
_DURATION = re.compile(r"(?:[0-9]+[^0-9]+)+")
_PART = re.compile(r"([0-9]+)([^0-9]+)")
_NEAR_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)")
_NEAR_LENGTH = 40
_UNIT_WORDS = {
    word: unit
    for unit, words in {
        "y": "y yr yrs year years",
        "w": "w wk wks week weeks",
        "d": "d day days",
        "h": "h hr hrs hour hours",
        "m": "m min mins minute minutes",
        "s": "s sec secs second seconds",
        "ms": "ms msec msecs millis millisecond milliseconds",
    }.items()
    for word in words.split()
}
_MAX_DIGITS = 21  # one more than any 64-bit number has


def parse_duration(text: str) -> int:
    """The milliseconds of a duration such as `1h30m`; units come in falling order, each at most once.

    Years have 365 days. A bare `0` is one too.

    Raises:
        ValueError: it is none, or 2**63 ns or longer; the message is Prometheus's.
    """
    if text == "0":
        return 0
    if not text:
        raise ValueError("empty duration string")
    if not _DURATION.fullmatch(text):
        raise _no_duration(text)
    total, larger = 0, math.inf
    for digits, unit in _PART.findall(text):
        size = _UNITS_MS.get(unit)
        if size is None:
            raise ValueError(f"unknown unit {quote(unit)} in duration {quote(text)}")
        count = int(digits.lstrip("0")[:_MAX_DIGITS] or "0")
        if size >= larger or count >= 2**64:
            raise _no_duration(text)
        total += count * size
        larger = size
        if total * 1_000_000 >= 2**63:
            raise ValueError("duration out of range")
    return total


def near_duration(text: str) -> str:
    """The duration that was probably meant by what is none: `30sec`, `3 m`, `1.5h`, `90`; empty where none is near."""
    is_near = len(text) <= _NEAR_LENGTH and not _NEAR_PART.sub("", text).strip()
    near = _nearest(text) if is_near else ""
    try:
        parse_duration(near)
    except ValueError:
        return ""
    return near if near != text else ""


def _nearest(text: str) -> str:
    parts = [(number, _UNIT_WORDS.get(word.lower(), "")) for number, word in _NEAR_PART.findall(text)]
    if len(parts) == 1 and not text.strip().rstrip("0123456789."):
        parts = [(parts[0][0], "s")]
    units = [unit for _, unit in parts]
    if "" in units or len(set(units)) < len(units):
        return ""
    if units == [unit for unit in _UNITS_MS if unit in units] and all(number.isdigit() for number, _ in parts):
        return "".join(map("".join, parts))
    return format_duration(round(sum(float(number) * _UNITS_MS[unit] for number, unit in parts)))


def format_duration(duration_ms: int) -> str:
    """The shortest duration that `parse_duration` reads back; negative ones, which it refuses, have a sign in front."""
    if duration_ms == 0:
        return "0s"
    rest, written = abs(duration_ms), "-" if duration_ms < 0 else ""
    for unit, size in _UNITS_MS.items():
        if rest >= size and not (unit in _WHOLE_ONLY and rest % size):
            written += f"{rest // size}{unit}"
            rest %= size
    return written


def quote(text: str) -> str:
    """`text` in double quotes, as the messages have it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _no_duration(text: str) -> ValueError:
    return ValueError(f"not a valid duration string: {quote(text)}")
