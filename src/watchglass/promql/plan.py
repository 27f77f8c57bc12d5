"""Passes over the tree between parsing and evaluation, one function each.

`prepare` runs them all. What comes out has no duration expressions, no `start()` or `end()`, and knows which nodes give
the same at every step and so need evaluating once.
Source: prometheus/prometheus, promql/engine.go (PreprocessExpr).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from watchglass.model.matcher import MatchType
from watchglass.promql.ast import (
    AggregateExpr,
    AtKind,
    AtModifier,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
    transform,
    walk,
)
from watchglass.promql.durations import resolve_durations
from watchglass.promql.grid import Grid
from watchglass.promql.rollup import ROLLUPS

DEPENDS_ON_TIME = frozenset(
    {"days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year"}
    | {"predict_linear", "time", "timestamp"}
)
"""Functions whose result changes with the evaluation time even where their arguments do not."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A query ready to be evaluated."""

    expr: Expr
    invariant: frozenset[int]  # id() of the nodes that are the same at every step

    def is_invariant(self, expr: Expr) -> bool:
        """Whether a node of this plan is the same at every step."""
        return id(expr) in self.invariant


def prepare(expr: Expr, grid: Grid, end_ms: int) -> Plan:
    """Run all passes.

    Args:
        expr: the parsed query.
        grid: the outermost steps.
        end_ms: the end that the user asked for, which need not be a step.
    """
    is_range = end_ms != grid.start_ms
    expr = fold_context(expr, grid.start_ms, end_ms, grid.step_ms if is_range else 0)
    expr = resolve_durations(expr, step_ms=grid.step_ms if is_range else 0, range_ms=end_ms - grid.start_ms)
    expr = resolve_at(expr, grid.start_ms, end_ms)
    return Plan(expr, find_invariant(expr))


def fold_context(expr: Expr, start_ms: int, end_ms: int, step_ms: int) -> Expr:
    """Replace calls of `start()`, `end()`, `range()` and `step()` by their values, which are the same all query long."""
    seconds = {
        "start": start_ms / 1000,
        "end": end_ms / 1000,
        "range": (end_ms - start_ms) / 1000,
        "step": step_ms / 1000,
    }

    def fold(node: Expr) -> Expr:
        if isinstance(node, Call) and node.name in seconds:
            return NumberLiteral(seconds[node.name], span=node.span)
        return node

    return transform(expr, fold)


def resolve_at(expr: Expr, start_ms: int, end_ms: int) -> Expr:
    """Replace `@ start()` and `@ end()` by the times they mean: those of the outermost query, also inside subqueries."""
    times = {AtKind.START: start_ms, AtKind.END: end_ms}

    def resolve(node: Expr) -> Expr:
        if isinstance(node, VectorSelector | SubqueryExpr) and node.at is not None and node.at.kind in times:
            return replace(node, at=AtModifier(AtKind.TIMESTAMP, times[node.at.kind]))
        return node

    return transform(expr, resolve)


def find_invariant(expr: Expr) -> frozenset[int]:
    """The nodes, by id(), whose value is the same at every step; a subquery's inside is judged by itself."""
    found: set[int] = set()
    for node in reversed(list(walk(expr))):  # children before parents
        if _is_invariant(node, found):
            found.add(id(node))
    return frozenset(found)


def _is_invariant(node: Expr, found: set[int]) -> bool:
    match node:
        case NumberLiteral() | StringLiteral():
            return True
        case VectorSelector() | SubqueryExpr():
            return node.at is not None
        case MatrixSelector():
            return id(node.selector) in found
        case Call():
            settled = all(id(arg) in found for arg in node.args)
            if node.name == "timestamp":
                return settled and isinstance(unwrap(node.args[0]), VectorSelector)
            return settled and node.name not in DEPENDS_ON_TIME
        case BinaryExpr():
            return id(node.lhs) in found and id(node.rhs) in found
        case AggregateExpr() | ParenExpr() | UnaryExpr():
            return id(node.expr) in found


def unwrap(expr: Expr) -> Expr:
    """The expression inside any number of parentheses."""
    while isinstance(expr, ParenExpr):
        expr = expr.expr
    return expr


def has_rows_of_one_metric(expr: Expr) -> bool:
    """Whether an expression's series are those of a single selector of one metric, with the same labels but the name."""
    match unwrap(expr):
        case VectorSelector(matchers=matchers):
            return any(matcher.name == "__name__" and matcher.type is MatchType.EQUAL for matcher in matchers)
        case MatrixSelector(selector=selector):
            return has_rows_of_one_metric(selector)
        case Call(name=name, args=args) if name in ROLLUPS and name != "absent_over_time":
            return any(has_rows_of_one_metric(arg) for arg in args if isinstance(unwrap(arg), MatrixSelector))
    return False
