"""Group commit: one thread admits queued batches, writes their log records in one transaction, then makes them visible.

A batch's future resolves after its commit, so an acknowledged sample is on disk and queries see it. Everything else that
changes the head is queued here too, so that the head has a single writer. An empty queue costs nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Protocol

from watchglass.clock import Clock
from watchglass.errors import StoreError
from watchglass.interfaces import AppendResult, Batch
from watchglass.store.admission import Admission, Admitter
from watchglass.store.changes import Changes
from watchglass.store.head import Head
from watchglass.store.page import Sealed

log = logging.getLogger("watchglass.store")

_TRANSACTION_BYTES = 8 * 1024 * 1024

Appended = tuple[Batch, Future[AppendResult]]
Ordered = tuple[Callable[[], object], Future[object]]


class LogSink(Protocol):
    """Writes log records and hands sealed pages on; the store provides it."""

    def write_log(self, admissions: list[Admission]) -> list[tuple[int, int]]:
        """Write the records of all parts in one transaction; returns the number and size of each."""

    def put_sealed(self, handed: list[Sealed]) -> None:
        """Take over pages to seal."""

    def after_commit(self, results: list[AppendResult], seconds: float) -> None:
        """Count what was committed, and do what may take a moment."""

    def note_failure(self) -> None:
        """Count a commit that failed."""


class Committer:
    """The commit thread and its queue.

    Attributes:
        fault: what the last commit failed with; empty when it succeeded.
    """

    def __init__(
        self, head: Head, admitter: Admitter, sink: LogSink, clock: Clock, changes: Changes, *, interval_ms: int,
        queue_bytes: int,
    ) -> None:  # fmt: skip
        self._head, self._admitter, self._sink, self._clock = head, admitter, sink, clock
        self._changes = changes
        self._interval_s, self._queue_bytes = interval_ms / 1000, queue_bytes
        self._queue: deque[Appended | Ordered] = deque()
        self._queued_bytes = 0
        self.fault = ""
        self._changed = threading.Condition()
        self._closed = False
        self._hurry = False
        self._thread = threading.Thread(target=self._run, name="watchglass-committer", daemon=True)
        self._thread.start()

    def append(self, batch: Batch) -> Future[AppendResult]:
        """Queue a batch."""
        future: Future[AppendResult] = Future()
        with self._changed:
            if self._closed:
                future.set_exception(StoreError("the store is closed"))
            elif self._queued_bytes > self._queue_bytes:
                future.set_exception(StoreError("the disk cannot keep up: too many samples wait to be written"))
            else:
                self._queue.append((batch, future))
                self._queued_bytes += batch.values.nbytes
                self._changed.notify()
        return future

    def call(self, function: Callable[[], object]) -> Future[object]:
        """Queue a change of the head; it runs after all batches queued before are visible."""
        future: Future[object] = Future()
        with self._changed:
            if self._closed:
                future.set_exception(StoreError("the store is closed"))
            else:
                self._queue.append((function, future))
                self._hurry = True
                self._changed.notify()
        return future

    def close(self) -> None:
        """Commit what is queued, and stop."""
        with self._changed:
            self._closed = self._hurry = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        earliest = 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closed)
                if not self._queue:
                    return
                self._changed.wait_for(lambda: self._hurry, max(0.0, earliest - time.monotonic()))
            earliest = time.monotonic() + self._interval_s
            self._drain()

    def _take(self) -> tuple[list[Appended], Ordered | None]:
        """Batches for one transaction, and the call that follows them, if any."""
        batches: list[Appended] = []
        size = 0
        with self._changed:
            while self._queue and size < _TRANSACTION_BYTES:
                item = self._queue.popleft()
                if not isinstance(item[0], Batch):
                    return batches, item
                size += item[0].values.nbytes
                self._queued_bytes -= item[0].values.nbytes
                if item[1].set_running_or_notify_cancel():
                    batches.append(item)
            if not self._queue:
                self._hurry = False
        return batches, None

    def _drain(self) -> None:
        while True:
            batches, ordered = self._take()
            if not batches and ordered is None:
                return
            if batches:
                self._guarded(partial(self._commit, batches), [future for _, future in batches])
            if ordered is not None:
                self._guarded(partial(self._obey, *ordered), [ordered[1]])

    def _guarded(self, step: Callable[[], None], futures: Sequence[Future[Any]]) -> None:
        """Do a step; whatever goes wrong, the thread goes on, and nobody waits for ever."""
        try:
            step()
        except Exception as error:
            log.exception("the commit thread met an error it does not know; it goes on")
            self._note_fault(error)
            failure = StoreError(f"the store failed inside: {error!r}")
            for future in futures:
                if not future.done():
                    future.set_exception(failure)

    def _note_fault(self, error: Exception) -> None:
        self.fault = str(error) or repr(error)
        self._sink.note_failure()

    def _commit(self, batches: list[Appended]) -> None:
        started = time.monotonic()
        admissions: list[Admission] = []
        accepted: list[Appended] = []
        for batch, future in batches:
            try:
                admissions.append(self._admitter.admit(batch))
                accepted.append((batch, future))
            except Exception as error:  # a malformed batch must not end the thread
                future.set_exception(error)
        try:
            records = self._sink.write_log(admissions)
        except Exception as error:  # nothing was written
            if not isinstance(error, StoreError):
                log.exception("log records cannot be written")
            elif not self.fault:  # not with each scrape while it lasts
                log.error("samples are not stored", extra={"error": str(error)})  # noqa: TRY400 - the text says all
            self._note_fault(error)
            self._admitter.undo(admissions)
            for _, future in accepted:
                future.set_exception(error)
            return
        self._publish(admissions, records)
        if self.fault:
            log.info("samples are stored again")
            self.fault = ""
        for admission, (_, future) in zip(admissions, accepted, strict=True):
            future.set_result(admission.result)
        self._sink.after_commit([admission.result for admission in admissions], time.monotonic() - started)

    def _publish(self, admissions: list[Admission], records: list[tuple[int, int]]) -> None:
        now_ms = self._clock.now_ms()
        parts = [part for admission in admissions for part in admission.parts]
        for part, (seq, size) in zip(parts, records, strict=True):
            self._head.apply(part, seq, size, now_ms)
        if parts:
            self._changes.note(min(part.record.oldest_ms for part in parts))
        self._head.tidy()
        self._sink.put_sealed(self._head.take_handed())

    def _obey(self, function: Callable[[], object], future: Future[object]) -> None:
        try:
            future.set_result(function())
        except Exception as error:  # the caller gets it
            future.set_exception(error)
        self._sink.put_sealed(self._head.take_handed())
