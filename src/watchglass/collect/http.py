"""Fetching a target's body over HTTP, whatever the other side does.

The answer is bounded in bytes and redirects; the caller bounds it in time. Nothing is unpacked here.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from watchglass.collect.body import too_large
from watchglass.collect.daemon import SingleFlight
from watchglass.collect.errors import ScrapeError
from watchglass.collect.http_headers import headers_with_secrets, plain_headers, secret_files
from watchglass.collect.job import ScrapeJob
from watchglass.collect.regular_file import check_regular
from watchglass.model.http import HttpOptions, TlsOptions

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

_REDIRECTS = 10  # Go's limit
_IDLE_S = 300.0  # how long a connection waits for the next scrape
_TLS_VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}


class Answer(NamedTuple):
    """What came back, as it came."""

    body: bytes
    encoding: str  # Content-Encoding
    content_type: str


class ScrapeClient:
    """Fetches the targets of one job. The HTTP library is loaded, and TLS set up, with the first fetch.

    Args:
        job: how to fetch.
        secret_bytes: a file with a secret may be so large.
        tls_bytes: a file with certificates or a key may be so large.
    """

    def __init__(self, job: ScrapeJob, *, secret_bytes: int = 1 << 16, tls_bytes: int = 1 << 24) -> None:
        self._job = job
        self._secret_bytes, self._tls_bytes = secret_bytes, tls_bytes
        self._client: httpx.AsyncClient | None = None
        self._outdated: set[httpx.AsyncClient] = set()
        self._fetches: Counter[httpx.AsyncClient] = Counter()
        self._tls_stamp: tuple[int, ...] = ()
        self._opening = asyncio.Lock()
        self._renewal = SingleFlight(self._renew)
        self._secrets = SingleFlight(lambda: headers_with_secrets(job.http, secret_bytes))

    async def get(self, url: str, timeout_ms: int, *, limit_bytes: int | None = None) -> Answer:
        """Fetch `url`; the job's own limit holds for its body unless another is given.

        Raises:
            ScrapeError: it cannot be reached, does not answer 200, or its body is too large or incomplete; or a file
                with a secret or a certificate cannot be read.
            TimeoutError: it took longer than `timeout_ms`.
        """
        limit = self._job.limits.body_bytes if limit_bytes is None else limit_bytes
        return await self._in_time(url, timeout_ms, lambda response: _read(response, limit))

    async def status(self, url: str, timeout_ms: int) -> int:
        """The HTTP status that `url` answers with, whatever that is; the body is not read.

        Raises:
            ScrapeError: it cannot be reached, or a file with a secret or a certificate cannot be read.
            TimeoutError: it took longer than `timeout_ms`.
        """
        return await self._in_time(url, timeout_ms, _status)

    async def _in_time(self, url: str, timeout_ms: int, take: Callable[[httpx.Response], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                return await self._get(url, timeout_ms, take)
        except TimeoutError:
            if not (self._renewal.running or self._secrets.running):
                raise
            files = ", ".join([*_tls_files(self._job.http.tls), *secret_files(self._job.http)])
            message = f"no answer within {timeout_ms / 1000:g} s; a file is still being read, one of {files}"
            raise ScrapeError(message, result="timeout") from None

    async def close(self) -> None:
        """Close all connections."""
        clients = {*self._outdated, *([self._client] if self._client else [])}
        self._client, self._outdated = None, set()
        for client in clients:
            await client.aclose()

    async def _get(self, url: str, timeout_ms: int, take: Callable[[httpx.Response], Awaitable[T]]) -> T:
        try:
            async with self._opened() as client:
                headers = [*await self._secret_headers(), *plain_headers(self._job, timeout_ms)]
                async with self._stream(client, url, headers) as response:
                    return await take(response)
        except _transport_errors() as error:
            raise ScrapeError(_reason(error), result="connection") from error

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[httpx.AsyncClient]:
        """The client for one fetch."""
        client = await self._open()
        self._fetches[client] += 1
        try:
            yield client
        finally:
            self._fetches[client] -= 1
            await self._close_idle()

    async def _open(self) -> httpx.AsyncClient:
        """The client; a new one when a TLS file has changed. The old one ends its fetches, and is closed then."""
        async with self._opening:
            if self._client is None or _tls_files(self._job.http.tls):
                stamp, client = await self._renewal.run()
                if client is not None:
                    self._outdated |= {self._client} if self._client else set()
                    self._client, self._tls_stamp = client, stamp
                    await self._close_idle()
            assert self._client is not None  # or it would have been made
            return self._client

    def _renew(self) -> tuple[tuple[int, ...], httpx.AsyncClient | None]:
        """When the TLS files were written, and a new client unless the one at hand is of that time; in a thread."""
        stamp = _stamp(_tls_files(self._job.http.tls), self._tls_bytes)
        known = self._client is not None and stamp == self._tls_stamp
        return stamp, None if known else _build_client(self._job.http)

    async def _close_idle(self) -> None:
        """Close what is outdated and in use no longer."""
        idle = {client for client in self._outdated if not self._fetches[client]}
        self._outdated -= idle
        for client in idle:
            del self._fetches[client]
            await client.aclose()

    async def _secret_headers(self) -> list[tuple[str, str]]:
        """Those that may be read from files, each time anew, so that a rotated secret is taken up."""
        if secret_files(self._job.http):
            return await self._secrets.run()
        return headers_with_secrets(self._job.http, self._secret_bytes)

    @asynccontextmanager
    async def _stream(
        self, client: httpx.AsyncClient, url: str, headers: list[tuple[str, str]]
    ) -> AsyncIterator[httpx.Response]:
        """The final answer, its body unread. Redirects are followed here, so that their bodies are never read."""
        server_name = self._job.http.tls.server_name
        extensions = {"sni_hostname": server_name} if server_name else {}
        request = client.build_request("GET", url, headers=headers, extensions=extensions)
        for _ in range(_REDIRECTS + 1):
            response = await _send(client, request)
            try:
                if not (self._job.http.follow_redirects and response.next_request):
                    yield response
                    return
                request = response.next_request
            finally:
                await response.aclose()
        raise ScrapeError(f"stopped after {_REDIRECTS} redirects", result="redirects")


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send; once more where a kept connection turns out to be closed, as Go's client does."""
    import httpx  # noqa: PLC0415 -- loaded with the first fetch

    try:
        return await client.send(request, stream=True)
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        return await client.send(request, stream=True)


async def _status(response: httpx.Response) -> int:
    return response.status_code


async def _read(response: httpx.Response, limit_bytes: int) -> Answer:
    if response.status_code != 200:
        status = f"{response.status_code} {response.reason_phrase}".strip()
        raise ScrapeError(f"server returned HTTP status {status}", result="http_status")
    body = BytesIO()  # grows in place and gives its buffer away: no second copy, no thousand parts
    async for part in response.aiter_raw():
        if limit_bytes and body.tell() + len(part) > limit_bytes:
            raise too_large(limit_bytes)
        body.write(part)
    headers = response.headers
    return Answer(body.getvalue(), headers.get("content-encoding", ""), headers.get("content-type", ""))


def _build_client(options: HttpOptions) -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 -- loaded with the first fetch

    return httpx.AsyncClient(
        verify=_default_tls() if options.tls == TlsOptions() else _tls(options.tls),
        proxy=options.proxy_url or None,
        trust_env=False,
        timeout=None,  # noqa: S113 -- the caller bounds the whole fetch
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=_IDLE_S),
    )


@cache
def _default_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _tls(options: TlsOptions) -> ssl.SSLContext:
    """Raises OSError where a file is not PEM."""
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


def _tls_files(options: TlsOptions) -> list[str]:
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
