"""Codecs: arrays of 8-byte numbers as bytes, and back, bit for bit, as a whole or only some pages of them.

Numbers that pcodec packs lie in pages which share one head, so that a short range costs what it holds and not what a day
holds. The layout is described in docs/formats/metrics-db.md.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pcodec import ChunkConfig, PagingSpec, standalone, wrapped

PAGE = 512
"""Timestamps a page; a page is the least that can be decoded."""

RAW, STREAM, CONSTANT, PAGED = 0, 1, 2, 3

_LEVEL = 4
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


def decode_numbers(codec: int, payload: bytes, out: NDArray[Any]) -> NDArray[Any]:
    """All numbers of full pages."""
    return decode_part(codec, payload, len(out), 0, out)


def decode_part(codec: int, payload: bytes, n: int, first: int, out: NDArray[Any]) -> NDArray[Any]:
    """Of n numbers in full pages as many as `out` takes, from `first` on.

    `first` is a multiple of PAGE, and so is the end unless it is n.
    """
    last = first + len(out)
    if codec == PAGED:
        sizes = [min(PAGE, n - at) for at in range(first, last, PAGE)]
        decode_pages(payload, page_count(n), first // PAGE, sizes, out)
    elif codec == CONSTANT:
        out.view(np.uint64)[:] = int.from_bytes(payload, "little")
    elif codec == RAW:
        out.view(np.uint8)[:] = np.frombuffer(payload, np.uint8, out.nbytes, first * out.itemsize)
    elif len(out) == n:
        standalone.simple_decompress_into(payload, out)
    else:
        out[:] = decode_part(codec, payload, n, 0, np.empty(n, out.dtype))[first:last]
    return out


def decode_pages(payload: bytes, count: int, first: int, sizes: Sequence[int], out: NDArray[Any]) -> None:
    """Some of the pages of a PAGED payload, one behind the other.

    Args:
        payload: what `encode_numbers` made.
        count: how many pages it has.
        first: the first page that is wanted.
        sizes: how many numbers each of those wanted has.
        out: [sum(sizes)] float64 or int64.
    """
    head, *lengths = struct.unpack_from(f"<I{count}H", payload)
    at = 4 + 2 * count
    file, used = wrapped.FileDecompressor.new(payload[at : at + head])
    chunk, _ = file.chunk_decompressor(payload[at + used : at + head], _KINDS[out.dtype.char])
    at += head + sum(lengths[:first])
    filled = 0
    for size, length in zip(sizes, lengths[first:], strict=False):
        if size:
            chunk.read_page_into(payload[at : at + length], size, out[filled : filled + size])
        at, filled = at + length, filled + size
