"""Request parameters in Prometheus's spelling: times, durations, limits, and forms.

Source: prometheus/prometheus, web/api/v1/api.go (parseTime, parseDuration, parseLimitParam).
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from watchglass.model import duration
from watchglass.serve.envelope import ApiError
from watchglass.serve.table import media_type

MIN_TIME_MS = -(2**53)
MAX_TIME_MS = 2**53
MAX_FIELDS = 1000

_HEX = b"0123456789abcdefABCDEF"
_INLINE_BYTES = 64 * 1024  # a larger form is read in a thread, and the loop goes on
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_BYTES = {b"%c%c" % (high, low): bytes.fromhex(f"{high:c}{low:c}") for high in _HEX for low in _HEX}
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_INT64_DIGITS = 19
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Params = Mapping[str, Sequence[str]]


async def read_params(request: Request) -> Params:
    """The parameters of a request: those of the form in its body first, then those of its address."""
    pairs: list[tuple[str, str]] = []
    if request.method == "POST" and media_type(request) == "application/x-www-form-urlencoded":
        body = await request.body()
        pairs += _parse_form(body) if len(body) <= _INLINE_BYTES else await asyncio.to_thread(_parse_form, body)
    pairs += _parse_form(request.scope["query_string"])
    params: dict[str, list[str]] = {}
    for name, value in pairs:
        params.setdefault(name, []).append(value)
    return params


def _parse_form(body: bytes) -> list[tuple[str, str]]:
    if body.count(b"&") >= MAX_FIELDS:
        raise ApiError(f"the request has more than {MAX_FIELDS} parameters")
    pairs = [piece.partition(b"=") for piece in body.split(b"&") if piece]
    try:
        return [(_unquote(name), _unquote(value)) for name, _, value in pairs]
    except UnicodeDecodeError:
        raise ApiError("the request's parameters are not valid UTF-8") from None


def _unquote(text: bytes) -> str:
    """Undo the encoding of a form. The standard library's takes 180 bytes of memory for each percent sign."""
    text = text.replace(b"+", b" ")
    return (_ESCAPE.sub(lambda found: _BYTES[found[1]], text) if b"%" in text else text).decode()


def first(params: Params, name: str, default: str = "") -> str:
    """The first value of a parameter; an empty one counts as missing."""
    values = params.get(name)
    return (values[0] if values else "") or default


def time_param(params: Params, name: str, default_ms: int | None = None) -> int:
    """A time in ms, given as seconds or RFC 3339; `default_ms` where it is missing, if there is one."""
    text = first(params, name)
    if not text and default_ms is not None:
        return default_ms
    try:
        return parse_time(text)
    except ValueError as error:
        prefix = "" if default_ms is None else f"Invalid time value for '{name}': "
        raise invalid(name, f"{prefix}{error}") from None


def duration_param(params: Params, name: str, default_ms: int) -> int:
    """A duration in ms, given as seconds or like `1h30m`."""
    text = first(params, name)
    if not text:
        return default_ms
    try:
        return parse_duration(text)
    except ValueError as error:
        raise invalid(name, str(error)) from None


def limit_param(params: Params, name: str = "limit") -> int:
    """A number of results; 0 means no limit."""
    text = first(params, name)
    if not text:
        return 0
    try:
        limit = go_integer(text)
    except ValueError as error:
        raise invalid(name, str(error)) from None
    if limit < 0:
        raise invalid(name, "limit must be non-negative")
    return limit


def count_param(params: Params, name: str) -> int:
    """A number of metadata entries, with the error text that Prometheus has for these; -1 where it is missing."""
    text = first(params, name)
    try:
        return go_integer(text) if text else -1
    except ValueError:
        raise ApiError(f"{name} must be a number") from None


def go_integer(text: str, function: str = "Atoi", *, largest: int = 2**63 - 1) -> int:
    """A decimal integer, as Go's strconv takes it and complains of it.

    Raises:
        ValueError: it is none, or too large; the text names `function`.
    """
    if not _INTEGER.fullmatch(text):
        raise ValueError(f'strconv.{function}: parsing "{text}": invalid syntax')
    sign, digits = ("-" if text[0] == "-" else ""), text.lstrip("+-").lstrip("0")
    value = int(f"{sign}{digits or 0}") if len(digits) <= _INT64_DIGITS else largest + 1
    if not -largest - 1 <= value <= largest:
        raise ValueError(f'strconv.{function}: parsing "{text}": value out of range')
    return value


def invalid(name: str, reason: str, hint: str = "") -> ApiError:
    """The error for a wrong parameter, worded as Prometheus does."""
    return ApiError(f'invalid parameter "{name}": {reason}', hint=hint)


def parse_time(text: str) -> int:
    """Milliseconds since the epoch, from seconds or RFC 3339.

    Raises:
        ValueError: it is neither, or beyond the times that a sample can have.
    """
    seconds = _parse_float(text)
    milliseconds = _parse_rfc3339(text) if seconds is None else _to_milliseconds(seconds)
    if milliseconds is None or not MIN_TIME_MS <= milliseconds <= MAX_TIME_MS:
        raise ValueError(f'cannot parse "{text}" to a valid timestamp')
    return milliseconds


def parse_duration(text: str) -> int:
    """Milliseconds, from seconds or a form like `1h30m`.

    Raises:
        ValueError: it is neither, or too long to count.
    """
    seconds = _parse_float(text)
    if seconds is not None:
        if not math.isfinite(seconds) or abs(seconds) * 1e9 >= 2**63:
            raise ValueError(f'cannot parse "{text}" to a valid duration. It overflows int64')
        nanoseconds = int(seconds * 1e9)  # cut, as in Prometheus, and so 1.001 s are 1,000 ms
        return nanoseconds // 1_000_000 if nanoseconds >= 0 else -(-nanoseconds // 1_000_000)
    try:
        return duration.parse_duration(text)
    except ValueError:
        raise ValueError(f'cannot parse "{text}" to a valid duration') from None


def _parse_float(text: str) -> float | None:
    # Python takes surrounding blanks, Go does not; both take underscores between digits.
    if not text or text.strip() != text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _to_milliseconds(seconds: float) -> int | None:
    """Whole seconds and their fraction apart, as in Prometheus: near half a millisecond it shows."""
    if not math.isfinite(seconds):
        return None
    fraction, whole = math.modf(seconds)
    return int(whole) * 1000 + _round_half_away(fraction * 1000)


def _parse_rfc3339(text: str) -> int | None:
    match = _RFC3339.fullmatch(text)
    if not match:
        return None
    date, clock, fraction, zone = match.groups()
    zone = "+00:00" if zone in "Zz" else zone
    try:
        whole = datetime.fromisoformat(f"{date}T{clock}{zone}")
    except ValueError:
        return None
    milliseconds: int = (whole - _EPOCH) // timedelta(milliseconds=1)
    return milliseconds + int((fraction or "0").ljust(3, "0")[:3])


def _round_half_away(value: float) -> int:
    return math.floor(value + 0.5) if value >= 0 else math.ceil(value - 0.5)
