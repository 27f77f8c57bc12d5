"""Merging: from pieces to one SeriesSet, in time order and without doubles.

Pieces rarely overlap, so samples are copied to their places first; only where a series does not ascend is it sorted.

Shape letters: S series and N samples of the result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, SeriesSet, Times
from watchglass.store.pieces import Piece
from watchglass.store.selection import Selection

_SHORT = 64  # rows at least so long are copied one by one


def merge(selection: Selection, pieces: list[Piece]) -> SeriesSet:
    """Each series' samples in time order, one a time; series without any are left out."""
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
