"""Fetching a target's body over HTTP. The answer is bounded in bytes; nothing is unpacked here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from watchglass.collect.body import too_large
from watchglass.collect.errors import ScrapeError
from watchglass.collect.http_client import HttpClient
from watchglass.collect.http_headers import plain_headers
from watchglass.collect.job import ScrapeJob

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


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
        self._http = HttpClient(job.http, secret_bytes=secret_bytes, tls_bytes=tls_bytes)

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

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    async def _in_time(self, url: str, timeout_ms: int, take: Callable[[httpx.Response], Awaitable[T]]) -> T:
        try:
            async with (
                asyncio.timeout(timeout_ms / 1000),
                self._http.request("GET", url, plain_headers(self._job, timeout_ms)) as response,
            ):
                return await take(response)
        except TimeoutError:
            files = ", ".join(self._http.files_being_read)
            if not files:
                raise
            message = f"no answer within {timeout_ms / 1000:g} s; a file is still being read, one of {files}"
            raise ScrapeError(message, result="timeout") from None


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
