"""Scraping one target, again and again: when, what becomes of it, and how it ends.

The event loop only waits and receives; parsing and everything per sample happens in a worker thread.

Source: prometheus/prometheus, scrape/scrape.go (scrapeLoop.run, scrapeAndReport, endOfRunStaleness).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from watchglass.clock import Clock
from watchglass.collect.errors import ScrapeError
from watchglass.collect.ingest import Outcome, ScrapeCounts, TargetIngest
from watchglass.collect.job import ScrapeJob
from watchglass.collect.metrics import LEFT_OUT, ScrapeMetrics
from watchglass.collect.target import Target
from watchglass.errors import ExpositionError, StoreError
from watchglass.interfaces import Appender, AppendResult
from watchglass.wire.exposition import Reading

log = logging.getLogger("watchglass.collect")

_TOLERANCE_MS = 2  # a scrape that is late by so little takes the timestamp it was due at: it packs better

Parse = Callable[[], Reading]


class TargetReader(Protocol):
    """Gets at what one target says now."""

    async def fetch(self) -> Parse:
        """Ask the target; what is returned parses the answer, in a worker thread.

        Raises:
            ScrapeError: there is no usable answer.
            TimeoutError: it took too long.
        """

    def forget(self) -> None:
        """Ask for all refs again with the next answer."""


class Health(Enum):
    """How the last scrape of a target went."""

    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"


@dataclass(slots=True)
class ScrapeStatus:
    """What is known of a target's scrapes."""

    health: Health = Health.UNKNOWN
    last_error: str = ""
    last_scrape_ms: int = 0  # 0: never
    last_duration_s: float = 0.0
    samples: int = 0  # of the last scrape
    left_out: Mapping[str, int] = field(default_factory=dict)  # series beyond a limit, by metric


