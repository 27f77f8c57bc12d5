"""The targets of one job: which there are, and the loops that scrape them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from watchglass.collect.http import ScrapeClient
from watchglass.collect.http_target import HttpAccess, HttpReader
from watchglass.collect.ingest import TargetIngest
from watchglass.collect.job import ScrapeJob, TargetGroup
from watchglass.collect.loops import ActiveTarget, LoopSet
from watchglass.collect.probe import ProbeReader
from watchglass.collect.relabel import compile_rules
from watchglass.collect.scrape import ScrapeLoop, Surroundings, TargetReader
from watchglass.collect.target import DroppedTarget, Target, build_targets

log = logging.getLogger("watchglass.collect")

_START_WITHIN_MS = 900  # every first scrape begins within a second of its target's appearance
_START_GAP_MS = 10


class TargetPool:
    """Keeps one scrape loop a target; the loops of unchanged targets run on through every change."""

    def __init__(self, job: ScrapeJob, around: Surroundings) -> None:
        self.dropped: list[DroppedTarget] = []
        self._around = around
        self._loops = LoopSet(around.appender)
        self._discovered: Sequence[TargetGroup] = ()
        self._use(job)

    @property
    def job(self) -> ScrapeJob:
        """The configuration in force."""
        return self._job

    def active(self) -> list[ActiveTarget]:
        """All targets that are scraped, by URL."""
        return self._loops.active(self._job.name)

    def configure(self, job: ScrapeJob) -> None:
        """Follow another configuration of the job: targets that it leaves as they are keep their loop and cache."""
        before, old_client = self._job, self._access.client
        self._use(job)
        self._loops.spawn(_close_later(old_client, before.scrape_timeout_ms))
        for loop in self._loops:
            if isinstance(loop.reader, HttpReader | ProbeReader):
                loop.reader.access = self._access
            if _series_rules(job) != _series_rules(before):
                loop.follow(job)
        self.sync()

    def discover(self, groups: Sequence[TargetGroup]) -> None:
        """Take over what discovery found: all of it, each time."""
        self._discovered = tuple(groups)
        self.sync()

    def sync(self) -> None:
        """Start loops for new targets, and retire those of targets that are gone."""
        built = list(build_targets(self._job, (*self._job.static, *self._discovered), self._relabel))
        targets = {each.key: each for each in built if isinstance(each, Target)}
        known, self.dropped = set(self.dropped), [each for each in built if isinstance(each, DroppedTarget)]
        self._log_faulty(known)
        running = self._loops.keys()
        for key in running - targets.keys():
            self._loops.retire(key)
        new = [target for key, target in targets.items() if key not in running]
        gap_ms = min(_START_GAP_MS, _START_WITHIN_MS / max(1, len(new)))
        for position, target in enumerate(new):
            self._start(target, int(position * gap_ms))
        self._check_target_limit()

    def retire(self) -> None:
        """The job is gone: end all loops, with staleness markers."""
        for key in self._loops.keys():  # noqa: SIM118 -- a copy
            self._loops.retire(key)
        self._loops.spawn(_close_later(self._access.client, self._job.scrape_timeout_ms))

    async def stop(self) -> None:
        """End at once, without staleness markers: the process goes down, the targets do not."""
        await self._loops.stop()
        await self._access.client.close()

    def _use(self, job: ScrapeJob) -> None:
        self._job = job
        self._relabel = compile_rules(job.relabel)
        self._access = HttpAccess(job, ScrapeClient(job))

    def _start(self, target: Target, delay_ms: int) -> None:
        group = self._around.appender.open_group(target.key)
        ingest = TargetIngest(self._job, target.labels, self._around.appender, group)
        self._loops.start(
            ScrapeLoop(target, self._reader(target, ingest), ingest, self._around, delays_ms=(delay_ms,)), group
        )

    def _reader(self, target: Target, ingest: TargetIngest) -> TargetReader:
        if self._job.probe is not None:
            return ProbeReader(target, self._access, ingest)
        return HttpReader(target, self._access, ingest, self._around.metrics)

    def _log_faulty(self, known: set[DroppedTarget]) -> None:
        for each in self.dropped:
            if each.reason and each not in known:
                fields = {"job": self._job.name, "target": str(each.discovered), "error": each.reason}
                log.error("a target cannot be scraped", extra=fields)

    def _check_target_limit(self) -> None:
        limit, count = self._job.limits.targets, len(self._loops)
        error = f"target_limit exceeded: {count} targets, the limit is {limit}" if limit and count > limit else ""
        for loop in self._loops:
            loop.forced_error = error


def _series_rules(job: ScrapeJob) -> tuple[object, ...]:
    """What decides how series are named and limited."""
    return (job.honor_labels, job.honor_timestamps, job.track_timestamps_staleness, job.limits, job.metric_relabel)


async def _close_later(client: ScrapeClient, delay_ms: int) -> None:
    """Close once the scrapes in flight have ended."""
    await asyncio.sleep(delay_ms / 1000)
    await client.close()
