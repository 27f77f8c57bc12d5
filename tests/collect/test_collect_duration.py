"""Durations as labels carry them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.collect.duration import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration_ms"),
    [
        ("15s", 15_000), ("1m30s", 90_000), ("500ms", 500), ("1h", 3_600_000), ("1d", 86_400_000), ("2w", 1_209_600_000),
        ("1y", 31_536_000_000), ("90d", 7_776_000_000), ("1h1ms", 3_600_001), ("0s", 0), ("8d", 691_200_000),
    ],
)  # fmt: skip
def test_both_ways(text, duration_ms):
    assert parse_duration(text) == duration_ms
    assert format_duration(duration_ms) == text


@pytest.mark.parametrize("text", ["", "15", "s", "1.5s", "-1s", "1s1m", "1 s", "1S", "1s ", "9" * 5000 + "s"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="is not a duration such as 15s or 1m30s"):
        parse_duration(text)


def test_a_bare_zero_is_a_duration():
    assert parse_duration("0") == 0


@given(st.integers(0, 10**13))
def test_what_is_written_is_read_again(duration_ms):
    assert parse_duration(format_duration(duration_ms)) == duration_ms
