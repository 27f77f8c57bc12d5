"""Requests over HTTP the way that one `http_config` says, whatever the other side does.

Answers are bounded in redirects; the caller bounds them in time and bytes. Nothing is unpacked here.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from watchglass.collect.daemon import SingleFlight
from watchglass.collect.errors import ScrapeError
from watchglass.collect.http_headers import check_value, headers_with_secrets, secret_files, secret_header_names
from watchglass.collect.oauth2 import TokenSource
from watchglass.collect.proxy import ProxyChoice
from watchglass.collect.regular_file import check_regular
from watchglass.model.http import DEFAULT_TLS, HttpOptions, TlsOptions
from watchglass.wire.hide import hide, secrets_of_login

if TYPE_CHECKING:
    import httpx

Headers = Sequence[tuple[str, str]]

_REDIRECTS = 10  # Go's limit
_IDLE_S = 300.0  # how long a connection waits for the next request
_PROXY_VARIABLES = frozenset({"http_proxy", "https_proxy"})
_TLS_VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}


class HttpClient:
    """Keeps connections and TLS, and reads secrets. The HTTP library is loaded, and TLS set up, with the first request.

    Args:
        options: how to reach the other side.
        secret_bytes: a file with a secret may be so large.
        tls_bytes: a file with certificates or a key may be so large.
        connections: at most so many at once; None for no bound.
    """

    def __init__(
        self,
        options: HttpOptions,
        *,
        secret_bytes: int = 1 << 16,
        tls_bytes: int = 1 << 24,
        connections: int | None = None,
    ) -> None:
        self._options, self._connections = options, connections
        self._secret_bytes, self._tls_bytes = secret_bytes, tls_bytes
        self._client: httpx.AsyncClient | None = None
        self._outdated: set[httpx.AsyncClient] = set()
        self._requests: Counter[httpx.AsyncClient] = Counter()
        self._tls_stamp: tuple[int, ...] = ()
        self._opening = asyncio.Lock()
        self._renewal = SingleFlight(self._renew)
        self._tokens = _token_source(options, secret_bytes)
        self._secrets = SingleFlight(lambda: headers_with_secrets(options, secret_bytes))
        self._told = frozenset[str]()  # the secrets of the last request's headers

    @property
    def files_being_read(self) -> list[str]:
        """The files of which one is being read right now, which may take for ever; none where nothing is."""
        if not (self._renewal.running or self._secrets.running):
            return []
        return [*tls_files(self._options.tls), *secret_files(self._options)]

    @asynccontextmanager
    async def request(
        self, method: str, url: str, headers: Headers = (), content: bytes | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Send a request; gives the final answer, its body unread.

        Raises:
            ScrapeError: the other side cannot be reached or breaks off, here or while the body is read; or a file with
                a secret or a certificate cannot be read.
        """
        try:
            async with self._opened() as client:
                request = client.build_request(
                    method,
                    url,
                    headers=[*await self._secret_headers(url), *headers],
                    content=content,
                    extensions=self._sni(),
                )
                async with self._answer(client, request) as response:
                    yield response
        except ScrapeError as error:
            told = self.hidden(str(error))
            if told == str(error):
                raise
            raise ScrapeError(told, result=error.result) from error
        except _transport_errors() as error:
            raise ScrapeError(self.hidden(_reason(error)), result="connection") from error

    def hidden(self, text: str) -> str:
        """What the other side says, without the secrets that it was told."""
        tokens = self._tokens.secrets if self._tokens else frozenset[str]()
        return hide(text, self._told | tokens | _proxy_secrets(self._options))

    async def close(self) -> None:
        """Close all connections."""
        clients = {*self._outdated, *([self._client] if self._client else [])}
        self._client, self._outdated = None, set()
        if self._tokens:
            await self._tokens.close()
        for client in clients:
            await client.aclose()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[httpx.AsyncClient]:
        """The client for one request."""
        client = await self._open()
        self._requests[client] += 1
        try:
            yield client
        finally:
            self._requests[client] -= 1
            await self._close_idle()

    async def _open(self) -> httpx.AsyncClient:
        """The client; a new one when a TLS file has changed. The old one ends its requests, and is closed then."""
        async with self._opening:
            if self._client is None or tls_files(self._options.tls):
                stamp, client = await self._renewal.run()
                if client is not None:
                    self._outdated |= {self._client} if self._client else set()
                    self._client, self._tls_stamp = client, stamp
                    await self._close_idle()
            assert self._client is not None  # or it would have been made
            return self._client

    def _renew(self) -> tuple[tuple[int, ...], httpx.AsyncClient | None]:
        """When the TLS files were written, and a new client unless the one at hand is of that time; in a thread."""
        stamp = _stamp(tls_files(self._options.tls), self._tls_bytes)
        known = self._client is not None and stamp == self._tls_stamp
        return stamp, None if known else _build_client(self._options, self._connections)

    async def _close_idle(self) -> None:
        """Close what is outdated and in use no longer."""
        idle = {client for client in self._outdated if not self._requests[client]}
        self._outdated -= idle
        for client in idle:
            del self._requests[client]
            await client.aclose()

    async def _secret_headers(self, url: str) -> list[tuple[str, str]]:
        """Those that may be read from files, each time anew, so that a rotated secret is taken up."""
        if secret_files(self._options):
            headers = await self._secrets.run()
        else:
            headers = headers_with_secrets(self._options, self._secret_bytes)
        self._told = headers.secrets.union(secrets_of_login(url))
        if not self._tokens:
            return headers.headers
        token = await self._tokens.header()
        check_value("Authorization", token)
        return [*headers.headers, ("Authorization", token)]

    def _sni(self) -> dict[str, str]:
        server_name = self._options.tls.server_name
        return {"sni_hostname": server_name} if server_name else {}

    @asynccontextmanager
    async def _answer(self, client: httpx.AsyncClient, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        """The final answer, its body unread. Redirects are followed here, so that their bodies are never read."""
        for _ in range(_REDIRECTS + 1):
            response = await _send(client, request)
            try:
                if not (self._options.follow_redirects and response.next_request):
                    yield response
                    return
                request = self._redirected(request, response.next_request)
            finally:
                await response.aclose()
        raise ScrapeError(f"stopped after {_REDIRECTS} redirects", result="redirects")

    def _redirected(self, before: httpx.Request, after: httpx.Request) -> httpx.Request:
        """The next request; another host is told no secrets. The library takes `Authorization` away."""
        if before.url.netloc != after.url.netloc:
            for name in secret_header_names(self._options):
                after.headers.pop(name, None)
        return after


def _proxy_secrets(options: HttpOptions) -> frozenset[str]:
    urls = [options.proxy_url]
    if options.proxy_from_environment:
        urls += [value for name, value in os.environ.items() if name.lower() in _PROXY_VARIABLES]
    logins = (secret for url in urls for secret in secrets_of_login(url))
    return frozenset(secret.value for _, secret in options.proxy_headers).union(logins)


def _token_source(options: HttpOptions, secret_bytes: int) -> TokenSource | None:
    oauth2 = options.oauth2
    if oauth2 is None:
        return None
    reach = HttpOptions(
        tls=oauth2.tls,
        proxy_url=oauth2.proxy_url,
        no_proxy=oauth2.no_proxy,
        proxy_from_environment=oauth2.proxy_from_environment,
        proxy_headers=oauth2.proxy_headers,
    )
    client = HttpClient(reach, connections=1)
    return TokenSource(oauth2, client, secret_bytes)


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send; a GET once more where a kept connection turns out to be closed, as Go's client does."""
    import httpx  # noqa: PLC0415 -- loaded with the first request

    try:
        return await client.send(request, stream=True)
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        if request.method != "GET":  # it may have been taken
            raise
        return await client.send(request, stream=True)


def _build_client(options: HttpOptions, connections: int | None) -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 -- loaded with the first request

    tls = tls_context(options.tls)
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=None, keepalive_expiry=_IDLE_S)
    transport = None
    if options.proxy_url or options.proxy_from_environment:
        from watchglass.collect.proxied import ByProxy  # noqa: PLC0415 -- few need it

        headers = [(name, secret.value) for name, secret in options.proxy_headers]
        transport = ByProxy(ProxyChoice(options), tls, limits, headers)
    return httpx.AsyncClient(
        transport=transport,
        verify=tls,
        trust_env=False,
        timeout=None,  # noqa: S113 -- the caller bounds the whole request
        limits=limits,
    )


