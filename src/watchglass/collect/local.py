"""Targets within this process: collectors that are read like any other target, without HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from watchglass.collect.daemon import in_daemon_thread
from watchglass.collect.errors import ScrapeError
from watchglass.collect.families import FamilyReader
from watchglass.collect.target import Target
from watchglass.interfaces import Collector
from watchglass.model.labels import Labels
from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.wire.exposition import Reading, Resolver


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """A collector to scrape."""

    job: str
    instance: str
    collector: Collector
    interval_ms: int = 15_000
    timeout_ms: int = 10_000
    again_after_ms: int = 0  # a second reading so soon after the first, so that rates show at once; 0: none

    def target(self) -> Target:
        """The same as a scrape target, whose address starts with `local:`."""
        labels = Labels.of(job=self.job, instance=self.instance)
        url = f"local:{self.job}"
        key = f"{labels} {url} {self.interval_ms} {self.timeout_ms}"
        return Target(url, labels, labels, self.interval_ms, self.timeout_ms, key)


class LocalReader:
    """Reads a collector in a thread of its own: one that hangs (a dead network mount) holds up nobody else.

    Args:
        local: what to read.
        resolver: gives new series their refs.
    """

    def __init__(self, local: LocalTarget, resolver: Resolver) -> None:
        self._local = local
        self._families = FamilyReader(resolver)
        self._reading: asyncio.Future[list[Family]] | None = None

    def use(self, local: LocalTarget) -> None:
        """Read another collector for the same target from now on."""
        self._local = local

    async def fetch(self) -> Callable[[], Reading]:
        """Read the collector."""
        if self._reading and not self._reading.done():
            raise ScrapeError("the reading before has not ended yet", result="timeout")
        self._reading = reading = in_daemon_thread(lambda: list(self._local.collector.collect()))
        await asyncio.wait((reading,), timeout=self._local.timeout_ms / 1000)
        if not reading.done():
            raise TimeoutError
        try:
            families = reading.result()
        except Exception as error:
            raise ScrapeError(f"the collector failed: {error}", result="collector") from error
        return lambda: self._families.read(families)

    def forget(self) -> None:
        """Ask for all refs again with the next reading."""
        self._families.forget()


class RegistryCollector:
    """Reads a prometheus_client registry: how Watchglass scrapes itself. `_created` samples are left out."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Family]:
        """One reading of the registry; a counter's family is named as its samples are, `..._total`."""
        for metric in self._registry.collect():
            kind = _TYPES.get(metric.type, MetricType.UNKNOWN)
            name = metric.name + "_total" if kind is MetricType.COUNTER else metric.name
            family = Family(name, kind, metric.documentation, metric.unit)
            family.samples = [
                Sample(sample.name, tuple(sorted(sample.labels.items())), sample.value)
                for sample in metric.samples
                if not sample.name.endswith("_created")
            ]
            yield family


_TYPES: Mapping[str, MetricType] = {kind.value: kind for kind in MetricType}
