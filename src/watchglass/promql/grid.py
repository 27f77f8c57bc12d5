"""The evaluation grid: the steps at which a query, or a subquery inside it, is evaluated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from watchglass.columns import Times


@dataclass(frozen=True, slots=True)
class Grid:
    """T evenly spaced evaluation times; an instant query has one.

    Attributes:
        start_ms: the first step.
        step_ms: distance between steps; any positive number where there is only one.
        count: the number of steps, T; 0 for a subquery whose range holds none.
    """

    start_ms: int
    step_ms: int
    count: int

    @classmethod
    def spanning(cls, start_ms: int, end_ms: int, step_ms: int) -> Grid:
        """The steps from start to end, both inclusive where the last one falls on the end."""
        return cls(start_ms, step_ms, max(0, (end_ms - start_ms) // step_ms + 1))

    @property
    def end_ms(self) -> int:
        """The last step."""
        return self.start_ms + (self.count - 1) * self.step_ms

    def times(self) -> Times:
        """[T] ms."""
        return self.start_ms + np.arange(self.count, dtype=np.int64) * self.step_ms

    def first(self) -> Grid:
        """The first step alone: where a step-invariant expression is evaluated."""
        return Grid(self.start_ms, self.step_ms, min(self.count, 1))

    def shifted(self, offset_ms: int) -> Grid:
        """The same steps, seen `offset_ms` earlier."""
        return Grid(self.start_ms - offset_ms, self.step_ms, self.count)
