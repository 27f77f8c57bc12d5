"""Middleware of ASGI applications (Starlette, FastAPI, Quart): requests and WebSocket connections, counted by route."""

from __future__ import annotations

import functools
import inspect
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from watchglass.sdk.web_metrics import OTHER, Connection, WebMetrics, template, word_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

GONE = 499
"""The status of a request whose client left before the answer began, as nginx writes it."""


def route_of(scope: Scope) -> str:
    """The template of the route that took a request; `other` where none did, whose paths may be anything.

    What an application that is mounted answers counts under the place where it is mounted.
    """
    if "endpoint" not in scope and "route" not in scope:
        return OTHER
    params = scope.get("path_params", {})
    above = template(scope.get("root_path", ""), params, whole=False)
    route = scope.get("route")
    path = getattr(route, "path", None)
    if hasattr(route, "routes") or (path is None and _is_application(scope.get("endpoint"))):
        return above
    if path is None:
        return template(scope["path"], params)
    return above + re.sub(r"\{(\w+):\w+\}", r"{\1}", path)  # of what type a value is, is no part of its name


def _is_application(endpoint: object) -> bool:
    """Whether it is one that is mounted, not what a route leads to: that is a function, or a class."""
    return not (isinstance(endpoint, type | functools.partial) or inspect.isroutine(endpoint))


class MetricsMiddleware:
    """Counts what an application answers.

        app = MetricsMiddleware(app)
        app.add_middleware(MetricsMiddleware)  # Starlette and FastAPI

    A fault of the application counts as status 500 and goes on to whoever handles it.

    Args:
        app: the application.
        metrics: what is counted into; made on the client library's own registry unless given.
        path_of: what the label `path` of a request is, asked after it was answered.
        kind_of: what the label `type` of a WebSocket connection is, asked when it is accepted.
    """

    def __init__(
        self,
        app: App,
        metrics: WebMetrics | None = None,
        *,
        path_of: Callable[[Scope], str] = route_of,
        kind_of: Callable[[Scope], str] = route_of,
    ) -> None:
        self._app, self._metrics = app, metrics or WebMetrics()
        self._path_of, self._kind_of = path_of, kind_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or serve a connection."""
        if scope["type"] == "http":
            await _Exchange(receive, send).run(self._app, scope, self._metrics, self._path_of)
        elif scope["type"] == "websocket":
            await _Socket(scope, receive, send, self._metrics, self._kind_of).run(self._app)
        else:
            await self._app(scope, receive, send)


class _Exchange:
    """One request and its answer."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._status, self._read, self._written = GONE, 0, 0

    async def run(self, app: App, scope: Scope, metrics: WebMetrics, path_of: Callable[[Scope], str]) -> None:
        """Have the application answer it."""
        began = time.perf_counter()
        with metrics.active.track_inprogress():
            try:
                await app(scope, self._counted_receive, self._counted_send)
            except Exception:
                self._status = 500
                raise
            finally:
                seconds = time.perf_counter() - began
                sizes = (self._read, self._written)
                metrics.request(scope["method"], word_of(path_of, scope), self._status, seconds, sizes)

    async def _counted_receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        return message

    async def _counted_send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        self._written += len(message.get("body", b""))
        await self._send(message)


class _Socket:
    """One WebSocket connection; counted from when it is accepted."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, metrics: WebMetrics, kind_of: Callable[[Scope], str]
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._metrics, self._kind_of = metrics, kind_of
        self._open: Connection | None = None

    async def run(self, app: App) -> None:
        """Have the application serve it."""
        began = time.perf_counter()
        try:
            await app(self._scope, self._counted_receive, self._counted_send)
        finally:
            if self._open is not None:
                self._open.closed(time.perf_counter() - began)

    async def _counted_receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.receive" and self._open is not None:
            self._open.received()
        return message

    async def _counted_send(self, message: Message) -> None:
        await self._send(message)
        if message["type"] == "websocket.accept":
            self._open = self._metrics.connected(word_of(self._kind_of, self._scope))
        elif message["type"] == "websocket.send" and self._open is not None:
            self._open.sent()
