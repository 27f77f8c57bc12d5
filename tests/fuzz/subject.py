"""Our side of the fuzzer: the engine over series in memory, and over a real MetricStore that has them in all its parts."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from answers import Answer, read
from memory import MemoryQueryable

from watchglass.clock import ManualClock
from watchglass.errors import QueryError
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.promql.engine import Engine, EngineOptions
from watchglass.promql.render import render_json
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

OPTIONS = EngineOptions(closed_windows=True, timeout_ms=60_000)
"""Prometheus 2.42's windows and extrapolation."""


@dataclass(frozen=True)
class Question:
    """A query and when it is asked; an instant one where `step_ms` is 0."""

    query: str
    start_ms: int
    end_ms: int
    step_ms: int = 0

    def __str__(self) -> str:
        if not self.step_ms:
            return f"{self.query}   at {self.start_ms}"
        return f"{self.query}   from {self.start_ms} to {self.end_ms} by {self.step_ms}"


def run(engine: Engine, question: Question) -> tuple[str, bytes]:
    """`("", data)`, or `(errorType, message)`."""
    try:
        if question.step_ms:
            result = engine.range(question.query, question.start_ms, question.end_ms, question.step_ms)
        else:
            result = engine.instant(question.query, question.start_ms)
    except QueryError as error:
        return error.kind, str(error).encode()
    return "", render_json(result)


def answer(engine: Engine, question: Question) -> Answer:
    """Our answer."""
    return read(*run(engine, question))


def in_memory(series: dict[Labels, list[tuple[int, float]]]) -> Engine:
    """The engine over series in memory."""
    return Engine(MemoryQueryable(series), OPTIONS)


@contextlib.contextmanager
def in_store(series: dict[Labels, list[tuple[int, float]]], now_ms: int) -> Iterator[Engine]:
    """The engine over a MetricStore: the oldest third was imported, the next sealed into blocks, the rest is in open pages."""
    options = StoreOptions(maintenance_thread=False, commit_interval_ms=0)
    with tempfile.TemporaryDirectory(prefix="fuzz-store-") as folder:
        store = MetricStore(folder, options, ManualClock(now_ms))
        try:
            thirds = [[p[: len(p) // 3] for p in series.values()], [p[len(p) // 3 :] for p in series.values()]]
            store.import_samples(
                (labels, np.array([t for t, _ in points], np.int64), np.array([v for _, v in points]))
                for labels, points in zip(series, thirds[0], strict=True)
            )
            _append(store, dict(zip(series, thirds[1], strict=True)))
            yield Engine(store, OPTIONS)
        finally:
            store.close()


def _append(store: MetricStore, series: dict[Labels, list[tuple[int, float]]]) -> None:
    """Append each series' n-th samples together, and close the group half way, so that its pages are sealed."""
    group = store.open_group("first")
    longest = max(map(len, series.values()), default=0)
    for n in range(longest):
        if n == longest // 2:
            store.close_group(group)
            store.flush()
            group = store.open_group("second")
        batch = {labels: points[n] for labels, points in series.items() if len(points) > n}
        refs = np.array([store.series_ref(labels) for labels in batch], np.uint32)
        values, times = np.array([v for _, v in batch.values()]), np.array([t for t, _ in batch.values()], np.int64)
        future = store.append(Batch(refs, values, times, group))
    if longest:
        assert future.result().appended == len(batch)
        store.flush()
