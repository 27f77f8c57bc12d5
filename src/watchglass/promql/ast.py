"""The tree of a PromQL query: plain, immutable nodes, each with its type and its place in the text.

Three things to know before walking it:

* **Left chains are deep.** `a + b + c` is `((a + b) + c)`, and people write chains of thousands of terms. Never recurse
  into `BinaryExpr.lhs`: `left_chain` gives the whole chain as a list, `walk` and `transform` do so already. Everything
  else nests at most `parse.MAX_DEPTH` deep, so recursing into any other child is safe.
* **Equality ignores places**: two nodes are equal when they mean the same text, wherever it stood.
* **Durations are integers of milliseconds.** Where the text has an expression instead (`[step() * 2]`), the integer is 0
  and `*_expr` holds the expression, until `durations.resolve_durations` has filled the integers in.

Source of the shapes: prometheus/prometheus, promql/parser/ast.go (3.14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import ClassVar, NamedTuple

from watchglass.model.matcher import Matcher


class ValueType(Enum):
    """What an expression evaluates to."""

    SCALAR = "scalar"
    VECTOR = "vector"
    MATRIX = "matrix"
    STRING = "string"

    @property
    def documented(self) -> str:
        """The name users read in messages: `instant vector`, `range vector`."""
        return {"vector": "instant vector", "matrix": "range vector"}.get(self.value, self.value)


class Span(NamedTuple):
    """A half-open range of bytes in the query's UTF-8 text."""

    start: int
    end: int


NOWHERE = Span(-1, -1)
"""The place of a node that no text stands behind."""


def line_and_column(query: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column, counted in bytes as Prometheus does, of a byte offset."""
    before = query.encode("utf-8", "surrogatepass")[:offset]
    return before.count(b"\n") + 1, offset - before.rfind(b"\n")


ARITHMETIC_OPERATORS = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})
COMPARISON_OPERATORS = frozenset({"==", "!=", "<=", "<", ">=", ">"})
SET_OPERATORS = frozenset({"and", "or", "unless"})
TRIM_OPERATORS = frozenset({"</", ">/"})
"""Cut a native histogram's buckets off above (`</`) or below (`>/`) a value."""

BINDING = (
    {"or": 1, "and": 2, "unless": 2}
    | dict.fromkeys(COMPARISON_OPERATORS | TRIM_OPERATORS, 3)
    | {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "atan2": 5, "^": 6}
)
"""How tight each binary operator binds. All are left-associative but `^`; a sign binds as tight as a product."""

PARAMETER_AGGREGATORS = frozenset({"topk", "bottomk", "quantile", "limitk", "limit_ratio", "count_values"})
"""Aggregators whose first argument is a parameter."""

AGGREGATORS = PARAMETER_AGGREGATORS | {"sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"}


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """A number, or a duration in seconds that may stand wherever a number may."""

    value: float
    is_duration: bool = field(default=False, compare=False)
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    type: ClassVar[ValueType] = ValueType.SCALAR


@dataclass(frozen=True, slots=True)
class StringLiteral:
    """A string, unquoted; bytes that are no UTF-8 stand as surrogate escapes (see quoting.printable)."""

    value: str
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    type: ClassVar[ValueType] = ValueType.STRING


@dataclass(frozen=True, slots=True)
class DurationOp:
    """Arithmetic on durations inside `[..]` or after `offset`; values are float seconds.

    Attributes:
        op: `+ - * / % ^` (unary when `lhs` is None), `min_of`, `max_of`, or `step` and `range` (no operands).
        wrapped: it stands in parentheses of its own.
    """

    op: str
    lhs: DurationExpr | None = None
    rhs: DurationExpr | None = None
    wrapped: bool = field(default=False, compare=False)
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


DurationExpr = NumberLiteral | DurationOp


class AtKind(Enum):
    """What an `@` modifier refers to; start and end are those of the outermost query."""

    TIMESTAMP = "timestamp"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class AtModifier:
    """The evaluation time that `@` fixes; `timestamp_ms` counts only for `AtKind.TIMESTAMP`."""

    kind: AtKind
    timestamp_ms: int = 0


@dataclass(frozen=True, slots=True)
class VectorSelector:
    """An instant vector selector.

    Attributes:
        name: the metric name before the braces; empty where there is none or where it stands inside them.
        matchers: every test on labels, as written; one on `__name__` comes last when `name` is set. Selectors whose matchers
            stand in another order are equal, although `absent` may tell them apart.
        offset_ms: positive looks back; 0 until resolved when `offset_expr` is set.
        anchored: take the sample before a range's start as its first one (3.x extended range selectors).
        smoothed: interpolate at a range's edges (likewise).
    """

    name: str
    matchers: tuple[Matcher, ...] = field(compare=False)
    offset_ms: int = 0
    at: AtModifier | None = None
    anchored: bool = False
    smoothed: bool = False
    offset_expr: DurationOp | None = None
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    sorted_matchers: tuple[tuple[str, str, str], ...] = field(init=False, repr=False)
    type: ClassVar[ValueType] = ValueType.VECTOR

    def __post_init__(self) -> None:
        key = tuple(sorted((each.name, each.type.value, each.value) for each in self.matchers))
        object.__setattr__(self, "sorted_matchers", key)


@dataclass(frozen=True, slots=True)
class MatrixSelector:
    """A range vector selector, `selector[range]`; offset and `@` are the selector's."""

    selector: VectorSelector
    range_ms: int
    range_expr: DurationOp | None = None
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    type: ClassVar[ValueType] = ValueType.MATRIX


@dataclass(frozen=True, slots=True)
class SubqueryExpr:
    """A subquery, `expr[range:step]`; `step_ms` None means the default resolution."""

    expr: Expr
    range_ms: int
    step_ms: int | None = None
    offset_ms: int = 0
    at: AtModifier | None = None
    range_expr: DurationOp | None = None
    step_expr: DurationOp | None = None
    offset_expr: DurationOp | None = None
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    type: ClassVar[ValueType] = ValueType.MATRIX


@dataclass(frozen=True, slots=True)
class Function:
    """What the parser knows of a function.

    Attributes:
        arg_types: types of the arguments; with `variadic`, the last one may be left out.
        variadic: how many arguments beyond all but the last are allowed; 0 exactly `arg_types`, -1 any number.
        experimental: behind a feature flag in Prometheus.
    """

    name: str
    arg_types: tuple[ValueType, ...]
    return_type: ValueType
    variadic: int = 0
    experimental: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function call."""

    function: Function
    args: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.name

    @property
    def type(self) -> ValueType:
        """The function's return type."""
        return self.function.return_type


@dataclass(frozen=True, slots=True)
class AggregateExpr:
    """An aggregation over a vector; `param` only for PARAMETER_AGGREGATORS."""

    op: str
    expr: Expr
    param: Expr | None = None
    grouping: tuple[str, ...] = ()
    without: bool = False
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    type: ClassVar[ValueType] = ValueType.VECTOR


class Cardinality(Enum):
    """How many series of each side of a binary operator may share a match group."""

    ONE_TO_ONE = "one-to-one"
    MANY_TO_ONE = "many-to-one"  # group_left
    ONE_TO_MANY = "one-to-many"  # group_right
    MANY_TO_MANY = "many-to-many"  # set operators


@dataclass(frozen=True, slots=True)
class VectorMatching:
    """How the elements of two instant vectors find each other.

    Attributes:
        labels: those of `on` or `ignoring`.
        include: those of `group_left` or `group_right`, taken from the "one" side.
        fill_left: the value that stands in for a missing left element; None: no result there. Likewise `fill_right`.
    """

    card: Cardinality = Cardinality.ONE_TO_ONE
    labels: tuple[str, ...] = ()
    on: bool = False
    include: tuple[str, ...] = ()
    fill_left: float | None = None
    fill_right: float | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BinaryExpr:
    """A binary operation. `matching` is set exactly when both sides are instant vectors."""

    op: str
    lhs: Expr
    rhs: Expr
    matching: VectorMatching | None = None
    return_bool: bool = False
    span: Span = field(default=NOWHERE, kw_only=True)
    type: ValueType = field(init=False)

    def __post_init__(self) -> None:
        both_scalar = self.lhs.type is self.rhs.type is ValueType.SCALAR
        object.__setattr__(self, "type", ValueType.SCALAR if both_scalar else ValueType.VECTOR)

    def _key(self) -> tuple[object, ...]:
        first, links = left_chain(self)
        return first, tuple((link.op, link.rhs, link.matching, link.return_bool) for link in links)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BinaryExpr) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"BinaryExpr{self._key()!r}"


