"""Durations: reading and writing `1h30m`, and giving duration expressions such as `[step() * 2]` their values.

Source: prometheus/common, model/time.go (ParseDuration, Duration.String); prometheus/prometheus, promql/durations.go.
"""

from __future__ import annotations

import math
import operator
import re
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
from watchglass.promql.quoting import go_quote

MAX_SECONDS = 2**63 / 1e9
"""No duration is longer, in either direction: Prometheus counts them in 64 bits of nanoseconds."""

_UNITS = {"y": 365 * 86_400_000, "w": 7 * 86_400_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_WHOLE_ONLY = frozenset({"y", "w"})  # a value is written in years or weeks only when nothing is left over
_DURATION = re.compile(r"(?:[0-9]+[^0-9]+)+")
_MAX_DIGITS = 21  # one more than any 64-bit number has
_DURATION_PART = re.compile(r"([0-9]+)([^0-9]+)")


def parse_duration(text: str) -> int:
    """The milliseconds of a duration such as `1h30m`; units come in falling order, each at most once.

    Raises:
        ValueError: it is none, or longer than MAX_SECONDS; the message is Prometheus's.
    """
    if not _DURATION.fullmatch(text):
        raise ValueError(f"not a valid duration string: {go_quote(text)}")
    total, larger = 0, math.inf
    for digits, unit in _DURATION_PART.findall(text):
        count = int(digits.lstrip("0")[:_MAX_DIGITS] or "0")
        size = _UNITS.get(unit)
        if size is None:
            raise ValueError(f"unknown unit {go_quote(unit)} in duration {go_quote(text)}")
        if size >= larger or count >= 2**64:
            raise ValueError(f"not a valid duration string: {go_quote(text)}")
        total += count * size
        larger = size
        if total * 1_000_000 >= 2**63:
            raise ValueError("duration out of range")
    return total


def format_duration(milliseconds: int) -> str:
    """A duration in the notation of PromQL; negative ones have a sign in front."""
    if milliseconds == 0:
        return "0s"
    rest, written = abs(milliseconds), "-" if milliseconds < 0 else ""
    for unit, size in _UNITS.items():
        if rest >= size and not (unit in _WHOLE_ONLY and rest % size):
            written += f"{rest // size}{unit}"
            rest %= size
    return written


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
