"""Passes over the tree, each seen by what it makes of a query's text."""

import pytest

from watchglass.promql.ast import AtKind, NumberLiteral, VectorSelector, walk
from watchglass.promql.format import format_expr
from watchglass.promql.grid import Grid
from watchglass.promql.parse import parse
from watchglass.promql.plan import find_invariant, fold_context, prepare, resolve_at, unwrap


def test_the_querys_own_times_become_numbers():
    folded = fold_context(parse("time() - start() + end() * step() / range()"), 10_000, 70_000, 15_000)

    assert format_expr(folded) == "time() - 10 + 70 * 15 / 60"


def test_at_start_and_end_become_times_also_inside_subqueries():
    resolved = resolve_at(parse("sum_over_time(m[5m:1m] @ end()) + m @ start() + rate(m[1m] @ start())"), 1_000, 9_000)

    ats = [node.at for node in walk(resolved) if getattr(node, "at", None)]
    assert all(at.kind is AtKind.TIMESTAMP for at in ats)
    assert [at.timestamp_ms for at in ats] == [9_000, 1_000, 1_000]


def test_durations_are_resolved_with_the_querys_step():
    plan = prepare(parse("m offset (step() * 2)"), Grid(0, 15_000, 5), 60_000)

    selector = plan.expr
    assert isinstance(selector, VectorSelector)
    assert selector.offset_ms == 30_000


@pytest.mark.parametrize(
    ("query", "invariant"),
    [
        ("1 + 2", True),
        ("m", False),
        ("m @ 10", True),
        ("sum(m @ 10) * 2", True),
        ("m @ 10 + m", False),
        ("rate(m[5m] @ 10)", True),
        ("rate(m[5m])", False),
        ("sum_over_time(m[5m:1m] @ 10)", True),
        ("sum_over_time((m @ 5)[5m:1m])", False),
        ("time()", False),
        ("vector(time())", False),
        ("hour(m @ 10)", False),
        ("predict_linear(m[5m] @ 10, 1)", False),
        ("timestamp(m @ 10)", True),
        ("timestamp((m @ 10))", True),
        ("timestamp(abs(m @ 10))", False),
    ],
)
def test_what_is_the_same_at_every_step(query, invariant):
    expr = parse(query)
    assert (id(expr) in find_invariant(expr)) == invariant


def test_parentheses_unwrap_to_the_bottom():
    assert unwrap(parse("(((1)))")) == NumberLiteral(1.0)
