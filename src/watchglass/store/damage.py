"""Damage: what was found and said, and the replacement of a file whose structure is broken while the store runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from watchglass.errors import StoreError
from watchglass.store.block import Catalog
from watchglass.store.head import Head
from watchglass.store.index import SeriesIndex
from watchglass.store.names import Names
from watchglass.store.restore import encode_labels
from watchglass.store.salvage import Known, salvage
from watchglass.store.sqlite import Readers, Writer

log = logging.getLogger("watchglass.store")

_MIN_INTERVAL_S = 60.0
_MAX_REPORTS = 1000


class DamageReports:
    """What was found damaged, each thing once."""

    def __init__(self, on_report: Callable[[], None]) -> None:
        self.texts: list[str] = []
        self._on_report = on_report

    def add(self, text: str) -> None:
        """Note and log one thing."""
        if text not in self.texts and len(self.texts) < _MAX_REPORTS:
            self.texts.append(text)
            self._on_report()
            log.error("damaged data: %s", text)


class Healer:
    """Puts a new file with all that is readable in the place of a broken one; the committer's thread calls it."""

    def __init__(
        self, path: Path, writer: Writer, readers: Readers, *, head: Head, catalog: Catalog, index: SeriesIndex,
        names: Names, reports: DamageReports,
    ) -> None:  # fmt: skip
        self._path, self._writer, self._readers = path, writer, readers
        self._head, self._catalog, self._index, self._names = head, catalog, index, names
        self._reports = reports
        self._last_s = -_MIN_INTERVAL_S

    def heal(self) -> None:
        """Replace the file.

        Raises:
            StoreError: it was replaced a moment ago, or the new one cannot be written.
        """
        if time.monotonic() - self._last_s < _MIN_INTERVAL_S:
            raise StoreError(f"{self._path} is damaged again, right after it was rescued: is the disk failing?")
        self._last_s = time.monotonic()
        self._writer.replace_file(self._salvage)
        self._readers.close()
        with self._readers.borrow() as con:
            kept = {number for (number,) in con.execute("SELECT id FROM block")}
        with self._head.lock:
            self._catalog.replace(set(self._catalog.view()[:, 0].tolist()) - kept)

    def _salvage(self) -> None:
        known = Known(
            series=((ref, encode_labels(words)) for ref, words in self._index.everything().words()),
            layouts=dict(self._catalog.layouts),
            blocks=self._catalog.blocks(),
            groups=self._names.groups(),
        )
        for text in salvage(self._path, known):
            self._reports.add(text)
