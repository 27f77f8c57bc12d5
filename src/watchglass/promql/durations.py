"""Giving duration expressions such as `[step() * 2]` their values.

Source: prometheus/prometheus, promql/durations.go.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import replace

from watchglass.errors import QueryError
from watchglass.promql.ast import (
    DurationExpr,
    DurationOp,
    Expr,
    MatrixSelector,
    NumberLiteral,
    SubqueryExpr,
    VectorSelector,
    transform,
)

MAX_SECONDS = 2**63 / 1e9
"""No duration is longer, in either direction: Prometheus counts them in 64 bits of nanoseconds."""


def milliseconds_of(seconds: float) -> int:
    """Whole milliseconds of a literal's seconds: rounded to nanoseconds, then cut."""
    nanoseconds = math.floor(abs(seconds) * 1e9 + 0.5)
    return int(math.copysign(1, seconds)) * (nanoseconds // 1_000_000)


def resolve_durations(expr: Expr, *, step_ms: int, range_ms: int) -> Expr:
    """Fill in the milliseconds of every duration expression of a tree.

    Args:
        expr: the parsed query.
        step_ms: what `step()` means: the query's step, 0 in an instant query.
        range_ms: what `range()` means: the query's end less its start.

    Raises:
        QueryError: a duration is no number, out of range, or not positive where it must be.
    """

    def value(duration: DurationOp, *, signed: bool = False) -> int:
        return _evaluate(duration, step_ms / 1000, range_ms / 1000, signed=signed)

    def change(node: Expr) -> Expr:
        match node:
            case VectorSelector(offset_expr=DurationOp() as offset):
                return replace(node, offset_ms=value(offset, signed=True))
            case MatrixSelector(range_expr=DurationOp() as width):
                return replace(node, range_ms=value(width))
            case SubqueryExpr():
                return _resolve_subquery(node, value)
        return node

    return transform(expr, change)


def _resolve_subquery(node: SubqueryExpr, value: Callable[..., int]) -> SubqueryExpr:
    if node.offset_expr:
        node = replace(node, offset_ms=value(node.offset_expr, signed=True))
    if node.step_expr:
        node = replace(node, step_ms=value(node.step_expr))
    if node.range_expr:
        node = replace(node, range_ms=value(node.range_expr))
    return node


def _evaluate(duration: DurationOp, step: float, width: float, *, signed: bool) -> int:
    seconds = _seconds(duration, step, width)
    if not math.isfinite(seconds):
        raise _bad_duration(duration, "duration is NaN or infinite")
    if seconds <= 0 and not signed:
        raise _bad_duration(duration, "duration must be greater than 0")
    if abs(seconds) > MAX_SECONDS:
        raise _bad_duration(duration, "duration is out of range")
    return int(seconds * 1000)


def _seconds(duration: DurationExpr, step: float, width: float) -> float:
    if isinstance(duration, NumberLiteral):
        return duration.value
    if duration.op in ("step", "range"):
        return step if duration.op == "step" else width
    assert duration.rhs is not None  # only the two above have no operand
    rhs = _seconds(duration.rhs, step, width)
    if duration.lhs is None:
        return -rhs if duration.op == "-" else rhs
    lhs = _seconds(duration.lhs, step, width)
    if rhs == 0 and duration.op in _BY_ZERO:
        raise _bad_duration(duration, _BY_ZERO[duration.op])
    return _ARITHMETIC[duration.op](lhs, rhs)


def _bad_duration(duration: DurationOp, why: str) -> QueryError:
    error = QueryError(f"{duration.span.start}:{duration.span.end}: {why}")
    error.kind = "bad_data"
    return error


def _ieee(function: Callable[[float, float], float]) -> Callable[[float, float], float]:
    """Infinity and NaN where Python would raise, NaN where an operand is."""

    def calculate(lhs: float, rhs: float) -> float:
        if math.isnan(lhs) or math.isnan(rhs):
            return math.nan
        try:
            return function(lhs, rhs)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return calculate


_BY_ZERO = {"/": "division by zero", "%": "modulo by zero"}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": _ieee(math.fmod),
    "^": _ieee(math.pow),
    "min_of": _ieee(min),
    "max_of": _ieee(max),
}
