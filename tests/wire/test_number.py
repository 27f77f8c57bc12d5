"""Numbers: Go's syntax, whatever Python's `float` would take."""

from __future__ import annotations

import math
import re
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watchglass.wire.number import canonical_float, format_value, parse_value, parse_values

# Go's strconv.ParseFloat less the letters that Prometheus refuses (p, P and _), which takes hexadecimal with them.
GO = re.compile(
    rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)|nan", re.IGNORECASE | re.ASCII
)  # fmt: skip


def as_bits(value: float) -> str:
    return struct.pack(">d", value).hex()


@given(st.lists(st.from_regex(rb"[+-]?[0-9.eE_\s+-]{1,8}|[+-]?(?i:nan|inf|infinity|1e400|0x1)", fullmatch=True)))
@example([b"1_000"])
@example([b" 1"])
@example([b"1\r"])
@example([b"\n0"])
@example([b"+nan"])
@example([b"1e400", b"2"])
@example([b"NaN", b"1e400"])
@example(["\N{ARABIC-INDIC DIGIT ONE}".encode()])
@example([])
def test_many_numbers_are_read_as_go_reads_them(texts):
    good = all(GO.fullmatch(text) and (math.isfinite(float(text)) or b"n" in text.lower()) for text in texts)
    if good:
        assert [as_bits(value) for value in parse_values(texts)] == [as_bits(parse_value(text)) for text in texts]
    else:
        with pytest.raises(ValueError):
            parse_values(texts)
        with pytest.raises(ValueError):
            [parse_value(text) for text in texts]


@given(st.floats())
def test_what_is_written_is_read_again(value):
    read = parse_value(format_value(value).encode())
    assert math.isnan(read) if math.isnan(value) else as_bits(read) == as_bits(value)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1", "1.0"), ("0", "0.0"), ("-1", "-1.0"), ("10", "10.0"), ("1.0", "1.0"), ("0.50", "0.5"), (".5", "0.5"),
        ("100000", "100000.0"), ("1000000", "1e+06"), ("1234567", "1.234567e+06"), ("999999.5", "999999.5"),
        ("0.0001", "0.0001"), ("0.00001", "1e-05"), ("0.000025", "2.5e-05"), ("1e21", "1e+21"), ("-2.5e-7", "-2.5e-07"),
        ("1e100", "1e+100"), ("+Inf", "+Inf"), ("inf", "+Inf"), ("-inf", "-Inf"), ("nan", "NaN"), ("-0", "-0.0"),
        ("abc", "abc"), ("", ""), ("1_0", "1_0"), ("1e999", "1e999"),
    ],
)  # fmt: skip
def test_bounds_are_written_in_one_way(text, canonical):
    assert canonical_float(text) == canonical


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_canonical_bound_means_the_same_number(value):
    written = canonical_float(repr(value))
    assert float(written) == value
    assert canonical_float(written) == written
