"""The read path: from matchers and a time range to one SeriesSet.

Pieces come from the head first and from the catalogue's blocks afterwards, so that a page sealed in between is seen twice
rather than not at all; what is seen twice is dropped when pieces are merged. What the catalogue and the blocks' timestamps
tell is planned first: a block without gaps is then decoded while the pieces are merged, one block at a time.

Shape letters: k series and n timestamps of a piece; S series and N samples of the result.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import numpy as np

from watchglass.columns import Index, SeriesSet, Times, Values, empty_series_set
from watchglass.errors import QueryLimitError, StoreError
from watchglass.interfaces import Loading
from watchglass.store.block import ROW_BITS, Block, Catalog, Refs
from watchglass.store.cache import ChunkCache, Decoded
from watchglass.store.chunk import ABSENT_BITS, Bits, decode_columns, decode_own, decode_times_of
from watchglass.store.codec import PAGE, prepare
from watchglass.store.guard import DamagedRowError, Table, unguard
from watchglass.store.head import Head
from watchglass.store.merge import Pieces, merge
from watchglass.store.options import HOUR_MS
from watchglass.store.pieces import Piece, Ragged, apart, bounds, head_pieces, intersect, joined
from watchglass.store.selection import Selection, ShapeRows
from watchglass.store.sqlite import Readers, is_damage

log = logging.getLogger("watchglass.store")

_MANY = 400  # more rows of one block than this are read as a range
_BATCH_BYTES = 1024 * 1024  # parts are decoded together as long as all are smaller
_LARGEST_SHARE = 2  # of the cache; of reads that are larger nothing is cached
_REHEARSED = 16  # blocks
_TIMED = 1024  # blocks: those of as many targets
_GONE = np.zeros((0, 0))

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
    low: int  # place of the first timestamp of the first page
    high: int  # and that behind the last page

    @classmethod
    def of(cls, wanted: Wanted, times: Times, first: int) -> Part:
        """A part with the pages that it takes."""
        end = first + len(times)
        return cls(wanted, times, first, first // PAGE * PAGE, min(wanted.block.n, -(-end // PAGE) * PAGE))

    @property
    def key(self) -> tuple[int, int, int, bytes]:
        """What its pages are cached by."""
        return self.wanted.block.id, self.low, self.high, self.wanted.rows.astype(np.uint16).tobytes()

    @property
    def size_bytes(self) -> int:
        """Bytes of its pages when decoded."""
        return len(self.wanted.rows) * (self.high - self.low) * 8

    def cut(self, pages: Values) -> Bits:
        """[k, n] what lies in the range."""
        start = self.first - self.low
        return pages[:, start : start + len(self.times)].view(np.uint64)

    def piece(self, bits: Bits | Callable[[], Bits]) -> Piece:
        """A piece of these samples, without gaps."""
        block = self.wanted.block
        return Piece(self.wanted.series, self.times, bits, (block.origin, block.id))


class Batch:
    """Parts that are read by one statement and decoded together, when the first of them is wanted.

    Args:
        parts: in the order in which they will be wanted, each once.
        decode: gives the pages of each.
    """

    def __init__(self, parts: Sequence[Part], decode: Callable[[Sequence[Part]], list[Values]]) -> None:
        self._parts, self._decode = parts, decode
        self._pages: list[Values] = []

    def pieces(self) -> Iterator[Piece]:
        """A piece for each part."""
        return (part.piece(partial(self._bits, at)) for at, part in enumerate(self._parts))

    def _bits(self, at: int) -> Bits:
        if not self._pages:
            self._pages = self._decode(self._parts)
        bits, self._pages[at] = self._parts[at].cut(self._pages[at]), _GONE
        return bits


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

    def rehearse(self) -> None:
        """Read the newest times of every target, and one series of some.

        So the first query finds the code and the file's upper pages loaded, and in the cache what all series of a target share.
        """
        view = self._catalog.view()
        newest = view[np.argsort(view[:, _T1])[-_TIMED:]]
        if not len(newest):
            return
        end_ms = int(newest[-1, _T1])
        span = end_ms - HOUR_MS, end_ms
        shared = [Block(*fields) for fields in newest[newest[:, _N] > 0].tolist()]
        refs = np.unique(newest[-_REHEARSED:, _LO]).astype(np.uint32)
        some = Selection([ShapeRows((), np.zeros((len(refs), 0), np.int32), refs, ())], ())
        with suppress(StoreError, ReadAgainError):  # who needs them is told
            with self._readers.borrow() as con:
                self._times(con, shared, span)
            self.read(some, *span, None)

    def _pieces(self, con: sqlite3.Connection, refs: Refs, span: Span, budget: _Budget) -> Pieces:
        pieces = budget.take(head_pieces(self._head, refs, *span))
        wanted = self._wanted(refs, span)
        budget.refuse_early(wanted, span)
        parts = self._parts(con, [each for each in wanted if each.block.n], span)
        keep = _worth_keeping(parts, self._cache.max_bytes)
        pieces += budget.take(self._dense(con, [part for part in parts if part.wanted.dense], keep=keep))
        for part in parts:
            if not part.wanted.dense:
                budget.check(part.size_bytes * _TAKEN_APART)
                pieces += budget.take(self._gapped(con, part, keep=keep))
        for each in wanted:
            if not each.block.n:
                budget.check(self._singles_bytes(each, span))
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
                    parts.append(Part.of(each, mine[first:last], before + first))
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

    def _dense(self, con: sqlite3.Connection, parts: Sequence[Part], *, keep: Container[int]) -> Iterator[Piece]:
        """A piece for each part without gaps; what is not cached is decoded when it is wanted."""
        fresh: list[Part] = []
        for part in parts:
            entry = self._cache.get(part.key)
            if entry is None:
                fresh.append(part)
            else:
                yield part.piece(part.cut(entry[0]))
        fresh.sort(key=lambda part: int(part.times[0]))
        for batch in _batches(fresh):
            yield from Batch(batch, partial(self._decode, con, keep=keep)).pieces()

    def _gapped(self, con: sqlite3.Connection, part: Part, *, keep: Container[int]) -> Iterator[Piece | Ragged]:
        """The pieces of a block whose series lack samples."""
        entry = self._cache.get(part.key)
        bits = part.cut(entry[0] if entry else self._decode(con, [part], keep=keep)[0])
        return apart(part.wanted.series, part.times, bits, (part.wanted.block.origin, part.wanted.block.id))

    def _decode(self, con: sqlite3.Connection, parts: Sequence[Part], *, keep: Container[int]) -> list[Values]:
        """[k, high - low] samples of the pages of each part; damaged chunks are reported and count as having none."""
        decoded = [np.empty((len(part.wanted.rows), part.high - part.low)) for part in parts]
        missing: dict[int, tuple[Part, Values]] = {}
        for part, pages in zip(parts, decoded, strict=True):
            missing.update(zip(_chunks(part.wanted), ((part, row) for row in pages), strict=True))
        for chunk, content in self._whole(con, _query(parts), missing):
            part, row = missing.pop(chunk)
            decode_columns(content, part.wanted.block.n, part.low, row)
        if missing and len(parts) > 1:
            return [self._decode(con, [part], keep=keep)[0] for part in parts]
        if missing:
            self._leave_out(parts[0].wanted, [row for _, row in missing.values()])
        for part, pages in zip(parts, decoded, strict=True):
            if part.wanted.block.id in keep:
                self._cache.put(part.key, (pages,))
        return decoded

    def _leave_out(self, wanted: Wanted, rows: Sequence[Values]) -> None:
        """Chunks that are damaged or lost have no samples, and their block is dense no more."""
        self._miss(wanted.block, f"{len(rows)} chunks")
        self._holed.add(wanted.block.id)
        if wanted.dense:
            raise ReadAgainError(f"block {wanted.block.id} is damaged")
        for row in rows:
            row.view(np.uint64)[:] = ABSENT_BITS

    def _singles_bytes(self, wanted: Wanted, span: Span) -> int:
        """What the samples of a block without shared timestamps take, about: all are decoded, those in the span are joined."""
        block, layout = wanted.block, self._catalog.layouts.get(wanted.block.layout, wanted.rows)
        samples = block.samples * len(wanted.rows) // len(layout)
        inside = min(block.t1, span[1]) - max(block.t0, span[0]) + 1
        joined_samples = samples * inside // (block.t1 - block.t0 + 1)
        return samples * _SHARED_BYTES + joined_samples * (_OWN_BYTES - _SHARED_BYTES)

    def _singles(self, con: sqlite3.Connection, wanted: Wanted, span: Span) -> Iterator[Ragged]:
        """A piece of a block without shared timestamps, or none."""
        block, series, chunks = wanted.block, wanted.series, _chunks(wanted)
        found: dict[int, Decoded] = {}
        for chunk in chunks:
            entry = self._cache.get((block.id, chunk))
            if entry is not None:
                found[chunk] = entry
        missing = {chunk: at for at, chunk in enumerate(chunks) if chunk not in found}
        if missing:
            for chunk, content in self._whole(con, _of_block(list(missing)), missing):
                del missing[chunk]
                found[chunk] = decode_own(content)
                self._cache.put((block.id, chunk), found[chunk])
        if missing:
            self._miss(block, f"{len(missing)} chunks")
        columns = (
            (place, found[chunk][0], found[chunk][1].view(np.uint64))
            for place, chunk in zip(series.tolist(), chunks, strict=True)
            if chunk in found
        )
        return joined(columns, span, (block.origin, block.id))

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


_LO, _HI, _T0, _T1, _N = (Block._fields.index(name) for name in ("lo", "hi", "t0", "t1", "n"))


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


def _worth_keeping(parts: Sequence[Part], max_bytes: int) -> Container[int]:
    """The blocks whose pages are to be cached: as many as fit, so that the same read finds them when it comes again.

    What is far too large would drive out all else for little.
    """
    sizes = np.cumsum([part.size_bytes for part in parts])
    if not len(sizes) or sizes[-1] > _LARGEST_SHARE * max_bytes:
        return ()
    room = max_bytes if sizes[-1] <= max_bytes else max_bytes * 7 // 8  # timestamps are cached as well
    return {part.wanted.block.id for part in parts[: int(np.searchsorted(sizes, room, side="right"))]}


def _batches(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Successive parts that are small together, or one each."""
    batch: list[Part] = []
    rows = size_bytes = 0
    for part in parts:
        rows, size_bytes = rows + len(part.wanted.rows), size_bytes + part.size_bytes
        if batch and (rows > _MANY or size_bytes > _BATCH_BYTES):
            yield batch
            batch, rows, size_bytes = [], len(part.wanted.rows), part.size_bytes
        batch.append(part)
    if batch:
        yield batch


