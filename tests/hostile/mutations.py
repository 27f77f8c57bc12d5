"""Queries that nobody meant: real ones from the tests' corpora, cut up, joined and sprinkled with what hurts.

Everything follows from the seed: the same seed writes the same queries, wherever the same corpora lie.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from watchglass.errors import QueryError
from watchglass.promql.ast import AGGREGATORS, PARAMETER_AGGREGATORS, SET_OPERATORS
from watchglass.promql.functions_table import FUNCTIONS as SIGNATURES
from watchglass.promql.kinds import MODIFIERS
from watchglass.promql.parse import parse

PROMQL = Path(__file__).parent.parent / "promql"

SIMPLE_AGGREGATORS = AGGREGATORS - PARAMETER_AGGREGATORS
WORDS = AGGREGATORS | SET_OPERATORS | MODIFIERS

HOSTILE = [
    *("(", ")", "[", "]", "{", "}", '"', "'", "`", ",", "@", "^", "-", "+", "\\", "#", "=~", "!~", ":", "<", "bool"),
    *("1e400", "-1e400", "1e308", "5e-324", "NaN", "Inf", "-Inf", "0x", "0x7fffffffffffffff", "9223372036854775808"),
    *("[1000y]", "[1000y:1ms]", "[1ms:1000y]", "[5m:1ms]", "[0s]", "[1ms]", "[5m:]", "[1h:1s]", "[", "[5m", "[:]"),
    *("offset 1000y", "offset -1000y", "offset 290y", "offset -290y", "@ 1e300", "@ -9e15", "@ 9e15", "@ NaN"),
    *("@ start()", "@ end()", "offset step()", "[range()]", "[range():step()]", "[step()/1e9]", "[1e9]", "[2^70]"),
    *('{__name__=~".+"}', '{__name__=~"(a+)+$"}', '{__name__=~"(x{1000}){1000}"}', '{__name__!=""}', "{}"),
    *('{job=~"["}', '{"\\xff"="a"}', "\x00", "\ufffd", "\u202e", "\U0001f600", "é", "\\u0000", '"\\xff"'),
    *("sum(", "sum by (", "count_values('x', ", "topk(1e300, ", "quantile(NaN, ", "limitk(NaN, ", "limit_ratio(-2, "),
    *(
        "label_replace(",
        'label_join(up, "x", "y"',
        "histogram_quantile(2, ",
        "predict_linear(up[5m], 1e300)",
        "absent(",
    ),
    *(
        "on ()",
        "ignoring ()",
        "group_left",
        "group_right ()",
        "fill(1)",
        "fill_left(NaN)",
        "and",
        "or",
        "unless",
        "atan2",
    ),
    *("anchored", "smoothed", "time()", "vector(1)", "scalar(", "timestamp(", "holt_winters(", "info(", "min_of("),
    *("or " * 40, "((((" * 30, "----" * 30, "sum(" * 30, "{" * 50, "[5m]" * 3, "a" * 5_000, "9" * 400, '"' + "\\" * 99),
]
"""Tokens to insert: edges of every number, brackets that close nothing, and words where they cannot stand."""

FORMS = (
    *("sum(%s)", "(%s)[1h:30s]", "rate((%s)[10m:1s])", "-(%s)", "%s or %s", "(%s) * on () group_left (%s)"),
    *("topk(3, %s)", "absent(%s)", 'count_values("v", %s)', "sort_desc(%s)", "%s @ end()", "%s offset 1000y"),
    *('label_replace(%s, "job", "$1$1", "job", "(.*)")', "histogram_quantile(0.5, %s)", "scalar(%s) + %s"),
)
"""Queries around another one."""

EDGES = {
    "number": ["1e308", "5e-324", "NaN", "Inf", "-1", "0x7fffffffffffffff", "9223372036854775807", "1e18", "0.5", "0"],
    "duration": ["1000y", "290y", "1ms", "1s", "1w", "7d13h", "999999999s", "0s", "59m59s999ms"],
    "string": ['""', '"(a+)+$"', '"(x{1000}){1000}"', '"["', '".*"', '".+"', '"|||"', '"$1$1$1$1"', '"__name__"'],
}
"""Values to put in the place of others of their class."""

_TOKEN = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*|[0-9.]+[a-z]*|\"[^\"]*\"|\s+|.", re.DOTALL)
_EVAL = re.compile(
    r"eval(?:_\w+)?\s+(?:instant\s+(?:at\s+.+?)?|range\s+from\s+.+\s+to\s+.+\s+step\s+.+?)\s+(?P<expr>.+)$"
)


def corpus() -> list[str]:
    """Every distinct query of the project's cases, in their order."""
    found = [
        line
        for line in (PROMQL / "cases/differential.promql").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    for path in sorted((PROMQL / "cases").glob("*.test")):
        found += [match["expr"] for line in path.read_text().splitlines() if (match := _EVAL.match(line.strip()))]
    found += list(_first_texts(yaml.safe_load((PROMQL / "parse_errors.yaml").read_text())))
    return list(dict.fromkeys(found))


def _first_texts(node: object) -> Iterator[str]:
    """The query of each `[query, place, message]`."""
    if isinstance(node, dict):
        for child in node.values():
            yield from _first_texts(child)
    elif isinstance(node, list) and node and isinstance(node[0], str):
        yield node[0]
    elif isinstance(node, list):
        for child in node:
            yield from _first_texts(child)


def _parses(query: str) -> bool:
    try:
        parse(query)
    except QueryError:
        return False
    return True


def _class(token: str) -> str:
    """What a token is, roughly: empty for blanks and symbols."""
    if token[0] == '"':
        return "string"
    if token[0].isdigit() and token[0].isascii():
        return "duration" if token[-1].isalpha() else "number"
    if token[0].isalpha() and token[0].isascii():
        if token in SIGNATURES:
            return f"function of {SIGNATURES[token].arg_types}"
        return "aggregator" if token in SIMPLE_AGGREGATORS else "" if token.lower() in WORDS else "name"
    return ""


def _by_class(queries: list[str]) -> dict[str, list[str]]:
    """Every word that the queries have, by class."""
    found = {kind: list(edges) for kind, edges in EDGES.items()}
    tokens = dict.fromkeys(token for query in queries for token in _TOKEN.findall(query))
    for token in (*tokens, *sorted(SIGNATURES), *sorted(SIMPLE_AGGREGATORS)):
        found.setdefault(_class(token), []).append(token)
    return found


class Mutator:
    """Writes one mutated query after another."""

    def __init__(self, seed: int, queries: list[str]) -> None:
        self._random = random.Random(seed)
        self._queries = queries
        self._good = [query for query in queries if _parses(query)]
        self._words = _by_class(queries)
        self._changes = (self._swap, self._drop, self._repeat, self._insert, self._splice, self._flip)
        self._changes += (self._wrap, self._exchange) * 5  # those after which most queries still parse

    def query(self) -> str:
        """A query of the corpus after one to four changes."""
        text = self._random.choice(self._queries if self._random.random() < 0.1 else self._good)
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4))):
            text = self._random.choice(self._changes)(text)
        return text

    def _tokens(self, text: str) -> list[str]:
        return _TOKEN.findall(text) or [" "]

    def _place(self, tokens: list[str]) -> int:
        return self._random.randrange(len(tokens))

    def _exchange(self, text: str) -> str:
        """Put another word, number, duration or string of the corpus in the place of one."""
        tokens = self._tokens(text)
        places = [place for place, token in enumerate(tokens) if _class(token)]
        if places:
            place = self._random.choice(places)
            tokens[place] = self._random.choice(self._words[_class(tokens[place])])
        return "".join(tokens)

    def _swap(self, text: str) -> str:
        tokens = self._tokens(text)
        one, other = self._place(tokens), self._place(tokens)
        tokens[one], tokens[other] = tokens[other], tokens[one]
        return "".join(tokens)

    def _drop(self, text: str) -> str:
        tokens = self._tokens(text)
        start = self._place(tokens)
        del tokens[start : start + self._random.choice((1, 1, 2, 5))]
        return "".join(tokens)

    def _repeat(self, text: str) -> str:
        tokens = self._tokens(text)
        start = self._place(tokens)
        part = tokens[start : start + self._random.choice((1, 3, 8))]
        return "".join(tokens[:start] + part * self._random.choice((2, 2, 3, 30)) + tokens[start:])

    def _insert(self, text: str) -> str:
        tokens = self._tokens(text)
        tokens.insert(self._place(tokens), f" {self._random.choice(HOSTILE)} ")
        return "".join(tokens)

    def _splice(self, text: str) -> str:
        other = self._tokens(self._random.choice(self._queries))
        tokens = self._tokens(text)
        return "".join(tokens[: self._place(tokens)] + other[self._place(other) :])

    def _wrap(self, text: str) -> str:
        return self._random.choice(FORMS).replace("%s", text)

    def _flip(self, text: str) -> str:
        """Change a bit of the bytes; what is no UTF-8 any more becomes what a decoder makes of it."""
        data = bytearray(text.encode("utf-8", "replace") or b"0")
        data[self._random.randrange(len(data))] ^= 1 << self._random.randrange(8)
        return data.decode("utf-8", "replace")
