"""The collectors of this process that are scraped."""

from __future__ import annotations

from collections.abc import Sequence

from watchglass.collect.ingest import TargetIngest
from watchglass.collect.job import ScrapeJob
from watchglass.collect.local import LocalReader, LocalTarget
from watchglass.collect.loops import ActiveTarget, LoopSet
from watchglass.collect.scrape import ScrapeLoop, Surroundings


class LocalPool:
    """Keeps one scrape loop a collector; those that stay run on, with the collector they are given last."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._loops = LoopSet(around.appender)
        self._readers: dict[str, LocalReader] = {}

    def apply(self, targets: Sequence[LocalTarget]) -> None:
        """Scrape these, and no others."""
        wanted = {local.target().key: local for local in targets}
        for key in self._readers.keys() - wanted.keys():
            del self._readers[key]
            self._loops.retire(key)
        for key, local in wanted.items():
            if key in self._readers:
                self._readers[key].use(local)
            else:
                self._start(key, local)

    def active(self) -> list[ActiveTarget]:
        """All collectors, each in a pool named after its job."""
        return [ActiveTarget(loop.target.labels.get("job"), loop.target, loop.status) for loop in self._loops]

    async def stop(self) -> None:
        """End at once, without staleness markers."""
        await self._loops.stop()

    def _start(self, key: str, local: LocalTarget) -> None:
        target = local.target()
        group = self._around.appender.open_group(key)
        ingest = TargetIngest(ScrapeJob(local.job), target.labels, self._around.appender, group)
        self._readers[key] = reader = LocalReader(local, ingest)
        delays_ms = (0, local.again_after_ms) if local.again_after_ms else (0,)
        self._loops.start(ScrapeLoop(target, reader, ingest, self._around, delays_ms=delays_ms), group)
