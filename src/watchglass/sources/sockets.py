"""Connections to a source: each wait keeps the deadline of the query that waits, and some addresses are never called.

Link-local addresses and those at which clouds tell a machine its secrets are refused after the name is resolved, so that
no name can lead there.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

import httpcore

from watchglass.sources.patience import Patience

T = TypeVar("T")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CONNECT_S = 5.0
METADATA = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",  # Amazon, Google, Azure and others
            "fd00:ec2::254",  # Amazon
            "fd20:ce::254",  # Google
            "fd00:c1::a9fe:a9fe",  # Oracle
            "192.0.0.192",  # Oracle, formerly
            "168.63.129.16",  # Azure's wire server
            "100.100.100.200",  # Alibaba
        ),
    )
)
"""Where clouds answer their own machines."""

CARRIERS = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")))
"""IPv6 addresses whose last 32 bits are an IPv4 one: compatible and mapped (RFC 4291), NAT64 (RFC 6052, RFC 8215)."""


class ForbiddenAddressError(OSError):
    """An address that is never called."""


class TlsError(httpcore.ConnectError):
    """Somebody is there, and no connection by TLS comes about; `error` says why."""

    def __init__(self, error: ssl.SSLError) -> None:
        self.error = error
        super().__init__(_text(error))


def check_address(address: str) -> None:
    """Let an IP address pass, or not.

    Raises:
        ForbiddenAddressError: it is link-local or a cloud's metadata service, or leads there by way of another protocol.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    for each in (found, *_carried(found)):
        if each.is_link_local or each in METADATA:
            raise ForbiddenAddressError(f"{address} is a link-local or metadata address, and those are never asked")


def _carried(address: Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 one leads to by translation or a tunnel: those above, 6to4 and Teredo."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    if any(address in network for network in CARRIERS):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour:
        yield address.sixtofour
    yield from address.teredo or ()


class PatientBackend(httpcore.NetworkBackend):
    """Opens connections for the queries of this process's threads; `wait_with` says how patient the thread is."""

    def __init__(self) -> None:
        self._local = threading.local()

    def wait_with(self, patience: Patience) -> None:
        """From now on, what this thread waits for is waited for so long."""
        self._local.patience = patience

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers."""
        del timeout, local_address, socket_options
        patience: Patience = self._local.patience
        failure: OSError = OSError(f"the name {host} has no address")
        for family, kind, _, _, address in _resolve(host, port, patience):
            try:
                check_address(str(address[0]))
                return PatientStream(_connect(family, kind, address, patience), self._patience)
            except OSError as error:
                failure = error
        raise httpcore.ConnectError(_text(failure)) from failure

    def _patience(self) -> Patience:
        found: Patience = self._local.patience
        return found


def _resolve(host: str, port: int, patience: Patience) -> list[Any]:
    """The addresses of a host; in a thread, since a resolver keeps no deadline of ours."""
    found: Future[list[Any]] = Future()

    def look_up() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    threading.Thread(target=look_up, daemon=True, name="resolve").start()
    while True:
        try:
            return found.result(patience.glance_s())
        except TimeoutError:
            if found.done():
                raise httpcore.ConnectError(f"cannot look up {host}: it took too long") from None
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"cannot look up {host}: {_text(error)}") from error


def _connect(family: int, kind: int, address: Any, patience: Patience) -> socket.socket:
    opened = socket.socket(family, kind)
    try:
        patience.check()
        opened.setblocking(False)
        _check(opened.connect_ex(address), errno.EINPROGRESS)
        _check(_answered(opened, patience))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        opened.close()
        raise
    return opened


def _check(failure: int, *harmless: int) -> None:
    if failure and failure not in harmless:
        raise OSError(failure, os.strerror(failure))


def _answered(opened: socket.socket, patience: Patience) -> int:
    """Wait for the other side to answer; the error with which it does, or 0."""
    until_s = time.monotonic() + CONNECT_S
    poll = select.poll()
    poll.register(opened, select.POLLOUT)
    while not poll.poll(1000 * patience.glance_s()):
        if time.monotonic() > until_s:
            raise OSError("no connection in time")
    return opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


class PatientStream(httpcore.NetworkStream):
    """A connection whose waits end with the query that waits."""

    def __init__(self, opened: socket.socket, patience: Callable[[], Patience]) -> None:
        self._socket, self._patience = opened, patience

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Receive what there is, once there is some."""
        del timeout
        return self._wait(lambda: self._socket.recv(max_bytes), httpcore.ReadError)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        del timeout
        rest = memoryview(buffer)
        while rest:
            rest = rest[self._wait(lambda piece=rest: self._socket.send(piece), httpcore.WriteError) :]  # type: ignore[misc]

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on."""
        del timeout
        try:
            self._socket.settimeout(self._patience().glance_s())
            self._socket = wrapped = ssl_context.wrap_socket(
                self._socket, server_hostname=server_hostname, do_handshake_on_connect=False
            )
            self._shake_hands(wrapped)
        except ssl.SSLError as error:
            self._socket.close()
            raise TlsError(error) from error
        except (OSError, ValueError) as error:
            self._socket.close()
            raise httpcore.ConnectError(_text(error)) from error
        except BaseException:
            self._socket.close()
            raise
        return PatientStream(wrapped, self._patience)

    def _shake_hands(self, wrapped: ssl.SSLSocket) -> None:
        until_s = time.monotonic() + CONNECT_S
        while True:
            wrapped.settimeout(self._patience().glance_s())
            try:
                wrapped.do_handshake()
            except TimeoutError:
                if time.monotonic() > until_s:
                    raise
            else:
                return

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a connection: whether the other side has closed it."""
        if info == "is_readable":
            return _is_readable(self._socket)
        return self._socket if info == "socket" else None

    def _wait(self, work: Callable[[], T], failure: type[Exception]) -> T:
        while True:
            self._socket.settimeout(self._patience().glance_s())
            try:
                return work()
            except TimeoutError:
                continue
            except OSError as error:
                raise failure(_text(error)) from error


def _is_readable(opened: socket.socket) -> bool:
    """Whether something has come that nobody asked for: the end."""
    if opened.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(opened, select.POLLIN)
    return bool(poll.poll(0))


def _text(error: BaseException) -> str:
    """What a failure is, in the system's words."""
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
