"""Pages: the newest samples in memory, up to 128 a series, until they are sealed into chunks.

Pages lie time-major, so that a scrape is written as one contiguous run and memory is touched only as samples arrive. They
are private anonymous mappings, so that a sealed page's memory goes back to the system at once.

Shape letters: W rows (series) of a page, n positions (timestamps).
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Times
from watchglass.interfaces import LOOSE
from watchglass.store.block import MAX_SERIES, Column, EncodedBlock, Origin, Refs, encode_shared, encode_single
from watchglass.store.chunk import ABSENT_BITS, Mask

POSITIONS = 128
_ALIGN = 8
Rows = slice | Index


def _buffer(width: int) -> NDArray[np.uint64]:
    mapping = mmap.mmap(-1, POSITIONS * width * 8, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    mapping.madvise(mmap.MADV_NOHUGEPAGE)  # a huge page would make untouched positions resident
    return np.frombuffer(mapping, np.uint64).reshape(POSITIONS, width)


def _round_up(width: int) -> int:
    return min(MAX_SERIES, -(-width // _ALIGN) * _ALIGN)


@dataclass(frozen=True, slots=True)
class SealedPage:
    """A scrape page handed over for encoding; still read by queries until its block is on disk."""

    group: int
    refs: Refs  # [W]; 0: a row that belongs to nobody
    times: Times  # [n]
    bits: NDArray[np.uint64]  # [n, W] float64 bit patterns, ABSENT_BITS where there is no sample
    first_seq: int  # the oldest log record it needs
    seq: int  # samples of its group up to this log record are in it or in blocks before it

    def encode(self) -> list[EncodedBlock]:
        """One block, or none when no row has a sample."""
        order = np.argsort(self.refs, kind="stable")
        order = order[self.refs[order] > 0]
        columns = np.ascontiguousarray(self.bits[:, order].T)
        present = columns != ABSENT_BITS
        counts = present.sum(axis=1)
        used = np.flatnonzero(counts)
        if not len(used):
            return []
        n = len(self.times)
        samples = (
            (columns[row].view(np.float64), None)
            if counts[row] == n
            else (columns[row][present[row]].view(np.float64), present[row])
            for row in used.tolist()
        )
        return [encode_shared(self.refs[order][used], self.times, samples, group=self.group, seq=self.seq)]


@dataclass(frozen=True, slots=True)
class SealedColumns:
    """Single series handed over for encoding."""

    columns: list[Column]  # ascending by series
    origin: Origin
    first_seq: int
    seq: int
    group: int = LOOSE

    @property
    def refs(self) -> Refs:
        """The series, ascending."""
        return np.array([column.ref for column in self.columns], np.uint32)

    def encode(self) -> list[EncodedBlock]:
        """Blocks of at most MAX_SERIES series."""
        return [
            encode_single(self.columns[start : start + MAX_SERIES], group=self.group, seq=self.seq, origin=self.origin)
            for start in range(0, len(self.columns), MAX_SERIES)
        ]


Sealed = SealedPage | SealedColumns


@dataclass(slots=True)
class ScrapePage:
    """Up to MAX_SERIES series of one scrape group that share their timestamps."""

    number: int
    group: int
    full_at: int  # positions after which it is sealed; the first time fewer, so that seals do not bunch
    refs: Refs  # [capacity] series of a row; 0: free
    departed: Mask  # [capacity] the series ended with a stale marker
    idle: Mask  # [capacity] the series had no sample in the positions handed over last
    bits: NDArray[np.uint64]  # [POSITIONS, capacity]
    times: Times = field(default_factory=lambda: np.zeros(POSITIONS, np.int64))
    width: int = 0  # rows ever used
    size: int = 0  # positions filled
    first_seq: int = 0
    opened_ms: int = 0
    any_departed: bool = False
    free: list[int] = field(default_factory=list)

    @classmethod
    def new(cls, number: int, group: int, width: int, full_at: int) -> ScrapePage:
        """An empty page with room for `width` series at first."""
        capacity = _round_up(width)
        refs, departed = np.zeros(capacity, np.uint32), np.zeros(capacity, np.bool_)
        return cls(number, group, full_at, refs, departed, departed.copy(), _buffer(capacity))

    def room(self) -> int:
        """How many more series fit."""
        return MAX_SERIES - self.width + len(self.free)

    def allocate(self, refs: Refs) -> Index:
        """Rows for new series; `len(refs)` is at most `room()`."""
        reused = [self.free.pop() for _ in range(min(len(self.free), len(refs)))]
        end = self.width + len(refs) - len(reused)
        if end > len(self.refs):
            self._widen(max(end, min(MAX_SERIES, len(self.refs) * 5 // 4)))
        rows = np.array(reused + list(range(self.width, end)), np.int64)
        self.width = end
        self.refs[rows] = refs
        self.departed[rows] = self.idle[rows] = False
        if self.size:
            self.bits[: self.size, rows] = ABSENT_BITS
        return rows

    def _widen(self, width: int) -> None:
        old, capacity = self.bits, _round_up(width)
        self.bits = _buffer(capacity)
        self.bits[: self.size, : old.shape[1]] = old[: self.size]
        self.refs = np.concatenate([self.refs, np.zeros(capacity - len(self.refs), np.uint32)])
        self.departed = np.concatenate([self.departed, np.zeros(capacity - len(self.departed), np.bool_)])
        self.idle = np.concatenate([self.idle, np.zeros(capacity - len(self.idle), np.bool_)])

    def must_rotate(self, time_ms: int) -> bool:
        """Tell whether a sample at this time needs a position that the page does not have."""
        return self.size >= self.full_at and int(self.times[self.size - 1]) != time_ms

    def write(self, time_ms: int, rows: Rows, bits: NDArray[np.uint64], seq: int, now_ms: int) -> None:
        """Put one sample into each of some rows, all at one time, not before the page's newest."""
        if not self.size:
            self.first_seq, self.opened_ms = seq, now_ms
        if not self.size or int(self.times[self.size - 1]) != time_ms:
            self.times[self.size] = time_ms
            if not (isinstance(rows, slice) and rows == slice(0, self.width)):
                self.bits[self.size, : self.width] = ABSENT_BITS
            self.size += 1
        self.bits[self.size - 1, rows] = bits

    def rotate(self, seq: int) -> SealedPage:
        """Hand the samples over and start again, empty, with the same rows."""
        self.idle[: self.width] = self.empty_rows()
        sealed = SealedPage(
            self.group, self.refs[: self.width].copy(), self.times[: self.size].copy(),
            self.bits[: self.size, : self.width], self.first_seq, seq,
        )  # fmt: skip
        self.bits = _buffer(len(self.refs))
        self.size = self.first_seq = 0
        self.full_at = POSITIONS
        return sealed

    def empty_rows(self) -> Mask:
        """[width] rows without any sample."""
        empty: Mask = (self.bits[: self.size, : self.width] == ABSENT_BITS).all(axis=0)
        return empty

    def extract(self, rows: Index, seq: int) -> SealedPage:
        """Hand over copies of some rows."""
        return SealedPage(
            self.group, self.refs[rows], self.times[: self.size].copy(),
            self.bits[: self.size, rows], self.first_seq, seq,
        )  # fmt: skip

    def release(self, rows: Index) -> None:
        """Make rows free."""
        self.refs[rows] = 0
        self.departed[rows] = self.idle[rows] = False
        self.free.extend(rows.tolist())


