"""Selections: the series that some matchers chose, their labels still as columns of symbol codes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watchglass.columns import Index, LabelColumn, LabelTable
from watchglass.errors import QueryLimitError
from watchglass.model.matcher import Matcher, MatchType
from watchglass.regex import accepts_of
from watchglass.store.block import Refs
from watchglass.store.shape import Codes2D, Mask, rows_of

MATCH_S = 10.0
"""How long one regular expression may take to match the values of one label."""
_PIECE = 256


@dataclass(frozen=True, slots=True)
class ShapeRows:
    """Some series of one shape, detached from it."""

    names: tuple[str, ...]
    codes: Codes2D  # [k, names]
    refs: Refs  # [k]
    symbols: Sequence[str]

    def words(self) -> Iterator[tuple[int, list[str]]]:
        """Each series' number, and its names and values alternating."""
        for ref, codes in zip(self.refs.tolist(), rows_of(self.codes), strict=True):
            yield (
                ref,
                [word for name, code in zip(self.names, codes, strict=True) for word in (name, self.symbols[code])],
            )


@dataclass(frozen=True, slots=True)
class Fresh:
    """Series that are to be written, from number `first` on."""

    first: int
    parts: Sequence[ShapeRows]

    def words(self) -> Iterator[tuple[int, list[str]]]:
        """Each series' number, and its names and values alternating."""
        for part in self.parts:
            yield from part.words()

    def __bool__(self) -> bool:
        return bool(self.parts)


class Selection:
    """The series that some matchers chose, in ascending order of their numbers."""

    def __init__(self, parts: Sequence[ShapeRows], symbols: Sequence[str]) -> None:
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


def match_rows(
    names: tuple[str, ...],
    table: Codes2D,
    refs: Refs,
    matchers: Sequence[Matcher],
    *,
    symbols: Sequence[str],
    codes: Mapping[str, int],
) -> ShapeRows | None:
    """The rows of one shape that every matcher accepts; None where there is none."""
    rows: Index | None = None  # None: every row so far
    for matcher in matchers:
        if matcher.name not in names:
            if not accepts_of(matcher)(""):
                return None
            continue
        at = names.index(matcher.name)
        column = table[:, at] if rows is None else table[rows, at]
        hits = np.flatnonzero(_hits(matcher, column, symbols, codes))
        rows = hits if rows is None else rows[hits]
        if not len(rows):
            return None
    chosen = slice(None) if rows is None else rows
    return ShapeRows(names, table[chosen], refs[chosen], symbols) if len(refs) else None


def _hits(matcher: Matcher, column: NDArray[np.int32], symbols: Sequence[str], codes: Mapping[str, int]) -> Mask:
    if matcher.type is MatchType.EQUAL:
        return np.equal(column, codes.get(matcher.value, -1))
    if matcher.type is MatchType.NOT_EQUAL:
        return np.not_equal(column, codes.get(matcher.value, -1))
    distinct, inverse = np.unique(column, return_inverse=True)
    return _verdicts(matcher, distinct, symbols)[inverse]


def _verdicts(matcher: Matcher, distinct: NDArray[np.int32], symbols: Sequence[str], limit_s: float = MATCH_S) -> Mask:
    """[n] which values a regular expression accepts.

    Raises:
        QueryLimitError: it took too long. RE2 is never exponential, but a large pattern takes milliseconds a value.
    """
    accepts = accepts_of(matcher)
    verdicts = np.empty(len(distinct), np.bool_)
    deadline_s = time.monotonic() + limit_s
    for start in range(0, len(distinct), _PIECE):
        codes = distinct[start : start + _PIECE].tolist()
        verdicts[start : start + _PIECE] = [accepts(symbols[code]) for code in codes]
        if time.monotonic() > deadline_s:
            raise QueryLimitError(f"matching a regular expression with {len(distinct)} values took too long")
    return verdicts
