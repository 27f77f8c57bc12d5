"""The read path: from matchers and a time range to one SeriesSet.

Pieces come from the head first and from the catalogue's blocks afterwards, so that a page sealed in between is seen twice
rather than not at all; what is seen twice is dropped when pieces are merged. Every statement is read to its end at once.

Shape letters: k series and n timestamps of a piece; S series and N samples of the result.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, SeriesSet, Times, empty_series_set
from watchglass.errors import QueryLimitError, StoreError
from watchglass.store.block import ROW_BITS, Block, Catalog, Refs
from watchglass.store.cache import ChunkCache
from watchglass.store.chunk import ABSENT_BITS, Mask, decode_column, decode_own, decode_times
from watchglass.store.guard import DamagedRowError, Table, unguard
from watchglass.store.head import Head
from watchglass.store.index import Selection
from watchglass.store.page import ScrapePage, Sealed, SealedPage
from watchglass.store.sqlite import Readers, is_damage

log = logging.getLogger("watchglass.store")

_HEAD = 1 << 62  # the head comes after every block
_SHORT = 64  # rows at least so long are copied one by one
_MANY = 400  # more rows of one block than this are read as a range


class VanishedError(Exception):
    """A block was compacted or retired after the catalogue was read."""


class Wanted(NamedTuple):
    """A block that has some of the series asked for."""

    block: Block
    rows: Index  # [k] in the block's layout
    series: Index  # [k] rows of the selection
    dense: bool  # every series has a sample at every timestamp


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples of k series at n common timestamps."""

    series: Index  # [k] rows of the selection
    times: Times  # [n] ascending
    bits: NDArray[np.uint64] | list[NDArray[np.uint64]]  # [k, n]; a list of rows only where all are present
    present: Mask | None  # [k, n]; None: all
    rank: tuple[int, int] = (0, _HEAD)  # of two samples at one time that of the lower rank stays

    def counts(self) -> Index:
        """[k] samples of each series."""
        if self.present is None:
            return np.full(len(self.series), len(self.times), np.int64)
        counts: Index = self.present.sum(axis=1, dtype=np.int64)
        return counts


