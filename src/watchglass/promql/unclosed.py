"""What was opened in a query and not closed, or closed and not opened: hints beside the parser's errors."""

from __future__ import annotations

import re

from watchglass.errors import QuerySyntaxError
from watchglass.promql.ast import line_and_column
from watchglass.promql.kinds import ERROR
from watchglass.promql.lex import Token, tokenize

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_AT_THE_END = re.compile(
    r"unclosed left (?:parenthesis|bracket)|unexpected end of input (?:inside braces|in duration expression)"
)
_ANOTHER_CLOSES = re.compile(
    r"unexpected (?:right (?:parenthesis|bracket) '|\"|character: ')([)\]}])"
    r"|unexpected character inside braces: '([()\[\]])'"
    r'|unexpected "([(\[])" in grouping opts, expected ","'
)
_STRING = re.compile(r"unterminated (?:quoted|raw) string")


def hint_of_closing(query: str, error: QuerySyntaxError) -> str:
    """Which bracket, parenthesis, brace or quote to close, or to leave out; empty where that is not the fault."""
    if _STRING.match(error.message):
        return _string(query, error)
    opened = _open_before(query, offset_of(query, error))
    if _AT_THE_END.match(error.message) and opened:
        missing = "".join(_CLOSING[token.kind] for token in reversed(opened))
        return f"add {missing} at the end: {_place(query, opened[-1])} is not closed"
    if found := _ANOTHER_CLOSES.match(error.message):
        return _wrong(query, found[1] or found[2] or found[3], opened)
    return ""


def offset_of(query: str, error: QuerySyntaxError) -> int:
    """The place of an error, in bytes from the start."""
    lines = query.encode("utf-8", "replace").split(b"\n")
    return sum(len(line) + 1 for line in lines[: max(error.line - 1, 0)]) + error.column - 1


def _string(query: str, error: QuerySyntaxError) -> str:
    quote = query.encode("utf-8", "replace")[offset_of(query, error) :][:1].decode("ascii", "replace")
    rest = query.encode("utf-8", "replace")[offset_of(query, error) :]
    if quote != "`" and b"\n" in rest:
        return f"close the string with {quote} on its line; only one in backticks may go on to the next"
    return f"close the string with {quote}"


def _open_before(query: str, end: int) -> list[Token]:
    """What is open at a place, the innermost last."""
    opened: list[Token] = []
    for token in tokenize(query):
        if token.start >= end or token.kind == ERROR:
            break
        if token.kind in _CLOSING:
            opened.append(token)
        elif opened and token.kind == _CLOSING[opened[-1].kind]:
            opened.pop()
    return opened


def _wrong(query: str, closing: str, opened: list[Token]) -> str:
    if not opened:
        return f"leave {closing} out: nothing is open there"
    innermost = opened[-1]
    if _CLOSING[innermost.kind] == closing:
        return ""
    return f"add {_CLOSING[innermost.kind]} before {closing}: {_place(query, innermost)} is not closed"


def _place(query: str, token: Token) -> str:
    line, column = line_and_column(query, token.start)
    return f"the {token.kind} at {line}:{column}"
