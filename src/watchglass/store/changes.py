"""What changed since when: lets a cache of query results know how far back it still holds.

Every change that readers can see is noted after it is visible, by the time of its oldest sample. So an answer that was
computed after `mark` stands, at every step before `oldest_since(mark)`.
"""

from __future__ import annotations

import threading
from bisect import bisect_right

EVERYTHING = -(1 << 63)
"""A change that may concern any time: samples were deleted or lost."""
NOTHING = (1 << 63) - 1
"""No time is so late."""

_MAX_ENTRIES = 1024


class Changes:
    """Counts changes, and remembers for each count the oldest time that was changed after it.

    Times that later changes reach below are forgotten at once, so both lists ascend. Where they grow too long, the older
    half is thinned: what is said is then older than need be, never too young.
    """

    def __init__(self, max_entries: int = _MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._lock = threading.Lock()
        self._count = 0
        self._counts: list[int] = []
        self._oldest: list[int] = []

    def note(self, oldest_ms: int) -> None:
        """Samples at `oldest_ms` or later have just become visible, or gone."""
        with self._lock:
            self._count += 1
            while self._oldest and self._oldest[-1] >= oldest_ms:
                self._oldest.pop()
                self._counts.pop()
            self._oldest.append(oldest_ms)
            self._counts.append(self._count)
            if len(self._counts) > self._max_entries:
                self._thin()

    def _thin(self) -> None:
        """Let every second of the older half stand for the one after it."""
        half = self._max_entries // 2
        self._oldest[:half] = self._oldest[:half:2]
        self._counts[:half] = self._counts[1:half:2]

    def mark(self) -> int:
        """Now, for `oldest_since` later on."""
        with self._lock:
            return self._count

    def oldest_since(self, mark: int) -> int:
        """The time in ms before which nothing has changed since `mark`; NOTHING when nothing has at all."""
        with self._lock:
            at = bisect_right(self._counts, mark)
            return self._oldest[at] if at < len(self._oldest) else NOTHING
