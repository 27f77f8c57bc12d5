"""The format on disk is the one that was written down: these bytes must be read the same for ever."""

from pathlib import Path

import numpy as np
import pytest
from support import opened

from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType
from watchglass.model.sample import STALE
from watchglass.store.block import Block
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
from watchglass.store.guard import Table, guard, unguard
from watchglass.store.restore import encode_family, encode_labels
from watchglass.store.wal import Record, decode_record, encode_record

GOLDEN = Path(__file__).parent / "golden"
TIMES = 1_700_000_000_000 + np.arange(6, dtype=np.int64) * 15_000 + np.array([0, 3, -2, 5, 0, 1])
VALUES = np.array([1.5, 2.25, -0.0, STALE, np.inf, 7.75])
PRESENT = np.array([True, True, False, True, False, False])
REFS = np.array([5, 6, 7, 8, 9, 100], np.uint32)
WORDS = [word for pair in Labels.of(__name__="up", job="näme") for word in pair]
RECORD = Record(3, REFS, 1_700_000_000_000, VALUES)
LATE = Record(0, REFS, TIMES, VALUES, late=True)
BLOCK = Block(7, 1, 5, 100, int(TIMES[0]), int(TIMES[-1]), 6, 36, 0, 3, 0, 42)

EXACT = {
    "labels": guard(Table.SERIES, 5, encode_labels(WORDS)),
    "family": guard(Table.FAMILY, 1, encode_family("up", Metadata(MetricType.GAUGE, "s", "Help."))),
    "layout": guard(Table.LAYOUT, 1, encode_refs(REFS)),
    "record": guard(Table.WAL, 42, encode_record(RECORD)),
    "late record": guard(Table.WAL, 43, encode_record(LATE)),
    "constant chunk": guard(Table.CHUNK, 7 << 11 | 1, encode_column(np.full(6, 4.0))),
    "raw chunk": guard(Table.CHUNK, 7 << 11 | 2, encode_column(VALUES)),
    "chunk with gaps": guard(Table.CHUNK, 7 << 11 | 3, encode_column(VALUES[PRESENT], PRESENT)),
    "block crc": BLOCK.crc.to_bytes(4, "little"),
}
# pcodec may pack differently one day; what it packed must be read for ever.
PACKED = {
    "timestamps": guard(Table.CHUNK, 7 << 11, encode_times(TIMES.repeat(20) + np.arange(120))),
    "packed chunk": guard(Table.CHUNK, 7 << 11 | 4, encode_column(np.arange(120) * 3.0)),
    "own chunk": guard(Table.CHUNK, 8 << 11 | 1, encode_own(np.arange(120) * 15_000, np.arange(120) * 3.0)),
}


STEPS = np.cumsum(np.arange(1300) % 7) * 3.0
GAPS = (np.arange(1300) < 300) | (np.arange(1300) > 1100)
LONG = 1_700_000_000_000 + np.arange(1300, dtype=np.int64) * 15_000 + np.arange(1300) % 5
PAGED = {
    "timestamps": guard(Table.CHUNK, 7 << 11, encode_times(TIMES.repeat(20) + np.arange(120))),
    "indexed timestamps": guard(Table.CHUNK, 9 << 11, encode_times(LONG)),
    "paged chunk": guard(Table.CHUNK, 7 << 11 | 4, encode_column(STEPS)),
    "paged chunk with gaps": guard(Table.CHUNK, 7 << 11 | 5, encode_column(STEPS[GAPS], GAPS)),
    "own chunk": guard(Table.CHUNK, 8 << 11 | 1, encode_own(np.arange(120) * 15_000, np.arange(120) * 3.0)),
}


def golden(number=1):
    lines = (GOLDEN / f"format-{number}.txt").read_text().splitlines()
    return {name: bytes.fromhex(text) for name, text in (line.split(": ") for line in lines)}


