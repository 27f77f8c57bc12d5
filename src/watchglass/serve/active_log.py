"""The active-query log: which queries were running when the process died, said at the next start.

A file of fixed slots, mapped into memory: noting a query is a copy of some bytes. What was written there survives the death
of the process, though not that of the machine, which is not a query's doing.
Source: prometheus/prometheus, promql/query_logger.go.
"""

from __future__ import annotations

import logging
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

log = logging.getLogger("watchglass.serve")

FILE = "queries.active"
SLOT_BYTES = 2048
_TEXT_CHARS = 1000
_MOST_BYTES = 1 << 22  # of a file that may be anything
_KEYS = ("query", "kind", "client", "dashboard", "started")


class ActiveQueryLog:
    """Notes queries while they run. Slots are taken on one thread only.

    Args:
        folder: where the file lies; made anew, after what an earlier process left in it was logged.
        slots: queries that may run at once; of more, some are not noted.
    """

    def __init__(self, folder: Path, slots: int) -> None:
        path = folder / FILE
        report_unfinished(path)
        self._size = slots * SLOT_BYTES
        with path.open("w+b") as file:
            file.write(bytes(self._size))  # a hole would be filled by a copy, and a full disk end the process with it
            file.flush()
            self._map: mmap.mmap | None = mmap.mmap(file.fileno(), self._size)
        self._free = list(range(slots))
        self._path = path

    def begin(self, about: Mapping[str, Any]) -> int | None:
        """Note a query; the answer is its slot, None where all are taken."""
        if self._map is None or not self._free:
            return None
        slot = self._free.pop()
        text = str(about.get("query", ""))[:_TEXT_CHARS].encode("utf-8", "replace").decode()
        note = orjson.dumps({**about, "query": text})
        self._write(slot, note if len(note) < SLOT_BYTES else orjson.dumps({"query": text[:100]}))
        return slot

    def end(self, slot: int | None) -> None:
        """A query runs no longer."""
        if slot is not None and self._map is not None:
            self._write(slot, b"")
            self._free.append(slot)

    def close(self) -> None:
        """The process ends as it should: nothing is left to be said."""
        if self._map is not None:
            self._map.close()
            self._map = None
            self._path.unlink(missing_ok=True)

    def _write(self, slot: int, note: bytes) -> None:
        assert self._map is not None
        start = slot * SLOT_BYTES
        self._map[start : start + SLOT_BYTES] = note.ljust(SLOT_BYTES, b"\0")


def report_unfinished(path: Path) -> int:
    """Log the queries that the file at `path` still names; returns how many those are."""
    if not path.exists():
        return 0
    with path.open("rb") as file:
        found = [note for note in map(_read, _slots(file.read(_MOST_BYTES))) if note]
    for note in found:
        log.warning("a query was running when the last process died", extra=note)
    return len(found)


def _slots(content: bytes) -> list[bytes]:
    return [content[at : at + SLOT_BYTES].rstrip(b"\0") for at in range(0, len(content), SLOT_BYTES)]


def _read(note: bytes) -> dict[str, Any]:
    """A note; one that was being written when the process died is nothing."""
    try:
        read = orjson.loads(note) if note else {}
    except orjson.JSONDecodeError:
        return {}
    return {key: str(read[key]) for key in _KEYS if read.get(key)} if isinstance(read, dict) else {}
