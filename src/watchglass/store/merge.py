"""Merging: from pieces to one SeriesSet, in time order and without doubles.

Pieces rarely overlap, so samples are copied to their places first; only where a series does not ascend is it sorted. Series
that lie in the same pieces without a gap share their times.

Shape letters: S series of the selection; N samples of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, SeriesSet, Times
from watchglass.store.chunk import Bits
from watchglass.store.pieces import Piece, Ragged
from watchglass.store.selection import Selection

Pieces = list[Piece | Ragged]

_SHORT = 64  # rows at least so long are copied one by one
_NEVER = np.iinfo(np.int64).min


def merge(selection: Selection, pieces: Pieces, check: Callable[[], None] = lambda: None) -> SeriesSet:
    """Each series' samples in time order, one a time; series without any are left out.

    `check` is called before each piece; what it raises ends the merge.
    """
    pieces.sort(key=lambda piece: int(piece.times[0] if isinstance(piece, Piece) else piece.times.min()))
    size = len(selection.refs)
    plan = _plan_once(pieces, size) or _plan(pieces, size)
    offsets = _edges(plan.counts)
    bits, fill = np.empty(offsets[-1], np.uint64), offsets[:-1].copy()
    for piece in pieces:
        check()
        _put(piece, fill, bits)
    if not plan.ascending:
        plan, bits = _in_order(plan, bits, pieces)
    kept = np.flatnonzero(plan.counts)
    bounds = _edges(plan.counts[kept])
    return SeriesSet(selection.table(kept), bounds, plan.times, bits.view(np.float64), None, plan.clocks[kept])


def _edges(counts: Index) -> Index:
    """Where each of some runs begins, one behind the other, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


class _Plan(NamedTuple):
    """What is known of the result before any sample is copied; a clock is a sequence of times that series may share."""

    counts: Index  # [S] samples of each series
    ascending: bool  # no piece of a series begins before the one before it ends
    times: Times  # of every clock
    clocks: Index  # [S] where the times of each series begin


def _plan_once(pieces: Pieces, size: int) -> _Plan | None:
    """The plan where no series lies in two pieces, and all share their times; None where that is not so."""
    if not pieces or any(isinstance(piece, Ragged) for piece in pieces):
        return None
    series = np.concatenate([piece.series for piece in pieces])
    if len(series) > size or np.bincount(series).max() > 1:
        return None
    widths, lengths = [len(piece.series) for piece in pieces], np.array([len(piece.times) for piece in pieces])
    counts, clocks = np.zeros(size, np.int64), np.zeros(size, np.int64)
    counts[series] = np.repeat(lengths, widths)
    clocks[series] = np.repeat(np.cumsum(lengths) - lengths, widths)
    return _Plan(counts, ascending=True, times=np.concatenate([piece.times for piece in pieces]), clocks=clocks)


def _plan(pieces: Pieces, size: int) -> _Plan:
    counts, newest, clocks = np.zeros(size, np.int64), np.full(size, _NEVER), _Clocks(size)
    ascending = True
    for piece in pieces:
        if isinstance(piece, Ragged):
            ends = piece.ends
            counts[piece.series] += piece.counts
            begins, lasts = piece.times[ends - piece.counts], piece.times[ends - 1]
            rising = np.diff(piece.times) > 0
            rising[ends[:-1] - 1] = True  # from one series to the next
            ascending = ascending and bool(rising.all())
        else:
            counts[piece.series] += len(piece.times)
            begins, lasts = piece.times[:1], piece.times[-1:]
        ascending = ascending and bool((newest[piece.series] < begins).all())
        newest[piece.series] = lasts
        clocks.add(piece)
    return _Plan(counts, ascending, *clocks.times())


class _Clocks:
    """Which series have equal times: a clock is the times of a piece behind those of another clock."""

    def __init__(self, size: int) -> None:
        self._of = np.zeros(size, np.int64)  # the clock of each series; number 0 has no times
        self._chain: list[tuple[int, Times]] = [(0, np.zeros(0, np.int64))]  # the clock before, and the times behind it

    def add(self, piece: Piece | Ragged) -> None:
        """Put a piece's times behind those of its series."""
        before, first = self._of[piece.series], len(self._chain)
        if isinstance(piece, Ragged):
            self._of[piece.series] = np.arange(first, first + len(before))
            cuts = np.split(piece.times, piece.ends[:-1])
            self._chain += zip(before.tolist(), cuts, strict=True)
        elif before[0] == before[-1] and (before == before[0]).all():
            self._of[piece.series] = first
            self._chain.append((int(before[0]), piece.times))
        else:
            distinct, which = np.unique(before, return_inverse=True)
            self._of[piece.series] = first + which
            self._chain += [(clock, piece.times) for clock in distinct.tolist()]

    def times(self) -> tuple[Times, Index]:
        """The times of every clock in use, and [S] where those of each series begin."""
        distinct, which = np.unique(self._of, return_inverse=True)
        sequences = [self._sequence(clock) for clock in distinct.tolist()]
        starts = np.cumsum([0, *map(len, sequences[:-1])])
        return np.concatenate([np.zeros(0, np.int64), *sequences]), starts[which]

    def _sequence(self, clock: int) -> Times:
        parts = []
        while clock:
            clock, times = self._chain[clock]
            parts.append(times)
        return np.concatenate([np.zeros(0, np.int64), *reversed(parts)]) if len(parts) != 1 else parts[0]


