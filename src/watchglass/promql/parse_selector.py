"""Parsing selectors: names, braces, and what may follow an expression (`[..]`, `offset`, `@`, `anchored`, `smoothed`).

Source: prometheus/prometheus, promql/parser/generated_parser.y and parse.go (newLabelMatcher, addOffset, setTimestamp,
setAnchored).
"""

from __future__ import annotations

import math
from dataclasses import replace

from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType
from watchglass.promql.ast import (
    AtKind,
    AtModifier,
    DurationExpr,
    DurationOp,
    Expr,
    MatrixSelector,
    NumberLiteral,
    Span,
    SubqueryExpr,
    VectorSelector,
)
from watchglass.promql.cursor import Cursor
from watchglass.promql.durations import milliseconds_of
from watchglass.promql.kinds import IDENTIFIER, STRING
from watchglass.promql.lex import Token
from watchglass.promql.numbers import format_number
from watchglass.promql.parse_duration import parse_offset_duration, parse_positive_duration
from watchglass.promql.scan import from_bytes_view
from watchglass.regex import RegexError, compile_anchored
from watchglass.wire.quoting import printable, unquote

_MATCH_TYPES = {match_type.value: match_type for match_type in MatchType}
_A_DURATION = "number, duration, step(), or range()"
_MAX_INT64 = 2**63 - 1


def string_value(token: Token) -> str:
    """The value of a string token."""
    return printable(unquote(from_bytes_view(token.text)))


def parse_vector_selector(cursor: Cursor) -> VectorSelector:
    """A metric's name, braces, or both; the cursor is on the first."""
    start = end = cursor.token.start
    name = ""
    matchers: list[Matcher] = []
    if cursor.kind != "{":
        token = cursor.advance()
        name, end = token.text, token.end
    if cursor.kind == "{":
        matchers, end = _braces(cursor)
    if name:
        matchers.append(Matcher(METRIC_NAME, MatchType.EQUAL, name))
    return VectorSelector(name, tuple(matchers), span=Span(start, end))


def _braces(cursor: Cursor) -> tuple[list[Matcher], int]:
    """Matchers in braces, and where they end."""
    cursor.advance()
    matchers = []
    while cursor.kind != "}":
        matchers.append(_matcher(cursor))
        if cursor.kind == ",":
            cursor.advance()
        elif cursor.kind != "}":
            raise cursor.unexpected("label matching", '"," or "}"')
    return matchers, cursor.advance().end


def _matcher(cursor: Cursor) -> Matcher:
    if cursor.kind not in (IDENTIFIER, STRING):
        raise cursor.unexpected("label matching", 'identifier or "}"')
    label = cursor.advance()
    name = label.text if label.kind == IDENTIFIER else string_value(label)
    match_type = _MATCH_TYPES.get(cursor.kind)
    if match_type is None:
        if label.kind == IDENTIFIER:
            raise cursor.unexpected("label matching", "label matching operator")
        return Matcher(METRIC_NAME, MatchType.EQUAL, name)
    cursor.advance()
    if cursor.kind != STRING:
        raise cursor.unexpected("label matching", "string")
    matcher = Matcher(name, match_type, string_value(cursor.advance()))
    if match_type in (MatchType.REGEX, MatchType.NOT_REGEX):
        _check_regex(cursor, matcher.value, label.start)
    return matcher


_GO_REGEX_MESSAGES = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "trailing \\": "trailing backslash at end of expression",
    "no argument for repetition operator": "missing argument to repetition operator",
    "invalid repetition size": "invalid repeat count",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
}
"""RE2's messages, where Go's library says the same in other words."""


def _check_regex(cursor: Cursor, pattern: str, start: int) -> None:
    try:
        compile_anchored(pattern)
    except RegexError as error:
        what, colon, part = str(error).partition(": ")
        place = f": `{part}`" if colon or what in _GO_REGEX_MESSAGES else ""
        message = f"error parsing regexp: {_GO_REGEX_MESSAGES.get(what, what)}{place}"
        raise cursor.error(message, start) from None


def parse_modifiers(cursor: Cursor, expr: Expr) -> Expr:
    """All that may follow an operand, in any order."""
    levels = 0
    while True:
        match cursor.kind:
            case "[":
                cursor.descend()
                levels += 1
                expr = _brackets(cursor, expr)
            case "offset":
                expr = _offset(cursor, expr)
            case "@":
                expr = _at(cursor, expr)
            case "anchored" | "smoothed" as word:
                expr = _extend_range(cursor, expr, word)
            case _:
                cursor.depth -= levels
                return expr


