"""Unpacking a body without trusting it: what comes out is bounded before it is made."""

from __future__ import annotations

import zlib

import cramjam

from watchglass.collect.errors import ScrapeError

ACCEPT_ENCODING = "gzip, zstd"
"""What a scrape says it can unpack."""

_GZIP = 31  # zlib's way to say: gzip, largest window


def too_large(limit_bytes: int) -> ScrapeError:
    """The error of a body that is larger than it may be, unpacked or not."""
    return ScrapeError(
        f"the body is larger than {limit_bytes:,} bytes, unpacked (body_size_limit)", result="body_size_limit"
    )


def unpack(body: bytes, encoding: str, limit_bytes: int) -> bytes:
    """The body as the target wrote it.

    Args:
        body: as it came.
        encoding: the answer's Content-Encoding.
        limit_bytes: of the unpacked body; 0 means none.

    Raises:
        ScrapeError: it is too large, damaged, or packed in a way we did not ask for.
    """
    limit_bytes = limit_bytes or 1 << 40
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        unpacked = body
    elif encoding in ("gzip", "x-gzip"):
        unpacked = _gunzip(body, limit_bytes)
    elif encoding == "zstd":
        unpacked = _unzstd(body, limit_bytes)
    else:
        raise ScrapeError(f"the answer's Content-Encoding {encoding[:40]!r} was not asked for", result="malformed")
    if len(unpacked) > limit_bytes:
        raise too_large(limit_bytes)
    return unpacked


def _gunzip(packed: bytes, limit_bytes: int) -> bytes:
    """Unpack all members; stops one byte above the limit."""
    parts: list[bytes] = []
    room = limit_bytes + 1
    while packed and room > 0:
        member = zlib.decompressobj(_GZIP)
        try:
            part = member.decompress(packed, room)
        except zlib.error as error:
            raise _damaged("gzip", error) from None
        parts.append(part)
        room -= len(part)
        if not member.eof and room > 0:
            raise _damaged("gzip", "it ends too early")
        packed = member.unused_data
    return b"".join(parts)


def _unzstd(packed: bytes, limit_bytes: int) -> bytes:
    """Unpack into a buffer that is a little larger than what came, then into larger ones, up to the limit."""
    size = min(max(16 * len(packed), 1 << 16), limit_bytes + 1)
    while True:
        buffer = bytearray(size)  # untouched pages cost nothing
        try:
            return bytes(memoryview(buffer)[: cramjam.zstd.decompress_into(packed, buffer)])
        except cramjam.DecompressionError as error:
            if "whole buffer" not in str(error):
                raise _damaged("zstd", error) from None
        if size > limit_bytes:
            raise too_large(limit_bytes)
        size = min(8 * size, limit_bytes + 1)


def _damaged(encoding: str, reason: object) -> ScrapeError:
    return ScrapeError(f"the {encoding} body is damaged: {reason}", result="malformed")
