"""The HTTP server: uvicorn on sockets that are bound already, without its signal handlers, log and clock ticks of its own."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from watchglass.serve.guard import guarded_protocol
from watchglass.serve.listeners import BACKLOG, ListenError
from watchglass.serve.options import WebOptions

STOP_S = 2


class HttpServer(uvicorn.Server):
    """One server on any number of listeners; `app` owns the signals.

    Raises:
        ListenError: the TLS files cannot be used.
    """

    def __init__(self, application: ASGIApp, options: WebOptions) -> None:
        bodies = options.bodies
        # The application logs its own faults; what uvicorn would say of them is said twice.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        super().__init__(
            uvicorn.Config(
                application,
                loop="none",
                http=guarded_protocol(bodies),
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                limit_concurrency=bodies.connections,
                timeout_keep_alive=int(bodies.keep_alive_s),
                timeout_graceful_shutdown=STOP_S,
                ssl_certfile=options.tls_cert or None,
                ssl_keyfile=options.tls_key or None,
            )
        )
        try:
            self.config.load()
        except OSError as error:  # ssl.SSLError is one
            raise ListenError(f"cannot use web.tls_cert and web.tls_key: {error}") from None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signals alone."""
        yield

    async def run_on(self, sockets: list[socket.socket]) -> None:
        """Answer on the sockets until `stop`; then let running answers end, for two seconds at most."""
        await self.serve(sockets)

    def stop(self) -> None:
        """Take no more connections and let `run_on` return."""
        self.should_exit = True
