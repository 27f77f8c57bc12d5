"""`/metrics` of an application, switched on and placed by its environment.

`PROMETHEUS_ENABLED=true` switches it on. `PROMETHEUS_PORT` moves it from the application's port to one of its own, which
only this machine reaches unless `PROMETHEUS_HOST` names another address.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric

from watchglass.errors import ConfigError
from watchglass.sdk.worker_processes import FOLDER, served

ENABLED = "PROMETHEUS_ENABLED"
PORT = "PROMETHEUS_PORT"
HOST = "PROMETHEUS_HOST"
LOOPBACK = "127.0.0.1"
PATH = "/metrics"
_PORT_DIGITS = 5
_WORDS = dict.fromkeys(("true", "1", "yes", "on"), True) | dict.fromkeys(("false", "0", "no", "off", ""), False)

_AsgiApp = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]
_WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Endpoint:
    """Serves metrics as the environment says.

        app = Endpoint().asgi(app)             # Starlette, FastAPI
        app.wsgi_app = Endpoint().wsgi(app.wsgi_app)  # Flask

    Not enabled, it serves nothing, and `asgi` and `wsgi` give the application back as it is. With a port of its own it
    listens there from now on. In an application of several processes (see `share_metrics`) it serves all of them together.

    Args:
        registry: what is served.
        enabled: whether metrics are served, instead of what the environment says.
        port: a port of its own, instead of what the environment says.
        environ: the environment.
        host: the address that a port of its own listens on, instead of what the environment says; by default loopback.

    Attributes:
        enabled: whether metrics are served at all.
        port: that of its own; None where it is the application's.

    Raises:
        ConfigError: a variable has no such value, or the port cannot be listened on; names the variable.
    """

    def __init__(
        self,
        registry: CollectorRegistry = REGISTRY,
        *,
        enabled: bool | None = None,
        port: int | None = None,
        environ: Mapping[str, str] = os.environ,
        host: str = "",
    ) -> None:
        self._registry = registry
        self._server: ThreadingHTTPServer | None = None
        self.enabled = _switch(environ) if enabled is None else enabled
        self.port = (port or _port(environ)) if self.enabled else None
        if self.port is not None:
            self._server = _listen(host or environ.get(HOST, "") or LOOPBACK, self.port, self)

    def asgi(self, app: _AsgiApp) -> _AsgiApp:
        """The application, which answers at `/metrics` too where that is the place."""
        if not self.enabled or self.port is not None:
            return app

        async def with_metrics(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in _METHODS:
                await app(scope, receive, send)
                return
            accept = b",".join(value for name, value in scope["headers"] if name == b"accept").decode("latin-1")
            body, headers = self.answer(accept, scope["method"])
            pairs = [(name.lower().encode(), value.encode()) for name, value in headers]
            await send({"type": "http.response.start", "status": 200, "headers": pairs})
            await send({"type": "http.response.body", "body": body})

        return with_metrics

    def wsgi(self, app: _WsgiApp) -> _WsgiApp:
        """The application, which answers at `/metrics` too where that is the place."""
        if not self.enabled or self.port is not None:
            return app

        def with_metrics(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if environ.get("PATH_INFO") != PATH or environ["REQUEST_METHOD"] not in _METHODS:
                return app(environ, start_response)
            body, headers = self.answer(environ.get("HTTP_ACCEPT", ""), environ["REQUEST_METHOD"])
            start_response("200 OK", headers)
            return [body]

        return with_metrics

    def answer(self, accept: str, method: str = "GET") -> tuple[bytes, list[tuple[str, str]]]:
        """Body and headers for a client that takes the formats in `accept`; the body of HEAD is empty."""
        encode, content_type = choose_encoder(accept)
        try:
            body = encode(served(self._registry))
        except UnicodeEncodeError:
            body = encode(_Encodable(served(self._registry)))
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        return (b"" if method == "HEAD" else body), headers

    def close(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Encodable:
    """A registry whose labels have no half surrogate pairs, which no answer could hold: texts of others may have them.

    Args:
        registry: what is served.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """Its metrics, a `?` for every half."""
        for family in self._registry.collect():
            family.samples = [
                sample._replace(
                    labels={name: value.encode(errors="replace").decode() for name, value in sample.labels.items()}
                )
                for sample in family.samples
            ]
            yield family


_METHODS = frozenset({"GET", "HEAD"})


def _switch(environ: Mapping[str, str]) -> bool:
    word = environ.get(ENABLED, "").strip().lower()
    if word not in _WORDS:
        raise ConfigError(f'{ENABLED}: expected true or false, got "{word}"')
    return _WORDS[word]


def _port(environ: Mapping[str, str]) -> int | None:
    text = environ.get(PORT, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _PORT_DIGITS and 1 <= int(text) <= 65535):
        raise ConfigError(f'{PORT}: expected a port from 1 to 65535, got "{text}"')
    return int(text)


class _Server(ThreadingHTTPServer):
    """Each of an application's processes listens on the same port; without processes that share, one alone does."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.allow_reuse_port = bool(os.environ.get(FOLDER))
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers one client."""

    server: _Server
    timeout = 10  # seconds that a client may take over its request

    def do_GET(self) -> None:
        """Metrics at their path, 404 elsewhere."""
        if self.path.partition("?")[0] != PATH:
            self.send_error(404)
            return
        body, headers = self.server.endpoint.answer(self.headers.get("Accept", ""), self.command)
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the name that the base class looks for

    def log_message(self, *_: object) -> None:
        """Scrapes are not worth a line on standard error."""


def _listen(host: str, port: int, endpoint: Endpoint) -> _Server:
    try:
        server = _Server((host, port), endpoint)
    except (TypeError, UnicodeError):  # which is how such a name is refused
        raise ConfigError(f"{HOST}={host}: is no name of a host") from None
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
            raise ConfigError(f"{HOST}={host}: this machine has no such address") from None
        raise ConfigError(f"{PORT}={port}: {_WHY.get(error.errno or 0, error.strerror)}") from None
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


_WHY = {
    errno.EADDRINUSE: "something listens on this port already, perhaps the application itself, or another of its "
    f"processes (let them share_metrics); choose another port, or leave {PORT} away to have {PATH} on the application's own",
    errno.EACCES: "this user may not listen on this port; choose one from 1024 on",
}
