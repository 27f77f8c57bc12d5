"""Admission: which samples of a batch are accepted, and into which kind of page they go.

It runs ahead of the log: `admit` decides as if every batch admitted before were visible, and `undo` takes decisions back
when the log cannot be written. What is decided here is what the log holds, so replay decides nothing anew.
Source of the rules: prometheus/prometheus, tsdb/head_append.go (appendable).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Times
from watchglass.interfaces import LOOSE, AppendResult, Batch
from watchglass.model.sample import NAN_BITS
from watchglass.store.block import Refs
from watchglass.store.chunk import ABSENT_BITS, Mask, encode_refs
from watchglass.store.head import Group, Head, Part, Plan
from watchglass.store.page import POSITIONS
from watchglass.store.slots import NEVER
from watchglass.store.wal import Record

Bits = NDArray[np.uint64]


@dataclass(slots=True)
class Admission:
    """What was decided of one batch, and what `undo` needs."""

    result: AppendResult
    parts: list[Part] = field(default_factory=list)
    slots: Index = field(default_factory=lambda: np.zeros(0, np.int64))
    old_ms: Times = field(default_factory=lambda: np.zeros(0, np.int64))
    old_bits: Bits = field(default_factory=lambda: np.zeros(0, np.uint64))
    group: Group | None = None
    old_newest_ms: int = NEVER


@dataclass(frozen=True, slots=True)
class _Offer:
    """Samples on their way in."""

    refs: Refs
    slots: Index
    times: Times
    bits: Bits
    shared_ms: int | None  # the one timestamp of a scrape

    def take(self, rows: Index | Mask) -> _Offer:
        return _Offer(self.refs[rows], self.slots[rows], self.times[rows], self.bits[rows], self.shared_ms)

    def record(self, group: int, *, late: bool = False) -> Record:
        times = self.times if self.shared_ms is None or late else self.shared_ms
        return Record(group, self.refs, times, self.bits.view(np.float64), late)


class Admitter:
    """Decides for one head; called by the committer only."""

    def __init__(self, head: Head, next_ref: Callable[[], int], *, out_of_order_window_ms: int) -> None:
        self._head = head
        self._slots = head.slots
        self._window_ms = out_of_order_window_ms
        self._newest_ms = int(head.slots.last_ms.max(initial=NEVER))
        self._next_ref = next_ref  # the number that the next new series will get
        self._known_below = next_ref()

    def admit(self, batch: Batch) -> Admission:
        """Decide about every sample of a batch.

        Raises:
            ValueError: its arrays do not fit together.
        """
        n, times = len(batch.refs), np.shape(batch.timestamps_ms)
        if np.shape(batch.values) != (n,) or times not in ((), (n,)):
            raise ValueError(f"a batch of {n} series has {len(batch.values)} values and timestamps of shape {times}")
        self.meet_new_series()
        bits = np.ascontiguousarray(batch.values, np.float64).view(np.uint64)
        if (collided := bits == ABSENT_BITS).any():
            bits = np.where(collided, np.uint64(NAN_BITS), bits)
        group = self._head.groups.get(batch.group) or self._head.groups[LOOSE]
        return self._admit_repeat(batch, group, bits) or self._admit_any(batch, group, bits)

    def undo(self, admissions: Sequence[Admission]) -> None:
        """Take admissions back, the newest first."""
        for admission in reversed(admissions):
            self._slots.last_ms[admission.slots] = admission.old_ms
            self._slots.last_bits[admission.slots] = admission.old_bits
            if admission.group is not None:
                admission.group.newest_ms = admission.old_newest_ms

    def meet_new_series(self) -> None:
        """Give the head the series that were created since."""
        below = self._next_ref()
        if below > self._known_below:
            with self._head.lock:
                self._slots.extend(np.arange(self._known_below, below, dtype=np.uint32))
            self._known_below = below

    def _admit_repeat(self, batch: Batch, group: Group, bits: Bits) -> Admission | None:
        """The common case: the same series as last time, all of them newer."""
        plan, time_ms = group.plan, batch.timestamps_ms
        if plan is None or not isinstance(time_ms, int) or time_ms < group.newest_ms:
            return None
        if plan.generation != self._head.generation or not np.array_equal(plan.refs, batch.refs):
            return None
        if (self._slots.last_ms[plan.slots] >= time_ms).any():
            return None
        record = Record(group.id, plan.refs, time_ms, bits.view(np.float64), encoded_refs=plan.encoded_refs)
        admission = Admission(AppendResult(len(bits)), [Part(record, bits, plan.slots, plan.targets)])
        self._note(admission, plan.slots, bits, time_ms)
        self._note_group(admission, group, time_ms)
        return admission

    def _admit_any(self, batch: Batch, group: Group, bits: Bits) -> Admission:
        refs = np.asarray(batch.refs, np.uint32)
        shared_ms = int(batch.timestamps_ms) if np.ndim(batch.timestamps_ms) == 0 else None
        times = np.broadcast_to(np.asarray(batch.timestamps_ms, np.int64), refs.shape)
        offer = _Offer(refs, self._slots.find(refs), times, bits, shared_ms)
        newer, late, result = self._judge(offer)
        admission = Admission(result)
        if newer.any():
            self._admit_newer(admission, group, offer.take(newer), whole=bool(newer.all()))
        if late.any():
            kept = offer.take(late)
            admission.parts.append(Part(kept.record(LOOSE, late=True), kept.bits, kept.slots))
        return admission

    def _judge(self, offer: _Offer) -> tuple[Mask, Mask, AppendResult]:
        """Which samples are newer than their series, which are late but welcome, and the counts of all."""
        known = offer.slots >= 0
        first = known & _first_of_each(offer.slots)
        last_ms = self._slots.last_ms[offer.slots]
        at_last = first & (offer.times == last_ms)
        repeated = at_last & (self._slots.last_bits[offer.slots] == offer.bits)  # harmless: retries and federation
        newer, older = first & (offer.times > last_ms), first & (offer.times < last_ms)
        in_window = older & (offer.times >= self._newest_ms - self._window_ms)
        late = in_window if self._window_ms else np.zeros_like(older)
        appended, refused = newer | late | repeated, older & ~late
        duplicates = known & ~appended & ~refused
        return newer, late, AppendResult(*(int(mask.sum()) for mask in (appended, refused, duplicates, ~known)))

    def _admit_newer(self, admission: Admission, group: Group, offer: _Offer, *, whole: bool) -> None:
        self._note(admission, offer.slots, offer.bits, offer.times)
        if offer.shared_ms is None or group.id == LOOSE or offer.shared_ms < group.newest_ms:
            admission.parts.append(Part(offer.record(LOOSE), offer.bits, offer.slots))
            return
        settled = self._head.settle(group, offer.refs, offer.slots)
        shared, rest = (offer, None) if settled.all() else (offer.take(settled), offer.take(~settled))
        if len(shared.refs):
            targets = self._head.targets(shared.slots)
            admission.parts.append(Part(shared.record(group.id), shared.bits, shared.slots, targets))
            self._note_group(admission, group, offer.shared_ms)
            if whole and rest is None:
                refs = shared.refs.copy()
                group.plan = Plan(refs, shared.slots, targets, self._head.generation, encode_refs(refs))
        if rest is not None:
            admission.parts.append(Part(rest.record(LOOSE), rest.bits, rest.slots))

    def _note(self, admission: Admission, slots: Index, bits: Bits, times: int | Times) -> None:
        admission.slots = slots
        admission.old_ms, admission.old_bits = self._slots.last_ms[slots], self._slots.last_bits[slots]
        self._slots.last_ms[slots], self._slots.last_bits[slots] = times, bits
        self._newest_ms = max(self._newest_ms, int(np.max(times)))

    def _note_group(self, admission: Admission, group: Group, time_ms: int) -> None:
        admission.group, admission.old_newest_ms = group, group.newest_ms
        group.newest_ms = time_ms

    def replay(self, record: Record, seq: int, size: int, now_ms: int) -> Record | None:
        """Apply a log record; returns the samples for which another group's page stands in the way."""
        group = self._head.groups.setdefault(record.group, Group(record.group, ""))
        plan, rest = group.plan, None
        if plan is None or plan.generation != self._head.generation or not np.array_equal(plan.refs, record.refs):
            known = self._slots.find(record.refs) >= 0
            if not known.all():  # the series' labels were lost
                record = record.take(np.flatnonzero(known))
            record, rest, plan = self._plan_replay(group, record)
        if len(plan.slots):
            bits = record.values.view(np.uint64)
            newest_ms = self._note_replayed(group, plan.slots, record, bits)
            self._head.apply(Part(record, bits, plan.slots, plan.targets), seq, size, min(now_ms, newest_ms))
        return rest

    def _plan_replay(self, group: Group, record: Record) -> tuple[Record, Record | None, Plan]:
        """Find places for a record's samples; apart from them those that have none in this group."""
        slots, rest, targets = self._slots.find(record.refs), None, []
        if group.id != LOOSE:
            settled = self._head.settle(group, record.refs, slots, full_at=POSITIONS)
            if not settled.all():
                rest = replace(record.take(np.flatnonzero(~settled)), group=LOOSE)
                record, slots = record.take(np.flatnonzero(settled)), slots[settled]
            targets = self._head.targets(slots)
        plan = Plan(record.refs, slots, targets, self._head.generation, encode_refs(record.refs))
        if group.id != LOOSE:
            group.plan = plan
        return record, rest, plan

    def _note_replayed(self, group: Group, slots: Index, record: Record, bits: Bits) -> int:
        newest_ms = int(np.max(record.times))
        newer = self._slots.last_ms[slots] < record.times
        self._slots.last_bits[slots[newer]] = bits[newer]
        self._slots.last_ms[slots] = np.maximum(self._slots.last_ms[slots], record.times)
        self._newest_ms, group.newest_ms = max(self._newest_ms, newest_ms), max(group.newest_ms, newest_ms)
        return newest_ms


def _first_of_each(slots: Index) -> Mask:
    """[n] False for all but one sample of a series that a batch names twice."""
    first = np.ones(len(slots), np.bool_)
    if len(slots) > 1 and (np.diff(slots) <= 0).any():
        first[:] = False
        first[np.unique(slots, return_index=True)[1]] = True
    return first
