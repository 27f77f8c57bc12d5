"""Keeps what discovery finds up to date: one task for each discovery of each job, so that none waits for another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from watchglass.clock import Clock, SystemClock
from watchglass.collect.daemon import in_daemon_thread
from watchglass.collect.discovery.dns import discover
from watchglass.collect.discovery.dns_client import DnsError, ResolverOptions, read_resolv_conf
from watchglass.collect.discovery.files import EMPTY, FileLimits, Signature, look, read_files
from watchglass.collect.job import DnsDiscovery, FileDiscovery, ScrapeJob, TargetGroup

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

log = logging.getLogger("watchglass.discovery")

Update = Callable[[str, Sequence[TargetGroup]], None]
Discovery = FileDiscovery | DnsDiscovery


@dataclass(frozen=True, slots=True)
class DiscoveryOptions:
    """How discovery goes about it.

    Attributes:
        poll_s: how often files are looked at for changes.
        retry_s: how long discovery rests after a fault of ours.
        files: bounds on files.
        resolver: whom to ask; what resolv.conf says at each refresh when None.
    """

    poll_s: float = 2.0
    retry_s: float = 10.0
    files: FileLimits = field(default_factory=FileLimits)
    resolver: ResolverOptions | None = None


@dataclass(slots=True)
class _Running:
    """One discovery of one job: its task and what it found."""

    job: str
    config: Discovery
    task: asyncio.Task[None] | None = None
    groups: tuple[TargetGroup, ...] | None = None  # None: it has not found out yet
    errors: Mapping[str, str] = field(default_factory=dict)


class DiscoveryManager:
    """Runs the discovery of all jobs, and calls `update(job, groups)` with everything known of a job when that changes.

    Static groups are not its business. Call it from the loop's thread; `update` is called there too.
    """

    def __init__(
        self,
        update: Update,
        clock: Clock | None = None,
        options: DiscoveryOptions | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._update = update
        self._clock = clock or SystemClock()
        self._options = options or DiscoveryOptions()
        self._running: dict[str, list[_Running]] = {}
        self._metrics = _Metrics(registry) if registry else None

    def apply(self, jobs: Sequence[ScrapeJob]) -> None:
        """Take over a configuration: unchanged discovery goes on with what it knows, other is started or stopped."""
        before = [running for runs in self._running.values() for running in runs]
        self._running = {}
        for job in jobs:
            self._running[job.name] = [self._take(job.name, config, before) for config in job.discovery]
        for orphan in before:
            _cancel(orphan)
        for job in jobs:
            if job.discovery:
                self._publish(job.name)

    def errors(self) -> dict[str, list[str]]:
        """By job, what its discovery could not read or look up just now."""
        return {
            job: [error for running in runs for error in running.errors.values()]
            for job, runs in self._running.items()
            if any(running.errors for running in runs)
        }

    async def stop(self) -> None:
        """End every discovery; a thread that hangs in a read is left behind."""
        tasks = [running.task for runs in self._running.values() for running in runs if running.task]
        self._running = {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _take(self, job: str, config: Discovery, before: list[_Running]) -> _Running:
        for running in before:
            if running.job == job and running.config == config:
                before.remove(running)
                return running
        similar = next((run for run in before if run.job == job and type(run.config) is type(config)), None)
        running = _Running(job, config, groups=similar.groups if similar else None)  # until it has found out itself
        running.task = asyncio.create_task(self._guard(running))
        return running

    async def _guard(self, running: _Running) -> None:
        """A fault of ours in one discovery is logged and stops nothing else; it begins anew a little later."""
        while True:
            try:
                if isinstance(running.config, FileDiscovery):
                    await self._follow_files(running, running.config)
                else:
                    await self._follow_dns(running, running.config)
            except Exception:
                log.exception("discovery failed by a fault of ours; it is tried again", extra={"job": running.job})
            await asyncio.sleep(self._options.retry_s)

    async def _follow_files(self, running: _Running, config: FileDiscovery) -> None:
        reading = EMPTY
        while True:
            seen = await in_daemon_thread(partial(look, config.files, self._options.files))
            reading = await in_daemon_thread(partial(read_files, config.files, self._options.files, reading))
            groups = tuple(group for found in reading.groups.values() for group in found)
            self._found(running, groups, reading.errors)
            if self._metrics:
                self._metrics.files(running.job, reading.modified_ms)
            await self._wait_for_change(config, seen)

    async def _wait_for_change(self, config: FileDiscovery, seen: Signature) -> None:
        due_ms = self._clock.now_ms() + config.refresh_interval_ms
        while self._clock.now_ms() < due_ms:
            await asyncio.sleep(self._options.poll_s)
            if await in_daemon_thread(partial(look, config.files, self._options.files)) != seen:
                return

    async def _follow_dns(self, running: _Running, config: DnsDiscovery) -> None:
        known: dict[str, TargetGroup] = {}
        while True:
            try:
                resolver = self._options.resolver
                if resolver is None:
                    resolver = await in_daemon_thread(read_resolv_conf)
                found, errors = await discover(config, resolver)
            except DnsError as error:
                found, errors = {}, dict.fromkeys(config.names, str(error))
            known |= found
            self._found(running, tuple(known.values()), errors)
            await asyncio.sleep(config.refresh_interval_ms / 1000)

    def _found(self, running: _Running, groups: tuple[TargetGroup, ...], errors: Mapping[str, str]) -> None:
        for source, error in errors.items():
            if running.errors.get(source) != error:
                log.warning("discovery keeps what it knew", extra={"job": running.job, "error": error})
        if self._metrics:
            self._metrics.refreshed(running.job, len(errors))
        running.errors = errors
        if running.groups != groups:
            running.groups = groups
            self._publish(running.job)

    def _publish(self, job: str) -> None:
        runs = self._running.get(job, [])
        self._update(job, [group for running in runs for group in running.groups or ()])


def _cancel(running: _Running) -> None:
    if running.task:
        running.task.cancel()


class _Metrics:
    """What discovery tells of itself."""

    def __init__(self, registry: CollectorRegistry) -> None:
        from prometheus_client import Counter, Gauge  # noqa: PLC0415 - only where somebody wants them

        self._refreshes = Counter(
            "watchglass_discovery_refreshes",
            "Times that a job's discovery was brought up to date.",
            ["job"],
            registry=registry,
        )
        self._failures = Counter(
            "watchglass_discovery_failures", "Files and names that could not be read.", ["job"], registry=registry
        )
        self._modified = Gauge(
            "watchglass_discovery_file_mtime_seconds",
            "When a discovery file was last changed.",
            ["job", "file"],
            registry=registry,
        )

    def refreshed(self, job: str, failures: int) -> None:
        """Count one refresh."""
        self._refreshes.labels(job).inc()
        self._failures.labels(job).inc(failures)

    def files(self, job: str, modified_ms: Mapping[str, int]) -> None:
        """Note when files were changed."""
        for path, time_ms in modified_ms.items():
            self._modified.labels(job, path).set(time_ms / 1000)
