"""Writing a tree as canonical PromQL; `parse(format_expr(tree))` gives the tree again.

The form is that of Prometheus's `format_query` on one line (prometheus/prometheus, promql/parser/printer.go). Trees that no
text parses to, because a pass put an operand where it binds looser than its operator, get the parentheses they need.
"""

from __future__ import annotations

import re

from watchglass.model.duration import format_duration
from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType
from watchglass.promql.ast import (
    BINDING,
    AggregateExpr,
    AtKind,
    AtModifier,
    BinaryExpr,
    Call,
    Cardinality,
    DurationExpr,
    DurationOp,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorMatching,
    VectorSelector,
    left_chain,
)
from watchglass.promql.kinds import METRIC_WORDS, MODIFIERS
from watchglass.promql.numbers import format_number
from watchglass.wire.quoting import go_quote

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_METRIC_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_NO_LABEL = frozenset({"without", "inf", "nan"})
_NO_METRIC = (MODIFIERS - METRIC_WORDS) | {"atan2", "inf", "nan"}
_DURATION_OPERATORS = frozenset("+-*/%^")
_ATOM, _SIGNED, _PRODUCT = 7, 5, 5  # how tight things bind; a sign as tight as a product


def format_expr(expr: Expr) -> str:
    """The canonical text of a tree, on one line."""
    first, links = left_chain(expr)
    if not links:
        return _format_single(expr)
    parts = [_format_side(first, links[0].op)]
    for link in links:
        if link.lhs is not first and _binds_looser(link.lhs, link.op):
            parts = ["(", *parts, ")"]
        parts.append(f" {link.op}{' bool' if link.return_bool else ''}{_format_matching(link.matching)} ")
        parts.append(_format_side(link.rhs, link.op, right=True))
    return "".join(parts)


def format_matcher(matcher: Matcher) -> str:
    """A matcher as it stands in braces; names that are no identifiers are quoted."""
    return f"{_format_name(matcher.name)}{matcher.type.value}{_quote(matcher.value)}"


def _format_single(expr: Expr) -> str:
    """Anything but a binary operation."""
    match expr:
        case NumberLiteral():
            return _format_literal(expr)
        case StringLiteral():
            return _quote(expr.value)
        case VectorSelector():
            return _format_selector(expr) + _format_at(expr.at) + _format_extension(expr) + _format_offset(expr)
        case MatrixSelector(selector=selector):
            width = _format_duration(expr.range_ms, expr.range_expr)
            after = _format_extension(selector) + _format_at(selector.at) + _format_offset(selector)
            return f"{_format_selector(selector)}[{width}]{after}"
        case SubqueryExpr():
            return _format_subquery(expr)
        case Call():
            return f"{expr.name}({', '.join(map(format_expr, expr.args))})"
        case AggregateExpr():
            return _format_aggregate(expr)
        case UnaryExpr():
            operand = format_expr(expr.expr)
            plain = _binding(expr.expr) > _PRODUCT or isinstance(expr.expr, UnaryExpr)
            return expr.op + (operand if plain and not isinstance(expr.expr, NumberLiteral) else f"({operand})")
        case ParenExpr():
            return f"({format_expr(expr.expr)})"
    raise RuntimeError(f"BUG: no way to write {type(expr).__name__}")


def _binding(expr: Expr) -> int:
    """How tight the outermost operator of an expression binds."""
    match expr:
        case BinaryExpr():
            return BINDING[expr.op]
        case UnaryExpr():
            return _SIGNED
        case NumberLiteral() if expr.value < 0:
            return _SIGNED
    return _ATOM


def _binds_looser(lhs: Expr, op: str) -> bool:
    """Whether a left operand needs parentheses."""
    binding = _binding(lhs)
    return binding < BINDING[op] or (op == "^" and binding == BINDING[op]) or _swallows(lhs, op)


def _swallows(lhs: Expr, op: str) -> bool:
    """Whether an expression ends in an offset that would take the operator after it for its own."""
    if op not in _DURATION_OPERATORS:
        return False
    while isinstance(lhs, BinaryExpr | UnaryExpr):
        lhs = lhs.rhs if isinstance(lhs, BinaryExpr) else lhs.expr
    target = lhs.selector if isinstance(lhs, MatrixSelector) else lhs
    if not isinstance(target, VectorSelector | SubqueryExpr) or target.offset_expr is None:
        return False
    return _format_offset(target).startswith((" offset (", " offset --"))


def _format_side(expr: Expr, op: str, *, right: bool = False) -> str:
    """An operand of a binary operator, in parentheses where it needs them."""
    if right:
        is_binary = isinstance(expr, BinaryExpr)
        loose = is_binary and (_binding(expr) < BINDING[op] or (op != "^" and _binding(expr) == BINDING[op]))
    else:
        loose = _binds_looser(expr, op)
    return f"({format_expr(expr)})" if loose else format_expr(expr)


