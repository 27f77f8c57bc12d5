"""Parsing durations: what stands in `[..]` and after `offset`.

A plain duration becomes a `NumberLiteral`, anything else a `DurationOp`. Source: prometheus/prometheus,
promql/parser/generated_parser.y (positive_duration_expr, offset_duration_expr, duration_expr).
"""

from __future__ import annotations

from watchglass.promql.ast import DurationExpr, DurationOp, NumberLiteral, Span
from watchglass.promql.cursor import Cursor, signed
from watchglass.promql.durations import MAX_SECONDS
from watchglass.promql.kinds import DURATION, NUMBER
from watchglass.promql.lex import Token

_BINDING = {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "^": 6}
_BY_ZERO = {"/": "division by zero", "%": "modulo by zero"}


def parse_positive_duration(cursor: Cursor) -> DurationExpr:
    """The width or step of a range."""
    duration = parse_duration_expr(cursor)
    if isinstance(duration, NumberLiteral) and duration.value <= 0:
        raise cursor.error("duration must be greater than 0", duration.span.start)
    return duration


def parse_offset_duration(cursor: Cursor) -> DurationExpr:
    """What follows `offset`.

    A single, perhaps signed, duration ends there: in `a offset 5m + b` the sum is that of the vectors. Only after an
    opening parenthesis without a sign, or a second sign, does the arithmetic belong to the duration.
    """
    if cursor.kind not in ("+", "-"):
        return parse_duration_expr(cursor) if cursor.kind == "(" else _operand(cursor)
    if cursor.next_kind() in ("+", "-"):
        return parse_duration_expr(cursor)
    sign = cursor.advance()
    if cursor.kind in (NUMBER, DURATION):
        return _in_range(cursor, signed(sign, cursor.number()))
    return _apply_sign(cursor, sign, _operand(cursor))


def parse_duration_expr(cursor: Cursor, power: int = 0) -> DurationExpr:
    """An expression of operators that bind at least as tight as `power`."""
    cursor.descend()
    levels = 1
    lhs = _operand(cursor)
    while (binding := _BINDING.get(cursor.kind, -1)) >= power:
        cursor.descend()
        levels += 1
        sign = cursor.advance()
        rhs = parse_duration_expr(cursor, binding if sign.kind == "^" else binding + 1)
        if sign.kind in _BY_ZERO and isinstance(rhs, NumberLiteral) and rhs.value == 0:
            raise cursor.error(_BY_ZERO[sign.kind], sign.start)
        lhs = DurationOp(sign.kind, lhs, rhs, span=Span(lhs.span.start, rhs.span.end))
    cursor.depth -= levels
    return lhs


def _operand(cursor: Cursor) -> DurationExpr:
    match cursor.kind:
        case "+" | "-":
            sign = cursor.advance()
            return _apply_sign(cursor, sign, parse_duration_expr(cursor, _BINDING["^"]))
        case "(":
            start = cursor.advance().start
            inner = parse_duration_expr(cursor)
            cursor.expect(")")
            return _wrap(inner, start)
        case "step" | "range":
            word = cursor.advance()
            cursor.expect("(")
            return DurationOp(word.kind, span=Span(word.start, cursor.expect(")").end))
        case "min_of" | "max_of":
            return _extreme(cursor)
    return _in_range(cursor, cursor.number())


def _extreme(cursor: Cursor) -> DurationOp:
    """`min_of(a, b)` or `max_of(a, b)`."""
    word = cursor.advance()
    cursor.expect("(")
    lhs = parse_duration_expr(cursor)
    cursor.expect(",")
    rhs = parse_duration_expr(cursor)
    cursor.expect(")")
    return DurationOp(word.kind, lhs, rhs, span=Span(lhs.span.start, rhs.span.end))


def _wrap(inner: DurationExpr, start: int) -> DurationOp:
    """Remember the parentheses around an expression; around a number they are a unary plus."""
    if isinstance(inner, NumberLiteral):
        return DurationOp("+", None, inner, wrapped=True, span=Span(start, inner.span.end))
    return DurationOp(inner.op, inner.lhs, inner.rhs, wrapped=True, span=inner.span)


def _apply_sign(cursor: Cursor, sign: Token, operand: DurationExpr) -> DurationExpr:
    if isinstance(operand, NumberLiteral):
        return _in_range(cursor, signed(sign, operand))
    if sign.kind == "+":
        return operand
    return DurationOp("-", None, operand, span=Span(sign.start, operand.span.end))


def _in_range(cursor: Cursor, number: NumberLiteral) -> NumberLiteral:
    if not abs(number.value) <= MAX_SECONDS:  # nor is NaN a duration
        raise cursor.error("duration out of range", number.span.start)
    return number
