"""Opening: what the disk knows goes back into memory; no chunk is read.

Every row that is read here guards itself with a checksum. A row that fails is left out and reported, never guessed at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from watchglass.model.metadata import Metadata, MetricType
from watchglass.store.admission import Admitter
from watchglass.store.block import Block, Catalog, Origin, Refs
from watchglass.store.chunk import decode_refs
from watchglass.store.guard import DamagedRowError, Table, unguard
from watchglass.store.head import Head
from watchglass.store.index import SeriesIndex
from watchglass.store.slots import NEVER
from watchglass.store.wal import Record, decode_record

Report = Callable[[str], None]
_SEPARATOR = b"\xff"  # in no UTF-8 text
_MAX_NOTED = 1 << 62


def encode_labels(words: Iterable[str]) -> bytes:
    """The content of a row of table `series`: names and values alternating, as UTF-8."""
    return _SEPARATOR.join([word.encode("utf-8", "surrogatepass") for word in words])


def load_series(con: sqlite3.Connection, index: SeriesIndex, now_ms: int, report: Report) -> None:
    """Fill the index."""
    text: dict[bytes, str] = {}

    def decoded() -> Iterator[tuple[int, list[str]]]:
        for ref, body in con.execute("SELECT ref, body FROM series ORDER BY ref"):
            try:
                content = unguard(Table.SERIES, ref, body)
            except DamagedRowError:
                report(f"the labels of series {ref} are damaged; its samples are gone")
                continue
            words = content.split(_SEPARATOR) if content else []
            for word in words:
                if word not in text:
                    text[word] = word.decode("utf-8", "surrogatepass")
            yield ref, [text[word] for word in words]

    index.load(decoded(), now_ms)
    index.skip_to(_noted(con, "next_ref", report))


def _noted(con: sqlite3.Connection, key: str, report: Report) -> int:
    """A number of table `meta`; 0 when it is not there or cannot be one."""
    row = con.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        return 0
    text = str(row[0])
    if text.isascii() and text.isdigit() and int(text) < _MAX_NOTED:
        return int(text)
    report(f"the note of {key} is damaged")
    return 0


def load_catalog(con: sqlite3.Connection, catalog: Catalog, report: Report) -> None:
    """Fill the catalogue."""
    for layout, body in con.execute("SELECT id, body FROM layout").fetchall():
        try:
            catalog.add_layout(layout, decode_refs(unguard(Table.LAYOUT, layout, body)))
        except DamagedRowError:
            report(f"layout {layout} is damaged; the blocks that use it are gone")
    blocks = []
    for row in con.execute("SELECT * FROM block").fetchall():
        block = Block.checked(row)
        if block is None or block.layout not in catalog.layouts:
            report(f"block {row[0]} is damaged; its samples are gone")
        else:
            blocks.append(block)
    catalog.add(blocks)
    (last,) = con.execute(
        "SELECT max(coalesce((SELECT max(id) >> 11 FROM chunk), 0), coalesce((SELECT max(block) FROM dead), 0))"
    ).fetchone()
    catalog.next_block = max([last, *(block.id for block in blocks)]) + 1


def _whole_rows(con: sqlite3.Connection, table: Table, report: Report) -> Iterator[tuple[int, bytes]]:
    for number, blob in con.execute(f"SELECT id, body FROM {table.name.lower()}").fetchall():  # noqa: S608 - a fixed name
        try:
            yield number, unguard(table, number, blob)
        except DamagedRowError as error:
            report(str(error))


def load_groups(con: sqlite3.Connection, report: Report) -> dict[int, str]:
    """The keys of scrape groups by number."""
    return {number: key.decode() for number, key in _whole_rows(con, Table.SCRAPE_GROUP, report)}


def encode_family(name: str, said: Metadata) -> bytes:
    """The content of a row of table `family`."""
    return _SEPARATOR.join(
        word.encode("utf-8", "surrogatepass") for word in (name, said.type.value, said.unit, said.help)
    )


def load_families(con: sqlite3.Connection, report: Report) -> dict[int, tuple[str, Metadata]]:
    """What metric families said of themselves, by number."""
    types = {kind.value: kind for kind in MetricType}
    families = {}
    for number, content in _whole_rows(con, Table.FAMILY, report):
        name, kind, unit, text = (word.decode("utf-8", "surrogatepass") for word in content.split(_SEPARATOR))
        families[number] = (name, Metadata(types.get(kind, MetricType.UNKNOWN), unit, text))
    return families


def seed_slots(head: Head, index: SeriesIndex, catalog: Catalog) -> None:
    """Give the head every series, and when each had its first and newest sealed sample."""
    slots = head.slots
    slots.extend(index.select(()).refs)
    index.skip_to(1 + int(catalog.live_refs().max(initial=0)))
    rows = catalog.view()
    for layout in np.unique(rows[:, _LAYOUT]).tolist():
        mine = rows[rows[:, _LAYOUT] == layout]
        at = slots.find(catalog.layouts[layout])
        at = at[at >= 0]
        slots.first_ms[at] = np.minimum(slots.first_ms[at], mine[:, _T0].min())
        slots.final_ms[at] = np.maximum(slots.final_ms[at], mine[:, _T1].max())
        live = mine[mine[:, _ORIGIN] == Origin.LIVE]
        slots.last_ms[at] = np.maximum(slots.last_ms[at], live[:, _T1].max(initial=NEVER))


class Replay:
    """Applies the log's records to the head, less the samples that are in blocks already."""

    def __init__(self, head: Head, admitter: Admitter, catalog: Catalog, now_ms: int) -> None:
        self._head, self._admitter, self._catalog, self._now_ms = head, admitter, catalog, now_ms
        self._recent = catalog.view()  # blocks that may hold samples of the log
        self._recent_groups: set[int] = set()
        self.samples = 0
        # Records of the log, shortened to what pages hold of them; None: nothing, and it would stay for good.
        self.amended: dict[int, Record | None] = {}
        self.homeless: list[Record] = []  # samples whose place is taken; to be logged anew as single series
        self.highest_seq = 0

    def run(self, con: sqlite3.Connection, report: Report, sealed: Callable[[], None]) -> None:
        """Replay every record; `sealed` is called after each, to take over what filled up.

        Once there are homeless samples it is not: sealing would delete their records, and nothing else holds them yet.
        """
        (oldest,) = con.execute("SELECT coalesce(min(seq), 0) FROM wal").fetchone()
        self.highest_seq = max(_noted(con, "seq", report), int(self._recent[:, _SEQ].max(initial=0)))
        self._recent = self._recent[self._recent[:, _SEQ] >= oldest]
        self._recent_groups = set(self._recent[:, _GROUP].tolist())
        lost = 0
        for seq, body in con.execute("SELECT seq, body FROM wal ORDER BY seq"):
            self.highest_seq = max(self.highest_seq, seq)
            try:
                self._apply(seq, len(body), decode_record(unguard(Table.WAL, seq, body)))
            except DamagedRowError:
                lost += 1
            if not self.homeless:
                sealed()
        if lost:
            report(f"{lost} records of the write-ahead log are damaged; their samples are gone")

    def _apply(self, seq: int, size: int, record: Record) -> None:
        sealed = self._sealed_refs(seq, record)
        if len(sealed):
            record = record.take(np.flatnonzero(~np.isin(record.refs, sealed)))
        if len(record.refs):
            self.samples += len(record.refs)
            rest = self._admitter.replay(record, seq, size, self._now_ms)
            if rest is not None:
                self.homeless.append(rest)
                self.amended[seq] = record.take(np.flatnonzero(~np.isin(record.refs, rest.refs)))
        if self._head.seq != seq:
            self.amended[seq] = None

    def _sealed_refs(self, seq: int, record: Record) -> Refs:
        if record.group not in self._recent_groups:
            return np.zeros(0, np.uint32)
        rows, origin = self._recent, Origin.LATE if record.late else Origin.LIVE
        rows = rows[(rows[:, _SEQ] >= seq) & (rows[:, _GROUP] == record.group) & (rows[:, _ORIGIN] == origin)]
        layouts = [self._catalog.layouts[layout] for layout in np.unique(rows[:, _LAYOUT]).tolist()]
        return np.concatenate(layouts) if layouts else np.zeros(0, np.uint32)


_LAYOUT, _T0, _T1, _GROUP, _ORIGIN, _SEQ = (
    Block._fields.index(name) for name in ("layout", "t0", "t1", "group", "origin", "seq")
)
