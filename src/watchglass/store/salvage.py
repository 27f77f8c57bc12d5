"""Salvage: what is still readable of a damaged `metrics.db` goes into a new one; the damaged file is kept beside it.

Rows are read page by page, without the damaged structure, and taken only where their checksum matches. What the running process
still knows (series, layouts, blocks) is given along, so that only samples can be lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from watchglass.errors import StoreError
from watchglass.store.block import ROW_BITS, Block, Refs
from watchglass.store.chunk import decode_refs, encode_refs
from watchglass.store.guard import Table, is_whole, put_rows, unguard
from watchglass.store.pagefile import PageFile, Row
from watchglass.store.sqlite import create_schema

_STATEMENTS = {table: f"INSERT OR IGNORE INTO {table.name.lower()} VALUES (?, ?)" for table in Table}  # noqa: S608 - fixed names
_BLOCK = f"INSERT OR IGNORE INTO block VALUES ({','.join('?' * (len(Block._fields) + 1))})"  # noqa: S608 - question marks


@dataclass(frozen=True, slots=True)
class Known:
    """What the process knows by itself."""

    series: Iterable[tuple[int, bytes]] = ()  # number and content of its row
    layouts: Mapping[int, Refs] = field(default_factory=dict)
    blocks: Sequence[Block] = ()
    groups: Mapping[int, str] = field(default_factory=dict)


def salvage(path: Path, known: Known | None = None) -> list[str]:
    """Replace a damaged database by a new one that holds what is readable; returns what is gone, a sentence each.

    Nobody may have the file open for writing.

    Raises:
        StoreError: the new file cannot be written; the damaged one is untouched.
    """
    rescued = path.with_name(path.name + ".rescued")
    _remove(rescued)
    try:
        create_schema(rescued)
        with closing(sqlite3.connect(rescued, isolation_level=None)) as con:
            con.executescript("PRAGMA synchronous = OFF; BEGIN;")
            _keep(con, PageFile(path).rows())
            _add_known(con, known or Known())
            lost = _account(con)
            con.execute("COMMIT")
            con.executescript("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);")
    except (sqlite3.Error, OSError) as error:
        _remove(rescued)
        raise StoreError(f"cannot rescue the damaged {path}: {error}") from error
    kept = _put_aside(path)
    rescued.rename(path)
    return [f"{path.name} was damaged; what could be read is in a new file, the damaged one is {kept.name}", *lost]


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _put_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    wal = path.with_name(path.name + "-wal")
    if wal.exists():
        wal.rename(aside.with_name(aside.name + "-wal"))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    return aside


def _keep(con: sqlite3.Connection, rows: Iterable[Row]) -> None:
    for rowid, columns in rows:
        if len(columns) == 2 and isinstance(columns[1], bytes):
            table = next((table for table in Table if is_whole(table, rowid, columns[1])), None)
            if table is not None:
                con.execute(_STATEMENTS[table], (rowid, columns[1]))
        elif len(columns) == len(Block._fields) + 1:
            block = Block.checked((rowid, *columns[1:]))
            if block is not None:
                con.execute(_BLOCK, (*block, block.crc))


def _add_known(con: sqlite3.Connection, known: Known) -> None:
    put_rows(con, Table.SERIES, known.series)
    put_rows(con, Table.LAYOUT, ((number, encode_refs(refs)) for number, refs in known.layouts.items()))
    put_rows(con, Table.SCRAPE_GROUP, ((number, key.encode()) for number, key in known.groups.items()))
    con.executemany(_BLOCK, ((*block, block.crc) for block in known.blocks))


def _account(con: sqlite3.Connection) -> list[str]:
    """Drop what is of no use alone, and say what is missing."""
    (orphans,) = con.execute(
        f"SELECT count(DISTINCT id >> {ROW_BITS}) FROM chunk WHERE id >> {ROW_BITS} NOT IN (SELECT id FROM block)"  # noqa: S608
    ).fetchone()
    layouts = {
        number: decode_refs(unguard(Table.LAYOUT, number, blob))
        for number, blob in con.execute("SELECT id, body FROM layout")
    }
    losses = _Losses()
    for *fields, _crc in con.execute("SELECT * FROM block").fetchall():
        losses.check(con, Block(*fields), layouts)
    con.execute(f"DELETE FROM chunk WHERE id >> {ROW_BITS} NOT IN (SELECT id FROM block)")  # noqa: S608
    used = np.unique(np.concatenate([np.zeros(0, np.uint32), *layouts.values()]))
    named = np.array([ref for (ref,) in con.execute("SELECT ref FROM series")], np.uint32)
    next_ref = 1 + int(max(used.max(initial=0), named.max(initial=0)))
    con.execute("INSERT OR REPLACE INTO meta VALUES ('next_ref', ?)", (str(next_ref),))
    unnamed = int((~np.isin(used, named)).sum())
    sentences = losses.sentences()
    if orphans:
        sentences.append(f"the descriptions of {orphans} blocks are gone, and their samples with them")
    if unnamed:
        sentences.append(f"the labels of {unnamed} series are gone, and their samples with them")
    return sentences


class _Losses:
    """Counts what blocks lack."""

    def __init__(self) -> None:
        self._blocks = self._chunks = self._samples = 0
        self._t0, self._t1 = 1 << 62, -(1 << 62)

    def check(self, con: sqlite3.Connection, block: Block, layouts: Mapping[int, Refs]) -> None:
        """Count a block's missing chunks; a block without its layout, its timestamps or any chunk is dropped."""
        base = block.id << ROW_BITS
        span = (base | 1, base | (1 << ROW_BITS) - 1)
        (found,) = con.execute("SELECT count(*) FROM chunk WHERE id BETWEEN ? AND ?", span).fetchone()
        timed = not block.n or con.execute("SELECT 1 FROM chunk WHERE id = ?", (base,)).fetchone()
        if block.layout not in layouts or not timed or not found:
            con.execute("DELETE FROM block WHERE id = ?", (block.id,))
            self._blocks += 1
            self._lose(block, block.samples)
        elif found < len(layouts[block.layout]):
            missing = len(layouts[block.layout]) - found
            self._chunks += missing
            self._lose(block, block.samples * missing // len(layouts[block.layout]))

    def _lose(self, block: Block, samples: int) -> None:
        self._samples += samples
        self._t0, self._t1 = min(self._t0, block.t0), max(self._t1, block.t1)

    def sentences(self) -> list[str]:
        """What is gone."""
        if not self._samples:
            return []
        span = f"between {_instant(self._t0)} and {_instant(self._t1)}"
        return [f"{self._blocks} blocks and {self._chunks} chunks are gone: about {self._samples} samples {span}"]


def _instant(time_ms: int) -> str:
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{time_ms} ms"
