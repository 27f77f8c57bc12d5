"""Series by target, and what the limits of targets have left out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from watchglass.collect.loops import ActiveTarget
from watchglass.collect.scrape import Health, ScrapeStatus
from watchglass.collect.target import Target
from watchglass.columns import LabelTable
from watchglass.model.labels import Labels
from watchglass.serve.tsdb_api import series_by_target

pytestmark = pytest.mark.anyio


def series(job, instance, count):
    return [Labels.of({"__name__": "m", "job": job, "instance": instance, "n": str(at)}) for at in range(count)]


def scraped(job, **left_out):
    labels = Labels.of({"job": job, "instance": "i"})
    status = ScrapeStatus(Health.UP, left_out=left_out)
    return ActiveTarget(job, Target("http://i/m", labels, labels, 1, 1, job), status)


TABLE = LabelTable.of(
    [*series("a", "1", 3), *series("a", "2", 1), *series("b", "1", 5), Labels.of({"__name__": "own"})]
)


async def test_targets_are_counted_and_what_is_left_out_is_told(make_parts, make_client):
    storage = SimpleNamespace(series=lambda *_: TABLE)
    targets = SimpleNamespace(active=[scraped("quiet"), scraped("a", x=1), scraped("b", y=7, x=2)])
    parts = make_parts(
        storage=storage, targets=lambda: targets, series_limits=lambda: {"seriesPerTarget": 0, "seriesPerMetric": 9}
    )
    async with make_client(parts) as client:
        data = (await client.get("/api/v1/watchglass/cardinality?limit=2")).json()["data"]
        assert (await client.get("/api/v1/watchglass/cardinality?limit=0")).status_code == 400
    assert data["limits"] == {"seriesPerTarget": 0, "seriesPerMetric": 9}
    assert data["seriesCountByTarget"] == [
        {"job": "b", "instance": "1", "value": 5},
        {"job": "a", "instance": "1", "value": 3},
    ]
    assert data["leftOut"] == [
        {"job": "b", "instance": "i", "value": 9, "metrics": [{"name": "y", "value": 7}, {"name": "x", "value": 2}]},
        {"job": "a", "instance": "i", "value": 1, "metrics": [{"name": "x", "value": 1}]},
    ]


def test_without_targets_there_is_nothing_to_count():
    assert series_by_target(LabelTable.of([]), 10) == []
    assert series_by_target(LabelTable.of([Labels.of({"__name__": "own"})]), 10) == []
