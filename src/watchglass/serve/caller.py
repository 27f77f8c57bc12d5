"""Who is calling: this machine itself, or somebody else."""

from __future__ import annotations

from starlette.types import Scope

from watchglass.serve.options import is_loopback

_PROXY_HEADERS = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})


def is_local(scope: Scope) -> bool:
    """Tell whether a request comes from this machine, and not through a proxy here that speaks for others."""
    client = scope.get("client")
    if client is None or not is_loopback(client[0]):
        return False
    return _PROXY_HEADERS.isdisjoint(name for name, _ in scope["headers"])
