"""A catalogue of a server elsewhere as it was a moment ago: for lists that are drawn often and need not be exact."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, TypeVar

from watchglass.columns import LabelTable
from watchglass.errors import QueryError
from watchglass.interfaces import Catalogue
from watchglass.model.matcher import Matcher
from watchglass.model.metadata import Metadata
from watchglass.sources.errors import SourceTimeoutError

T = TypeVar("T")

FRESH_S = 30.0
CHANGING_S = 2.0
"""What has just changed may change again soon: a server that has just started lists its jobs one by one."""
CAUTION = 4
"""An answer that has been the same for so many seconds is taken as new for one more."""

KEPT = 64
LIST_WAIT_S = 2.0
ASKING = 4  # threads


class _Kept(NamedTuple):
    """An answer."""

    since_s: float  # when it was given first
    at_s: float  # when it was given last
    answer: Any

    def fresh_s(self, most_s: float) -> float:
        """How long it counts as new: the longer, the longer it has been the same."""
        return min(most_s, max(CHANGING_S, (self.at_s - self.since_s) / CAUTION))


class RecentCatalogue:
    """Answers of a catalogue, kept for a short while; and longer while it does not answer.

    Two questions about spans of equal length are the same question: for lists of what was there lately.

    Args:
        catalogue: what is asked.
        fresh_s: how long an answer counts as new at most; one that has just changed is asked for again sooner.
        kept: answers, the least recently used dropped first.
        list_wait_s: the longest that a list of values may keep its page waiting; what comes later is there the next time.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        fresh_s: float = FRESH_S,
        kept: int = KEPT,
        list_wait_s: float = LIST_WAIT_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue, self._fresh_s, self._kept, self._monotonic = catalogue, fresh_s, kept, monotonic
        self._list_wait_s = list_wait_s
        self._answers: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._pending: dict[Hashable, Future[Any]] = {}
        self._asking = ThreadPoolExecutor(ASKING, thread_name_prefix="catalogue")
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
        ask = partial(self._catalogue.label_values, name, selectors, start_ms, end_ms)
        return self._recent(key, ask, wait_s=self._list_wait_s)

    def metadata(self) -> Mapping[str, Metadata]:
        """What is known of each metric family; raises QueryError."""
        return self._recent("metadata", self._catalogue.metadata)

    def close(self) -> None:
        """Ask nothing any more."""
        self._asking.shutdown(wait=False, cancel_futures=True)

    def _recent(self, key: Hashable, ask: Callable[[], T], wait_s: float | None = None) -> T:
        with self._lock:
            found = self._answers.get(key)
        known: T | None = found.answer if found else None  # what was kept under this key
        if found and known is not None and self._monotonic() - found.at_s < found.fresh_s(self._fresh_s):
            return known
        try:
            return self._asked(key, ask).result(wait_s)
        except (QueryError, TimeoutError) as error:
            if known is not None:
                return known
            if isinstance(error, QueryError):
                raise
            raise SourceTimeoutError(f"no answer within {wait_s:g} s") from None

    def _asked(self, key: Hashable, ask: Callable[[], T]) -> Future[T]:
        """The question on its way, one for all who wait for it; its answer is kept even if nobody waits so long."""

        def work() -> T:
            try:
                answer = ask()
                self._keep(key, answer)
                return answer
            finally:
                with self._lock:
                    self._pending.pop(key, None)

        with self._lock:
            if key not in self._pending:
                self._pending[key] = self._asking.submit(work)
            return self._pending[key]

    def _keep(self, key: Hashable, answer: object) -> None:
        with self._lock:
            now_s, before = self._monotonic(), self._answers.get(key)
            same = before is not None and _gist(before.answer) == _gist(answer)
            self._answers[key] = _Kept(before.since_s if before and same else now_s, now_s, answer)
            self._answers.move_to_end(key)
            while len(self._answers) > self._kept:
                self._answers.popitem(last=False)


def _gist(answer: object) -> object:
    """What tells cheaply whether two answers are the same: of long ones their size."""
    if isinstance(answer, LabelTable):
        return answer.size
    return len(answer) if isinstance(answer, Mapping) else answer


def _hashable(selectors: Sequence[Sequence[Matcher]]) -> Hashable:
    return tuple(map(tuple, selectors))
