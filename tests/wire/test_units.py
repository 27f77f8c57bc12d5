"""Durations and sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.wire.units import format_size, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "duration_ms"),
    [("0", 0), ("0s", 0), ("324ms", 324), ("3s", 3_000), ("5m", 300_000), ("1h", 3_600_000), ("4d", 345_600_000),
     ("4d1h", 349_200_000), ("14d", 1_209_600_000), ("3w", 1_814_400_000), ("10y", 315_360_000_000), ("1h30m", 5_400_000)],
)  # fmt: skip
def test_durations(text, duration_ms):
    assert parse_duration(text) == duration_ms


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "empty duration string"), ("1", 'string: "1"; did you mean "1s"[?]$'), ("1y1m1d", "not a valid duration string"),
     ("-1w", "not a valid duration string"), ("1.5d", 'unknown unit "." in duration "1.5d"; did you mean "1d12h"'), ("d", "not a valid duration string"),
     ("294y", "out of range"), ("9" * 30 + "s", "not a valid"), ("5x", 'unknown unit "x"'), ("\u0661s", "not a valid")],
)  # fmt: skip
def test_what_is_no_duration(text, message):
    with pytest.raises(ValueError, match=message):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("0B", 0), ("0KiB", 0), ("1KB", 1024), ("1KiB", 1024), ("10GB", 10 * 1024**3), ("1.5MB", 1_572_864),
     ("1MB512KB", 1_572_864), (".5KB", 512), ("-1KB", -1024), ("+2B", 2)],
)  # fmt: skip
def test_sizes(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "units: invalid"), ("1", "unknown unit"), ("1kB", "unknown unit kB in 1kB"), ("MB", "invalid"), ("1MB1KiB", "unknown"),
     ("8EB", "overflow"), (".", "invalid"), ("1 MB", "unknown unit  MB"), ("9" * 400 + "B", "invalid")],
)  # fmt: skip
def test_what_is_no_size(text, message):
    with pytest.raises(ValueError, match=message):
        parse_size(text)


@given(st.integers(0, 2**53))
def test_sizes_are_read_back(size):
    assert parse_size(format_size(size)) == size
