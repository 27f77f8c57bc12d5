"""Guarded rows: a checksum over a row's table, number and content, in front of the content.

A row that a flipped bit changed, moved to another number or cut short does not pass; nor does a row of another table. So what is
read is what was written, and rows can be told apart even in a file whose structure is lost.
"""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Iterable
from enum import IntEnum

_PREFIX = struct.Struct("<Bq")
_CRC = struct.Struct("<I")


class Table(IntEnum):
    """Tables of guarded rows: an integer key, and a blob that `guard` made."""

    WAL = 1
    SERIES = 2
    LAYOUT = 3
    CHUNK = 4
    SCRAPE_GROUP = 5
    FAMILY = 6


class DamagedRowError(ValueError):
    """The bytes are not those that were written."""


def guard(table: Table, number: int, content: bytes) -> bytes:
    """The blob to store."""
    return _CRC.pack(zlib.crc32(content, zlib.crc32(_PREFIX.pack(table, number)))) + content


def unguard(table: Table, number: int, blob: object) -> bytes:
    """The content of a stored blob.

    Raises:
        DamagedRowError: the bytes are not those that were written.
    """
    content = blob[_CRC.size :] if isinstance(blob, bytes) else b""
    if not isinstance(blob, bytes) or blob[: _CRC.size] != _CRC.pack(
        zlib.crc32(content, zlib.crc32(_PREFIX.pack(table, number)))
    ):
        raise DamagedRowError(f"row {number} of table {table.name.lower()} is damaged")
    return content


def put_rows(con: sqlite3.Connection, table: Table, rows: Iterable[tuple[int, bytes]]) -> None:
    """Write rows, in the place of rows of the same numbers if there are any."""
    con.executemany(
        f"INSERT OR REPLACE INTO {table.name.lower()} VALUES (?, ?)",  # noqa: S608 - a fixed name
        ((number, guard(table, number, content)) for number, content in rows),
    )


def is_whole(table: Table, number: int, blob: object) -> bool:
    """Tell whether a stored blob passes."""
    try:
        unguard(table, number, blob)
    except DamagedRowError:
        return False
    return True
