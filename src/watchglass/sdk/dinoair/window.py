"""Sums over the last seconds, kept in a ring of slots, so that memory never grows with what happens."""

from __future__ import annotations


class Window:
    """How many values there were in the last so many seconds, and their sum.

    The newest slot is still filling, so the window reaches back between its length less one slot and its length.

    Args:
        length_s: the length of the window in seconds.
        slots: into how many slots it is divided.
    """

    __slots__ = ("_counts", "_numbers", "_slot_s", "_slots", "_sums")

    def __init__(self, length_s: float, slots: int = 20) -> None:
        self._slots, self._slot_s = slots, length_s / slots
        self._numbers = [-slots] * slots  # which slot since the epoch each place holds
        self._counts, self._sums = [0.0] * slots, [0.0] * slots

    def add(self, now_s: float, value: float = 0.0, weight: float = 1.0) -> None:
        """A value at this time, which stands for `weight` of its kind."""
        number = int(now_s / self._slot_s)
        place = number % self._slots
        if self._numbers[place] != number:
            self._numbers[place], self._counts[place], self._sums[place] = number, 0.0, 0.0
        self._counts[place] += weight
        self._sums[place] += value * weight

    def count(self, now_s: float) -> float:
        """How many values there are."""
        return sum(self._counts[place] for place in self._current(now_s))

    def mean(self, now_s: float) -> float | None:
        """Their mean; None where there are none."""
        count = self.count(now_s)
        return sum(self._sums[place] for place in self._current(now_s)) / count if count else None

    def _current(self, now_s: float) -> list[int]:
        newest = int(now_s / self._slot_s)
        return [place for place, number in enumerate(self._numbers) if newest - self._slots < number <= newest]
