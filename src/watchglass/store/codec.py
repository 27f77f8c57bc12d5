"""Codecs: arrays of 8-byte numbers as bytes, and back, bit for bit, as a whole or only some pages of them.

Numbers that pcodec packs lie in pages which share one head, so that a short range costs what it holds and not what a day
holds. The layout is described in docs/formats/metrics-db.md.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pcodec import ChunkConfig, PagingSpec, standalone, wrapped

PAGE = 512
"""Timestamps a page; a page is the least that can be decoded."""

RAW, STREAM, CONSTANT, PAGED = 0, 1, 2, 3

_LEVEL = 5
_KINDS = {"d": "f64", "l": "i64", "q": "i64"}  # of pcodec, by NumPy's character


def page_count(n: int) -> int:
    """How many pages n timestamps have."""
    return -(-n // PAGE)


def encode_numbers(numbers: NDArray[np.generic], sizes: Sequence[int] | None = None) -> tuple[int, bytes]:
    """The codec that suits, and the bytes.

    Args:
        numbers: [n] 8-byte numbers, contiguous, at least one.
        sizes: how many numbers each page has; None: all pages but the last are full.
    """
    bits = numbers.view(np.uint64)
    if (bits == bits[0]).all():
        return CONSTANT, bits[:1].tobytes()
    packed = _pack(numbers, sizes or [min(PAGE, len(numbers) - at) for at in range(0, len(numbers), PAGE)])
    return (PAGED, packed) if len(packed) < numbers.nbytes else (RAW, numbers.tobytes())


def _pack(numbers: NDArray[np.generic], sizes: Sequence[int]) -> bytes:
    filled = [size for size in sizes if size]
    file = wrapped.FileCompressor()
    paging = PagingSpec.exact_page_sizes(filled)
    chunk = file.chunk_compressor(numbers, ChunkConfig(compression_level=_LEVEL, paging_spec=paging))
    head: bytes = file.write_header() + chunk.write_meta()
    written = (chunk.write_page(at) for at in range(len(filled)))
    pages = [next(written) if size else b"" for size in sizes]
    return struct.pack(f"<I{len(pages)}H", len(head), *map(len, pages)) + head + b"".join(pages)


class Payload(NamedTuple):
    """Encoded numbers, at the end of some bytes."""

    codec: int
    body: bytes
    start: int


def decode_numbers(payload: Payload, out: NDArray[Any]) -> NDArray[Any]:
    """All numbers of full pages."""
    return decode_part(payload, len(out), 0, out)


def decode_part(payload: Payload, n: int, first: int, out: NDArray[Any]) -> NDArray[Any]:
    """Of n numbers in full pages as many as `out` takes, from number `first` on.

    `first` is a multiple of PAGE, and so is the end unless it is n.
    """
    codec, body, start = payload
    last = first + len(out)
    if codec == PAGED:
        decode_pages(payload, page_count(n), first // PAGE, _full_sizes(n, first, last), out)
    elif codec == CONSTANT:
        out.view(np.uint64)[:] = int.from_bytes(body[start:], "little")
    elif codec == RAW:
        out.view(np.uint8)[:] = np.frombuffer(body, np.uint8, out.nbytes, start + first * out.itemsize)
    elif len(out) == n:
        standalone.simple_decompress_into(body[start:], out)
    else:
        out[:] = decode_part(payload, n, 0, np.empty(n, out.dtype))[first:last]
    return out


@lru_cache(4096)
def _full_sizes(n: int, first: int, last: int) -> tuple[int, ...]:
    """How many numbers the pages from one place to another have."""
    return tuple(min(PAGE, n - at) for at in range(first, last, PAGE))


@lru_cache(64)
def _lengths(count: int) -> struct.Struct:
    """The lengths before the head and pages of a payload."""
    return struct.Struct(f"<I{count}H")


def decode_pages(payload: Payload, count: int, first: int, sizes: Sequence[int], out: NDArray[Any]) -> None:
    """Some of the pages of a PAGED payload, one behind the other.

    Args:
        payload: of codec PAGED.
        count: how many pages it has.
        first: the first page that is wanted.
        sizes: how many numbers each of those wanted has.
        out: [sum(sizes)] float64 or int64.
    """
    _, body, start = payload
    layout = _lengths(count)
    lengths = layout.unpack_from(body, start)
    start += layout.size
    at = start + lengths[0]
    file, used = wrapped.FileDecompressor.new(body[start:at])
    read = file.chunk_decompressor(body[start + used : at], _KINDS[out.dtype.char])[0].read_page_into
    at, filled = at + sum(lengths[1 : first + 1]), 0
    for size, length in zip(sizes, lengths[first + 1 :], strict=False):
        if size:
            read(body[at : at + length], size, out[filled : filled + size])
        at, filled = at + length, filled + size


def prepare() -> None:
    """Have pcodec look up what it needs of NumPy, which its first call does, before somebody waits for an answer."""
    numbers = np.arange(2 * PAGE, dtype=np.float64)
    codec, packed = encode_numbers(numbers)
    decode_numbers(Payload(codec, packed, 0), numbers)
