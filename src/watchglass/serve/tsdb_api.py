"""What the store holds, counted by label: where cardinality comes from.

Source: prometheus/prometheus, web/api/v1/api.go (serveTSDBStatus) and tsdb/index/postings.go (MemPostings.Stats).
Prometheus counts its head, the newest hours; our index is one for all that is kept, and so are these figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from watchglass.collect.loops import ActiveTarget
from watchglass.columns import LabelColumn, LabelTable
from watchglass.model.labels import METRIC_NAME
from watchglass.serve.envelope import ApiError, success
from watchglass.serve.params import MAX_TIME_MS, MIN_TIME_MS, first, go_integer, read_params
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

DEFAULT_LIMIT = 10
MAX_LIMIT = 10_000

Counts = list[tuple[str, int]]


class TsdbApi:
    """`/api/v1/status/tsdb`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/v1/status/tsdb", self.tsdb, "Series, labels and values by number: the `limit` largest."),
            Endpoint(
                "/api/v1/watchglass/cardinality",
                self.by_target,
                "Series by target, the limits, and what they have left out: the `limit` largest.",
            ),
        ]

    async def tsdb(self, request: Request) -> Response:
        """Count what the store holds."""
        limit = _limit(first(await read_params(request), "limit"))
        storage, head = need(self._parts.storage, "store"), need(self._parts.head_stats, "store")

        def counted() -> Response:
            table = storage.series([], MIN_TIME_MS, MAX_TIME_MS)
            return success(cardinality(table, head(), limit))

        return await self._parts.queries.answer(request, counted)

    async def by_target(self, request: Request) -> Response:
        """Count the series of each target, and what its limits have kept out."""
        limit = _limit(first(await read_params(request), "limit"))
        storage, targets = need(self._parts.storage, "store"), need(self._parts.targets, "scraping")().active
        limits = self._parts.series_limits()
        left_out = sorted((_left_out(each) for each in targets), key=lambda row: -row["value"])

        def counted() -> Response:
            table = storage.series([], MIN_TIME_MS, MAX_TIME_MS)
            shown = [row for row in left_out if row["value"]][:limit]
            return success({"limits": limits, "seriesCountByTarget": series_by_target(table, limit), "leftOut": shown})

        return await self._parts.queries.answer(request, counted)


def _left_out(each: ActiveTarget) -> dict[str, Any]:
    labels, beyond = each.target.labels, each.status.left_out
    metrics = _largest(list(beyond.items()), DEFAULT_LIMIT)
    total = sum(beyond.values())
    return {"job": labels.get("job"), "instance": labels.get("instance"), "value": total, "metrics": metrics}


def series_by_target(table: LabelTable, limit: int) -> list[dict[str, Any]]:
    """The `limit` targets with most series; series that no target has are not counted."""
    if not table.size or not {"job", "instance"} <= table.columns.keys():
        return []
    jobs, instances = table.columns["job"], table.columns["instance"]
    pairs = jobs.codes.astype(np.int64) * len(instances.values) + instances.codes
    found, counts = np.unique(pairs, return_counts=True)
    rows = []
    for pair, count in sorted(zip(found.tolist(), counts.tolist(), strict=True), key=lambda each: -each[1]):
        job, instance = (
            column.values[code]
            for column, code in zip((jobs, instances), divmod(pair, len(instances.values)), strict=True)
        )
        if job and instance:
            rows.append({"job": job, "instance": instance, "value": count})
    return rows[:limit]


def cardinality(table: LabelTable, head: Mapping[str, int], limit: int) -> dict[str, Any]:
    """The answer's `data`: the `limit` largest of each kind, the largest first."""
    series = {name: _by_value(column) for name, column in sorted(table.columns.items())}
    series = {name: counts for name, counts in series.items() if counts}
    pairs = [(f"{name}={value}", count) for name, counts in series.items() for value, count in counts]
    return {
        "headStats": {**head, "numLabelPairs": len(pairs)},
        "seriesCountByMetricName": _largest(series.get(METRIC_NAME, []), limit),
        "labelValueCountByLabelName": _largest(((name, len(counts)) for name, counts in series.items()), limit),
        "memoryInBytesByLabelName": _largest(((name, _size(name, counts)) for name, counts in series.items()), limit),
        "seriesCountByLabelValuePair": _largest(pairs, limit),
    }


def _by_value(column: LabelColumn) -> Counts:
    """How many series have each value of a label."""
    counts = np.bincount(column.codes, minlength=len(column.values))
    counts[0] = 0  # absent
    return [(column.values[code], int(counts[code])) for code in np.flatnonzero(counts).tolist()]


def _size(name: str, counts: Counts) -> int:
    """The bytes of a label's name and values in label sets that are written out, as Prometheus keeps them."""
    own = _encoded(name)
    return sum((own + _encoded(value)) * count for value, count in counts)


def _encoded(text: str) -> int:
    size = len(text.encode("utf-8", "surrogatepass"))
    return size + (1 if size < 255 else 4)  # its length stands before it


def _largest(counts: Iterable[tuple[str, int]], limit: int) -> list[dict[str, Any]]:
    chosen = sorted(counts, key=lambda each: (-each[1], each[0]))[:limit]
    return [{"name": name, "value": count} for name, count in chosen]


def _limit(text: str) -> int:
    try:
        limit = go_integer(text) if text else DEFAULT_LIMIT
    except ValueError:
        limit = 0
    if limit < 1:
        raise ApiError("limit must be a positive number")
    if limit > MAX_LIMIT:
        raise ApiError(f"limit must not exceed {MAX_LIMIT}")
    return limit
