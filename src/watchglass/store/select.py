"""The read path: from matchers and a time range to one SeriesSet.

Pieces come from the head first and from the catalogue's blocks afterwards, so that a page sealed in between is seen twice
rather than not at all; what is seen twice is dropped when pieces are merged. What the catalogue and the blocks' timestamps
tell is planned first: a block without gaps is then decoded while the pieces are merged, one block at a time.

Shape letters: k series and n timestamps of a piece; S series and N samples of the result.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from watchglass.columns import Index, SeriesSet, Times, empty_series_set
from watchglass.errors import QueryLimitError, StoreError
from watchglass.interfaces import Loading
from watchglass.store.block import ROW_BITS, Block, Catalog, Refs
from watchglass.store.cache import ChunkCache, Decoded
from watchglass.store.chunk import ABSENT_BITS, Bits, decode_columns, decode_own, decode_times_of
from watchglass.store.codec import PAGE, prepare
from watchglass.store.guard import DamagedRowError, Table, unguard
from watchglass.store.head import Head
from watchglass.store.merge import merge
from watchglass.store.pieces import Piece, apart, bounds, clip, head_pieces, intersect
from watchglass.store.selection import Selection
from watchglass.store.sqlite import Readers, is_damage

log = logging.getLogger("watchglass.store")

_MANY = 400  # more rows of one block than this are read as a range

Span = tuple[int, int]


class ReadAgainError(Exception):
    """What was planned does not hold: a block was replaced meanwhile, or turned out to be damaged."""


class Wanted(NamedTuple):
    """A block that has some of the series asked for."""

    block: Block
    rows: Index  # [k] in the block's layout
    series: Index  # [k] rows of the selection
    dense: bool  # every series has a sample at every timestamp


class Part(NamedTuple):
    """The part of a block that lies in the range: some of its series, at some of its shared timestamps."""

    wanted: Wanted
    times: Times  # [n]
    first: int  # place of the first timestamp in the block

    @property
    def pages(self) -> Span:
        """The place of the first timestamp of the first page, and that behind the last page."""
        end = self.first + len(self.times)
        return self.first // PAGE * PAGE, min(self.wanted.block.n, -(-end // PAGE) * PAGE)

    @property
    def size_bytes(self) -> int:
        """Bytes of its pages when decoded."""
        low, high = self.pages
        return len(self.wanted.rows) * (high - low) * 8


class Reader:
    """Answers selects from head and blocks."""

    def __init__(
        self, head: Head, catalog: Catalog, readers: Readers, cache: ChunkCache, on_damage: Callable[[str], None]
    ) -> None:
        self._head, self._catalog, self._readers, self._cache = head, catalog, readers, cache
        self._on_damage = on_damage
        self._holed: set[int] = set()  # blocks with damaged chunks, which are dense no more
        prepare()

    def read(
        self, selection: Selection, start_ms: int, end_ms: int, max_samples: int | None, loading: Loading | None = None
    ) -> SeriesSet:
        """All samples of the selection in the range, ends included; series without any are left out.

        Raises:
            QueryLimitError: there would be more than `max_samples`.
            StoreError: the file cannot be read at the moment; what is damaged is left out and reported instead.
        """
        if not len(selection.refs) or end_ms < start_ms:
            return empty_series_set()
        budget = _Budget(max_samples, loading)
        while True:
            try:
                with self._readers.borrow() as con:
                    pieces = self._pieces(con, selection.refs, (start_ms, end_ms), budget.restart())
                    return merge(selection, pieces, budget.check)
            except ReadAgainError as reason:
                log.debug("a query starts again: %s", reason)

    def _pieces(self, con: sqlite3.Connection, refs: Refs, span: Span, budget: _Budget) -> list[Piece]:
        pieces = budget.take(head_pieces(self._head, refs, *span))
        wanted = self._wanted(refs, span)
        budget.refuse_early(wanted, span)
        parts = self._parts(con, [each for each in wanted if each.block.n], span)
        keep = sum(part.size_bytes for part in parts) <= self._cache.max_bytes
        dense = [part for part in parts if part.wanted.dense]
        pieces += budget.take(self._later(con, part, keep=keep) for part in dense)
        for part in parts:
            if not part.wanted.dense:
                pieces += budget.take(self._now(con, part, keep=keep))
        for each in wanted:
            if not each.block.n:
                pieces += budget.take(self._singles(con, each, span))
        return pieces

    def _wanted(self, refs: Refs, span: Span) -> list[Wanted]:
        """The blocks that have some of the series, and may have samples in the span."""
        view = self._catalog.view()
        view = view[(view[:, _T0] <= span[1]) & (view[:, _T1] >= span[0])]
        starts, ends = np.searchsorted(refs, view[:, _LO]), np.searchsorted(refs, view[:, _HI], side="right")
        some = starts < ends
        seen: dict[int, tuple[Index, Index]] = {}
        wanted: list[Wanted] = []
        for fields, start, end in zip(view[some].tolist(), starts[some].tolist(), ends[some].tolist(), strict=True):
            block = Block(*fields)
            layout = self._catalog.layouts.get(block.layout)
            if layout is None:
                raise ReadAgainError(f"block {block.id} was replaced")
            if block.layout not in seen:
                seen[block.layout] = _places(layout, refs, start, end)
            rows, series = seen[block.layout]
            if len(rows):
                dense = block.samples == block.n * len(layout) and block.id not in self._holed
                wanted.append(Wanted(block, rows, series, dense))
        return wanted

    def _parts(self, con: sqlite3.Connection, wanted: Sequence[Wanted], span: Span) -> list[Part]:
        times = self._times(con, [each.block for each in wanted], span)
        parts = []
        for each in wanted:
            if each.block.id in times:
                before, mine = times[each.block.id]
                first, last = bounds(mine, span)
                if first < last:
                    parts.append(Part(each, mine[first:last], before + first))
        return parts

    def _times(self, con: sqlite3.Connection, blocks: Sequence[Block], span: Span) -> dict[int, tuple[int, Times]]:
        """Of each block the shared timestamps of some pages, which have all that lie in the span, and where they begin.

        Damaged ones are left out and reported.
        """
        found: dict[int, tuple[int, Times]] = {}
        missing: dict[int, Block] = {}
        for block in blocks:
            entry = self._cache.get(block.id)
            known = (int(entry[1][0]), entry[0]) if entry else None
            if known and _covers(*known, block.n, span):
                found[block.id] = known
            else:
                missing[block.id << ROW_BITS] = block
        wanted = list(missing)
        for ids in (wanted[at : at + _MANY] for at in range(0, len(wanted), _MANY)):
            for chunk, content in self._whole(con, _picked(ids), ids):
                block = missing.pop(chunk)
                first, times = found[block.id] = decode_times_of(content, block.n, span)
                self._cache.put(block.id, (times, np.array([first])))
        for block in missing.values():
            self._miss(block, "the timestamps")
        return found

    def _later(self, con: sqlite3.Connection, part: Part, *, keep: bool) -> Piece:
        """A piece without gaps, decoded when it is wanted."""
        block = part.wanted.block
        return Piece(
            part.wanted.series, part.times, partial(self._bits, con, part, keep=keep), None, (block.origin, block.id)
        )

    def _now(self, con: sqlite3.Connection, part: Part, *, keep: bool) -> Iterator[Piece]:
        """The pieces of a block whose series lack samples."""
        block = part.wanted.block
        return apart(part.wanted.series, part.times, self._bits(con, part, keep=keep), (block.origin, block.id))

    def _bits(self, con: sqlite3.Connection, part: Part, *, keep: bool) -> Bits:
        """[k, n] the samples of a part, ABSENT_BITS where there is none."""
        (low, high), (block, rows, *_) = part.pages, part.wanted
        key = (block.id, low, high, rows.astype(np.uint16).tobytes())
        entry = self._cache.get(key)
        if entry is None:
            entry = (self._decode(con, part.wanted, low, high),)
            if keep:
                self._cache.put(key, entry)
        start = part.first - low
        bits: Bits = entry[0][:, start : start + len(part.times)].view(np.uint64)
        return bits

    def _decode(self, con: sqlite3.Connection, wanted: Wanted, low: int, high: int) -> Bits:
        """[k, high - low] samples of whole pages; damaged chunks are reported and count as having none."""
        block, rows, _, dense = wanted
        values = np.empty((len(rows), high - low))
        missing = {chunk: at for at, chunk in enumerate(_chunks(block, rows))}
        for chunk, content in self._whole(con, _query(block, rows), missing):
            decode_columns(content, block.n, low, values[missing.pop(chunk)])
        bits = values.view(np.uint64)
        if missing:
            self._miss(block, f"{len(missing)} chunks")
            self._holed.add(block.id)
            if dense:
                raise ReadAgainError(f"block {block.id} is damaged")
            bits[list(missing.values())] = ABSENT_BITS
        return bits

    def _singles(self, con: sqlite3.Connection, wanted: Wanted, span: Span) -> Iterator[Piece]:
        """A piece for each series of a block without shared timestamps."""
        block, rows, series, _ = wanted
        chunks = _chunks(block, rows)
        found: dict[int, Decoded] = {}
        for chunk in chunks:
            entry = self._cache.get((block.id, chunk))
            if entry is not None:
                found[chunk] = entry
        missing = {chunk: at for at, chunk in enumerate(chunks) if chunk not in found}
        if missing:
            for chunk, content in self._whole(con, _query(block, rows[list(missing.values())]), missing):
                del missing[chunk]
                found[chunk] = decode_own(content)
                self._cache.put((block.id, chunk), found[chunk])
        if missing:
            self._miss(block, f"{len(missing)} chunks")
        for at, chunk in enumerate(chunks):
            if chunk in found:
                times, values = found[chunk]
                piece = clip(
                    series[at : at + 1], times, values[None, :].view(np.uint64), span, (block.origin, block.id)
                )
                if piece:
                    yield piece

    def _whole(
        self, con: sqlite3.Connection, query: tuple[str, Sequence[int]], wanted: Iterable[int]
    ) -> Iterator[tuple[int, bytes]]:
        """Number and content of those of the chunks wanted that a query finds and that pass their checksum."""
        chosen = set(wanted)
        try:
            for chunk, blob in con.execute(*query):
                if chunk in chosen:
                    try:
                        content = unguard(Table.CHUNK, chunk, blob)
                    except DamagedRowError:
                        self._on_damage(f"chunk {chunk} is damaged; its samples are gone")
                    else:
                        yield chunk, content
        except sqlite3.Error as error:
            if not is_damage(error):
                raise StoreError(f"samples cannot be read at the moment: {error}") from error
            self._on_damage(f"a part of the file cannot be read: {error}")

    def _miss(self, block: Block, what: str) -> None:
        """Some chunks are not there: the block was replaced meanwhile, or they are lost."""
        if block.id not in self._catalog.view()[:, 0]:
            raise ReadAgainError(f"block {block.id} was replaced")
        self._on_damage(f"{what} of block {block.id} are damaged or missing; their samples are gone")


_LO, _HI, _T0, _T1 = (Block._fields.index(name) for name in ("lo", "hi", "t0", "t1"))


def _covers(first: int, times: Times, n: int, span: Span) -> bool:
    """Whether some of n timestamps, from the first given on, include all that lie in a span."""
    return (not first or int(times[0]) <= span[0]) and (first + len(times) == n or int(times[-1]) >= span[1])


def _places(layout: Refs, refs: Refs, start: int, end: int) -> tuple[Index, Index]:
    """Where a layout has some series: places in the layout, and in `refs`, of which only `start` to `end` can be there."""
    lowest = int(layout[0])
    if int(layout[-1]) - lowest + 1 == len(layout):
        return refs[start:end].astype(np.int64) - lowest, np.arange(start, end)
    rows, series = intersect(layout, refs[start:end])
    return rows, series + start


def _chunks(block: Block, rows: Index) -> list[int]:
    """The numbers of the chunks of some rows of a block."""
    chunks: list[int] = (rows + ((block.id << ROW_BITS) + 1)).tolist()
    return chunks


def _query(block: Block, rows: Index) -> tuple[str, Sequence[int]]:
    """A statement that finds the chunks of some rows, and perhaps others between them."""
    chunks = _chunks(block, rows)
    if len(chunks) > _MANY or 2 * len(chunks) > chunks[-1] - chunks[0]:
        return "SELECT id, body FROM chunk WHERE id BETWEEN ? AND ?", (chunks[0], chunks[-1])
    return _picked(chunks)


def _picked(chunks: Sequence[int]) -> tuple[str, Sequence[int]]:
    marks = ",".join("?" * len(chunks))
    return f"SELECT id, body FROM chunk WHERE id IN ({marks})", chunks  # noqa: S608 - question marks


class _Budget:
    """Counts samples before they are decoded or copied."""

    def __init__(self, max_samples: int | None, loading: Loading | None) -> None:
        self._max, self._loading = max_samples, loading
        self._used = 0

    def restart(self) -> _Budget:
        self._used = 0
        return self

    def take(self, pieces: Iterable[Piece]) -> list[Piece]:
        taken = []
        for piece in pieces:
            self._used += piece.size
            if self._max is not None and self._used > self._max:
                self._refuse()
            self.check()
            taken.append(piece)
        return taken

    def check(self) -> None:
        """Ask whether what was counted so far may be loaded."""
        if self._loading is not None:
            self._loading(self._used)

    def refuse_early(self, wanted: Sequence[Wanted], span: Span) -> None:
        """Refuse by the catalogue alone, where blocks that lie wholly in the range hold too much already."""
        if self._max is not None:
            inside = (each for each in wanted if span[0] <= each.block.t0 and each.block.t1 <= span[1])
            least = sum(len(each.rows) * each.block.n for each in inside if each.dense)
            if self._used + least > self._max:
                self._refuse()
            if self._loading is not None:
                self._loading(self._used + least)

    def _refuse(self) -> None:
        raise QueryLimitError(f"the query would load more than {self._max} samples; ask for less time or fewer series")