@dataclass(frozen=True, slots=True)
class UnaryExpr:
    """`+expr` or `-expr`; a sign before a number is part of the number instead."""

    op: str
    expr: Expr
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    type: ValueType = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", self.expr.type)


@dataclass(frozen=True, slots=True)
class ParenExpr:
    """An expression in parentheses."""

    expr: Expr
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    type: ValueType = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", self.expr.type)


Expr = (
    NumberLiteral
    | StringLiteral
    | VectorSelector
    | MatrixSelector
    | SubqueryExpr
    | Call
    | AggregateExpr
    | BinaryExpr
    | UnaryExpr
    | ParenExpr
)


def left_chain(expr: Expr) -> tuple[Expr, list[BinaryExpr]]:
    """The first operand of a chain of binary operations, and its links from the innermost out.

    `a + b - c` gives `a, [a + b, (a + b) - c]`; fold over the links' `rhs` instead of recursing. An expression that is not a
    binary operation gives itself and no links.
    """
    links = []
    while isinstance(expr, BinaryExpr):
        links.append(expr)
        expr = expr.lhs
    links.reverse()
    return expr, links


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct operands of a node, in the order of evaluation; those of a selector are none."""
    match expr:
        case BinaryExpr():
            return expr.lhs, expr.rhs
        case Call():
            return expr.args
        case AggregateExpr():
            return (expr.expr,) if expr.param is None else (expr.param, expr.expr)
        case MatrixSelector():
            return (expr.selector,)
        case SubqueryExpr() | ParenExpr() | UnaryExpr():
            return (expr.expr,)
        case NumberLiteral() | StringLiteral() | VectorSelector():
            return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node, parents before their children, left before right; at any depth."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def transform(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Rebuild a tree from the leaves up, giving every node (its children already changed) to `change`.

    A matrix selector's own selector may only become another vector selector. Unchanged parts are shared, not copied.
    """
    node, links = left_chain(expr)
    node = change(_with_children(node, change))
    for link in links:
        rhs = transform(link.rhs, change)
        same = node is link.lhs and rhs is link.rhs
        node = change(link if same else replace(link, lhs=node, rhs=rhs))
    return node


def _with_children(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    before = children(expr)
    after = tuple(transform(child, change) for child in before)
    if all(new is old for new, old in zip(after, before, strict=True)):
        return expr
    match expr:
        case Call():
            return replace(expr, args=after)
        case AggregateExpr():
            param = None if expr.param is None else after[0]
            return replace(expr, param=param, expr=after[-1])
        case MatrixSelector():
            selector = after[0]
            assert isinstance(selector, VectorSelector)
            return replace(expr, selector=selector)
        case SubqueryExpr() | ParenExpr() | UnaryExpr():
            return replace(expr, expr=after[0])
    raise RuntimeError(f"BUG: {type(expr).__name__} has no children")
