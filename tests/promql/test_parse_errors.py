"""What the parser refuses, with Prometheus's words and places; the table is parse_errors.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from watchglass.errors import QueryError, QuerySyntaxError
from watchglass.promql.parse import parse, parse_series_selector

TABLE = yaml.safe_load((Path(__file__).parent / "parse_errors.yaml").read_text())


@pytest.mark.parametrize(("age", "heading"), [(age, heading) for age in TABLE for heading in TABLE[age]])
def test_message_and_place(age, heading):
    for query, place, message in TABLE[age][heading]:
        with pytest.raises(QuerySyntaxError) as caught:
            parse(query)
        assert str(caught.value) == f"{place}: parse error: {message}", query


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("", "unknown position: parse error: unexpected end of input"),
        ("1", '1:1: parse error: unexpected number "1"'),
        ("rate(up[5m])", '1:5: parse error: unexpected "("'),
        ("up[5m]", '1:3: parse error: unexpected "["'),
        ("up offset 5m", "1:4: parse error: unexpected <offset>"),
        ("up{", "1:4: parse error: unexpected end of input inside braces"),
        ("{}", "match[] must contain at least one non-empty matcher"),
        ('{job=~".*"}', "match[] must contain at least one non-empty matcher"),
    ],
)
def test_what_is_no_series_selector(selector, message):
    with pytest.raises(QueryError) as caught:
        parse_series_selector(selector)

    assert str(caught.value) == message
    assert caught.value.kind == "bad_data"


def test_a_lone_surrogate_is_an_error_and_not_a_crash():
    with pytest.raises(QuerySyntaxError, match=r"1:1: parse error: unexpected character: '\ufffd'"):
        parse("\ud800")


def test_a_regular_expression_that_is_too_long_is_refused():
    with pytest.raises(QuerySyntaxError, match=r"1:2: .* pattern is longer than 65536 bytes$"):
        parse('{a=~".+' + "x" * 70_000 + '"}')
