"""Scraping as a whole: real HTTP, a store in memory."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from collect_support import exposing, job, until

from watchglass.clock import SystemClock
from watchglass.collect.manager import ScrapeManager


@asynccontextmanager
async def scraping(store, *jobs, local=(), **options):
    manager = ScrapeManager(store, SystemClock(), **options)
    await manager.apply(jobs, local)
    try:
        yield manager
    finally:
        await manager.stop()


def test_a_target_is_scraped_again_and_again(store):
    async def main():
        async with exposing(b"answer 41\n", b"answer 42\n") as address, scraping(store, job(address)):
            await until(lambda: len(store.values("answer")) >= 3)
        assert store.values("answer")[:3] == [41, 42, 42]
        assert set(store.values("up")) == {1}
        assert store.samples("answer")[0][0] == (("__name__", "answer"), ("instance", address), ("job", "app"))

    asyncio.run(main())
