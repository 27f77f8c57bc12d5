"""Durations in both directions, and the values of duration expressions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.errors import QueryError
from watchglass.promql.ast import MatrixSelector, VectorSelector, walk
from watchglass.promql.durations import format_duration, milliseconds_of, parse_duration, resolve_durations
from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse

DAY = 86_400_000


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1ms", 1), ("1s", 1000), ("1m", 60_000), ("1h", 3_600_000), ("1d", DAY), ("1w", 7 * DAY), ("1y", 365 * DAY),
        ("1y2w3d4h5m6s7ms", 382 * DAY + 4 * 3_600_000 + 5 * 60_000 + 6007), ("0s", 0), ("007m", 420_000),
        ("0" * 30 + "1s", 1000), ("292y", 292 * 365 * DAY),
    ],
)  # fmt: skip
def test_parse(text, milliseconds):
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'not a valid duration string: ""'),
        ("5", 'not a valid duration string: "5"'),
        ("m", 'not a valid duration string: "m"'),
        ("1s1m", 'not a valid duration string: "1s1m"'),
        ("1m1m", 'not a valid duration string: "1m1m"'),
        ("1x", 'unknown unit "x" in duration "1x"'),
        ("1.5h", 'unknown unit "." in duration "1.5h"'),
        ("1h-5m", 'unknown unit "h-" in duration "1h-5m"'),
        ("293y", "duration out of range"),
        ("9" * 5000 + "s", f'not a valid duration string: "{"9" * 5000}s"'),
    ],
)
def test_what_is_no_duration(text, message):
    with pytest.raises(ValueError) as caught:
        parse_duration(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0s"), (1, "1ms"), (90_000, "1m30s"), (DAY, "1d"), (7 * DAY, "1w"), (8 * DAY, "8d"), (730 * DAY, "2y"),
     (366 * DAY, "366d"), (-300_000, "-5m"), (3_600_001, "1h1ms")],
)  # fmt: skip
def test_format(milliseconds, text):
    assert format_duration(milliseconds) == text


@given(st.integers(1, 2**63 // 1_000_000))
def test_formatting_loses_nothing(milliseconds):
    assert parse_duration(format_duration(milliseconds)) == milliseconds


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
