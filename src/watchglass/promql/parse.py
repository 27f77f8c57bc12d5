"""The parser: the text of a query in, a checked tree out.

Expressions are read by operator precedence. A chain of operators of one precedence is a loop, so it may be of any length;
nesting is recursion, and bounded. Grammar and messages are those of Prometheus 3.14 with every experimental part enabled
(prometheus/prometheus, promql/parser/generated_parser.y and parse.go); like its first message, ours is the only one.
"""

from __future__ import annotations

import sys
from functools import lru_cache

from watchglass.errors import QueryError, QuerySyntaxError
from watchglass.model.matcher import Matcher
from watchglass.promql.ast import (
    AGGREGATORS,
    BINDING,
    PARAMETER_AGGREGATORS,
    SET_OPERATORS,
    AggregateExpr,
    BinaryExpr,
    Call,
    Cardinality,
    Expr,
    NumberLiteral,
    ParenExpr,
    Span,
    StringLiteral,
    UnaryExpr,
    ValueType,
    VectorMatching,
)
from watchglass.promql.cursor import Cursor, signed
from watchglass.promql.functions_table import FUNCTIONS
from watchglass.promql.hints import hint_for
from watchglass.promql.kinds import CALLABLE_WORDS, DURATION, END, ERROR, FIRST_KINDS, METRIC_WORDS, NUMBER, STRING
from watchglass.promql.lex import Token
from watchglass.promql.parse_matching import parse_grouping_labels, parse_matching
from watchglass.promql.parse_selector import parse_modifiers, parse_vector_selector
from watchglass.promql.scan import from_bytes_view
from watchglass.promql.typecheck import check_types, matches_empty
from watchglass.wire.quoting import go_quote, unquote

MAX_DEPTH = 500
"""How deep a tree may nest, left chains of operators not counted."""

MAX_LENGTH = 1 << 18
"""How many characters a query may have; parsing that many takes less than a second."""

_FRAMES_PER_LEVEL = 20
# Parsing, walking and evaluating recurse a few frames per level. Python frames take no C stack, so the limit that Python
# sets itself (1,000) may be raised to what MAX_DEPTH needs.
sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_DEPTH * _FRAMES_PER_LEVEL))

_REMEMBERED_LENGTH = 4096


def parse(query: str, *, max_depth: int = MAX_DEPTH, max_length: int = MAX_LENGTH) -> Expr:
    """Parse and type-check a query. Short ones are remembered.

    Raises:
        QuerySyntaxError: it is no PromQL, does not type-check, or exceeds a limit; says what may have been meant.
    """
    if len(query) > max_length:
        raise QuerySyntaxError(f"query is longer than {max_length} characters")
    try:
        return (_parse_remembered if len(query) <= _REMEMBERED_LENGTH else _parse)(query, max_depth)
    except QuerySyntaxError as error:
        error.hint = hint_for(query, error)
        raise


def parse_series_selector(text: str, *, max_length: int = MAX_LENGTH) -> tuple[Matcher, ...]:
    """The matchers of a bare selector, such as the API's `match[]` takes.

    Raises:
        QuerySyntaxError: it is no selector, or longer than allowed.
        QueryError: it would select every series.
    """
    matchers = parse_metric_selector(text, max_length=max_length)
    if all(map(matches_empty, matchers)):
        error = QueryError("match[] must contain at least one non-empty matcher")
        error.kind = "bad_data"
        raise error
    return matchers


