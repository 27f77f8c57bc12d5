"""A set of running scrape loops: starting them, retiring them, stopping them all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass

from watchglass.collect.scrape import ScrapeLoop, ScrapeStatus
from watchglass.collect.target import Target
from watchglass.interfaces import Appender


@dataclass(frozen=True, slots=True)
class ActiveTarget:
    """A target that is scraped, and how that goes."""

    pool: str  # the job's name in the configuration
    target: Target
    status: ScrapeStatus


class LoopSet:
    """Loops by the key of their target, each in a task of its own."""

    def __init__(self, appender: Appender) -> None:
        self._appender = appender
        self._loops: dict[str, ScrapeLoop] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._loops)

    def __iter__(self) -> Iterator[ScrapeLoop]:
        return iter(self._loops.values())

    def keys(self) -> set[str]:
        """The keys of the targets that are scraped."""
        return set(self._loops)

    def active(self, pool: str) -> list[ActiveTarget]:
        """All targets that are scraped, by URL."""
        loops = sorted(self, key=lambda loop: loop.target.url)
        return [ActiveTarget(pool, loop.target, loop.status) for loop in loops]

    def start(self, loop: ScrapeLoop, group: int) -> None:
        """Run a loop; when it ends and its target has not come back by then, its group in the store ends too."""
        self._loops[loop.target.key] = loop
        self.spawn(self._run(loop, group))

    def retire(self, key: str) -> None:
        """Let a loop end, with staleness markers in due time."""
        self._loops.pop(key).retire()

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run something beside the loops that ends with them."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End all at once, without staleness markers."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, loop: ScrapeLoop, group: int) -> None:
        await loop.run()
        if loop.target.key not in self._loops:
            self._appender.close_group(group)
