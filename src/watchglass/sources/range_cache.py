"""The range cache: of a refreshed range query only the steps are computed that are new, or that may have changed.

An entry holds one query's result on steps of one distance and phase. When it is asked for again, the steps before the oldest
change since then still stand; the source computes those around them, and both are joined.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge

from watchglass.errors import QueryError
from watchglass.promql.engine import QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.parse import parse
from watchglass.promql.value import Vector
from watchglass.sources.freshness import Freshness
from watchglass.sources.reuse import steps_stand_alone
from watchglass.sources.source import Source
from watchglass.sources.steps import join, part_of, shown

_OUTCOMES = ("hit", "partial", "miss", "bypass")
_ENTRY_BYTES = 2048
"""An entry's objects, about."""
_LABEL_BYTES = 80
"""A label value's string, about."""


class Key(NamedTuple):
    """What must agree for steps of two answers to be the same steps."""

    source: str
    query: str
    step_ms: int
    phase_ms: int
    lookback_ms: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A result, when it was computed, and what all of its steps cost."""

    result: QueryResult
    mark: int  # of the source's Freshness
    cost_s: float = 0.0  # that computing took, waiting included

    @property
    def vector(self) -> Vector:
        """The result's series."""
        assert isinstance(self.result.data, Vector)
        return self.result.data

    @property
    def size_bytes(self) -> int:
        """Memory that it takes, about."""
        vector = self.vector
        columns = vector.labels.columns.values()
        labels = sum(column.codes.nbytes + _LABEL_BYTES * len(column.values) for column in columns)
        return _ENTRY_BYTES + vector.values.nbytes + vector.present.nbytes + labels


class RangeCache:
    """Entries of any number of sources; what saves least time for its size and was not used for longest is dropped first.

    So a dashboard that is larger than the cache keeps its dearest panels, and does not drive out all of them in turn.
    Source: Cao and Irani, Cost-Aware WWW Proxy Caching Algorithms (USENIX 1997), GreedyDual-Size.

    Args:
        max_bytes: memory for entries; 0 keeps none.
        registry: where hits and misses are counted.
    """

    def __init__(self, max_bytes: int, registry: CollectorRegistry | None = None) -> None:
        self._max_bytes = max_bytes
        self._entries: dict[Key, Entry] = {}
        self._worth: dict[Key, float] = {}  # seconds saved a byte, above those of what was dropped last
        self._dropped_worth = 0.0
        self._lock = threading.Lock()
        self.size_bytes = 0
        self.queries = Counter(
            "watchglass_query_cache_queries_total",
            "Range queries by what the cache could do: hit, all steps kept; partial, some; miss, none; bypass, not for this query.",
            ["outcome"],
            registry=registry,
        )
        self.steps = Counter(
            "watchglass_query_cache_steps_total",
            "Steps of range queries, by whether they were kept or computed.",
            ["origin"],
            registry=registry,
        )
        for outcome in _OUTCOMES:  # seen as 0 before the first of them
            self.queries.labels(outcome)
        Gauge(
            "watchglass_query_cache_memory_bytes", "Memory that kept results of range queries take.", registry=registry
        ).set_function(lambda: self.size_bytes)

    def get(self, key: Key) -> Entry | None:
        """The entry, if there is one."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._appraise(key, entry)
            return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an entry in the place of the one before it."""
        size = entry.size_bytes
        with self._lock:
            self._drop(key)
            if size > self._max_bytes:
                return
            self._entries[key] = entry
            self._appraise(key, entry)
            self.size_bytes += size
            while self.size_bytes > self._max_bytes:
                least = min(self._worth, key=self._worth.__getitem__)
                self._dropped_worth = self._worth[least]
                self._drop(least)

    def _appraise(self, key: Key, entry: Entry) -> None:
        self._worth.pop(key, None)  # of equals the least recently used is dropped first
        self._worth[key] = self._dropped_worth + entry.cost_s / entry.size_bytes

    def _drop(self, key: Key) -> None:
        dropped = self._entries.pop(key, None)
        if dropped is not None:
            del self._worth[key]
            self.size_bytes -= dropped.size_bytes

    def count(self, outcome: str, kept: int, computed: int) -> None:
        """Count one query."""
        self.queries.labels(outcome).inc()
        self.steps.labels("kept").inc(kept)
        self.steps.labels("computed").inc(computed)


