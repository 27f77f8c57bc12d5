"""Samples are what a scraper would have read of a process that was told the same events by the real client library."""

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, disable_created_metrics

from watchglass.simulate.effects import count, last, level, observe
from watchglass.simulate.history import buckets_of
from watchglass.simulate.player import AHEAD_MS, Player
from watchglass.simulate.rhythm import HOUR_MS
from watchglass.simulate.run import runs_between
from watchglass.simulate.samples import series_of
from watchglass.simulate.systems import SYSTEMS
from watchglass.simulate.table import Log, table

NOW_MS = 1_795_600_000_000
DEPLOY_MS = 1_795_478_400_000  # 2026-11-24
WORDS = {"kind": ("a", "b", "c")}


def read(log, effects, grid, up_ms=0, buckets=None):
    series = series_of(log, effects, buckets or {}, np.array(grid), up_ms)
    return {(one.name, *sorted(one.labels.items())): (one.first, one.values.tolist()) for one in series}


def told(registry):
    """What a registry exposes, by name and labels."""
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in registry.collect()
        for sample in family.samples
    }


def test_events_are_counted_up_to_and_with_the_time_of_a_scrape():
    events = table(WORDS, at=np.array([5, 10, 11, 30]), kind=np.array([0, 0, 1, 0]))
    found = read(Log({"e": events}), [count("n_total", "e", "at", {"k": "kind"}, known=[("c",)])], [10, 20, 30])
    assert found == {
        ("n_total", ("k", "a")): (0, [2, 2, 3]),
        ("n_total", ("k", "b")): (1, [1, 1]),  # there from its first event on
        ("n_total", ("k", "c")): (0, [0, 0, 0]),  # known from the start
    }


def test_a_process_counts_only_what_happens_after_its_start():
    events = table(at=np.array([5, 10, 11]), cost=np.array([1.5, 2.5, 4.0]))
    assert read(Log({"e": events}), [count("n_total", "e", "at", value="cost")], [20], up_ms=10) == {
        ("n_total",): (0, [6.5])
    }


def test_a_metric_without_labels_is_there_before_anything_happens():
    events = table(at=np.array([50]))
    assert read(Log({"e": events}), [count("n_total", "e", "at")], [10, 60]) == {("n_total",): (0, [0, 1])}


def test_a_bound_of_a_histogram_holds_its_own_value():
    events = table(at=np.array([1, 2, 3]), took=np.array([0.5, 0.1, 9.0]))
    found = read(Log({"e": events}), [observe("d", "e", "at", "took")], [2, 3], buckets={"d": (0.1, 0.5)})
    assert found == {
        ("d_bucket", ("le", "0.1")): (0, [1, 1]),
        ("d_bucket", ("le", "0.5")): (0, [2, 2]),
        ("d_bucket", ("le", "+Inf")): (0, [2, 3]),
        ("d_sum",): (0, [0.6, 9.6]),
        ("d_count",): (0, [2, 3]),
    }


def test_a_level_knows_what_began_before_the_process():
    events = table(start=np.array([1, 12]), end=np.array([15, 99]))
    assert read(Log({"e": events}), [level("g", "e", "start", "end")], [10, 14, 20], up_ms=10) == {
        ("g",): (0, [1, 2, 1])
    }


def test_a_last_value_is_there_from_its_first_event_on():
    events = table(WORDS, at=np.array([5, 15, 16]), kind=np.array([0, 1, 0]), v=np.array([7, 8, 9]))
    assert read(Log({"e": events}), [last("g", "e", "at", "v", {"k": "kind"})], [10, 20]) == {
        ("g", ("k", "a")): (0, [7, 9]),
        ("g", ("k", "b")): (1, [8]),
    }


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_hours_told_to_the_client_library_read_the_same(system):
    """More of them than a player keeps at once."""
    disable_created_metrics()
    (run,) = runs_between(system, NOW_MS, NOW_MS + 1, 7)
    log, end_ms = system.simulate(run), NOW_MS + AHEAD_MS + HOUR_MS
    registries = {job: CollectorRegistry() for job in system.effects}
    player = Player(system, registries, 7, NOW_MS)
    for at_ms in range(NOW_MS, end_ms + 1, 60_000):
        player.advance(at_ms)
    for job, registry in registries.items():
        counted = read(log, system.effects[job], [end_ms], NOW_MS + 1, buckets_of(system))
        assert told(registry) == {key: pytest.approx(values[-1]) for key, (_, values) in counted.items()}
        assert counted


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_a_deploy_that_is_played_is_the_one_of_the_history(system):
    """On a Tuesday at midnight every job is gone for a while, and comes back with counters that began at zero."""
    disable_created_metrics()
    registries = {job: CollectorRegistry() for job in system.effects}
    player = Player(system, registries, 7, DEPLOY_MS - 60_000)
    (run,) = runs_between(system, DEPLOY_MS, DEPLOY_MS + 1, 7)
    out = []
    for at_ms in range(DEPLOY_MS - 60_000, DEPLOY_MS + 600_000, 1_000):
        player.advance(at_ms)
        out += [at_ms for job in registries if player.is_out(job, at_ms)]
    assert min(out) == DEPLOY_MS
    assert run.up_ms - 1_000 <= max(out) < run.up_ms
    for job, registry in registries.items():
        counted = read(system.simulate(run), system.effects[job], [at_ms], run.up_ms, buckets_of(system))
        assert told(registry) == {key: pytest.approx(values[-1]) for key, (_, values) in counted.items()}
