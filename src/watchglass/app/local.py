"""What this process collects by itself: this machine, its GPUs, and its own metrics."""

from __future__ import annotations

import socket
from collections.abc import Callable, Hashable, Iterable, Iterator

from prometheus_client import CollectorRegistry

from watchglass.app.configuration import Configuration
from watchglass.app.options import host_options
from watchglass.collect.job import ScrapeJob
from watchglass.collect.local import LocalTarget, RegistryCollector
from watchglass.config.settings import Settings
from watchglass.interfaces import Collector
from watchglass.model.metadata import Family
from watchglass.sdk.gpu import GpuCollector, load_nvml
from watchglass.sdk.host.collector import HostCollector
from watchglass.sdk.process import ProcessCollector

HOST_JOB = "node"
GPU_JOB = "gpu"
SELF_JOB = "watchglass"
SELF_INTERVAL_MS = 15_000
EXPORTER_PORT = "9100"
_AGAIN_AFTER_MS = 400  # a rate needs two readings: the second comes at once, so that the first page shows numbers


class LocalTargets:
    """Builds the collectors that a configuration asks for; those that it asks for again are the same objects.

    Args:
        registry: our own metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._built: dict[object, LocalTarget] = {}

    def of(self, configuration: Configuration) -> list[LocalTarget]:
        """The collectors to run under a configuration."""
        return list(self._of(configuration))

    def _of(self, configuration: Configuration) -> Iterator[LocalTarget]:
        settings = configuration.settings
        machine, interval_ms = socket.gethostname(), settings.host_interval_ms
        if settings.host_enabled and not _has_exporter(settings, configuration.jobs):
            options = host_options(settings)
            yield self._target(HOST_JOB, machine, interval_ms, options, lambda: HostCollector(options))
        if settings.gpu_enabled and load_nvml() is not None:
            yield self._target(GPU_JOB, machine, interval_ms, None, GpuCollector)
        if settings.scrape_self:
            yield self._target(SELF_JOB, settings.listen[0], SELF_INTERVAL_MS, None, self._own)

    def _own(self) -> Collector:
        return _Both(RegistryCollector(self._registry), ProcessCollector())

    def _target(
        self, job: str, instance: str, interval_ms: int, options: Hashable, build: Callable[[], Collector]
    ) -> LocalTarget:
        key = (job, instance, interval_ms, options)
        if key not in self._built:
            target = LocalTarget(job, instance, build(), interval_ms, again_after_ms=_AGAIN_AFTER_MS)
            self._built[key] = target
        return self._built[key]


def _has_exporter(settings: Settings, jobs: Iterable[ScrapeJob]) -> bool:
    """Whether a job scrapes this machine's node_exporter, or has its job name: then this machine would count twice."""
    if settings.is_set("host.enabled"):
        return False
    addresses = (labels.get("__address__") for job in jobs for group in job.static for labels in group.targets)
    return any(job.name == HOST_JOB for job in jobs) or any(map(_is_our_exporter, addresses))


def _is_our_exporter(address: str) -> bool:
    host, _, port = address.rpartition(":")
    return port == EXPORTER_PORT and host in {"localhost", "127.0.0.1", "[::1]", socket.gethostname()}


class _Both:
    """Several collectors as one target."""

    def __init__(self, *collectors: Collector) -> None:
        self._collectors = collectors

    def collect(self) -> Iterable[Family]:
        """One reading of each."""
        for collector in self._collectors:
            yield from collector.collect()
