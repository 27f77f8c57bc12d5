"""Bounds how many series one target may have, in all and of each metric; what is beyond is left out, counted and told.

A series that is gone makes room for a new one. One that was left out stays so for as long as the target exposes it without a break.
"""

from __future__ import annotations

from collections.abc import Iterable

from watchglass.collect.job import ScrapeLimits
from watchglass.model.labels import METRIC_NAME, Labels


class SeriesLimiter:
    """Counts the series of one target. Where there is no limit it does nothing.

    Args:
        limits: those of its job.
    """

    def __init__(self, limits: ScrapeLimits) -> None:
        self._of_metric, self._of_target = limits.series_per_metric, limits.series
        self._metrics: dict[int, str] = {}  # of each ref that counts
        self._counts: dict[str, int] = {}
        self.left_out: dict[str, int] = {}
        """How many series were left out, by metric."""

    @property
    def is_on(self) -> bool:
        """Whether there is a limit."""
        return bool(self._of_metric or self._of_target)

    def admits(self, labels: Labels) -> bool:
        """Whether there is room for a new series; one for which there is none is counted."""
        metric = labels.get(METRIC_NAME)
        full = bool(self._of_target) and len(self._metrics) >= self._of_target
        if full or (self._of_metric and self._counts.get(metric, 0) >= self._of_metric):
            self.left_out[metric] = self.left_out.get(metric, 0) + 1
            return False
        return True

    def add(self, ref: int, labels: Labels) -> None:
        """Count a series; the same one once."""
        if ref not in self._metrics:
            metric = self._metrics[ref] = labels.get(METRIC_NAME)
            self._counts[metric] = self._counts.get(metric, 0) + 1

    def keep(self, refs: Iterable[int]) -> None:
        """Only these series are still there; the others make room."""
        for ref in self._metrics.keys() - set(refs):
            self._counts[self._metrics.pop(ref)] -= 1

    def forget(self) -> None:
        """The refs mean nothing any more."""
        self._metrics.clear()
        self._counts.clear()
