"""Numbers and times as Prometheus's API writes them."""

import math

import pytest

from watchglass.promql.sample_text import format_general, format_seconds, format_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.2345678901234569e23, "1.2345678901234569e+23"),
        (0.000001, "0.000001"),
        (9.9e-7, "9.9e-07"),
        (-5e-324, "-5e-324"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (math.nan, "NaN"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
    ],
)
def test_values(value, text):
    assert format_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.00001, "1e-05"), (0.0001, "0.0001"), (999999.0, "999999"), (1e6, "1e+06"), (1.5, "1.5")]
)
def test_general_form(value, text):
    assert format_general(value) == text


@pytest.mark.parametrize(
    ("time_ms", "text"),
    [(0, "0"), (1_500, "1.500"), (1_001, "1.001"), (-1_500, "-1.500"), (-2_000, "-2"), (-1, "-0.001")],
)
def test_seconds(time_ms, text):
    assert format_seconds(time_ms) == text
