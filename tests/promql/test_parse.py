"""What the parser makes of a query: trees, places, and the limits it keeps."""

from __future__ import annotations

import math
import threading

import pytest

from watchglass.errors import QuerySyntaxError
from watchglass.model.matcher import Matcher, MatchType
from watchglass.promql.ast import (
    AggregateExpr,
    AtKind,
    AtModifier,
    BinaryExpr,
    Cardinality,
    DurationOp,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    ValueType,
    VectorMatching,
    VectorSelector,
    left_chain,
    walk,
)
from watchglass.promql.format import format_expr
from watchglass.promql.functions_table import FUNCTIONS
from watchglass.promql.kinds import LABEL_WORDS, METRIC_WORDS
from watchglass.promql.parse import MAX_DEPTH, parse, parse_series_selector

UP = VectorSelector("up", (Matcher("__name__", MatchType.EQUAL, "up"),))


def selector(name, *tests, **fields):
    return VectorSelector(name, (*tests, Matcher("__name__", MatchType.EQUAL, name)), **fields)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("up", UP),
        ("-1", NumberLiteral(-1.0)),
        ("+ - +2", NumberLiteral(-2.0)),
        ("1h30m", NumberLiteral(5400.0)),
        ("-1.5e3", NumberLiteral(-1500.0)),
        ("0x1_F", NumberLiteral(31.0)),
        ("-Inf", NumberLiteral(-math.inf)),
        ("nan", NumberLiteral(math.nan)),
        ('"a\\n\\x41\\u00e9"', StringLiteral("a\nAé")),
        (r"`a\n`", StringLiteral(r"a\n")),
        ("-up", UnaryExpr("-", UP)),
        ("-(1)", UnaryExpr("-", ParenExpr(NumberLiteral(1.0)))),
        ("-up ^ 2", UnaryExpr("-", BinaryExpr("^", UP, NumberLiteral(2.0)))),
        ("-1 ^ 2", UnaryExpr("-", BinaryExpr("^", NumberLiteral(1.0), NumberLiteral(2.0)))),
        ("-1 * 2", BinaryExpr("*", NumberLiteral(-1.0), NumberLiteral(2.0))),
        (
            'up{b="x", a!~"y.*",}',
            selector("up", Matcher("a", MatchType.NOT_REGEX, "y.*"), Matcher("b", MatchType.EQUAL, "x")),
        ),
        ('{"up"}', VectorSelector("", UP.matchers)),
        ("up[5m]", MatrixSelector(UP, 300_000)),
        ("up[0.0015]", MatrixSelector(UP, 1)),
        ("up[300] offset -1m", MatrixSelector(selector("up", offset_ms=-60_000), 300_000)),
        ("up offset 1m @ 5", selector("up", offset_ms=60_000, at=AtModifier(AtKind.TIMESTAMP, 5000))),
        ("up @ -1.0015 offset 1m", selector("up", offset_ms=60_000, at=AtModifier(AtKind.TIMESTAMP, -1002))),
        ("up @ start()", selector("up", at=AtModifier(AtKind.START))),
        ("up[1m] @ end()", MatrixSelector(selector("up", at=AtModifier(AtKind.END)), 60_000)),
        ("up @ 1e18", selector("up", at=AtModifier(AtKind.TIMESTAMP, 2**63 - 1))),
        ("up anchored", selector("up", anchored=True)),
        ("up smoothed[1m]", MatrixSelector(selector("up", smoothed=True), 60_000)),
        ("anchored anchored", selector("anchored", anchored=True)),
        ("up[1h:]", SubqueryExpr(UP, 3_600_000)),
        ("up[1h:1m] @ 1 offset 1m", SubqueryExpr(UP, 3_600_000, 60_000, 60_000, AtModifier(AtKind.TIMESTAMP, 1000))),
        ("up[5m + step()]", MatrixSelector(UP, 0, DurationOp("+", NumberLiteral(300.0), DurationOp("step")))),
        ("up offset step() * 2", BinaryExpr("*", selector("up", offset_expr=DurationOp("step")), NumberLiteral(2.0))),
        (
            "up offset (step() * 2)",
            selector("up", offset_expr=DurationOp("*", DurationOp("step"), NumberLiteral(2.0))),
        ),
        (
            "up offset --1 * 2",
            selector("up", offset_expr=DurationOp("*", NumberLiteral(1.0), NumberLiteral(2.0))),
        ),
        (
            "up offset -(5m)",
            selector("up", offset_expr=DurationOp("-", None, DurationOp("+", None, NumberLiteral(300.0)))),
        ),
        ("sum(up)", AggregateExpr("sum", UP)),
        ("SUM(up)", AggregateExpr("sum", UP)),
        ("sum by (a, b,) (up)", AggregateExpr("sum", UP, None, ("a", "b"))),
        ("sum(up) without (a)", AggregateExpr("sum", UP, None, ("a",), without=True)),
        ("sum by () (up)", AggregateExpr("sum", UP)),
        (
            'topk by ("a.b", offset, SUM) (3, up)',
            AggregateExpr("topk", UP, NumberLiteral(3.0), ("a.b", "offset", "SUM")),
        ),
        ("up and up", BinaryExpr("and", UP, UP, VectorMatching(Cardinality.MANY_TO_MANY))),
        ("up + 1", BinaryExpr("+", UP, NumberLiteral(1.0))),
        ("1 + ignoring() 1", BinaryExpr("+", NumberLiteral(1.0), NumberLiteral(1.0))),
        ("up > bool up", BinaryExpr(">", UP, UP, VectorMatching(), return_bool=True)),
        ("up </ 1", BinaryExpr("</", UP, NumberLiteral(1.0))),
        ("up >/ 1", BinaryExpr(">/", UP, NumberLiteral(1.0))),
        ("fill + fill_left", BinaryExpr("+", selector("fill"), selector("fill_left"), VectorMatching())),
    ],
)
def test_trees(query, tree):
    assert parse(query) == tree