def next_slot(now_ms: int, interval_ms: int, spread: int) -> int:
    """The first time after `now_ms` at which a target is due: the same grid after every start."""
    phase = spread % interval_ms
    return now_ms - (now_ms - phase) % interval_ms + interval_ms


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all loops share."""

    appender: Appender
    workers: Executor  # for the work per sample
    clock: Clock
    metrics: ScrapeMetrics


class ScrapeLoop:
    """Scrapes one target until it is retired.

    Args:
        target: what to scrape.
        reader: how to get at it.
        ingest: what makes batches of it.
        around: what all loops share.
        delays_ms: of the first scrapes, each after the one before; those after them fall on the target's grid.
    """

    def __init__(
        self,
        target: Target,
        reader: TargetReader,
        ingest: TargetIngest,
        around: Surroundings,
        *,
        delays_ms: Sequence[int] = (0,),
    ) -> None:
        self.target = target
        self.reader = reader
        self.status = ScrapeStatus()
        self.forced_error = ""  # every scrape fails with it, unasked
        self._ingest = ingest
        self._appender, self._workers = around.appender, around.workers
        self._clock, self._metrics = around.clock, around.metrics
        self._delays_ms = delays_ms
        self._next_job: ScrapeJob | None = None
        self._left_out: frozenset[str] = frozenset()  # why the last good scrape left out samples
        self._beyond = 0  # series that a limit has kept out
        self._retired = asyncio.Event()

    def follow(self, job: ScrapeJob) -> None:
        """Name and limit series as `job` says, from the next scrape on."""
        self._next_job = job

    def retire(self) -> None:
        """End after the scrape in hand, and mark all series stale when the target has not come back by then."""
        self._retired.set()

    async def run(self) -> None:
        """Scrape until retired."""
        for delay_ms in self._delays_ms:
            if not await self._pause(delay_ms):
                await self._guarded_scrape(self._clock.now_ms())
        while not self._retired.is_set():
            slot_ms = next_slot(self._after_last_ms(), self.target.interval_ms, self.target.spread)
            if not await self._pause_until(slot_ms):
                now_ms = self._clock.now_ms()
                await self._guarded_scrape(slot_ms if abs(now_ms - slot_ms) <= _TOLERANCE_MS else now_ms)
        await self._end()

    async def scrape(self, now_ms: int) -> None:
        """Scrape once, with `now_ms` as the samples' time, and wait until the store has them."""
        started = time.perf_counter()
        if self._next_job:
            self._ingest.use(self._next_job)
            self.reader.forget()
            self._next_job = None
        fetched = await self._fetch()
        outcome, futures = await asyncio.get_running_loop().run_in_executor(
            self._workers, self._take, fetched, now_ms, started
        )
        self._report(outcome, now_ms, time.perf_counter() - started)
        await self._settle(futures)
        self._metrics.scrapes.labels(outcome.error.result if outcome.error else "success").inc()

    def _after_last_ms(self) -> int:
        """Now, or the time of the last scrape where that was taken a moment ahead of the clock."""
        now_ms, last_ms = self._clock.now_ms(), self.status.last_scrape_ms
        return last_ms if 0 < last_ms - now_ms <= _TOLERANCE_MS else now_ms

    async def _guarded_scrape(self, now_ms: int) -> None:
        """A fault of the store or of ours costs one scrape, not the loop."""
        try:
            await self.scrape(now_ms)
        except StoreError as error:
            self._fault(f"not stored: {error}", "store")
        except Exception as error:
            log.exception("scrape failed by a fault of ours", extra={"target": self.target.url})
            self._fault(f"internal error: {error}", "internal")

    def _fault(self, message: str, result: str) -> None:
        self.status.last_error = message
        self._metrics.scrapes.labels(result).inc()

    async def _fetch(self) -> Parse | ScrapeError:
        if self.forced_error:
            return ScrapeError(self.forced_error, result="target_limit")
        try:
            return await self.reader.fetch()
        except ScrapeError as error:
            return error
        except TimeoutError:
            return ScrapeError(f"no full answer within {self.target.timeout_ms / 1000:g} s", result="timeout")
        except StoreError:
            raise
        except Exception as error:
            log.exception("scrape failed by a fault of ours", extra={"target": self.target.url})
            return ScrapeError(f"internal error: {error}", result="internal")

    def _take(
        self, fetched: Parse | ScrapeError, now_ms: int, started: float
    ) -> tuple[Outcome, list[Future[AppendResult]]]:
        """Parse and hand to the store; in a worker thread."""
        outcome = self._outcome(fetched, now_ms, started)
        return outcome, [self._appender.append(batch) for batch in outcome.batches]

    def _outcome(self, fetched: Parse | ScrapeError, now_ms: int, started: float) -> Outcome:
        reading = fetched if isinstance(fetched, ScrapeError) else self._parse(fetched)
        duration_s = time.perf_counter() - started
        error = reading if isinstance(reading, ScrapeError) else None
        known = reading.reading if isinstance(reading, ScrapeError) else reading
        if known is None:
            assert error is not None  # or there would be a reading
            return self._ingest.fail(error, now_ms, duration_s)
        if known.metadata:
            self._appender.put_metadata(known.metadata)
        return self._ingest.accept(known, now_ms, duration_s, error)

    def _parse(self, fetched: Parse) -> Reading | ScrapeError:
        try:
            return fetched()
        except ScrapeError as error:
            return error
        except ExpositionError as error:
            return ScrapeError(str(error), result="malformed")
        except StoreError:
            raise
        except Exception as error:
            log.exception("scrape failed by a fault of ours", extra={"target": self.target.url})
            return ScrapeError(f"internal error: {error}", result="internal")

    def _report(self, outcome: Outcome, now_ms: int, duration_s: float) -> None:
        error = outcome.error
        self._log_change(error)
        self.status = ScrapeStatus(
            Health.DOWN if error else Health.UP,
            str(error or ""),
            now_ms,
            duration_s,
            outcome.counts.scraped,
            self._ingest.left_out,
        )
        self._count_beyond_limits()
        self._metrics.durations.observe(duration_s)
        self._metrics.count_left_out(outcome.counts)
        if not error:
            self._log_left_out(outcome.counts)

    def _count_beyond_limits(self) -> None:
        """Count series that a limit has kept out since the last scrape, and say so when it is the first time."""
        total = sum(self._ingest.left_out.values())
        if total > self._beyond:
            self._metrics.series_left_out.inc(total - self._beyond)
            if not self._beyond:
                target = {"job": self.target.labels.get("job"), "target": self.target.url}
                log.warning("a target has more series than its limits allow; the rest is left out", extra=target)
        self._beyond = total

    def _log_change(self, error: ScrapeError | None) -> None:
        """Say when a target goes down and when it is back, not each time that it fails."""
        target = {"job": self.target.labels.get("job"), "target": self.target.url}
        if error and self.status.health is not Health.DOWN:
            log.warning("target is down", extra=target | {"error": str(error)})
        elif not error and self.status.health is Health.DOWN:
            log.info("target is up again", extra=target)

    def _log_left_out(self, counts: ScrapeCounts) -> None:
        """Say when a target begins to send samples that cannot be stored, not each time that it does."""
        left_out = {reason: number for reason in LEFT_OUT if (number := getattr(counts, reason))}
        if left_out.keys() - self._left_out:
            target = {"job": self.target.labels.get("job"), "target": self.target.url}
            log.warning("samples of a target are left out", extra=target | left_out)
        self._left_out = frozenset(left_out)

    async def _settle(self, futures: Sequence[Future[AppendResult]]) -> None:
        """Wait for the commit, and count what the store did not take."""
        for future in futures:
            result = await asyncio.wrap_future(future)
            self._metrics.samples.inc(result.appended)
            if result.out_of_order:
                self._metrics.left_out.labels("out_of_order").inc(result.out_of_order)
            if result.duplicate:
                self._metrics.left_out.labels("duplicate").inc(result.duplicate)
            if result.unknown:
                self._metrics.left_out.labels("unknown").inc(result.unknown)
                self.reader.forget()
                self._ingest.forget_refs()

    async def _end(self) -> None:
        """Mark what is live as stale, at the time of the scrape that will not be.

        Two intervals and a bit later, because the target may have come back under another interval or job by then;
        its samples are newer, and the markers are refused as out of order.
        """
        if not self.status.last_scrape_ms:
            return
        interval_ms = self.target.interval_ms
        stale_ms = next_slot(self._clock.now_ms(), interval_ms, self.target.spread)
        await asyncio.sleep((stale_ms - self._clock.now_ms() + interval_ms + interval_ms // 10) / 1000)
        for batch in self._ingest.end(stale_ms):
            await asyncio.wrap_future(self._appender.append(batch))

    async def _pause_until(self, slot_ms: int) -> bool:
        return await self._pause(max(0, slot_ms - self._clock.now_ms()))

    async def _pause(self, delay_ms: int) -> bool:
        """Sleep; True when retired meanwhile."""
        try:
            async with asyncio.timeout(delay_ms / 1000):
                await self._retired.wait()
        except TimeoutError:
            return False
        return True
