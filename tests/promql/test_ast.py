"""Walking and rebuilding trees."""

from __future__ import annotations

from watchglass.promql.ast import (
    BinaryExpr,
    NumberLiteral,
    ValueType,
    VectorSelector,
    children,
    left_chain,
    line_and_column,
    transform,
    walk,
)
from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse


def shorter_names(node):
    return parse(node.name[0]) if isinstance(node, VectorSelector) else node


def test_equality_ignores_places_and_spelling_but_nothing_else():
    assert parse("a+b") == parse(" a  +  b ")
    assert parse("60") == parse("1m")
    assert len({parse("a + b"), parse("a +b"), parse("a - b"), parse("a + on() b")}) == 3
    assert parse("a > b") != parse("a > bool b")
    assert parse("a + b + c") != parse("a + (b + c)")
    assert parse("a + b") != parse("a")


def test_a_binary_operation_is_a_scalar_only_between_scalars():
    assert parse("1 + 2").type is ValueType.SCALAR
    assert parse("-(1 + 2)").type is ValueType.SCALAR
    assert parse("1 + a").type is ValueType.VECTOR
    assert parse("time()").type is ValueType.SCALAR


def test_left_chain_gives_links_from_the_innermost_out():
    first, links = left_chain(parse("a + b * c - d"))

    assert format_expr(first) == "a"
    assert [(link.op, format_expr(link.rhs)) for link in links] == [("+", "b * c"), ("-", "d")]
    assert left_chain(parse("(a + b)")) == (parse("(a + b)"), [])


def test_walk_visits_parents_before_children_and_left_before_right():
    tree = parse('topk(scalar(a), -max_over_time(b[5m:])) + (label_join(c, "x", "y"))')

    visited = [format_expr(node) for node in walk(tree)]

    assert visited[0] == format_expr(tree)
    assert [text for text in visited if len(text) == 1] == ["a", "b", "c"]
    assert len(visited) == 13


def test_children_of_leaves_are_none():
    assert [children(parse(text)) for text in ("1", '"a"', "up")] == [(), (), ()]


def test_transform_changes_leaves_everywhere():
    text = "sum by (x) (rate(first[5m])) / on (x) max_over_time((second + 1)[1h:]) > quantile(scalar(third), -fourth)"

    assert format_expr(transform(parse(text), shorter_names)) == (
        "sum by (x) (rate(f[5m])) / on (x) max_over_time((s + 1)[1h:]) > quantile(scalar(t), -f)"
    )


def test_transform_shares_what_does_not_change():
    tree = parse("a + last_over_time(b[5m:] offset 1m) + (c)")

    assert transform(tree, lambda node: node) is tree
    changed = transform(tree, lambda node: NumberLiteral(1.0) if node == parse("c") else node)
    assert isinstance(changed, BinaryExpr)
    assert changed.lhs is tree.lhs


def test_long_chains_are_rebuilt_and_shown():
    tree = parse(" + ".join(["name"] * 5000))

    assert format_expr(transform(tree, shorter_names)) == " + ".join(["n"] * 5000)
    assert repr(tree).startswith("BinaryExpr(")


def test_lines_and_columns_count_from_one_in_bytes():
    query = "é +\n\n  up"

    assert [line_and_column(query, offset) for offset in (0, 3, 5, 8)] == [(1, 1), (1, 4), (2, 1), (3, 3)]
