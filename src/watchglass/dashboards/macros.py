"""Variables and macros in the expressions of a dashboard, filled in so that the expression can be parsed.

What a variable stands for is known only while a dashboard is open. Here it stands for what the document says it does, or for
whatever lets the expression parse: a name, a number, a duration, a function.
Source: Grafana, docs/sources/dashboards/variables/variable-syntax and add-template-variables (global variables).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

from watchglass.dashboards.normalise.loose import Json, mapping, mappings, text
from watchglass.dashboards.normalise.variables import ALL, values_of
from watchglass.errors import QueryError
from watchglass.promql.ast import Expr
from watchglass.promql.parse import parse

_REFERENCE = re.compile(
    r"\$\{(?P<braced>[A-Za-z_]\w*)(?:\.[^:}]*)?(?::[^}]*)?\}|\$(?P<plain>[A-Za-z_]\w*)|\[\[(?P<old>[A-Za-z_]\w*)(?::\w+)?\]\]",
    re.ASCII,
)
_GLOBALS: Mapping[str, str] = {
    "__interval": "1m",
    "__interval_ms": "60000",
    "__rate_interval": "4m",
    "__rate_interval_ms": "240000",
    "__range": "1h",
    "__range_s": "3600",
    "__range_ms": "3600000",
    "__from": "1700000000000",
    "__to": "1700003600000",
    "__dashboard": "dashboard",
    "__org": "1",
    "__user": "user",
}
_AUTOMATIC = "$__auto"  # an interval that follows the range
_GUESSES = ("a", "1", "5m", "sum", "up", "")
_MOST_TRIES = 300


def values_for_parsing(board: Json) -> dict[str, list[str]]:
    """What each variable of a normalised dashboard may stand for: what it says first, then guesses."""
    found = {name: [value] for name, value in _GLOBALS.items()}
    for variable in mappings(mapping(board.get("templating")).get("list")):
        chosen = [value for value in values_of(variable) if not value.startswith(_AUTOMATIC)]
        known = [text(variable.get("allValue")) or ".*" if value == ALL else value for value in chosen]
        found[variable["name"]] = [*known[:1], *_GUESSES]
    return found


def parse_error(expression: str, values: Mapping[str, Sequence[str]]) -> QueryError | None:
    """Why an expression does not parse, whatever its variables stand for; None where it does.

    A name that is no variable stays as it is, as it does in Grafana.
    """
    furthest: QueryError | None = None
    for filled in islice(_filled(expression, values), _MOST_TRIES):
        try:
            parse(filled.text)
        except QueryError as error:
            furthest = error if furthest is None or _place(error) > _place(furthest) else furthest
        else:
            return None
    return furthest


def parse_filled(expression: str, values: Mapping[str, Sequence[str]]) -> tuple[Expr, Callable[[int], int]] | None:
    """The tree of an expression whose variables are filled in, and what leads a place in it back; None where none parses.

    The place in the tree is one of bytes, as those of its nodes are; what it leads to is one of characters.
    """
    for filled in islice(_filled(expression, values), _MOST_TRIES):
        try:
            tree = parse(filled.text)
        except QueryError:
            continue
        return tree, filled.place
    return None


def _place(error: QueryError) -> tuple[int, int]:
    """How far reading came: the fault that comes last is the one that no value mends."""
    return getattr(error, "line", 0), getattr(error, "column", 0)


class _Filled(NamedTuple):
    """An expression with values in the place of its variables."""

    text: str
    put: Sequence[tuple[int, int]]  # where in `text` a value ends, and how much shorter it is than what it stands for

    def place(self, at: int) -> int:
        """Where in the expression stands what begins at a byte of `text`, outside of values."""
        at = len(self.text.encode("utf-8", "surrogatepass")[:at].decode("utf-8", "surrogatepass"))
        return at + sum(longer for end, longer in self.put if end <= at)


def _filled(expression: str, values: Mapping[str, Sequence[str]]) -> Iterator[_Filled]:
    """The expression with every choice of values, the likeliest first."""
    names = dict.fromkeys(_name(found) for found in _REFERENCE.finditer(expression))
    known = [name for name in names if name in values]
    for chosen in product(*(values[name] for name in known)):
        yield _fill(expression, dict(zip(known, chosen, strict=True)))


def _fill(expression: str, filling: Mapping[str, str]) -> _Filled:
    pieces: list[str] = []
    put: list[tuple[int, int]] = []
    start = size = 0
    for found in _REFERENCE.finditer(expression):
        value = _put(filling, found)
        pieces += expression[start : found.start()], value
        size += found.start() - start + len(value)
        put.append((size, len(found[0]) - len(value)))
        start = found.end()
    return _Filled("".join([*pieces, expression[start:]]), put)


def _put(filling: Mapping[str, str], found: re.Match[str]) -> str:
    """What stands in the place of one reference: within brackets always a duration."""
    value = filling.get(_name(found))
    if value is None:
        return found[0]
    is_window = found.string[: found.start()].endswith(("[", ":"))
    return "5m" if is_window and not value[:1].isdigit() else value


def _name(found: re.Match[str]) -> str:
    return found["braced"] or found["plain"] or found["old"]