def _chunks(wanted: Wanted) -> list[int]:
    """The numbers of the chunks of a block's series."""
    chunks: list[int] = (wanted.rows + ((wanted.block.id << ROW_BITS) + 1)).tolist()
    return chunks


def _query(parts: Sequence[Part]) -> tuple[str, Sequence[int]]:
    """A statement that finds the chunks of some parts, at most _MANY unless there is one part alone."""
    if len(parts) == 1:
        return _of_block(_chunks(parts[0].wanted))
    return _picked([chunk for part in parts for chunk in _chunks(part.wanted)])


def _of_block(chunks: Sequence[int]) -> tuple[str, Sequence[int]]:
    """A statement that finds some chunks of a block, and perhaps others between them."""
    if len(chunks) > _MANY or 2 * len(chunks) > chunks[-1] - chunks[0]:
        return "SELECT id, body FROM chunk WHERE id BETWEEN ? AND ?", (chunks[0], chunks[-1])
    return _picked(chunks)


def _picked(chunks: Sequence[int]) -> tuple[str, Sequence[int]]:
    marks = ",".join("?" * len(chunks))
    return f"SELECT id, body FROM chunk WHERE id IN ({marks})", chunks  # noqa: S608 - question marks


_SHARED_BYTES = (
    16  # of a sample until it is merged, where series share their times: decoded, and its place in the result
)
_OWN_BYTES = 48  # where each has its own: time and value in a piece, the pieces cut by series, and both in the result
_TAKEN_APART = 4  # times the size of decoded pages with gaps, when what is there is taken out of them


