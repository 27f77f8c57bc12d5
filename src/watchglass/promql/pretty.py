"""Laying a query out over several lines, where it is too long for one.

Source of the layout: prometheus/prometheus, promql/parser/prettier.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from watchglass.errors import QueryLimitError
from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType
from watchglass.promql.ast import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
    left_chain,
    walk,
)
from watchglass.promql.format import format_expr

ONE_LINE = 100
"""An expression of more bytes is broken up."""
MAX_CHARS = 4 * 1024 * 1024
"""A long chain is indented by a level for each operator, so that its layout grows with its square."""

_INDENT = "  "
_STAND_IN = VectorSelector("x", (Matcher(METRIC_NAME, MatchType.EQUAL, "x"),))


def pretty(expr: Expr, *, max_chars: int = MAX_CHARS) -> str:
    """The canonical text of a tree, in lines of about 100 bytes where that can be had.

    Raises:
        QueryLimitError: the layout would have more than `max_chars` characters.
    """
    written: list[str] = []
    size = 0
    for piece in _pieces(expr, 0):
        size += len(piece)
        if size > max_chars:
            raise QueryLimitError(f"the formatted query is longer than {max_chars} characters")
        written.append(piece)
    return "".join(written)


def _pieces(expr: Expr, level: int) -> Iterator[str]:
    """The text of a node that stands `level` deep, piece by piece."""
    if _size(expr) <= ONE_LINE:
        # Prometheus writes a short subquery without indentation.
        yield ("" if isinstance(expr, SubqueryExpr) else _INDENT * level) + format_expr(expr)
        return
    match expr:
        case AggregateExpr():
            yield from _aggregate(expr, level)
        case BinaryExpr():
            yield from _chain(expr, level)
        case Call() if expr.args:
            yield from _bracketed(f"{expr.name}(", expr.args, level)
        case ParenExpr():
            yield from _bracketed("(", (expr.expr,), level)
        case SubqueryExpr():
            yield from _pieces(expr.expr, level)
            yield format_expr(replace(expr, expr=_STAND_IN))[1:]
        case UnaryExpr():
            yield _INDENT * level + expr.op
            yield "".join(_pieces(expr.expr, level)).strip()
        case _:
            yield _INDENT * level + format_expr(expr)


def _aggregate(expr: AggregateExpr, level: int) -> Iterator[str]:
    head = format_expr(replace(expr, expr=_STAND_IN, param=None)).removesuffix("x)")
    operands = (expr.expr,) if expr.param is None else (expr.param, expr.expr)
    return _bracketed(head, operands, level)


def _bracketed(head: str, operands: tuple[Expr, ...], level: int) -> Iterator[str]:
    yield f"{_INDENT * level}{head}\n"
    for place, operand in enumerate(operands):
        if place:
            yield ",\n"
        yield from _pieces(operand, level + 1)
    yield f"\n{_INDENT * level})"


def _chain(expr: BinaryExpr, level: int) -> Iterator[str]:
    """A chain of operators: each one deeper than the one after it, until what is left fits on a line."""
    first, links = left_chain(expr)
    fits, size = 0, _size(first)
    for link in links:
        size += len(f" {_operator(link)} ".encode()) + _size(link.rhs)
        if size > ONE_LINE:
            break
        fits += 1
    broken = links[fits:]
    yield from _pieces(broken[0].lhs, level + len(broken))
    for depth, link in zip(range(level + len(broken), level, -1), broken, strict=True):
        yield f"\n{_INDENT * (depth - 1)}{_operator(link)}\n"
        yield from _pieces(link.rhs, depth)


def _size(expr: Expr) -> int:
    """The bytes of the text; just more than fit on a line where it has so many nodes that they cannot."""
    nodes = sum(1 for _ in islice(walk(expr), ONE_LINE + 1))  # each takes a byte at least
    if nodes > ONE_LINE:
        return nodes
    return len(format_expr(expr).encode("utf-8", "surrogatepass"))


def _operator(link: BinaryExpr) -> str:
    """An operator with its modifiers."""
    return format_expr(replace(link, lhs=_STAND_IN, rhs=_STAND_IN))[2:-2]
