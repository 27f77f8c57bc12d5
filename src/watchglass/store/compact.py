"""Compaction: the small chunks of a window of time become one chunk a series.

Windows are aligned to UTC: first four hours, then a day. Larger chunks pack better and are read with fewer lookups. New
blocks are written piece by piece and appear, in the place of the old ones, in one transaction at the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Times
from watchglass.interfaces import LOOSE
from watchglass.store.block import (
    MAX_SERIES,
    MAX_TIMES,
    ROW_BITS,
    Block,
    Catalog,
    EncodedBlock,
    Origin,
    Refs,
)
from watchglass.store.blockwriter import BlockWriter
from watchglass.store.chunk import (
    ABSENT_BITS,
    decode_column,
    decode_own,
    decode_times,
    encode_column,
    encode_own,
    encode_times,
)
from watchglass.store.guard import DamagedRowError, Table, unguard
from watchglass.store.options import DAY_MS, HOUR_MS
from watchglass.store.sqlite import Readers

SPANS_MS = {1: 4 * HOUR_MS, 2: DAY_MS}
"""Windows by level; a level is merged from all below it."""

_SLICE = 128  # series merged at a time: bounds memory, and the writer's pause

Bits = NDArray[np.uint64]
_T1, _LEVEL, _GROUP, _ORIGIN = (Block._fields.index(name) for name in ("t1", "level", "group", "origin"))


@dataclass(frozen=True, slots=True)
class Job:
    """Blocks of one group and window that are to be merged."""

    level: int  # of the result
    group: int
    origin: Origin
    blocks: Sequence[Block]  # in the order in which their samples win


def due(catalog: Catalog, level: int, now_ms: int, delay_ms: int) -> list[Job]:
    """Every merge into a level whose window ended at least `delay_ms` ago, and which has two blocks or more."""
    span_ms, view = SPANS_MS[level], catalog.view()
    small = view[(view[:, _LEVEL] < level) & (view[:, _ORIGIN] != Origin.IMPORTED)]
    windows = small[:, _T1] // span_ms
    ended = (windows + 1) * span_ms + delay_ms <= now_ms
    small, windows = small[ended], windows[ended]
    keys = np.stack([windows, small[:, _GROUP], small[:, _ORIGIN]], axis=1)
    distinct, which, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    jobs = []
    for at in np.flatnonzero(counts > 1).tolist():
        blocks = sorted((Block(*row) for row in small[which == at].tolist()), key=lambda block: block.id)
        jobs.append(Job(level, int(distinct[at, 1]), Origin(int(distinct[at, 2])), blocks))
    return jobs


class Compactor:
    """Merges blocks; one thread uses it at a time."""

    def __init__(
        self, catalog: Catalog, blocks: BlockWriter, readers: Readers, on_damage: Callable[[str], None],
        check: Callable[[], None],
    ) -> None:  # fmt: skip
        self._check = check  # called between slices; raises when there is no time to go on
        self._catalog, self._blocks, self._readers, self._on_damage = catalog, blocks, readers, on_damage

    def run(self, job: Job) -> int:
        """Merge the blocks of a job; returns how many blocks came out, 0 when one of them is gone meanwhile."""
        if not np.isin([block.id for block in job.blocks], self._catalog.view()[:, 0]).all():
            return 0
        layouts = {block.id: self._catalog.layouts[block.layout] for block in job.blocks}
        refs = np.unique(np.concatenate(list(layouts.values())))
        seq = _sealed_seq(job.blocks, layouts, refs)
        try:
            begun = self._merge_all(job, layouts, refs, seq)
            self._blocks.finish(begun, [block.id for block in job.blocks])
        finally:
            self._blocks.abandon()
        return len(begun)

    def _merge_all(self, job: Job, layouts: dict[int, Refs], refs: Refs, seq: int) -> list[tuple[int, EncodedBlock]]:
        begun: list[tuple[int, EncodedBlock]] = []
        for start in range(0, len(refs), MAX_SERIES):
            some = refs[start : start + MAX_SERIES]
            near = (block for block in job.blocks if block.lo <= some[-1] and some[0] <= block.hi)
            involved = [block for block in near if np.isin(some, layouts[block.id]).any()]
            begun += (
                (number, replace(merged, seq=seq, level=job.level, origin=job.origin))
                for number, merged in self._merge(job, involved, layouts, some)
            )
        return begun

    def _merge(
        self, job: Job, blocks: Sequence[Block], layouts: dict[int, Refs], refs: Refs
    ) -> list[tuple[int, EncodedBlock]]:
        with self._readers.borrow() as con:
            source = _Source(con, blocks, layouts, self._on_damage)
            if job.group == LOOSE:
                return self._merge_single(source, refs)
            times = source.all_times()
            return [
                merged
                for start in range(0, len(times), MAX_TIMES)
                for merged in self._merge_shared(source, refs, times[start : start + MAX_TIMES], job.group)
            ]

    def _merge_shared(
        self, source: _Source, refs: Refs, times: Times, group: int
    ) -> Iterator[tuple[int, EncodedBlock]]:
        """One block of the series that have a sample at any of the times."""
        number = self._blocks.begin()
        self._blocks.write_chunks(number, [encode_times(times)], 0)
        kept: list[int] = []
        samples = 0
        for start in range(0, len(refs), _SLICE):
            self._check()
            some = refs[start : start + _SLICE]
            bits = source.matrix(some, times)
            present = bits != ABSENT_BITS
            counts = present.sum(axis=1)
            rows = np.flatnonzero(counts)
            bodies = [_encode_row(bits[row], present[row], int(counts[row])) for row in rows.tolist()]
            self._blocks.write_chunks(number, bodies, 1 + len(kept))
            kept += some[rows].tolist()
            samples += int(counts.sum())
        if kept:
            held = np.array(kept, np.uint32)
            yield number, EncodedBlock(held, int(times[0]), int(times[-1]), len(times), samples, group, 0, ())

    def _merge_single(self, source: _Source, refs: Refs) -> list[tuple[int, EncodedBlock]]:
        """Blocks of series with timestamps of their own; a very long column goes on in a further block."""
        begun = []
        for start in range(0, len(refs), _SLICE):
            self._check()
            read = ((ref, source.column(ref)) for ref in refs[start : start + _SLICE].tolist())
            columns = {ref: column for ref, column in read if len(column[0])}
            while columns:
                begun.append(self._write_single({ref: _first(column) for ref, column in columns.items()}))
                columns = {ref: rest for ref, column in columns.items() if len((rest := _rest(column))[0])}
        return begun

    def _write_single(self, columns: dict[int, tuple[Times, Bits]]) -> tuple[int, EncodedBlock]:
        number = self._blocks.begin()
        bodies = [encode_own(times, bits.view(np.float64)) for times, bits in columns.values()]
        self._blocks.write_chunks(number, bodies, 1)
        t0 = min(int(times[0]) for times, _ in columns.values())
        t1 = max(int(times[-1]) for times, _ in columns.values())
        samples = sum(len(times) for times, _ in columns.values())
        return number, EncodedBlock(np.array(list(columns), np.uint32), t0, t1, 0, samples, LOOSE, 0, ())


def _first(column: tuple[Times, Bits]) -> tuple[Times, Bits]:
    return column[0][:MAX_TIMES], column[1][:MAX_TIMES]


def _rest(column: tuple[Times, Bits]) -> tuple[Times, Bits]:
    return column[0][MAX_TIMES:], column[1][MAX_TIMES:]


def _encode_row(bits: Bits, present: NDArray[np.bool_], count: int) -> bytes:
    if count == len(bits):
        return encode_column(bits.view(np.float64))
    return encode_column(bits[present].view(np.float64), present)


def _sealed_seq(blocks: Sequence[Block], layouts: dict[int, Refs], refs: Refs) -> int:
    """The log record up to which every one of the series is sealed; a smaller one is safe, a larger one is not."""
    newest = np.zeros(len(refs), np.int64)
    for block in blocks:
        at = np.searchsorted(refs, layouts[block.id])
        newest[at] = np.maximum(newest[at], block.seq)
    return int(newest.min())


class _Source:
    """Reads the chunks of some blocks; a damaged chunk counts as having no samples."""

    def __init__(
        self,
        con: sqlite3.Connection,
        blocks: Sequence[Block],
        layouts: dict[int, Refs],
        on_damage: Callable[[str], None],
    ) -> None:
        self._con, self._layouts, self._on_damage = con, layouts, on_damage
        self._times = {block.id: self._block_times(block) for block in blocks if block.n}
        self._blocks = [block for block in blocks if not block.n or len(self._times[block.id])]

    def all_times(self) -> Times:
        """Every timestamp of any block, ascending."""
        return np.unique(np.concatenate([np.zeros(0, np.int64), *self._times.values()]))

    def matrix(self, refs: Refs, times: Times) -> Bits:
        """[series, times] values, ABSENT_BITS where there is no sample; of two, the earlier block's stays."""
        bits = np.full((len(refs), len(times)), ABSENT_BITS, np.uint64)
        for block in self._blocks:
            mine = self._times[block.id]
            at = np.searchsorted(times, mine)
            inside = np.flatnonzero((at < len(times)) & (mine >= times[0]))
            if len(inside):
                rows, columns = self._columns(block, refs)
                places = np.ix_(rows, at[inside])
                held = bits[places]
                bits[places] = np.where(held == ABSENT_BITS, columns[:, inside], held)
        return bits

    def column(self, ref: int) -> tuple[Times, Bits]:
        """All samples of one series of blocks without shared timestamps, in time order, one a time."""
        pieces = [piece for block in self._blocks if (piece := self._own(block, ref)) is not None]
        if not pieces:
            return np.zeros(0, np.int64), np.zeros(0, np.uint64)
        times = np.concatenate([times for times, _ in pieces])
        bits = np.concatenate([values.view(np.uint64) for _, values in pieces])
        distinct, first = np.unique(times, return_index=True)
        return distinct, bits[first]

    def _block_times(self, block: Block) -> Times:
        body = self._body(block.id << ROW_BITS)
        if body is not None:
            return decode_times(body, block.n)
        self._on_damage(f"the timestamps of block {block.id} are damaged; its {block.samples} samples are gone")
        return np.zeros(0, np.int64)

    def _columns(self, block: Block, refs: Refs) -> tuple[Index, Bits]:
        """Which of the series have a whole chunk in a block, and the chunks' values, [series, times of the block]."""
        layout, base = self._layouts[block.id], block.id << ROW_BITS
        rows = np.minimum(np.searchsorted(layout, refs), len(layout) - 1)
        wanted = {base | int(rows[at]) + 1: at for at in np.flatnonzero(layout[rows] == refs).tolist()}
        if not wanted:
            return np.zeros(0, np.int64), np.zeros((0, block.n), np.uint64)
        span = min(wanted), max(wanted)
        found = self._con.execute("SELECT id, body FROM chunk WHERE id BETWEEN ? AND ?", span).fetchall()
        bodies = {wanted[chunk]: self._whole(chunk, blob) for chunk, blob in found if chunk in wanted}
        columns = {at: decode_column(body, block.n) for at, body in bodies.items() if body is not None}
        bits = np.array(list(columns.values()), np.float64).reshape(-1, block.n).view(np.uint64)
        return np.array(list(columns), np.int64), bits

    def _own(self, block: Block, ref: int) -> tuple[Times, NDArray[np.float64]] | None:
        layout = self._layouts[block.id]
        row = int(np.searchsorted(layout, ref))
        if row == len(layout) or int(layout[row]) != ref:
            return None
        body = self._body(block.id << ROW_BITS | row + 1)
        return decode_own(body) if body is not None else None

    def _body(self, chunk: int) -> bytes | None:
        row = self._con.execute("SELECT body FROM chunk WHERE id = ?", (chunk,)).fetchone()
        return self._whole(chunk, row[0]) if row else None

    def _whole(self, chunk: int, blob: bytes) -> bytes | None:
        try:
            return unguard(Table.CHUNK, chunk, blob)
        except DamagedRowError:
            self._on_damage(f"chunk {chunk} is damaged; its samples are gone")
            return None