def parse_metric_selector(text: str, *, max_length: int = MAX_LENGTH) -> tuple[Matcher, ...]:
    """The matchers of a bare selector that may match every series, such as federation takes.

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


def _parse(query: str, max_depth: int) -> Expr:
    cursor = Cursor(query, max_depth)
    if cursor.kind == END:
        raise cursor.error("no expression found in input", 0)
    expr = _expr(cursor)
    if cursor.kind != END:
        raise cursor.unexpected()
    check_types(cursor, expr)
    return expr


_parse_remembered = lru_cache(maxsize=512)(_parse)


def _expr(cursor: Cursor, power: int = 0) -> Expr:
    """An expression of operators that bind at least as tight as `power`."""
    cursor.descend()
    lhs = _operand(cursor)
    while (binding := BINDING.get(cursor.kind, -1)) >= power:
        sign = cursor.advance()
        return_bool = cursor.kind == "bool"
        if return_bool:
            cursor.advance()
        matching = parse_matching(cursor)
        rhs = _expr(cursor, binding if sign.kind == "^" else binding + 1)
        lhs = _binary(sign.kind, lhs, rhs, matching, return_bool=return_bool)
    cursor.depth -= 1
    return lhs


def _binary(op: str, lhs: Expr, rhs: Expr, matching: VectorMatching | None, *, return_bool: bool) -> BinaryExpr:
    """Join operands. Matching that makes no sense is kept where the type check must complain of it."""
    if lhs.type is rhs.type is ValueType.VECTOR:
        if op in SET_OPERATORS:
            matching = _set_matching(matching)
        matching = matching or _ONE_TO_ONE
    elif matching and not matching.labels and matching.fill_left is None and matching.fill_right is None:
        matching = None
    return BinaryExpr(op, lhs, rhs, matching, return_bool, span=Span(lhs.span.start, rhs.span.end))


_ONE_TO_ONE = VectorMatching()


def _operand(cursor: Cursor) -> Expr:
    kind = cursor.kind
    if kind in ("+", "-"):
        return _unary(cursor)
    return parse_modifiers(cursor, _primary(cursor, kind))


def _primary(cursor: Cursor, kind: str) -> Expr:
    if kind in (NUMBER, DURATION):
        return cursor.number()
    if kind == STRING:
        token = cursor.advance()
        return StringLiteral(unquote(from_bytes_view(token.text)), span=Span(token.start, token.end))
    if kind == "(":
        return _parentheses(cursor)
    if kind == "{":
        return parse_vector_selector(cursor)
    if kind in AGGREGATORS and cursor.next_kind() in ("(", "by", "without"):
        return _aggregate(cursor)
    if kind in CALLABLE_WORDS and cursor.next_kind() == "(":
        return _call(cursor)
    if kind in METRIC_WORDS:
        return parse_vector_selector(cursor)
    raise cursor.unexpected()


def _unary(cursor: Cursor) -> Expr:
    """A sign and its operand; it binds as tight as a product, so `-a ^ b` is `-(a ^ b)`."""
    sign = cursor.advance()
    operand = _expr(cursor, BINDING["^"])
    if isinstance(operand, NumberLiteral):
        return signed(sign, operand)
    return UnaryExpr(sign.kind, operand, span=Span(sign.start, operand.span.end))


def _parentheses(cursor: Cursor) -> ParenExpr:
    start = cursor.advance().start
    inner = _expr(cursor)
    return ParenExpr(inner, span=Span(start, cursor.expect(")").end))


def _call(cursor: Cursor) -> Call:
    name = cursor.advance()
    args, end = _arguments(cursor)
    function = FUNCTIONS.get(name.text)
    if function is None:
        raise cursor.error(f"unknown function with name {go_quote(name.text)}", name.start)
    return Call(function, args, span=Span(name.start, end))


def _arguments(cursor: Cursor) -> tuple[tuple[Expr, ...], int]:
    """Arguments in parentheses, and where they end."""
    cursor.expect("(")
    args: list[Expr] = []
    while cursor.kind != ")":
        args.append(_expr(cursor))
        if cursor.kind != ",":
            break
        comma = cursor.advance()
        if cursor.kind == ERROR:
            raise cursor.unexpected()
        if cursor.kind not in FIRST_KINDS:
            raise cursor.error("trailing commas not allowed in function call args", comma.start)
    return tuple(args), cursor.expect(")").end


def _aggregate(cursor: Cursor) -> AggregateExpr:
    with cursor.reading("aggregation"):
        op = cursor.advance()
        modifier = _grouping(cursor)
        args, end = _arguments(cursor)
        if modifier is None:
            modifier = _grouping(cursor)
    grouping, without, last = modifier or ((), False, 0)
    param, expr = _split_arguments(cursor, op, args)
    return AggregateExpr(op.kind, expr, param, grouping, without, span=Span(op.start, max(end, last)))


def _grouping(cursor: Cursor) -> tuple[tuple[str, ...], bool, int] | None:
    """`by (...)` or `without (...)`, if it comes: labels, whether they are dropped, and where it ends."""
    if cursor.kind not in ("by", "without"):
        return None
    without = cursor.advance().kind == "without"
    labels = parse_grouping_labels(cursor)
    return labels, without, cursor.tokens[cursor.index - 1].end


def _split_arguments(cursor: Cursor, op: Token, args: tuple[Expr, ...]) -> tuple[Expr | None, Expr]:
    """The parameter, if the aggregator takes one, and the expression to aggregate."""
    if not args:
        raise cursor.error("no arguments for aggregate expression provided", op.start)
    wanted = 2 if op.kind in PARAMETER_AGGREGATORS else 1
    if len(args) != wanted:
        message = "wrong number of arguments for aggregate expression provided"
        raise cursor.error(f"{message}, expected {wanted}, got {len(args)}", op.start)
    return (args[0] if wanted == 2 else None), args[-1]


def _set_matching(matching: VectorMatching | None) -> VectorMatching:
    """Set operators match many elements to many; grouping is kept for the type check to refuse."""
    if matching is None:
        return VectorMatching(Cardinality.MANY_TO_MANY)
    if matching.card is not Cardinality.ONE_TO_ONE:
        return matching
    return VectorMatching(
        Cardinality.MANY_TO_MANY, matching.labels, matching.on, (), matching.fill_left, matching.fill_right
    )
