"""What middleware counts of HTTP requests and WebSocket connections, under the names of the Awareness Network's guide."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from prometheus_client import REGISTRY, CollectorRegistry

from watchglass.sdk.metrics import Gauge, Histogram
from watchglass.sdk.pack_metrics import PackMetrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
OTHER = "other"
"""Stands for what would make too many series: methods that nobody knows, paths without a route, paths beyond the limit."""
log = logging.getLogger("watchglass.sdk")

About = TypeVar("About")


def word_of(tell: Callable[[About], str], about: About) -> str:
    """What a function of the application's says of a request; `other` where it fails, which is no reason to fail the request."""
    try:
        return tell(about)
    except Exception:
        log.exception("a label of a request is not known")
        return OTHER


class Bounded:
    """Lets so many different words through; every further one is `other`.

    Args:
        most: how many.
    """

    def __init__(self, most: int) -> None:
        self._most, self._seen, self._lock = most, {OTHER}, Lock()

    def __call__(self, word: str) -> str:
        """The word, or `other`."""
        if word in self._seen:
            return word
        with self._lock:
            if len(self._seen) > self._most:
                return OTHER
            self._seen.add(word)
        return word


class WebMetrics:
    """Counts requests and connections.

    Args:
        registry: where the metrics are registered.
        most_paths: different paths, and kinds of connections, that have series of their own.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY, *, most_paths: int = 500) -> None:
        metrics = PackMetrics("awareness_network", registry, only=("http_", "ws_"))
        self._path, self._kind = Bounded(most_paths), Bounded(most_paths)
        self._requests = metrics.counter("http_requests_total")
        self._seconds = metrics.histogram("http_request_duration_seconds")
        self._received = metrics.histogram("http_request_size_bytes")
        self._sent = metrics.histogram("http_response_size_bytes")
        self.active = metrics.gauge("http_active_connections")
        self.active.set(0)
        self._connections = metrics.counter("ws_connections_total")
        self._open = metrics.gauge("ws_active_connections")
        self._messages_in = metrics.counter("ws_messages_received_total")
        self._messages_out = metrics.counter("ws_messages_sent_total")
        self._lasted = metrics.histogram("ws_connection_duration_seconds")

    def request(self, method: str, path: str, status: int, seconds: float, sizes: tuple[int, int]) -> None:
        """A request that was answered; `sizes` are the bytes of its body and of the answer's."""
        method = method if method in METHODS else OTHER
        path = self._path(path)
        self._requests.labels(method, path, str(status)).inc()
        self._seconds.labels(method, path, str(status)).observe(seconds)
        self._received.labels(method, path).observe(sizes[0])
        self._sent.labels(method, path).observe(sizes[1])

    def connected(self, kind: str) -> Connection:
        """A WebSocket connection that was accepted."""
        kind = self._kind(kind)
        self._connections.labels(kind).inc()
        self._open.labels(kind).inc()
        return Connection(
            self._open.labels(kind),
            self._lasted.labels(kind),
            received=self._messages_in.labels(kind).inc,
            sent=self._messages_out.labels(kind).inc,
        )


@dataclass(frozen=True, slots=True)
class Connection:
    """One WebSocket connection while it is open.

    Attributes:
        active: how many are open.
        lasted: how long they are, in seconds.
        received: counts a message of the client's.
        sent: counts a message to it.
    """

    active: Gauge
    lasted: Histogram
    received: Callable[[], None]
    sent: Callable[[], None]

    def closed(self, seconds: float) -> None:
        """It is closed after so long."""
        self.active.dec()
        self.lasted.observe(seconds)


def template(path: str, params: Mapping[str, object], *, whole: bool = True) -> str:
    """A path with the names of its parameters in place of their values: `/users/{id}` for `/users/42`.

    Where a value is not to be found as it is (`/users/042`), the path is `other`, unless it is not the `whole` one.
    """
    for name, value in sorted(params.items(), key=lambda item: -len(str(item[1]))):
        if str(value):
            path, found = re.subn(rf"(?<=/){re.escape(str(value))}(?=/|$)", "{" + name + "}", path, count=1)
            if whole and not found:
                return OTHER
    return path
