"""What a parser remembers of a body: its bytes, and of each line the series and where the value starts.

Lines are kept as one text in blocks of a few dozen, so that a block that did not change is one comparison, and no line
is an object of its own between scrapes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from watchglass.model.metadata import Metadata
from watchglass.wire.content_type import Format

DROPPED = 0xFFFF_FFFF
"""The ref of a line that holds no sample, and of a series that relabelling drops."""

UNRESOLVED = 0xFFFF_FFFE
"""The ref of a series that `resolve` would not take this time (a limit); it is asked again with the next body."""

NO_TIMESTAMP = -(1 << 63)

BLOCK_LINES = 64
_PIECE_BYTES = 1 << 18


class MovedError(Exception):
    """A body does not have the lines of the layout in their order."""


@dataclass(slots=True)
class Layout:
    """One body. Arrays have one entry a line; the body ends with a line break or is empty."""

    format: Format = Format.TEXT
    body: bytes = b""
    blocks: array[int] = field(default_factory=lambda: array("Q", [0]))  # where each block starts, and the end
    starts: array[int] = field(default_factory=lambda: array("I"))  # where in its line the value starts; 0: no sample
    refs: array[int] = field(default_factory=lambda: array("I"))
    values: array[float] = field(default_factory=lambda: array("d"))
    timestamps_ms: array[int] | None = None
    metadata: dict[str, Metadata] = field(default_factory=dict)
    samples: int = 0
    complete: bool = True  # no ref is UNRESOLVED

    @classmethod
    def unread(cls, body: bytes, body_format: Format) -> Layout:
        """The layout of a body of which nothing is known yet."""
        count = body.count(b"\n")
        return cls(
            body_format,
            body,
            starts=array("I", bytes(4 * count)),
            refs=array("I", b"\xff" * (4 * count)),
            values=array("d", bytes(8 * count)),
        )

    def known(self) -> dict[bytes, int]:
        """The ref of each series, by the text before its value."""
        lines = chain.from_iterable(runs_of(self.body))
        rows = zip(lines, self.starts, self.refs, strict=True)
        return {line[:start]: ref for line, start, ref in rows if start and ref != UNRESOLVED}

    def mark_blocks(self, lines: list[bytes]) -> None:
        """Note where the blocks of further lines are; only the last lines may be no whole number of blocks."""
        position = self.blocks[-1]
        for first in range(0, len(lines), BLOCK_LINES):
            block = lines[first : first + BLOCK_LINES]
            position += sum(map(len, block)) + len(block)
            self.blocks.append(position)

    def put(self, index: int, value: float, timestamp_ms: int | None) -> None:
        """Set the value of a line, and its timestamp or that it has none."""
        self.values[index] = value
        if self.timestamps_ms is not None:
            self.timestamps_ms[index] = NO_TIMESTAMP if timestamp_ms is None else timestamp_ms
        elif timestamp_ms is not None:
            self.timestamps_ms = array("q", [NO_TIMESTAMP]) * len(self.refs)
            self.timestamps_ms[index] = timestamp_ms

    def differences(self, body: bytes, blocks: array[int]) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
        """The blocks in which another body differs: number of the first line, its lines, our lines.

        Args:
            body: what to compare with.
            blocks: gets the starts of its blocks.

        Raises:
            MovedError: it has more lines, or fewer.
        """
        position = 0
        for number in range(len(self.blocks) - 1):
            blocks.append(position)
            block = self.body[self.blocks[number] : self.blocks[number + 1]]
            if body.startswith(block, position):
                position += len(block)
                continue
            ours = block.split(b"\n")[:-1]
            theirs = _take_lines(body, position, len(ours), len(block))
            yield number * BLOCK_LINES, theirs, ours
            position += sum(map(len, theirs)) + len(theirs)
        blocks.append(position)
        if position != len(body):
            raise MovedError


def _take_lines(body: bytes, position: int, count: int, likely_bytes: int) -> list[bytes]:
    """So many lines from a position on."""
    reach = likely_bytes + 32 * count
    while True:
        lines = body[position : position + reach].split(b"\n", count)
        if len(lines) > count:
            return lines[:-1]
        if position + reach >= len(body):
            raise MovedError
        reach *= 2


def runs_of(body: bytes) -> Iterator[list[bytes]]:
    """All lines of a body, some blocks at a time."""
    lines: list[bytes] = []
    position = 0
    while position < len(body):
        end = body.find(b"\n", position + _PIECE_BYTES) + 1 or len(body)
        lines += body[position:end].split(b"\n")
        lines.pop()
        position = end
        whole = len(lines) - len(lines) % BLOCK_LINES
        yield lines[:whole]
        lines = lines[whole:]
    yield lines