@pytest.mark.parametrize(
    ("modifier", "matching"),
    [
        ("on(a)", VectorMatching(labels=("a",), on=True)),
        ("ignoring(a, b)", VectorMatching(labels=("a", "b"))),
        ("on() group_left", VectorMatching(Cardinality.MANY_TO_ONE, on=True)),
        ("on(a) group_left()", VectorMatching(Cardinality.MANY_TO_ONE, ("a",), on=True)),
        ("on(a) group_right(b, c)", VectorMatching(Cardinality.ONE_TO_MANY, ("a",), on=True, include=("b", "c"))),
        ("fill(-1)", VectorMatching(fill_left=-1.0, fill_right=-1.0)),
        ("on(a) group_left fill_right(1m)", VectorMatching(Cardinality.MANY_TO_ONE, ("a",), on=True, fill_right=60.0)),
        ("fill_right(2) fill_left(3)", VectorMatching(fill_left=3.0, fill_right=2.0)),
    ],
)
def test_matching(modifier, matching):
    assert parse(f"up * {modifier} up") == BinaryExpr("*", UP, UP, matching)


def test_operators_bind_and_associate():
    assert format_expr(parse("((a - b) - c)")) == "((a - b) - c)"
    assert parse("a - b - c") == BinaryExpr("-", parse("a - b"), parse("c"), VectorMatching())
    assert parse("a ^ b ^ c") == BinaryExpr("^", parse("a"), parse("b ^ c"), VectorMatching())
    assert parse("a or b and c") == BinaryExpr(
        "or", parse("a"), parse("b and c"), VectorMatching(Cardinality.MANY_TO_MANY)
    )
    assert parse("a == b + c") == BinaryExpr("==", parse("a"), parse("b + c"), VectorMatching())
    assert parse("a + b % c") == BinaryExpr("+", parse("a"), parse("b % c"), VectorMatching())
    assert parse("a ^ -b * c") == BinaryExpr("*", parse("a ^ -b"), parse("c"), VectorMatching())


@pytest.mark.parametrize("word", sorted(word for word in METRIC_WORDS if " " not in word))
def test_keywords_may_be_metrics(word):
    assert parse(word).name == word
    assert parse(f'{word}{{a="b"}} + {word}').rhs.name == word