def _ranks(pieces: Pieces, size: int, series: Index, counts: Index) -> NDArray[np.int32]:
    """Of each sample of some of all series, which piece it is of, in order of rank."""
    ranks, fill = np.empty(int(counts.sum()), np.int32), np.full(size, -1)
    fill[series] = _edges(counts)[:-1]
    order = {rank: at for at, rank in enumerate(sorted({piece.rank for piece in pieces}))}
    for piece in pieces:
        chosen = fill[piece.series] >= 0
        here = piece.series[chosen]
        lengths = piece.counts[chosen] if isinstance(piece, Ragged) else np.full(len(here), len(piece.times))
        ranks[_stretches(fill[here], lengths)] = order[piece.rank]
        fill[here] += lengths
    return ranks


def _stretches(starts: Index, lengths: Index) -> Index:
    """The places of some stretches, one behind the other."""
    ends = np.cumsum(lengths)
    places: Index = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)
    return places


def _places(piece: Piece | Ragged, fill: Index) -> Index:
    """Where a piece's samples go in the result, row by row; moves `fill` on."""
    starts = fill[piece.series]
    if isinstance(piece, Piece):
        fill[piece.series] += len(piece.times)
        return (starts[:, None] + np.arange(len(piece.times))).ravel()
    fill[piece.series] += piece.counts
    return _stretches(starts, piece.counts)


def _put(piece: Piece | Ragged, fill: Index, bits: Bits) -> None:
    """Copy a piece's samples to their places; moves `fill` on."""
    own = piece.bits if isinstance(piece.bits, np.ndarray) else piece.bits()
    if isinstance(piece, Ragged) or len(piece.times) < _SHORT:
        bits[_places(piece, fill)] = own.ravel()
        return
    n, starts = len(piece.times), fill[piece.series]
    fill[piece.series] += n
    for start, row in zip(starts.tolist(), own, strict=True):
        bits[start : start + n] = row


def _in_order(plan: _Plan, bits: Bits, pieces: Pieces) -> tuple[_Plan, Bits]:
    """Put the series that do not ascend in time order; of several samples at one time that of the lowest rank stays."""
    series = _disordered(plan)
    if not len(series):
        return plan, bits
    counts = plan.counts[series]
    places = _stretches(_edges(plan.counts)[series], counts)
    times = plan.times[_stretches(plan.clocks[series], counts)]
    which = np.repeat(np.arange(len(series)), counts)
    order = np.lexsort((_ranks(pieces, len(plan.counts), series, counts), times, which))
    times, bits[places] = times[order], bits[places][order]
    first = np.ones(len(times), np.bool_)
    first[1:] = (np.diff(times) != 0) | (np.diff(which) != 0)
    if not first.all():
        kept = np.ones(len(bits), np.bool_)
        kept[places] = first
        bits, times, counts = bits[kept], times[first], np.bincount(which[first], minlength=len(series))
    clocks, all_counts = plan.clocks.copy(), plan.counts.copy()
    clocks[series], all_counts[series] = len(plan.times) + _edges(counts)[:-1], counts
    return _Plan(all_counts, ascending=True, times=np.concatenate([plan.times, times]), clocks=clocks), bits


def _disordered(plan: _Plan) -> Index:
    """The series whose times do not ascend."""
    filled = np.flatnonzero(plan.counts)
    starts, first = np.unique(plan.clocks[filled], return_index=True)
    ends = starts + plan.counts[filled[first]]
    falls = np.flatnonzero(np.diff(plan.times) <= 0) + 1
    clock = np.searchsorted(starts, falls, side="right") - 1
    within = (clock >= 0) & (falls > starts[clock]) & (falls < ends[clock])
    return filled[np.isin(plan.clocks[filled], starts[clock[within]])]
