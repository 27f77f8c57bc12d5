"""Durations and sizes as people write them in configuration files: `1h30m` in milliseconds, `512MB` in bytes.

Semantics: prometheus/common, model/time.go, ParseDuration; alecthomas/units, bytes.go, ParseBase2Bytes.
"""

from __future__ import annotations

import re

from watchglass.model import duration
from watchglass.model.duration import quote

_SIZE_PART = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]*)", re.ASCII)
_SIZE_LETTERS = ("K", "M", "G", "T", "P", "E")
_MAX_SIZE = 2**63 - 1


def parse_duration(text: str) -> int:
    """Milliseconds of a duration such as `1h30m`, with the hints that Prometheus gives in configuration files.

    Raises:
        ValueError: with Prometheus's own message, and the nearest duration where there is one.
    """
    try:
        return duration.parse_duration(text)
    except ValueError as error:
        near = duration.near_duration(text)
        raise ValueError(f"{error}; did you mean {quote(near)}?" if near else str(error)) from None


def parse_size(text: str) -> int:
    """Bytes of a size such as `512MB` or `1.5GiB`; both spellings are powers of 1024.

    Raises:
        ValueError: with Prometheus's own message.
    """
    body = text[1:] if text[:1] in {"+", "-"} else text
    if body == "0":
        return 0
    parts = _SIZE_PART.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        raise ValueError(f"units: invalid {text}")
    total = _one_spelling(text, parts, "iB")
    if total is None:
        total = _one_spelling(text, parts, "B")
    if total is None:
        raise ValueError(f"units: unknown unit {_first_unknown(parts)} in {text}")
    if total > _MAX_SIZE:
        raise ValueError("units: overflow parsing unit")
    return -total if text.startswith("-") else total


def _one_spelling(text: str, parts: list[tuple[str, str]], suffix: str) -> int | None:
    scales = {"B": 1} | {letter + suffix: 1024 ** (i + 1) for i, letter in enumerate(_SIZE_LETTERS)}
    if any(unit not in scales for _, unit in parts):
        return None
    if any(len(number.split(".")[0]) > 18 for number, _ in parts):
        raise ValueError(f"units: invalid {text}")
    return int(sum(float(number) * scales[unit] for number, unit in parts))


def _first_unknown(parts: list[tuple[str, str]]) -> str:
    known = {"B", *(letter + suffix for letter in _SIZE_LETTERS for suffix in ("B", "iB"))}
    return next((unit for _, unit in parts if unit not in known), parts[0][1])


def format_size(size_bytes: int) -> str:
    """The size in the largest unit that divides it, such as `64MB`."""
    unit = "B"
    for letter in _SIZE_LETTERS:
        if size_bytes == 0 or size_bytes % 1024:
            break
        size_bytes, unit = size_bytes // 1024, f"{letter}B"
    return f"{size_bytes}{unit}"
