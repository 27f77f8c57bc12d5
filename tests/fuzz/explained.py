"""Differences from Prometheus 2.42 that are on purpose: a line each in explained_differences.txt, a predicate each here.

A predicate does not merely recognise an expression. Where it can, it shows that the difference is the one that it names: by writing
the query so that the newer engine does what the older one did, or by asking the older one in a way that avoids its fault.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from answers import Answer, Difference
from subject import OPTIONS, Question

from watchglass.errors import QueryError
from watchglass.promql.ast import (
    COMPARISON_OPERATORS,
    AggregateExpr,
    BinaryExpr,
    Call,
    Cardinality,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    ValueType,
    VectorMatching,
    VectorSelector,
    children,
    transform,
    walk,
)
from watchglass.promql.format import format_expr
from watchglass.promql.functions_table import FUNCTIONS
from watchglass.promql.parse import parse
from watchglass.promql.plan import find_invariant, resolve_at, unwrap

_STEPS_ASKED = 8
_ASKED_AGAIN = 50
_ZERO = re.compile(r"offset\s+-?0+(ms|[smhdwy])")


@dataclass(frozen=True)
class Case:
    """A difference, with the means to look into it."""

    question: Question
    tree: Expr | None  # None where we cannot parse it
    ours: Answer
    theirs: Answer
    found: list[Difference]
    agrees: Callable[[Question, Question], bool]  # whether our answer to one is Prometheus's to the other
    their_answer: Callable[[Question], Answer]  # of Prometheus

    def has(self, test: Callable[[Expr], bool]) -> bool:
        """Whether a node of the tree passes a test."""
        return self.tree is not None and any(test(node) for node in walk(self.tree))

    def only_they_fail(self, *texts: str) -> bool:
        """Whether we answer and Prometheus refuses, with one of these texts."""
        return not self.ours.error and bool(self.theirs.error) and any(text in self.theirs.text for text in texts)

    def agrees_at_single_steps(self, tries: int = 1) -> bool:
        """Whether instant queries at the steps in question give the same of both, when Prometheus is asked so often."""
        asked = self._single_steps()
        return bool(asked) and all(any(self.agrees(each, each) for _ in range(tries)) for each in asked)

    def _single_steps(self) -> list[Question]:
        if not self.question.step_ms or self.tree is None:
            return []
        query = format_expr(resolve_at(self.tree, self.question.start_ms, self.question.end_ms))
        steps = range(self.question.start_ms, self.question.end_ms + 1, self.question.step_ms)
        differing = {round(each.at * 1000) for each in self.found}
        chosen = [at for at in steps if at in differing] or list(steps)
        return [Question(query, at, at) for at in chosen[:: -(-len(chosen) // _STEPS_ASKED)]]


def deviation_of_one(case: Case) -> bool:
    """Written out as 2.42 has it, the deviation of a single sample is 0 times it, or 0."""
    deviations = {"stddev", "stdvar"}
    if not case.has(lambda node: isinstance(node, AggregateExpr) and node.op in deviations):
        return False

    def change(node: Expr) -> Expr:
        if not (isinstance(node, AggregateExpr) and node.op in deviations):
            return node
        same = VectorMatching(card=Cardinality.MANY_TO_MANY)
        count = replace(node, op="count")
        several = ParenExpr(BinaryExpr("and", node, ParenExpr(BinaryExpr(">", count, NumberLiteral(1.0))), same))
        return ParenExpr(BinaryExpr("or", several, ParenExpr(BinaryExpr("*", count, NumberLiteral(0.0))), same))

    assert case.tree is not None
    rewritten = replace(case.question, query=format_expr(transform(case.tree, change)))
    return case.agrees(rewritten, case.question)


def order_of_histograms(case: Case) -> bool:
    """Asked again and again, Prometheus gives our answer as well: each time its histograms have another order."""
    ranked = case.has(lambda node: isinstance(node, AggregateExpr) and node.op in {"topk", "bottomk"})
    quantiles = case.has(lambda node: isinstance(node, Call) and node.name.startswith("histogram_"))
    if not (ranked and quantiles):
        return False
    if case.question.step_ms:
        return case.agrees_at_single_steps(_ASKED_AGAIN)
    return any(case.agrees(case.question, case.question) for _ in range(_ASKED_AGAIN))


def filtered_match_counts(case: Case) -> bool:
    """We find several matches for a group, of a comparison that filters."""
    filters = case.has(
        lambda node: (
            isinstance(node, BinaryExpr)
            and node.op in COMPARISON_OPERATORS
            and not node.return_bool
            and node.matching is not None
        )
    )
    return filters and not case.theirs.error and "multiple matches for labels" in case.ours.text


def fixed_window(case: Case) -> bool:
    """A call whose window is fixed and whose value still changes from step to step; one step at a time 2.42 is right.

    Inside a subquery it is asked at that one's steps; and with a call that has no other arguments the answers are the same.
    """
    if case.tree is None:
        return False
    tree = resolve_at(case.tree, case.question.start_ms, case.question.end_ms)
    settled = find_invariant(tree)

    def window(node: Expr) -> Expr | None:
        if not isinstance(node, Call) or id(node) in settled:
            return None
        windows = [arg for arg in map(unwrap, node.args) if isinstance(arg, MatrixSelector | SubqueryExpr)]
        return next(
            (w for w in windows if (w.selector.at if isinstance(w, MatrixSelector) else w.at) is not None), None
        )

    def change(node: Expr) -> Expr:
        fixed = window(node)
        return node if fixed is None else Call(FUNCTIONS["max_over_time"], (fixed,))

    if not any(map(window, walk(tree))):
        return False
    if case.agrees_at_single_steps():
        return True
    repeating = {
        id(sub): (sub, steps) for sub, steps in _subqueries(tree, case.question) if any(map(window, walk(sub.expr)))
    }
    innermost = [
        (sub, steps) for sub, steps in repeating.values() if not any(id(node) in repeating for node in walk(sub.expr))
    ]
    asked = [
        Question(format_expr(sub.expr), at, at)
        for sub, steps in innermost
        for at in steps[:: -(-len(steps) // _STEPS_ASKED) or 1]
    ]
    other = replace(case.question, query=format_expr(transform(tree, change)))
    return bool(innermost) and case.agrees(other, other) and all(case.agrees(each, each) for each in asked)


def names_are_utf8(case: Case) -> bool:
    """Prometheus refuses the name of a label that is no identifier."""
    return case.only_they_fail(
        "destination label name in label_", "source label name in label_join", "invalid label name"
    )


def number_for_duration(case: Case) -> bool:
    """Prometheus wants a duration where a number stands."""
    texts = ("expected duration", "bad duration syntax", "missing unit character in duration")
    return case.tree is not None and case.theirs.error == "bad_data" and any(text in case.theirs.text for text in texts)


def collision_at_no_step(case: Case) -> bool:
    """Prometheus finds equal label sets where a label was changed or a sign drops the name."""
    changes_labels = case.has(
        lambda node: (
            (isinstance(node, UnaryExpr) and node.op == "-")
            or (isinstance(node, Call) and node.name in {"label_replace", "label_join"})
        )
    )
    return changes_labels and case.only_they_fail("same labelset") and case.agrees_at_single_steps()


def less_than_one(case: Case) -> bool:
    """Prometheus says that a parameter of less than one overflows."""
    return case.only_they_fail("Scalar value -Inf overflows int64")


def fixed_before_range(case: Case) -> bool:
    """We refuse `x @ start()[5m]`."""
    return not case.theirs.error and "no @ modifiers allowed before range" in case.ours.text


def timestamp_of_a_fixed_offset(case: Case) -> bool:
    """`timestamp(x @ 5 offset 1m)`; the same with any function that needs no time is answered alike."""

    def is_one(node: Expr) -> bool:
        selector = unwrap(node.args[0]) if isinstance(node, Call) and node.name == "timestamp" else None
        return isinstance(selector, VectorSelector) and selector.at is not None and selector.offset_ms != 0

    def change(node: Expr) -> Expr:
        return replace(node, function=FUNCTIONS["abs"]) if is_one(node) else node

    if not case.has(is_one):
        return False
    assert case.tree is not None
    other = replace(case.question, query=format_expr(transform(case.tree, change)))
    return case.agrees(other, other)


def logarithm_of_subnormal(case: Case) -> bool:
    """Without subnormal numbers in what a logarithm or a power is taken of the answers are the same."""
    same = VectorMatching(card=Cardinality.MANY_TO_MANY)

    def without_subnormal(node: Expr) -> Expr:
        size = Call(FUNCTIONS["abs"], (ParenExpr(BinaryExpr("!=", node, NumberLiteral(0.0))),))
        subnormal = ParenExpr(BinaryExpr("<", size, NumberLiteral(2.2250738585072014e-308)))
        return ParenExpr(BinaryExpr("unless", node, subnormal, replace(same, labels=("__name__",))))

    def change(node: Expr) -> Expr:
        if isinstance(node, Call) and node.name in {"ln", "log10", "log2"}:
            return replace(node, args=(without_subnormal(node.args[0]),))
        if isinstance(node, BinaryExpr) and node.op == "^" and node.lhs.type is ValueType.VECTOR:
            return replace(node, lhs=without_subnormal(node.lhs))
        return node

    if case.tree is None or (changed := transform(case.tree, change)) == case.tree:
        return False
    other = replace(case.question, query=format_expr(changed))
    return case.agrees(other, other)


def count_values_by_several(case: Case) -> bool:
    """`count_values by (a, b, c)` over several steps; one step at a time 2.42 is right."""
    several = case.has(
        lambda node: isinstance(node, AggregateExpr) and node.op == "count_values" and len(node.grouping) > 2
    )
    return several and case.agrees_at_single_steps()


def offset_of_zero(case: Case) -> bool:
    """`offset 0s` and `offset -0m`."""
    return case.only_they_fail("duration must be greater than 0") and bool(_ZERO.search(case.question.query))


def overflowing_deviation(case: Case) -> bool:
    """An infinity of ours stands where 2.42 has NaN, of samples whose squares are too great."""
    sums = {"stddev_over_time", "stdvar_over_time", "deriv", "predict_linear"}
    overflows = all(
        each.what == "value" and isinstance(each.ours, float) and math.isinf(each.ours) and str(each.theirs) == "nan"
        for each in case.found
    )
    return overflows and case.has(lambda node: isinstance(node, Call) and node.name in sums)


def subquery_past_the_end(case: Case) -> bool:
    """The end is no step; where it is one, the answers are the same."""
    question = case.question
    if not question.step_ms or not case.has(lambda node: isinstance(node, SubqueryExpr)):
        return False
    end = question.end_ms - (question.end_ms - question.start_ms) % question.step_ms
    aligned = replace(question, end_ms=end)
    return end != question.end_ms and case.only_they_fail("") and case.agrees(aligned, aligned)


def subquery_without_steps(case: Case) -> bool:
    """Prometheus fails as it does when asked for what is fixed inside a subquery whose range holds no step."""
    if case.tree is None or not case.only_they_fail("") or case.theirs.error != "execution":
        return False
    tree = resolve_at(case.tree, case.question.start_ms, case.question.end_ms)
    settled, at = find_invariant(tree), case.question.start_ms
    parts = [
        node
        for sub, steps in _subqueries(tree, case.question)
        if not steps
        for node in walk(sub.expr)
        if id(node) in settled and not isinstance(node, NumberLiteral | StringLiteral)
    ]
    answers = (case.their_answer(Question(format_expr(part), at, at)) for part in parts)
    return any(answer.error and _cause(answer) == _cause(case.theirs) for answer in answers)


def _cause(failed: Answer) -> str:
    """What an error says before it names series."""
    return failed.text.partition('"error":')[2].partition("{")[0]


def _subqueries(tree: Expr, question: Question) -> list[tuple[SubqueryExpr, range]]:
    """The subqueries of a tree, outer ones first, with the steps that they are evaluated at in 2.42; it has no `@ start()`."""
    found, waiting = [], [(tree, question.start_ms, question.end_ms)]
    while waiting:
        node, start, end = waiting.pop()
        if isinstance(node, SubqueryExpr):
            if node.at is not None:
                start = end = node.at.timestamp_ms
            step = node.step_ms or OPTIONS.default_step_ms
            start, end = -(-(start - node.offset_ms - node.range_ms) // step) * step, end - node.offset_ms
            found.append((node, range(start, end + 1, step)))
        waiting += [(child, start, end) for child in children(node)]
    return found


def hyperbolic_overflow(case: Case) -> bool:
    """Without what is so great that its exponential overflows the answers are the same."""

    def change(node: Expr) -> Expr:
        if not (isinstance(node, Call) and node.name in {"cosh", "sinh"}):
            return node
        size = Call(FUNCTIONS["abs"], node.args)
        great = ParenExpr(BinaryExpr(">", size, NumberLiteral(709.78)))
        same = VectorMatching(card=Cardinality.MANY_TO_MANY)
        return replace(node, args=(BinaryExpr("unless", node.args[0], great, same),))

    if case.tree is None or (changed := transform(case.tree, change)) == case.tree:
        return False
    other = replace(case.question, query=format_expr(changed))
    return case.agrees(other, other)


_LINES = [
    line.split(" | ")
    for line in (Path(__file__).parent / "explained_differences.txt").read_text().splitlines()
    if not line.startswith("#")
]
EXPLANATIONS: list[tuple[str, str, Callable[[Case], bool]]] = [(name, why, globals()[name]) for name, why in _LINES]
"""The name, the reason and the predicate of each line."""


def tree_of(query: str) -> Expr | None:
    """The tree of a query; None where it does not parse."""
    try:
        return parse(query)
    except QueryError:
        return None


def explanation(case: Case) -> str:
    """The name of the first line that explains a difference; empty where none does."""
    return next((name for name, _, explains in EXPLANATIONS if explains(case)), "")