class CachedSource:
    """A source whose range queries go through the cache.

    Args:
        source: answers what is not kept.
        name: tells its entries from those of other sources.
        freshness: tells which steps still stand.
        cache: keeps them.
        max_points: steps of a range query beyond which the source is left to refuse it.
        keeps_warned: whether an answer with warnings is kept; one of a server elsewhere may lack what was not at hand.
    """

    def __init__(
        self,
        source: Source,
        name: str,
        freshness: Freshness,
        cache: RangeCache,
        *,
        max_points: int = 11_001,
        keeps_warned: bool = True,
    ) -> None:
        self._source, self._name, self._freshness, self._cache = source, name, freshness, cache
        self._max_points, self._keeps_warned = max_points, keeps_warned

    @property
    def counting(self) -> Source:
        """The source itself, for who wants to know what a query reads: kept steps are read by nobody."""
        return self._source

    def instant(
        self,
        query: str,
        time_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at one time; see `Source.instant`."""
        return self._source.instant(query, time_ms, timeout_ms=timeout_ms, lookback_ms=lookback_ms, cancel=cancel)

    def range(
        self,
        query: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at every step from start to end; see `Source.range`."""
        ask = partial(
            self._source.range, query, step_ms=step_ms, timeout_ms=timeout_ms, lookback_ms=lookback_ms, cancel=cancel
        )
        count = (end_ms - start_ms) // step_ms + 1 if step_ms > 0 else 0
        if not 0 < count <= self._max_points or not _can_be_kept(query):
            self._cache.count("bypass", 0, max(0, count))
            return ask(start_ms=start_ms, end_ms=end_ms)

        def compute(grid: Grid) -> QueryResult:
            return ask(start_ms=grid.start_ms, end_ms=grid.end_ms)

        key = Key(self._name, query, step_ms, start_ms % step_ms, lookback_ms)
        return self._through_cache(key, Grid(start_ms, step_ms, count), compute)

    def _through_cache(self, key: Key, grid: Grid, compute: Callable[[Grid], QueryResult]) -> QueryResult:
        mark = self._freshness.mark()
        entry = self._cache.get(key)
        if entry is not None:
            standing = _standing(entry, self._freshness)
            if _overlap(grid, standing).count:
                return self._refreshed(key, grid, compute, entry, standing, mark=mark)
        began_s = time.perf_counter()
        result = compute(grid)
        self._cache.count("miss", 0, grid.count)
        if result.grid == grid:  # a source may have moved the steps
            self._keep(key, Entry(result, mark, time.perf_counter() - began_s))
        return result

    def _refreshed(
        self, key: Key, grid: Grid, compute: Callable[[Grid], QueryResult], entry: Entry, standing: Grid, *, mark: int
    ) -> QueryResult:
        """The answer of which some steps stand."""
        kept = _overlap(grid, standing)
        missing = _missing(grid, kept)
        parts = [compute(part) for part in missing]
        if any(_has_histograms(part) or part.grid != asked for part, asked in zip(parts, missing, strict=True)):
            self._cache.count("bypass", 0, grid.count)
            return compute(grid)
        self._cache.count("partial" if parts else "hit", kept.count, grid.count - kept.count)
        if not parts:
            return shown(entry.result, grid)
        wide = _widened(grid, standing, most=max(grid.count, entry.result.grid.count))
        result = join([part_of(entry.result, _overlap(wide, standing)), *parts], wide)
        self._keep(key, Entry(result, mark, entry.cost_s))
        return shown(result, grid)

    def _keep(self, key: Key, entry: Entry) -> None:
        if not _has_histograms(entry.result) and (self._keeps_warned or not entry.result.warnings):
            self._cache.put(key, entry)


def _can_be_kept(query: str) -> bool:
    try:
        return steps_stand_alone(parse(query))
    except QueryError:
        return False  # the source says what is wrong with it


def _has_histograms(result: QueryResult) -> bool:
    return isinstance(result.data, Vector) and result.data.histograms is not None


def _standing(entry: Entry, freshness: Freshness) -> Grid:
    """The steps of an entry that have not changed since."""
    held = entry.result.grid
    return Grid.spanning(held.start_ms, min(held.end_ms, freshness.oldest_since(entry.mark) - 1), held.step_ms)


def _widened(grid: Grid, standing: Grid, most: int) -> Grid:
    """The steps asked for, and older ones that stand before them, so that a long range beside a short one keeps its steps."""
    oldest_ms = max(standing.start_ms, grid.end_ms - (most - 1) * grid.step_ms)
    return Grid.spanning(min(grid.start_ms, oldest_ms), grid.end_ms, grid.step_ms)


def _overlap(grid: Grid, other: Grid) -> Grid:
    """The steps that both have, of the same distance and phase."""
    return Grid.spanning(max(grid.start_ms, other.start_ms), min(grid.end_ms, other.end_ms), grid.step_ms)


def _missing(grid: Grid, kept: Grid) -> list[Grid]:
    """The steps of `grid` before and after those kept."""
    step_ms = grid.step_ms
    before = Grid.spanning(grid.start_ms, kept.start_ms - step_ms, step_ms)
    after = Grid.spanning(kept.end_ms + step_ms, grid.end_ms, step_ms)
    return [part for part in (before, after) if part.count]
