"""Sealing: handed-over pages become blocks on disk, and the log records that only they needed go.

Encoding runs in one thread of its own, outside every lock. Each transaction writes blocks and deletes log records together,
so that a sample is in the log or in a block at every moment, never in neither.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable

from watchglass.errors import StoreError
from watchglass.store.block import EncodedBlock
from watchglass.store.blockwriter import BlockWriter
from watchglass.store.head import Head
from watchglass.store.page import Sealed
from watchglass.store.selfmetrics import StoreMetrics
from watchglass.store.sqlite import DamagedFileError, Writer

log = logging.getLogger("watchglass.store")

Encoded = list[tuple[Sealed, list[EncodedBlock]]]

_TRANSACTION_BYTES = 512 * 1024
_MAX_WAITING = 256
_RETRY_S = 1.0


class Sealer:
    """The thread that encodes and writes handed-over pages, in the order they were handed over.

    Attributes:
        fault: what the last attempt failed with; empty when it succeeded.
    """

    def __init__(
        self,
        head: Head,
        writer: Writer,
        blocks: BlockWriter,
        metrics: StoreMetrics,
        on_damage: Callable[[], object],
    ) -> None:
        self._head, self._writer, self._blocks = head, writer, blocks
        self._metrics, self._on_damage = metrics, on_damage
        self._queue: queue.Queue[Sealed | None] = queue.Queue()
        self.fault = ""
        self._idle = threading.Condition()
        self._waiting = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchglass-sealer", daemon=True)
        self._thread.start()

    def put(self, handed: list[Sealed]) -> None:
        """Queue pages; waits while far too many are queued, unless the disk refuses them."""
        with self._idle:
            self._idle.wait_for(lambda: self._waiting < _MAX_WAITING or self.fault or self._stop.is_set())
            self._waiting += len(handed)
        for sealed in handed:
            self._queue.put(sealed)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until everything queued is on disk; False when it took too long or the disk refuses."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._waiting or bool(self.fault), timeout_s) and not self.fault

    def close(self) -> None:
        """Stop after the page at hand; what is not sealed stays in the log."""
        self._stop.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            sealed = self._queue.get()
            if sealed is not None:
                self._seal_until_done([sealed])

    def _fill(self, pages: list[Sealed], batch: Encoded) -> None:
        """Encode the pages of a batch, and take more of them while they are small."""
        while True:
            batch += [(sealed, sealed.encode()) for sealed in pages[len(batch) :]]
            size = sum(block.size_bytes for _, encoded in batch for block in encoded)
            more = self._queue.get_nowait() if size < _TRANSACTION_BYTES and not self._queue.empty() else None
            if more is None:
                return
            pages.append(more)

    def _seal_until_done(self, pages: list[Sealed]) -> None:
        """Try until it works: replay takes a series' older samples for sealed once newer ones are, so none may wait."""
        batch: Encoded = []
        while True:
            try:
                self._fill(pages, batch)
                self._seal(batch)
            except Exception as error:
                told = "sealing failed; the samples stay in the log, and it is tried again"
                if isinstance(error, StoreError):  # its message says all, as that the disk is full
                    log.error(told, extra={"error": str(error)})  # noqa: TRY400
                else:
                    log.exception(told)
                if isinstance(error, DamagedFileError):
                    self._on_damage()
                self._set_fault(str(error) or repr(error))
                if self._stop.wait(_RETRY_S):
                    return
            else:
                self._set_fault("", done=len(batch))
                self._checkpoint()
                return

    def _checkpoint(self) -> None:
        try:
            self._writer.checkpoint_if_due()
        except StoreError as error:
            log.error("cannot move the -wal file into the database", extra={"error": str(error)})  # noqa: TRY400 - it says all

    def _set_fault(self, fault: str, done: int = 0) -> None:
        with self._idle:
            self.fault = fault
            self._waiting -= done
            self._idle.notify_all()

    def _seal(self, batch: Encoded) -> None:
        done = [sealed for sealed, _ in batch]
        with self._writer.transaction() as con:
            written = [self._blocks.write(con, block) for _, encoded in batch for block in encoded]
            self._delete_log(con, done)
        with self._head.lock:
            self._blocks.publish(written)
            for sealed in done:
                self._head.sealed(sealed)
        self._metrics.sealed_chunks.inc(sum(len(block.refs) for _, block in written))
        self._metrics.sealed_bytes.inc(sum(block.size_bytes for _, block in written))

    def _delete_log(self, con: sqlite3.Connection, done: list[Sealed]) -> None:
        with self._head.lock:
            groups = [self._head.groups[number] for number in {s.group for s in done} if number in self._head.groups]
            needed = {group.id: self._head.needed_from(group.id, without=done) for group in groups}
            seqs = [(seq,) for group in groups for seq in group.seqs if seq < needed[group.id]]
            newest = self._head.seq
        con.executemany("DELETE FROM wal WHERE seq = ?", seqs)
        con.execute("INSERT OR REPLACE INTO meta VALUES ('seq', ?)", (str(newest),))
