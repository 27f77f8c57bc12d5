"""The parser against every expression of Prometheus's own tests and of the five guides."""

from __future__ import annotations

import pytest
from corpus import evals, expressions_of_the_guides

from watchglass.errors import QuerySyntaxError
from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse


def test_every_eval_of_promqltest_parses_and_survives_formatting():
    found = evals()

    for case in found:
        tree = parse(case.expr)  # the failing ones, too: they all fail when they are evaluated
        assert parse(format_expr(tree)) == tree, case.place

    assert (len(found), sum(case.fails for case in found)) == (2214, 35)


def test_the_guides_expressions_parse_as_their_facts_say():
    found = expressions_of_the_guides()
    assert len(found) > 150

    for expr, parses in found:
        if parses:
            assert parse(format_expr(parse(expr))) == parse(expr)
        else:
            with pytest.raises(QuerySyntaxError) as caught:
                parse(expr)
            assert caught.value.line >= 1
            assert caught.value.column > 1, "the fault is further on, not the whole text"
