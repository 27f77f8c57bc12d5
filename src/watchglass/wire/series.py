"""The series part of a sample line, up to its value: `name{a="b"}`, `{"any name",a="b"}`.

Both text formats share this grammar; they differ in where blanks may stand and in what may follow. This is the slow
and careful reader: a scrape uses it for lines that it has not seen before, and to say what is wrong with one.

Source: prometheus/prometheus, model/textparse/promlex.l, openmetricslex.l, promparse.go (parseLVals).
"""

from __future__ import annotations

import re

from watchglass.errors import ExpositionError
from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.model.metadata import MetricType
from watchglass.wire.number import canonical_float

_QUOTED = rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
_PLAIN_LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*+)="([^"\\]*+)"'
_PLAIN_PAIR = re.compile(_PLAIN_LABEL)
_PLAIN = re.compile(
    rf"([a-zA-Z_:][a-zA-Z0-9_:]*+)(?:{{({_PLAIN_LABEL}(?:,{_PLAIN_LABEL})*+,?+)?+}})?+ (?=[^ \t{{])".encode()
)
"""How nearly every series is written, in both formats; what does not match is read with care."""

_ESCAPE = re.compile(r'\\([\\"n])')
_ESCAPED = {"\\": "\\", '"': '"', "n": "\n"}
_SHOWN_BYTES = 40

_BOUND_LABEL = {MetricType.HISTOGRAM: "le", MetricType.SUMMARY: "quantile"}
"""The label of a type whose value is a number, and is written in one way only."""


class SeriesGrammar:
    """Reads the series part of a line.

    Args:
        blanks: the blanks that may stand between tokens, as a pattern; empty where there may be none.
        separator: what must stand before the value, beyond those.
        commas_optional: labels need no comma between them.
    """

    def __init__(self, blanks: bytes, separator: bytes, *, commas_optional: bool) -> None:
        self._commas_optional = commas_optional
        self._blanks = re.compile(blanks)
        self._name = re.compile(rb"([a-zA-Z_:][a-zA-Z0-9_:]*+)" + blanks)
        self._open = re.compile(rb"\{" + blanks)
        self._label = re.compile(rb"(?:([a-zA-Z_][a-zA-Z0-9_]*+)|" + _QUOTED + rb")" + blanks)
        self._quoted = re.compile(_QUOTED + blanks)
        self._mark = re.compile(rb"([=,}])" + blanks)
        self._separator = re.compile(separator)
        self._extent = re.compile(
            blanks + rb"(?:[a-zA-Z_:][a-zA-Z0-9_:]*+)?+" + blanks
            + rb'(?:\{(?:[^"}]++|' + _QUOTED + rb")*+\})?+" + blanks + separator
        )  # fmt: skip

    def extent(self, line: bytes) -> int:
        """Where the value of a well-formed line starts; 0 when the line is not well-formed."""
        match = self._extent.match(line)
        return match.end() if match else 0

    def parse(self, line: bytes) -> tuple[dict[str, str], int]:
        """The labels as written, the metric's name among them as `__name__`, and where the value starts.

        Raises:
            ExpositionError: the series part is malformed; the error has no line number yet.
        """
        return self._parse_plain(line) or self._parse_carefully(line)

    def _parse_plain(self, line: bytes) -> tuple[dict[str, str], int] | None:
        match = _PLAIN.match(line)
        try:
            pairs = _PLAIN_PAIR.findall(match[2].decode()) if match and match[2] else []
        except UnicodeDecodeError:
            return None
        labels = {**dict(pairs), METRIC_NAME: match[1].decode()} if match else {}
        return (labels, match.end()) if match and len(labels) == len(pairs) + 1 else None

    def _parse_carefully(self, line: bytes) -> tuple[dict[str, str], int]:
        labels: dict[str, str] = {}
        position = self._skip_blanks(line)
        name = self._name.match(line, position)
        if name:
            labels[METRIC_NAME] = name[1].decode()
            position = name.end()
        brace = self._open.match(line, position)
        if brace:
            position = self._parse_labels(line, brace.end(), labels)
        elif not name:
            raise _expected("a metric name or '{'", line, position)
        if METRIC_NAME not in labels:
            raise ExpositionError('expected a metric name before the braces, or quoted inside: {"name", ...}')
        separator = self._separator.match(line, position)
        if not separator:
            raise _expected("one space and a value", line, position)
        return labels, separator.end()

    def _skip_blanks(self, line: bytes) -> int:
        match = self._blanks.match(line)
        return match.end() if match else 0

    def _parse_labels(self, line: bytes, position: int, labels: dict[str, str]) -> int:
        """Read from behind the opening brace; where the value starts. A trailing comma is allowed."""
        while True:
            closing = self._mark.match(line, position)
            if closing and closing[1] == b"}":
                return closing.end()
            position, mark = self._parse_item(line, position, labels)
            if mark == b"}":
                return position

    def _parse_item(self, line: bytes, position: int, labels: dict[str, str]) -> tuple[int, bytes]:
        """Read `name="value"` or a quoted metric name, and the comma or brace behind it."""
        label = self._label.match(line, position)
        if not label:
            raise _expected("a label name or '}'", line, position)
        mark = self._mark.match(line, label.end())
        if not mark:
            raise _expected("'=' after the label name", line, label.end())
        if mark[1] != b"=":
            return self._metric_name(label, mark, labels)
        value = self._quoted.match(line, mark.end())
        if not value:
            raise _expected("a label value in double quotes", line, mark.end())
        key = label[1].decode() if label[1] is not None else _unescape_name(label[2], "label name")
        if key in labels:
            raise ExpositionError(f"label {key[:_SHOWN_BYTES]!r} is given twice")
        labels[key] = unescape(value[1], "label value")
        mark = self._mark.match(line, value.end())
        if not mark and self._commas_optional and self._label.match(line, value.end()):
            return value.end(), b""
        if not mark or mark[1] == b"=":
            raise _expected("',' or '}' after the label value", line, value.end())
        return mark.end(), mark[1]

    def _metric_name(self, label: re.Match[bytes], mark: re.Match[bytes], labels: dict[str, str]) -> tuple[int, bytes]:
        if label[1] is not None:
            raise _expected("'=' after the label name", label.string, label.end())
        if METRIC_NAME in labels:
            raise ExpositionError("the metric name is given twice")
        labels[METRIC_NAME] = _unescape_name(label[2], "metric name")
        return mark.end(), mark[1]


