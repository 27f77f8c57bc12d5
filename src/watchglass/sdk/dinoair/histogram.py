"""Observations of one series: counts by bucket, and the last of them, as a list of bounded length."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import overload

DEFAULT_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Bounds of a histogram that no pack declares, in seconds: from a cache to a slow model."""


class BoundedHistogram(Sequence[float]):
    """To its user a list that takes any number of values and remembers the last; what is exported are its buckets.

    `len`, iteration and indexing see the values that are kept, the last one at -1. `total` and `sum` are of all.

    Args:
        bounds: upper bounds of the buckets, rising, without infinity.
        kept: how many values are remembered.
        lock: held while a value is added.
    """

    __slots__ = ("_kept", "_lock", "bounds", "counts", "key", "labels", "sum", "used")

    def __init__(self, bounds: Sequence[float] = DEFAULT_BUCKETS, *, kept: int = 100, lock: Lock | None = None) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0.0] * (len(self.bounds) + 1)  # of each bucket alone; the last one is what lies beyond
        self.sum = 0.0
        self.key, self.labels, self.used = "", (), False  # type: str, tuple[tuple[str, str], ...], bool
        self._kept: deque[float] = deque(maxlen=kept)
        self._lock = lock or Lock()

    def append(self, value: float) -> None:
        """Add a value; what is no finite number is left out, since it would spoil the sum for good."""
        with self._lock:
            self.observe(float(value))

    def extend(self, values: Iterable[float]) -> None:
        """Add several values."""
        for value in values:
            self.append(value)

    def __iadd__(self, values: Iterable[float]) -> BoundedHistogram:  # noqa: PYI034 - no subclass is meant
        """Add several values, as `list` does."""
        self.extend(values)
        return self

    def observe(self, value: float, weight: float = 1.0) -> None:
        """Add a value that stands for `weight` of its kind; for one who holds the lock."""
        if math.isfinite(value):
            self.counts[bisect_left(self.bounds, value)] += weight
            self.sum += value * weight
            self._kept.append(value)
            self.used = True

    @property
    def total(self) -> float:
        """How many values were ever added."""
        return sum(self.counts)

    def cumulative(self) -> Iterator[tuple[float, float]]:
        """Each bucket as it is exposed: its upper bound, infinity last, and how many values it and those below hold."""
        count = 0.0
        for bound, own in zip((*self.bounds, math.inf), self.counts, strict=True):
            count += own
            yield bound, count

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)

    @overload
    def __getitem__(self, place: int) -> float: ...
    @overload
    def __getitem__(self, place: slice) -> list[float]: ...
    def __getitem__(self, place: int | slice) -> float | list[float]:
        """A value that is kept, or a list of them."""
        return list(self._kept)[place]

    def __repr__(self) -> str:
        return f"<{self.key or 'histogram'}: {self.total:g} values, the last {list(self._kept)[-5:]}>"