@dataclass(slots=True)
class SinglePage:
    """Up to MAX_SERIES series with timestamps of their own: pushed or late ones."""

    number: int
    refs: Refs = field(default_factory=lambda: np.zeros(64, np.uint32))
    sizes: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(64, np.uint8))
    first_seq: Index = field(default_factory=lambda: np.zeros(64, np.int64))
    opened_ms: Times = field(default_factory=lambda: np.zeros(64, np.int64))
    times: NDArray[np.uint64] = field(default_factory=lambda: _buffer(64))  # [POSITIONS, capacity] int64 bits
    bits: NDArray[np.uint64] = field(default_factory=lambda: _buffer(64))
    width: int = 0
    free: list[int] = field(default_factory=list)

    def room(self) -> int:
        """How many more series fit."""
        return MAX_SERIES - self.width + len(self.free)

    def allocate(self, refs: Refs) -> Index:
        """Rows for new series; `len(refs)` is at most `room()`."""
        reused = [self.free.pop() for _ in range(min(len(self.free), len(refs)))]
        end = self.width + len(refs) - len(reused)
        while end > len(self.refs):
            self._widen()
        rows = np.array(reused + list(range(self.width, end)), np.int64)
        self.width = end
        self.refs[rows] = refs
        self.sizes[rows] = 0
        return rows

    def _widen(self) -> None:
        for name in ("refs", "sizes", "first_seq", "opened_ms"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old)]))
        for name in ("times", "bits"):
            old = getattr(self, name)
            new = _buffer(2 * old.shape[1])
            filled = int(self.sizes.max(initial=0))
            new[:filled, : old.shape[1]] = old[:filled]
            setattr(self, name, new)

    def write(self, rows: Index, times: Times, bits: NDArray[np.uint64], seq: int, now_ms: int) -> None:
        """Put one sample into each of some rows that are not full."""
        at = self.sizes[rows].astype(np.int64)
        fresh = rows[at == 0]
        self.first_seq[fresh], self.opened_ms[fresh] = seq, now_ms
        self.times[at, rows] = times.view(np.uint64)
        self.bits[at, rows] = bits
        self.sizes[rows] += np.uint8(1)

    def copy(self, rows: Index) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]:
        """Sizes [k] of some rows, and times and bits [max(sizes), k] in order of arrival."""
        sizes = self.sizes[rows].astype(np.int64)
        n = int(sizes.max(initial=0))
        return sizes, self.times[:n, rows].view(np.int64), self.bits[:n, rows]

    def columns(self, rows: Index) -> list[Column]:
        """Copies of the samples in some rows, in time order."""
        return [self._column(row) for row in rows.tolist()]

    def _column(self, row: int) -> Column:
        n = int(self.sizes[row])
        times = self.times[:n, row].view(np.int64)
        values = self.bits[:n, row].view(np.float64)
        order = np.argsort(times, kind="stable")
        return Column(int(self.refs[row]), times[order], values[order])

    def release(self, rows: Index) -> None:
        """Make rows free."""
        self.refs[rows] = 0
        self.sizes[rows] = 0
        self.free.extend(rows.tolist())
