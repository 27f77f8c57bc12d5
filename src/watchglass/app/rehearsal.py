"""A rehearsal: a few queries over made samples while the store opens, so that the first real one finds everything looked up.

Much that a query touches is loaded, compiled or specialised when it is used for the first time: in Python, in NumPy and in
the processor's caches. It takes some milliseconds, which a dashboard would wait for after each restart.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import cast

import numpy as np
from starlette.responses import Response

from watchglass.columns import LabelColumn, LabelTable, SeriesSet
from watchglass.interfaces import Loading, Queryable
from watchglass.model.matcher import Matcher
from watchglass.promql.engine import Engine
from watchglass.serve.answer import Question, answer
from watchglass.sources.range_cache import CachedSource, RangeCache
from watchglass.store.changes import Changes
from watchglass.store.metrics import MetricStore

_QUERIES = ("rate(m[5m])", "sum by (model) (irate(m[5m]))", "max_over_time(m[10m])", "m > 1")
_SERIES, _SAMPLES, _INTERVAL_MS = 60, 300, 15_000
_HEAP_BYTES = 8 << 20


class _Made:
    """A Queryable that gives the same counters whatever is asked for."""

    def select(
        self,
        matchers: Sequence[Matcher],
        start_ms: int,
        end_ms: int,
        *,
        max_samples: int | None = None,
        loading: Loading | None = None,
    ) -> SeriesSet:
        """Some series that share their times."""
        del matchers, start_ms, end_ms, max_samples
        if loading is not None:
            loading(_SERIES * _SAMPLES)
        codes = np.arange(_SERIES, dtype=np.int32)
        columns = {
            "__name__": LabelColumn(np.ones(_SERIES, np.int32), ["", "m"]),
            "instance": LabelColumn(codes + np.int32(1), ["", *map(str, range(_SERIES))]),
            "model": LabelColumn(codes % 2 + np.int32(1), ["", "a", "b"]),
        }
        times = np.arange(_SAMPLES, dtype=np.int64) * _INTERVAL_MS
        values = np.sqrt(np.arange(_SERIES * _SAMPLES) % 1000)
        offsets = np.arange(_SERIES + 1, dtype=np.int64) * _SAMPLES
        return SeriesSet(LabelTable(_SERIES, columns), offsets, times, values, None, np.zeros(_SERIES, np.int64))


def rehearse(store: MetricStore) -> list[Response]:
    """Ask, and write the answers as JSON, which are returned; run it where queries run, for heaps belong to threads."""
    np.ones(_HEAP_BYTES, np.uint8)  # every page of the heap costs a fault of some microseconds when it is first written
    store.rehearse()
    engine = cast("Engine", CachedSource(Engine(cast("Queryable", _Made())), "made", Changes(), RangeCache(0)))
    return [answer(engine, _question(query), threading.Event()) for query in _QUERIES]


def _question(query: str) -> Question:
    return Question(
        query,
        start_ms=10 * 60_000,
        end_ms=_SAMPLES * _INTERVAL_MS,
        step_ms=_INTERVAL_MS,
        timeout_ms=10_000,
        lookback_ms=300_000,
        limit=0,
        wants_frame=False,
    )
