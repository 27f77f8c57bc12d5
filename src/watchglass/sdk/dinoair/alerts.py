"""Tells a server of alerts: a Watchglass server, or any Alertmanager, by its `POST /api/v2/alerts`.

What counts is how each alert is now, not what was said of it before: while no server is there the newest word of each
waits, and an alert that goes on is repeated, so that a server that has forgotten it hears of it again.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from watchglass.clock import Clock, SystemClock
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.sdk.dinoair.metrics_exporter import iso
from watchglass.sdk.dinoair.posting import error_text, is_hopeless, post, shown_url

PATH = "/api/v2/alerts"
VARIABLE = "PROMETHEUS_URL"
"""Names the server where the application does not."""
DEFAULT_URL = "http://localhost:9090"
RESEND_S = 60.0
"""An alert that goes on is repeated so often, as Prometheus does."""

_BATCH = 100  # alerts a request
_LONGEST_PAUSE_S = 60.0

_log = logging.getLogger("watchglass.sdk.dinoair")


@dataclass(slots=True)
class _Held:
    """The newest word of an alert, and when it was sent, by the monotonic clock."""

    alert: Alert
    sent_s: float | None = None


class AlertSender:
    """Sends alerts from a thread of its own, which begins with the first of them; nobody waits for it.

    Args:
        url: of the server; the variable `PROMETHEUS_URL` unless given, and without that `http://localhost:9090`.
        headers: sent along, such as `{"Authorization": "Bearer ..."}`.
        most_alerts: alerts that are known at once; beyond it the oldest gives way, and is counted.
        clock: the time.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        most_alerts: int = 1000,
        clock: Clock | None = None,
    ) -> None:
        if url is not None:
            shown_url(url)
        self._given, self._headers = url, dict(headers or {})
        self._most, self._clock = most_alerts, clock or SystemClock()
        self._held: dict[Labels, _Held] = {}
        self._sent, self._dropped, self._last_error = 0, 0, ""
        self._lock, self._wake, self._stopping = threading.Lock(), threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, alert: Alert) -> None:
        """Send an alert, and again every minute until its end; one without an end (0) is sent once, and the server ends it."""
        with self._lock:
            if alert.labels not in self._held and len(self._held) >= self._most:
                del self._held[next(iter(self._held))]
                self._dropped += 1
            self._held[alert.labels] = _Held(alert)
            self._begin()
        self._wake.set()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Try once more to send what waits, and end. A later alert begins it again."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None:
                return
            self._stopping.set()
            self._wake.set()
        thread.join(timeout_s)
        atexit.unregister(self.stop)

    def status(self) -> dict[str, Any]:
        """Where to, and how many alerts were sent, wait, and were dropped; without what may be secret."""
        with self._lock:
            return {
                "url": self._shown(),
                "sent": self._sent,
                "waiting": sum(each.sent_s is None for each in self._held.values()),
                "dropped": self._dropped,
                "last_error": self._last_error or None,
            }

    def _begin(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(self._stopping,), name="dinoair-alerts", daemon=True)
        self._thread.start()
        atexit.register(self.stop)

    def _run(self, stopping: threading.Event) -> None:
        pause_s = 0.0
        while True:
            if pause_s:  # a new alert is no reason to try earlier
                stopping.wait(pause_s)
            else:
                self._wake.wait(self._rest_s())
            self._wake.clear()
            is_last = stopping.is_set()
            pause_s = 0.0 if self._send_due() else min(_LONGEST_PAUSE_S, max(1.0, pause_s * 2))
            if is_last:
                return

    def _rest_s(self) -> float | None:
        """How long until an alert is to be sent; None where there is none."""
        with self._lock:
            sent = [0.0 if each.sent_s is None else each.sent_s + RESEND_S for each in self._held.values()]
        return max(0.0, min(sent) - time.monotonic()) if sent else None

    def _send_due(self) -> bool:
        """Send what is to be sent, batch by batch; False once the server is away."""
        while batch := self._due():
            try:
                self._send([each.alert for each in batch])
            except (OSError, HTTPException, ValueError) as error:
                if not is_hopeless(error):
                    self._note(error)
                    return False
                self._note(error, lost=len(batch))
            else:
                self._last_error = ""
                self._sent += len(batch)
            self._forget(batch)
        return True

    def _due(self) -> Sequence[_Held]:
        before_s = time.monotonic() - RESEND_S
        with self._lock:
            due = [each for each in self._held.values() if each.sent_s is None or each.sent_s <= before_s]
        return due[:_BATCH]

    def _send(self, alerts: Sequence[Alert]) -> None:
        body = json.dumps([_document(alert) for alert in alerts]).encode()
        url = self._url()
        shown_url(url, VARIABLE)
        post(url.rstrip("/") + PATH, body, {"Content-Type": "application/json", **self._headers})

    def _forget(self, sent: Sequence[_Held]) -> None:
        """Keep what goes on, to be repeated; what has ended, or has no end, is done."""
        now_ms, now_s = self._clock.now_ms(), time.monotonic()
        with self._lock:
            for each in sent:
                each.sent_s = now_s
                if each.alert.is_resolved(now_ms) and self._held.get(each.alert.labels) is each:
                    del self._held[each.alert.labels]

    def _url(self) -> str:
        return self._given or os.environ.get(VARIABLE) or DEFAULT_URL

    def _shown(self) -> str:
        try:
            return shown_url(self._url(), VARIABLE) + PATH
        except ValueError as error:
            return str(error)

    def _note(self, error: Exception, lost: int = 0) -> None:
        text = error_text(error)
        if text != self._last_error:
            _log.warning("alerts cannot be sent", extra={"url": self._shown(), "error": text, "lost": lost})
        self._last_error, self._dropped = text, self._dropped + lost


def _document(alert: Alert) -> dict[str, Any]:
    document = {
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": iso(alert.starts_ms),
    }
    return document | ({"endsAt": iso(alert.ends_ms)} if alert.ends_ms else {})
