"""The head: the open pages that hold the newest samples of every series until they are sealed.

One thread, the committer, changes it. Queries copy what they need under `lock`. A page that is handed over stays readable in
`sealing` until its block is in the catalogue, so that no sample is out of sight at any moment.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index
from watchglass.interfaces import LOOSE
from watchglass.model.sample import STALE_BITS
from watchglass.store.block import MAX_SERIES, EncodedBlock, Origin, Refs
from watchglass.store.chunk import Mask
from watchglass.store.page import POSITIONS, Rows, ScrapePage, Sealed, SealedColumns, SinglePage
from watchglass.store.slots import NEVER, Slots
from watchglass.store.wal import Record

_GOLDEN = 0.6180339887498949
_MIN_FIRST_FILL = 16
_MAX_DEPARTED = 64  # series that ended may wait in a page for its seal; more are taken out at once
_NO_SEQ = int(np.iinfo(np.int64).max)

Bits = NDArray[np.uint64]
Target = tuple[int, Rows, Rows]  # number of a scrape page, rows in it, samples of the part


@dataclass(slots=True)
class Plan:
    """Where the series of a group's last batch live, kept because the next batch usually has the same series."""

    refs: Refs
    slots: Index
    targets: list[Target]
    generation: int
    encoded_refs: bytes


