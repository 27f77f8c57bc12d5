"""What to write instead: a line beside an error of the parser, whose own text stays Prometheus's.

A hint is given only where the fault leaves little doubt of what was meant; most errors say enough by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from watchglass.errors import QuerySyntaxError
from watchglass.promql.functions_table import FUNCTIONS

_LOOK_AHEAD = 8  # bytes of the text at the fault that decide
_LONGEST_NAME = 64
_RENAMED = {"holt_winters": "double_exponential_smoothing"}  # in Prometheus 3.0

_AT_FAULT: tuple[tuple[str, str], ...] = (
    (r"\.\.\.|…", "the dots stand for something that was left out; write a whole expression there"),
    (r"\|[=~]|!~? *[\"`]", "this is LogQL, which asks Loki for log lines; PromQL has no filters of lines"),
    (r"\|\|", "write `or`"),
    (r"&&", "write `and`"),
    (r"\$", "only a dashboard fills in variables such as `$name`; write a value"),
    ("[\u00ab\u00bb\u2018\u2019\u201c-\u201e]", "write straight quotes"),
)
"""What stands where the parser stopped, as a pattern, and the hint."""


def hint_for(query: str, error: QuerySyntaxError) -> str:
    """A line that says what to write instead; empty where there is nothing sure to say."""
    rest = _text_at(query, error)
    found = (hint for pattern, hint in _AT_FAULT if re.match(pattern, rest))
    return next(found, "") if error.message.startswith("unexpected character") else _by_message(error.message)


def _text_at(query: str, error: QuerySyntaxError) -> str:
    lines = query.encode("utf-8", "replace").split(b"\n")
    line = lines[error.line - 1] if 0 < error.line <= len(lines) else b""
    return line[error.column - 1 : error.column - 1 + _LOOK_AHEAD].decode("utf-8", "ignore")


def _by_message(message: str) -> str:
    for pattern, hint in _BY_MESSAGE:
        if match := re.match(pattern, message):
            return hint(match)
    return ""


def _nearest_function(match: re.Match[str]) -> str:
    name = match[1]
    if name in _RENAMED:
        return f"Prometheus 3.0 renamed it {_RENAMED[name]}"
    near = get_close_matches(name, FUNCTIONS, 1) if len(name) <= _LONGEST_NAME else []
    return f"did you mean {near[0]}?" if near else ""


def _always(text: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match.expand(text)


_BY_MESSAGE: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r'unknown function with name "(\w+)"$', _nearest_function),
    (
        r'expected type range vector in call to function "(\w+)", got instant vector',
        _always(r"give it a range, as in \1(NAME[5m])"),
    ),
    (
        r"expected type instant vector in .*, got range vector",
        _always("make one value of the range first, as in rate(NAME[5m])"),
    ),
    (
        r"ranges only allowed for vector selectors",
        _always("a range of any other expression is a subquery, as in [1h:1m]"),
    ),
    (r'unexpected "="$', _always("write `==` to compare")),
    (r'unexpected "=" in label matching', _always("write one `=` between a label and its value")),
    (r"unexpected identifier .* in label matching, expected string", _always("write the value of a label in quotes")),
    (r"unexpected identifier .* in grouping opts", _always("write the labels in parentheses, as in by (job)")),
)
"""What the parser says, as a pattern, and the hint."""
