"""Bare selectors that may match anything: those of federation and of target metadata.

Source: prometheus/prometheus, promql/parser/parse.go (ParseMetricSelector).
"""

from __future__ import annotations

from watchglass.errors import QuerySyntaxError
from watchglass.model.matcher import Matcher
from watchglass.promql.cursor import Cursor
from watchglass.promql.kinds import END, METRIC_WORDS
from watchglass.promql.parse import MAX_LENGTH
from watchglass.promql.parse_selector import parse_vector_selector


def parse_metric_selector(text: str, *, max_length: int = MAX_LENGTH) -> tuple[Matcher, ...]:
    """The matchers of a selector; unlike `parse_series_selector` it may match every series.

    Raises:
        QuerySyntaxError: it is no selector, or longer than allowed.
    """
    if len(text) > max_length:
        raise QuerySyntaxError(f"selector is longer than {max_length} characters")
    cursor = Cursor(text, max_depth=1)
    if cursor.kind != "{" and cursor.kind not in METRIC_WORDS:
        raise cursor.unexpected()
    matchers = parse_vector_selector(cursor).matchers
    if cursor.kind != END:
        raise cursor.unexpected()
    return matchers
