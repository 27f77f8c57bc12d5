"""Durations in both directions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import watchglass
from watchglass.model.duration import format_duration, near_duration, parse_duration

DAY = 86_400_000


@pytest.mark.parametrize(
    ("text", "duration_ms"),
    [
        ("1ms", 1), ("1s", 1000), ("1m", 60_000), ("1h", 3_600_000), ("1d", DAY), ("1w", 7 * DAY), ("1y", 365 * DAY),
        ("1y2w3d4h5m6s7ms", 382 * DAY + 4 * 3_600_000 + 5 * 60_000 + 6007), ("0s", 0), ("0", 0), ("007m", 420_000),
        ("0" * 30 + "1s", 1000), ("292y", 292 * 365 * DAY),
    ],
)  # fmt: skip
def test_parse(text, duration_ms):
    assert parse_duration(text) == duration_ms


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty duration string"),
        ("5", 'not a valid duration string: "5"'),
        ("00", 'not a valid duration string: "00"'),
        ("m", 'not a valid duration string: "m"'),
        ("-1s", 'not a valid duration string: "-1s"'),
        ("\u0661s", 'not a valid duration string: "\u0661s"'),
        ("1s1m", 'not a valid duration string: "1s1m"'),
        ("1m1m", 'not a valid duration string: "1m1m"'),
        ("1x", 'unknown unit "x" in duration "1x"'),
        ("1S", 'unknown unit "S" in duration "1S"'),
        ('1"', r'unknown unit "\"" in duration "1\""'),
        ("1.5h", 'unknown unit "." in duration "1.5h"'),
        ("1h-5m", 'unknown unit "h-" in duration "1h-5m"'),
        ("293y", "duration out of range"),
        ("9" * 5000 + "s", f'not a valid duration string: "{"9" * 5000}s"'),
    ],
)
def test_what_is_no_duration(text, message):
    with pytest.raises(ValueError) as caught:
        parse_duration(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("30sec", "30s"), ("3 m", "3m"), ("300", "300s"), ("5M", "5m"), ("2 hours", "2h"), ("1 day", "1d"), ("1h 30min", "1h30m"),
        ("1.5h", "1h30m"), ("0.5d", "12h"), ("1m1h", "1h1m"), ("90.5", "1m30s500ms"), ("00", "00s"), (" 5m", "5m"),
        ("", ""), ("5m", ""), ("soon", ""), ("five m", ""), ("-1s", ""), ("3x", ""), ("1m1m", ""), ("5 5m", ""), ("1 2", ""),
        ("294y", ""), ("300 years", ""), ("1e3s", ""), ("\u0661 s", ""), ("9" * 30, ""), ("9" * 5000, ""), ("1" * 39 + "!", ""),
    ],
)  # fmt: skip
def test_what_was_probably_meant(text, near):
    assert near_duration(text) == near


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [(0, "0s"), (1, "1ms"), (90_000, "1m30s"), (DAY, "1d"), (7 * DAY, "1w"), (8 * DAY, "8d"), (730 * DAY, "2y"),
     (366 * DAY, "366d"), (90 * DAY, "90d"), (-300_000, "-5m"), (3_600_001, "1h1ms")],
)  # fmt: skip
def test_format(duration_ms, text):
    assert format_duration(duration_ms) == text


@given(st.integers(0, 2**63 // 1_000_000))
def test_formatting_loses_nothing(duration_ms):
    assert parse_duration(format_duration(duration_ms)) == duration_ms


def test_the_units_stand_in_one_place():
    """Whoever has a table of units of their own has a parser of their own."""
    source = Path(watchglass.__file__).parent
    tables = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Dict)
        and {"w", "ms"} <= {key.value for key in node.keys if isinstance(key, ast.Constant)}
    }
    assert tables == {"model/duration.py"}
