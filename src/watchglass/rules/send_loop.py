"""The queue of one Alertmanager elsewhere: bounded, sent in batches, and waiting for nobody else's.

Source: prometheus/prometheus, notifier/sendloop.go, notifier/util.go.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from watchglass.collect.errors import ScrapeError
from watchglass.model.alert import Alert
from watchglass.version import __version__

if TYPE_CHECKING:
    from watchglass.collect.http_client import HttpClient
    from watchglass.rules.alertmanager_metrics import LoopMetrics

log = logging.getLogger("watchglass.rules")

_HEADERS = (("Content-Type", "application/json"), ("User-Agent", f"Watchglass/{__version__}"))


@dataclass(frozen=True, slots=True)
class SendOptions:
    """How alerts are sent.

    Attributes:
        queue_capacity: alerts that wait for one Alertmanager; beyond it the oldest are dropped.
        batch_size: the most alerts in one request.
        drain: send what still waits when this process stops.
        own_header: says who asks; an answer that holds it comes from this very process.
    """

    queue_capacity: int = 10_000
    batch_size: int = 256
    drain: bool = True
    own_header: tuple[str, str] | None = None


class SendLoop:
    """Sends to one Alertmanager.

    Args:
        url: where to post.
        client: how to reach it.
        timeout_ms: for one request.
        options: bounds.
        metrics: where it counts.

    Attributes:
        reaches_self: it has turned out to be this very process.
    """

    def __init__(
        self, url: str, client: HttpClient, timeout_ms: int, options: SendOptions, metrics: LoopMetrics
    ) -> None:
        self.url, self.reaches_self = url, False
        self._client, self._timeout_s, self._options, self._metrics = client, timeout_ms / 1000, options, metrics
        self._queue: deque[Alert] = deque()
        self._has_work = asyncio.Event()
        self._stopping = False
        self._failing = False
        self._task = asyncio.create_task(self._run())

    def put(self, alerts: Sequence[Alert]) -> None:
        """Queue alerts; where there is no room, the oldest give way."""
        if self._stopping or self.reaches_self:
            return
        self._queue.extend(alerts)
        excess = len(self._queue) - self._options.queue_capacity
        for _ in range(excess):
            self._queue.popleft()
        if excess > 0:
            log.warning("too many alerts wait for an Alertmanager: the oldest are dropped", extra=self._extra(excess))
            self._metrics.dropped(excess)
        self._metrics.waiting(len(self._queue))
        self._has_work.set()

    async def stop(self, seconds: float) -> None:
        """Send what waits, if so configured, for as long; what is left then is dropped."""
        self._stopping = True
        self._has_work.set()
        if not self._options.drain:
            self._drop_all()
        await asyncio.wait({self._task}, timeout=seconds)
        self._task.cancel()
        self._drop_all()

    def _drop_all(self) -> None:
        if self._queue:
            log.warning("alerts are dropped that an Alertmanager did not take", extra=self._extra(len(self._queue)))
            self._metrics.dropped(len(self._queue))
            self._queue.clear()

    async def _run(self) -> None:
        while self._queue or not self._stopping:
            await self._has_work.wait()
            batch = self._next_batch()
            if batch and not self.reaches_self:
                try:
                    await self._send(batch)
                except Exception:
                    log.exception("alerts were not sent by a fault of ours", extra=self._extra(len(batch)))
            if not self._queue and not self._stopping:
                self._has_work.clear()

    def _next_batch(self) -> list[Alert]:
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), self._options.batch_size))]
        self._metrics.waiting(len(self._queue))
        return batch

    async def _send(self, batch: Sequence[Alert]) -> None:
        began_s = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._post(orjson.dumps([_posted(alert) for alert in batch]))
        except (ScrapeError, TimeoutError) as error:
            reason = str(error) or f"no answer within {self._timeout_s:g} s"
            self._fail(len(batch), reason)
        else:
            self._failing = False
            self._metrics.sent(len(batch), time.monotonic() - began_s)

    async def _post(self, content: bytes) -> None:
        own = self._options.own_header
        headers = (*_HEADERS, own) if own else _HEADERS
        async with self._client.request("POST", self.url, headers, content) as answer:
            if own and answer.headers.get(own[0]) == own[1]:
                self.reaches_self = True
                log.warning("an Alertmanager is this very process: alerts are not sent there", extra=self._extra())
            elif not answer.is_success:
                status = f"{answer.status_code} {answer.reason_phrase}".strip()
                raise ScrapeError(f"bad response status {status}", result="http_status")

    def _fail(self, alerts: int, reason: str) -> None:
        self._metrics.failed(alerts)
        self._metrics.dropped(alerts)
        (log.debug if self._failing else log.error)(
            "alerts are not sent", extra={**self._extra(alerts), "error": reason}
        )
        self._failing = True

    def _extra(self, alerts: int = 0) -> dict[str, object]:
        return {"alertmanager": shown_url(self.url), **({"alerts": alerts} if alerts else {})}


def shown_url(url: str) -> str:
    """An address without what may be secret in it."""
    return urlsplit(url)._replace(netloc=urlsplit(url).netloc.rpartition("@")[2]).geturl()


def _posted(alert: Alert) -> dict[str, object]:
    """An alert as Alertmanager's API v2 takes it."""
    return {
        "annotations": dict(alert.annotations),
        "endsAt": _time(alert.ends_ms),
        "startsAt": _time(alert.starts_ms),
        "generatorURL": alert.generator_url,
        "labels": dict(alert.labels),
    }


def _time(time_ms: int) -> str:
    seconds, rest = divmod(time_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"
