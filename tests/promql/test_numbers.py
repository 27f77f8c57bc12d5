"""Numbers in both directions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.promql.numbers import format_number, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("42", 42), ("1.", 1), (".5", 0.5), ("1e3", 1000), ("1E-3", 0.001), ("1_000_000", 1e6),
        ("1_0.5e1_0", 105e9), ("0x1F", 31), ("0X_ff_ff", 65535), ("010", 8), ("0_7", 7), ("08", 8), ("00", 0),
        ("0" + "7" * 24, 7.77777777777777777777777e23), ("9" * 25, 1e25), ("inf", math.inf), ("INF", math.inf),
    ],
)  # fmt: skip
def test_parse(text, value):
    assert parse_number(text) == value


not_a_number = math.nan


def test_every_nan_is_the_same():
    assert parse_number("NaN") is parse_number("nan") is not_a_number


@pytest.mark.parametrize(
    ("text", "why"),
    [("1e", "invalid syntax"), ("0x", "invalid syntax"), ("1_", "invalid syntax"), ("0x" + "f" * 17, "invalid syntax"),
     ("1e999", "value out of range"), ("9" * 400, "value out of range")],
)  # fmt: skip
def test_what_is_no_number(text, why):
    with pytest.raises(ValueError) as caught:
        parse_number(text)

    assert str(caught.value) == f'error parsing number: strconv.ParseFloat: parsing "{text}": {why}'


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "-0"), (1.0, "1"), (0.1, "0.1"), (1e21, "1" + "0" * 21), (1e-7, "0.0000001"), (-2.5, "-2.5"),
     (math.inf, "+Inf"), (-math.inf, "-Inf"), (math.nan, "NaN")],
)  # fmt: skip
def test_format(value, text):
    assert format_number(value) == text


@given(st.floats(allow_nan=False, min_value=0))
def test_formatting_loses_nothing(value):
    text = format_number(value)

    assert parse_number(text.removeprefix("+")) == value
    assert "e" not in text
