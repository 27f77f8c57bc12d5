"""A byte-bounded cache of decoded chunks, so that a dashboard's refresh decodes nothing twice."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

Decoded = tuple[NDArray[np.generic], ...]

_OVERHEAD_BYTES = 250  # of an entry: the arrays' headers, the tuple, the dictionary's slot


class ChunkCache:
    """Decoded chunks by chunk id, the least recently used dropped first; ids are never reused."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[int, Decoded] = OrderedDict()
        self.size_bytes = 0
        self.hits = 0
        self.misses = 0

    def get(self, chunk: int) -> Decoded | None:
        """The decoded chunk, if it is here."""
        with self._lock:
            entry = self._entries.get(chunk)
            if entry is None:
                self.misses += 1
                return None
            self.hits += 1
            self._entries.move_to_end(chunk)
            return entry

    def put(self, chunk: int, decoded: Decoded) -> None:
        """Keep a decoded chunk, at the expense of the least recently used ones."""
        with self._lock:
            if chunk in self._entries:
                return
            self._entries[chunk] = decoded
            self.size_bytes += _cost(decoded)
            while self.size_bytes > self._max_bytes and self._entries:
                self.size_bytes -= _cost(self._entries.popitem(last=False)[1])


def _cost(decoded: Decoded) -> int:
    return _OVERHEAD_BYTES + sum(array.nbytes for array in decoded)
