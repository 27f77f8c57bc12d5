"""Names that wait for their first commit: new series, scrape groups and what metric families say of themselves."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from watchglass.model.metadata import Metadata
from watchglass.store.guard import Table, put_rows
from watchglass.store.index import SeriesIndex
from watchglass.store.restore import encode_family, encode_labels
from watchglass.store.selection import Fresh

MAX_FAMILIES = 100_000
"""Metadata of further families is not kept."""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Names to be written in one transaction."""

    series: Fresh
    groups: dict[int, str]
    families: dict[int, tuple[str, Metadata]]

    def write(self, con: sqlite3.Connection) -> None:
        """Write all of them."""
        put_rows(con, Table.SERIES, ((ref, encode_labels(words)) for ref, words in self.series.words()))
        put_rows(con, Table.SCRAPE_GROUP, ((number, key.encode()) for number, key in self.groups.items()))
        put_rows(con, Table.FAMILY, ((number, encode_family(*named)) for number, named in self.families.items()))

    def __bool__(self) -> bool:
        return bool(self.series or self.groups or self.families)


class Names:
    """Scrape groups by key, metric families by name, and what of them is not on disk yet."""

    def __init__(
        self, index: SeriesIndex, groups: Mapping[int, str], families: Mapping[int, tuple[str, Metadata]]
    ) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._groups = {key: number for number, key in groups.items()}
        self._next_group = max(groups, default=0) + 1
        self._open: set[int] = set()
        self._families = {name: (number, said) for number, (name, said) in families.items()}
        self._next_family = max(families, default=0) + 1
        self._new_groups: dict[int, str] = {}
        self._new_families: dict[int, tuple[str, Metadata]] = {}

    def open_group(self, key: str) -> int:
        """The number of a scrape group, created when new."""
        with self._lock:
            number = self._groups.get(key)
            if number is None:
                number, self._next_group = self._next_group, self._next_group + 1
                self._groups[key], self._new_groups[number] = number, key
            self._open.add(number)
            return number

    def close_group(self, number: int) -> None:
        """Note that nobody scrapes the group any more."""
        with self._lock:
            self._open.discard(number)

    def drop_groups(self, empty: Mapping[int, str]) -> list[int]:
        """Forget those of some groups that are not open; returns their numbers."""
        with self._lock:
            dropped = [number for number in empty if number not in self._open]
            for number in dropped:
                self._groups.pop(empty[number], None)
                self._new_groups.pop(number, None)
            return dropped

    def put_families(self, said: Mapping[str, Metadata]) -> None:
        """Remember what families say of themselves; the newest word wins."""
        with self._lock:
            for name, metadata in said.items():
                number, known = self._families.get(name, (self._next_family, None))
                if known == metadata or (known is None and len(self._families) >= MAX_FAMILIES):
                    continue
                self._next_family += known is None
                self._families[name] = (number, metadata)
                self._new_families[number] = (name, metadata)

    def families(self) -> dict[str, Metadata]:
        """What is known of each metric family."""
        with self._lock:
            return {name: said for name, (_, said) in self._families.items()}

    def groups(self) -> dict[int, str]:
        """The keys of scrape groups by number."""
        with self._lock:
            return {number: key for key, number in self._groups.items()}

    def take_unsaved(self) -> Unsaved:
        """What is not on disk, for a transaction that is about to begin."""
        series = self._index.take_fresh()
        with self._lock:
            unsaved = Unsaved(series, self._new_groups, self._new_families)
            self._new_groups, self._new_families = {}, {}
            return unsaved

    def put_back(self, unsaved: Unsaved) -> None:
        """The transaction failed: they are still not on disk."""
        self._index.put_back(unsaved.series)
        with self._lock:
            self._new_groups = unsaved.groups | self._new_groups
            self._new_families = unsaved.families | self._new_families