def unescape(raw: bytes, what: str) -> str:
    r"""Decode a quoted string: `\\`, `\"` and `\n` are escapes, any other backslash stands for itself.

    Raises:
        ExpositionError: it is not UTF-8.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise ExpositionError(f"the {what} {raw[:_SHOWN_BYTES]!r} is not valid UTF-8") from None
    return _ESCAPE.sub(lambda match: _ESCAPED[match[1]], text) if "\\" in text else text


def _unescape_name(raw: bytes, what: str) -> str:
    if not raw:
        raise ExpositionError(f"the {what} is empty")
    return unescape(raw, what)


def to_labels(labels: dict[str, str], family_type: MetricType) -> Labels:
    """The label set of a series, its bounds canonical."""
    return Labels.of(with_canonical_bound(labels, family_type))


def with_canonical_bound(labels: dict[str, str], family_type: MetricType) -> dict[str, str]:
    """The same labels; `le` and `quantile` are written canonically where `family_type` has them.

    Source: prometheus/prometheus, model/textparse/openmetricsparse.go (normalizeFloatsInLabelValues).
    """
    bound = _BOUND_LABEL.get(family_type)
    if bound in labels:
        labels[bound] = canonical_float(labels[bound])
    return labels


def _expected(what: str, line: bytes, position: int) -> ExpositionError:
    return ExpositionError(f"expected {what}, found {show(line[position:])}")


def show(rest: bytes) -> str:
    """The beginning of `rest` for an error message, or "the end of the line"."""
    if not rest:
        return "the end of the line"
    text = rest[:_SHOWN_BYTES].decode(errors="backslashreplace")
    return repr(text) + ("..." if len(rest) > _SHOWN_BYTES else "")
