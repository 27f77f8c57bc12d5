"""Durations as labels carry them: `15s`, `1m30s`, `500ms`.

Source: prometheus/common, model/time.go (ParseDuration, Duration.String).
"""

from __future__ import annotations

import re

_UNITS_MS = {"y": 31_536_000_000, "w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_DURATION = re.compile("".join(rf"(?:([0-9]{{1,15}}){unit})?" for unit in _UNITS_MS))
_ONLY_WHOLE = ("y", "w")  # written only where nothing remains: 90d reads better than 12w6d


def parse_duration(text: str) -> int:
    """Milliseconds.

    Raises:
        ValueError: it is not a duration.
    """
    match = _DURATION.fullmatch(text)
    if text == "0":
        return 0
    if not text or not match:
        raise ValueError(f"{text!r} is not a duration such as 15s or 1m30s")
    return sum(int(count) * unit for count, unit in zip(match.groups("0"), _UNITS_MS.values(), strict=True))


def format_duration(duration_ms: int) -> str:
    """The shortest form that Prometheus writes."""
    if duration_ms == 0:
        return "0s"
    parts = []
    for name, unit in _UNITS_MS.items():
        if name in _ONLY_WHOLE and duration_ms % unit:
            continue
        count, duration_ms = divmod(duration_ms, unit)
        parts.append(f"{count}{name}" if count else "")
    return "".join(parts)
