"""A byte-bounded cache of decoded samples, so that a dashboard's refresh decodes nothing twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from numpy.typing import NDArray

Decoded = tuple[NDArray[Any], ...]

_OVERHEAD_BYTES = 350  # of an entry: the arrays' headers, the tuple, the key, the dictionary's slot


class ChunkCache:
    """Decoded parts of blocks, the least recently used dropped first; keys begin with block numbers, never reused."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, Decoded] = OrderedDict()
        self.size_bytes = 0
        self.hits = 0
        self.misses = 0

    def get(self, key: Hashable) -> Decoded | None:
        """What was decoded, if it is here."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self.misses += 1
                return None
            self.hits += 1
            self._entries.move_to_end(key)
            return entry

    def put(self, key: Hashable, decoded: Decoded) -> None:
        """Keep what was decoded, in the place of what was there, at the expense of the least recently used."""
        with self._lock:
            if key in self._entries:
                self.size_bytes -= _cost(self._entries.pop(key))
            self._entries[key] = decoded
            self.size_bytes += _cost(decoded)
            while self.size_bytes > self.max_bytes and self._entries:
                self.size_bytes -= _cost(self._entries.popitem(last=False)[1])


def _cost(decoded: Decoded) -> int:
    return _OVERHEAD_BYTES + sum([array.nbytes for array in decoded])