@dataclass(slots=True)
class Group:
    """A scrape group: its pages, and the log records that they need."""

    id: int
    key: str
    newest_ms: int = NEVER
    pages: list[int] = field(default_factory=list)
    seqs: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))  # bytes of each record
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Accepted samples that go to the same kind of page, and their log record."""

    record: Record
    bits: Bits
    slots: Index
    targets: list[Target] = field(default_factory=list)  # for scrape pages; empty for pages of single series


@dataclass(frozen=True, slots=True)
class _Homes:
    """Pages of single series, and the columns of `Slots` that say who lives there."""

    pages: dict[int, SinglePage]
    number: NDArray[np.int32]
    row: NDArray[np.int16]


class Head:
    """The newest samples of every series."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.slots = Slots()
        self.groups: dict[int, Group] = {LOOSE: Group(LOOSE, "")}
        self.pages: dict[int, ScrapePage] = {}
        self.singles: dict[int, SinglePage] = {}
        self.lates: dict[int, SinglePage] = {}
        self.sealing: list[Sealed] = []  # handed over, not yet on disk
        self.seq = 0  # the newest log record that was applied
        self.generation = 0  # changes when a series may have lost its row, and plans with it
        self._next_page = 0
        self._handed: list[Sealed] = []
        self._untidy: set[int] = set()  # pages that may hold rows of series that ended

    # Places

    def settle(self, group: Group, refs: Refs, slots: Index, full_at: int | None = None) -> Mask:
        """Give series without a scrape page a row; False for those that live in another group's page."""
        homeless = np.flatnonzero(self.slots.page[slots] < 0)
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
        if full_at is None:  # pages that begin together must not all be full together
            full_at = _MIN_FIRST_FILL + int(number * _GOLDEN % 1.0 * (POSITIONS - _MIN_FIRST_FILL))
        page = self.pages[number] = ScrapePage.new(number, group.id, min(wanted, MAX_SERIES), full_at)
        group.pages.append(number)
        return page

    def targets(self, slots: Index) -> list[Target]:
        """Pages and rows of settled series, in terms of their order here."""
        pages, rows = self.slots.page[slots], self.slots.row[slots].astype(np.int64)
        order = np.argsort(pages, kind="stable")
        bounds = np.flatnonzero(np.diff(pages[order])) + 1
        return [
            (int(pages[chosen[0]]), _as_slice(rows[chosen]), _as_slice(chosen))
            for chosen in np.split(order, bounds)
            if len(chosen)
        ]

    def _homes(self, *, late: bool) -> _Homes:
        slots = self.slots
        if late:
            return _Homes(self.lates, slots.late, slots.late_row)
        return _Homes(self.singles, slots.single, slots.single_row)

    # Application

    def apply(self, part: Part, seq: int, size: int, now_ms: int) -> None:
        """Make admitted samples visible; they are in log record `seq`, which has `size` bytes."""
        with self.lock:
            group = self.groups[part.record.group]
            group.seqs.append(seq)
            group.sizes.append(size)
            first_ms, final_ms = self.slots.first_ms, self.slots.final_ms
            first_ms[part.slots] = np.minimum(first_ms[part.slots], part.record.times)
            final_ms[part.slots] = np.maximum(final_ms[part.slots], part.record.times)
            if part.targets:
                self._apply_shared(part, seq, now_ms)
            else:
                self._apply_single(part, seq, now_ms)
            self.seq = seq

    def _apply_shared(self, part: Part, seq: int, now_ms: int) -> None:
        time_ms = int(np.max(part.record.times))
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
        homes = self._homes(late=part.record.late)
        times = np.broadcast_to(np.asarray(part.record.times, np.int64), part.bits.shape)
        self._settle_single(homes, part.slots[homes.number[part.slots] < 0])
        numbers = homes.number[part.slots]
        for number in np.unique(numbers).tolist():
            page = homes.pages[number]
            chosen = np.flatnonzero(numbers == number)
            rows = homes.row[part.slots[chosen]].astype(np.int64)
            full = rows[page.sizes[rows] == POSITIONS]
            if len(full):
                self._extract(page, full, late=part.record.late)
                page.sizes[full] = 0
            page.write(rows, times[chosen], part.bits[chosen], seq, now_ms)

    def _settle_single(self, homes: _Homes, homeless: Index) -> None:
        while len(homeless):
            page = next((page for page in homes.pages.values() if page.room()), None)
            if page is None:
                page = homes.pages[self._next_page] = SinglePage(self._next_page)
                self._next_page += 1
            some, homeless = homeless[: page.room()], homeless[page.room() :]
            homes.number[some] = page.number
            homes.row[some] = page.allocate(self.slots.refs[some])

    # Handing over

    def take_handed(self) -> list[Sealed]:
        """What was handed over since the last call, for the sealer."""
        handed, self._handed = self._handed, []
        return handed

    def _hand_over(self, sealed: Sealed) -> None:
        self.sealing.append(sealed)
        self._handed.append(sealed)

    def _extract(self, page: SinglePage, rows: Index, *, late: bool) -> None:
        columns = sorted(page.columns(rows), key=lambda column: column.ref)
        origin = Origin.LATE if late else Origin.LIVE
        self._hand_over(SealedColumns(columns, origin, int(page.first_seq[rows].min()), self.seq))

    def tidy(self) -> None:
        """Let go of series that ended; called after a commit, when every admitted sample is applied."""
        untidy, self._untidy = self._untidy, set()
        with self.lock:
            for page in [self.pages[number] for number in untidy if number in self.pages]:
                self._tidy_page(page)

    def _tidy_page(self, page: ScrapePage) -> None:
        departed = page.departed[: page.width]
        page.any_departed = bool(departed.any())
        if page.any_departed and np.count_nonzero(departed) == np.count_nonzero(page.refs):
            self._seal_whole(page)
            return
        gone = page.empty_rows() & (departed | page.idle[: page.width]) & (page.refs[: page.width] > 0)
        self._release(page, np.flatnonzero(gone))
        rows = np.flatnonzero(page.departed[: page.width])
        if len(rows) > _MAX_DEPARTED:
            self._hand_over(page.extract(rows, self.seq))
            self._release(page, rows)

    def _release(self, page: ScrapePage, rows: Index) -> None:
        if len(rows):
            self.slots.page[self.slots.find(page.refs[rows])] = -1
            self.generation += 1
            page.release(rows)
        if not page.refs.any():
            del self.pages[page.number]
            self.groups[page.group].pages.remove(page.number)

    def _seal_whole(self, page: ScrapePage) -> None:
        """Hand a page over, and let go of the series that ended or had no sample in it."""
        departed = page.departed[: page.width].copy()
        self._hand_over(page.rotate(self.seq))
        gone = (departed | page.idle[: page.width]) & (page.refs[: page.width] > 0)
        self._release(page, np.flatnonzero(gone))

    def seal_aged(self, opened_before_ms: int) -> None:
        """Hand over every page and single series whose oldest sample arrived at or before a time."""
        with self.lock:
            for page in [page for page in self.pages.values() if page.size and page.opened_ms <= opened_before_ms]:
                self._seal_whole(page)
            for late in (False, True):
                for single in list(self._homes(late=late).pages.values()):
                    self._seal_singles(single, single.opened_ms <= opened_before_ms, late=late)

    def seal_everything(self) -> None:
        """Hand over every open page."""
        self.seal_aged(_NO_SEQ)

    def relieve_log(self, max_bytes: int) -> None:
        """Hand over what holds the older half of the log, where the log has grown beyond `max_bytes`."""
        with self.lock:
            sizes = {group.id: sum(group.sizes) for group in self.groups.values()}
            while sum(sizes.values()) > max_bytes:
                number = max(sizes, key=sizes.__getitem__)
                del sizes[number]
                self._relieve_group(self.groups[number])

    def _relieve_group(self, group: Group) -> None:
        middle = group.seqs[len(group.seqs) // 2]
        for page in [self.pages[number] for number in group.pages]:
            if page.size and page.first_seq <= middle:
                self._seal_whole(page)
        if group.id == LOOSE:
            for late in (False, True):
                for single in list(self._homes(late=late).pages.values()):
                    self._seal_singles(single, single.first_seq <= middle, late=late)

    def _seal_singles(self, page: SinglePage, chosen: Mask, *, late: bool) -> None:
        rows = np.flatnonzero((page.sizes > 0) & chosen)
        if len(rows):
            self._extract(page, rows, late=late)
        idle = np.flatnonzero((page.refs > 0) & ((page.sizes == 0) | chosen))
        homes = self._homes(late=late)
        homes.number[self.slots.find(page.refs[idle])] = -1
        page.release(idle)
        if not page.refs.any():
            del homes.pages[page.number]

    # Groups

    def open_group(self, number: int, key: str) -> None:
        """Make a group known."""
        self.groups.setdefault(number, Group(number, key))

    def close_group(self, number: int) -> None:
        """Hand over a group's pages; its series may settle elsewhere."""
        group = self.groups.get(number)
        if group is None or number == LOOSE:
            return
        with self.lock:
            for page in [self.pages[page] for page in group.pages]:
                if page.size:
                    self._hand_over(page.rotate(self.seq))
                self._release(page, np.flatnonzero(page.refs))

    def is_empty(self, group: Group) -> bool:
        """Tell whether a group has nothing in memory or in the log."""
        return not group.pages and not group.seqs and all(sealed.group != group.id for sealed in self.sealing)

    def live_refs(self) -> Refs:
        """Every series that has samples here, ascending; call under `lock`."""
        slots, size = self.slots, self.slots.size
        housed = (slots.page[:size] >= 0) | (slots.single[:size] >= 0) | (slots.late[:size] >= 0)
        return np.unique(np.concatenate([slots.refs[:size][housed], *(sealed.refs for sealed in self.sealing)]))

    def note_range(self, blocks: Iterable[EncodedBlock]) -> None:
        """Note that there are blocks of imported samples."""
        with self.lock:
            for block in blocks:
                at = self.slots.find(block.refs)
                at = at[at >= 0]
                self.slots.first_ms[at] = np.minimum(self.slots.first_ms[at], block.t0)
                self.slots.final_ms[at] = np.maximum(self.slots.final_ms[at], block.t1)

    def forget(self, refs: Refs) -> None:
        """Drop series that have no samples here."""
        with self.lock:
            self.slots.remove(refs)
            self.generation += 1

    # Log records

    def needed_from(self, group: int, without: Iterable[Sealed] = ()) -> int:
        """The oldest log record that a group still needs once `without` is on disk; call under `lock`."""
        skipped = {id(sealed) for sealed in without}
        seqs = [s.first_seq for s in self.sealing if s.group == group and id(s) not in skipped]
        if group == LOOSE:
            pages = (*self.singles.values(), *self.lates.values())
            seqs += [int(page.first_seq[page.sizes > 0].min(initial=_NO_SEQ)) for page in pages]
        elif group in self.groups:
            seqs += [self.pages[n].first_seq for n in self.groups[group].pages if self.pages[n].size]
        return min(seqs, default=_NO_SEQ)

    def sealed(self, done: Sealed) -> None:
        """A handed-over page is on disk and in the catalogue; call under `lock`."""
        self.sealing = [sealed for sealed in self.sealing if sealed is not done]
        group = self.groups.get(done.group)
        if group is not None:
            needed = self.needed_from(done.group)
            kept = [(seq, size) for seq, size in zip(group.seqs, group.sizes, strict=True) if seq >= needed]
            group.seqs = array("q", [seq for seq, _ in kept])
            group.sizes = array("q", [size for _, size in kept])

    def log_size(self) -> tuple[int, int]:
        """Records and bytes in the write-ahead log; call under `lock`."""
        groups = self.groups.values()
        return sum(len(group.seqs) for group in groups), sum(sum(group.sizes) for group in groups)

    def sample_count(self) -> int:
        """Places filled in open pages, gaps included; call under `lock`."""
        pages = sum(page.size * int(np.count_nonzero(page.refs)) for page in self.pages.values())
        return pages + sum(int(page.sizes.sum()) for page in (*self.singles.values(), *self.lates.values()))


def _as_slice(numbers: Index) -> Rows:
    """The same rows as a slice, where they are consecutive."""
    if len(numbers) and int(numbers[-1]) - int(numbers[0]) == len(numbers) - 1 and (np.diff(numbers) == 1).all():
        return slice(int(numbers[0]), int(numbers[-1]) + 1)
    return numbers
