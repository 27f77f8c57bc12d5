"""Merging: what overlaps is put in order, and what does not keeps the times that it shares."""

from itertools import pairwise

import numpy as np
import pytest

from watchglass.store.merge import merge
from watchglass.store.pieces import Piece, Ragged
from watchglass.store.selection import Selection, ShapeRows


def selection(size):
    refs = np.arange(1, size + 1, dtype=np.uint32)
    return Selection([ShapeRows((), np.zeros((size, 0), np.int32), refs, ())], refs)


def shared(series, times, start, rank=(0, 1)):
    times = np.array(times, np.int64)
    values = start + np.arange(len(series) * len(times), dtype=np.float64).reshape(len(series), -1)
    return Piece(np.array(series), times, values.view(np.uint64), rank)


def single(series, times, start, rank):
    values = start + np.arange(len(times), dtype=np.float64)
    return Ragged(np.array([series]), np.array([len(times)]), np.array(times, np.int64), values.view(np.uint64), rank)


def expected(pieces, size):
    """Each series' samples, of the lowest rank at each time."""
    found = [{} for _ in range(size)]
    for piece in sorted(pieces, key=lambda piece: piece.rank, reverse=True):
        if isinstance(piece, Piece):
            rows = [(place, piece.times, bits) for place, bits in zip(piece.series, piece.bits, strict=True)]
        else:
            rows = [(piece.series[0], piece.times, piece.bits)]
        for place, times, bits in rows:
            found[place].update(zip(times.tolist(), bits.view(np.float64).tolist(), strict=True))
    return [sorted(each.items()) for each in found if each]


def merged(pieces, size):
    result = merge(selection(size), list(pieces))
    spread = result.spread()
    edges = spread.offsets.tolist()
    rows = pairwise(edges)
    return result, [list(zip(spread.times[a:b].tolist(), spread.values[a:b].tolist(), strict=True)) for a, b in rows]


OVERLAPS = {
    "between": [single(2, [5, 15], 900, (1, 2))],
    "at the same times": [single(2, [10, 20, 30], 900, (1, 2))],
    "before by rank": [single(2, [10, 20, 30], 900, (0, 0))],
    "around": [single(0, [1, 99], 900, (1, 2)), single(4, [1, 2], 800, (1, 3))],
    "of several": [shared([1, 2], [11, 21], 900, (1, 2)), shared([2, 3], [21, 30], 800, (1, 3))],
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_overlapping_samples_are_put_in_order(name):
    pieces = [shared(range(4), [10, 20, 30], 0), *OVERLAPS[name], shared([0, 1, 3], [100, 200], 500)]
    assert merged(pieces, 6)[1] == expected(pieces, 6)


def test_only_what_overlaps_gets_times_of_its_own():
    pieces = [shared(range(100), range(0, 1000, 10), 0), single(7, [5], 900, (1, 2))]
    result, rows = merged(pieces, 100)
    assert rows == expected(pieces, 100)
    assert len(np.unique(result.clocks)) == 2
    assert len(result.times) < 400
