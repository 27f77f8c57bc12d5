"""Pieces: samples on their way into a result, and copies of what the head holds.

Shape letters: k series and n timestamps of a piece.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Times
from watchglass.store.block import Refs
from watchglass.store.chunk import ABSENT_BITS, Mask
from watchglass.store.head import Head
from watchglass.store.page import ScrapePage, Sealed, SealedPage

_HEAD = 1 << 62  # the head comes after every block


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
    return int(np.searchsorted(times, span[0])), int(np.searchsorted(times, span[1], side="right"))


def presence_of(bits: NDArray[np.uint64]) -> Mask | None:
    """Where there is a sample; None where all are present."""
    present = bits != ABSENT_BITS
    return None if present.all() else present


def clip(
    series: Index, times: Times, bits: NDArray[np.uint64], span: tuple[int, int], rank: tuple[int, int]
) -> Piece | None:
    """The part of single series' samples that lies in a span; None where there is none."""
    first, last = bounds(times, span)
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
        rows, series = intersect(sealed.refs[order], refs)
        return _shared_piece(sealed.times, sealed.bits, order[rows], series, span) if len(rows) else []
    rows, series = intersect(sealed.refs, refs)
    columns = ((place, sealed.columns[row]) for row, place in zip(rows.tolist(), series.tolist(), strict=True))
    clipped = (
        clip(np.array([place]), column.times, column.values[None, :].view(np.uint64), span, (sealed.origin, _HEAD))
        for place, column in columns
    )
    return [piece for piece in clipped if piece]


def _shared_piece(
    times: Times, bits: NDArray[np.uint64], rows: Index, series: Index, span: tuple[int, int]
) -> list[Piece]:
    first, last = bounds(times, span)
    if first == last:
        return []
    copied = np.ascontiguousarray(bits[first:last, rows].T)
    return [Piece(series, times[first:last].copy(), copied, presence_of(copied))]
