"""The read path: from matchers and a time range to one SeriesSet.

Pieces come from the head first and from the catalogue's blocks afterwards, so that a page sealed in between is seen twice
rather than not at all; what is seen twice is dropped when pieces are merged. Every statement is read to its end at once.

Shape letters: k series and n timestamps of a piece; S series and N samples of the result.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, SeriesSet, empty_series_set
from watchglass.errors import QueryLimitError, StoreError
from watchglass.store.block import ROW_BITS, Block, Catalog, Refs
from watchglass.store.cache import ChunkCache
from watchglass.store.chunk import decode_column, decode_own, decode_times
from watchglass.store.guard import DamagedRowError, Table, unguard
from watchglass.store.head import Head
from watchglass.store.merge import merge
from watchglass.store.pieces import Piece, bounds, clip, head_pieces, intersect, presence_of
from watchglass.store.selection import Selection
from watchglass.store.sqlite import Readers, is_damage

log = logging.getLogger("watchglass.store")

_MANY = 400  # more rows of one block than this are read as a range


class VanishedError(Exception):
    """A block was compacted or retired after the catalogue was read."""


class Wanted(NamedTuple):
    """A block that has some of the series asked for."""

    block: Block
    rows: Index  # [k] in the block's layout
    series: Index  # [k] rows of the selection
    dense: bool  # every series has a sample at every timestamp


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
                return merge(selection, self._pieces(selection.refs, start_ms, end_ms, budget.restart()))
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
                seen[block.layout] = intersect(layout, refs)
            rows, series = seen[block.layout]
            if len(rows):
                dense = block.samples == block.n * len(self._catalog.layouts.get(block.layout, ()))
                wanted.append(Wanted(block, rows, series, dense))
        return wanted

    def _block_pieces(self, con: sqlite3.Connection, wanted: Wanted, span: tuple[int, int]) -> Iterable[Piece]:
        block, rows, series, dense = wanted
        if not block.n:
            for at, decoded in self._decode(con, block, rows + 1, decode_own).items():
                piece = clip(
                    series[at : at + 1], decoded[0], decoded[1][None, :].view(np.uint64), span, (block.origin, block.id)
                )
                if piece:
                    yield piece
            return
        times = self._decode(con, block, np.zeros(1, np.int64), lambda body: (decode_times(body, block.n),))
        if not times:
            return
        first, last = bounds(times[0][0], span)
        if first == last:
            return
        columns = self._decode(con, block, rows + 1, lambda body: (decode_column(body, block.n),))
        if not columns:
            return
        rows_bits = [decoded[0][first:last].view(np.uint64) for decoded in columns.values()]
        present = None if dense else presence_of(np.stack(rows_bits))
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