def _format_literal(number: NumberLiteral) -> str:
    if number.is_duration:
        return format_duration(round(number.value * 1000))
    return format_number(number.value)


def _format_selector(selector: VectorSelector) -> str:
    """Name and braces."""
    own_name = Matcher(METRIC_NAME, MatchType.EQUAL, selector.name)
    plain = _METRIC_NAME.fullmatch(selector.name) is not None and selector.name.lower() not in _NO_METRIC
    tests = sorted(format_matcher(test) for test in selector.matchers if not plain or test != own_name)
    if plain and not tests:
        return selector.name
    return f"{selector.name if plain else ''}{{{','.join(tests)}}}"


def _format_at(at: AtModifier | None) -> str:
    if at is None:
        return ""
    if at.kind is not AtKind.TIMESTAMP:
        return f" @ {at.kind.value}()"
    seconds, rest = divmod(abs(at.timestamp_ms), 1000)
    return f" @ {'-' if at.timestamp_ms < 0 else ''}{seconds}.{rest:03d}"


def _format_extension(selector: VectorSelector) -> str:
    if selector.anchored:
        return " anchored"
    return " smoothed" if selector.smoothed else ""


def _format_offset(node: VectorSelector | SubqueryExpr) -> str:
    if node.offset_expr is None:
        return f" offset {format_duration(node.offset_ms)}" if node.offset_ms else ""
    written = _format_duration_expr(node.offset_expr)
    if node.offset_expr.lhs is not None and node.offset_expr.op in _DURATION_OPERATORS and not written.startswith("("):
        written = f"({written})"  # without them the operator would be that of the vectors
    return f" offset {written}"


def _format_subquery(expr: SubqueryExpr) -> str:
    inner = format_expr(expr.expr)
    if _binding(expr.expr) < _ATOM:
        inner = f"({inner})"
    width = _format_duration(expr.range_ms, expr.range_expr)
    step = "" if expr.step_ms is None else _format_duration(expr.step_ms, expr.step_expr)
    return f"{inner}[{width}:{step}]{_format_at(expr.at)}{_format_offset(expr)}"


def _format_duration(milliseconds: int, expression: DurationOp | None) -> str:
    return format_duration(milliseconds) if expression is None else _format_duration_expr(expression)


def _format_duration_expr(duration: DurationExpr) -> str:
    if isinstance(duration, NumberLiteral):
        return _format_literal(duration)
    if duration.op in ("step", "range"):
        written = f"{duration.op}()"
    else:
        assert duration.rhs is not None  # only the two above have no operand
        written = _format_duration_operation(duration.op, duration.lhs, duration.rhs)
    return f"({written})" if duration.wrapped else written


def _format_duration_operation(op: str, lhs: DurationExpr | None, rhs: DurationExpr) -> str:
    right = _format_duration_expr(rhs)
    if lhs is None:
        return right if op == "+" else f"-{right}"
    left = _format_duration_expr(lhs)
    return f"{op}({left}, {right})" if op in ("min_of", "max_of") else f"{left} {op} {right}"


def _format_aggregate(expr: AggregateExpr) -> str:
    head = expr.op
    if expr.without or expr.grouping:
        head += f" {'without' if expr.without else 'by'} {_format_labels(expr.grouping)} "
    param = "" if expr.param is None else f"{format_expr(expr.param)}, "
    return f"{head}({param}{format_expr(expr.expr)})"


def _format_matching(matching: VectorMatching | None) -> str:
    if matching is None:
        return ""
    written = ""
    group = {Cardinality.MANY_TO_ONE: "group_left", Cardinality.ONE_TO_MANY: "group_right"}.get(matching.card)
    if matching.labels or matching.on or group:
        written += f" {'on' if matching.on else 'ignoring'} {_format_labels(matching.labels)}"
    if group:
        written += f" {group} {_format_labels(matching.include)}"
    return written + _format_fills(matching.fill_left, matching.fill_right)


def _format_fills(left: float | None, right: float | None) -> str:
    if left is not None and left == right:
        return f" fill ({format_number(left)})"
    sides = {"fill_left": left, "fill_right": right}
    return "".join(f" {side} ({format_number(value)})" for side, value in sides.items() if value is not None)


def _format_labels(labels: tuple[str, ...]) -> str:
    """Labels in parentheses, where a few words are keywords."""
    return f"({', '.join(_quote(name) if name.lower() in _NO_LABEL else _format_name(name) for name in labels)})"


def _format_name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else _quote(name)


def _quote(text: str) -> str:
    """A string literal; U+FFFD is escaped because the tokeniser takes it for a fault of encoding."""
    return go_quote(text).replace("\ufffd", r"\ufffd")
