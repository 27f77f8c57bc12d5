"""Health tells of a store that cannot write, and of one that lost something."""

from types import SimpleNamespace

import pytest

from watchglass.app.status import add_health_checks
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
