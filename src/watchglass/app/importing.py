"""Import of old samples: joins the reader of OpenMetrics files to the store, which never see each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np

from watchglass.columns import Times, Values
from watchglass.model.labels import Labels
from watchglass.store.importer import ImportResult
from watchglass.store.metrics import MetricStore
from watchglass.wire.openmetrics_file import SampleColumns, read_openmetrics_file


def import_openmetrics(store: MetricStore, source: str | BinaryIO) -> ImportResult:
    """Import a file of timestamped OpenMetrics, all of it or nothing.

    Raises:
        ExpositionError: it is malformed; names the line.
        StoreError: it cannot be written.
        OSError: it cannot be read.
    """
    return store.import_samples(_series(store, read_openmetrics_file(source)))


def _series(store: MetricStore, runs: Iterable[SampleColumns]) -> Iterator[tuple[Labels, Times, Values]]:
    """Each run's samples, series by series."""
    for run in runs:
        store.put_metadata(run.metadata)
        codes = np.frombuffer(run.series, np.uint32)
        order = np.argsort(codes, kind="stable")
        times = np.frombuffer(run.timestamps_ms, np.int64)[order]
        values = np.frombuffer(run.values, np.float64)[order]
        ends = np.cumsum(np.bincount(codes, minlength=len(run.labels)))
        for labels, start, end in zip(run.labels, [0, *ends[:-1]], ends, strict=True):
            yield labels, times[start:end], values[start:end]
