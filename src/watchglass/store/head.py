"""The head: which samples are accepted, and the open pages that hold them until they are sealed.

One thread, the committer, calls `admit`, then writes the log, then `apply`; so admission runs ahead of what is visible, and
`Admission.undo` takes it back when the log cannot be written. Queries copy what they need under `lock`.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, Times
from watchglass.interfaces import LOOSE, AppendResult, Batch
from watchglass.model.sample import NAN_BITS, STALE_BITS
from watchglass.store.block import MAX_SERIES, Origin, Refs
from watchglass.store.chunk import ABSENT_BITS, Mask
from watchglass.store.page import POSITIONS, Rows, ScrapePage, Sealed, SealedColumns, SinglePage
from watchglass.store.slots import NEVER, Slots
from watchglass.store.wal import Record

_GOLDEN = 0.6180339887498949
_MIN_FIRST_FILL = 16
_MAX_DEPARTED = 64

Bits = NDArray[np.uint64]
Target = tuple[int, Rows, Rows]  # number of a page, rows in it, samples of the part


@dataclass(slots=True)
class _Plan:
    """Where the series of a group's last batch live, kept because the next batch usually has the same series."""

    refs: Refs
    slots: Index
    targets: list[Target]
    generation: int


@dataclass(slots=True)
class Group:
    """A scrape group: its pages, and the log records that they need."""

    id: int
    key: str
    newest_ms: int = NEVER
    pages: list[int] = field(default_factory=list)
    seqs: array[int] = field(default_factory=lambda: array("q"))
    closed: bool = False
    plan: _Plan | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Accepted samples that go to the same kind of page, and their log record."""

    record: Record
    bits: Bits
    targets: list[Target]  # for scrape pages; empty for pages of single series
    slots: Index


@dataclass(slots=True)
class Admission:
    """What `admit` decided of one batch."""

    result: AppendResult
    parts: list[Part] = field(default_factory=list)
    slots: Index = field(default_factory=lambda: np.zeros(0, np.int64))
    old_ms: Index = field(default_factory=lambda: np.zeros(0, np.int64))
    old_bits: Bits = field(default_factory=lambda: np.zeros(0, np.uint64))
    group: Group | None = None
    old_newest_ms: int = NEVER


class Head:
    """The newest samples of every series."""

    def __init__(self, next_ref: Callable[[], int], *, out_of_order_window_ms: int = 0) -> None:
        self._next_ref = next_ref  # the number that the next new series will get
        self._known_below = 1
        self.lock = threading.Lock()
        self.slots = Slots()
        self.groups: dict[int, Group] = {LOOSE: Group(LOOSE, "")}
        self.pages: dict[int, ScrapePage] = {}
        self.singles: dict[int, SinglePage] = {}
        self.lates: dict[int, SinglePage] = {}
        self.sealing: list[Sealed] = []  # handed over, not yet on disk; queries read them here
        self.seq = 0  # the newest log record that was applied
        self._window_ms = out_of_order_window_ms
        self._newest_ms = NEVER
        self._generation = 0
        self._next_page = 0
        self._handed: list[Sealed] = []
        self._untidy: set[int] = set()  # pages that may hold rows of series that ended

    # Admission

    def admit(self, batch: Batch) -> Admission:
        """Decide about every sample of a batch, as if the batches admitted before were applied."""
        self._know_new_series()
        bits = np.ascontiguousarray(batch.values, np.float64).view(np.uint64)
        if (collided := bits == ABSENT_BITS).any():
            bits = np.where(collided, np.uint64(NAN_BITS), bits)
        group = self.groups.get(batch.group) or self.groups[LOOSE]
        return self._admit_repeat(batch, group, bits) or self._admit_any(batch, group, bits)

    def know_series(self, refs: Refs) -> None:
        """Start with these series, ascending."""
        self.slots.extend(refs)
        self._known_below = self._next_ref()

    def _know_new_series(self) -> None:
        below = self._next_ref()
        if below > self._known_below:
            with self.lock:
                self.slots.extend(np.arange(self._known_below, below, dtype=np.uint32))
            self._known_below = below

    def _admit_repeat(self, batch: Batch, group: Group, bits: Bits) -> Admission | None:
        """The common case: the same series as last time, all of them newer."""
        plan, time_ms = group.plan, batch.timestamps_ms
        if plan is None or not isinstance(time_ms, int) or time_ms < group.newest_ms:
            return None
        if plan.generation != self._generation or not np.array_equal(plan.refs, batch.refs):
            return None
        old_ms = self.slots.last_ms[plan.slots]
        if (old_ms >= time_ms).any():
            return None
        part = Part(Record(group.id, plan.refs, time_ms, bits.view(np.float64)), bits, plan.targets, plan.slots)
        admission = Admission(AppendResult(len(bits)), [part])
        self._note_newest(admission, group, plan.slots, old_ms, time_ms, bits)
        return admission

    def _admit_any(self, batch: Batch, group: Group, bits: Bits) -> Admission:
        refs = np.asarray(batch.refs, np.uint32)
        times = np.broadcast_to(np.asarray(batch.timestamps_ms, np.int64), refs.shape)
        slots = self.slots.find(refs)
        known = slots >= 0
        first = self._first_of_each(slots, known)
        last_ms, same = self.slots.last_ms[slots], self.slots.last_bits[slots] == bits
        newer = first & (times > last_ms)
        repeated = known & (times == last_ms) & same  # harmless: federation and retries send them
        late = first & (times < last_ms) & (times >= self._newest_ms - self._window_ms) & (self._window_ms > 0)
        accepted = newer | late
        duplicate = known & ~accepted & ~repeated & (times == last_ms) | (known & ~first)
        result = AppendResult(
            int(accepted.sum() + repeated.sum()),
            int((known & ~accepted & ~repeated & ~duplicate).sum()),
            int(duplicate.sum()),
            int((~known).sum()),
        )
        admission = Admission(result)
        chosen = np.flatnonzero(newer)
        if len(chosen):
            self._accept(admission, batch, group, refs, times, slots, bits, chosen)
        if late.any():
            chosen = np.flatnonzero(late)
            record = Record(LOOSE, refs[chosen], times[chosen], bits[chosen].view(np.float64), late=True)
            admission.parts.append(Part(record, bits[chosen], [], slots[chosen]))
        return admission

    def _first_of_each(self, slots: Index, known: Mask) -> Mask:
        """[n] False for unknown series, and for all but one sample of a series that a batch names twice."""
        if len(slots) < 2 or (np.diff(slots) > 0).all():
            return known
        first = np.zeros(len(slots), np.bool_)
        first[np.unique(slots, return_index=True)[1]] = True
        return first & known

    def _accept(
        self, admission: Admission, batch: Batch, group: Group, refs: Refs, times: Times, slots: Index, bits: Bits,
        chosen: Index,
    ) -> None:  # fmt: skip
        old_ms = self.slots.last_ms[slots[chosen]]
        shared = np.zeros(0, np.int64)
        if isinstance(batch.timestamps_ms, int) and group.id != LOOSE and batch.timestamps_ms >= group.newest_ms:
            settled = self._settle(group, refs[chosen], slots[chosen])
            shared, chosen = chosen[settled], chosen[~settled]
            self._add_shared(admission, group, batch.timestamps_ms, refs, slots, bits, shared)
        if len(chosen):
            record = Record(LOOSE, refs[chosen], times[chosen], bits[chosen].view(np.float64))
            admission.parts.append(Part(record, bits[chosen], [], slots[chosen]))
        both = np.sort(np.concatenate([shared, chosen]))
        newest = int(batch.timestamps_ms) if len(shared) and isinstance(batch.timestamps_ms, int) else NEVER
        self._note_newest(admission, group, slots[both], old_ms, times[both], bits[both], newest)

    def _add_shared(
        self, admission: Admission, group: Group, time_ms: int, refs: Refs, slots: Index, bits: Bits, shared: Index
    ) -> None:
        if not len(shared):
            return
        targets = self._targets(slots[shared])
        record = Record(group.id, refs[shared], time_ms, bits[shared].view(np.float64))
        admission.parts.append(Part(record, bits[shared], targets, slots[shared]))
        if len(shared) == len(refs):
            group.plan = _Plan(refs.copy(), slots, targets, self._generation)

    def _note_newest(
        self, admission: Admission, group: Group, slots: Index, old_ms: Index, times: int | Times, bits: Bits,
        group_newest_ms: int | None = None,
    ) -> None:  # fmt: skip
        admission.slots, admission.old_ms, admission.old_bits = slots, old_ms, self.slots.last_bits[slots]
        admission.group, admission.old_newest_ms = group, group.newest_ms
        self.slots.last_ms[slots] = times
        self.slots.last_bits[slots] = bits
        self._newest_ms = max(self._newest_ms, int(np.max(times)))
        group.newest_ms = max(group.newest_ms, int(np.max(times)) if group_newest_ms is None else group_newest_ms)

    def undo(self, admissions: Sequence[Admission]) -> None:
        """Take admissions back, the newest first: their log records could not be written."""
        for admission in reversed(admissions):
            self.slots.last_ms[admission.slots] = admission.old_ms
            self.slots.last_bits[admission.slots] = admission.old_bits
            if admission.group is not None:
                admission.group.newest_ms = admission.old_newest_ms

    # Replay

    def replay(self, record: Record, seq: int, now_ms: int) -> Record | None:
        """Apply a log record; returns the samples for which another group's page stands in the way."""
        group = self.groups.setdefault(record.group, Group(record.group, ""))
        slots = self.slots.find(record.refs)
        if (slots < 0).any():  # the series' labels were lost
            record, slots = record.take(np.flatnonzero(slots >= 0)), slots[slots >= 0]
        targets: list[Target] = []
        rest: Record | None = None
        if group.id != LOOSE:
            settled = self._settle(group, record.refs, slots, full_at=POSITIONS)
            if not settled.all():
                rest = replace(record.take(np.flatnonzero(~settled)), group=LOOSE)
                record, slots = record.take(np.flatnonzero(settled)), slots[settled]
            targets = self._targets(slots)
        if len(slots):
            bits = record.values.view(np.uint64)
            newest_ms = self._note_replayed(group, slots, record, bits)
            self.apply(Part(record, bits, targets, slots), seq, min(now_ms, newest_ms))
        return rest

    def _note_replayed(self, group: Group, slots: Index, record: Record, bits: Bits) -> int:
        newest_ms = int(np.max(record.times))
        newer = self.slots.last_ms[slots] < record.times
        self.slots.last_bits[slots[newer]] = bits[newer]
        self.slots.last_ms[slots] = np.maximum(self.slots.last_ms[slots], record.times)
        self._newest_ms, group.newest_ms = max(self._newest_ms, newest_ms), max(group.newest_ms, newest_ms)
        return newest_ms

    # Places

    def _settle(self, group: Group, refs: Refs, slots: Index, full_at: int | None = None) -> Mask:
        """Give series without a scrape page a row; False for those that live in another group's page."""
        pages = self.slots.page[slots]
        homeless = np.flatnonzero(pages < 0)
        with self.lock:
            while len(homeless):
                page = self._page_with_room(group, len(homeless), full_at)
                some, homeless = homeless[: page.room()], homeless[page.room() :]
                self.slots.page[slots[some]] = page.number
                self.slots.row[slots[some]] = page.allocate(refs[some])
        return np.isin(self.slots.page[slots], group.pages)

    def _page_with_room(self, group: Group, wanted: int, full_at: int | None) -> ScrapePage:
        for number in group.pages:
            if self.pages[number].room():
                return self.pages[number]
        number, self._next_page = self._next_page, self._next_page + 1
        if full_at is None:
            full_at = _MIN_FIRST_FILL + int((number * _GOLDEN) % 1.0 * (POSITIONS - _MIN_FIRST_FILL))
        page = self.pages[number] = ScrapePage.new(number, group.id, min(wanted, MAX_SERIES), full_at)
        group.pages.append(number)
        return page

    def _targets(self, slots: Index) -> list[Target]:
        pages, rows = self.slots.page[slots], self.slots.row[slots].astype(np.int64)
        order = np.argsort(pages, kind="stable")
        bounds = np.flatnonzero(np.diff(pages[order])) + 1
        return [
            (int(pages[chosen[0]]), _as_slice(rows[chosen]), _as_slice(chosen)) for chosen in np.split(order, bounds)
        ]

    # Application

    def apply(self, part: Part, seq: int, now_ms: int) -> None:
        """Make admitted samples visible; they are in log record `seq`."""
        with self.lock:
            self.groups[part.record.group].seqs.append(seq)
            if part.targets:
                self._apply_shared(part, seq, now_ms)
            else:
                self._apply_single(part, seq, now_ms)
            self.seq = seq

    def _apply_shared(self, part: Part, seq: int, now_ms: int) -> None:
        time_ms = part.record.times
        assert isinstance(time_ms, int)
        first_ms = self.slots.first_ms
        first_ms[part.slots] = np.minimum(first_ms[part.slots], time_ms)
        stale = part.bits == STALE_BITS
        any_stale = bool(stale.any())
        for number, rows, chosen in part.targets:
            page = self.pages[number]
            if page.must_rotate(time_ms):
                self._hand_over(page.rotate(self.seq))
                self._untidy.add(number)
            page.write(time_ms, rows, part.bits[chosen], seq, now_ms)
            if any_stale or page.any_departed:
                page.departed[rows] = stale[chosen]
                page.any_departed = True
                self._untidy.add(number)

    def _apply_single(self, part: Part, seq: int, now_ms: int) -> None:
        late = part.record.late
        pages = self.lates if late else self.singles
        homes = self.slots.late if late else self.slots.single
        home_rows = self.slots.late_row if late else self.slots.single_row
        times = np.broadcast_to(np.asarray(part.record.times, np.int64), part.bits.shape)
        self.slots.first_ms[part.slots] = np.minimum(self.slots.first_ms[part.slots], times)
        self._settle_single(pages, homes, home_rows, part)
        for number in np.unique(homes[part.slots]).tolist():
            page = pages[number]
            chosen = np.flatnonzero(homes[part.slots] == number)
            rows = home_rows[part.slots[chosen]].astype(np.int64)
            full = page.sizes[rows] == POSITIONS
            if full.any():
                self._extract(page, rows[full], late=late, keep=True)
            page.write(rows, times[chosen], part.bits[chosen], seq, now_ms)

    def _settle_single(
        self, pages: dict[int, SinglePage], homes: NDArray[np.int32], home_rows: NDArray[np.int16], part: Part
    ) -> None:
        homeless = part.slots[homes[part.slots] < 0]
        while len(homeless):
            page = next((page for page in pages.values() if page.room()), None)
            if page is None:
                page = pages[self._next_page] = SinglePage(self._next_page)
                self._next_page += 1
            some, homeless = homeless[: page.room()], homeless[page.room() :]
            homes[some] = page.number
            home_rows[some] = page.allocate(self.slots.refs[some])

    # Handing over

    def _hand_over(self, sealed: Sealed) -> None:
        self.sealing.append(sealed)
        self._handed.append(sealed)

    def take_handed(self) -> list[Sealed]:
        """What was handed over since the last call, for the sealer."""
        handed, self._handed = self._handed, []
        return handed

    def _extract(self, page: SinglePage, rows: Index, *, late: bool, keep: bool = False) -> None:
        columns = sorted(page.columns(rows), key=lambda column: column.ref)
        origin = Origin.LATE if late else Origin.LIVE
        self._hand_over(SealedColumns(columns, origin, int(page.first_seq[rows].min()), self.seq))
        if keep:
            page.sizes[rows] = 0
            return
        slots = self.slots.find(page.refs[rows])
        (self.slots.late if late else self.slots.single)[slots] = -1
        page.release(rows)

    def tidy(self) -> None:
        """Let go of series that ended; called after a commit, when every admitted sample is applied."""
        untidy, self._untidy = self._untidy, set()
        with self.lock:
            for page in (self.pages[number] for number in untidy if number in self.pages):
                self._tidy_page(page)

    def _tidy_page(self, page: ScrapePage) -> None:
        rows = np.flatnonzero(page.departed[: page.width])
        page.any_departed = len(rows) > 0
        if len(rows) and len(rows) == np.count_nonzero(page.refs):
            self._seal_whole(page)
            return
        empty = page.empty_rows()
        idle = empty & (page.departed[: page.width] | page.idle[: page.width]) & (page.refs[: page.width] > 0)
        self._release(page, np.flatnonzero(idle))
        rows = np.flatnonzero(page.departed[: page.width])
        if len(rows) > _MAX_DEPARTED:
            self._hand_over(page.extract(rows, self.seq))
            self._release(page, rows)

    def _release(self, page: ScrapePage, rows: Index) -> None:
        if len(rows):
            self.slots.page[self.slots.find(page.refs[rows])] = -1
            self._generation += 1
            page.release(rows)
        if not page.refs.any():
            self._drop_page(page)

    def _drop_page(self, page: ScrapePage) -> None:
        del self.pages[page.number]
        self.groups[page.group].pages.remove(page.number)

    def seal_aged(self, opened_before_ms: int) -> None:
        """Hand over every page and single series whose oldest sample arrived before a time."""
        with self.lock:
            for page in list(self.pages.values()):
                if page.size and page.opened_ms <= opened_before_ms:
                    self._seal_whole(page)
            self._seal_aged_singles(self.singles, opened_before_ms, late=False)
            self._seal_aged_singles(self.lates, opened_before_ms, late=True)

    def _seal_aged_singles(self, pages: dict[int, SinglePage], opened_before_ms: int, *, late: bool) -> None:
        for page in list(pages.values()):
            aged = np.flatnonzero((page.sizes[: page.width] > 0) & (page.opened_ms[: page.width] <= opened_before_ms))
            if len(aged):
                self._extract(page, aged, late=late)
            if not page.refs.any():
                del pages[page.number]

    def _seal_whole(self, page: ScrapePage) -> None:
        """Hand a page over, and let go of the series that ended or had no sample in it."""
        departed = page.departed[: page.width].copy()
        self._hand_over(page.rotate(self.seq))
        gone = (departed | page.idle[: page.width]) & (page.refs[: page.width] > 0)
        self._release(page, np.flatnonzero(gone))

    def open_group(self, number: int, key: str) -> None:
        """Make a group known, or keep one that was about to be closed."""
        group = self.groups.setdefault(number, Group(number, key))
        group.closed = False

    def close_group(self, number: int) -> None:
        """Hand over a group's pages and forget the group once they are on disk."""
        group = self.groups.get(number)
        if group is None or number == LOOSE:
            return
        group.closed = True
        with self.lock:
            for page in [self.pages[page] for page in group.pages]:
                if page.size:
                    self._hand_over(page.rotate(self.seq))
                self._release(page, np.flatnonzero(page.refs))

    # Log records

    def sample_count(self) -> int:
        """Places filled in open pages, gaps included; call under `lock`."""
        pages = sum(page.size * int(np.count_nonzero(page.refs)) for page in self.pages.values())
        singles = sum(int(p.sizes[: p.width].sum()) for p in (*self.singles.values(), *self.lates.values()))
        return pages + singles

    def needed_from(self, group: int, without: Iterable[Sealed] = ()) -> int:
        """The oldest log record that a group still needs once `without` is on disk; call under `lock`."""
        skipped = {id(sealed) for sealed in without}
        seqs = [s.first_seq for s in self.sealing if s.group == group and id(s) not in skipped]
        if group == LOOSE:
            for page in (*self.singles.values(), *self.lates.values()):
                filled = page.sizes[: page.width] > 0
                seqs.append(int(page.first_seq[: page.width][filled].min(initial=np.iinfo(np.int64).max)))
        elif group in self.groups:
            seqs += [self.pages[n].first_seq for n in self.groups[group].pages if self.pages[n].size]
        return min(seqs, default=int(np.iinfo(np.int64).max))

    def sealed(self, done: Sealed) -> None:
        """A handed-over page is on disk and in the catalogue; call under `lock`."""
        self.sealing = [sealed for sealed in self.sealing if sealed is not done]
        group = self.groups.get(done.group)
        if group is not None:
            needed = self.needed_from(done.group)
            group.seqs = array("q", [seq for seq in group.seqs if seq >= needed])
            if group.closed and not group.seqs:
                del self.groups[group.id]


def _as_slice(numbers: Index) -> Rows:
    """The same rows as a slice, where they are consecutive."""
    if len(numbers) and int(numbers[-1]) - int(numbers[0]) == len(numbers) - 1 and (np.diff(numbers) == 1).all():
        return slice(int(numbers[0]), int(numbers[-1]) + 1)
    return numbers
