"""Chunks: one column of samples as bytes, and back, bit for bit.

A chunk body is a flag byte, optional presence and timestamps, and the values; `guard` protects it on disk. The layout is
described in docs/formats/metrics-db.md. Stale markers, NaN payloads, signed zeros and infinities survive unchanged.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Times, Values
from watchglass.store.codec import (
    PAGE,
    PAGED,
    Payload,
    decode_numbers,
    decode_pages,
    decode_part,
    encode_numbers,
    page_count,
)

_EVER = (-(1 << 63), (1 << 63) - 1)

Bits = NDArray[np.uint64]
Mask = NDArray[np.bool_]

ABSENT_BITS = 0x7FF00A85E17A85E1
"""The bits that stand for "no sample here" inside the store; a user's value of these bits becomes a plain NaN."""

_CODEC = 0x07
_RUNS, _BITMAP, _OWN_TIMES, _INDEX = 0x10, 0x20, 0x40, 0x80


def encode_times(times: Times) -> bytes:
    """The chunk of a block's shared timestamps, ascending."""
    codec, payload = encode_numbers(np.ascontiguousarray(times))
    if len(times) <= PAGE:
        return bytes((codec,)) + payload
    return bytes((codec | _INDEX,)) + times[::PAGE].astype("<i8").tobytes() + payload


def decode_times(body: bytes, n: int) -> Times:
    """Undo `encode_times`."""
    return decode_times_of(body, n, _EVER)[1]


def decode_times_of(body: bytes, n: int, span: tuple[int, int]) -> tuple[int, Times]:
    """Those of a block's n timestamps whose pages have any in a span, and the number of the first of them."""
    flags, start, first, last = body[0], 1, 0, n
    if flags & _INDEX:
        index = np.frombuffer(body, "<i8", page_count(n), start)
        start += index.nbytes
        first = PAGE * max(0, int(index.searchsorted(span[0], side="right")) - 1)
        last = min(n, max(first + PAGE, PAGE * int(index.searchsorted(span[1], side="right"))))
    return first, decode_part(Payload(flags & _CODEC, body, start), n, first, np.empty(last - first, np.int64))


def encode_column(values: Values, present: Mask | None = None) -> bytes:
    """The chunk of one series in a block of shared timestamps.

    Args:
        values: [m] the samples that exist, in time order.
        present: [n] which of the block's timestamps have a sample; None when all have.
    """
    values = np.ascontiguousarray(values)
    if present is None:
        codec, payload = encode_numbers(values)
        return bytes((codec,)) + payload
    codec, payload = encode_numbers(values, _page_sizes(present))
    kind, presence = _encode_presence(present)
    return bytes((codec | kind,)) + presence + payload


def decode_column(body: bytes, n: int) -> Values:
    """Undo `encode_column`: [n] values, with ABSENT_BITS where there is no sample."""
    return decode_columns(body, n, 0, np.empty(n))


def decode_columns(body: bytes, n: int, first: int, out: Values) -> Values:
    """A part of what `decode_column` gives: as many values as `out` takes, from timestamp number `first` on.

    `first` is a multiple of PAGE, and so is the end unless it is n.
    """
    flags = body[0]
    codec = flags & _CODEC
    if not flags & (_RUNS | _BITMAP):
        return decode_part(Payload(codec, body, 1), n, first, out)
    present, start = _decode_presence(flags, body, n)
    payload = Payload(codec, body, start)
    here = present[first : first + len(out)]
    out.view(np.uint64)[:] = ABSENT_BITS
    if codec == PAGED:
        sizes = _page_sizes(here)
        values = np.empty(sum(sizes))
        decode_pages(payload, page_count(n), first // PAGE, sizes, values)
    else:
        before = int(np.count_nonzero(present[:first]))
        values = decode_numbers(payload, np.empty(int(np.count_nonzero(present))))[before:]
    out[here] = values[: int(np.count_nonzero(here))]
    return out


def _page_sizes(present: Mask) -> list[int]:
    """How many samples each page has."""
    sizes: list[int] = np.add.reduceat(present, np.arange(0, len(present), PAGE), dtype=np.int64).tolist()
    return sizes


def encode_own(times: Times, values: Values) -> bytes:
    """The chunk of one series that shares its timestamps with no other."""
    return own_from_column(times, encode_column(values))


def own_from_column(times: Times, body: bytes) -> bytes:
    """The chunk of `encode_own`, made from one of `encode_column` that has a sample at every time."""
    codec, payload = body[0], body[1:]
    time_codec, time_payload = encode_numbers(np.ascontiguousarray(times))
    head = struct.pack("<BIIB", codec | _OWN_TIMES, len(times), len(time_payload), time_codec)
    return head + time_payload + payload


def decode_own(body: bytes) -> tuple[Times, Values]:
    """Undo `encode_own`."""
    n, length, time_codec = struct.unpack_from("<IIB", body, 1)
    start = 10 + length
    times = decode_numbers(Payload(time_codec, body[:start], 10), np.empty(n, np.int64))
    return times, decode_numbers(Payload(body[0] & _CODEC, body, start), np.empty(n))


def _encode_presence(present: Mask) -> tuple[int, bytes]:
    edges = np.flatnonzero(np.diff(present, prepend=False, append=False))
    if 2 + 4 * len(edges) < (len(present) + 7) // 8:
        return _RUNS, struct.pack("<H", len(edges)) + edges.astype("<u4").tobytes()
    return _BITMAP, np.packbits(present, bitorder="little").tobytes()


def _decode_presence(flags: int, body: bytes, n: int) -> tuple[Mask, int]:
    """Which of n timestamps have a sample, and where the values begin."""
    if flags & _BITMAP:
        used = (n + 7) // 8
        bits = np.unpackbits(np.frombuffer(body, np.uint8, used, 1), count=n, bitorder="little")
        return bits.view(np.bool_), 1 + used
    (count,) = struct.unpack_from("<H", body, 1)
    edges = np.frombuffer(body, "<u4", count, 3)
    steps = np.zeros(n + 1, np.int8)
    steps[edges[0::2]] = 1
    steps[edges[1::2]] -= 1
    return np.cumsum(steps[:-1]).astype(np.bool_), 3 + 4 * count


def encode_refs(refs: NDArray[np.uint32]) -> bytes:
    """Series numbers as runs of consecutive ones, or raw where there are few runs to gain from."""
    starts = np.flatnonzero(np.diff(refs.astype(np.int64), prepend=-2) != 1)
    if 2 * len(starts) < len(refs):
        lengths = np.diff(starts, append=len(refs))
        return b"\x01" + np.stack([refs[starts], lengths.astype(np.uint32)]).astype("<u4").tobytes()
    return b"\x00" + refs.astype("<u4").tobytes()


def decode_refs(data: bytes) -> NDArray[np.uint32]:
    """Undo `encode_refs`."""
    numbers = np.frombuffer(data, "<u4", offset=1)
    if data[0] == 0:
        return numbers.astype(np.uint32)
    starts, lengths = numbers.reshape(2, -1).astype(np.int64)
    ends = np.cumsum(lengths)
    shift = np.repeat(starts - (ends - lengths), lengths)
    refs: NDArray[np.uint32] = (np.arange(ends[-1], dtype=np.int64) + shift).astype(np.uint32)
    return refs
