"""Canonical text: what it looks like, and that it means the tree it was made from."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from trees import Trees, without_parentheses

from watchglass.promql.ast import BinaryExpr, DurationOp, NumberLiteral, UnaryExpr, VectorSelector
from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("up", "up"),
        ('up{job="a",}', 'up{job="a"}'),
        ("up{b='x',a=~`y`}", 'up{a=~"y",b="x"}'),
        ('{"up", "a.b"!="c"}', '{"a.b"!="c",__name__="up"}'),
        ('up{le="\\xe9\\u00e9\\n"}', r'up{le="�é\n"}'.replace("�", r"\ufffd")),
        ("rate(up[300s])", "rate(up[5m])"),
        ("up [ 1y2w3d ] offset 1h30m", "up[382d] offset 1h30m"),
        ("up offset -90", "up offset -1m30s"),
        ("up @ 1.5 offset 5m", "up @ 1.500 offset 5m"),
        ("up offset 5m @ end()", "up @ end() offset 5m"),
        ("rate(up[5m] @ -1 anchored)", "rate(up[5m] anchored @ -1.000)"),
        ("max_over_time(up[1h:] offset 1d)", "max_over_time(up[1h:] offset 1d)"),
        ("up[step()*2:range()/ 4]", "up[step() * 2:range() / 4]"),
        ("up offset (5m)", "up offset (5m)"),
        ("up offset -min_of(step(),5m)", "up offset -min_of(step(), 5m)"),
        ("sum(up)by(a , b)", "sum by (a, b) (up)"),
        ('sum without() (up) + topk by("a b") (3,up)', 'sum without () (up) + topk by ("a b") (3, up)'),
        ("a  +on()b", "a + on () b"),
        ("a*ignoring(x)group_left b", "a * ignoring (x) group_left () b"),
        ("a>bool on(x)fill_right(2)fill_left(-Inf)b", "a > bool on (x) fill_left (-Inf) fill_right (2) b"),
        ("a / fill (0) b", "a / fill (0) b"),
        ("a and b or c unless ignoring(d) e", "a and b or c unless ignoring (d) e"),
        ("-up ^ - 2", "-up ^ -2"),
        (
            "1e3 + 0x1F + 1_000 + 1e21 + 1e-7 + .5 + inf + NaN",
            "1000 + 31 + 1000 + 1000000000000000000000 + 0.0000001 + 0.5 + +Inf + NaN",
        ),
        ("vector(5m) * 1h30m", "vector(5m) * 1h30m"),
        ("((up))  # why", "((up))"),
        ("info(up, {})", "info(up, {})"),
        ('label_replace(up, "a", \'$1\', `b`, "(.*)\\\\.")', 'label_replace(up, "a", "$1", "b", "(.*)\\\\.")'),
        ("sum + by - offset", "sum + by - offset"),
    ],
)
def test_canonical_text(query, canonical):
    assert format_expr(parse(query)) == canonical
    assert parse(canonical) == parse(query)


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (BinaryExpr("*", parse("a + b"), parse("c")), "(a + b) * c"),
        (BinaryExpr("-", parse("a"), parse("b - c")), "a - (b - c)"),
        (BinaryExpr("^", parse("a ^ b"), parse("c")), "(a ^ b) ^ c"),
        (BinaryExpr("^", UnaryExpr("-", parse("a")), parse("c")), "(-a) ^ c"),
        (BinaryExpr("^", NumberLiteral(-1.0), parse("c")), "(-1) ^ c"),
        (UnaryExpr("-", parse("a + b")), "-(a + b)"),
        (UnaryExpr("-", NumberLiteral(1.0)), "-(1)"),
        (BinaryExpr("+", parse("a offset (5m)"), parse("b")), "(a offset (5m)) + b"),
        (BinaryExpr("==", parse("a offset (5m)"), parse("b")), "a offset (5m) == b"),
        (
            VectorSelector("a", (), offset_expr=DurationOp("*", NumberLiteral(2), DurationOp("step"))),
            "a offset (2 * step())",
        ),
        (VectorSelector("a b", parse('{"a b"}').matchers), '{__name__="a b"}'),
    ],
)
def test_trees_that_no_text_parses_to_get_parentheses(tree, text):
    assert format_expr(tree) == text
    parse(text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(Trees().expressions)
def test_formatting_loses_nothing(tree):
    text = format_expr(tree)

    read = parse(text)

    assert format_expr(read) == text
    assert without_parentheses(read) == without_parentheses(tree)
