"""An in-memory Queryable: series as Python lists, for tests of the engine alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from watchglass.columns import LabelTable, SeriesSet, empty_series_set
from watchglass.errors import QueryLimitError
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.regex import compile_anchored


@dataclass(frozen=True)
class Histogram:
    """A native histogram that nobody looks into; equal text, equal histogram."""

    text: str


class MemoryQueryable:
    """Holds `{labels: [(time_ms, value), ...]}`, values being floats or histograms; gives out what a store would."""

    def __init__(self, series=()):
        self.series_by_labels: dict[Labels, dict[int, float | Histogram]] = {}
        self.histograms: list[Histogram] = []
        for labels, samples in dict(series).items():
            self.add(labels, samples)

    def add(self, labels, samples):
        self.series_by_labels.setdefault(Labels.of(labels), {}).update(samples)

    def clear(self):
        self.series_by_labels.clear()

    def select(self, matchers, start_ms, end_ms, *, max_samples=None, loading=None):
        rows, counts, times, values, flags = [], [], [], [], []
        for labels, samples in self.series_by_labels.items():
            if not all(matches(matcher, labels) for matcher in matchers):
                continue
            inside = sorted((time, value) for time, value in samples.items() if start_ms <= time <= end_ms)
            if inside:
                rows.append(labels)
                counts.append(len(inside))
                times += [time for time, _ in inside]
                values += [self._number(value) for _, value in inside]
                flags += [isinstance(value, Histogram) for _, value in inside]
        if max_samples is not None and len(times) > max_samples:
            raise QueryLimitError("query processing would load too many samples into memory in query execution")
        if not rows:
            return empty_series_set()
        if loading is not None:
            loading(16 * len(times))
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        histograms = np.array(flags) if any(flags) else None
        return SeriesSet(
            LabelTable.of(rows), offsets, np.array(times, np.int64), np.array(values, np.float64), histograms
        )

    def _number(self, value):
        """A float itself; of a histogram, where in `histograms` it is."""
        if not isinstance(value, Histogram):
            return value
        self.histograms.append(value)
        return float(len(self.histograms) - 1)


def matches(matcher: Matcher, labels: Labels) -> bool:
    value = labels.get(matcher.name)
    match matcher.type:
        case MatchType.EQUAL:
            return value == matcher.value
        case MatchType.NOT_EQUAL:
            return value != matcher.value
        case MatchType.REGEX:
            return compile_anchored(matcher.value)(value)
        case MatchType.NOT_REGEX:
            return not compile_anchored(matcher.value)(value)


def series_set(series) -> SeriesSet:
    """Unnamed series `[(time_ms, value), ...]`, each with a label that numbers it, empty ones included."""
    labels = LabelTable.of([Labels.of(i=f"s{number}") for number in range(len(series))])
    offsets = np.concatenate([[0], np.cumsum([len(points) for points in series])]).astype(np.int64)
    times = np.array([time for points in series for time, _ in points], np.int64)
    return SeriesSet(labels, offsets, times, np.array([value for points in series for _, value in points], np.float64))
