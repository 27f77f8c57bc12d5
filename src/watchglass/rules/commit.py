"""Writing what rules gave: the samples of several rules in one batch, and whose they were when some are refused.

Stale markers for series that a rule gave before and gives no more are part of it; that one of those is refused is nothing
wrong, for another rule may have written the series meanwhile.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from watchglass.errors import StoreError
from watchglass.interfaces import Appender, AppendResult, Batch
from watchglass.model.sample import STALE
from watchglass.rules.rule import Rule
from watchglass.rules.series import Refs, Written


@dataclass(frozen=True, slots=True)
class Entry:
    """What one rule writes at one time."""

    place: int  # of the rule in its group
    rule: Rule
    written: Written

    @property
    def stale(self) -> Refs:
        """The series that end."""
        if self.written.refs is self.rule.live:
            return self.rule.live[:0]
        return np.setdiff1d(self.rule.live, self.written.refs)


class Commit:
    """Samples of rules on their way into the store."""

    def __init__(self, appender: Appender, group: int, time_ms: int, wait_s: float) -> None:
        self._appender, self._group, self._time_ms, self._wait_s = appender, group, time_ms, wait_s
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Take what a rule gave."""
        self._entries.append(entry)

    def holds_any(self, places: frozenset[int]) -> bool:
        """Tell whether what one of some rules gave waits to be written."""
        return any(entry.place in places for entry in self._entries)

    def settle(self) -> list[Rule]:
        """Write what waits, and wait until queries see it; gives the rules whose samples were refused, which know why."""
        entries, self._entries = self._entries, []
        values = sum(len(entry.written.refs) for entry in entries)
        batch = self._batch(entries)
        if not len(batch.refs):
            _note_live(entries)
            return []
        try:
            result = self._result(self._appender.append(batch))
        except StoreError as error:
            for entry in entries:
                entry.rule.fail(str(error))
            return [entry.rule for entry in entries]
        _note_live(entries)
        return [] if result.appended == len(batch.refs) or not values else self._blamed(entries)

    def _batch(self, entries: list[Entry]) -> Batch:
        refs, values = [], []
        for entry in entries:
            stale = entry.stale
            refs += [entry.written.refs, stale]
            values += [entry.written.values, np.full(len(stale), STALE)]
        if not refs:
            return Batch(np.zeros(0, np.uint32), np.zeros(0), self._time_ms, self._group)
        return Batch(np.concatenate(refs).astype(np.uint32), np.concatenate(values), self._time_ms, self._group)

    def _result(self, future: Future[AppendResult]) -> AppendResult:
        try:
            return future.result(self._wait_s)
        except TimeoutError:
            raise StoreError(f"the samples were not stored within {self._wait_s:g} s") from None

    def _blamed(self, entries: list[Entry]) -> list[Rule]:
        """The rules of which samples were refused: each one's are offered once more, which changes nothing."""
        offers = [
            (entry, self._appender.append(Batch(entry.written.refs, entry.written.values, self._time_ms, self._group)))
            for entry in entries
            if len(entry.written.refs)
        ]
        refused = []
        for entry, future in offers:
            try:
                reason = _refusal(self._result(future))
            except StoreError as error:
                reason = str(error)
            if reason:
                entry.rule.fail(reason)
                entry.rule.forget_refs()
                refused.append(entry.rule)
        return refused


def _note_live(entries: list[Entry]) -> None:
    for entry in entries:
        entry.rule.live = entry.written.refs


def _refusal(result: AppendResult) -> str:
    """Why samples were refused; empty where none was."""
    reasons = {
        "duplicate sample for timestamp": result.duplicate,
        "out of order sample": result.out_of_order,
        "series forgotten by the store": result.unknown,
    }
    return "; ".join(f"{reason} ({number} of them)" for reason, number in reasons.items() if number)
