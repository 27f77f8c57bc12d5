"""OpenMetrics 1.0 and 0.0.1: how one line reads.

As lenient as Prometheus: families may come in any order, and a `_created` sample is a sample like any other.
Exemplars are checked and left out.

Source: prometheus/prometheus, model/textparse/openmetricslex.l and openmetricsparse.go.
"""

from __future__ import annotations

import math
import re

from watchglass.errors import ExpositionError
from watchglass.model.metadata import MetricType
from watchglass.wire.comment import Comment, parse_comment
from watchglass.wire.number import parse_value
from watchglass.wire.series import SeriesGrammar, show

_TYPES = {kind.value: kind for kind in MetricType}
_COMMENT = re.compile(rb"# (HELP|TYPE|UNIT) (.*)", re.DOTALL)
_TAIL = re.compile(rb"([^ ]+)(?: (?!# \{)([^ ]+))?(?: # \{(.*))?", re.DOTALL)
_LABEL = rb'(?:[a-zA-Z_][a-zA-Z0-9_]*+|"[^"\\]*+(?:\\.[^"\\]*+)*+")="[^"\\]*+(?:\\.[^"\\]*+)*+"'
_EXEMPLAR = re.compile(rb"(?:" + _LABEL + rb"(?:,|(?=\})))*+\} ([^ ]+)(?: ([^ ]+))?", re.DOTALL)
_EDGE_MS = float(1 << 63)


class OpenMetricsGrammar:
    """One blank where a blank must be and none elsewhere; timestamps are seconds; `# EOF` ends the body."""

    series = SeriesGrammar(blanks=b"", separator=b" ", commas_optional=False)
    needs_eof = True

    def is_comment(self, line: bytes) -> bool:
        """Tell whether the line holds no sample."""
        return line.startswith(b"#")

    def parse_comment(self, line: bytes) -> Comment | None:
        """What a comment says; there are none that say nothing.

        Raises:
            ExpositionError: it is not a well-formed `# HELP`, `# TYPE`, `# UNIT` or `# EOF`.
        """
        if line == b"# EOF":
            return Comment("EOF")
        match = _COMMENT.fullmatch(line)
        if not match:
            raise ExpositionError(f"expected # HELP, # TYPE, # UNIT or # EOF, found {show(line)}")
        return parse_comment(match[1], match[2], _TYPES, strict=True)

    def parse_tail(self, tail: bytes) -> tuple[float, int | None]:
        """The value and the timestamp, in milliseconds, behind a series; an exemplar is checked and left out.

        Raises:
            ExpositionError: one of them is malformed.
        """
        value, timestamp = self.split_tail(tail)
        number = _number(value, "value")
        return number, _timestamp(timestamp, "timestamp") if timestamp else None

    def split_tail(self, tail: bytes) -> tuple[bytes, bytes]:
        """The value and the timestamp as they are written, the latter empty where there is none.

        Raises:
            ExpositionError: more stands there, and it is no exemplar.
        """
        match = _TAIL.fullmatch(tail)
        if not match:
            raise ExpositionError(f"expected a value, a timestamp and an exemplar, one space apart, found {show(tail)}")
        if match[3] is not None:
            _check_exemplar(match[3])
        return match[1], match[2] or b""


def _number(raw: bytes, what: str) -> float:
    try:
        return parse_value(raw)
    except ValueError as error:
        raise ExpositionError(f"the {what} {show(raw)} {error}") from None


def _timestamp(raw: bytes, what: str) -> int:
    milliseconds = _number(raw, what) * 1000
    if not math.isfinite(milliseconds) or not -_EDGE_MS <= milliseconds < _EDGE_MS:
        raise ExpositionError(f"the {what} {show(raw)} is out of range")
    return int(milliseconds)  # towards zero, as Prometheus does


def _check_exemplar(raw: bytes) -> None:
    match = _EXEMPLAR.fullmatch(raw)
    if not match:
        raise ExpositionError(
            f'expected an exemplar as # {{name="value"}} value [timestamp], found {show(b"# {" + raw)}'
        )
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise ExpositionError("the exemplar is not valid UTF-8") from None
    _number(match[1], "exemplar's value")
    if match[2] is not None:
        _timestamp(match[2], "exemplar's timestamp")
