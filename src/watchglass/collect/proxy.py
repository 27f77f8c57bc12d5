"""Which proxy a request goes by, if any: one that is named, or the environment's, less what is to be reached directly.

Source: golang.org/x/net, http/httpproxy; prometheus/common, config/http_config.go (ProxyConfig).
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from watchglass.model.http import HttpOptions

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PORTS = {"http": "80", "https": "443"}


class _Domain(NamedTuple):
    suffix: str  # with a dot before it
    with_itself: bool
    port: str


@dataclass(frozen=True, slots=True)
class NoProxy:
    """Hosts that are reached directly, from a list such as `.corp,10.0.0.0/8,db:5432`; loopback always is."""

    domains: tuple[_Domain, ...] = ()
    networks: tuple[tuple[_Network, str], ...] = ()  # with a port, or none
    everything: bool = False

    @classmethod
    def parse(cls, text: str) -> NoProxy:
        """Read the list; what is no host is passed over."""
        domains, networks = list[_Domain](), list[tuple[_Network, str]]()
        for word in filter(None, (each.strip().lower() for each in text.split(","))):
            if word == "*":
                return cls(everything=True)
            host, port = _split(word)
            network = _network(word) or _network(host)
            if network is not None:
                networks.append((network, port if _network(word) is None else ""))
            elif host.strip("*."):
                host = host.removeprefix("*")
                domains.append(_Domain("." + host.removeprefix("."), not host.startswith("."), port))
        return cls(tuple(domains), tuple(networks))

    def holds(self, host: str, port: str) -> bool:
        """Tell whether a host is one of them."""
        host = host.strip().lower().strip("[]")
        address = _network(host)
        if self.everything or host == "localhost" or (address is not None and address.is_loopback):
            return True
        if address is not None:
            found = (where for where, at in self.networks if at in ("", port) and where.version == address.version)
            if any(address.network_address in where for where in found):
                return True
        return any(
            domain.port in ("", port)
            and (host.endswith(domain.suffix) or (domain.with_itself and host == domain.suffix[1:]))
            for domain in self.domains
        )


class ProxyChoice:
    """The proxy of each request of a client.

    Args:
        options: what its `http_config` says.
        environ: of the process.
    """

    def __init__(self, options: HttpOptions, environ: Mapping[str, str] = os.environ) -> None:
        def told(name: str) -> str:
            return environ.get(name) or environ.get(name.lower(), "")

        if options.proxy_from_environment:
            by_cgi = "REQUEST_METHOD" in environ  # there HTTP_PROXY is a header that a client chose
            self._proxies = {"http": "" if by_cgi else told("HTTP_PROXY"), "https": told("HTTPS_PROXY")}
            self._direct: NoProxy | None = NoProxy.parse(told("NO_PROXY"))
        else:
            self._proxies = dict.fromkeys(_PORTS, options.proxy_url)
            self._direct = (
                NoProxy.parse(options.no_proxy) if options.no_proxy else None
            )  # then loopback goes by it, too

    def of(self, scheme: str, host: str, port: int | None) -> str:
        """The URL of the proxy for a request; empty for none."""
        proxy = self._proxies.get(scheme, "")
        is_direct = self._direct is not None and self._direct.holds(host, str(port or _PORTS[scheme]))
        if not proxy or is_direct:
            return ""
        return proxy if "://" in proxy else f"http://{proxy}"


def _split(word: str) -> tuple[str, str]:
    """Host and port; an IPv6 address has its colons in brackets where it has a port."""
    host, colon, port = word.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        return word.strip("[]"), ""
    return host.strip("[]"), port


def _network(text: str) -> _Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
