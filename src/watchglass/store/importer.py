"""Import: whole columns of old samples become blocks directly, beside the head.

Columns are cut at UTC midnights and encoded as they arrive; series with equal timestamps share them. All blocks appear in one
transaction at the end, so that an import that fails or is killed leaves nothing behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from watchglass.columns import Times, Values
from watchglass.interfaces import LOOSE
from watchglass.store.block import MAX_SERIES, MAX_TIMES, EncodedBlock, Origin
from watchglass.store.blockwriter import BlockWriter
from watchglass.store.chunk import encode_column, encode_times, own_from_column
from watchglass.store.options import DAY_MS, MIB

_BUFFER_BYTES = 32 * MIB  # encoded chunks kept until they are written
_FEW = 4  # series with equal timestamps from which on they share a block


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import brought in."""

    series: int
    samples: int
    blocks: int
    first_ms: int | None  # oldest and newest sample; None when there was none
    last_ms: int | None


@dataclass(slots=True)
class _Open:
    """A block in the making: series that share their timestamps within one day."""

    times: Times
    bodies: dict[int, bytes] = field(default_factory=dict)  # by series


class Importer:
    """Builds blocks from columns; one thread uses it at a time."""

    def __init__(self, blocks: BlockWriter, make_room: Callable[[int], None]) -> None:
        self._blocks, self._make_room = blocks, make_room  # the latter is called with the bytes that are to be written
        self._open: dict[tuple[int, bytes], _Open] = {}
        self._latest: dict[int, tuple[Times, _Open]] = {}
        self._buffered = 0
        self._begun: list[tuple[int, EncodedBlock]] = []

    def add(self, ref: int, times: Times, values: Values) -> int:
        """Take in one series' samples, in any order; returns how many there are at distinct times."""
        times, values = in_order(times, values)
        for first, last in _cuts(times):
            self._add_day(ref, times[first:last], values[first:last])
        if self._buffered >= _BUFFER_BYTES:
            self.write()
        return len(times)

    def finish(self) -> list[EncodedBlock]:
        """Make everything that was written appear."""
        self._blocks.finish(self._begun)
        return [block for _, block in self._begun]

    def _add_day(self, ref: int, times: Times, values: Values) -> None:
        day = int(times[0]) // DAY_MS
        latest = self._latest.get(day)
        if latest is not None and np.array_equal(latest[0], times):
            block = latest[1]
        else:
            block = self._open.setdefault((day, times.tobytes()), _Open(times))
            self._latest[day] = (times, block)
        if ref not in block.bodies:
            block.bodies[ref] = body = encode_column(values)
            self._buffered += len(body) + (times.nbytes if len(block.bodies) == 1 else 0)

    def write(self) -> None:
        """Write what was taken in."""
        self._make_room(self._buffered)
        lonely: defaultdict[int, list[_Open]] = defaultdict(list)
        for (day, _), block in self._open.items():
            if len(block.bodies) < _FEW:
                lonely[day].append(block)
            else:
                self._write_shared(block)
        for blocks in lonely.values():
            self._write_lonely(blocks)
        self._open, self._latest, self._buffered = {}, {}, 0

    def _write_shared(self, block: _Open) -> None:
        refs, n = sorted(block.bodies), len(block.times)
        for start in range(0, len(refs), MAX_SERIES):
            some = refs[start : start + MAX_SERIES]
            bodies = [encode_times(block.times), *(block.bodies[ref] for ref in some)]
            self._write(some, (int(block.times[0]), int(block.times[-1])), n, n * len(some), bodies)

    def _write_lonely(self, lonely: list[_Open]) -> None:
        """Series of one day that share their timestamps with too few others; a block has each at most once."""
        waiting: defaultdict[int, list[_Open]] = defaultdict(list)
        for block in lonely:
            for ref in block.bodies:
                waiting[ref].append(block)
        while waiting:
            refs = sorted(waiting)[:MAX_SERIES]
            chosen = [waiting[ref].pop(0) for ref in refs]
            waiting = defaultdict(list, {ref: blocks for ref, blocks in waiting.items() if blocks})
            bodies = [own_from_column(block.times, block.bodies[ref]) for ref, block in zip(refs, chosen, strict=True)]
            span = min(int(b.times[0]) for b in chosen), max(int(b.times[-1]) for b in chosen)
            self._write(refs, span, 0, sum(len(block.times) for block in chosen), [b"", *bodies])

    def _write(self, refs: list[int], span: tuple[int, int], n: int, samples: int, bodies: list[bytes]) -> None:
        number = self._blocks.begin()
        self._blocks.write_chunks(number, bodies, 0)
        encoded = EncodedBlock(
            np.array(refs, np.uint32), *span, n, samples, LOOSE, 0, (), level=2, origin=Origin.IMPORTED
        )
        self._begun.append((number, encoded))


def in_order(times: Times, values: Values) -> tuple[Times, Values]:
    """Samples in ascending order of time; of several at one time the first given stays."""
    if len(times) > 1 and not (np.diff(times) > 0).all():
        times, first = np.unique(times, return_index=True)
        values = values[first]
    return times, values


def _cuts(times: Times) -> Iterator[tuple[int, int]]:
    """Ranges of a column that lie within one UTC day and are not too long for a block."""
    days = times // DAY_MS
    edges = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(times)]
    for first, last in pairwise(edges):
        for start in range(first, last, MAX_TIMES):
            yield start, min(last, start + MAX_TIMES)
