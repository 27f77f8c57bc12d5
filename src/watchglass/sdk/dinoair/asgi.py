"""The guide's addresses in an ASGI application, or as one of their own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from watchglass.sdk.dinoair.http import PATHS, Answer, answer
from watchglass.sdk.dinoair.metrics_service import MetricsService, get_metrics_service

if TYPE_CHECKING:  # it brings the client library, which nothing here needs
    from watchglass.sdk.asgi import App, Message, Receive, Scope, Send

_NOT_FOUND = Answer(404, "text/plain; charset=utf-8", b"not found\n")


class MonitoringApp:
    """Serves `/monitoring`, `/api/metrics` and `/api/metrics/dashboard`, and starts the service with the application.

        app = MonitoringApp(app)  # everything else goes to the application
        app.mount("/dino", MonitoringApp())  # Starlette and FastAPI: below a path
        uvicorn.run(MonitoringApp(), port=3000)

    The service that it started stops with the application, once that has ended its own work.

    Args:
        app: the application that answers all other paths; 404 without one.
        service: the process's own unless given.
        start: whether to start it.
    """

    def __init__(self, app: App | None = None, service: MetricsService | None = None, *, start: bool = True) -> None:
        self._app, self._given, self._start = app, service, start

    @property
    def service(self) -> MetricsService:
        """The service that answers."""
        return self._given or get_metrics_service()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if self._start and not self.service.is_running:
            self.service.start()
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http" and (path := _path(scope)) in PATHS:
            await self._answer(scope["method"], path, scope.get("query_string", b"").decode("latin-1"), send)
        elif self._app is not None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _send(send, _NOT_FOUND, scope["method"])
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, method: str, path: str, query: str, send: Send) -> None:
        found = await asyncio.to_thread(answer, self.service, method, path, query)
        await _send(send, found, method)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_stop(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown.") and self._start:
                await asyncio.to_thread(self.service.stop)
            await send(message)

        await (self._app or _alone)(scope, receive, send_and_stop)


async def _alone(_scope: Scope, receive: Receive, send: Send) -> None:
    """The life of an application that is nothing else."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


def _path(scope: Scope) -> str:
    """The path below the one that this is mounted at."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


async def _send(send: Send, found: Answer, method: str) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found.all_headers()]
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else found.body})
