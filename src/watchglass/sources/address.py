"""The address of a server as a user writes it: what is wrong with it, and which right one is nearest."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SCHEMES = frozenset({"http", "https"})
ENCODE = "Percent-encode what is special in a user or password: / is %2F, ? is %3F, # is %23, [ is %5B, @ is %40"

_LOOSE = re.compile(
    r"""(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*(?=:/)|https?(?=:|//)):?/{0,2}+|//)?
    (?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]*)
    (?P<port>:[^/?\#]*)?
    (?P<path>/[^?\#\s\[\]]*)?
    (?:[?\#].*)?""",
    re.VERBOSE,
)
_PAGES = re.compile(
    r"/(?:api(?:/v1(?:/.*)?)?|(?:graph|query|targets|alerts|rules|metrics|status|config|flags|classic|vmui|-)(?:/.*)?)/?$"
)


def address_fault(text: str, *, bare: bool = True) -> str:
    """What makes an address unusable, without repeating any of it; empty where nothing does.

    Args:
        text: what the user wrote.
        bare: parameters and a fragment are faults, too.
    """
    if " " in text or not text.isprintable():
        return "a space stands in it"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        return _PORT if str(error).startswith("Port") else "its host cannot be read"
    checks = (
        ("://" not in text, "it does not begin with http:// or https://"),
        (parts.scheme not in SCHEMES, "its scheme is neither http nor https"),
        (not parts.hostname, "it names no host"),
        (port == 0 or parts.netloc.endswith(":"), _PORT),
        (bare and bool(parts.query or parts.fragment), "it goes on with ? or #"),
        ("@" in text.replace(parts.netloc, "", 1), "@ may only stand between password and host"),
    )
    return next((fault for wrong, fault in checks if wrong), "")


_PORT = "its port is no number from 1 to 65535"


def nearest_address(text: str, usual_port: str = "9090") -> str:
    """The right address that was probably meant; empty where that is unsure, or a password may stand in it."""
    found = None if "@" in text else _LOOSE.fullmatch(text.strip())
    if found is None:
        return ""
    scheme = (found["scheme"] or "http").lower()
    host, port, path = found["host"], (found["port"] or "")[1:], found["path"] or ""
    if host.isdecimal() and not port:  # a port alone
        host, port = "", host
    if not (port.isdecimal() and 0 < int(port) < 65536):
        path = "" if port else path  # what stands for the port may be a password, and this the rest of it
        port = "" if found["scheme"] and host and found["port"] is None else usual_port
    scheme = scheme if scheme in SCHEMES else "http"
    near = f"{scheme}://{host or 'localhost'}{port and ':' + port}{path.rstrip('/')}"
    return without_page(near) or near


def without_page(url: str) -> str:
    """The address of the server whose page or endpoint (`/graph`, `/api/v1`) this is; empty where it is neither."""
    parts = urlsplit(url)
    found = _PAGES.search(parts.path)
    return f"{parts.scheme}://{parts.netloc}{parts.path[: found.start()]}" if found else ""


def wrong_address(text: str, fault: str, example: str, usual_port: str = "9090") -> str:
    """One sentence for every address that cannot be used."""
    near = nearest_address(text, usual_port)
    meant = f"; did you mean {near}?" if near else ""
    return f"expected a URL such as {example}, but {fault}{meant}" + (f". {ENCODE}" if "@" in text else "")
