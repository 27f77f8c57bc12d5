"""The kinds of tokens, and which of them may stand where. A keyword or symbol is its own kind.

Source: prometheus/prometheus, promql/parser/generated_parser.y (metric_identifier, maybe_label).
"""

from __future__ import annotations

from watchglass.promql.ast import AGGREGATORS, ARITHMETIC_OPERATORS, COMPARISON_OPERATORS, SET_OPERATORS, TRIM_OPERATORS

IDENTIFIER, METRIC_IDENTIFIER = "identifier", "metric identifier"  # the second has a colon
NUMBER, DURATION, STRING = "number", "duration", "string"
END, ERROR = "end of input", "error"

OPERATORS = ARITHMETIC_OPERATORS | COMPARISON_OPERATORS | SET_OPERATORS | TRIM_OPERATORS | {"=~", "!~", "@"}
FILLS = frozenset({"fill", "fill_left", "fill_right"})
MODIFIERS = FILLS | {
    *("bool", "on", "ignoring", "group_left", "group_right"),
    *("by", "without", "offset", "anchored", "smoothed"),
}
DURATION_WORDS = frozenset({"step", "range", "max_of", "min_of"})
PREPROCESSORS = DURATION_WORDS | {"start", "end"}

_WORDS = {IDENTIFIER, METRIC_IDENTIFIER} | AGGREGATORS | SET_OPERATORS | PREPROCESSORS
LABEL_WORDS = _WORDS | {"atan2"} | (MODIFIERS - {"without"})
"""What may be a label where labels are listed; inside braces every word is one."""

METRIC_WORDS = _WORDS | FILLS | {"by", "without", "offset", "anchored", "smoothed"}
"""What may be a metric's name."""

CALLABLE_WORDS = PREPROCESSORS | {IDENTIFIER}
"""What may be a function's name."""

FIRST_KINDS = METRIC_WORDS | {"(", "{", "+", "-", NUMBER, DURATION, STRING}
"""What an expression may begin with."""
