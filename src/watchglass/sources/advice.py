"""What to change where a server answers and does not answer as Prometheus does: mostly its address, or the login."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from watchglass.sources.address import without_page

_WANTS_TLS = re.compile(rb"HTTP request (?:was sent )?to (?:an )?HTTPS", re.IGNORECASE)  # Go, and nginx
_WANTS_TENANT = re.compile(rb"no org id", re.IGNORECASE)  # Mimir, Cortex and Loki
_TLS_ALERT = r"\x15\x03"  # as the client shows the first bytes of an answer in TLS
_NO_WORD = re.compile(r"without (?:sending a )?response|reset by peer")  # httpcore, http.client, the system
_UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})  # OpenSSL, x509_vfy.h
_OTHER_NAME = frozenset({62, 64})
_BODY_SEEN = 4096
_MISSING = frozenset({404, 405, 410})


@dataclass(frozen=True, slots=True)
class Asking:
    """How a server was asked, as messages may tell it.

    Attributes:
        url: its address, without any secret.
        login: what the user sets for a login.
        authority: what the user sets to trust a certificate.
        tenant: what the user sets to choose among tenants; empty where nothing does.
        logged_in: a user or a token went with the question.
    """

    url: str
    login: str
    authority: str = ""
    tenant: str = ""
    logged_in: bool = False


def on_answer(asking: Asking, path: str, status: int, content_type: str, body: bytes) -> str:
    """What an answer was that is not Prometheus's, and what to change; empty where it says too little.

    Args:
        asking: how it was asked.
        path: of the API, below the address.
        status: of HTTP.
        content_type: without parameters.
        body: the text that came.
    """
    if status == HTTPStatus.OK:
        is_page = "html" in content_type
        said = (
            f"its answer is {content_type[:60]} instead of JSON" if content_type and "json" not in content_type else ""
        )
        return f"{said}, a page{_elsewhere(asking, path)}" if is_page else said
    said = f"it answers with HTTP status {status}{_phrase(status)}"
    seen = body[:_BODY_SEEN]
    if _WANTS_TLS.search(seen):
        return f"{said}: it speaks HTTPS; use {_swapped(asking.url)}"
    if asking.tenant and _WANTS_TENANT.search(seen):
        return f"{said}: it asks for a tenant; set {asking.tenant}"
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        wants = "it refuses the login; check" if asking.logged_in else "it asks for a login; set"
        return f"{said}: {wants} {asking.login}"
    return f"{said}{_elsewhere(asking, path)}" if status in _MISSING else said


def on_tls(asking: Asking, error: ssl.SSLError) -> str:
    """Why no connection by TLS came about, and what to change."""
    if isinstance(error, ssl.SSLCertVerificationError):
        said = f"its certificate is not trusted: {error.verify_message}"
        if error.verify_code in _UNKNOWN_AUTHORITY and asking.authority:
            return f"{said}; name the authority's certificate in {asking.authority}"
        return f"{said}; use the name that it is for" if error.verify_code in _OTHER_NAME else said
    said = f"TLS: {(error.reason or 'the connection was closed').replace('_', ' ').lower()}"
    return f"{said}; it seems to speak plain HTTP: try {_swapped(asking.url)}"


def on_closing(asking: Asking, text: str) -> str:
    """Why there was no HTTP in what came, and what to change."""
    if asking.url.startswith("https:"):
        return text
    if _TLS_ALERT in text:
        return f"it answers in TLS; use {_swapped(asking.url)}"
    return (
        text
        if not _NO_WORD.search(text)
        else f"{text} (a server that speaks TLS does so, too: its address is {_swapped(asking.url)})"
    )


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _elsewhere(asking: Asking, path: str) -> str:
    """That the API is not here, and at which address it may be."""
    parts = urlsplit(asking.url)
    said = f": there is no Prometheus API at {parts.path}{path}"
    if root := without_page(asking.url):
        return f"{said}; use the address without {asking.url.removeprefix(root)}: {root}"
    if parts.path:
        return f"{said}; try {parts.scheme}://{parts.netloc}"
    return f"{said}; behind a proxy, and of Mimir, the address has a path, such as {asking.url}/prometheus"


def _swapped(url: str) -> str:
    """The address with the other scheme."""
    scheme, _, rest = url.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}://{rest}"
