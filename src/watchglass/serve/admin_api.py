"""Reload and quit over HTTP.

Reload is allowed to callers on this machine; from elsewhere both need `--web.enable-lifecycle`, as in Prometheus.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from watchglass.errors import ConfigError
from watchglass.serve.caller import is_local
from watchglass.serve.options import WebOptions
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

_OFF = "Lifecycle API is not enabled. Start Watchglass with --web.enable-lifecycle.\n"


class AdminApi:
    """Lifecycle endpoints."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        methods = ("POST", "PUT")
        return [
            Endpoint(
                "/-/reload", self.reload, "Read the configuration again; 400 and the reason when it is wrong.", methods
            ),
            Endpoint("/-/quit", self.quit, "End the process cleanly.", methods),
        ]

    async def reload(self, request: Request) -> Response:
        """Read the configuration again; a wrong one changes nothing."""
        if not may_administer(request, self._parts.options):
            return PlainTextResponse(_OFF, 403)
        try:
            await need(self._parts.reload, "configuration")()
        except ConfigError as error:
            return PlainTextResponse(f"failed to reload config: {error}\n", 400)
        return PlainTextResponse("")

    async def quit(self, _request: Request) -> Response:
        """End the process cleanly."""
        if not self._parts.options.enable_lifecycle:
            return PlainTextResponse(_OFF, 403)
        need(self._parts.quit, "process")()
        return PlainTextResponse("Requesting termination... Goodbye!\n")


def may_administer(request: Request, options: WebOptions) -> bool:
    """Whether a caller may reload and import: those on this machine, and others where the lifecycle API is enabled."""
    return is_local(request.scope) if options.enable_lifecycle is None else options.enable_lifecycle