def _brackets(cursor: Cursor, expr: Expr) -> MatrixSelector | SubqueryExpr:
    start = cursor.advance().start
    with cursor.reading("subquery or range selector", _A_DURATION):
        width = parse_positive_duration(cursor)
    if cursor.kind == "]":
        return _matrix_selector(cursor, expr, width, start)
    if cursor.kind != ":":
        raise cursor.unexpected("subquery or range", '":" or "]"')
    cursor.advance()
    step: DurationExpr | None = None
    if cursor.kind != "]":
        with cursor.reading("subquery selector", 'number, duration, step(), range(), or "]"'):
            step = parse_positive_duration(cursor)
        if cursor.kind != "]":
            raise cursor.unexpected("subquery selector", '"]"')
    range_ms, range_expr = _split(width)
    step_ms, step_expr = (None, None) if step is None else _split(step)
    return SubqueryExpr(
        expr,
        range_ms,
        step_ms,
        range_expr=range_expr,
        step_expr=step_expr,
        span=Span(expr.span.start, cursor.advance().end),
    )


def _matrix_selector(cursor: Cursor, expr: Expr, width: DurationExpr, start: int) -> MatrixSelector:
    if not isinstance(expr, VectorSelector):
        raise cursor.error("ranges only allowed for vector selectors", start)
    if expr.offset_ms or expr.offset_expr:
        raise cursor.error("no offset modifiers allowed before range", start)
    if expr.at:
        raise cursor.error("no @ modifiers allowed before range", start)
    return MatrixSelector(expr, *_split(width), span=Span(expr.span.start, cursor.advance().end))


def _split(duration: DurationExpr) -> tuple[int, DurationOp | None]:
    """A duration as the milliseconds and the expression of a node."""
    if isinstance(duration, NumberLiteral):
        return milliseconds_of(duration.value), None
    return 0, duration


def _offset(cursor: Cursor, expr: Expr) -> Expr:
    cursor.advance()
    with cursor.reading("offset", _A_DURATION):
        offset_ms, offset_expr = _split(parse_offset_duration(cursor))
    target = _modified(cursor, expr, "offset")
    if target.offset_ms or target.offset_expr:
        raise cursor.error("offset may not be set multiple times", expr.span.start)
    return _with_target(cursor, expr, replace(target, offset_ms=offset_ms, offset_expr=offset_expr))


def _at(cursor: Cursor, expr: Expr) -> Expr:
    cursor.advance()
    with cursor.reading("@", "timestamp"):
        at = _at_modifier(cursor, expr)
    target = _modified(cursor, expr, "@")
    if target.at:
        raise cursor.error("@ <timestamp> may not be set multiple times", expr.span.start)
    return _with_target(cursor, expr, replace(target, at=at))


def _at_modifier(cursor: Cursor, expr: Expr) -> AtModifier:
    if cursor.kind in ("start", "end"):
        kind = AtKind(cursor.advance().kind)
        cursor.expect("(")
        cursor.expect(")")
        return AtModifier(kind)
    number = cursor.signed_number()
    if not abs(number.value) < 2**63:
        shown = format_number(number.value) + (
            "" if math.isinf(number.value) or math.isnan(number.value) else ".000000"
        )
        raise cursor.error(f"timestamp out of bounds for @ modifier: {shown}", expr.span.start)
    timestamp_ms = math.floor(abs(number.value) * 1000 + 0.5) * (-1 if number.value < 0 else 1)
    return AtModifier(AtKind.TIMESTAMP, max(-_MAX_INT64, min(timestamp_ms, _MAX_INT64)))


def _modified(cursor: Cursor, expr: Expr, modifier: str) -> VectorSelector | SubqueryExpr:
    """The node that a modifier after `expr` changes."""
    match expr:
        case MatrixSelector():
            return expr.selector
        case VectorSelector() | SubqueryExpr():
            return expr
    raise cursor.error(
        f"{modifier} modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        expr.span.start,
    )


def _with_target(cursor: Cursor, expr: Expr, target: VectorSelector | SubqueryExpr) -> Expr:
    """`expr` with its modified node, reaching up to the cursor."""
    span = Span(expr.span.start, cursor.tokens[cursor.index - 1].end)
    if isinstance(expr, MatrixSelector):
        assert isinstance(target, VectorSelector)  # only selectors have ranges
        return replace(expr, selector=target, span=span)
    return replace(target, span=span)


def _extend_range(cursor: Cursor, expr: Expr, word: str) -> Expr:
    """`anchored` or `smoothed`."""
    if isinstance(expr, SubqueryExpr):
        raise cursor.error(f"{word} modifier is not supported for subqueries", expr.span.start)
    if not isinstance(expr, VectorSelector | MatrixSelector):
        raise cursor.error(f"{word} modifier not implemented", expr.span.start)
    cursor.advance()
    target = expr.selector if isinstance(expr, MatrixSelector) else expr
    target = replace(
        target, anchored=target.anchored or word == "anchored", smoothed=target.smoothed or word == "smoothed"
    )
    if target.anchored and target.smoothed:
        raise cursor.error("anchored and smoothed modifiers cannot be used together", expr.span.start)
    return replace(expr, selector=target) if isinstance(expr, MatrixSelector) else target
