"""A catalogue of a server elsewhere as it was a moment ago: for lists that are drawn often and need not be exact."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from watchglass.columns import LabelTable
from watchglass.errors import QueryError
from watchglass.interfaces import Catalogue
from watchglass.model.matcher import Matcher
from watchglass.model.metadata import Metadata

T = TypeVar("T")

FRESH_S = 30.0
KEPT = 64


class RecentCatalogue:
    """Answers of a catalogue, kept for a short while; and longer while it does not answer.

    Two questions about spans of equal length are the same question: for lists of what was there lately.

    Args:
        catalogue: what is asked.
        fresh_s: how long an answer counts as new.
        kept: answers, the least recently used dropped first.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        fresh_s: float = FRESH_S,
        kept: int = KEPT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue, self._fresh_s, self._kept, self._monotonic = catalogue, fresh_s, kept, monotonic
        self._answers: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def series(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> LabelTable:
        """Labels of the series that match any selector; raises QueryError."""
        key = ("series", _hashable(selectors), end_ms - start_ms)
        return self._recent(key, lambda: self._catalogue.series(selectors, start_ms, end_ms))

    def label_names(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted label names in use; raises QueryError."""
        key = ("label_names", _hashable(selectors), end_ms - start_ms)
        return self._recent(key, lambda: self._catalogue.label_names(selectors, start_ms, end_ms))

    def label_values(self, name: str, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted values of one label; raises QueryError."""
        key = ("label_values", name, _hashable(selectors), end_ms - start_ms)
        return self._recent(key, lambda: self._catalogue.label_values(name, selectors, start_ms, end_ms))

    def metadata(self) -> Mapping[str, Metadata]:
        """What is known of each metric family; raises QueryError."""
        return self._recent("metadata", self._catalogue.metadata)

    def _recent(self, key: Hashable, ask: Callable[[], T]) -> T:
        with self._lock:
            found = self._answers.get(key)
        known: T | None = found[1] if found else None  # what was kept under this key
        if found and known is not None and self._monotonic() - found[0] < self._fresh_s:
            return known
        try:
            answer = ask()
        except QueryError:
            if known is not None:
                return known
            raise
        with self._lock:
            self._answers[key] = self._monotonic(), answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._kept:
                self._answers.popitem(last=False)
        return answer


def _hashable(selectors: Sequence[Sequence[Matcher]]) -> Hashable:
    return tuple(map(tuple, selectors))