@pytest.mark.parametrize("word", sorted(word for word in LABEL_WORDS | {"without"} if " " not in word))
def test_keywords_may_be_labels(word):
    assert parse(f'up{{{word}="b"}}').matchers[0].name == word
    if word != "without":
        assert parse(f"sum by ({word}) (up)").grouping == (word,)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_every_function_can_be_called(function):
    text = {ValueType.SCALAR: "1", ValueType.VECTOR: '{a="b"}', ValueType.MATRIX: "up[5m]", ValueType.STRING: '"s"'}
    args = [text[arg_type] for arg_type in function.arg_types]

    call = parse(f"{function.name}({', '.join(args)})")

    assert (call.name, call.type, len(call.args)) == (function.name, function.return_type, len(args))
    if function.variadic:
        assert len(parse(f"{function.name}({', '.join(args[:-1])})").args) == len(args) - 1


@pytest.mark.parametrize(
    ("query", "pieces"),
    [
        ("sum by (a) (rate(up[5m]))", ["sum by (a) (rate(up[5m]))", "rate(up[5m])", "up[5m]", "up"]),
        ("sum(up) by (a)  ", ["sum(up) by (a)", "up"]),
        ("up offset 5m @ 1 + 1", ["up offset 5m @ 1 + 1", "up offset 5m @ 1", "1"]),
        ("rate(up[5m] offset 1m)", ["rate(up[5m] offset 1m)", "up[5m] offset 1m", "up"]),
        ("- ( up )", ["- ( up )", "( up )", "up"]),
        ("up[1h:1m] @ end()", ["up[1h:1m] @ end()", "up"]),
        ('up{a="é"} == -5', ['up{a="é"} == -5', 'up{a="é"}', "-5"]),
    ],
)
def test_every_node_knows_its_place(query, pieces):
    text = query.encode()

    assert [text[node.span.start : node.span.end].decode() for node in walk(parse(query))] == pieces


def test_comments_and_blank_space_mean_nothing():
    assert parse("\n sum # all of them\r\n (up{ # every\n }\t) # one ) ] }") == parse("sum(up)")


def test_long_chains_are_flat():
    for operator in ("+", "or", "and", "=="):
        tree = parse(f" {operator} ".join(["up"] * 8000))

        first, links = left_chain(tree)
        assert (first, len(links)) == (UP, 7999)
        assert parse(format_expr(tree)) == tree
        assert hash(tree) == hash(parse(format_expr(tree)))


def deep(depth):
    """Queries as deep as `depth`, one for each way of nesting."""
    yield "(" * depth + "up" + ")" * depth
    yield "abs(" * depth + "up" + ")" * depth
    yield "sum(" * depth + "up" + ")" * depth
    yield "-" * depth + "up"
    yield "up" + " ^ up" * depth
    yield "up" + "[5m:]" * depth
    yield "up[5m" + " + 5m" * depth + "]"
    yield "up[" + "(" * depth + "5m" + ")" * depth + "]"
    yield "up offset " + "-" * (depth + 1) + "step()"


def test_nesting_is_bounded_however_it_is_done():
    for query in deep(30_000):
        with pytest.raises(QuerySyntaxError, match="nested more than 500 levels deep"):
            parse(query)
    with pytest.raises(QuerySyntaxError, match="nested more than 3 levels deep"):
        parse("((((up))))", max_depth=3)


def test_what_is_within_the_limit_works_in_any_thread():
    faults = []

    def use_all():
        try:
            for query in deep(MAX_DEPTH - 10):
                if "[5m:]" not in query:  # a subquery of a subquery has the wrong type
                    tree = parse(query)
                    assert parse(format_expr(tree)) == tree
                    hash(tree)
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=use_all)
    thread.start()
    thread.join()
    assert faults == []


def test_length_is_bounded():
    with pytest.raises(QuerySyntaxError, match="longer than 5 characters"):
        parse("up + up", max_length=5)
    with pytest.raises(QuerySyntaxError, match="longer than 262144 characters"):
        parse(" " * (1 << 18) + "up")
    with pytest.raises(QuerySyntaxError, match="longer than 5 characters"):
        parse_series_selector("up_and_down", max_length=5)


def test_a_query_is_parsed_once():
    assert parse("up + up + up") is parse("up + up + up")


def test_series_selectors():
    assert parse_series_selector("up") == UP.matchers
    assert parse_series_selector(' {"up"} ') == UP.matchers
    assert parse_series_selector('sum{a=""}')[0] == Matcher("a", MatchType.EQUAL, "")
