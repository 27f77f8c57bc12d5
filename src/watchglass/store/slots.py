"""Per-series state of the head, in columns: newest sample and where in the open pages the series lives.

A slot is a row of this table. Slots are in ascending order of series number, so that a search finds them; forgetting series
closes the gaps and thereby renumbers slots.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index
from watchglass.store.block import Refs
from watchglass.store.chunk import ABSENT_BITS

NEVER = np.iinfo(np.int64).min
"""The time of the newest sample of a series that has none."""

_FILL: dict[str, tuple[type, float]] = {
    "refs": (np.uint32, 0),
    "first_ms": (np.int64, np.iinfo(np.int64).max),
    "final_ms": (np.int64, NEVER),
    "last_ms": (np.int64, NEVER),
    "last_bits": (np.uint64, ABSENT_BITS),
    "page": (np.int32, -1),
    "row": (np.int16, 0),
    "single": (np.int32, -1),
    "single_row": (np.int16, 0),
    "late": (np.int32, -1),
    "late_row": (np.int16, 0),
}


class Slots:
    """The table; one thread changes it, others read it under the head's lock."""

    refs: Refs  # ascending
    first_ms: NDArray[np.int64]  # not after the oldest sample
    final_ms: NDArray[np.int64]  # not before the newest sample, wherever it came from
    last_ms: NDArray[np.int64]  # newest appended sample
    last_bits: NDArray[np.uint64]  # its value's bit pattern
    page: NDArray[np.int32]  # number of the scrape page, -1: none
    row: NDArray[np.int16]
    single: NDArray[np.int32]  # number of the page of single series
    single_row: NDArray[np.int16]
    late: NDArray[np.int32]  # number of the page of late samples
    late_row: NDArray[np.int16]

    def __init__(self) -> None:
        self.size = 0
        for name, (dtype, fill) in _FILL.items():
            setattr(self, name, np.full(64, fill, dtype))

    def known(self) -> Refs:
        """Every series, ascending."""
        return self.refs[: self.size]

    def extend(self, refs: Refs) -> None:
        """Add series, ascending and above all known ones."""
        end = self.size + len(refs)
        if end > len(self.refs):
            self._grow(max(end, 2 * len(self.refs)))
        self.refs[self.size : end] = refs
        self.size = end

    def _grow(self, capacity: int) -> None:
        for name, (dtype, fill) in _FILL.items():
            column: NDArray[Any] = np.full(capacity, fill, dtype)
            column[: self.size] = getattr(self, name)[: self.size]
            setattr(self, name, column)

    def find(self, refs: Refs) -> Index:
        """[n] the slot of each series, -1 where it is unknown."""
        known = self.known()
        if not len(known):
            return np.full(len(refs), -1, np.int64)
        slots = np.minimum(np.searchsorted(known, refs), len(known) - 1)
        slots[known[slots] != refs] = -1
        return slots

    def ranges(self, refs: Refs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """[n] before and after which each series has no sample; an empty range where it is unknown."""
        slots = self.find(refs)
        known = slots >= 0
        first_ms = np.where(known, self.first_ms[slots], np.iinfo(np.int64).max)
        return first_ms, np.where(known, self.final_ms[slots], NEVER)

    def remove(self, refs: Refs) -> None:
        """Forget series, ascending; every slot number changes."""
        kept = ~np.isin(self.known(), refs, assume_unique=True)
        size = int(kept.sum())
        for name, (dtype, fill) in _FILL.items():
            column: NDArray[Any] = np.full(max(64, size), fill, dtype)
            column[:size] = getattr(self, name)[: self.size][kept]
            setattr(self, name, column)
        self.size = size
