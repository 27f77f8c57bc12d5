"""What the endpoints reach: the parts of the process, filled in by `app` as they come up.

The listener answers before the store is open; until then an endpoint that needs a missing part says 503.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry

from watchglass.clock import Clock
from watchglass.interfaces import Appender, Catalogue, Queryable
from watchglass.serve.envelope import ApiError
from watchglass.serve.health import Health
from watchglass.serve.options import WebOptions
from watchglass.serve.query_pool import QueryPool

T = TypeVar("T")


@dataclass(slots=True)
class Parts:
    """The parts; those that come up late are None before."""

    options: WebOptions
    clock: Clock
    registry: CollectorRegistry
    health: Health
    queries: QueryPool
    storage: Queryable | None = None
    catalogue: Catalogue | None = None  # lists series in the place of the storage
    appender: Appender | None = None
    engine: Any = None
    targets: Any = None
    scrape_pools: Callable[[], Sequence[str]] | None = None
    series_limits: Callable[[], Mapping[str, int]] = dict  # of one target, and of one of its metrics; 0 means none
    head_stats: Callable[[], Mapping[str, int]] | None = None
    external_labels: Callable[[], Iterable[tuple[str, str]]] = tuple
    notifications: Callable[[], Sequence[Mapping[str, Any]]] = list
    dashboards: Any = None
    shelf: Any = None  # what people save of dashboards
    shelf_trouble: str = ""  # why there is none
    rules: Any = None  # a rules.manager.RuleManager
    alertmanagers: Callable[[], tuple[Sequence[str], Sequence[str]]] = lambda: ((), ())  # active and dropped addresses
    packs: Callable[[], Any] | None = None  # gives what is known of packs, which is loaded when it is first asked for
    sources: Any = None
    source_queries: QueryPool | None = None  # threads that wait for servers elsewhere
    instance: str = ""  # our own id among processes that ask one another
    reload: Callable[[], Awaitable[None]] | None = None
    quit: Callable[[], None] | None = None
    importer: Any = None
    alerting: Any = None  # the alert manager, where an alertmanager.yml is named
    status: Mapping[str, Callable[[], Any]] = field(default_factory=dict)


def need(part: T | None, name: str) -> T:
    """The part, or the error that says it is not there yet."""
    if part is None:
        raise ApiError(f"the {name} is still starting", kind="unavailable")
    return part
