"""Verification: does SQLite find the file's structure sound, and does every chunk still pass its checksum?"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from watchglass.store.block import ROW_BITS
from watchglass.store.guard import Table, is_whole
from watchglass.store.sqlite import Readers, is_damage

_SLICE = 2000
_STEPS = 100_000  # of SQLite, between two looks whether to stop


def broken_structure(readers: Readers, check: Callable[[], None] = lambda: None) -> str:
    """What SQLite finds wrong with the structure of the file; empty when nothing is.

    `check` is called now and then; what it raises ends the search.
    """
    try:
        with readers.borrow() as con, _interrupted_by(con, check):
            rows = con.execute("PRAGMA quick_check(3)").fetchall()
    except sqlite3.Error as error:
        check()
        if is_damage(error):
            return str(error)
        raise
    text = "; ".join(row[0] for row in rows)
    return "" if text == "ok" else text


@contextmanager
def _interrupted_by(con: sqlite3.Connection, check: Callable[[], None]) -> Iterator[None]:
    def fails() -> bool:
        try:
            check()
        except Exception:  # `broken_structure` asks again, where it can be raised
            return True
        return False

    con.set_progress_handler(fails, _STEPS)
    try:
        yield
    finally:
        con.set_progress_handler(None, 0)


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
