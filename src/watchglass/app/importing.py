"""Import of old samples: joins the reader of OpenMetrics files to the store, which never see each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

from watchglass.columns import Times, Values
from watchglass.model.labels import Labels
from watchglass.store.importer import ImportResult
from watchglass.store.metrics import MetricStore
from watchglass.wire.openmetrics_file import SampleColumns, read_openmetrics_file

_MAX_HELD = 1 << 20
"""Samples of one series that are put together."""


def import_openmetrics(store: MetricStore, source: str | BinaryIO) -> ImportResult:
    """Import a file of timestamped OpenMetrics, all of it or nothing.

    Raises:
        ExpositionError: it is malformed; names the line.
        StoreError: it cannot be written.
        OSError: it cannot be read.
    """
    return store.import_samples(_series(store, read_openmetrics_file(source)))


class _Column(NamedTuple):
    """Samples of one series."""

    labels: Labels
    times: Times
    values: Values


def _series(store: MetricStore, runs: Iterable[SampleColumns]) -> Iterator[_Column]:
    """Each run's samples, series by series; a series that goes on in the next run is given once."""
    held: _Column | None = None
    for run in runs:
        store.put_metadata(run.metadata)
        columns = _columns(run)
        if held is not None and columns and held.labels == columns[0].labels and len(held.times) < _MAX_HELD:
            columns[0] = _joined(held, columns[0])
        elif held is not None:
            yield held
        held = columns.pop() if columns and _may_go_on(run) else None
        yield from columns
    if held is not None:
        yield held


def _columns(run: SampleColumns) -> list[_Column]:
    codes = np.frombuffer(run.series, np.uint32)
    order = np.argsort(codes, kind="stable")
    times = np.frombuffer(run.timestamps_ms, np.int64)[order]
    values = np.frombuffer(run.values, np.float64)[order]
    ends = np.cumsum(np.bincount(codes, minlength=len(run.labels))).tolist()
    return [
        _Column(labels, times[start:end], values[start:end])
        for labels, start, end in zip(run.labels, [0, *ends], ends, strict=False)
    ]


def _may_go_on(run: SampleColumns) -> bool:
    """Whether the run ends amid a series whose samples stand together, in a file that goes series by series."""
    codes = np.frombuffer(run.series, np.uint32)
    count = int(np.count_nonzero(codes == codes[-1]))
    return bool(codes[-1] == len(run.labels) - 1 and (codes[-count:] == codes[-1]).all())


def _joined(first: _Column, rest: _Column) -> _Column:
    times, values = np.concatenate([first.times, rest.times]), np.concatenate([first.values, rest.values])
    return _Column(first.labels, times, values)
