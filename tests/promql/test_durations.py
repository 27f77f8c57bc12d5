"""The values of duration expressions."""

from __future__ import annotations

import pytest

from watchglass.errors import QueryError
from watchglass.promql.ast import MatrixSelector, VectorSelector, walk
from watchglass.promql.durations import milliseconds_of, resolve_durations
from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse

DAY = 86_400_000


def test_literals_are_cut_to_whole_milliseconds():
    assert [milliseconds_of(seconds) for seconds in (0.0015, -0.0015, 0.0009999, 300.0, 0.1)] == [
        1,
        -1,
        0,
        300_000,
        100,
    ]


@pytest.mark.parametrize(
    ("query", "widths"),
    [
        ("up[step()]", (30_000, 0)),
        ("up[range() / 2]", (1_800_000, 0)),
        ("up[2 ^ 3]", (8000, 0)),
        ("up[7 % 4] offset -(1m)", (3000, -60_000)),
        ("up[max_of(step(), 1m)] offset min_of(5m, range())", (60_000, 300_000)),
        ("up[1m - 30s * 1.5] offset (-step())", (15_000, -30_000)),
        ("up[-(-5m)]", (300_000, 0)),
        ("up[(0.0015 * 1)]", (1, 0)),
        ("up[5m]", (300_000, 0)),
    ],
)
def test_expressions_get_their_values(query, widths):
    tree = resolve_durations(parse(query), step_ms=30_000, range_ms=3_600_000)

    assert isinstance(tree, MatrixSelector)
    assert (tree.range_ms, tree.selector.offset_ms) == widths
    assert format_expr(tree) == format_expr(parse(query)), "the text stays that of the user"


def test_subqueries_and_selectors_deep_inside_are_resolved_too():
    tree = parse("a + sum(max_over_time((b offset step())[2 * step() + 1s:step() + 1s] offset -step()))")

    subquery = next(
        node for node in walk(resolve_durations(tree, step_ms=1000, range_ms=0)) if hasattr(node, "step_ms")
    )

    assert (subquery.range_ms, subquery.step_ms, subquery.offset_ms) == (3000, 2000, -1000)
    assert subquery.expr.expr == VectorSelector(
        "b", subquery.expr.expr.matchers, 1000, offset_expr=subquery.expr.expr.offset_expr
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("up[step()]", "3:9: duration must be greater than 0"),
        ("up[5m - 5m]", "3:10: duration must be greater than 0"),
        ("up[5 / step()]", "3:13: division by zero"),
        ("up[5 % step()]", "3:13: modulo by zero"),
        ("up[(-8) ^ 0.5]", "3:13: duration is NaN or infinite"),
        ("up[10 ^ 1000]", "3:12: duration is NaN or infinite"),
        ("up offset (1e9 * 1e9)", "11:20: duration is out of range"),
    ],
)
def test_what_gives_no_duration(query, message):
    with pytest.raises(QueryError) as caught:
        resolve_durations(parse(query), step_ms=0, range_ms=0)

    assert str(caught.value) == message
    assert caught.value.kind == "bad_data"