@pytest.mark.parametrize("name", EXACT)
def test_what_is_written_has_not_changed(name):
    assert EXACT[name] == golden()[name]


def test_every_kind_of_row_is_among_the_golden_ones():
    assert golden().keys() == {**EXACT, **PACKED}.keys()
    assert golden(2).keys() == PAGED.keys()


def test_pages_of_then_are_read_now():
    rows, base = golden(2), 7 << 11
    assert (
        decode_times(unguard(Table.CHUNK, base, rows["timestamps"]), 120).tolist()
        == (TIMES.repeat(20) + np.arange(120)).tolist()
    )
    assert decode_column(unguard(Table.CHUNK, base | 4, rows["paged chunk"]), 1300).tolist() == STEPS.tolist()
    indexed = unguard(Table.CHUNK, 9 << 11, rows["indexed timestamps"])
    assert decode_times(indexed, 1300).tolist() == LONG.tolist()
    assert decode_times_of(indexed, 1300, (int(LONG[600]), int(LONG[700])))[1].tolist() == LONG[512:1024].tolist()
    part = decode_columns(unguard(Table.CHUNK, base | 4, rows["paged chunk"]), 1300, 1024, np.empty(276))
    assert part.tolist() == STEPS[1024:].tolist()
    gaps = decode_column(unguard(Table.CHUNK, base | 5, rows["paged chunk with gaps"]), 1300)
    assert (gaps.view(np.uint64) != ABSENT_BITS).tolist() == GAPS.tolist()
    assert gaps[GAPS].tolist() == STEPS[GAPS].tolist()
    times, values = decode_own(unguard(Table.CHUNK, 8 << 11 | 1, rows["own chunk"]))
    assert (times.tolist(), values.tolist()) == ((np.arange(120) * 15_000).tolist(), (np.arange(120) * 3.0).tolist())


def test_a_file_of_format_1_becomes_one_of_format_2(tmp_path):
    store = opened(tmp_path)
    with store._core.writer.transaction() as con:
        con.execute("UPDATE meta SET value = '1' WHERE key = 'format'")
    store.close()
    store = opened(tmp_path)
    assert store._core.writer.value("SELECT value FROM meta WHERE key = 'format'") == 2
    store.close()


def test_chunks_of_then_are_read_now():
    rows, base = golden(), 7 << 11
    assert (
        decode_times(unguard(Table.CHUNK, base, rows["timestamps"]), 120).tolist()
        == (TIMES.repeat(20) + np.arange(120)).tolist()
    )
    packed = decode_column(unguard(Table.CHUNK, base | 4, rows["packed chunk"]), 120)
    assert packed.tolist() == (np.arange(120) * 3.0).tolist()
    raw = decode_column(unguard(Table.CHUNK, base | 2, rows["raw chunk"]), 6)
    assert raw.view(np.uint64).tolist() == VALUES.view(np.uint64).tolist()
    gaps = decode_column(unguard(Table.CHUNK, base | 3, rows["chunk with gaps"]), 6)
    assert (gaps.view(np.uint64) != ABSENT_BITS).tolist() == PRESENT.tolist()
    times, values = decode_own(unguard(Table.CHUNK, 8 << 11 | 1, rows["own chunk"]))
    assert (times.tolist(), values.tolist()) == ((np.arange(120) * 15_000).tolist(), (np.arange(120) * 3.0).tolist())


def test_records_and_layouts_of_then_are_read_now():
    rows = golden()
    assert decode_refs(unguard(Table.LAYOUT, 1, rows["layout"])).tolist() == REFS.tolist()
    for name, seq, record in (("record", 42, RECORD), ("late record", 43, LATE)):
        read = decode_record(unguard(Table.WAL, seq, rows[name]))
        assert (read.group, read.late, read.refs.tolist()) == (record.group, record.late, REFS.tolist())
        assert np.array_equal(read.times, record.times)
        assert read.values.view(np.uint64).tolist() == VALUES.view(np.uint64).tolist()
