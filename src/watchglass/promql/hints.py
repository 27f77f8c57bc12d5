"""What to write instead: a line beside an error of the parser, whose own text stays Prometheus's.

A hint is given only where the fault leaves little doubt of what was meant; most errors say enough by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from watchglass.errors import QuerySyntaxError
from watchglass.promql.functions_table import FUNCTIONS
from watchglass.promql.unclosed import hint_of_closing, offset_of

_LOOK_AHEAD, _LOOK_BACK = 16, 32  # bytes of the text at the fault that decide
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

_SHORT = {
    word + plural: unit
    for words, unit in (
        ("millisecond msec", "ms"), ("second sec", "s"), ("minute min", "m"), ("hour hr", "h"), ("day", "d"), ("week", "w"),
        ("year", "y"),
    )
    for word in words.split()
    for plural in ("", "s")
}  # fmt: skip
_UNITS = "|".join(sorted((*_SHORT, "ms", "s", "m", "h", "d", "w", "y"), key=len, reverse=True))
_NUMBER_BEFORE = re.compile(r"(?<![\w.])(\d+(?:(?:ms|[smhdwy])(?:\d+)?)*)[ \t]+$")
_UNIT_AFTER = re.compile(rf"(?:\d+)?(?:{_UNITS})(?![A-Za-z0-9_])")
_WRITTEN_OUT = re.compile(r"(\d+)([A-Za-z]+)(?![A-Za-z0-9_])")
_DURATION_HERE = re.compile(r"(?:\[[^\]]*|\boffset\s+-?)$")
_LIKE_DURATION = re.compile(r"\d+[smhdwy]")


def hint_for(query: str, error: QuerySyntaxError) -> str:
    """A line that says what to write instead; empty where there is nothing sure to say."""
    return _of_what_stands_there(query, error) or _by_message(error.message) or hint_of_closing(query, error)


def _of_what_stands_there(query: str, error: QuerySyntaxError) -> str:
    text, at = query.encode("utf-8", "replace"), offset_of(query, error)
    before = text[max(at - _LOOK_BACK, 0) : at].decode("utf-8", "ignore")
    rest = text[at : at + _LOOK_AHEAD].decode("utf-8", "ignore")
    if error.message.startswith("unexpected character"):
        found = (hint for pattern, hint in _AT_FAULT if re.match(pattern, rest))
        return next(found, "") or _split_duration(before, rest)
    if error.message.startswith(("unexpected identifier", "unexpected duration")):
        return _split_duration(before, rest)
    return _bad_duration(before, rest) if error.message.startswith("bad number or duration") else ""


def _bad_duration(before: str, rest: str) -> str:
    """A duration whose unit is written out, or that is otherwise wrong."""
    found = _WRITTEN_OUT.match(rest)
    if found and (unit := _SHORT.get(found[2].lower())):
        return f"write {found[1]}{unit}"
    if _DURATION_HERE.search(before) or _LIKE_DURATION.match(rest):
        return "a duration is written with ms, s, m, h, d, w or y, as in 5m or 1h30m"
    return ""


def _split_duration(before: str, rest: str) -> str:
    """A duration with a space in it, such as `5 m` or `1h 30m`, has come apart."""
    number, unit = _NUMBER_BEFORE.search(before), _UNIT_AFTER.match(rest)
    if number is None or unit is None:
        return ""
    return f"write the duration without a space: {number[1]}{_SHORT.get(unit[0], unit[0])}"


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
