"""The layer that knows its own process's questions: they are answered at once, so that nothing here asks itself over HTTP."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from watchglass.sources.instance import INSTANCE_HEADER

MISDIRECTED = 421


class SelfAnswer:
    """Tells a request that carries our own id whom it has reached; nobody else learns the id.

    Args:
        app: answers all others.
        instance: our id; empty for none.
    """

    def __init__(self, app: ASGIApp, instance: str) -> None:
        self._app, self._instance = app, instance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        own = scope["type"] == "http" and Headers(scope=scope).get(INSTANCE_HEADER) == (self._instance or None)
        if not (self._instance and own):
            await self._app(scope, receive, send)
            return
        text = "This process has asked itself.\n"
        await PlainTextResponse(text, MISDIRECTED, {INSTANCE_HEADER: self._instance})(scope, receive, send)
