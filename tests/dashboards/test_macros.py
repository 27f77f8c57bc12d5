"""Expressions of dashboards parse whatever their variables stand for, and the others do not."""

import pytest

from watchglass.dashboards.macros import parse_error, values_for_parsing

VARIABLES = [
    {"name": "job", "current": {"value": ["$__all"]}, "includeAll": True},
    {"name": "host", "current": {"value": "a:1"}},
    {"name": "step", "current": {"value": "10m"}},
    {"name": "number", "current": {}},
    {"name": "label", "current": {}},
    {"name": "metric", "current": {}},
    {"name": "aggregate", "current": {}},
]
VALUES = values_for_parsing({"templating": {"list": VARIABLES}})


@pytest.mark.parametrize(
    "expression",
    [
        "rate(x[$__rate_interval])",
        "rate(x[${__interval}]) * $__range_s / $__interval_ms",
        'sum by ($label) (x{job=~"$job", host="[[host]]"})',
        'increase(x{host=~"${host:regex}"}[${step:text}])',
        "topk($number, $metric)",
        "$aggregate(rate($metric[$step]))",
        "x > ${number:raw} offset $step",
        'label_replace(x, "a", "$1-${2}", "b", "(.*):(.*)$")',
        'x{path=~"/api/v1$"}',
        'x{missing="$nobody"}',
        "$metric",
    ],
)
def test_it_parses_once_variables_stand_for_something(expression):
    assert parse_error(expression, VALUES) is None


@pytest.mark.parametrize(
    "expression",
    [
        "rate(x)",
        "sum(x",
        "x{job=~}",
        "$nobody + 1",
        "rate(x[$nobody])",
        "unknown_function(x)",
        "rate($metric)",
        "$label $label",
    ],
)
def test_it_does_not_parse_and_the_reason_is_told(expression):
    assert "parse error" in str(parse_error(expression, VALUES))


def test_many_variables_end_in_time():
    names = [f"v{at}" for at in range(40)]
    values = values_for_parsing({"templating": {"list": [{"name": name, "current": {}} for name in names]}})

    assert parse_error(" ".join(f"${name}" for name in names), values) is not None
