"""Sends readings on to another store over HTTP: a Watchglass server's import, or InfluxDB's line protocol.

A series is its name and labels. Forwarded samples carry `job` and `instance` as a scrape of the same application would
give them, and a service that forwards exposes its samples with their own times, so that a store which also scrapes it
holds both in one series, in the order in which they were read: a counter is read more often there, never added twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any, Literal

from watchglass.sdk.dinoair.metrics_exporter import to_line_protocol, to_openmetrics
from watchglass.sdk.dinoair.posting import error_text, is_hopeless, post, shown_url
from watchglass.sdk.dinoair.reading import MetricPoint, Reading
from watchglass.wire.content_type import WRITTEN_AS, Format

_BATCH = 60  # readings a request
_LONGEST_PAUSE_S = 60.0

_log = logging.getLogger("watchglass.sdk.dinoair")


class Forwarder:
    """Sends readings on, in order, from a queue of bounded length.

    While the store is away readings wait; the oldest give way once the queue is full. A request that may or may not
    have arrived is sent again: equal samples are one.

    Args:
        url: where to, such as `http://127.0.0.1:9090/api/v1/import` or `http://influx:8086/api/v2/write?bucket=b`.
        form: `openmetrics` for Watchglass, `influxdb` for what takes line protocol.
        job: the job that scrapes this application, or would.
        instance: the address by which it does.
        headers: sent along, such as `{"Authorization": "Token ..."}`.
        most_waiting: readings that wait at most; 5760 are a day at 15 s.
    """

    def __init__(
        self,
        url: str,
        form: Literal["openmetrics", "influxdb"] = "openmetrics",
        *,
        job: str = "dinoair",
        instance: str = "localhost:3000",
        headers: Mapping[str, str] | None = None,
        most_waiting: int = 5760,
    ) -> None:
        self._shown = shown_url(url)
        if form not in {"openmetrics", "influxdb"}:
            raise ValueError(f"form: expected openmetrics or influxdb, got {form!r}")
        self._url, self._form, self._headers = url, form, dict(headers or {})
        self._labels = (("instance", instance), ("job", job))
        self._waiting: deque[Reading] = deque()
        self._most, self._sent, self._dropped, self._last_error = most_waiting, 0, 0, ""
        self._lock, self._wake, self._stopping = threading.Lock(), threading.Event(), False
        self._thread: threading.Thread | None = None

    def put(self, reading: Reading) -> None:
        """Queue a reading."""
        with self._lock:
            if len(self._waiting) >= self._most:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(reading)
        self._wake.set()

    def start(self) -> None:
        """Send what is queued, in a thread of its own."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name="dinoair-forward", daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Try once more to send what waits, and end; what cannot be sent in that time is dropped."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def status(self) -> dict[str, Any]:
        """Where to, and how many readings were sent, wait, and were dropped; without what may be secret."""
        with self._lock:
            return {
                "url": self._shown,
                "sent": self._sent,
                "waiting": len(self._waiting),
                "dropped": self._dropped,
                "last_error": self._last_error or None,
            }

    def _run(self) -> None:
        pause_s = 0.0
        while True:
            self._rest(pause_s)
            stopping = self._stopping
            pause_s = 0.0 if self._send_all() else min(_LONGEST_PAUSE_S, max(1.0, pause_s * 2))
            if stopping:
                return

    def _rest(self, pause_s: float) -> None:
        """Wait for a reading; after a failure wait out a pause, in which a new reading is no reason to try earlier."""
        until_s = time.monotonic() + pause_s
        while not self._stopping:
            rest_s = until_s - time.monotonic()
            if pause_s and rest_s <= 0:
                return
            self._wake.wait(rest_s if pause_s else None)
            self._wake.clear()
            if not pause_s:
                return

    def _send_all(self) -> bool:
        """Send what waits, batch by batch; False once the store is away."""
        while batch := self._batch():
            try:
                self._send(batch)
            except (OSError, HTTPException, ValueError) as error:
                if not is_hopeless(error):
                    self._note(error)
                    return False
                self._note(error, lost=len(batch))
            else:
                self._last_error = ""
                self._sent += len(batch)
            with self._lock:
                while self._waiting and self._waiting[0].timestamp_ms <= batch[-1].timestamp_ms:
                    self._waiting.popleft()
        return True

    def _batch(self) -> Sequence[Reading]:
        with self._lock:
            return [reading for reading, _ in zip(self._waiting, range(_BATCH), strict=False)]

    def _send(self, batch: Sequence[Reading]) -> None:
        if self._form == "openmetrics":
            body, kind = to_openmetrics(batch, self._labels), WRITTEN_AS[Format.OPENMETRICS]
        else:
            points = (self._labelled(point) for reading in batch for point in reading.points())
            body, kind = to_line_protocol(points).encode(), "text/plain; charset=utf-8"
        post(self._url, body, {"Content-Type": kind, **self._headers})

    def _labelled(self, point: MetricPoint) -> MetricPoint:
        return point._replace(labels=tuple(sorted({**dict(self._labels), **dict(point.labels)}.items())))

    def _note(self, error: Exception, lost: int = 0) -> None:
        text = error_text(error)
        if text != self._last_error:
            _log.warning("readings cannot be forwarded", extra={"url": self._shown, "error": text, "lost": lost})
        self._last_error, self._dropped = text, self._dropped + lost
