"""Reading an SQLite file without SQLite: every row of every table leaf that can still be made out.

For salvage only. Interior pages, the header and the list of tables are not needed, so a file of which any of them is damaged
still gives its rows; whether a row is whole, its own checksum must tell.
Source: "Database File Format" and "WAL-mode File Format", sqlite.org/fileformat2.html.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from watchglass.store.sqlite import PAGE_BYTES

Value = int | float | bytes | None
Row = tuple[int, list[Value]]  # rowid and columns

_LEAF, _INTERIOR = 0x0D, 0x05
_MAX_CELLS = 500
_FILE_HEADER = 100
_MAX_LOCAL = PAGE_BYTES - 35
_MIN_LOCAL = (PAGE_BYTES - 12) * 32 // 255 - 23
_WAL_HEADER = struct.Struct(">8I")
_FRAME_HEADER = struct.Struct(">6I")
_WAL_MAGIC = (0x377F0682, 0x377F0683)  # the second: checksums read big-endian words
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_MAX_FREE_TRUNKS = 100_000


class PageFile:
    """The pages of a database as of the last commit that its -wal file holds whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._newer = _committed_pages(path.with_name(path.name + "-wal"))
        size = path.stat().st_size if path.exists() else 0
        self.count = max(size // PAGE_BYTES, max(self._newer, default=0))

    def rows(self) -> Iterator[Row]:
        """Every row of every table leaf that is in use, in the order of pages; some may be damaged."""
        with self._path.open("rb") as self._file:
            unused = self._free_pages()
            for number in range(1, self.count + 1):
                if number not in unused:
                    yield from self._leaf_rows(number)

    def _page(self, number: int) -> bytes:
        if number in self._newer:
            return self._newer[number]
        self._file.seek((number - 1) * PAGE_BYTES)
        return self._file.read(PAGE_BYTES)

    def _free_pages(self) -> set[int]:
        """Pages on the free list, whose rows were deleted; what a damaged list does not name is read as well."""
        free: set[int] = set()
        trunk = int.from_bytes(self._page(1)[32:36], "big")
        for _ in range(_MAX_FREE_TRUNKS):
            page = self._page(trunk) if 1 < trunk <= self.count and trunk not in free else b""
            if len(page) < PAGE_BYTES:
                break
            following, count = struct.unpack_from(">II", page)
            if count > PAGE_BYTES // 4 - 2:
                break
            free.add(trunk)
            free.update(struct.unpack_from(f">{count}I", page, 8))
            trunk = following
        return free

    def _leaf_rows(self, number: int) -> Iterator[Row]:
        page = self._page(number)
        start = _FILE_HEADER if number == 1 else 0
        if len(page) < PAGE_BYTES:
            return
        cells = _cell_count(page, start)
        for at in struct.unpack_from(f">{cells}H", page, start + 8):
            try:
                yield self._cell(page, at)
            except (ValueError, IndexError, struct.error):
                continue

    def _cell(self, page: bytes, at: int) -> Row:
        size, at = _varint(page, at)
        rowid, at = _varint(page, at)
        rowid -= (rowid >> 63) << 64
        if size <= _MAX_LOCAL:
            return rowid, _columns(page[at : at + size])
        kept = _MIN_LOCAL + (size - _MIN_LOCAL) % (PAGE_BYTES - 4)
        local = kept if kept <= _MAX_LOCAL else _MIN_LOCAL
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        return rowid, _columns(page[at : at + local] + self._overflow(following, size - local))

    def _overflow(self, number: int, size: int) -> bytes:
        pieces = []
        while size > 0:
            page = self._page(number) if 1 < number <= self.count else b""
            if len(page) < PAGE_BYTES:
                raise ValueError("an overflow page is missing")
            pieces.append(page[4 : 4 + size])
            size -= PAGE_BYTES - 4
            number = int.from_bytes(page[:4], "big")
        return b"".join(pieces)


def _cell_count(page: bytes, start: int) -> int:
    """How many cells a leaf says to have; 0 for what is no leaf, even if its type byte was changed."""
    kind, _, cells, content = struct.unpack_from(">BHHH", page, start)
    if kind != _LEAF:
        (first,) = struct.unpack_from(">H", page, start + 8)
        plausible = 0 < cells <= _MAX_CELLS and start + 8 + 2 * cells <= content <= first < PAGE_BYTES
        return int(cells) if plausible and kind != _INTERIOR else 0
    return min(int(cells), (PAGE_BYTES - start - 8) // 2)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A big-endian number of up to nine bytes, and the place after it."""
    value = 0
    for count in range(8):
        byte = data[at + count]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    return value << 8 | data[at + 8], at + 9


def _columns(payload: bytes) -> list[Value]:
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        value, at = _column(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("a row is not as long as its columns")
    return values


def _column(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    if kind in _INTEGER_BYTES:
        end = at + _INTEGER_BYTES[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind == 7:
        return float(struct.unpack_from(">d", payload, at)[0]), at + 8
    if kind < 12:
        raise ValueError("no such type of column")
    end = at + (kind - 12) // 2
    return payload[at:end], end


def _committed_pages(path: Path) -> Mapping[int, bytes]:
    """The newest version of each page in a -wal file, up to the last commit before the first bad frame."""
    data = path.read_bytes() if path.exists() else b""
    if len(data) < _WAL_HEADER.size:
        return {}
    magic, _, page_bytes, _, *rest = _WAL_HEADER.unpack_from(data)
    salts, checksum = rest[:2], (rest[2], rest[3])
    words = ">" if magic == _WAL_MAGIC[1] else "<"
    if magic not in _WAL_MAGIC or page_bytes != PAGE_BYTES or _checksum(data[:24], words, (0, 0)) != checksum:
        return {}
    committed: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for at in range(_WAL_HEADER.size, len(data) - _FRAME_HEADER.size - PAGE_BYTES + 1, _FRAME_HEADER.size + PAGE_BYTES):
        number, commit, *guards = _FRAME_HEADER.unpack_from(data, at)
        page = data[at + _FRAME_HEADER.size : at + _FRAME_HEADER.size + PAGE_BYTES]
        checksum = _checksum(data[at : at + 8] + page, words, checksum)
        if guards[:2] != salts or tuple(guards[2:]) != checksum:
            break
        pending[number] = page
        if commit:
            committed |= pending
            pending = {}
    return committed


def _checksum(data: bytes, words: str, seed: tuple[int, int]) -> tuple[int, int]:
    first, second = seed
    numbers = struct.unpack(f"{words}{len(data) // 4}I", data)
    for even, odd in zip(numbers[::2], numbers[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
