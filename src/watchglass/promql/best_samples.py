"""Which of equal samples `topk` and `bottomk` keep: those that are left in a binary heap of so many places.

A better sample takes the place of the heap's root, which is any of the worst that it holds, not the last of them. So it takes
the very moves of Go's container/heap to know who goes.
Source: prometheus/prometheus, promql/engine.go (aggregationK; aggregation in 2.42), promql/functions.go (vectorByValueHeap).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ABSENT = int(np.iinfo(np.int64).min)
"""The key of a sample that is not there."""

NAN = ABSENT + 1
"""The key of NaN, which ranks behind every number."""

_CHUNK = 64

_Sample = tuple[int, int]  # key and member


def heap_of_best(keys: NDArray[np.int64], limit: int, *, legacy: bool) -> list[int]:
    """The members that are kept, in the order in which the heap holds them.

    Args:
        keys: [M] one for each member of a group, greater where it is better.
        limit: the number of places; positive.
        legacy: Prometheus 2.42's heap, where the root leaves before the better sample comes, and one NaN displaces another.
    """
    members = np.flatnonzero(keys > ABSENT)
    heap: list[_Sample] = []
    for sample in _samples(keys, members[:limit]):
        heap.append(sample)
        _up(heap, len(heap) - 1)
    replace, start, width = _swap_root if legacy else _overwrite_root, limit, _CHUNK
    while start < len(members):
        chunk = members[start : start + width]
        start, width = start + width, 2 * width  # ever fewer are good enough
        for sample in _samples(keys, chunk[keys[chunk] >= heap[0][0]]):
            root = heap[0][0]
            if root < sample[0] or (legacy and root == NAN):
                replace(heap, sample)
    return [member for _, member in heap]


def _samples(keys: NDArray[np.int64], members: NDArray[np.int64]) -> list[_Sample]:
    return list(zip(keys[members].tolist(), members.tolist(), strict=True))


def _overwrite_root(heap: list[_Sample], sample: _Sample) -> None:
    heap[0] = sample
    _down(heap, len(heap))


def _swap_root(heap: list[_Sample], sample: _Sample) -> None:
    last = len(heap) - 1
    heap[0] = heap[last]
    _down(heap, last)
    heap[last] = sample
    _up(heap, last)


def _is_worse(one: _Sample, other: _Sample) -> bool:
    return one[0] < other[0] or one[0] == NAN


def _up(heap: list[_Sample], place: int) -> None:
    while place:
        parent = (place - 1) // 2
        if not _is_worse(heap[place], heap[parent]):
            return
        heap[place], heap[parent] = heap[parent], heap[place]
        place = parent


def _down(heap: list[_Sample], size: int) -> None:
    place = 0
    while (child := 2 * place + 1) < size:
        if child + 1 < size and _is_worse(heap[child + 1], heap[child]):
            child += 1
        if not _is_worse(heap[child], heap[place]):
            return
        heap[place], heap[child] = heap[child], heap[place]
        place = child
