"""Verification: does SQLite find the file's structure sound, and does every chunk still pass its checksum?"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from watchglass.store.block import ROW_BITS
from watchglass.store.guard import Table, is_whole
from watchglass.store.sqlite import Readers, is_damage

_SLICE = 2000


def broken_structure(readers: Readers) -> str:
    """What SQLite finds wrong with the structure of the file; empty when nothing is."""
    try:
        with readers.borrow() as con:
            rows = con.execute("PRAGMA quick_check(3)").fetchall()
    except sqlite3.Error as error:
        if is_damage(error):
            return str(error)
        raise
    text = "; ".join(row[0] for row in rows)
    return "" if text == "ok" else text


def damaged_chunks(readers: Readers, pause: Callable[[], object]) -> Iterator[tuple[int, int]]:
    """Block and chunk number of every chunk that fails its checksum; `pause` is called between slices."""
    last = -1
    while True:
        with readers.borrow() as con:
            rows = con.execute("SELECT id, body FROM chunk WHERE id > ? ORDER BY id LIMIT ?", (last, _SLICE)).fetchall()
        for chunk, blob in rows:
            if not is_whole(Table.CHUNK, chunk, blob):
                yield chunk >> ROW_BITS, chunk
        if len(rows) < _SLICE:
            return
        last = rows[-1][0]
        pause()
