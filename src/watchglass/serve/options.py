"""What the HTTP side can be told: addresses, who may come in, and the bounds on what they may ask."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Bounds on queries. Names follow Prometheus's `--query.*` flags."""

    timeout_ms: int = 120_000
    max_concurrency: int = 200  # running or waiting for a thread; more are refused
    threads: int = 2  # NumPy lets go of the interpreter only now and then: more threads would only take turns
    max_samples: int = 50_000_000
    memory_bytes: int = 768 * MEBIBYTE  # of all running queries and their answers; 0 means without bound
    lookback_ms: int = 300_000
    max_points: int = 11_000  # steps in one range query, as in Prometheus
    max_text: int = 256 * 1024  # characters of a query


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Bounds on requests: bytes in all, seconds of silence, connections at once."""

    request_bytes: int = 4 * MEBIBYTE
    import_bytes: int = 16 * 1024 * MEBIBYTE  # streamed, never held whole
    dashboard_bytes: int = 8 * MEBIBYTE  # the document of one
    dashboards_bytes: int = 64 * MEBIBYTE  # an import of many
    alerts_bytes: int = 16 * MEBIBYTE  # of other servers
    header_bytes: int = 64 * 1024
    header_timeout_s: float = 10.0  # from the first byte of a request to the end of its headers
    body_timeout_s: float = 30.0  # between two pieces of a body
    send_timeout_s: float = 60.0  # in which a client must take something of what waits for it
    keep_alive_s: float = 75.0  # between requests
    connections: int = 512


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Everything the HTTP side needs to know; `app` builds it from the settings."""

    listen: tuple[str, ...] = ("127.0.0.1:9090",)
    external_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    allow_anonymous: bool = False
    enable_lifecycle: bool | None = None  # None: reload for callers on this machine, and no quit
    tls_cert: str = ""  # path of a certificate chain; with it every listener speaks HTTPS
    tls_key: str = ""
    compress_from_bytes: int = 1024
    refresh_ms: int = 30_000  # of dashboards that do not say it themselves; 0 means never
    bodies: BodyLimits = BodyLimits()
    queries: QueryLimits = QueryLimits()

    @property
    def prefix(self) -> str:
        """The path under which a proxy shows us: empty, or starting and not ending with a slash."""
        path = urlsplit(self.external_url).path.strip("/")
        return f"/{path}" if path else ""

    @property
    def external_host(self) -> str:
        """The host name in the external URL; empty when there is none."""
        return urlsplit(self.external_url).hostname or ""


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Tell whether an address is one that only this machine can reach.

    A name counts only when it is `localhost`: any other could come to mean something else later.
    """
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
