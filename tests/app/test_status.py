"""Health tells of a store that cannot write, and of one that lost something."""

from types import SimpleNamespace

import pytest

from watchglass.app.status import add_health_checks, data_since, head_stats, notifications
from watchglass.serve.health import Condition, Health


def stack(*, fault="", damage=()):
    figures = SimpleNamespace(series=1, size_bytes=2)
    store = SimpleNamespace(fault=fault, damage=list(damage), stats=lambda: figures)
    return SimpleNamespace(store=store, parts=SimpleNamespace(storage=store, health=Health()), scraping=None)


def store_health(made):
    add_health_checks(made)
    return made.parts.health.components()["store"]


@pytest.mark.parametrize(
    ("trouble", "condition", "text"),
    [
        ({}, Condition.OK, ""),
        ({"fault": "no space left"}, Condition.DEGRADED, "no space left"),
        (
            {"fault": "no space left", "damage": ["a chunk is gone"]},
            Condition.DEGRADED,
            "no space left; a chunk is gone",
        ),
    ],
)
def test_the_store_says_what_troubles_it(trouble, condition, text):
    health = store_health(stack(**trouble))

    assert (health.condition, health.detail) == (condition, text)


def test_a_reload_that_failed_is_a_notification():
    assert notifications(SimpleNamespace(reload_failed_ms=None)) == []
    assert notifications(SimpleNamespace(reload_failed_ms=1_700_000_000_000)) == [
        {"text": "Configuration reload has failed.", "date": "2023-11-14T22:13:20Z", "active": True}
    ]


@pytest.mark.parametrize(
    ("oldest_ms", "newest_ms", "bounds"),
    [(None, None, (2**63 - 1, -(2**63))), (0, 5, (0, 5)), (-7, 0, (-7, 0))],
)
def test_the_bounds_of_the_store(oldest_ms, newest_ms, bounds):
    figures = SimpleNamespace(series=3, blocks=2, oldest_ms=oldest_ms, newest_ms=newest_ms)
    stats = head_stats(SimpleNamespace(store=SimpleNamespace(stats=lambda: figures)))
    assert (stats["minTime"], stats["maxTime"]) == bounds
    assert (stats["numSeries"], stats["chunkCount"]) == (3, 2)


@pytest.mark.parametrize(
    ("oldest_ms", "retention_ms", "since_ms"),
    [(None, 1000, None), (100, 0, 100), (100, 1000, 9000), (9500, 1000, 9500)],
    ids=["empty", "kept forever", "older ones are gone", "younger than what is kept"],
)
def test_no_kept_sample_is_older_than_the_retention_time(oldest_ms, retention_ms, since_ms):
    options = SimpleNamespace(retention_ms=retention_ms)
    store = SimpleNamespace(stats=lambda: SimpleNamespace(oldest_ms=oldest_ms), options=options)
    assert data_since(SimpleNamespace(store=store), 10_000) == since_ms
