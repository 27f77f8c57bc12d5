"""What an operator or a client asks of the server itself: running queries, features, and notifications as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from watchglass.serve.envelope import success
from watchglass.serve.features import features
from watchglass.serve.parts import Parts
from watchglass.serve.table import Endpoint

MAX_SUBSCRIBERS = 16
"""Clients that notifications are sent to at once, as in Prometheus."""
_LOOK_S = 0.5

Notification = Mapping[str, Any]


class OperatorApi:
    """`/api/v1/status/queries`, `/api/v1/features` and `/api/v1/notifications/live`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._subscribers = 0

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/api/v1/status/queries", self.queries, "Queries that run or wait: text, client, seconds, state."),
            Endpoint("/api/v1/features", self.features, "What this server can do, by name."),
            Endpoint("/api/v1/notifications/live", self.live, "Notifications as they come, as server-sent events."),
        ]

    async def queries(self, _request: Request) -> Response:
        """List what runs and what waits, the oldest first."""
        pool, elsewhere = self._parts.queries, self._parts.source_queries
        content = {
            "queries": [*pool.listed(), *(elsewhere.listed() if elsewhere else ())],
            "memoryBytes": pool.memory.held_bytes,
            "memoryLimitBytes": pool.memory.max_bytes,
        }
        return success(content)

    async def features(self, _request: Request) -> Response:
        """List features by category."""
        return success(features(lifecycle=bool(self._parts.options.enable_lifecycle)))

    async def live(self, _request: Request) -> Response:
        """Send what needs attention, and what does so no longer; 204 where too many listen already."""
        if self._subscribers >= MAX_SUBSCRIBERS:
            return Response(status_code=204)
        return StreamingResponse(self._events(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})

    async def _events(self) -> AsyncIterator[bytes]:
        self._subscribers += 1
        shown: list[Notification] = []
        try:
            yield b": notifications follow\n\n"  # so that a client knows at once that it is heard
            while not self._parts.health.stopping:
                current = list(self._parts.notifications())
                for event in changes(shown, current):
                    yield b"data: %b\n\n" % orjson.dumps(event)
                shown = current
                await asyncio.sleep(_LOOK_S)
        finally:
            self._subscribers -= 1


def changes(before: Sequence[Notification], after: Sequence[Notification]) -> list[Notification]:
    """The events between two lists: what is new, and what is over, which is not active any more."""
    gone: list[Notification] = [{**each, "active": False} for each in before if each not in after]
    return gone + [each for each in after if each not in before]
