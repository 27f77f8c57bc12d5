"""Prometheus's text format, 0.0.4 and 1.0.0: how one line reads.

One difference: blanks before a metric's name are no part of the name; in Prometheus they become one.

Source: prometheus/prometheus, model/textparse/promlex.l and promparse.go.
"""

from __future__ import annotations

import re

from watchglass.errors import ExpositionError
from watchglass.model.metadata import MetricType
from watchglass.wire.comment import Comment, parse_comment
from watchglass.wire.number import parse_value
from watchglass.wire.series import SeriesGrammar, show

_TYPES = {
    "counter": MetricType.COUNTER,
    "gauge": MetricType.GAUGE,
    "histogram": MetricType.HISTOGRAM,
    "summary": MetricType.SUMMARY,
    "untyped": MetricType.UNKNOWN,
}
_COMMENT = re.compile(rb"[ \t]*#[ \t]+(HELP|TYPE)[ \t]+(.*)", re.DOTALL)
_VALUE = re.compile(rb"([^{ \t]+)[ \t]*")
_TIMESTAMP = re.compile(rb"([0-9]+)[ \t]*")
_LATEST_MS = (1 << 63) - 1


class TextGrammar:
    """Blanks may stand anywhere between tokens; timestamps are integer milliseconds; any comment is welcome."""

    series = SeriesGrammar(blanks=rb"[ \t]*+", separator=b"", commas_optional=True)
    needs_eof = False

    def is_comment(self, line: bytes) -> bool:
        """Tell whether the line holds no sample."""
        stripped = line.lstrip(b" \t")
        return not stripped or stripped.startswith(b"#")

    def parse_comment(self, line: bytes) -> Comment | None:
        """What a comment says; None when it says nothing.

        Raises:
            ExpositionError: it is a malformed `# HELP` or `# TYPE`.
        """
        match = _COMMENT.fullmatch(line)
        return parse_comment(match[1], match[2], _TYPES) if match else None

    def parse_tail(self, tail: bytes) -> tuple[float, int | None]:
        """The value and the timestamp, in milliseconds, behind a series.

        Raises:
            ExpositionError: either is malformed, or more follows.
        """
        value = _VALUE.match(tail)
        if not value:
            raise ExpositionError(f"expected a value, found {show(tail)}")
        number = _number(value[1])
        rest = tail[value.end() :]
        return number, _timestamp(rest) if rest else None


def _number(raw: bytes) -> float:
    try:
        return parse_value(raw)
    except ValueError as error:
        raise ExpositionError(f"the value {show(raw)} {error}") from None


def _timestamp(rest: bytes) -> int:
    match = _TIMESTAMP.fullmatch(rest)
    if not match:
        raise ExpositionError(
            f"expected a timestamp in integer milliseconds or the end of the line, found {show(rest)}"
        )
    digits = match[1].lstrip(b"0") or b"0"
    if len(digits) > 19 or int(digits) > _LATEST_MS:
        raise ExpositionError(f"the timestamp {show(match[1])} is out of range")
    return int(digits)
