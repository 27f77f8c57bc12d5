"""The series index: labels to series numbers and back, in columns of symbol codes.

Every label value is a symbol, stored once. A matcher is tested on the distinct symbols of a column and then looked up by
code, so that no query touches one Python object per series.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from watchglass.model.labels import METRIC_NAME, Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.store.block import Refs
from watchglass.store.selection import Fresh, Selection, ShapeRows, match_rows
from watchglass.store.shape import Shape


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

    def _rows(self, first: int) -> list[ShapeRows]:
        """Series from a number on; within a shape numbers ascend."""
        starts = [(shape, int(np.searchsorted(shape.refs[: shape.size], first))) for shape in self._shapes.values()]
        return [
            ShapeRows(shape.names, shape.codes[start : shape.size], shape.refs[start : shape.size], self._symbols)
            for shape, start in starts
            if start < shape.size
        ]

    def load(self, rows: Iterable[tuple[int, Sequence[str]]], now_ms: int) -> None:
        """Fill an empty index from the disk: numbers in ascending order, names and values alternating."""
        staged: dict[tuple[str, ...], tuple[array[int], array[int]]] = {}
        ref = 0
        for ref, words in rows:
            codes, refs = staged.setdefault(tuple(words[0::2]), (array("i"), array("I")))
            codes.extend([self._code(value) for value in words[1::2]])
            refs.append(ref)
        for names, (codes, refs) in staged.items():
            shape = self._shape(names)
            table = np.frombuffer(codes, np.int32).reshape(len(refs), len(names))
            shape.extend(table, np.frombuffer(refs, np.uint32), now_ms)
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
            match_rows(shape.names, table, refs, ordered, symbols=symbols, codes=codes)
            for shape, table, refs in candidates
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
