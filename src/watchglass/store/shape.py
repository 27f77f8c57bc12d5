"""Shapes: all series with one set of label names, as a table of symbol codes, and a map from codes to rows."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from watchglass.store.block import Refs

Codes2D = NDArray[np.int32]
Mask = NDArray[np.bool_]

_GROWTH = 2
_ROWS = 1024


class Shape:
    """All series with one set of label names; `codes[row]` are the symbols of their values."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.size = 0
        self.codes: Codes2D = np.zeros((4, len(names)), np.int32)
        self.refs: Refs = np.zeros(4, np.uint32)
        self.used: NDArray[np.int64] = np.zeros(4, np.int64)  # ms, when the series was last asked for
        self._slots = array("I", bytes(4 * 8))  # open addressing: row + 1, 0 is empty

    def find(self, codes: tuple[int, ...]) -> int:
        """The row with these codes, or -1."""
        mask = len(self._slots) - 1
        at = hash(codes) & mask
        while row := self._slots[at]:
            if tuple(self.codes[row - 1].tolist()) == codes:
                return row - 1
            at = (at + 1) & mask
        return -1

    def add(self, codes: tuple[int, ...], ref: int, now_ms: int) -> None:
        """Append a row that `find` did not find."""
        if self.size == len(self.refs):
            self._grow(self.size * _GROWTH)
        self.codes[self.size] = codes
        self.refs[self.size] = ref
        self.used[self.size] = now_ms
        self.size += 1
        if 2 * self.size > len(self._slots):
            self._rehash()
        else:
            self._place(codes, self.size)

    def extend(self, codes: Codes2D, refs: Refs, now_ms: int) -> None:
        """Append many rows, known to be new."""
        end = self.size + len(refs)
        if end > len(self.refs):
            self._grow(end)
        self.codes[self.size : end], self.refs[self.size : end], self.used[self.size : end] = codes, refs, now_ms
        self.size = end
        self._rehash()

    def keep(self, rows: Mask) -> None:
        """Drop the rows that are not in the mask; arrays handed out before stay as they were."""
        size = self.size
        self.codes, self.refs = self.codes[:size][rows], self.refs[:size][rows]
        self.used = self.used[:size][rows]
        self.size = len(self.refs)
        self._grow(max(4, self.size))
        self._rehash()

    def recode(self, mapping: NDArray[np.int32]) -> None:
        """Replace every symbol code by `mapping[code]`."""
        self.codes = mapping[self.codes]
        self._rehash()

    def _grow(self, capacity: int) -> None:
        for name in ("codes", "refs", "used"):
            old = getattr(self, name)
            new = np.zeros((capacity, *old.shape[1:]), old.dtype)
            new[: self.size] = old[: self.size]
            setattr(self, name, new)

    def _rehash(self) -> None:
        slots = 8
        while slots < 3 * self.size:
            slots *= 2
        self._slots = array("I", bytes(4 * slots))
        for row, codes in enumerate(rows_of(self.codes[: self.size]), 1):
            self._place(tuple(codes), row)

    def _place(self, codes: tuple[int, ...], row: int) -> None:
        mask = len(self._slots) - 1
        at = hash(codes) & mask
        while self._slots[at]:
            at = (at + 1) & mask
        self._slots[at] = row


def rows_of(codes: Codes2D) -> Iterator[list[int]]:
    """The rows of a table as lists, some at a time: all at once they are a hundred bytes a label."""
    for start in range(0, len(codes), _ROWS):
        yield from codes[start : start + _ROWS].tolist()
