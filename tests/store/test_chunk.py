"""Chunks: every bit survives, whatever the values, gaps and timestamps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pcodec import ChunkConfig, standalone

from watchglass.model.sample import STALE_BITS
from watchglass.store.chunk import (
    ABSENT_BITS,
    decode_column,
    decode_columns,
    decode_own,
    decode_refs,
    decode_times,
    decode_times_of,
    encode_column,
    encode_own,
    encode_refs,
    encode_times,
)

BIT_PATTERNS = arrays.arrays(np.uint64, st.integers(1, 300), elements=st.integers(0, 2**64 - 1))
SPECIAL = [
    STALE_BITS,
    0x8000000000000000,
    0x7FF0000000000000,
    0xFFF0000000000000,
    0x7FF8000000000001,
    0xFFF8BEEF00000000,
]


def bits(values):
    return values.view(np.uint64).tolist()


@given(BIT_PATTERNS)
def test_any_bit_pattern_survives(patterns):
    values = patterns.view(np.float64)
    assert bits(decode_column(encode_column(values), len(values))) == patterns.tolist()


@pytest.mark.parametrize("pattern", SPECIAL)
@pytest.mark.parametrize("length", [1, 2, 128])
def test_special_values_survive_alone_and_among_numbers(pattern, length):
    values = np.arange(length, dtype=np.float64)
    values.view(np.uint64)[length // 2] = pattern
    assert bits(decode_column(encode_column(values), length)) == bits(values)
    constant = np.full(length, pattern, np.uint64).view(np.float64)
    assert bits(decode_column(encode_column(constant), length)) == bits(constant)
    assert len(encode_column(constant)) == 9


@given(st.lists(st.booleans(), min_size=1, max_size=600).filter(any))
def test_gaps_survive(presence):
    present = np.array(presence)
    values = np.arange(present.sum(), dtype=np.float64) / 7
    column = decode_column(encode_column(values, present), len(present))
    assert (column.view(np.uint64) != ABSENT_BITS).tolist() == presence
    assert column[present].tolist() == values.tolist()


def test_a_long_run_costs_few_bytes():
    present = np.zeros(5760, np.bool_)
    present[1000:5000] = True
    values = np.ones(4000)
    assert len(encode_column(values, present)) - len(encode_column(values)) <= 12


SHAPES = {
    "a walk": np.cumsum(np.random.default_rng(1).poisson(20.0, 1700)) * 1.0,
    "constant": np.full(1700, 3.5),
    "noise": np.random.default_rng(2).integers(0, 2**63, 1700).view(np.float64),
}
GAPS = {
    "none": np.ones(1700, np.bool_),
    "few": np.arange(1700) % 100 != 7,
    "a page and more": (np.arange(1700) < 400) | (np.arange(1700) >= 1100),
    "only the end": np.arange(1700) >= 1699,
}


def stream_body(values, present):
    """A chunk as format 1 had it: one pcodec stream."""
    zeros = np.zeros(len(values))
    body = encode_column(zeros) if present.all() else encode_column(zeros, present)
    return bytes((body[0] & ~7 | 1,)) + body[1:-8] + standalone.simple_compress(values, ChunkConfig())


@pytest.mark.parametrize("gaps", GAPS)
@pytest.mark.parametrize("shape", [*SHAPES, "stream"])
@pytest.mark.parametrize(("first", "last"), [(0, 1700), (0, 512), (512, 1024), (512, 1536), (1024, 1700), (1536, 1700)])
def test_any_run_of_pages_is_what_the_whole_column_has_there(shape, gaps, first, last):
    present = GAPS[gaps]
    values = SHAPES.get(shape, SHAPES["a walk"])[present]
    if shape == "stream":
        body = stream_body(values, present)
    else:
        body = encode_column(values, None if present.all() else present)
    column = np.full(1700, ABSENT_BITS, np.uint64)
    column[present] = values.view(np.uint64)
    assert bits(decode_column(body, 1700)) == column.tolist()
    part = np.empty(last - first)
    decode_columns(body, 1700, first, part)
    assert bits(part) == column[first:last].tolist()


def test_a_page_is_read_without_the_others():
    values = SHAPES["a walk"]
    body = encode_column(values)
    broken = body[:-40] + bytes(40)  # the end of the last page
    part = np.empty(512)
    decode_columns(broken, 1700, 512, part)
    assert part.tolist() == values[512:1024].tolist()


@given(arrays.arrays(np.int64, st.integers(1, 300), elements=st.integers(-(2**62), 2**62)))
def test_any_timestamps_survive(times):
    assert decode_times(encode_times(times), len(times)).tolist() == times.tolist()
    own_times, values = decode_own(encode_own(times, times.astype(np.float64)))
    assert own_times.tolist() == times.tolist()
    assert values.tolist() == times.astype(np.float64).tolist()


@pytest.mark.parametrize("n", [1, 512, 513, 1700])
def test_timestamps_of_a_span_are_among_those_of_its_pages(n):
    times = 1_700_000_000_000 + np.arange(n) * 15_000
    body = encode_times(times)
    for low, high in [(0, n - 1), (0, 0), (n - 1, n - 1), (n // 3, n // 2), (-9, -5), (n + 5, n + 9), (-9, n + 9)]:
        span = 1_700_000_000_000 + low * 15_000, 1_700_000_000_000 + high * 15_000
        first, found = decode_times_of(body, n, span)
        assert found.tolist() == times[first : first + len(found)].tolist()
        inside = times[(times >= span[0]) & (times <= span[1])]
        assert np.isin(inside, found).all()
        assert len(found) <= (high - low) + 2 * 512


@given(st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=300))
def test_series_numbers_survive(numbers):
    refs = np.array(sorted(numbers), np.uint32)
    assert decode_refs(encode_refs(refs)).tolist() == refs.tolist()


def test_consecutive_series_numbers_cost_nothing():
    assert len(encode_refs(np.arange(5000, 6024, dtype=np.uint32))) == 9


def test_numbers_in_any_order_survive():
    refs = np.array([7, 8, 9, 3, 4, 5, 100], np.uint32)
    assert decode_refs(encode_refs(refs)).tolist() == refs.tolist()