class Reader:
    """Answers selects from head and blocks."""

    def __init__(
        self, head: Head, catalog: Catalog, readers: Readers, cache: ChunkCache, on_damage: Callable[[str], None]
    ) -> None:
        self._head, self._catalog, self._readers, self._cache = head, catalog, readers, cache
        self._on_damage = on_damage

    def read(self, selection: Selection, start_ms: int, end_ms: int, max_samples: int | None) -> SeriesSet:
        """All samples of the selection in the range, ends included; series without any are left out.

        Raises:
            QueryLimitError: there would be more than `max_samples`.
            StoreError: the file cannot be read at the moment; what is damaged is left out and reported instead.
        """
        if not len(selection.refs) or end_ms < start_ms:
            return empty_series_set()
        budget = _Budget(max_samples)
        while True:
            try:
                return _merge(selection, self._pieces(selection.refs, start_ms, end_ms, budget.restart()))
            except VanishedError:
                log.debug("blocks were replaced while a query read them; it starts again")

    def _pieces(self, refs: Refs, start_ms: int, end_ms: int, budget: _Budget) -> list[Piece]:
        pieces = budget.take(head_pieces(self._head, refs, start_ms, end_ms))
        view = self._catalog.view()
        chosen = (view[:, _T0] <= end_ms) & (view[:, _T1] >= start_ms)
        chosen &= (view[:, _LO] <= int(refs[-1])) & (view[:, _HI] >= int(refs[0]))
        blocks = [Block(*row) for row in view[chosen].tolist()]
        wanted = self._wanted(blocks, refs)
        budget.refuse_early(wanted, start_ms, end_ms)
        with self._readers.borrow() as con:
            for each in wanted:
                pieces += budget.take(self._block_pieces(con, each, (start_ms, end_ms)))
        return pieces

    def _wanted(self, blocks: Sequence[Block], refs: Refs) -> list[Wanted]:
        seen: dict[int, tuple[Index, Index]] = {}
        wanted: list[Wanted] = []
        for block in blocks:
            if block.layout not in seen:
                layout = self._catalog.layouts.get(block.layout)
                if layout is None:
                    raise VanishedError
                seen[block.layout] = _intersect(layout, refs)
            rows, series = seen[block.layout]
            if len(rows):
                dense = block.samples == block.n * len(self._catalog.layouts.get(block.layout, ()))
                wanted.append(Wanted(block, rows, series, dense))
        return wanted

    def _block_pieces(self, con: sqlite3.Connection, wanted: Wanted, span: tuple[int, int]) -> Iterable[Piece]:
        block, rows, series, dense = wanted
        if not block.n:
            for at, decoded in self._decode(con, block, rows + 1, decode_own).items():
                piece = _clip(
                    series[at : at + 1], decoded[0], decoded[1][None, :].view(np.uint64), span, (block.origin, block.id)
                )
                if piece:
                    yield piece
            return
        times = self._decode(con, block, np.zeros(1, np.int64), lambda body: (decode_times(body, block.n),))
        if not times:
            return
        first, last = _bounds(times[0][0], span)
        if first == last:
            return
        columns = self._decode(con, block, rows + 1, lambda body: (decode_column(body, block.n),))
        if not columns:
            return
        rows_bits = [decoded[0][first:last].view(np.uint64) for decoded in columns.values()]
        present = None if dense else _presence(np.stack(rows_bits))
        bits = rows_bits if present is None else np.stack(rows_bits)
        yield Piece(series[list(columns)], times[0][0][first:last], bits, present, (block.origin, block.id))

    def _decode(
        self, con: sqlite3.Connection, block: Block, rows: Index, decode: Callable[[bytes], tuple[NDArray[Any], ...]]
    ) -> dict[int, tuple[NDArray[Any], ...]]:
        """Decoded chunks of some rows of a block by their place in `rows`; damaged ones are left out and reported."""
        base = block.id << ROW_BITS
        ids = [base | row for row in rows.tolist()]
        found = {at: entry for at, chunk in enumerate(ids) if (entry := self._cache.get(chunk)) is not None}
        missing = {chunk: at for at, chunk in enumerate(ids) if at not in found}
        for chunk, blob in self._fetch(con, list(missing)):
            if chunk not in missing:
                continue
            at = missing.pop(chunk)
            try:
                found[at] = decode(unguard(Table.CHUNK, chunk, blob))
            except DamagedRowError:
                self._on_damage(f"chunk {chunk} is damaged; its samples are gone")
                continue
            self._cache.put(chunk, found[at])
        if missing:
            self._miss(block, len(missing))
        return dict(sorted(found.items()))

    def _fetch(self, con: sqlite3.Connection, ids: list[int]) -> list[tuple[int, bytes]]:
        if not ids:
            return []
        try:
            if len(ids) > _MANY:
                span = (min(ids), max(ids))
                return con.execute("SELECT id, body FROM chunk WHERE id BETWEEN ? AND ?", span).fetchall()
            marks = ",".join("?" * len(ids))
            return con.execute(f"SELECT id, body FROM chunk WHERE id IN ({marks})", ids).fetchall()  # noqa: S608 - question marks
        except sqlite3.Error as error:
            if not is_damage(error):
                raise StoreError(f"samples cannot be read at the moment: {error}") from error
            self._on_damage(f"a part of the file cannot be read: {error}")
            return []

    def _miss(self, block: Block, count: int) -> None:
        """Some chunks are not there: the block was replaced meanwhile, or they are lost."""
        if block.id not in self._catalog.view()[:, 0]:
            raise VanishedError
        self._on_damage(f"{count} chunks of block {block.id} are missing; their samples are gone")


_LO, _HI, _T0, _T1 = (Block._fields.index(name) for name in ("lo", "hi", "t0", "t1"))


