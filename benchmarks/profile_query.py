"""Where a query's time goes, in this process: how long selection, evaluation and rendering take, and the functions that take most."""

from __future__ import annotations

import cProfile
import io
import pstats
import time
from pathlib import Path
from typing import Any

from watchglass.columns import SeriesSet
from watchglass.promql.engine import Engine
from watchglass.promql.render import render_json
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

_FOREVER_MS = 10**13
_LINES = 12


class _Stopwatch:
    """A Queryable that measures how long selections take."""

    def __init__(self, store: MetricStore) -> None:
        self._store = store
        self.seconds = 0.0

    def select(self, *args: Any, **options: Any) -> SeriesSet:
        """What the store selects."""
        started = time.perf_counter()
        try:
            return self._store.select(*args, **options)
        finally:
            self.seconds += time.perf_counter() - started


def print_profile(data: Path, expr: str, start_ms: int, end_ms: int, step_ms: int) -> None:
    """Run a range query on a data directory that nobody uses: cold, then again under the profiler."""
    store = MetricStore(data, StoreOptions(maintenance_thread=False, retention_ms=_FOREVER_MS))
    try:
        stopwatch = _Stopwatch(store)
        engine = Engine(stopwatch)  # type: ignore[arg-type] - it selects, which is all the engine asks for
        started = time.perf_counter()
        result = engine.range(expr, start_ms, end_ms, step_ms)
        evaluated = time.perf_counter()
        size_bytes = len(render_json(result))
        rendered = time.perf_counter()
        profiler = cProfile.Profile()
        profiler.runcall(lambda: render_json(engine.range(expr, start_ms, end_ms, step_ms)))
    finally:
        store.close()
    parts = {
        "select": stopwatch.seconds,
        "evaluate": evaluated - started - stopwatch.seconds,
        "render": rendered - evaluated,
    }
    print(f"\n### {expr}\n")
    print(", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in parts.items()), f"- {size_bytes:,} bytes")
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(_LINES)
    print("\n".join(line for line in text.getvalue().splitlines()[6:] if line.strip()))
