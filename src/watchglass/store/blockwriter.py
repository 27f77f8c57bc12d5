"""Writing blocks: in one transaction, or piece by piece with a last transaction that makes them all appear.

Table `dead` lists blocks whose chunks are of no use: those being written, until the last transaction takes them out of the
list, and those replaced or retired, until they are swept. A crash in between leaves nothing but rows to sweep.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence

from watchglass.errors import StoreError
from watchglass.store.block import (
    Block,
    Catalog,
    EncodedBlock,
    delete_chunks,
    insert_block,
    insert_chunks,
)
from watchglass.store.chunk import encode_refs
from watchglass.store.guard import Table, guard
from watchglass.store.head import Head
from watchglass.store.sqlite import Writer

Written = tuple[Block, EncodedBlock]

_SWEEP_BLOCKS = 4  # deleted in one transaction


class BlockWriter:
    """Gives blocks their numbers, writes them, and keeps the catalogue in step."""

    def __init__(self, head: Head, catalog: Catalog, writer: Writer) -> None:
        self._head, self._catalog, self._writer = head, catalog, writer
        self._lock = threading.Lock()
        self._begun: dict[int, tuple[int, int]] = {}  # epoch and thread of blocks that are being written

    def _number(self) -> int:
        with self._lock:
            number = self._catalog.next_block
            self._catalog.next_block += 1
            return number

    def write(self, con: sqlite3.Connection, encoded: EncodedBlock) -> Written:
        """Write a whole block within the caller's transaction; `publish` it after the commit."""
        number = self._number()
        insert_chunks(con, number, encoded.bodies)
        return self._write_row(con, number, encoded)

    def begin(self) -> int:
        """Number a block whose chunks will be written in several transactions."""
        number = self._number()
        with self._lock:
            self._begun[number] = (self._writer.epoch, threading.get_ident())
        with self._writer.transaction() as con:
            con.execute("INSERT INTO dead VALUES (?)", (number,))
        return number

    def abandon(self) -> None:
        """Leave to `sweep` what this thread began and did not finish."""
        thread = threading.get_ident()
        with self._lock:
            self._begun = {number: begun for number, begun in self._begun.items() if begun[1] != thread}

    def write_chunks(self, number: int, bodies: Sequence[bytes], first: int) -> None:
        """Write some chunks of a block that was begun, from row `first` on."""
        with self._writer.transaction() as con:
            insert_chunks(con, number, bodies, first)
        self._writer.checkpoint_if_due()

    def finish(self, begun: Sequence[tuple[int, EncodedBlock]], replaced: Iterable[int] = ()) -> None:
        """Make blocks that were begun appear, and those they replace disappear, in one transaction.

        Raises:
            StoreError: it cannot be written, or the file was replaced since; nothing changed.
        """
        gone = list(replaced)
        if any(self._begun[number][0] != self._writer.epoch for number, _ in begun):
            raise StoreError("the database file was replaced while blocks were written; they are written again")
        with self._writer.transaction() as con:
            con.executemany("DELETE FROM dead WHERE block = ?", ((number,) for number, _ in begun))
            written = [self._write_row(con, number, encoded) for number, encoded in begun]
            con.executemany("DELETE FROM block WHERE id = ?", ((number,) for number in gone))
            con.executemany("INSERT INTO dead VALUES (?)", ((number,) for number in gone))
        with self._lock:
            for number, _ in begun:
                del self._begun[number]
        with self._head.lock:
            self._publish_layouts(written)
            self._catalog.replace(gone, [block for block, _ in written])

    def publish(self, written: Sequence[Written]) -> None:
        """Put committed blocks into the catalogue; call under the head's lock."""
        self._publish_layouts(written)
        self._catalog.add([block for block, _ in written])

    def _publish_layouts(self, written: Sequence[Written]) -> None:
        for block, encoded in written:
            if block.layout not in self._catalog.layouts:
                self._catalog.add_layout(block.layout, encoded.refs)

    def _write_row(self, con: sqlite3.Connection, number: int, encoded: EncodedBlock) -> Written:
        block = encoded.as_row(number, self._layout(con, encoded))
        insert_block(con, block)
        return block, encoded

    def _layout(self, con: sqlite3.Connection, encoded: EncodedBlock) -> int:
        """The number of the block's layout, which is written unless it is known."""
        known = self._catalog.layout_id(encoded.refs)
        if known:
            return known
        refs = encode_refs(encoded.refs)
        fresh = con.execute("SELECT id, body FROM layout WHERE id >= ?", (self._catalog.next_layout,)).fetchall()
        for number, blob in fresh:  # written earlier in this transaction, not in the catalogue yet
            if blob == guard(Table.LAYOUT, number, refs):
                return int(number)
        (highest,) = con.execute("SELECT coalesce(max(id), 0) FROM layout").fetchone()
        number = max(int(highest) + 1, self._catalog.next_layout)
        con.execute("INSERT INTO layout VALUES (?, ?)", (number, guard(Table.LAYOUT, number, refs)))
        return int(number)

    def sweep(self) -> int:
        """Delete the chunks of dead blocks, a few blocks a transaction; returns how many blocks went.

        Blocks that somebody is writing stay; call it while nobody finishes any.
        """
        swept = 0
        while True:
            with self._writer.transaction() as con:
                dead = con.execute("SELECT block FROM dead ORDER BY block").fetchall()
                rows = [row for row in dead if row[0] not in self._begun][:_SWEEP_BLOCKS]
                for (number,) in rows:
                    delete_chunks(con, number)
                con.executemany("DELETE FROM dead WHERE block = ?", rows)
            if not rows:
                return swept
            swept += len(rows)
            self._writer.checkpoint_if_due()

    def remove_unused_layouts(self) -> None:
        """Delete layouts that no block has any more."""
        with self._writer.transaction() as con:
            used = {number for (number,) in con.execute("SELECT DISTINCT layout FROM block")}
            unused = [number for number in self._catalog.layouts if number not in used]
            con.executemany("DELETE FROM layout WHERE id = ?", ((number,) for number in unused))
            with self._head.lock:  # before the commit: no other writer may find them in between
                self._catalog.remove_layouts(unused)
