"""The series index: labels to series numbers and back, in columns of symbol codes.

Every label name and value is a symbol, stored once. Series with the same label names form a shape: a table of symbol codes,
one row a series. A matcher is tested on the distinct symbols of a column and then looked up by code, so that no query
touches one Python object per series.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, LabelColumn, LabelTable
from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.regex import compile_anchored

Refs = NDArray[np.uint32]
Codes2D = NDArray[np.int32]
Mask = NDArray[np.bool_]

_GROWTH = 2


class Shape:
    """All series with one set of label names; `codes[row]` are the symbols of their values."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.size = 0
        self.codes: Codes2D = np.zeros((4, len(names)), np.int32)
        self.refs: Refs = np.zeros(4, np.uint32)
        self.used: NDArray[np.int64] = np.zeros(4, np.int64)  # ms, when the series was last asked for
        self._slots = array("I", bytes(4 * 8))  # open addressing: row + 1, 0 is empty

    def find(self, codes: tuple[int, ...]) -> int:
        """The row with these codes, or -1."""
        mask = len(self._slots) - 1
        at = hash(codes) & mask
        while row := self._slots[at]:
            if tuple(self.codes[row - 1].tolist()) == codes:
                return row - 1
            at = (at + 1) & mask
        return -1

    def add(self, codes: tuple[int, ...], ref: int, now_ms: int) -> None:
        """Append a row that `find` did not find."""
        if self.size == len(self.refs):
            self._grow(self.size * _GROWTH)
        self.codes[self.size] = codes
        self.refs[self.size] = ref
        self.used[self.size] = now_ms
        self.size += 1
        if 2 * self.size > len(self._slots):
            self._rehash()
        else:
            self._place(codes, self.size)

    def extend(self, codes: Codes2D, refs: Refs, now_ms: int) -> None:
        """Append many rows, known to be new."""
        end = self.size + len(refs)
        if end > len(self.refs):
            self._grow(end)
        self.codes[self.size : end], self.refs[self.size : end], self.used[self.size : end] = codes, refs, now_ms
        self.size = end
        self._rehash()

    def keep(self, rows: Mask) -> None:
        """Drop the rows that are not in the mask; arrays handed out before stay as they were."""
        size = self.size
        self.codes, self.refs = self.codes[:size][rows], self.refs[:size][rows]
        self.used = self.used[:size][rows]
        self.size = len(self.refs)
        self._grow(max(4, self.size))
        self._rehash()

    def recode(self, mapping: NDArray[np.int32]) -> None:
        """Replace every symbol code by `mapping[code]`."""
        self.codes = mapping[self.codes]
        self._rehash()

    def _grow(self, capacity: int) -> None:
        for name in ("codes", "refs", "used"):
            old = getattr(self, name)
            new = np.zeros((capacity, *old.shape[1:]), old.dtype)
            new[: self.size] = old[: self.size]
            setattr(self, name, new)

    def _rehash(self) -> None:
        slots = 8
        while slots < 3 * self.size:
            slots *= 2
        self._slots = array("I", bytes(4 * slots))
        for row, codes in enumerate(self.codes[: self.size].tolist(), 1):
            self._place(tuple(codes), row)

    def _place(self, codes: tuple[int, ...], row: int) -> None:
        mask = len(self._slots) - 1
        at = hash(codes) & mask
        while self._slots[at]:
            at = (at + 1) & mask
        self._slots[at] = row


@dataclass(frozen=True, slots=True)
class _Part:
    """Some series of one shape, detached from it."""

    names: tuple[str, ...]
    codes: Codes2D  # [k, names]
    refs: Refs  # [k]
    symbols: Sequence[str]

    def words(self) -> Iterator[tuple[int, list[str]]]:
        """Each series' number, and its names and values alternating."""
        for ref, codes in zip(self.refs.tolist(), self.codes.tolist(), strict=True):
            yield (
                ref,
                [word for name, code in zip(self.names, codes, strict=True) for word in (name, self.symbols[code])],
            )


@dataclass(frozen=True, slots=True)
class Fresh:
    """Series that are to be written, from number `first` on."""

    first: int
    parts: Sequence[_Part]

    def words(self) -> Iterator[tuple[int, list[str]]]:
        """Each series' number, and its names and values alternating."""
        for part in self.parts:
            yield from part.words()

    def __bool__(self) -> bool:
        return bool(self.parts)


