"""Pieces: samples on their way into a result, and copies of what the head holds.

Shape letters: k series and n timestamps of a piece; m samples where series have times of their own.
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
_LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples of k series at n common timestamps."""

    series: Index  # [k] rows of the selection
    times: Times  # [n] ascending
    bits: Bits | Callable[[], Bits]  # [k, n]; or what will give them
    rank: tuple[int, int] = (0, _HEAD)  # of two samples at one time that of the lower rank stays

    @property
    def size(self) -> int:
        """The number of samples."""
        return len(self.series) * len(self.times)


@dataclass(frozen=True, slots=True)
class Ragged:
    """Samples of k series that each have times of their own, series by series, m in all."""

    series: Index  # [k] rows of the selection
    counts: Index  # [k] samples of each, at least one
    times: Times  # [m] of each series in order, where some may be equal
    bits: Bits  # [m]
    rank: tuple[int, int] = (0, _HEAD)  # as for a piece

    @property
    def size(self) -> int:
        """The number of samples."""
        return len(self.times)

    @property
    def ends(self) -> Index:
        """[k] behind the last sample of each series."""
        return np.cumsum(self.counts)


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


def apart(series: Index, times: Times, bits: Bits, rank: tuple[int, int] = (0, _HEAD)) -> Iterator[Piece | Ragged]:
    """Pieces of samples among which some may be absent: the series without a gap, and the others."""
    present = bits != ABSENT_BITS
    whole = present.all(axis=1)
    if whole.all():
        yield Piece(series, times, bits, rank)
        return
    if whole.any():
        yield Piece(series[whole], times, bits[whole], rank)
    rest = ~whole
    yield from ragged(series[rest], np.broadcast_to(times, present.shape)[rest], bits[rest], present[rest], rank)


def ragged(series: Index, times: Times, bits: Bits, chosen: Mask, rank: tuple[int, int]) -> Iterator[Ragged]:
    """One piece of the chosen samples of k series, or none: times and bits are [k, n]."""
    counts = np.count_nonzero(chosen, axis=1)
    kept = counts > 0
    if kept.any():
        yield Ragged(series[kept], counts[kept], times[chosen], bits[chosen], rank)


def joined(
    columns: Iterable[tuple[int, Times, Bits]], span: tuple[int, int], rank: tuple[int, int]
) -> Iterator[Ragged]:
    """One piece of what lies in a span of single series, or none: of each its place, and its samples in order."""
    series, times, bits = [], [], []
    for place, own_times, own_bits in columns:
        first, last = bounds(own_times, span)
        if first < last:
            series.append(place)
            times.append(own_times[first:last])
            bits.append(own_bits[first:last])
    if series:
        yield Ragged(np.array(series), np.array([*map(len, times)]), np.concatenate(times), np.concatenate(bits), rank)


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a page of single series held of some of them."""

    series: Index  # [k] rows of the selection
    sizes: Index  # [k] samples of each
    times: Times  # [max(sizes), k] in order of arrival
    bits: Bits  # [max(sizes), k]
    origin: int

    def pieces(self, span: tuple[int, int]) -> Iterator[Ragged]:
        """One of those that have samples in the span."""
        times, bits = self.times.T, self.bits.T
        chosen = np.arange(times.shape[1]) < self.sizes[:, None]
        if (chosen[:, 1:] & (times[:, 1:] < times[:, :-1])).any():
            order = np.argsort(np.where(chosen, times, _LATEST), axis=1, kind="stable")
            times, bits = np.take_along_axis(times, order, 1), np.take_along_axis(bits, order, 1)
        chosen &= (times >= span[0]) & (times <= span[1])
        return ragged(self.series, times, bits, chosen, (self.origin, _HEAD))


def head_pieces(head: Head, refs: Refs, start_ms: int, end_ms: int) -> list[Piece | Ragged]:
    """Copies of what open and handed-over pages hold of some series; under the lock only whole arrays are copied."""
    span = (start_ms, end_ms)
    pieces: list[Piece | Ragged] = []
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


def _sealed_pieces(sealed: Sealed, refs: Refs, span: tuple[int, int]) -> list[Piece | Ragged]:
    if isinstance(sealed, SealedPage):
        order = np.argsort(sealed.refs, kind="stable")
        rows, series = intersect(sealed.refs[order], refs)
        return _shared_piece(sealed.times, sealed.bits, order[rows], series, span) if len(rows) else []
    rows, series = intersect(sealed.refs, refs)
    columns = (
        (place, (column := sealed.columns[row]).times, column.values.view(np.uint64))
        for row, place in zip(rows.tolist(), series.tolist(), strict=True)
    )
    return list(joined(columns, span, (sealed.origin, _HEAD)))


def _shared_piece(times: Times, bits: Bits, rows: Index, series: Index, span: tuple[int, int]) -> list[Piece | Ragged]:
    first, last = bounds(times, span)
    if first == last:
        return []
    copied = np.ascontiguousarray(bits[first:last, rows].T)
    return list(apart(series, times[first:last].copy(), copied))
