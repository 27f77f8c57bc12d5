"""Small helpers of the simulated systems: choices by weight, spread values, and how many are there at a time."""

from __future__ import annotations

import numpy as np

from watchglass.simulate.table import Column


def chosen(random: np.random.Generator, size: int, weights: tuple[float, ...]) -> Column:
    """Codes drawn by weight."""
    edges = np.cumsum(np.array(weights) / sum(weights))
    return np.minimum(np.searchsorted(edges, random.random(size), side="right"), len(weights) - 1)


def spread(random: np.random.Generator, size: int, median: Column | float, sigma: float = 0.5) -> Column:
    """Lognormal values around a median: most near it, a few far above."""
    return np.asarray(median) * random.lognormal(0, sigma, size)


def within(random: np.random.Generator, start_ms: Column, end_ms: Column, counts: Column) -> tuple[Column, Column]:
    """So many times between each start and end; whose each is, and the times, all in order."""
    whose = np.repeat(np.arange(len(counts)), counts)
    times = start_ms[whose] + (random.random(len(whose)) * (end_ms - start_ms)[whose]).astype(np.int64)
    order = np.argsort(times, kind="stable")
    return whose[order], times[order]


def alive(start_ms: Column, end_ms: Column, times_ms: Column) -> Column:
    """How many have begun and not ended at each time."""
    begun = np.searchsorted(np.sort(start_ms), times_ms, side="right")
    there: Column = begun - np.searchsorted(np.sort(end_ms), times_ms, side="right")
    return there


def recent(events_ms: Column, times_ms: Column, span_ms: int) -> Column:
    """How many of the events, which are in order, lie in the span that ends at each time."""
    upto = np.searchsorted(events_ms, times_ms, side="right")
    lately: Column = upto - np.searchsorted(events_ms, times_ms - span_ms, side="right")
    return lately


def in_ms(seconds: Column) -> Column:
    """Durations as whole milliseconds, at least one."""
    whole: Column = np.maximum(np.rint(seconds * 1000).astype(np.int64), 1)
    return whole
