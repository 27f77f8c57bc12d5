"""Our trees against those of the promql-parser package, an independent parser, for the language that both know."""

from __future__ import annotations

import math

import promql_parser as peer
from hypothesis import HealthCheck, given, settings
from trees import Trees

from watchglass.model.labels import METRIC_NAME
from watchglass.promql.ast import (
    AggregateExpr,
    AtKind,
    BinaryExpr,
    Call,
    Cardinality,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)
from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse

_CARDINALITIES = {
    Cardinality.ONE_TO_ONE: peer.VectorMatchCardinality.OneToOne,
    Cardinality.MANY_TO_ONE: peer.VectorMatchCardinality.ManyToOne,
    Cardinality.ONE_TO_MANY: peer.VectorMatchCardinality.OneToMany,
    Cardinality.MANY_TO_MANY: peer.VectorMatchCardinality.ManyToMany,
}
_MATCH_TYPES = {"=": peer.MatchOp.Equal, "!=": peer.MatchOp.NotEqual, "=~": peer.MatchOp.Re, "!~": peer.MatchOp.NotRe}
_AT_KINDS = {AtKind.START: peer.AtModifierType.Start, AtKind.END: peer.AtModifierType.End}


def assert_same(ours, theirs):
    """Compare two trees node by node."""
    match ours:
        case NumberLiteral():
            assert math.isclose(ours.value, theirs.val)
        case StringLiteral():
            assert ours.value == theirs.val
        case VectorSelector():
            assert_same_selector(ours, theirs)
        case MatrixSelector():
            assert ours.range_ms == milliseconds(theirs.range)
            assert_same_selector(ours.selector, theirs.vector_selector)
        case SubqueryExpr():
            step_ms = None if theirs.step is None else milliseconds(theirs.step)
            assert (ours.range_ms, ours.step_ms) == (milliseconds(theirs.range), step_ms)
            assert ours.offset_ms == milliseconds(theirs.offset)
            assert_same(ours.expr, theirs.expr)
        case Call():
            assert ours.name == theirs.func.name
            assert_all_same(ours.args, theirs.args)
        case AggregateExpr():
            assert_same_aggregation(ours, theirs)
        case BinaryExpr():
            assert_same_operation(ours, theirs)
        case UnaryExpr() | ParenExpr():
            assert type(theirs).__name__ == type(ours).__name__
            assert_same(ours.expr, theirs.expr)


def assert_all_same(ours, theirs):
    for our, their in zip(ours, theirs, strict=True):
        assert_same(our, their)


def assert_same_selector(ours, theirs):
    assert ours.name == (theirs.name or "")
    found = sorted((m.name, str(m.op), m.value) for m in theirs.matchers.matchers)
    tests = [m for m in ours.matchers if m.name != METRIC_NAME]
    assert sorted((m.name, str(_MATCH_TYPES[m.type.value]), m.value) for m in tests) == found
    assert ours.offset_ms == milliseconds(theirs.offset)
    assert (ours.at is None) == (theirs.at is None)
    if ours.at and ours.at.kind is AtKind.TIMESTAMP:
        assert ours.at.timestamp_ms == round(theirs.at.at.timestamp() * 1000)
    elif ours.at:
        assert theirs.at.type == _AT_KINDS[ours.at.kind]


def assert_same_aggregation(ours, theirs):
    assert ours.op == str(theirs.op)
    modifier = theirs.modifier
    assert ours.grouping == tuple(modifier.labels if modifier else ())
    assert ours.without == (modifier is not None and modifier.type == peer.AggModifierType.Without)
    assert_same(ours.expr, theirs.expr)
    if ours.param is not None:
        assert_same(ours.param, theirs.param)


def assert_same_operation(ours, theirs):
    assert ours.op == str(theirs.op)
    modifier = theirs.modifier
    assert ours.return_bool == (modifier is not None and modifier.return_bool)
    if ours.matching and modifier:
        assert _CARDINALITIES[ours.matching.card] == modifier.card
        assert ours.matching.labels == tuple(modifier.matching.labels if modifier.matching else ())
        is_on = modifier.matching is not None and modifier.matching.type == peer.LabelModifierType.Include
        assert ours.matching.on == is_on
        assert ours.matching.include == tuple(modifier.group_labels or ())
    assert_same(ours.lhs, theirs.lhs)
    assert_same(ours.rhs, theirs.rhs)


def milliseconds(duration):
    return 0 if duration is None else round(duration.total_seconds() * 1000)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(Trees(portable=True).expressions)
def test_the_same_text_gives_the_same_tree(tree):
    text = format_expr(tree)

    assert_same(parse(text), peer.parse(text))


def test_precedence_and_associativity():
    operands = "a + b - c * d / e ^ f ^ -g == bool h and i or j unless k atan2 l % -m ^ n > o"

    assert_same(parse(operands), peer.parse(operands))
