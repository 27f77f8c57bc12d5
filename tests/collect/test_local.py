"""Collectors of this process, scraped like any other target."""

from __future__ import annotations

import asyncio
import threading

import pytest
from collect_support import until
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

from watchglass.clock import SystemClock
from watchglass.collect.errors import ScrapeError
from watchglass.collect.local import LocalReader, LocalTarget, RegistryCollector
from watchglass.collect.manager import ScrapeManager
from watchglass.collect.scrape import Health
from watchglass.model.labels import Labels
from watchglass.model.metadata import Family, Metadata, MetricType
from watchglass.model.sample import Sample, is_stale
from watchglass.wire.exposition import DROPPED, NO_TIMESTAMP, UNRESOLVED


class Readings:
    """A collector that says what it is told to, and then the last again."""

    def __init__(self, *readings):
        self.readings = list(readings)

    def collect(self):
        reading = self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]
        family = Family("load", MetricType.GAUGE, "Load.")
        for cpu, value in reading.items():
            family.add(value, cpu=cpu)
        return [family]


def scrape_local(store, *targets, condition, **options):
    async def main():
        manager = ScrapeManager(store, SystemClock(), **options)
        await manager.apply([], targets)
        await until(condition)
        listed = manager.targets()
        await manager.stop()
        return listed

    return asyncio.run(main())


def test_two_readings_come_at_once(store):
    collector = Readings({"0": 1}, {"0": 2})
    target = LocalTarget("node", "here", collector, interval_ms=3_600_000, again_after_ms=50)
    listed = scrape_local(store, target, condition=lambda: len(store.values("load")) == 2)
    assert store.values("load") == [1, 2]
    assert store.values("up") == [1, 1]
    assert store.samples("load")[0][0] == Labels.of(__name__="load", cpu="0", job="node", instance="here")
    assert store.metadata == {"load": Metadata(MetricType.GAUGE, "", "Load.")}
    (active,) = listed.active
    assert (active.pool, active.target.url) == ("node", "local:node")
    first, second = store.batches
    assert first.refs is second.refs


def test_what_vanishes_from_a_collector_ends(store):
    collector = Readings({"0": 1, "1": 2}, {"0": 3})
    target = LocalTarget("node", "here", collector, interval_ms=3_600_000, again_after_ms=20)
    scrape_local(store, target, condition=lambda: len(store.values("load", cpu="1")) == 2)
    assert is_stale(store.values("load", cpu="1")[1])


def test_a_collector_that_fails(store):
    class Broken:
        def collect(self):
            raise RuntimeError("no such device")

    registry = CollectorRegistry()
    scrape_local(
        store,
        LocalTarget("gpu", "here", Broken()),
        condition=lambda: registry.get_sample_value("watchglass_scrapes_total", {"result": "collector"}),
        registry=registry,
    )
    assert store.values("up") == [0]


def test_a_collector_that_hangs_holds_up_nobody(store):
    release = threading.Event()

    class Hanging:
        def collect(self):
            release.wait(30)
            return []

    hanging = LocalTarget("stuck", "here", Hanging(), interval_ms=100, timeout_ms=50)
    good = LocalTarget("node", "here", Readings({"0": 1}), interval_ms=50)
    listed = scrape_local(
        store,
        hanging,
        good,
        condition=lambda: len(store.values("up", job="stuck")) >= 3 and len(store.values("load")) >= 5,
    )
    release.set()
    (stuck,) = [each for each in listed.active if each.pool == "stuck"]
    assert stuck.status.health is Health.DOWN
    assert stuck.status.last_error in ("the reading before has not ended yet", "no full answer within 0.05 s")
    assert set(store.values("up", job="stuck")) == {0}
    assert sum(thread.name == "collect" for thread in threading.enumerate()) <= 2


