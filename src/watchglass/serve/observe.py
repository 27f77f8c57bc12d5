"""Two layers that see every request: one counts and times it by its route, one lets no exception out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchglass.serve.envelope import ApiError, failure
from watchglass.serve.front_door import SECURITY_HEADERS

log = logging.getLogger("watchglass.serve")

BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0)
METHODS = frozenset({"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
CLIENT_GONE = 499


class Observer:
    """The outermost layer: counts and times requests, refused ones too."""

    def __init__(
        self, app: ASGIApp, routes: Mapping[Callable[..., object], str], registry: CollectorRegistry | None
    ) -> None:
        self._app = app
        self._routes = routes
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "watchglass_http_requests", "Requests answered.", ["route", "method", "code"], registry=registry
        )
        self._seconds = Histogram(
            "watchglass_http_request_duration_seconds",
            "Time from a request's headers to the end of its answer.",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._in_flight = Gauge("watchglass_http_requests_in_flight", "Requests being answered.", registry=registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        status = _StatusSend(send)
        self._in_flight.inc()
        try:
            await self._app(scope, receive, status)
        finally:
            self._in_flight.dec()
        self._count(scope, status.code or CLIENT_GONE, time.perf_counter() - started)

    def _count(self, scope: Scope, code: int, seconds: float) -> None:
        route = self._routes.get(scope.get("endpoint", _nowhere), UNMATCHED)
        method = scope["method"] if scope["method"] in METHODS else "other"
        counted = self._children.get((route, method, code))
        if counted is None:
            counted = self._requests.labels(route, method, str(code)), self._seconds.labels(route)
            self._children[route, method, code] = counted
        counted[0].inc()
        counted[1].observe(seconds)
        if log.isEnabledFor(logging.DEBUG):
            extra = {"method": method, "path": scope["path"], "code": code, "duration_s": round(seconds, 6)}
            log.debug("request", extra=extra)


class FaultBoundary:
    """Makes of a fault one logged error and one answer that says so, without internals."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; after its first byte, a fault only ends the connection."""
        status = _StatusSend(send)
        try:
            await self._app(scope, receive, status)
        except Exception:
            log.exception("a request failed", extra={"path": scope["path"], "method": scope["method"]})
            if not status.code:
                answer = failure(ApiError("an unexpected error; the log says more", kind="internal"))
                answer.headers.update(SECURITY_HEADERS)
                await answer(scope, receive, status)


class _StatusSend:
    """Remembers the status that was sent; 0 before that."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.code = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.code = message["status"]
        await self._send(message)


def _nowhere() -> None:
    """Stand for the endpoint of a request that found none."""
