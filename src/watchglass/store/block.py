"""Blocks: up to 1,024 chunks that were sealed together, and the catalogue of all blocks.

A block of a scrape group keeps one timestamp array for all its series. The catalogue is in memory: one row of integers a
block, and one sorted array of series numbers (a layout) that successive blocks of the same series share.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Times, Values
from watchglass.store.chunk import Mask, encode_column, encode_own, encode_times
from watchglass.store.guard import Table, guard

Refs = NDArray[np.uint32]
Rows = NDArray[np.int64]

MAX_SERIES = 1024
MAX_TIMES = 16_384
"""A block shares at most this many timestamps; longer columns go into several blocks."""

_INT64 = 1 << 63
ROW_BITS = 11
"""A chunk's row id is `block << ROW_BITS | row`; row 0 holds the shared timestamps, row i+1 the i-th series."""


class Origin(IntEnum):
    """Where a block's samples came from. Of two samples at one time, the lower origin's is the series' value."""

    LIVE = 0
    LATE = 1
    IMPORTED = 2


class Block(NamedTuple):
    """One row of the catalogue, and of table `block`."""

    id: int
    layout: int  # which series, ascending: row of table `layout`
    lo: int  # smallest and largest series number
    hi: int
    t0: int  # earliest and latest timestamp, ms
    t1: int
    n: int  # shared timestamps; 0: every chunk has its own
    samples: int
    level: int  # 0 as sealed, 1 and 2 as compacted
    group: int
    origin: int
    seq: int  # this group's samples up to this log record are in sealed blocks

    @classmethod
    def checked(cls, columns: Sequence[object]) -> Block | None:
        """A block from the columns of its row; None when the row's checksum does not match."""
        numbers = [column for column in columns if isinstance(column, int) and -_INT64 <= column < _INT64]
        if len(numbers) != len(cls._fields) + 1:
            return None
        block = cls(*numbers[:-1])
        return block if block.crc == numbers[-1] else None

    @property
    def crc(self) -> int:
        """Guards the row itself."""
        return zlib.crc32(np.array(self, np.int64).tobytes())


@dataclass(frozen=True, slots=True)
class EncodedBlock:
    """A block ready to be written; in a compaction its chunks may have been written already."""

    refs: Refs  # ascending
    t0: int
    t1: int
    n: int
    samples: int
    group: int
    seq: int
    bodies: Sequence[bytes]  # the timestamps' chunk, then one a series; b"" for the first where n is 0
    level: int = 0
    origin: Origin = Origin.LIVE

    @property
    def size_bytes(self) -> int:
        """The chunks' bytes."""
        return sum(map(len, self.bodies))

    def as_row(self, block: int, layout: int) -> Block:
        """The catalogue's row for this block."""
        lo, hi = int(self.refs[0]), int(self.refs[-1])
        return Block(
            block, layout, lo, hi, self.t0, self.t1, self.n, self.samples, self.level, self.group, self.origin, self.seq
        )


@dataclass(frozen=True, slots=True)
class Column:
    """One series' samples on their way into a block."""

    ref: int
    times: Times
    values: Values


def encode_shared(
    refs: Refs, times: Times, columns: Iterable[tuple[Values, Mask | None]], *, group: int, seq: int, level: int = 0
) -> EncodedBlock:
    """A block of series with common timestamps.

    Args:
        refs: [k] ascending.
        times: [n] ascending.
        columns: k pairs of the samples that exist and their presence mask; None where all n exist.
        group: the scrape group.
        seq: see `Block.seq`.
        level: see `Block.level`.
    """
    bodies = [encode_times(times)]
    samples = 0
    for values, present in columns:
        samples += len(values)
        bodies.append(encode_column(values, present))
    return EncodedBlock(refs, int(times[0]), int(times[-1]), len(times), samples, group, seq, bodies, level)


