"""Rules whose expression has nothing to judge: what they compare has no value, which looks like health and is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from watchglass.errors import WatchglassError
from watchglass.promql.ast import (
    COMPARISON_OPERATORS,
    BinaryExpr,
    Call,
    Expr,
    ValueType,
    VectorSelector,
    transform,
    walk,
)
from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse
from watchglass.rules.alert_state import AlertState
from watchglass.rules.alerting import AlertingRule
from watchglass.rules.answer import Query
from watchglass.rules.rule import GOOD

LOOKED_BACK_MS = 86_400_000
"""So far back the last data is looked for."""
_STEP = "5m"
_TARGET = frozenset({"__name__", "job", "instance", "system"})
_ABSENCE = frozenset({"absent", "absent_over_time"})


def measured(query: str) -> str:
    """What an expression compares, without its comparisons; empty where it compares nothing, or asks what is absent."""
    expr = parse(query)
    if any(isinstance(node, Call) and node.name in _ABSENCE for node in walk(expr)):
        return ""
    changed = transform(expr, _unfiltered)
    return "" if changed is expr else format_expr(changed)


def sources(query: str) -> list[str]:
    """The metrics that an expression reads, of the targets that it names, whatever their other labels are."""
    read = [node for node in walk(parse(query)) if isinstance(node, VectorSelector)]
    return [
        format_expr(VectorSelector(node.name, tuple(each for each in node.matchers if each.name in _TARGET)))
        for node in read
        if node.name
    ]


def _unfiltered(node: Expr) -> Expr:
    if not isinstance(node, BinaryExpr):
        return node
    if node.op == "unless":
        return node.lhs
    if node.op not in COMPARISON_OPERATORS or node.return_bool:
        return node
    if node.rhs.type is ValueType.SCALAR:
        return node.lhs
    if node.lhs.type is ValueType.SCALAR:
        return node.rhs
    return replace(node, op="+")  # has a value where both sides have one


class NoData:
    """Finds rules without data; when data was last seen is looked for once.

    A counter of errors has no series before the first error: where its metric is there, the rule judges that there was none.

    Args:
        query: asks an expression.
    """

    def __init__(self, query: Query) -> None:
        self._query = query
        self._since: dict[AlertingRule, int | None] = {}

    def look(self, rules: Iterable[tuple[AlertingRule, int]]) -> dict[AlertingRule, int | None]:
        """Rules that are quiet for want of data, with when they last had some; None where that is longer ago than a day.

        Args:
            rules: each with the time in ms at which it asks.
        """
        quiet = [(rule, at_ms) for rule, at_ms in rules if rule.state is AlertState.INACTIVE and rule.health == GOOD]
        found = [(rule, text, at_ms) for rule, at_ms in quiet if (text := measured(rule.query))]
        missing = [each for each in found if self._value(each[1], each[2]) == [] and self._lacks(each[0], each[2])]
        self._since = {
            rule: self._since[rule] if rule in self._since else self._last(text, at_ms) for rule, text, at_ms in missing
        }
        return self._since

    def _lacks(self, rule: AlertingRule, at_ms: int) -> bool:
        """Whether one of its metrics is not there at all."""
        read = sources(rule.query)
        return not read or any(self._value(text, at_ms) == [] for text in read)

    def _last(self, text: str, at_ms: int) -> int | None:
        values = self._value(f"max_over_time((group({text}) * time())[{LOOKED_BACK_MS}ms:{_STEP}])", at_ms)
        return round(values[0] * 1000) if values else None

    def _value(self, text: str, at_ms: int) -> list[float] | None:
        """The values of an expression; None where it cannot be asked."""
        try:
            return list(self._query(text, at_ms).values.tolist())
        except WatchglassError:
            return None
