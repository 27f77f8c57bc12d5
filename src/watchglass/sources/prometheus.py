"""A Prometheus-compatible server as a source: Prometheus, Mimir, Thanos, VictoriaMetrics, or another Watchglass.

Source of the addresses and parameters: prometheus/prometheus, docs/querying/api.md.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from watchglass.clock import Clock
from watchglass.columns import LabelTable
from watchglass.errors import QueryLimitError
from watchglass.model.matcher import Matcher
from watchglass.model.metadata import Metadata, MetricType
from watchglass.promql.engine import QueryResult
from watchglass.promql.grid import Grid
from watchglass.promql.memory_pool import MemoryPool, using
from watchglass.sources.advice import on_answer
from watchglass.sources.availability import Availability, Fault, SourceState, gone_text
from watchglass.sources.decode import AnswerError, Envelope, label_table, open_envelope, result_of
from watchglass.sources.errors import ReachesSelfError, SourceError, SourceGoneError, SourceTimeoutError
from watchglass.sources.options import PrometheusOptions
from watchglass.sources.patience import DeadlineError, Patience
from watchglass.sources.upstream import Answer, Form, Upstream, UpstreamError

log = logging.getLogger("watchglass.sources")

KINDS = {400: "bad_data", 422: "execution", 499: "canceled", 500: "internal", 503: "unavailable"}
ERROR_TYPES = frozenset({"bad_data", "execution", "timeout", "canceled", "internal", "unavailable", "not_found"})
CATALOGUE_S = 10.0  # the longest that a list of names may take
TEST_S = 5.0
LISTS = 8  # times the largest answer: the memory for reading lists of names, which no query counts
_FARTHEST_MS = 2**53  # a bound at or beyond this is none

_TYPES = {each.value: each for each in MetricType} | {"unknown": MetricType.UNKNOWN, "": MetricType.UNKNOWN}


class PrometheusSource:
    """Answers from another server: a Source and a Catalogue. Safe to use from several threads.

    Args:
        options: where it is, and how to ask.
        instance: our own id.
        clock: tells since when it answers, or does not.
        name: what messages call it, before its address.
        registry: for our own metrics.
    """

    def __init__(
        self,
        options: PrometheusOptions,
        instance: str,
        clock: Clock,
        *,
        name: str = "Prometheus",
        registry: CollectorRegistry | None = None,
    ) -> None:
        self.options = options
        self.title = f"{name} at {options.shown_url}"
        self.availability = Availability(clock.now_ms, self._changed)
        self._upstream = Upstream(options, instance, registry=registry)
        self._metrics = _Metrics(registry)
        self._lists = MemoryPool(LISTS * options.max_bytes)
        self._closed = threading.Event()
        # Of what is in flight: a test in vain sets it, and puts another one in its place.
        self._silent = threading.Event()

    def instant(
        self,
        query: str,
        time_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at one time, there.

        Raises:
            SourceError: it refuses the query, is gone, or is too slow.
            QueryLimitError: its answer is too large.
        """
        patience = self._patience(timeout_ms, cancel)
        form = [("query", query), ("time", _seconds(time_ms)), *self._extra(patience, lookback_ms)]
        envelope = self._query("/api/v1/query", form, patience)
        return self._result(envelope, Grid(time_ms, 1, 1), is_range=False)

    def range(
        self,
        query: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at every step from start to end, there.

        A server may move the steps to multiples of the step; the result's own grid says so.

        Raises:
            SourceError: it refuses the query, is gone, or is too slow.
            QueryLimitError: its answer is too large.
        """
        patience = self._patience(timeout_ms, cancel)
        form = [("query", query), ("start", _seconds(start_ms)), ("end", _seconds(end_ms)), ("step", _seconds(step_ms))]
        if start_ms % step_ms if step_ms > 0 else False:
            form.append(("nocache", "1"))  # VictoriaMetrics moves the steps else
        envelope = self._query("/api/v1/query_range", [*form, *self._extra(patience, lookback_ms)], patience)
        return self._result(envelope, Grid.spanning(start_ms, end_ms, max(step_ms, 1)), is_range=True)

    def series(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> LabelTable:
        """Labels of the series that match any selector; raises SourceError."""
        found = self._list("POST", "/api/v1/series", _scope(selectors, start_ms, end_ms), list)
        with self._understanding():
            return label_table(found.data, found.account)

    def label_names(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted label names in use; raises SourceError."""
        return sorted(map(str, self._list("POST", "/api/v1/labels", _scope(selectors, start_ms, end_ms), list).data))

    def label_values(self, name: str, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted values of one label; raises SourceError."""
        path = f"/api/v1/label/{quote(name, safe='')}/values"
        return sorted(map(str, self._list("GET", path, _scope(selectors, start_ms, end_ms), list).data))

    def metadata(self) -> Mapping[str, Metadata]:
        """What is known of each metric family; raises SourceError."""
        families = self._list("GET", "/api/v1/metadata", [], dict).data
        return {str(name): _metadata(entries) for name, entries in families.items()}

    def test(self) -> None:
        """Ask it something that it can always answer, whatever was known of it before.

        Where that takes too long, nobody waits any more for what it has been asked so far, and no query tries it before
        the next test has had its time.

        Raises:
            SourceError: it does not answer as it should.
        """
        patience = Patience(min(self.options.timeout_ms / 1000, TEST_S), None, self._closed)
        form = [("query", "1+1"), ("time", _seconds(0))]
        try:
            self._result(self._send("POST", "/api/v1/query", form, patience), Grid(0, 1, 1), is_range=False)
        except SourceTimeoutError as error:
            self.availability.failed(f"no answer within {patience.timeout_s:g} s", pause_s=2 * patience.timeout_s)
            silent, self._silent = self._silent, threading.Event()
            silent.set()
            raise self._gone() from error

    def close(self) -> None:
        """End what is being asked, and close its connections."""
        self._closed.set()
        self._upstream.close()

    def _query(self, path: str, form: Form, patience: Patience) -> Envelope:
        began = time.perf_counter()
        outcome = "error"
        try:
            envelope = self._asked("POST", path, form, patience)
            outcome = "ok"
        finally:
            self._metrics.queries.labels(outcome).inc()
            self._metrics.seconds.observe(time.perf_counter() - began)
        return envelope

    def _list(self, method: str, path: str, form: Form, kind: type) -> Envelope:
        patience = self._patience(int(CATALOGUE_S * 1000), None)
        with using(self._lists.share()):
            found = self._asked(method, path, form, patience)
        if not isinstance(found.data, kind):
            raise self._broken(AnswerError("its answer is not a list as Prometheus writes it"))
        return found

    def _asked(self, method: str, path: str, form: Form, patience: Patience) -> Envelope:
        """What it answers; one that is known to be gone by the end is not said to be slow."""
        try:
            return self._send(method, path, form, patience)
        except SourceTimeoutError:
            if self.availability.state.up is False:
                raise self._gone() from None
            raise

    def _send(self, method: str, path: str, form: Form, patience: Patience) -> Envelope:
        """Ask, keep account of whether it answers, and open the envelope."""
        try:
            answer = self._upstream.ask(method, path, form, patience)
            envelope = _open(answer, patience, partial(on_answer, self.options.asking, path))
        except ReachesSelfError:
            raise
        except DeadlineError:
            raise SourceTimeoutError(f"{self.title} did not answer within {patience.timeout_s:g} s") from None
        except (UpstreamError, AnswerError) as error:
            raise self._broken(error) from error
        if envelope.kind:
            self.availability.answered()
            raise SourceError(f"{envelope.error} ({self.title})", kind=envelope.kind)
        self.availability.answered()
        return envelope

    def _result(self, envelope: Envelope, grid: Grid, *, is_range: bool) -> QueryResult:
        with self._understanding():
            return result_of(envelope, grid, is_range=is_range, max_samples=self.options.max_samples)

    @contextmanager
    def _understanding(self) -> Iterator[None]:
        """Around reading an answer: what cannot be read is the source's fault."""
        try:
            yield
        except AnswerError as error:
            raise self._broken(error) from error
        except DeadlineError:
            raise SourceTimeoutError(f"there was no memory in time to read the answer of {self.title}") from None
        except QueryLimitError as error:
            raise SourceError(f"{error} ({self.title})", kind=error.kind) from error

    def _broken(self, error: Exception) -> SourceGoneError:
        """What it did instead of answering, remembered and said."""
        self.availability.failed(str(error), error.fault if isinstance(error, UpstreamError) else Fault.WRONG)
        return self._gone()

    def _gone(self) -> SourceGoneError:
        return SourceGoneError(gone_text(self.title, self.availability.state))

    def _patience(self, timeout_ms: int | None, cancel: threading.Event | None) -> Patience:
        """How long a question may take: little for the one that tries a source that is gone, and none for others.

        Raises:
            SourceGoneError: it is gone, and was tried just now.
        """
        silent = self._silent  # before the state, so that a test in vain between the two is not missed
        own = self.options.timeout_ms
        timeout_s = min(own, timeout_ms or own) / 1000
        if not self.availability.may_try():
            raise self._gone()
        if self.availability.state.up is False:
            timeout_s = min(timeout_s, TEST_S)
        return Patience(timeout_s, cancel, self._closed, silent)

    def _extra(self, patience: Patience, lookback_ms: int | None) -> Form:
        """The bound on time, and the lookback where it is not what the server takes by itself."""
        extra = [("timeout", f"{patience.timeout_s:.3f}")]
        if lookback_ms is not None and lookback_ms != self.options.lookback_ms:
            extra.append(("lookback_delta", _seconds(lookback_ms)))
        return extra

    def _changed(self, state: SourceState) -> None:
        self._metrics.up.set(state.up is True)
        if state.up:
            log.info("the source answers", extra={"source": self.title})
        elif state.fault is Fault.SILENT:
            log.warning("the source does not answer", extra={"source": self.title, "error": state.error})
        else:
            log.warning("the source cannot be used", extra={"source": self.title, "error": state.error})


class _Metrics:
    def __init__(self, registry: CollectorRegistry | None) -> None:
        self.up = Gauge("watchglass_source_up", "Whether the source has answered last.", registry=registry)
        self.queries = Counter(
            "watchglass_source_queries", "Queries sent to the source.", ["outcome"], registry=registry
        )
        self.seconds = Histogram(
            "watchglass_source_query_duration_seconds", "Time to the source's answer.", registry=registry
        )


def _open(answer: Answer, patience: Patience, explain: Callable[[int, str, bytes], str]) -> Envelope:
    """The answer out of its envelope; an error without a type gets the one of its HTTP status.

    Args:
        answer: what came.
        patience: ends a wait for memory.
        explain: says what an answer is that has no envelope.

    Raises:
        AnswerError: it is none of Prometheus's.
    """
    try:
        envelope = open_envelope(answer.body, patience.check)
    except AnswerError:
        if said := explain(answer.status, answer.content_type, answer.body):
            raise AnswerError(said) from None
        raise
    if answer.status < 400 and not envelope.kind and envelope.data is not None:
        return envelope
    if not envelope.error:
        raise AnswerError(explain(answer.status, "", b"") or "its answer is not in Prometheus's envelope")
    kind = envelope.kind if envelope.kind in ERROR_TYPES else KINDS.get(answer.status, "execution")
    return Envelope(None, kind=kind, error=envelope.error)


def _scope(selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> Form:
    form = [("match[]", "{" + ",".join(map(str, selector)) + "}") for selector in selectors]
    if abs(start_ms) < _FARTHEST_MS:
        form.append(("start", _seconds(start_ms)))
    if abs(end_ms) < _FARTHEST_MS:
        form.append(("end", _seconds(end_ms)))
    return form


def _metadata(entries: Any) -> Metadata:
    """The first of the entries, which targets of other versions may contradict."""
    first = entries[0] if isinstance(entries, list) and entries and isinstance(entries[0], dict) else {}
    type_ = _TYPES.get(str(first.get("type", "")), MetricType.UNKNOWN)
    return Metadata(type_, str(first.get("unit") or ""), str(first.get("help") or ""))


def _seconds(time_ms: int) -> str:
    return f"{time_ms / 1000:.3f}"