def encode_single(
    columns: Sequence[Column], *, group: int, seq: int, level: int = 0, origin: Origin = Origin.LIVE
) -> EncodedBlock:
    """A block of series that each keep their own timestamps; columns in ascending order of series."""
    refs = np.array([column.ref for column in columns], np.uint32)
    bodies = [b"", *(encode_own(column.times, column.values) for column in columns)]
    t0 = min(int(column.times[0]) for column in columns)
    t1 = max(int(column.times[-1]) for column in columns)
    samples = sum(len(column.times) for column in columns)
    return EncodedBlock(refs, t0, t1, 0, samples, group, seq, bodies, level, origin)


class Catalog:
    """Every sealed block. Changes are made under the head's lock; readers take `view`, which never changes."""

    def __init__(self) -> None:
        self._state: tuple[Rows, int] = (np.zeros((64, len(Block._fields)), np.int64), 0)
        self.layouts: dict[int, Refs] = {}
        self._layout_ids: dict[bytes, int] = {}
        self.next_block = 1
        self.next_layout = 1

    def __len__(self) -> int:
        return self._state[1]

    def view(self) -> Rows:
        """[blocks, fields of Block], in no particular order; detached from later changes."""
        rows, size = self._state
        return rows[:size]

    def blocks(self) -> list[Block]:
        """Every block as a named tuple."""
        return [Block(*row) for row in self.view().tolist()]

    def add(self, blocks: Sequence[Block]) -> None:
        """Append blocks that are on disk now."""
        rows, size = self._state
        if size + len(blocks) > len(rows):
            rows = _with_room(rows[:size], len(blocks))
        if blocks:
            rows[size : size + len(blocks)] = blocks
        self._state = (rows, size + len(blocks))

    def replace(self, removed: Iterable[int], added: Sequence[Block] = ()) -> None:
        """Put blocks in the place of others in one step."""
        view = self.view()
        kept = view[~np.isin(view[:, 0], np.fromiter(removed, np.int64))]
        rows = _with_room(kept, len(added))
        if added:
            rows[len(kept) : len(kept) + len(added)] = added
        self._state = (rows, len(kept) + len(added))

    def layout_id(self, refs: Refs) -> int:
        """The number of a known layout, or 0."""
        return self._layout_ids.get(_digest(refs), 0)

    def add_layout(self, layout: int, refs: Refs) -> None:
        """Remember a layout that is on disk now."""
        self.layouts[layout] = refs
        self._layout_ids[_digest(refs)] = layout
        self.next_layout = max(self.next_layout, layout + 1)

    def remove_layouts(self, layouts: Iterable[int]) -> None:
        """Forget layouts."""
        for layout in layouts:
            self._layout_ids.pop(_digest(self.layouts.pop(layout)), None)

    def live_refs(self) -> Refs:
        """Every series that has a chunk, ascending."""
        used = np.unique(self.view()[:, 1]).tolist()
        return np.unique(np.concatenate([self.layouts[layout] for layout in used])) if used else np.zeros(0, np.uint32)


def _digest(refs: Refs) -> bytes:
    return hashlib.blake2b(refs.tobytes(), digest_size=16).digest()


def _with_room(rows: Rows, more: int) -> Rows:
    grown = np.zeros((max(64, 2 * (len(rows) + more)), rows.shape[1]), np.int64)
    grown[: len(rows)] = rows
    return grown


def insert_chunks(con: sqlite3.Connection, block: int, bodies: Sequence[bytes], first: int = 0) -> None:
    """Write chunk rows of a block, starting with row `first`."""
    base = block << ROW_BITS
    con.executemany(
        "INSERT INTO chunk VALUES (?, ?)",
        ((base | row, guard(Table.CHUNK, base | row, body)) for row, body in enumerate(bodies, first) if body),
    )


def insert_block(con: sqlite3.Connection, block: Block) -> None:
    """Write a block's catalogue row; from its commit on the block exists."""
    con.execute("INSERT INTO block VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", (*block, block.crc))


def delete_chunks(con: sqlite3.Connection, block: int) -> None:
    """Delete every chunk row of a block."""
    con.execute("DELETE FROM chunk WHERE id BETWEEN ? AND ?", (block << ROW_BITS, (block + 1 << ROW_BITS) - 1))
