"""A range of time over stored history and the present: increases, points to draw, and quantiles of buckets."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise

from watchglass.sdk.dinoair.reading import Reading
from watchglass.sdk.dinoair.segment import STEP_MS, History, SeriesId
from watchglass.sdk.dinoair.shapes import Coverage, Distribution, Points, Quantiles
from watchglass.sdk.dinoair.storage import MetricsStorage

EVERY_READING = "dinoair_system_health_score"
"""A metric that is in every reading: its times are those of the readings."""

FINE_HOURS = 2
"""Up to so many hours every reading is looked at; beyond, five-minute means do where there are some."""

_STEPS_S = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800)
_MOST_POINTS = 100

Labels = tuple[tuple[str, str], ...]


class Span:
    """What happened to some metrics in the last hours.

    Args:
        storage: where history is.
        current: the present, which is the last point.
        hours: how far back.
        names: of metrics.
        began_ms: when the process began, whose counters were zero then.
        slack_ms: how far two readings may lie apart.
    """

    def __init__(
        self,
        storage: MetricsStorage,
        current: Reading,
        hours: int,
        names: Collection[str],
        *,
        began_ms: int,
        slack_ms: int = STEP_MS,
    ) -> None:
        self.end_ms, self.start_ms = current.timestamp_ms, current.timestamp_ms - hours * 3_600_000
        self.fine = hours <= FINE_HOURS
        self.step_s = next(step for step in _STEPS_S if hours * 3600 / step <= _MOST_POINTS)
        wanted = {*names, EVERY_READING}
        earliest_ms = self.start_ms - 2 * max(slack_ms, STEP_MS)  # what a counter had before the range is its base
        found = storage.histories(sorted(wanted), earliest_ms, self.end_ms, fine=self.fine)
        self._histories = {(history.id.name, history.id.labels): history for history in found}
        self._append(current, wanted)
        began = [began_ms] if began_ms >= self.start_ms else []
        self._known_from_ms = min([*self._of_all_readings()[:1], *began, self.end_ms])
        self._first_ms = max(self.start_ms, self._known_from_ms)
        self._slack_ms = slack_ms

    def _append(self, current: Reading, wanted: Collection[str]) -> None:
        for point in current.points():
            if point.name in wanted:
                series = SeriesId(point.name, point.labels, point.type)
                history = self._histories.setdefault((point.name, point.labels), History(series))
                if point.type != "gauge" or history.times_ms[-1:] != [
                    point.timestamp_ms
                ]:  # else it is in a mean already
                    history.append(point.timestamp_ms, point.value)
                    history.in_order()

    def _of_all_readings(self) -> list[int]:
        history = self._histories.get((EVERY_READING, ()))
        return history.times_ms if history else []

    def coverage(self) -> Coverage:
        """How much of the range there is."""
        first_ms = self._first_ms
        complete = first_ms <= self.start_ms + max(self._slack_ms, self.step_s * 1000)
        asked, there = (self.end_ms - self.start_ms) / 3.6e6, (self.end_ms - first_ms) / 3.6e6
        note = "" if complete else f"The data begin {there:.1f} h ago; {asked:g} h were asked for."
        return Coverage(
            from_ms=self.start_ms,
            to_ms=self.end_ms,
            data_from_ms=first_ms,
            complete=complete,
            step_seconds=self.step_s,
            rolled_up=not self.fine,
            note=note,
        )

    @property
    def minutes(self) -> float:
        """How long the part of the range is that there are data for; at least one."""
        return max(1.0, (self.end_ms - self._first_ms) / 60_000)

    def series(self, name: str) -> Iterator[tuple[dict[str, str], History]]:
        """The series of a metric, by labels."""
        for (metric, labels), history in self._histories.items():
            if metric == name and history.times_ms and history.times_ms[-1] >= self.start_ms:
                yield dict(labels), history

    def increase(self, name: str, by: Sequence[str]) -> dict[tuple[str, ...], float]:
        """By how much counters grew in the range, summed over series with the same values of some labels."""
        totals: dict[tuple[str, ...], float] = defaultdict(float)
        for labels, history in self.series(name):
            key = tuple(labels.get(label, "") for label in by)
            totals[key] += sum(grown for _, grown in self._growth(history))
        return dict(totals)

    def _growth(self, history: History) -> Iterator[tuple[int, float]]:
        """By how much a counter grew up to each of its times in the range; one that fell began again at zero."""
        before: float | None = None if self._known_from_ms >= history.times_ms[0] else 0.0
        for at_ms, value, high in zip(history.times_ms, history.values, history.highs, strict=True):
            if at_ms > self.start_ms and before is not None:
                grown = value - before if value >= before and high <= value else max(0.0, high - before) + value
                yield at_ms, grown
            before = value

    def rate_points(self, name: str, by: Callable[[dict[str, str]], bool] = lambda _labels: True) -> Points:
        """How much the chosen series of a counter grew a minute, all together."""
        bins: dict[int, float] = {}
        for labels, history in self.series(name):
            for at_ms, grown in self._growth(history) if by(labels) else ():
                bins[self._bin(at_ms)] = bins.get(self._bin(at_ms), 0.0) + grown
        known = {self._bin(at_ms) for at_ms in self._of_all_readings() if at_ms >= self.start_ms}
        return [
            (at_ms, self._a_minute(bins.get(at_ms, 0.0), at_ms) if at_ms in known else None) for at_ms in self._bins()
        ]

    def _a_minute(self, count: float, bin_ms: int) -> float | None:
        """A count of one bin by the minutes of it that lie in the range; None where they are too few to say much."""
        step_ms = self.step_s * 1000
        length_ms = min(self.end_ms, bin_ms + step_ms) - max(self.start_ms, bin_ms)
        return round(count * 60_000 / length_ms, 4) if length_ms >= step_ms / 10 else None

    def level_points(self, history: History, *, highest: bool = False) -> Points:
        """A gauge over the range: means, or the highest of each step."""
        bins: dict[int, list[float]] = defaultdict(list)
        for at_ms, value in zip(history.times_ms, history.highs if highest else history.values, strict=True):
            if at_ms >= self.start_ms:
                bins[self._bin(at_ms)].append(value)
        merge = max if highest else _mean
        return [(at_ms, round(merge(bins[at_ms]), 3) if at_ms in bins else None) for at_ms in self._bins()]

    def _bin(self, at_ms: int) -> int:
        step_ms = self.step_s * 1000
        return at_ms // step_ms * step_ms

    def _bins(self) -> range:
        return range(self._bin(self.start_ms), self.end_ms + 1, self.step_s * 1000)

    def summary(self, name: str, **labels: str) -> tuple[Quantiles, list[Distribution]]:
        """What the values of a histogram were in the range: mean and quantiles, and how many lie in each bucket."""
        buckets = self._buckets(name, labels)
        count = buckets[-1][1] if buckets else 0.0
        chosen = sum(
            value for key, value in self.increase(f"{name}_sum", tuple(labels)).items() if key == tuple(labels.values())
        )
        quantiles = Quantiles(
            average=chosen / count if count else None,
            p50=quantile(0.5, buckets),
            p90=quantile(0.9, buckets),
            p95=quantile(0.95, buckets),
            p99=quantile(0.99, buckets),
        )
        return quantiles, distribution(buckets)

    def _buckets(self, name: str, labels: dict[str, str]) -> list[tuple[float, float]]:
        """Upper bounds, and how many values were at most so high."""
        grown = self.increase(f"{name}_bucket", (*labels, "le"))
        chosen = {key[-1]: value for key, value in grown.items() if key[:-1] == tuple(labels.values())}
        return sorted((float(bound), count) for bound, count in chosen.items())


def quantile(share: float, buckets: Sequence[tuple[float, float]]) -> float | None:
    """The value that `share` of all values do not exceed, by even spread within a bucket; None without values.

    As PromQL's `histogram_quantile`: what lies in the last bucket counts as its lower bound.
    """
    if not buckets or not buckets[-1][1]:
        return None
    rank = share * buckets[-1][1]
    below, lower = 0.0, 0.0
    for bound, count in buckets:
        if count >= rank:
            if math.isinf(bound):
                return lower
            return round(lower + (bound - lower) * ((rank - below) / (count - below) if count > below else 1.0), 6)
        below, lower = count, bound
    return lower


def distribution(buckets: Sequence[tuple[float, float]]) -> list[Distribution]:
    """Buckets, each with its own count alone."""
    edges = [(0.0, 0.0), *buckets]
    return [
        Distribution(above=low, up_to=None if math.isinf(high) else high, count=max(0.0, count - below))
        for (low, below), (high, count) in pairwise(edges)
    ]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