@cache
def _default_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def tls_context(options: TlsOptions) -> ssl.SSLContext:
    """What a `tls_config` asks for.

    Raises:
        OSError: a file cannot be read or is not PEM.
    """
    if options == DEFAULT_TLS:
        return _default_tls()
    context = ssl.create_default_context(cafile=options.ca_file or None, cadata=options.ca or None)
    if options.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.min_version:
        context.minimum_version = _TLS_VERSIONS[options.min_version]
    if options.max_version:
        context.maximum_version = _TLS_VERSIONS[options.max_version]
    if options.cert or options.cert_file:
        _load_certificate(context, options)
    return context


def tls_files(options: TlsOptions) -> list[str]:
    """The files that `tls_context` reads."""
    return [path for path in (options.ca_file, options.cert_file, options.key.file or options.key_file) if path]


def _stamp(paths: list[str], limit_bytes: int) -> tuple[int, ...]:
    """When the files were written; raises OSError with the name of one that cannot be used."""
    return tuple(check_regular(path, limit_bytes).st_mtime_ns for path in paths)


def _load_certificate(context: ssl.SSLContext, options: TlsOptions) -> None:
    """OpenSSL reads certificates from files only: texts pass through a private folder."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text, path in (
            ("cert", options.cert, options.cert_file),
            ("key", options.key.value, options.key.file or options.key_file),
        ):
            if text:
                path = str(Path(folder, name))  # noqa: PLW2901
                Path(path).write_text(text)
            paths.append(path)
        context.load_cert_chain(paths[0], paths[1] or None)


def _transport_errors() -> tuple[type[BaseException], ...]:
    import httpx  # noqa: PLC0415 -- loaded by now

    return (OSError, ValueError, httpx.TransportError, httpx.InvalidURL, ExceptionGroup)


def _reason(error: BaseException) -> str:
    """The innermost cause that says something: "Connection refused", not "All connection attempts failed"."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        within = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else None
        cause = within or cause.__cause__ or cause.__context__
    for each in reversed(causes):
        if isinstance(each, OSError) and each.strerror:
            return f"{each.filename}: {each.strerror}" if each.filename else each.strerror
    messages = (str(each) for each in causes if not isinstance(each, BaseExceptionGroup))
    return next(filter(None, messages), type(error).__name__)