class _Budget:
    """Counts samples before they are decoded or copied."""

    def __init__(self, max_samples: int | None, loading: Loading | None) -> None:
        self._max, self._loading = max_samples, loading
        self._used = self._bytes = 0

    def restart(self) -> _Budget:
        self._used = self._bytes = 0
        return self

    def take(self, pieces: Iterable[Piece | Ragged]) -> Pieces:
        taken = []
        for piece in pieces:
            self._used += piece.size
            self._bytes += piece.size * (_SHARED_BYTES if isinstance(piece, Piece) else _OWN_BYTES)
            if self._max is not None and self._used > self._max:
                self._refuse()
            taken.append(piece)
        self.check()
        return taken

    def check(self, coming_bytes: int = 0) -> None:
        """Ask whether what was counted so far may be loaded, and what comes next."""
        if self._loading is not None:
            self._loading(self._bytes + coming_bytes)

    def refuse_early(self, wanted: Sequence[Wanted], span: Span) -> None:
        """Refuse by the catalogue alone, where blocks that lie wholly in the range hold too much already."""
        if self._max is not None:
            inside = (each for each in wanted if span[0] <= each.block.t0 and each.block.t1 <= span[1])
            least = sum(len(each.rows) * each.block.n for each in inside if each.dense)
            if self._used + least > self._max:
                self._refuse()
            self.check(least * _SHARED_BYTES)

    def _refuse(self) -> None:
        raise QueryLimitError(f"the query would load more than {self._max} samples; ask for less time or fewer series")
