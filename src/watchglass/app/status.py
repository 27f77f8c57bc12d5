"""What the process says of itself: health of its components, and the status pages of Prometheus's API."""

from __future__ import annotations

import os
import platform
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from watchglass.config import kinds
from watchglass.config.kinds import Kind
from watchglass.config.settings import rows
from watchglass.serve.health import ComponentHealth, Condition
from watchglass.sources.data_sources import RemoteSource
from watchglass.sources.options import show_url
from watchglass.version import __version__

if TYPE_CHECKING:
    from watchglass.app.stack import Stack

_LAST_MS = 2**63 - 1  # the bounds of an empty store, as Prometheus has them

PROMETHEUS_API = "3.14.0"
"""The Prometheus whose HTTP API and PromQL we answer with: Grafana chooses what it asks by this."""


def add_health_checks(stack: Stack) -> None:
    """One row a component; the store and scraping are needed, discovery is not."""
    health = stack.parts.health
    health.add("store", lambda: _store(stack))
    health.add("scraping", lambda: _scraping(stack))
    health.add("queries", lambda: _queries(stack), needed=False)
    health.add("discovery", lambda: _discovery(stack), needed=False)


def _store(stack: Stack) -> ComponentHealth:
    if stack.store is None or stack.parts.storage is None:
        return ComponentHealth(Condition.STARTING, "opening the data directory")
    stats = stack.store.stats()
    figures = {"series": stats.series, "size_bytes": stats.size_bytes}
    troubles = [text for text in (stack.store.fault, *stack.store.damage[:10]) if text]
    if troubles:
        return ComponentHealth(Condition.DEGRADED, "; ".join(troubles), figures)
    return ComponentHealth(Condition.OK, "", figures)


def _scraping(stack: Stack) -> ComponentHealth:
    if stack.scraping is None:
        return ComponentHealth(Condition.STARTING)
    active = stack.scraping.targets().active
    down = sum(each.status.health.value == "down" for each in active)
    return ComponentHealth(Condition.OK, "", {"targets": len(active), "down": down})


def _queries(stack: Stack) -> ComponentHealth:
    pool = stack.parts.queries
    listed = pool.listed()
    waiting = sum(each["state"] == "waiting" for each in listed)
    figures = {"running": len(listed) - waiting, "waiting": waiting, "memory_bytes": pool.memory.held_bytes}
    return ComponentHealth(Condition.OK, "", figures)


def _discovery(stack: Stack) -> ComponentHealth:
    errors = stack.discovery.errors() if stack.discovery else {}
    if errors:
        texts = [f"{job}: {text}" for job, found in errors.items() for text in found]
        return ComponentHealth(Condition.DEGRADED, "; ".join(texts[:10]))
    return ComponentHealth(Condition.OK)


def add_source_check(stack: Stack, source: RemoteSource) -> None:
    """The server that dashboards ask; Watchglass does without."""

    def check() -> ComponentHealth:
        figures = {"url": source.url, "kind": source.kind}
        if source.trouble:
            return ComponentHealth(Condition.DEGRADED, source.trouble, figures)
        condition = Condition.STARTING if source.state.up is None else Condition.OK
        return ComponentHealth(condition, "", figures)

    stack.parts.health.add(f"source {source.uid}", check, needed=False)


def add_pack_check(stack: Stack) -> None:
    """Whether every pack that is switched on can be used; Watchglass does without."""

    def check() -> ComponentHealth:
        packs = stack.configuration.packs
        condition = Condition.DEGRADED if packs.faults else Condition.OK
        return ComponentHealth(condition, "; ".join(map(str, packs.faults[:10])), {"packs": len(packs.packs)})

    stack.parts.health.add("packs", check, needed=False)


