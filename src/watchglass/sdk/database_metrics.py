"""What an application asks of its database through SQLAlchemy, under the names of the Awareness Network's guide."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from prometheus_client import REGISTRY, CollectorRegistry

from watchglass.sdk.metrics import Counter, Histogram
from watchglass.sdk.pack_metrics import PackMetrics
from watchglass.sdk.web_metrics import OTHER, Bounded

AnyEngine = TypeVar("AnyEngine")

CONNECT = "connect"
"""The operation of an error that came before there was a connection."""

TRANSACTION = "transaction"
"""The operation of an error that belongs to no statement, such as that of a commit."""

OPERATIONS = frozenset(
    {"select", "insert", "update", "delete", "merge", "create", "alter", "drop", "truncate", "call", "copy", "pragma"}
)


class Statement(NamedTuple):
    """What a statement does, and to which table."""

    operation: str
    model: str


class DatabaseMetrics:
    """Counts statements, their time and errors, and the connections of pools.

        database = DatabaseMetrics()
        database.watch(engine)  # also an AsyncEngine

    `model` is the table that a statement reads or writes first, of mapped classes too; `other` where there is none, or
    when there would be too many. Time is that of the statement alone, without fetching rows. A statement that fails is
    counted, timed and an error.

    Args:
        registry: where the metrics are registered.
        most_models: different tables that have series of their own.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY, *, most_models: int = 200) -> None:
        metrics = PackMetrics("awareness_network", registry, only=("db_",))
        self._model = Bounded(most_models)
        self._queries = metrics.counter("db_query_total")
        self._seconds = metrics.histogram("db_query_duration_seconds")
        self._series: dict[Statement, tuple[Counter, Histogram]] = {}
        self._errors = metrics.counter("db_errors_total")
        self._active = metrics.gauge("db_pool_active_connections")
        self._idle = metrics.gauge("db_pool_idle_connections")
        self._waiting = metrics.gauge("db_pool_waiting_requests")
        self._pools: WeakKeyDictionary[Any, tuple[int, int]] = WeakKeyDictionary()  # by engine: active, idle
        self._lock = Lock()

    def watch(self, engine: AnyEngine) -> AnyEngine:
        """Count what this engine does from now on; the same engine comes back."""
        from sqlalchemy import event  # noqa: PLC0415 - it is there, or nobody could have an engine

        sync: Any = getattr(engine, "sync_engine", engine)
        if sync in self._pools:
            return engine
        for name, hook in (
            ("before_cursor_execute", self._before),
            ("after_cursor_execute", self._after),
            ("handle_error", self._failed),
        ):
            event.listen(sync, name, hook)
        self._watch_pool(sync)
        event.listen(sync, "engine_disposed", self._watch_pool)
        for name, given_back in (("checkout", 0), ("checkin", 1), ("detach", 0)):
            event.listen(sync, name, self._counting_pool(sync, given_back))
        return engine

    def _before(self, _connection: Any, _cursor: Any, _text: str, _given: Any, context: Any, *_: Any) -> None:
        context._watchglass_began = time.perf_counter()  # noqa: SLF001 - a mark of ours, which ends with the statement

    def _after(self, _connection: Any, _cursor: Any, text: str, _given: Any, context: Any, *_: Any) -> None:
        self._ended(text, context)

    def _ended(self, text: str, context: Any) -> None:
        began = context.__dict__.pop("_watchglass_began", None)
        if began is not None:
            count, seconds = self._series_of(self._statement(text))
            count.inc()
            seconds.observe(time.perf_counter() - began)

    def _series_of(self, statement: Statement) -> tuple[Counter, Histogram]:
        """Those of statements like this one; looking labels up takes longer than counting."""
        series = self._series.get(statement)
        if series is None:
            series = self._series[statement] = self._queries.labels(*statement), self._seconds.labels(*statement)
        return series

    def _failed(self, context: Any) -> None:
        operation = CONNECT if context.connection is None else TRANSACTION
        if context.statement is not None:
            operation = self._statement(context.statement).operation
        if context.execution_context is not None and context.statement is not None:
            self._ended(context.statement, context.execution_context)
        error = context.sqlalchemy_exception or context.original_exception
        self._errors.labels(operation, type(error).__name__).inc()

    def _statement(self, text: str) -> Statement:
        statement = read_statement(text[:_LOOKED_AT])
        return statement._replace(model=self._model(statement.model))

    def _watch_pool(self, engine: Any) -> None:
        """Begin with an engine's pool, or with the new one that it has after `dispose`; some pools count nothing."""
        self._pools[engine] = (0, 0)
        if not hasattr(engine.pool, "checkedin"):
            return
        self._waiting.inc(0)
        self._set(engine, 0, 0)
        pool = engine.pool
        connect = pool.connect

        def counted() -> Any:
            if not _exhausted(pool):
                return connect()
            with self._waiting.track_inprogress():
                return connect()

        pool.connect = counted

    def _counting_pool(self, engine: Any, given_back: int) -> Any:
        def count(*_: Any) -> None:
            pool = engine.pool
            if hasattr(pool, "checkedin"):  # the connection that comes back is still counted as out
                idle, most = pool.checkedin() + given_back, pool.size()
                self._set(engine, max(0, pool.checkedout() - given_back), min(idle, most) if most else idle)

        return count

    def _set(self, engine: Any, active: int, idle: int) -> None:
        with self._lock:
            self._pools[engine] = (active, idle)
            pools = list(self._pools.values())
        self._active.set(sum(active for active, _ in pools))
        self._idle.set(sum(idle for _, idle in pools))


