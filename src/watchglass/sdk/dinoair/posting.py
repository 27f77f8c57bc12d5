"""Posts what is sent on, and tells what may be tried again from what a server has refused for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

_TIMEOUT_S = 10.0
_RETRIED = (408, 429)


class _NoRedirects(HTTPRedirectHandler):
    """An answer that leads elsewhere is a failure: headers may hold a token that is not meant for others."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def shown_url(url: str, name: str = "url") -> str:
    """An address without what may be secret in it: login and parameters.

    Raises:
        ValueError: it is none; names `name`.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{name}: expected http:// or https:// and a host, got {url!r}")
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a body to an address that `shown_url` takes.

    Raises:
        OSError: it is not there, or has refused; an HTTPError says how.
        HTTPException: its answer is none.
    """
    request = Request(url, body, dict(headers), method="POST")  # noqa: S310 - the scheme was checked
    with build_opener(_NoRedirects()).open(request, timeout=_TIMEOUT_S) as answer:
        answer.read(1000)


def is_hopeless(error: Exception) -> bool:
    """Whether the server has refused what it would refuse again."""
    return isinstance(error, HTTPError) and 400 <= error.code < 500 and error.code not in _RETRIED


def error_text(error: Exception) -> str:
    """What went wrong, with what the server says of it."""
    if isinstance(error, HTTPError):
        with error:
            return f"{error.code}: {error.read(300).decode('utf-8', 'replace').strip()}"
    return str(error.reason if isinstance(error, URLError) else error)