def status_pages(stack: Stack) -> Mapping[str, Callable[[], Any]]:
    """What `/api/v1/status/NAME` answers with."""
    started = datetime.now(UTC)
    return {
        "buildinfo": _build_info,
        "runtimeinfo": lambda: _runtime_info(stack, started),
        "flags": lambda: {
            row.name: _shown(getattr(stack.configuration.settings, row.attribute), row.kind) for row in rows()
        },
        "config": lambda: {"yaml": stack.configuration.prometheus.text},
        "walreplay": lambda: _wal_replay(stack),
    }


def _wal_replay(stack: Stack) -> dict[str, int]:
    """How much of the log has been read at the start: ours is one piece, where Prometheus counts segments."""
    return {"min": 0, "max": 1, "current": int(stack.store is not None)}


def series_limits(stack: Stack) -> dict[str, int]:
    """How many series one target may have, in all and of one metric; 0 means as many as it likes."""
    settings = stack.configuration.settings
    return {"seriesPerTarget": settings.scrape_series_per_target, "seriesPerMetric": settings.scrape_series_per_metric}


def head_stats(stack: Stack) -> dict[str, int]:
    """Sizes for `/api/v1/status/tsdb`; blocks are counted where Prometheus counts chunks."""
    assert stack.store is not None
    stats = stack.store.stats()
    empty = stats.oldest_ms is None or stats.newest_ms is None
    return {
        "numSeries": stats.series,
        "chunkCount": stats.blocks,
        "minTime": _LAST_MS if empty else stats.oldest_ms or 0,
        "maxTime": -_LAST_MS - 1 if empty else stats.newest_ms or 0,
    }


def data_since(stack: Stack, now_ms: int) -> int | None:
    """The time in ms that no sample which is still kept is older than; None where there is none yet."""
    assert stack.store is not None
    oldest_ms = stack.store.stats().oldest_ms
    kept_ms = stack.store.options.retention_ms
    return oldest_ms if oldest_ms is None or not kept_ms else max(oldest_ms, now_ms - kept_ms)


def scrape_pools(stack: Stack) -> list[str]:
    """The names of all jobs, those without a target too, and of our own collectors."""
    active = stack.scraping.targets().active if stack.scraping else []
    return list({job.name for job in stack.configuration.jobs} | {each.pool for each in active})


def notifications(stack: Stack) -> list[dict[str, Any]]:
    """What an operator should see to, as Prometheus words it."""
    if stack.reload_failed_ms is None:
        return []
    since = _timestamp(stack.reload_failed_ms / 1000)
    return [{"text": "Configuration reload has failed.", "date": since, "active": True}]


def _build_info() -> dict[str, str]:
    return {
        "version": PROMETHEUS_API,
        "revision": __version__,
        "branch": "",
        "buildUser": "",
        "buildDate": "",
        "goVersion": "",
        "application": "Watchglass",
        "applicationVersion": __version__,
        "pythonVersion": platform.python_version(),
    }


def _runtime_info(stack: Stack, started: datetime) -> dict[str, Any]:
    stats = stack.store.stats() if stack.store else None
    settings = stack.configuration.settings
    return {
        "startTime": started.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "CWD": os.getcwd(),  # noqa: PTH109 - as text
        "hostname": socket.gethostname(),
        "serverTime": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "reloadConfigSuccess": stack.parts.registry.get_sample_value("watchglass_config_last_reload_successful") == 1,
        "lastConfigTime": _timestamp(
            stack.parts.registry.get_sample_value("watchglass_config_last_reload_success_timestamp_seconds") or 0
        ),
        "corruptionCount": len(stack.store.damage) if stack.store else 0,
        "threadCount": threading.active_count(),
        "processCpuSeconds": round(time.process_time(), 3),
        "headSeries": stats.series if stats else 0,
        "storageBytes": stats.size_bytes if stats else 0,
        "storageRetention": f"{settings.retention_time_ms // 1000}s or {settings.retention_size_bytes} bytes",
    }


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _shown(value: object, kind: Kind = kinds.TEXT) -> str:
    if kind is kinds.SOURCE_URL:
        return show_url(str(value)) if value else ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
