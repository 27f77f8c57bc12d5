"""The shape of the route table: one row an endpoint, from which the router and `docs/http-api.md` are checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive

from watchglass.errors import WatchglassError
from watchglass.serve.envelope import ApiError, failure
from watchglass.serve.options import MEBIBYTE

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the HTTP API.

    Attributes:
        consumes: the media types of which a request's body must have one; empty when a body is not looked at.
        body_bytes: the largest body taken.
        body_setting: the setting that says how large it may be; empty where there is none.
        failed: the answer to an error that was raised on purpose.
    """

    path: str
    handler: Handler
    summary: str
    methods: tuple[str, ...] = ("GET",)
    consumes: tuple[str, ...] = ()
    body_bytes: int = 4 * MEBIBYTE
    body_setting: str = ""
    failed: Callable[[WatchglassError], Response] = failure

    def route(self) -> Route:
        """The row as Starlette routes it; errors raised on purpose become answers."""

        @wraps(self.handler)
        async def endpoint(request: Request) -> Response:
            try:
                self._check_body(request)
                return await self.handler(Request(request.scope, self._bounded(request.receive)))
            except WatchglassError as error:
                return self.failed(error)

        return Route(self.path, endpoint, methods=list(self.methods))

    def _check_body(self, request: Request) -> None:
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.body_bytes:
            raise self._too_large()
        if self.consumes and media_type(request) not in self.consumes:
            expected = " or ".join(self.consumes)
            raise ApiError(f"the request's Content-Type must be {expected}", status=415)

    def _bounded(self, receive: Receive) -> Receive:
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.body_bytes:
                raise self._too_large()
            return message

        return bounded

    def _too_large(self) -> ApiError:
        setting = f" ({self.body_setting} says how much is taken)" if self.body_setting else ""
        return ApiError(f"the request's body is larger than {self.body_bytes} bytes{setting}", status=413)


def media_type(request: Request) -> str:
    """The Content-Type of a request, without parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
