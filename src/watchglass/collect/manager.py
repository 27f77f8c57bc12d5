"""All scraping of the process: jobs from the configuration, targets from discovery, collectors of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple

from prometheus_client import CollectorRegistry

from watchglass.clock import Clock
from watchglass.collect.job import ScrapeJob, TargetGroup
from watchglass.collect.local import LocalTarget
from watchglass.collect.local_pool import LocalPool
from watchglass.collect.loops import ActiveTarget
from watchglass.collect.metrics import ScrapeMetrics
from watchglass.collect.pool import TargetPool
from watchglass.collect.relabel import compile_rules
from watchglass.collect.scrape import Surroundings
from watchglass.collect.target import DroppedTarget
from watchglass.interfaces import Appender

_LAST_SCRAPES_S = 2.0  # what is being parsed when we go down may still reach the store


class TargetList(NamedTuple):
    """What the Targets page shows."""

    active: list[ActiveTarget]
    dropped: list[tuple[str, DroppedTarget]]  # the job's name, the target
    unsupported: list[tuple[str, str]]  # the job's name, a kind of discovery that we do not have


class ScrapeManager:
    """Scrapes what it is told to, into `appender`.

    All methods are called from one event loop; `appender` is called from worker threads.

    Args:
        appender: takes the samples.
        clock: tells their time.
        registry: where the parts' own metrics go.
        workers: threads that parse; a huge body occupies one of them.
    """

    def __init__(
        self, appender: Appender, clock: Clock, *, registry: CollectorRegistry | None = None, workers: int = 2
    ) -> None:
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="scrape")
        self._around = Surroundings(appender, self._workers, clock, ScrapeMetrics(registry))
        self._pools: dict[str, TargetPool] = {}
        self._retired: list[TargetPool] = []
        self._local = LocalPool(self._around)

    async def apply(self, jobs: Sequence[ScrapeJob], local: Sequence[LocalTarget] = ()) -> None:
        """Scrape these jobs and collectors from now on, and no others.

        Unchanged targets keep their loop and their cache.

        Raises:
            ConfigError: a relabelling rule is wrong; nothing has changed then.
        """
        for job in jobs:
            compile_rules(job.relabel, key=f"scrape_configs[{job.name}].relabel_configs")
            compile_rules(job.metric_relabel, key=f"scrape_configs[{job.name}].metric_relabel_configs")
        wanted = {job.name: job for job in jobs}
        for name in self._pools.keys() - wanted.keys():
            pool = self._pools.pop(name)
            pool.retire()
            self._retired.append(pool)
        for name, job in wanted.items():
            self._apply_job(name, job)
        self._local.apply(local)

    def set_targets(self, job: str, groups: Sequence[TargetGroup]) -> None:
        """All groups that discovery knows for a job now; its static ones are known already. Unknown jobs are ignored."""
        if job in self._pools:
            self._pools[job].discover(groups)

    def targets(self) -> TargetList:
        """All targets of all jobs, in the order of the configuration, ours last."""
        pools = self._pools.values()
        active = [target for pool in pools for target in pool.active()]
        dropped = [(pool.job.name, target) for pool in pools for target in pool.dropped]
        unsupported = [(pool.job.name, kind) for pool in pools for kind in pool.job.unsupported]
        return TargetList(active + self._local.active(), dropped, unsupported)

    async def stop(self) -> None:
        """End all scraping. No staleness markers are written: we go down, the targets do not."""
        pools = [*self._pools.values(), *self._retired]
        await asyncio.gather(*(pool.stop() for pool in pools), self._local.stop())
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SCRAPES_S):
                await asyncio.to_thread(self._workers.shutdown, cancel_futures=True)

    def _apply_job(self, name: str, job: ScrapeJob) -> None:
        pool = self._pools.get(name)
        if pool is not None and (pool.job.probe is None) != (job.probe is None):  # it is read in another way
            pool.retire()
            self._retired.append(pool)
            pool = None
        if pool is None:
            self._pools[name] = pool = TargetPool(job, self._around)
            pool.sync()
        elif pool.job != job:
            pool.configure(job)
