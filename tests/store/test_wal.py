"""Log records stand for themselves, and a changed one is recognised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.model.sample import STALE
from watchglass.store.guard import DamagedRowError, Table, guard, unguard
from watchglass.store.wal import Record, decode_record, encode_record


@given(
    group=st.integers(0, 2**32 - 1),
    refs=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=50),
    time_ms=st.integers(-(2**62), 2**62),
    own=st.booleans(),
    late=st.booleans(),
)
def test_records_survive(group, refs, time_ms, own, late):
    n = len(refs)
    times = time_ms + np.arange(n, dtype=np.int64) if own else time_ms
    values = np.linspace(-1, 1, n)
    values[0] = STALE
    record = decode_record(encode_record(Record(group, np.array(refs, np.uint32), times, values, late)))
    assert (record.group, record.refs.tolist(), record.late) == (group, refs, late)
    assert np.array_equal(record.times, times)
    assert record.values.view(np.uint64).tolist() == values.view(np.uint64).tolist()


def test_a_scrape_of_new_series_costs_eight_bytes_a_sample():
    body = encode_record(Record(1, np.arange(1000, 2000, dtype=np.uint32), 1_700_000_000_000, np.ones(1000)))
    assert len(body) < 8050


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_a_flipped_bit_a_wrong_number_and_a_wrong_table_do_not_pass(place):
    blob = guard(Table.WAL, 17, bytes(range(60)))
    assert unguard(Table.WAL, 17, blob) == bytes(range(60))
    changed = bytearray(blob)
    changed[place] ^= 4
    for table, number, bad in (
        (Table.WAL, 17, bytes(changed)), (Table.WAL, 18, blob), (Table.CHUNK, 17, blob), (Table.WAL, 17, blob[:-1]),
        (Table.WAL, 17, b""), (Table.WAL, 17, None),
    ):  # fmt: skip
        with pytest.raises(DamagedRowError):
            unguard(table, number, bad)
