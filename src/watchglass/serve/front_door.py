"""The front door: what every request must pass, login or not, and the headers that every answer carries.

Against DNS rebinding, a connection to a loopback address is answered only for names that can mean this machine.
Against cross-site requests, what changes state is refused when a foreign page sent it. A browser cannot leave out or
forge `Host`, `Origin` and `Sec-Fetch-Site`; clients that are not browsers need send none of the last two.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchglass.serve.options import WebOptions, is_loopback

_LONGEST_HOST = 256
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_SECURITY_PAIRS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class FrontDoor:
    """Refuses requests that a foreign page may have sent, bounds their bodies, and marks every answer."""

    def __init__(self, app: ASGIApp, options: WebOptions) -> None:
        self._app = app
        self._options = options
        self._hosts = {name.lower() for name in (*options.allowed_hosts, options.external_host) if name}
        self._origins = _origins((options.external_url, *options.cors_origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer why not."""
        headers = Headers(scope=scope)
        cors = self._cors_headers(headers)
        marked = _MarkedSend(send, cors)
        refusal = self._refusal(scope, headers)
        if refusal is None and cors and _is_preflight(scope, headers):
            refusal = Response(status_code=204)
        if refusal is not None:
            await refusal(scope, receive, marked)
            return
        await self._app(scope, _PatientReceive(receive, self._options.bodies.body_timeout_s), marked)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        return self._refuse_host(scope, headers) or self._refuse_foreign(scope, headers)

    def _refuse_host(self, scope: Scope, headers: Headers) -> Response | None:
        hosts = headers.getlist("host")
        if len(hosts) > 1 or (not hosts and scope["http_version"] == "1.1"):
            return PlainTextResponse("The request needs exactly one Host header.\n", 400)
        local = scope.get("server") or ("", None)
        if not hosts or self._may_be_called(hosts[0], bound=is_loopback(local[0])):
            return None
        name = host_name(hosts[0])[:200]
        return PlainTextResponse(
            f'Watchglass does not answer to the name "{name}" here: a foreign page could have made your browser call it'
            " so (DNS rebinding).\nUse localhost or an IP address, or add the name to web.allowed_hosts (or"
            " --web.allowed-hosts) or to web.external_url.\n",
            421,
        )

    def _may_be_called(self, host: str, *, bound: bool) -> bool:
        # A connection from elsewhere may use any name, unless the operator listed the good ones.
        if not bound and not self._options.allowed_hosts:
            return True
        name = host_name(host)
        return name in self._hosts or name == "localhost" or _is_ip(name[:_LONGEST_HOST])

    def _refuse_foreign(self, scope: Scope, headers: Headers) -> Response | None:
        if scope["method"] in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site")
        if origin is not None and not self._is_ours(origin, headers.get("host", "")):
            return PlainTextResponse(f"Requests from pages of {origin[:200]} may not change anything here.\n", 403)
        if origin is None and site in {"cross-site", "same-site"}:
            return PlainTextResponse("Requests from pages of other sites may not change anything here.\n", 403)
        return None

    def _is_ours(self, origin: str, host: str) -> bool:
        return origin.lower() in self._origins or (origin != "null" and _net_location(origin) == host.lower())

    def _cors_headers(self, headers: Headers) -> dict[str, str]:
        origin = headers.get("origin", "")
        if not self._options.cors_origins or origin.lower() not in self._origins:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
            "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
            "Vary": "Origin",
        }


class _MarkedSend:
    """Adds the security headers to an answer, and those for the origin that may read it."""

    def __init__(self, send: Send, cors: dict[str, str]) -> None:
        self._send, self._cors = send, cors

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            raw = list(message["headers"])
            names = {name for name, _ in raw}
            raw += [pair for pair in _SECURITY_PAIRS if pair[0] not in names]
            message = {**message, "headers": raw}
            if self._cors:
                self._allow(MutableHeaders(scope=message))
        await self._send(message)

    def _allow(self, headers: MutableHeaders) -> None:
        for name, value in self._cors.items():
            if name == "Vary":
                headers.add_vary_header(value)
            else:
                headers.setdefault(name, value)


class _PatientReceive:
    """Waits only so long for the next piece of a body; after it the client counts as gone."""

    def __init__(self, receive: Receive, timeout_s: float) -> None:
        self._receive, self._timeout_s, self._complete = receive, timeout_s, False

    async def __call__(self) -> Message:
        if self._complete:  # Now it only waits for the client to leave, for which any time is right.
            return await self._receive()
        try:
            async with asyncio.timeout(self._timeout_s):
                message = await self._receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._complete = not message.get("more_body", False)
        return message


def host_name(host: str) -> str:
    """The name in a Host header: lower case, without port, brackets and trailing dot."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


@lru_cache(maxsize=256)
def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _net_location(origin: str) -> str | None:
    """Host and port of an origin in lower case; None where it cannot be read, which equals no host."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "OPTIONS" and "access-control-request-method" in headers


def _origins(urls: Sequence[str]) -> frozenset[str]:
    parts = [urlsplit(url) for url in urls if url]
    return frozenset(f"{part.scheme}://{part.netloc}".lower() for part in parts)
