"""Write-ahead log records: the accepted samples of one batch as the body of one row of table `wal`.

A record stands for itself: it needs no other record to be understood. It holds only what was accepted, already told apart by where it goes, so that replay decides nothing anew.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Times, Values
from watchglass.store.chunk import decode_refs, encode_refs

_HEADER = struct.Struct("<BIIqI")  # flags, group, samples, timestamp, bytes of refs
_OWN_TIMES, _LATE = 1, 2


@dataclass(frozen=True, slots=True)
class Record:
    """Accepted samples of n series."""

    group: int  # LOOSE: pages of single series
    refs: NDArray[np.uint32]  # [n]
    times: int | Times  # one for all, or [n]
    values: Values  # [n]
    late: bool = False  # older than the series' newest sample
    encoded_refs: bytes = b""  # `encode_refs(refs)`, where it is known already

    @property
    def oldest_ms(self) -> int:
        """The time of the oldest sample."""
        return self.times if isinstance(self.times, int) else int(self.times.min())

    def take(self, rows: Index) -> Record:
        """The chosen samples."""
        times = self.times if isinstance(self.times, int) else self.times[rows]
        return Record(self.group, self.refs[rows], times, self.values[rows], self.late)


def encode_record(record: Record) -> bytes:
    """The body of a row of table `wal`."""
    own = not isinstance(record.times, int)
    refs = record.encoded_refs or encode_refs(record.refs)
    timestamp = record.times if isinstance(record.times, int) else 0
    times = b"" if isinstance(record.times, int) else record.times.astype("<i8").tobytes()
    flags = (_OWN_TIMES if own else 0) | (_LATE if record.late else 0)
    header = _HEADER.pack(flags, record.group, len(record.refs), timestamp, len(refs))
    return b"".join((header, refs, times, record.values.astype("<f8").tobytes()))


def decode_record(body: bytes) -> Record:
    """Undo `encode_record`."""
    flags, group, n, timestamp, ref_bytes = _HEADER.unpack_from(body)
    at = _HEADER.size
    refs = decode_refs(body[at : at + ref_bytes])
    at += ref_bytes
    times: int | Times = timestamp
    if flags & _OWN_TIMES:
        times = np.frombuffer(body, "<i8", n, at).astype(np.int64)
        at += 8 * n
    return Record(group, refs, times, np.frombuffer(body, "<f8", n, at).astype(np.float64), bool(flags & _LATE))
