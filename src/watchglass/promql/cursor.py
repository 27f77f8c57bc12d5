"""Where the parser stands in the tokens, and how it complains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from watchglass.errors import QuerySyntaxError
from watchglass.model.duration import parse_duration
from watchglass.promql.ast import NumberLiteral, Span, line_and_column
from watchglass.promql.kinds import DURATION, ERROR, NUMBER
from watchglass.promql.lex import Token, describe, tokenize
from watchglass.promql.numbers import parse_number


class Cursor:
    """A place in the tokens of a query.

    Attributes:
        token: the token under the cursor; `kind` is its kind.
        context: what is being read and what could stand here, for complaints that have nothing better to say.
        max_depth: how deep the tree may get.
    """

    __slots__ = ("context", "depth", "index", "kind", "max_depth", "query", "token", "tokens")

    def __init__(self, query: str, max_depth: int) -> None:
        self.query = query
        self.max_depth = max_depth
        self.tokens = tokenize(query)
        self.index = 0
        self.token = self.tokens[0]
        self.kind = self.token.kind
        self.context = ("", "")
        self.depth = 0

    def advance(self) -> Token:
        """Step over the token under the cursor, and return it. Never called on the last one."""
        token = self.token
        self.index += 1
        self.token = self.tokens[self.index]
        self.kind = self.token.kind
        return token

    def expect(self, kind: str) -> Token:
        """Step over a token that must be of this kind."""
        if self.kind != kind:
            raise self.unexpected()
        return self.advance()

    def next_kind(self) -> str:
        """The kind of the token after the one under the cursor, which must not be the last."""
        return self.tokens[self.index + 1].kind

    def descend(self, levels: int = 1) -> None:
        """Go down in the tree; whoever does, comes up again by `depth -= levels`."""
        self.depth += levels
        if self.depth > self.max_depth:
            raise self.error(f"expression is nested more than {self.max_depth} levels deep", self.token.start)

    @contextmanager
    def reading(self, what: str, expected: str = "") -> Iterator[None]:
        """Set `context` for a while."""
        outer, self.context = self.context, (what, expected)
        yield
        self.context = outer

    def error(self, message: str, start: int) -> QuerySyntaxError:
        """A complaint of what begins at a byte offset, to be raised."""
        line, column = line_and_column(self.query, start) if self.query else (0, 0)
        return QuerySyntaxError(message, line=line, column=column)

    def unexpected(self, what: str = "", expected: str = "") -> QuerySyntaxError:
        """A complaint that the token under the cursor cannot stand here; without arguments, in terms of the context."""
        if self.kind == ERROR:
            return self.error(self.token.text, self.token.start)
        if not what:
            what, expected = self.context
        message = f"unexpected {describe(self.token)}"
        if what:
            message += f" in {what}"
        if expected:
            message += f", expected {expected}"
        return self.error(message, self.token.start)

    def number(self) -> NumberLiteral:
        """Step over a number or a duration, which is a number of seconds."""
        if self.kind not in (NUMBER, DURATION):
            raise self.unexpected()
        token = self.advance()
        span = Span(token.start, token.end)
        try:
            if token.kind == NUMBER:
                return NumberLiteral(parse_number(token.text), span=span)
            seconds, rest = divmod(parse_duration(token.text), 1000)
        except ValueError as error:
            raise self.error(str(error), token.start) from None
        return NumberLiteral(seconds + rest * 1_000_000 / 1e9, is_duration=True, span=span)

    def signed_number(self) -> NumberLiteral:
        """Step over a number that may have a sign."""
        return signed(self.advance(), self.number()) if self.kind in ("+", "-") else self.number()


def signed(sign: Token, number: NumberLiteral) -> NumberLiteral:
    """The number with a sign before it."""
    value = -number.value if sign.kind == "-" and number.value == number.value else number.value
    return NumberLiteral(value, number.is_duration, span=Span(sign.start, number.span.end))
