"""Annotations: warnings and infos that travel with a query's result, each with its place in the query.

Texts are Prometheus's own, so that tools which look for them find them.
Source: prometheus/prometheus, util/annotations/annotations.go.
"""

from __future__ import annotations

from watchglass.promql.ast import Span, line_and_column
from watchglass.promql.sample_text import format_general
from watchglass.wire.quoting import go_quote


class Annotations:
    """What a query has to say besides its result; equal texts at equal places are kept once."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._warnings: dict[str, None] = {}
        self._infos: dict[str, None] = {}

    def warn(self, text: str, span: Span) -> None:
        """Tell of something that probably makes the result wrong."""
        self._warnings[self._placed(f"PromQL warning: {text}", span)] = None

    def inform(self, text: str, span: Span) -> None:
        """Tell of something that may be meant, but often is not."""
        self._infos[self._placed(f"PromQL info: {text}", span)] = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings, in the order in which they came up."""
        return tuple(self._warnings)

    @property
    def infos(self) -> tuple[str, ...]:
        """All infos, in the order in which they came up."""
        return tuple(self._infos)

    def _placed(self, text: str, span: Span) -> str:
        line, column = line_and_column(self._query, max(span.start, 0))
        return f"{text} ({line}:{column})"


def invalid_quantile(value: float) -> str:
    """Text of the warning about a quantile outside [0, 1]."""
    return f"quantile value should be between 0 and 1, got {format_general(value)}"


def with_metric_name(text: str, name: str) -> str:
    """The text, naming the metric where it is known."""
    return f"{text} for metric name {go_quote(name)}" if name else text
