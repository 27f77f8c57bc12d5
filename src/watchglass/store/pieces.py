"""Pieces: samples on their way into a result, and copies of what the head holds.

Shape letters: k series and n timestamps of a piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Times
from watchglass.store.block import Refs
from watchglass.store.chunk import ABSENT_BITS, Bits, Mask
from watchglass.store.head import Head
from watchglass.store.page import ScrapePage, Sealed, SealedPage

_HEAD = 1 << 62  # the head comes after every block


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples of k series at n common timestamps."""

    series: Index  # [k] rows of the selection
    times: Times  # [n] ascending
    bits: Bits | Callable[[], Bits]  # [k, n]; or what will give them, only where all are present
    present: Mask | None  # [k, n]; None: all
    rank: tuple[int, int] = (0, _HEAD)  # of two samples at one time that of the lower rank stays

    @property
    def size(self) -> int:
        """The number of samples."""
        return len(self.series) * len(self.times) if self.present is None else int(np.count_nonzero(self.present))

    def counts(self) -> Index | int:
        """[k] samples of each series; one number where all have as many."""
        return len(self.times) if self.present is None else np.count_nonzero(self.present, axis=1)


def intersect(layout: Refs, refs: Refs) -> tuple[Index, Index]:
    """Where two ascending arrays agree: places in the first, and in the second."""
    if len(layout) < len(refs):
        series, rows = intersect(refs, layout)
        return rows, series
    at = np.minimum(np.searchsorted(layout, refs), len(layout) - 1)
    series = np.flatnonzero(layout[at] == refs)
    return at[series], series


def bounds(times: Times, span: tuple[int, int]) -> tuple[int, int]:
    """The places from and before which ascending times lie in a span, ends included."""
    return int(times.searchsorted(span[0])), int(times.searchsorted(span[1], side="right"))


def apart(series: Index, times: Times, bits: Bits, rank: tuple[int, int] = (0, _HEAD)) -> Iterator[Piece]:
    """Pieces of samples among which some may be absent: the series without a gap, and the others."""
    present = bits != ABSENT_BITS
    whole = present.all(axis=1)
    if whole.all():
        yield Piece(series, times, bits, None, rank)
        return
    if whole.any():
        yield Piece(series[whole], times, bits[whole], None, rank)
    yield Piece(series[~whole], times, bits[~whole], present[~whole], rank)


def clip(series: Index, times: Times, bits: Bits, span: tuple[int, int], rank: tuple[int, int]) -> Piece | None:
    """The part of single series' samples that lies in a span; None where there is none."""
    first, last = bounds(times, span)
    return Piece(series, times[first:last], bits[:, first:last], None, rank) if first < last else None


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a page of single series held of some of them."""

    series: Index  # [k] rows of the selection
    sizes: Index  # [k] samples of each
    times: Times  # [max(sizes), k] in order of arrival
    bits: Bits  # [max(sizes), k]
    origin: int

    def pieces(self, span: tuple[int, int]) -> Iterable[Piece]:
        """One for each series that has samples in the span."""
        for at, size in enumerate(self.sizes.tolist()):
            order = np.argsort(self.times[:size, at], kind="stable")
            times, bits = self.times[order, at], self.bits[order, at]
            piece = clip(self.series[at : at + 1], times, bits[None, :], span, (self.origin, _HEAD))
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
            for number, series in _grouped(np.where(slots >= 0, homes[slots], -1)):
                at = rows[slots[series]].astype(np.int64)
                page = pages[number]
                if isinstance(page, ScrapePage):
                    pieces += _shared_piece(page.times[: page.size], page.bits, at, series, span)
                else:
                    copies.append(_Copy(series, *page.copy(at), int(pages is head.lates)))
    pieces += [piece for sealed in sealing for piece in _sealed_pieces(sealed, refs, span)]
    return pieces + [piece for copy in copies for piece in copy.pieces(span)]


def _grouped(homes: NDArray[np.int32]) -> Iterator[tuple[int, Index]]:
    """Each number that occurs, negative ones left out, and the places where it does, ascending."""
    order = np.argsort(homes, kind="stable")
    order = order[np.searchsorted(homes[order], 0) :]
    numbers, starts = np.unique(homes[order], return_index=True)
    return zip(numbers.tolist(), np.split(order, starts[1:]), strict=True) if len(order) else iter(())


def _sealed_pieces(sealed: Sealed, refs: Refs, span: tuple[int, int]) -> list[Piece]:
    if isinstance(sealed, SealedPage):
        order = np.argsort(sealed.refs, kind="stable")
        rows, series = intersect(sealed.refs[order], refs)
        return _shared_piece(sealed.times, sealed.bits, order[rows], series, span) if len(rows) else []
    rows, series = intersect(sealed.refs, refs)
    columns = ((place, sealed.columns[row]) for row, place in zip(rows.tolist(), series.tolist(), strict=True))
    clipped = (
        clip(np.array([place]), column.times, column.values[None, :].view(np.uint64), span, (sealed.origin, _HEAD))
        for place, column in columns
    )
    return [piece for piece in clipped if piece]


def _shared_piece(times: Times, bits: Bits, rows: Index, series: Index, span: tuple[int, int]) -> list[Piece]:
    first, last = bounds(times, span)
    if first == last:
        return []
    copied = np.ascontiguousarray(bits[first:last, rows].T)
    return list(apart(series, times[first:last].copy(), copied))