class Selection:
    """The series that some matchers chose, in ascending order of their numbers."""

    def __init__(self, parts: Sequence[_Part], symbols: Sequence[str]) -> None:
        self._parts = parts
        self._symbols = symbols
        flat = np.concatenate([part.refs for part in parts]) if parts else np.zeros(0, np.uint32)
        self._order = np.argsort(flat, kind="stable")
        self.refs: Refs = flat[self._order]

    def names(self) -> set[str]:
        """Every label name in use."""
        return {name for part in self._parts for name in part.names}

    def column(self, name: str) -> NDArray[np.int32]:
        """[S] symbol codes of one label; 0 where it is absent."""
        pieces = [
            part.codes[:, part.names.index(name)] if name in part.names else np.zeros(len(part.refs), np.int32)
            for part in self._parts
        ]
        return np.concatenate(pieces)[self._order] if pieces else np.zeros(0, np.int32)

    def table(self, rows: Index | Mask) -> LabelTable:
        """The labels of the chosen rows of this selection."""
        refs = self.refs[rows]
        return LabelTable(len(refs), {name: self._label(self.column(name)[rows]) for name in sorted(self.names())})

    def _label(self, codes: NDArray[np.int32]) -> LabelColumn:
        distinct, dense = np.unique(codes, return_inverse=True)
        values = [self._symbols[code] for code in distinct.tolist()]
        if values and values[0] == "":
            return LabelColumn(dense.astype(np.int32), values)
        return LabelColumn(dense.astype(np.int32) + np.int32(1), ["", *values])

    def values(self, name: str, rows: Index | Mask) -> set[str]:
        """The distinct values of one label in the chosen rows."""
        distinct = np.unique(self.column(name)[rows])
        return {self._symbols[code] for code in distinct.tolist() if code}


