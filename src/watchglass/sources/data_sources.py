"""What dashboards can ask: the data sources of this process, each with a uid, and which of them is meant by default."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from watchglass.columns import LabelTable
from watchglass.interfaces import Catalogue
from watchglass.model.matcher import Matcher
from watchglass.model.metadata import Metadata
from watchglass.promql.engine import QueryResult
from watchglass.sources.availability import SourceState, gone_text
from watchglass.sources.errors import ReachesSelfError, SourceError
from watchglass.sources.source import Source

if TYPE_CHECKING:
    from watchglass.sources.prometheus import PrometheusSource  # the HTTP client: for those who ask a server elsewhere

log = logging.getLogger("watchglass.sources")

T = TypeVar("T")

EMBEDDED = "embedded"
PROMETHEUS = "prometheus"
DEFAULT_UIDS = frozenset({"default", PROMETHEUS, ""})
"""Uids by which documents from elsewhere mean whatever Prometheus there is."""

SELF_CHECK_S = 60.0
SILENCE_S = 15.0
"""A source that nobody has asked for so long is tested, so that its state is true."""


class DataSource(Source, Protocol):
    """A source as dashboards and the API know it."""

    uid: ClassVar[str]
    name: ClassVar[str]

    @property
    def kind(self) -> str:
        """`embedded` or `prometheus`."""

    @property
    def url(self) -> str:
        """The address as it may be shown; empty where there is none."""

    @property
    def catalogue(self) -> Catalogue:
        """Tells which series there are."""

    @property
    def state(self) -> SourceState:
        """Whether it answers."""

    @property
    def trouble(self) -> str:
        """What is said to users where it does not; empty where it does."""

    @property
    def data_since_ms(self) -> int | None:
        """No sample is older; None where that is not known, or there is none yet."""

    def test(self) -> None:
        """Ask it something; raises QueryError where it does not answer as it should."""


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """This process's own engine over its own store; `oldest_ms` gives the time that no sample is older than."""

    source: Source
    catalogue: Catalogue
    since_ms: int
    oldest_ms: Callable[[], int | None] = lambda: None

    uid: ClassVar[str] = EMBEDDED
    name: ClassVar[str] = "Watchglass"
    kind: ClassVar[str] = EMBEDDED
    url: ClassVar[str] = ""
    trouble: ClassVar[str] = ""

    @property
    def state(self) -> SourceState:
        """It answers since it is there."""
        return SourceState(up=True, since_ms=self.since_ms)

    @property
    def data_since_ms(self) -> int | None:
        """No sample is older; None where there is none yet."""
        return self.oldest_ms()

    def instant(
        self,
        query: str,
        time_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at one time; see `Source.instant`."""
        return self.source.instant(query, time_ms, timeout_ms=timeout_ms, lookback_ms=lookback_ms, cancel=cancel)

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
        """Evaluate at every step from start to end; see `Source.range`."""
        return self.source.range(
            query, start_ms, end_ms, step_ms, timeout_ms=timeout_ms, lookback_ms=lookback_ms, cancel=cancel
        )

    def test(self) -> None:
        """Evaluate something."""
        self.source.instant("1+1", 0)


class RemoteSource:
    """A Prometheus-compatible server; or, where its address turns out to reach this very process, the embedded source.

    Args:
        prometheus: asks the server.
        answers: the same, by way of the range cache.
        embedded: what stands in for an address of our own.
    """

    uid: ClassVar[str] = PROMETHEUS
    name: ClassVar[str] = "Prometheus"

    def __init__(self, prometheus: PrometheusSource, answers: Source, embedded: EmbeddedSource) -> None:
        self._prometheus, self._answers, self._embedded = prometheus, answers, embedded
        self._checked_s = -float("inf")
        self.reaches_self = False

    @property
    def kind(self) -> str:
        """`prometheus`, or `embedded` where it is ourselves."""
        return EMBEDDED if self.reaches_self else PROMETHEUS

    @property
    def url(self) -> str:
        """The address as it may be shown."""
        return self._prometheus.options.shown_url

    @property
    def catalogue(self) -> Catalogue:
        """Tells which series there are; itself, so that an address of our own is noticed here, too."""
        return self

    @property
    def state(self) -> SourceState:
        """Whether it answers."""
        return self._embedded.state if self.reaches_self else self._prometheus.availability.state

    @property
    def trouble(self) -> str:
        """What is said to users while it does not answer."""
        state = self.state
        return gone_text(self._prometheus.title, state) if state.up is False else ""

    @property
    def data_since_ms(self) -> int | None:
        """Our own where it is ourselves; a server elsewhere does not tell."""
        return self._embedded.data_since_ms if self.reaches_self else None

    def instant(
        self,
        query: str,
        time_ms: int,
        *,
        timeout_ms: int | None = None,
        lookback_ms: int | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Evaluate at one time; see `Source.instant`."""

        def ask(source: Source) -> QueryResult:
            return source.instant(query, time_ms, timeout_ms=timeout_ms, lookback_ms=lookback_ms, cancel=cancel)

        return self._ask(lambda: ask(self._answers), lambda: ask(self._embedded))

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
        """Evaluate at every step from start to end; see `Source.range`."""

        def ask(source: Source) -> QueryResult:
            return source.range(
                query, start_ms, end_ms, step_ms, timeout_ms=timeout_ms, lookback_ms=lookback_ms, cancel=cancel
            )

        return self._ask(lambda: ask(self._answers), lambda: ask(self._embedded))

    def series(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> LabelTable:
        """Labels of the series that match any selector; raises SourceError."""
        return self._look_up(lambda catalogue: catalogue.series(selectors, start_ms, end_ms))

    def label_names(self, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted label names in use; raises SourceError."""
        return self._look_up(lambda catalogue: catalogue.label_names(selectors, start_ms, end_ms))

    def label_values(self, name: str, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int) -> list[str]:
        """Sorted values of one label; raises SourceError."""
        return self._look_up(lambda catalogue: catalogue.label_values(name, selectors, start_ms, end_ms))

    def metadata(self) -> Mapping[str, Metadata]:
        """What is known of each metric family; raises SourceError."""
        return self._look_up(lambda catalogue: catalogue.metadata())

    def test(self) -> None:
        """Ask it something that it can always answer; the address may have come to reach another process.

        Raises:
            SourceError: it does not answer as it should.
        """
        self._checked_s = time.monotonic()
        try:
            self._prometheus.test()
        except ReachesSelfError:
            self._found_self()
            return
        if self.reaches_self:
            log.warning("the source's address reaches another process now", extra={"url": self.url})
            self.reaches_self = False

    def check(self) -> None:
        """Test it where its state may have changed unnoticed: while it is gone, or nobody has asked for long."""
        unchecked_s = time.monotonic() - self._checked_s
        availability = self._prometheus.availability
        if (
            unchecked_s < SELF_CHECK_S
            if self.reaches_self
            else availability.state.up and availability.silent_s < SILENCE_S
        ):
            return
        try:
            self.test()
        except SourceError:
            log.debug("the source does not answer yet", extra={"url": self.url})

    def close(self) -> None:
        """Close its connections."""
        self._prometheus.close()

    def _look_up(self, work: Callable[[Catalogue], T]) -> T:
        return self._ask(lambda: work(self._prometheus), lambda: work(self._embedded.catalogue))

    def _ask(self, there: Callable[[], T], here: Callable[[], T]) -> T:
        if not self.reaches_self:
            try:
                return there()
            except ReachesSelfError:
                self._found_self()
        return here()

    def _found_self(self) -> None:
        if not self.reaches_self:
            self.reaches_self = True
            log.info(
                "the source's address reaches this very process; its own metrics are used", extra={"url": self.url}
            )


class Sources:
    """All data sources.

    Args:
        embedded: this process's own.
        remote: a server that is asked by default, if one is configured.
    """

    def __init__(self, embedded: EmbeddedSource, remote: RemoteSource | None = None) -> None:
        self.embedded = embedded
        self.configured = remote

    @property
    def remote(self) -> RemoteSource | None:
        """The server elsewhere; None where there is none, or it is this very process."""
        remote = self.configured
        return None if remote is None or remote.reaches_self else remote

    @property
    def default(self) -> DataSource:
        """What panels ask that name no source."""
        return self.remote or self.embedded

    def listed(self) -> list[DataSource]:
        """Every source once, the default one first."""
        return [self.remote, self.embedded] if self.remote else [self.embedded]

    def find(self, uid: str) -> DataSource | None:
        """The source of a uid; a variable of a document from elsewhere (`${DS_PROMETHEUS}`) means the default."""
        if uid == EMBEDDED:
            return self.embedded
        return self.default if uid in DEFAULT_UIDS or uid.startswith("$") else None

    def named(self, name: str) -> DataSource | None:
        """The source of a name."""
        return next((source for source in self.listed() if source.name == name), None)


class Prober:
    """A thread that keeps the state of a server elsewhere true, and notices when it answers again.

    Args:
        source: what is tested.
        interval_s: how often to see whether there is a reason to.
    """

    def __init__(self, source: RemoteSource, interval_s: float = 2.0) -> None:
        self._source, self._interval_s = source, interval_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="prober")

    def start(self) -> None:
        """Begin, with a test at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; a test that runs is left to its own time limit."""
        self._stopped.set()

    def _run(self) -> None:
        while True:
            try:
                self._source.check()
            except Exception:
                log.exception("testing a source failed by a fault of ours")
            if self._stopped.wait(self._interval_s):
                return