def test_a_reload_swaps_the_collector_and_keeps_the_loop(store):
    async def main():
        manager = ScrapeManager(store, SystemClock())
        await manager.apply([], [LocalTarget("node", "here", Readings({"0": 1}), interval_ms=50)])
        await until(lambda: store.values("load"))
        before = manager.targets().active[0].target
        await manager.apply([], [LocalTarget("node", "here", Readings({"0": 2}), interval_ms=50)])
        await until(lambda: store.values("load")[-1] == 2)
        assert manager.targets().active[0].target is before
        await manager.apply([], [])
        assert manager.targets().active == []
        await until(lambda: is_stale(store.values("load")[-1]))
        await manager.stop()

    asyncio.run(main())
    assert not any(is_stale(value) for value in store.values("load")[:-1])


class Giving:
    """A resolver that drops some names, and gives every other series one ref."""

    def __init__(self, ref, *, dropped=()):
        self.ref, self.dropped, self.asked = ref, dropped, []

    def name(self, exposed):
        return None if exposed["__name__"] in self.dropped else Labels.of(exposed)

    def resolve(self, named, samples):
        self.asked += named
        return [self.ref] * len(named)


def read_twice(samples, resolver):
    class Once:
        def collect(self):
            family = Family("x", MetricType.GAUGE)
            family.samples = list(samples)
            return [family]

    async def main():
        reader = LocalReader(LocalTarget("j", "i", Once()), resolver)
        return [(await reader.fetch())() for _ in range(2)]

    return asyncio.run(main())


def test_samples_may_bring_their_time_and_be_dropped():
    samples = [Sample("x", (), 1.0, 5), Sample("y", (("a", "b"),), 2.0)]
    first, second = read_twice(samples, Giving(3, dropped=("x",)))
    assert list(first.refs) == [DROPPED, 3]
    assert list(first.timestamps_ms) == [5, NO_TIMESTAMP]
    assert (first.relaid, second.relaid, first.new_series) == (True, False, 1)


def test_a_series_over_the_limit_is_asked_for_again():
    resolver = Giving(UNRESOLVED)
    read_twice([Sample("x", (), 1.0)], resolver)
    assert len(resolver.asked) == 2


def test_a_second_reading_waits_for_no_first():
    release = threading.Event()

    class Hanging:
        def collect(self):
            release.wait(30)
            return []

    async def main():
        reader = LocalReader(LocalTarget("j", "i", Hanging(), timeout_ms=20), Giving(1))
        with pytest.raises(TimeoutError):
            await reader.fetch()
        with pytest.raises(ScrapeError, match="has not ended yet"):
            await reader.fetch()
        release.set()
        await until(reader._reading.done)
        await reader.fetch()

    asyncio.run(main())


def test_a_registry_is_read_as_prometheus_would_name_it():
    registry = CollectorRegistry()
    Counter("jobs", "Jobs.", ["queue"], registry=registry).labels("q").inc(2)
    Gauge("depth", "Depth.", unit="metres", registry=registry).set(3)
    Histogram("lat", "Latency.", buckets=(1, float("inf")), registry=registry).observe(0.5)
    Info("build", "Build.", registry=registry).info({"version": "1"})
    families = list(RegistryCollector(registry).collect())
    assert [(family.name, family.type, family.unit) for family in families] == [
        ("jobs_total", MetricType.COUNTER, ""),
        ("depth_metres", MetricType.GAUGE, "metres"),
        ("lat", MetricType.HISTOGRAM, ""),
        ("build", MetricType.INFO, ""),
    ]
    samples = [sample for family in families for sample in family.samples]
    assert [sample[:3] for sample in samples] == [
        ("jobs_total", (("queue", "q"),), 2.0),
        ("depth_metres", (), 3.0),
        ("lat_bucket", (("le", "1.0"),), 1.0),
        ("lat_bucket", (("le", "+Inf"),), 1.0),
        ("lat_count", (), 1.0),
        ("lat_sum", (), 0.5),
        ("build_info", (("version", "1"),), 1.0),
    ]
