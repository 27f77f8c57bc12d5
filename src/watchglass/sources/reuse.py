"""Which queries give at each step what they would give there in any other range, so that steps can be kept and joined.

A step's value must depend on samples up to that step alone, and on nothing that the other steps hold. What is refused here
is evaluated anew each time: when in doubt, refuse.
"""

from __future__ import annotations

from watchglass.model.matcher import MatchType
from watchglass.promql.ast import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
    walk,
)

_WHOLE_RANGE = frozenset({"start", "end", "range", "step", "info", "label_replace", "label_join"})
"""Functions that see the whole range, or that fail when any two of its steps give equal label sets."""
_ORDERED = frozenset({"topk", "bottomk"})
"""Aggregations that choose the earlier of equal series."""
_ANY_ORDER = frozenset({"limitk", "limit_ratio"})


def steps_stand_alone(expr: Expr) -> bool:
    """Whether a range query's steps can be computed in parts."""
    return all(_stands_alone(node) for node in walk(expr))


def _stands_alone(node: Expr) -> bool:
    match node:
        case VectorSelector():
            return _looks_back(node) and not node.smoothed and _names_one_metric(node)
        case MatrixSelector():
            return node.range_expr is None
        case SubqueryExpr():
            return _looks_back(node) and node.range_expr is None and node.step_expr is None and not _mixes(node.expr)
        case Call():
            return node.name not in _WHOLE_RANGE
        case AggregateExpr():
            return node.op not in _ANY_ORDER and (node.op not in _ORDERED or _keeps_order(node.expr))
    return True


def _looks_back(node: VectorSelector | SubqueryExpr) -> bool:
    return node.at is None and node.offset_expr is None and node.offset_ms >= 0


def _names_one_metric(selector: VectorSelector) -> bool:
    """Where metrics of several names meet, dropping the names can fail at steps that lie apart."""
    return any(each.name == "__name__" and each.type is MatchType.EQUAL for each in selector.matchers)


def _mixes(expr: Expr) -> bool:
    """Whether series of several metrics may stand side by side, or get names that are values."""
    return any(_brings_names(node) for node in walk(expr))


def _brings_names(node: Expr) -> bool:
    match node:
        case BinaryExpr():
            return node.op == "or" or (node.matching is not None and "__name__" in node.matching.include)
        case AggregateExpr():
            return node.op == "count_values"
    return False


def _keeps_order(expr: Expr) -> bool:
    """Whether series come in the order of the store, whichever of them have samples in the range."""
    while isinstance(expr, ParenExpr | UnaryExpr):
        expr = expr.expr
    return isinstance(expr, VectorSelector) or (
        isinstance(expr, Call) and all(isinstance(arg, NumberLiteral | MatrixSelector) for arg in expr.args)
    )
