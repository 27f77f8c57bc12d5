"""Samples from events: what a scraper would have read of a process at given times.

Counts and observations begin at zero when the process starts; levels and last values know what was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from prometheus_client.utils import floatToGoString

from watchglass.simulate.effects import Effect, Kind
from watchglass.simulate.table import Column, Log, Table


@dataclass(frozen=True, slots=True)
class Series:
    """One series, read at every time of a grid.

    Attributes:
        name: of the metric, with `_bucket`, `_sum` or `_count` where it is a part of a histogram.
        labels: all but those of the target.
        values: one for each time from `first` on.
        first: place of the first time at which it is there.
    """

    name: str
    labels: Mapping[str, str]
    values: Column
    first: int = 0


def series_of(
    log: Log, effects: Sequence[Effect], buckets: Mapping[str, Sequence[float]], grid: Column, up_ms: int
) -> Iterator[Series]:
    """Every series that the effects make.

    Args:
        log: what happened.
        effects: what it does to metrics.
        buckets: of each histogram, its bounds without `+Inf`.
        grid: when the process is read, rising, none before `up_ms`; milliseconds.
        up_ms: when the process started.
    """
    for effect in effects:
        events = log[effect.table]
        if effect.kind is Kind.COUNT:
            yield from _counted(effect, events, grid, up_ms)
        elif effect.kind is Kind.OBSERVE:
            yield from _observed(effect, events, buckets[effect.metric], grid, up_ms)
        elif effect.kind is Kind.LEVEL:
            yield from _levels(effect, events, grid)
        else:
            yield from _lasts(effect, events, grid)


def _counted(effect: Effect, events: Table, grid: Column, up_ms: int) -> Iterator[Series]:
    events = _within(effect, events, grid, up_ms)
    groups = _Groups(effect, events)
    weights = events[effect.value] if effect.value else None
    totals = _binned(groups.codes, len(groups), events[effect.at], grid, weights)
    seen = totals if weights is None else _binned(groups.codes, len(groups), events[effect.at], grid)
    yield from _from_first(groups, {effect.metric: totals}, seen)


def _observed(effect: Effect, events: Table, bounds: Sequence[float], grid: Column, up_ms: int) -> Iterator[Series]:
    events = _within(effect, events, grid, up_ms)
    groups = _Groups(effect, events)
    values, times, places = events[effect.value], events[effect.at], len(bounds) + 1
    codes = groups.codes * places + np.searchsorted(np.asarray(bounds), values)
    counts = _binned(codes, len(groups) * places, times, grid).reshape(len(groups), places, len(grid)).cumsum(axis=1)
    sums = _binned(groups.codes, len(groups), times, grid, values)
    seen = counts[:, -1]
    for place, bound in enumerate([*bounds, float("inf")]):
        le = str(floatToGoString(bound))  # type: ignore[no-untyped-call]
        yield from _from_first(groups, {f"{effect.metric}_bucket": counts[:, place]}, seen, {"le": le})
    yield from _from_first(groups, {f"{effect.metric}_sum": sums, f"{effect.metric}_count": seen}, seen)


def _levels(effect: Effect, events: Table, grid: Column) -> Iterator[Series]:
    groups = _Groups(effect, events)
    begun = _binned(groups.codes, len(groups), events[effect.at], grid)
    ended = _binned(groups.codes, len(groups), events[effect.until], grid)
    yield from _from_first(groups, {effect.metric: begun - ended}, begun)


def _lasts(effect: Effect, events: Table, grid: Column) -> Iterator[Series]:
    groups = _Groups(effect, events)
    for code, labels in enumerate(groups.labels):
        chosen = groups.codes == code
        times, values = events[effect.at][chosen], events[effect.value][chosen]
        places = np.searchsorted(times, grid, side="right") - 1
        first = int(np.argmax(places >= 0)) if (places >= 0).any() else len(grid)
        if first < len(grid):
            yield Series(effect.metric, labels, values[places[first:]].astype(np.float64), first)


def _within(effect: Effect, events: Table, grid: Column, up_ms: int) -> Table:
    """The events that a process counts which started at `up_ms`, up to the last time it is read."""
    times = events[effect.at]
    return events.where((times >= up_ms) & (times <= grid[-1]))


def _binned(codes: Column, groups: int, times: Column, grid: Column, weights: Column | None = None) -> Column:
    """What came together of each group up to each time of the grid; `[groups, times]`."""
    places = np.searchsorted(grid, times)
    inside = places < len(grid)
    flat = codes[inside] * len(grid) + places[inside]
    summed = np.bincount(flat, None if weights is None else weights[inside], groups * len(grid))
    return summed.astype(np.float64, copy=False).reshape(groups, len(grid)).cumsum(axis=1)


class _Groups:
    """The sets of label values that occur or are known, and which one each event has."""

    def __init__(self, effect: Effect, events: Table) -> None:
        fixed = {name: column[1:] for name, column in effect.by.items() if column.startswith("=")}
        varying = [(name, column) for name, column in effect.by.items() if name not in fixed]
        packed, sizes = _packed(events, [column for _, column in varying])
        known = [_code(effect, events, sizes, values) for values in effect.known]
        self.codes: Column
        present, self.codes = np.unique(np.concatenate([np.array(known, np.int64), packed]), return_inverse=True)
        self.codes = self.codes[len(known) :]
        self.known = set(np.searchsorted(present, known).tolist()) if varying else {0}
        self.labels = [fixed | _unpacked(int(code), events, varying, sizes) for code in present]
        if not varying and not self.labels:  # without labels it is there from the start, whatever happens
            self.labels = [fixed]

    def __len__(self) -> int:
        return len(self.labels)


def _packed(events: Table, columns: Sequence[str]) -> tuple[Column, list[int]]:
    """One number for the codes of several columns, and how many codes each column has."""
    sizes = [len(events.words[column]) for column in columns]
    packed = np.zeros(len(events), np.int64)
    for column, size in zip(columns, sizes, strict=True):
        packed = packed * size + events[column]
    return packed, sizes


def _code(effect: Effect, events: Table, sizes: Sequence[int], values: Sequence[str]) -> int:
    code = 0
    columns = [column for column in effect.by.values() if not column.startswith("=")]
    for column, size, value in zip(columns, sizes, values, strict=True):
        code = code * size + events.words[column].index(value)
    return code


def _unpacked(code: int, events: Table, varying: Sequence[tuple[str, str]], sizes: Sequence[int]) -> dict[str, str]:
    labels = {}
    for (name, column), size in reversed(list(zip(varying, sizes, strict=True))):
        code, place = divmod(code, size)
        labels[name] = events.words[column][place]
    return labels


def _from_first(
    groups: _Groups, matrices: Mapping[str, Column], seen: Column, more: Mapping[str, str] | None = None
) -> Iterable[Series]:
    """Each row as a series that begins where its first event was seen, or at once where it is known."""
    for code, labels in enumerate(groups.labels):
        first = 0 if code in groups.known else int(np.argmax(seen[code] > 0))
        if code in groups.known or seen[code, -1] > 0 or seen[code].any():
            for name, matrix in matrices.items():
                yield Series(name, {**labels, **(more or {})}, matrix[code, first:], first)
