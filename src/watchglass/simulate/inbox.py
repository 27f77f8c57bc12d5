"""The inbox of the demo: takes the notifications that Alertmanager's webhook sends, and shows them to who opens it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from watchglass.clock import Clock

MOST_BYTES, MOST_KEPT = 1_000_000, 200
_EMPTY = "Nobody has been told of anything yet.\n"
_HEAD = "What the demo's alerting has sent here, the newest first (UTC).\n\n"


class Inbox:
    """A WSGI application: POST takes a notification, GET lists those of before as text.

    Source: prometheus/alertmanager, notify/webhook/webhook.go, version 4 of the message.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[str] = deque(maxlen=MOST_KEPT)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        status, text = self._take(environ) if environ["REQUEST_METHOD"] == "POST" else ("200 OK", self._shown())
        start(status, [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")])
        return [text.encode()]

    def _take(self, environ: Mapping[str, Any]) -> tuple[str, str]:
        size = environ.get("CONTENT_LENGTH") or "0"
        if not size.isdecimal() or int(size) > MOST_BYTES:
            return "413 Content Too Large", f"at most {MOST_BYTES:,} bytes are taken\n"
        try:
            lines = list(self._lines(json.loads(environ["wsgi.input"].read(int(size)))))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return "400 Bad Request", "this is no notification of an Alertmanager\n"
        self._kept.extendleft(lines)
        return "200 OK", "taken\n"

    def _lines(self, message: Mapping[str, Any]) -> Iterator[str]:
        time = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).strftime("%H:%M:%S")
        for alert in message["alerts"]:
            labels = alert["labels"]
            columns = (alert["status"], labels.get("severity", ""), labels.get("system", ""), labels["alertname"])
            widths = (9, 9, 18, 24)
            cells = (f"{str(each)[:100]:<{width}}" for each, width in zip(columns, widths, strict=True))
            yield f"{time}  {' '.join(cells)} {str(alert['annotations'].get('summary', ''))[:200]}".rstrip()

    def _shown(self) -> str:
        return _HEAD + "\n".join(self._kept) + "\n" if self._kept else _EMPTY