def _exhausted(pool: Any) -> bool:
    """Whether who asks for a connection now has to wait until somebody gives one back."""
    if not hasattr(pool, "checkedin") or pool.checkedin():
        return False
    most = getattr(pool, "_max_overflow", -1)
    return most >= 0 and pool.overflow() >= most


_LOOKED_AT = 4_000  # characters: the table stands among the first words
_NOT_CODE = re.compile(
    r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|\b(?:EXTRACT|SUBSTRING|TRIM|OVERLAY)\s*\([^()]*\)", re.DOTALL | re.IGNORECASE
)
"""Also functions whose arguments are parted by FROM."""

_NAME = r"(?:[\w$]+|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])"
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_TABLE = re.compile(
    rf"\b(?:FROM|INTO|UPDATE|TABLE(?:\s+IF\s+(?:NOT\s+)?EXISTS)?|COPY|TRUNCATE(?:\s+TABLE)?|MERGE|JOIN)\s+(?:ONLY\s+)?((?:{_NAME}\.)*{_NAME})",
    re.IGNORECASE,
)
_COMMON = re.compile(rf"({_NAME})\s*(?:\([^)]*\))?\s+AS\s+(?:(?:NOT\s+)?MATERIALIZED\s*)?\(", re.IGNORECASE)
_DOES = re.compile(r"\b(INSERT\s+INTO|(?<!FOR\s)UPDATE|DELETE\s+FROM|MERGE\s+INTO)\b", re.IGNORECASE)


@lru_cache(maxsize=512)
def read_statement(text: str) -> Statement:
    """What the beginning of a statement in SQL does, and to which table; `other` where that is not known."""
    code = " ".join(_NOT_CODE.sub(" ", text).split())
    word = _WORD.search(code)
    operation = word[0].lower() if word else OTHER
    common: set[str] = set()
    if operation == "with":
        common = {_plain(match[1]) for match in _COMMON.finditer(code)}
        does = _DOES.search(code)
        operation = does[1].split()[0].lower() if does else "select"
    tables = (_plain(match[1]) for match in _TABLE.finditer(code))
    model = next((table for table in tables if table not in common), OTHER)
    return Statement(operation if operation in OPERATIONS else OTHER, model)


def _plain(name: str) -> str:
    """A table's name without its schema and quotes."""
    parts: list[str] = re.findall(_NAME, name)
    return parts[-1].strip('"`[]').lower()
