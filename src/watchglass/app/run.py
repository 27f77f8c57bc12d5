"""`watchglass up`, from bound sockets to a clean end.

The listeners answer at once; the store opens beside them, and `/-/ready` says when it has. One loop does everything
that waits; SIGTERM and SIGINT end it within five seconds, whatever hangs.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

from prometheus_client import CollectorRegistry

from watchglass.app.configuration import load_configuration
from watchglass.app.logs import configure_logging
from watchglass.app.memory import keep_small, limit_arenas
from watchglass.app.options import web_options
from watchglass.app.stack import Stack
from watchglass.clock import Clock, SystemClock
from watchglass.config.settings import Settings
from watchglass.errors import ConfigError
from watchglass.serve.http import build_application
from watchglass.serve.listeners import open_listeners
from watchglass.serve.server import HttpServer

log = logging.getLogger("watchglass.app")

END_S = 4.5
"""After this long a stop that hangs is cut short; what was acknowledged is on disk anyway."""
SWITCH_S = 0.001
"""How long a thread of queries may hold the interpreter while the loop wants it; Python's 5 ms add up where one request
gives it up several times. Threads of queries keep their nice value: one that waits for a processor holds the interpreter."""
THREADS = 3
"""For parsing, compressing and opening files; queries have threads of their own."""


Beside = Callable[[Stack], Coroutine[None, None, None]]
"""What goes on beside the server, from when it is ready until it stops."""


def run(
    settings: Settings,
    clock: Clock | None = None,
    sockets: list[socket.socket] | None = None,
    beside: Beside | None = None,
) -> int:
    """Run the server until a signal ends it; the answer is the exit status.

    Args:
        settings: what the operator said.
        clock: another time than the system's.
        sockets: listeners that are open already; opened here when there are none.
        beside: what goes on beside it; a fault of it is logged.

    Raises:
        WatchglassError: it cannot start; the text says why.
    """
    registry = CollectorRegistry()
    configure_logging(settings.log_level, settings.log_format, registry)
    limit_arenas()
    sys.setswitchinterval(SWITCH_S)
    configuration = load_configuration(settings)
    options = web_options(settings)
    if sockets is None:
        sockets = open_listeners(options.listen, allow_anonymous=options.allow_anonymous)
    stack = Stack(configuration, options, clock or SystemClock(), registry)
    with asyncio.Runner() as runner:
        return runner.run(_serve(stack, sockets, beside))


async def _serve(stack: Stack, sockets: list[socket.socket], beside: Beside | None) -> int:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="work"))
    stop = asyncio.Event()
    stack.parts.quit = stop.set
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    hangup = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, hangup.set)
    server = HttpServer(build_application(stack.parts), stack.parts.options)
    serving = loop.create_task(server.run_on(sockets))
    stopping = loop.create_task(stop.wait())
    starting = loop.create_task(_start(stack, sockets))
    small = loop.create_task(keep_small())
    reloading = loop.create_task(reload_on(hangup, stack))
    companion: asyncio.Task[None] | None = None
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            companion = loop.create_task(_accompany(stack, beside)) if beside else None
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
    finally:
        _end_in_time()
        log.info("stopping")
        stack.parts.health.stopping = True
        server.stop()
        ended = [task for task in (starting, small, reloading, companion) if task is not None]
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, stack.stop_intake(), serving, return_exceptions=True)
        await stack.close()
    log.info("stopped")
    return 0


async def _start(stack: Stack, sockets: list[socket.socket]) -> None:
    addresses = ", ".join(_url(stack, opened) for opened in sockets)
    log.info("listening", extra={"addresses": addresses})
    await stack.start()
    settings = stack.configuration.settings
    log.info("ready", extra={"data": settings.data, "config": settings.config or "none"})
    if settings.open:
        await asyncio.to_thread(webbrowser.open, stack.parts.options.external_url or _url(stack, sockets[0]))


async def _accompany(stack: Stack, beside: Beside) -> None:
    try:
        await beside(stack)
    except Exception:
        log.exception("what goes on beside the server failed")


def _url(stack: Stack, opened: socket.socket) -> str:
    host, port = opened.getsockname()[:2]
    scheme = "https" if stack.parts.options.tls_cert else "http"
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"


async def reload_on(hangup: asyncio.Event, stack: Stack) -> None:
    """Reload when a signal came, once for all that came meanwhile; there is nobody to answer, so the log is told."""
    while True:
        await hangup.wait()
        hangup.clear()
        try:
            await stack.reload()
        except ConfigError:
            continue  # `reload` has logged it
        except Exception:
            log.exception("reloading failed by a fault of ours")


def _end_in_time() -> None:
    """Cut the end short when it hangs; a daemon thread does it, which nothing on the loop can delay."""

    def cut() -> None:
        log.error("stopping took too long and is cut short")
        os._exit(1)

    timer = threading.Timer(END_S, cut)
    timer.daemon = True
    timer.start()