class SeriesIndex:
    """Labels to series numbers, and matchers to series; safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._symbols: list[str] = [""]
        self._codes: dict[str, int] = {"": 0}
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._by_metric: dict[int, list[Shape]] = {}
        self.next_ref = 1
        self._unsaved_from = 1  # series from this number on are not on disk

    def __len__(self) -> int:
        return sum(shape.size for shape in self._shapes.values())

    def ref(self, labels: Labels, now_ms: int) -> int:
        """The number of a series; a new one is remembered for `take_fresh`."""
        names = tuple(name for name, _ in labels)
        with self._lock:
            shape = self._shape(names)
            codes = tuple(self._code(value) for _, value in labels)
            row = shape.find(codes)
            if row >= 0:
                shape.used[row] = now_ms
                return int(shape.refs[row])
            ref, self.next_ref = self.next_ref, self.next_ref + 1
            shape.add(codes, ref, now_ms)
            self._note_metric(shape, codes)
            return ref

    def take_fresh(self) -> Fresh:
        """The series created since the last call, which are not on disk yet."""
        with self._lock:
            first, self._unsaved_from = self._unsaved_from, self.next_ref
            return Fresh(first, self._rows(first) if first < self.next_ref else [])

    def put_back(self, fresh: Fresh) -> None:
        """Undo `take_fresh`: they could not be written."""
        with self._lock:
            self._unsaved_from = min(self._unsaved_from, fresh.first)

    def everything(self) -> Fresh:
        """Every series that is known now."""
        with self._lock:
            return Fresh(0, self._rows(0))

    def _rows(self, first: int) -> list[_Part]:
        """Series from a number on; within a shape numbers ascend."""
        starts = [(shape, int(np.searchsorted(shape.refs[: shape.size], first))) for shape in self._shapes.values()]
        return [
            _Part(shape.names, shape.codes[start : shape.size], shape.refs[start : shape.size], self._symbols)
            for shape, start in starts
            if start < shape.size
        ]

    def load(self, rows: Iterable[tuple[int, Sequence[str]]], now_ms: int) -> None:
        """Fill an empty index from the disk: numbers in ascending order, names and values alternating."""
        staged: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}
        ref = 0
        for ref, words in rows:
            codes, refs = staged.setdefault(tuple(words[0::2]), ([], []))
            codes.extend([self._code(value) for value in words[1::2]])
            refs.append(ref)
        for names, (codes, refs) in staged.items():
            shape = self._shape(names)
            table = np.array(codes, np.int32).reshape(len(refs), len(names))
            shape.extend(table, np.array(refs, np.uint32), now_ms)
            self._note_metrics(shape)
        self.skip_to(ref + 1)

    def skip_to(self, next_ref: int) -> None:
        """Give out no number below `next_ref`."""
        self.next_ref = self._unsaved_from = max(self.next_ref, next_ref)

    def select(self, matchers: Sequence[Matcher]) -> Selection:
        """The series that every matcher accepts."""
        with self._lock:
            symbols, codes = self._symbols, self._codes
            candidates = [
                (shape, shape.codes[: shape.size], shape.refs[: shape.size]) for shape in self._candidates(matchers)
            ]
        ordered = sorted(matchers, key=lambda m: (m.type is not MatchType.EQUAL, m.name != METRIC_NAME))
        parts = (
            _match(shape.names, table, refs, ordered, symbols=symbols, codes=codes) for shape, table, refs in candidates
        )
        return Selection([part for part in parts if part is not None], symbols)

    def select_any(self, selectors: Sequence[Sequence[Matcher]]) -> list[Selection]:
        """One selection a selector; no selector means every series."""
        return [self.select(matchers) for matchers in selectors] if selectors else [self.select(())]

    def forget(self, live: Refs, unused_since_ms: int) -> Refs:
        """Drop series that are not in `live` (ascending) and were not asked for lately; returns their numbers."""
        dropped: list[Refs] = []
        with self._lock:
            for names, shape in list(self._shapes.items()):
                refs, used = shape.refs[: shape.size], shape.used[: shape.size]
                kept = np.isin(refs, live) | (refs >= self._unsaved_from) | (used > unused_since_ms)
                if kept.all():
                    continue
                dropped.append(refs[~kept])
                shape.keep(kept)
                if not shape.size:
                    del self._shapes[names]
            if dropped:
                self._forget_symbols()
        return np.sort(np.concatenate(dropped)) if dropped else np.zeros(0, np.uint32)

    def _forget_symbols(self) -> None:
        used = np.zeros(len(self._symbols), np.bool_)
        used[0] = True
        for shape in self._shapes.values():
            used[shape.codes[: shape.size].ravel()] = True
        mapping = (np.cumsum(used) - 1).astype(np.int32)
        self._symbols = [self._symbols[code] for code in np.flatnonzero(used).tolist()]
        self._codes = {symbol: code for code, symbol in enumerate(self._symbols)}
        self._by_metric = {}
        for shape in self._shapes.values():
            shape.recode(mapping)
            self._note_metrics(shape)

    def _shape(self, names: tuple[str, ...]) -> Shape:
        shape = self._shapes.get(names)
        if shape is None:
            shape = self._shapes[names] = Shape(names)
        return shape

    def _code(self, symbol: str) -> int:
        code = self._codes.get(symbol)
        if code is None:
            code = self._codes[symbol] = len(self._symbols)
            self._symbols.append(symbol)
        return code

    def _note_metrics(self, shape: Shape) -> None:
        if METRIC_NAME in shape.names:
            at = shape.names.index(METRIC_NAME)
            for code in np.unique(shape.codes[: shape.size, at]).tolist():
                self._by_metric.setdefault(code, []).append(shape)

    def _note_metric(self, shape: Shape, codes: tuple[int, ...]) -> None:
        if METRIC_NAME in shape.names:
            shapes = self._by_metric.setdefault(codes[shape.names.index(METRIC_NAME)], [])
            if shape not in shapes:
                shapes.append(shape)

    def _candidates(self, matchers: Sequence[Matcher]) -> Iterable[Shape]:
        for matcher in matchers:
            if matcher.name == METRIC_NAME and matcher.type is MatchType.EQUAL and matcher.value:
                return self._by_metric.get(self._codes.get(matcher.value, -1), ())
        return list(self._shapes.values())


def _match(
    names: tuple[str, ...],
    table: Codes2D,
    refs: Refs,
    matchers: Sequence[Matcher],
    *,
    symbols: Sequence[str],
    codes: dict[str, int],
) -> _Part | None:
    rows: Index | None = None  # None: every row so far
    for matcher in matchers:
        if matcher.name not in names:
            if not _predicate(matcher)(""):
                return None
            continue
        at = names.index(matcher.name)
        column = table[:, at] if rows is None else table[rows, at]
        hits = np.flatnonzero(_hits(matcher, column, symbols, codes))
        rows = hits if rows is None else rows[hits]
        if not len(rows):
            return None
    chosen = slice(None) if rows is None else rows
    return _Part(names, table[chosen], refs[chosen], symbols) if len(refs) else None


def _hits(matcher: Matcher, column: NDArray[np.int32], symbols: Sequence[str], codes: dict[str, int]) -> Mask:
    if matcher.type is MatchType.EQUAL:
        return np.equal(column, codes.get(matcher.value, -1))
    if matcher.type is MatchType.NOT_EQUAL:
        return np.not_equal(column, codes.get(matcher.value, -1))
    accepts = _predicate(matcher)
    distinct, inverse = np.unique(column, return_inverse=True)
    verdicts = np.fromiter((accepts(symbols[code]) for code in distinct.tolist()), np.bool_, len(distinct))
    return verdicts[inverse]


def _predicate(matcher: Matcher) -> Callable[[str], bool]:
    if matcher.type is MatchType.EQUAL:
        return lambda value: value == matcher.value
    if matcher.type is MatchType.NOT_EQUAL:
        return lambda value: value != matcher.value
    accepts = compile_anchored(matcher.value)
    if matcher.type is MatchType.REGEX:
        return accepts
    return lambda value: not accepts(value)
