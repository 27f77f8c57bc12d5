"""Errors of the parser say what to write instead, beside Prometheus's text and never in it."""

from __future__ import annotations

import pytest
from corpus import expressions_of_the_guides

from watchglass.errors import QuerySyntaxError
from watchglass.promql.parse import parse


def error_of(query: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    return caught.value


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("histogram_quantile(0.95, ...)", "a whole expression"),
        ("histogram_quantile(0.95, …)", "a whole expression"),
        ('{job="api-gateway"} |= "error"', "LogQL"),
        ('{job="a"} |~ "error"', "LogQL"),
        ("a || b", "`or`"),
        ("a &&\nb", "`and`"),
        ("a\n  && b", "`and`"),
        ("rate(up[$__rate_interval])", "dashboard"),
        ("up{job=“a”}", "straight quotes"),
        ('{a="é"} or up{job=“a”}', "straight quotes"),
        ("rat(up[5m])", "did you mean rate?"),
        ("holt_winters(up[5m], 0.5, 0.5)", "double_exponential_smoothing"),
        ("rate(up)", "rate(NAME[5m])"),
        ("sum(up[5m])", "rate(NAME[5m])"),
        ("rate(sum(up)[5m])", "[1h:1m]"),
        ("up = 1", "`==`"),
        ('up{job=="a"}', "one `=`"),
        ("up{job=a}", "in quotes"),
        ("sum by job (up)", "by (job)"),
        ("up[5 m]", "without a space: 5m"),
        ("up[ 5  min ]", "without a space: 5m"),
        ("rate(up[1 hour])", "without a space: 1h"),
        ("up[1h 30m]", "without a space: 1h30m"),
        ("up[5m:1 m]", "without a space: 1m"),
        ("up offset 5 m", "without a space: 5m"),
        ("up[5min]", "write 5m"),
        ("up[3days]", "write 3d"),
        ("up offset 2weeks", "write 2w"),
        ("up[5M]", "ms, s, m, h, d, w or y"),
        ("up[1h30]", "ms, s, m, h, d, w or y"),
        ("(up", "add ) at the end: the ( at 1:1 is not closed"),
        ("sum(", "add ) at the end: the ( at 1:4 is not closed"),
        ("sum(rate(up[5m]", "add )) at the end: the ( at 1:9 is not closed"),
        ("sum(\n  rate(up[5m])", "add ) at the end: the ( at 1:4 is not closed"),
        ('{a="é"} +\n(up', "the ( at 2:1 is not closed"),
        ("a + on(b", "the ( at 1:7 is not closed"),
        ("sum(a) + (b", "the ( at 1:10 is not closed"),
        ("up[5m", "add ] at the end: the [ at 1:3 is not closed"),
        ("up[", "add ] at the end: the [ at 1:3 is not closed"),
        ("sum(up[", "add ]) at the end"),
        ('up{job="a"', "add } at the end: the { at 1:3 is not closed"),
        ('sum(up{job="(["', "add }) at the end: the { at 1:7 is not closed"),
        ('rate(up{job="a")', "add } before ): the { at 1:8 is not closed"),
        ('rate(up{job="a"[5m])', "add } before [: the { at 1:8 is not closed"),
        ("rate(up[5m)", "add ] before ): the [ at 1:8 is not closed"),
        ("up[5m)]", "add ] before ): the [ at 1:3 is not closed"),
        ("sum by (job (up))", "add ) before (: the ( at 1:8 is not closed"),
        ("sum(up))", "leave ) out"),
        ("up]", "leave ] out"),
        ('up{a="b"}}', "leave } out"),
        ('up{job="a', 'close the string with "'),
        ("up{job='a}", "close the string with '"),
        ("`open", "close the string with `"),
        ("up{job='a\nb'}", "in backticks"),
    ],
)
def test_a_usual_mistake_has_a_hint(query, said):
    error = error_of(query)

    assert said in error.hint
    assert error.hint not in str(error)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "()",
        "a b",
        "5 apples",
        "0x",
        "sum()",
        "up[5:m]",
        "1 > 2",
        "up ? 1",
        "up | up",
        "nonsense_without_a_neighbour()",
        "x" * 300 + "()",
    ],
)
def test_where_nothing_is_sure_there_is_none(query):
    assert error_of(query).hint == ""


def test_each_expression_of_the_guides_that_does_not_parse_has_a_place_and_a_hint():
    broken = [expr for expr, parses in expressions_of_the_guides() if not parses]
    assert broken

    for expr in broken:
        error = error_of(expr)
        assert (error.line, error.column > 1, bool(error.hint)) == (1, True, True), expr
        assert str(error).startswith(f"1:{error.column}: parse error: ")
