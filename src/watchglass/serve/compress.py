"""Compressed answers: gzip, or zstd where the client prefers it, for bodies large enough to gain by it.

A caller on this machine gets them as they are: 10 ms a megabyte would buy it nothing.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watchglass.serve.caller import is_local

_INLINE_BYTES = 32 * 1024  # above it a thread compresses, and the loop goes on
_LONGEST = 256  # of a header that says what is accepted
_TYPES = (
    "text/",
    "application/json",
    "application/javascript",
    "application/openmetrics-text",
    "application/x-watchglass-frames",
    "image/svg+xml",
)


class Compressor:
    """Compresses the answers of `app` whose length is known, in one piece or in several; a stream passes as it comes."""

    def __init__(self, app: ASGIApp, from_bytes: int) -> None:
        self._app, self._from_bytes = app, from_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        encoding = choose_encoding(accepted[:_LONGEST].decode("latin-1")) if accepted else ""
        if encoding and scope["method"] != "HEAD" and not is_local(scope):
            send = _CompressedSend(send, encoding, self._from_bytes)
        await self._app(scope, receive, send)


class _CompressedSend:
    def __init__(self, send: Send, encoding: str, from_bytes: int) -> None:
        self._send, self._encoding, self._from_bytes = send, encoding, from_bytes
        self._start: Message | None = None
        self._stream: Stream | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_compressible(Headers(raw=message["headers"])):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            message = await self._compress(start, message)
            await self._send(start)
        elif self._stream is not None:
            message = await self._next(message)
        await self._send(message)

    async def _compress(self, start: Message, message: Message) -> Message:
        """The first part of a body, and with it the headers."""
        headers = MutableHeaders(scope=start)
        headers.add_vary_header("Accept-Encoding")
        if message.get("more_body"):
            if "content-length" not in headers or start["status"] != HTTPStatus.OK:
                return message
            self._stream = _STREAMS[self._encoding]()
            del headers["Content-Length"]
            headers["Content-Encoding"] = self._encoding
            return await self._next(message)
        body = message.get("body", b"")
        if len(body) < self._from_bytes:
            return message
        body = await compress(body, self._encoding)
        headers["Content-Encoding"] = self._encoding
        headers["Content-Length"] = str(len(body))
        return {**message, "body": body}

    async def _next(self, message: Message) -> Message:
        assert self._stream is not None
        body = await asyncio.to_thread(self._stream, message.get("body", b""), last=not message.get("more_body"))
        return {**message, "body": body}


@lru_cache(maxsize=256)
def choose_encoding(accepted: str) -> str:
    """The best of our encodings that an Accept-Encoding header allows; empty when there is none."""
    weights = dict(_weight(part) for part in accepted.split(","))
    usable = [name for name in ("zstd", "gzip") if weights.get(name, weights.get("*", 0.0)) > 0]
    return max(usable, key=lambda name: weights.get(name, weights.get("*", 0.0)), default="")


def _weight(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    quality = parameter.strip().removeprefix("q=")
    try:
        return name.strip().lower(), float(quality) if quality else 1.0
    except ValueError:
        return name.strip().lower(), 0.0


async def compress(body: bytes, encoding: str) -> bytes:
    """Encode a body; a large one in a thread, since both codecs let go of the interpreter."""
    codec = _CODECS[encoding]
    return codec(body) if len(body) <= _INLINE_BYTES else await asyncio.to_thread(codec, body)


def _gzip(body: bytes) -> bytes:
    compressor = zlib.compressobj(level=1, wbits=31)
    return compressor.compress(body) + compressor.flush()


def _zstd(body: bytes) -> bytes:
    import cramjam  # noqa: PLC0415 - its megabytes are paid for by the first client that asks

    return bytes(cramjam.zstd.compress(body, level=1))


class Stream(Protocol):
    """Compresses a body piece by piece."""

    def __call__(self, piece: bytes, *, last: bool) -> bytes:
        """What may go out after `piece`."""


class _GzipStream:
    def __init__(self) -> None:
        self._codec = zlib.compressobj(level=1, wbits=31)

    def __call__(self, piece: bytes, *, last: bool) -> bytes:
        return self._codec.compress(piece) + (self._codec.flush() if last else b"")


class _ZstdStream:
    def __init__(self) -> None:
        import cramjam  # noqa: PLC0415 - as above

        self._codec = cramjam.zstd.Compressor(level=1)

    def __call__(self, piece: bytes, *, last: bool) -> bytes:
        self._codec.compress(piece)
        return bytes(self._codec.finish() if last else self._codec.flush())


_STREAMS: dict[str, Callable[[], Stream]] = {"gzip": _GzipStream, "zstd": _ZstdStream}

_CODECS: dict[str, Callable[[bytes], bytes]] = {"gzip": _gzip, "zstd": _zstd}


def _is_compressible(headers: Headers) -> bool:
    return "content-encoding" not in headers and headers.get("content-type", "").startswith(_TYPES)
