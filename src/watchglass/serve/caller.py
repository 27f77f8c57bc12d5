"""Who is calling: this machine itself, or somebody else."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Scope

from watchglass.serve.options import is_loopback

_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def is_local(scope: Scope) -> bool:
    """Tell whether a request comes from this machine, and not through a proxy here that speaks for others."""
    client, headers = scope.get("client"), Headers(scope=scope)
    return client is not None and is_loopback(client[0]) and not any(name in headers for name in _PROXY_HEADERS)
