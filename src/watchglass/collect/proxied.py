"""A transport of httpx that takes each request to its proxy, or directly. Loaded with the first client that needs it."""

from __future__ import annotations

import ssl

import httpx

from watchglass.collect.proxy import ProxyChoice


class ByProxy(httpx.AsyncBaseTransport):
    """Requests by the proxy that is chosen for their host.

    Args:
        choice: chooses it.
        tls: for the servers behind.
        limits: of each proxy's connections.
        headers: what proxies are told with each connection.
    """

    def __init__(
        self, choice: ProxyChoice, tls: ssl.SSLContext, limits: httpx.Limits, headers: list[tuple[str, str]]
    ) -> None:
        self._choice, self._tls, self._limits, self._headers = choice, tls, limits, headers
        self._transports: dict[str, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        url = self._choice.of(request.url.scheme, request.url.host, request.url.port)
        transport = self._transports.get(url)
        if transport is None:
            if url.lower().startswith("socks"):
                raise ValueError("proxies by SOCKS are not supported")
            proxy = httpx.Proxy(url, headers=self._headers) if url else None
            transport = httpx.AsyncHTTPTransport(verify=self._tls, limits=self._limits, proxy=proxy, trust_env=False)
            self._transports[url] = transport
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._transports.values():
            await transport.aclose()
