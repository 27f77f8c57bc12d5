"""A registry and a service on a clock that stands still, with a machine that never changes."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from watchglass.clock import ManualClock
from watchglass.sdk.dinoair.custom_metrics import CustomMetricsRegistry
from watchglass.sdk.dinoair.metrics_collector import MetricsConfig
from watchglass.sdk.dinoair.metrics_service import MetricsService
from watchglass.sdk.dinoair.state import State

NOW_MS = 1_795_300_000_000 // 3_600_000 * 3_600_000  # a full hour


@pytest.fixture
def clock():
    return ManualClock(NOW_MS)


@pytest.fixture
def machine():
    readings = {"cpu": 40.0, "memory": 50.0, "disk": 60.0, "network": 1.5}
    return SimpleNamespace(readings=readings, read=lambda: dict(readings), gpus=lambda: iter(()))


@pytest.fixture
def state(clock):
    return State(clock=clock, chance=random.Random(7))


@pytest.fixture
def registry(state):
    return CustomMetricsRegistry(state)


@pytest.fixture
def make_service(tmp_path, registry, machine):
    """Makes services, and stops them."""
    made = []

    def make(storage=None, **settings):
        config = MetricsConfig(**{"storage_path": str(tmp_path / "metrics"), **settings})
        made.append(MetricsService(config, storage, registry=registry, machine=machine))
        return made[-1]

    yield make
    for service in made:
        service.stop()
        service.storage.close()


@pytest.fixture
def service(make_service):
    return make_service()


@pytest.fixture
def values(service):
    """The value of every series now."""
    return lambda: {point.series: point.value for point in service.metrics_collector.current().points()}