class _Budget:
    """Counts samples before they are decoded or copied."""

    def __init__(self, max_samples: int | None) -> None:
        self._max = max_samples
        self._used = 0

    def restart(self) -> _Budget:
        self._used = 0
        return self

    def take(self, pieces: Iterable[Piece]) -> list[Piece]:
        taken = []
        for piece in pieces:
            self._spend(int(piece.counts().sum()))
            taken.append(piece)
        return taken

    def refuse_early(self, wanted: Sequence[Wanted], start_ms: int, end_ms: int) -> None:
        """Refuse by the catalogue alone, where blocks that lie wholly in the range hold too much already."""
        if self._max is not None:
            inside = (each for each in wanted if start_ms <= each.block.t0 and each.block.t1 <= end_ms)
            least = sum(len(each.rows) * each.block.n for each in inside if each.dense)
            if self._used + least > self._max:
                self._refuse()

    def _spend(self, samples: int) -> None:
        self._used += samples
        if self._max is not None and self._used > self._max:
            self._refuse()

    def _refuse(self) -> None:
        raise QueryLimitError(f"the query would load more than {self._max} samples; ask for less time or fewer series")


def _intersect(layout: Refs, refs: Refs) -> tuple[Index, Index]:
    """Where two ascending arrays agree: places in the first, and in the second."""
    if len(layout) < len(refs):
        series, rows = _intersect(refs, layout)
        return rows, series
    at = np.minimum(np.searchsorted(layout, refs), len(layout) - 1)
    series = np.flatnonzero(layout[at] == refs)
    return at[series], series


def _bounds(times: Times, span: tuple[int, int]) -> tuple[int, int]:
    return int(np.searchsorted(times, span[0])), int(np.searchsorted(times, span[1], side="right"))


def _presence(bits: NDArray[np.uint64]) -> Mask | None:
    present = bits != ABSENT_BITS
    return None if present.all() else present


def _clip(
    series: Index, times: Times, bits: NDArray[np.uint64], span: tuple[int, int], rank: tuple[int, int]
) -> Piece | None:
    first, last = _bounds(times, span)
    return Piece(series, times[first:last], bits[:, first:last], None, rank) if first < last else None


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a page of single series held of some of them."""

    series: Index  # [k] rows of the selection
    sizes: Index  # [k] samples of each
    times: Times  # [max(sizes), k] in order of arrival
    bits: NDArray[np.uint64]  # [max(sizes), k]
    origin: int

    def pieces(self, span: tuple[int, int]) -> Iterable[Piece]:
        """One for each series that has samples in the span."""
        for at, size in enumerate(self.sizes.tolist()):
            order = np.argsort(self.times[:size, at], kind="stable")
            times, bits = self.times[order, at], self.bits[order, at]
            piece = _clip(self.series[at : at + 1], times, bits[None, :], span, (self.origin, _HEAD))
            if piece:
                yield piece


def head_pieces(head: Head, refs: Refs, start_ms: int, end_ms: int) -> list[Piece]:
    """Copies of what open and handed-over pages hold of some series; under the lock only whole arrays are copied."""
    span = (start_ms, end_ms)
    pieces: list[Piece] = []
    copies: list[_Copy] = []
    with head.lock:
        slots = head.slots.find(refs)
        sealing = list(head.sealing)
        for homes, rows, pages in (
            (head.slots.page, head.slots.row, head.pages),
            (head.slots.single, head.slots.single_row, head.singles),
            (head.slots.late, head.slots.late_row, head.lates),
        ):
            home = np.where(slots >= 0, homes[slots], -1)
            for number in np.unique(home[home >= 0]).tolist():
                series = np.flatnonzero(home == number)
                at = rows[slots[series]].astype(np.int64)
                page = pages[number]
                if isinstance(page, ScrapePage):
                    pieces += _shared_piece(page.times[: page.size], page.bits, at, series, span)
                else:
                    copies.append(_Copy(series, *page.copy(at), int(pages is head.lates)))
    pieces += [piece for sealed in sealing for piece in _sealed_pieces(sealed, refs, span)]
    return pieces + [piece for copy in copies for piece in copy.pieces(span)]


def _sealed_pieces(sealed: Sealed, refs: Refs, span: tuple[int, int]) -> list[Piece]:
    if isinstance(sealed, SealedPage):
        order = np.argsort(sealed.refs, kind="stable")
        rows, series = _intersect(sealed.refs[order], refs)
        return _shared_piece(sealed.times, sealed.bits, order[rows], series, span) if len(rows) else []
    rows, series = _intersect(sealed.refs, refs)
    columns = ((place, sealed.columns[row]) for row, place in zip(rows.tolist(), series.tolist(), strict=True))
    clipped = (
        _clip(np.array([place]), column.times, column.values[None, :].view(np.uint64), span, (sealed.origin, _HEAD))
        for place, column in columns
    )
    return [piece for piece in clipped if piece]


def _shared_piece(
    times: Times, bits: NDArray[np.uint64], rows: Index, series: Index, span: tuple[int, int]
) -> list[Piece]:
    first, last = _bounds(times, span)
    if first == last:
        return []
    copied = np.ascontiguousarray(bits[first:last, rows].T)
    return [Piece(series, times[first:last].copy(), copied, _presence(copied))]


def _merge(selection: Selection, pieces: list[Piece]) -> SeriesSet:
    pieces.sort(key=lambda piece: int(piece.times[0]))
    counts = np.zeros(len(selection.refs), np.int64)
    for piece in pieces:
        counts[piece.series] += piece.counts()
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    times, bits = np.empty(offsets[-1], np.int64), np.empty(offsets[-1], np.uint64)
    fill = offsets[:-1].copy()
    for piece in pieces:
        _put(piece, fill, times, bits)
    if not _ascends(times, offsets):
        times, bits, offsets = _sort(times, bits, offsets, _ranks(pieces, offsets))
    kept = np.flatnonzero(np.diff(offsets))
    bounds = np.concatenate([offsets[kept], offsets[-1:]])
    return SeriesSet(selection.table(kept), bounds, times, bits.view(np.float64))


def _ranks(pieces: list[Piece], offsets: Index) -> NDArray[np.int32]:
    """[N] which piece a sample is of, in order of rank."""
    ranks, fill = np.empty(offsets[-1], np.int32), offsets[:-1].copy()
    order = {rank: at for at, rank in enumerate(sorted({piece.rank for piece in pieces}))}
    for piece in pieces:
        ranks[_places(piece, fill)] = order[piece.rank]
    return ranks


def _places(piece: Piece, fill: Index) -> Index:
    """Where a piece's samples go in the result, row by row; moves `fill` on."""
    starts = fill[piece.series]
    if piece.present is None:
        fill[piece.series] += len(piece.times)
        return (starts[:, None] + np.arange(len(piece.times))).ravel()
    counts = piece.counts()
    fill[piece.series] += counts
    before = np.cumsum(counts) - counts
    places: Index = np.arange(counts.sum()) + np.repeat(starts - before, counts)
    return places


