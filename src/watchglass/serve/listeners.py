"""Listening sockets: bound before anything heavy is loaded, refused with a message that helps.

An address that others can reach is refused unless the operator allowed it in words, because there is no login.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence

from watchglass.errors import WatchglassError
from watchglass.serve.options import is_loopback

BACKLOG = 512
_TRIES = 20


class ListenError(WatchglassError):
    """An address cannot be listened on; the text says why and what to do."""


def open_listeners(addresses: Sequence[str], *, allow_anonymous: bool) -> list[socket.socket]:
    """Bind every address, or none.

    Raises:
        ListenError: one is malformed, in use, not ours, or open to others without permission.
    """
    sockets: list[socket.socket] = []
    try:
        for address in addresses:
            host, port = parse_address(address)
            _check_permission(address, host, allow_anonymous=allow_anonymous)
            sockets += _bind(address, host, port)
    except BaseException:
        for opened in sockets:
            opened.close()
        raise
    return sockets


def parse_address(address: str) -> tuple[str, int]:
    """Split `host:port`, `[v6]:port`, `:port` (every address) or a bare port (loopback).

    Raises:
        ListenError: it is none of these.
    """
    host, colon, port = address.rpartition(":")
    if not port.isdecimal() or int(port) > 65535 or (":" in host and not host.startswith("[")):
        raise ListenError(f"{address!r} is not an address to listen on: expected HOST:PORT, such as 127.0.0.1:9090")
    return ((host.strip("[]") or "0.0.0.0") if colon else "127.0.0.1"), int(port)  # noqa: S104 - checked by the caller


def _check_permission(address: str, host: str, *, allow_anonymous: bool) -> None:
    if not (allow_anonymous or is_loopback(host)):
        raise ListenError(
            f"{address} can be reached from other machines, and there is no login yet: whoever reaches it would see"
            " everything. Listen on 127.0.0.1, or allow it with --web.allow-anonymous"
        )


def _bind(address: str, host: str, port: int) -> list[socket.socket]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise ListenError(f"{address}: {error.strerror}") from None
    bound: list[socket.socket] = []
    for family, _, _, _, location in dict.fromkeys(found):
        # asyncio turns Nagle's algorithm off only where the protocol is named: without, every answer waits 40 ms.
        opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            opened.bind(location)
            opened.listen(BACKLOG)
            opened.setblocking(False)
        except OSError as error:
            opened.close()
            if host == "localhost" and error.errno == errno.EADDRNOTAVAIL:  # a machine without IPv6
                continue
            raise ListenError(_explain(error, address, host, port)) from None
        bound.append(opened)
    return bound


def _explain(error: OSError, address: str, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        holder = _holder(port)
        free = _free_port(host, port)
        advice = f": choose another with --listen {_with_port(address, free)}" if free else ""
        return f"port {port} ({address}) is in use{f' by {holder}' if holder else ''}{advice}"
    if error.errno == errno.EACCES:
        return f"{address}: ports below 1024 need more rights: choose a higher port with --listen"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{address}: this machine has no such address"
    return f"{address}: {error.strerror}"


def _with_port(address: str, port: int) -> str:
    host, _, _ = address.rpartition(":")
    return f"{host or '127.0.0.1'}:{port}"


def _holder(port: int) -> str:
    """Who listens on a port, such as `prometheus (process 4711)`; empty where the system does not tell us."""
    import psutil  # noqa: PLC0415 - only needed to explain a failure

    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and tuple(connection.laddr)[1:] == (port,) and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return ""


def _free_port(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port + 1, min(port + _TRIES, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    return 0