def _put(piece: Piece, fill: Index, times: Times, bits: NDArray[np.uint64]) -> None:
    """Copy a piece's samples to their places; moves `fill` on."""
    n = len(piece.times)
    if piece.present is not None:
        assert isinstance(piece.bits, np.ndarray)
        places = _places(piece, fill)
        times[places] = np.broadcast_to(piece.times, piece.present.shape)[piece.present]
        bits[places] = piece.bits[piece.present]
        return
    starts = fill[piece.series]
    fill[piece.series] += n
    if n < _SHORT and isinstance(piece.bits, np.ndarray):
        places = starts[:, None] + np.arange(n)
        times[places], bits[places] = piece.times, piece.bits
        return
    for start, row in zip(starts.tolist(), piece.bits, strict=True):
        times[start : start + n] = piece.times
        bits[start : start + n] = row


def _ascends(times: Times, offsets: Index) -> bool:
    rising = np.diff(times) > 0
    inner = offsets[1:-1]
    inner = inner[(inner > 0) & (inner < len(times))]
    rising[inner - 1] = True
    return bool(rising.all())


def _sort(
    times: Times, bits: NDArray[np.uint64], offsets: Index, ranks: NDArray[np.int32]
) -> tuple[Times, NDArray[np.uint64], Index]:
    """Put each series in time order; of several samples at one time that of the lowest rank stays."""
    size = len(offsets) - 1
    series = np.repeat(np.arange(size), np.diff(offsets))
    order = np.lexsort((ranks, times, series))
    times, series = times[order], series[order]
    kept = np.ones(len(times), np.bool_)
    kept[1:] = (np.diff(times) != 0) | (np.diff(series) != 0)
    counts = np.bincount(series[kept], minlength=size)
    return times[kept], bits[order][kept], np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
