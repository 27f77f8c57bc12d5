"""What the operator may turn on the metric store, with the defaults that suit one machine."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Every limit of the metric store; durations are milliseconds, sizes bytes, 0 means no limit."""

    retention_ms: int = 15 * DAY_MS  # Prometheus's default
    retention_bytes: int = 0  # of metrics.db and its -wal file, as `du` counts them
    out_of_order_window_ms: int = 0  # how far behind the newest sample a late one may be; 0 drops late samples
    page_age_ms: int = 2 * HOUR_MS  # an open page is sealed at this age, so that the log reaches no further back
    commit_interval_ms: int = 100  # batches that arrive within it share one commit
    queue_bytes: int = 64 * MIB  # batches waiting for the disk; more are refused
    chunk_cache_bytes: int = 128 * MIB  # decoded chunks kept for repeated reads
    forget_after_ms: int = HOUR_MS  # a series without samples is forgotten this long after its last use
    wal_bytes: int = 64 * MIB  # beyond it, and 2 KiB a series, what holds the log up is sealed early
    tick_interval_ms: int = 10 * 1000  # how often the maintenance thread looks
    compaction_delay_ms: int = 10 * MINUTE_MS  # how long after a window's end its small chunks are merged
    close_budget_ms: int = 3000  # sealing open pages at shutdown may take this long; the rest is replayed
    maintenance_thread: bool = True  # off: the owner calls `tick` itself, as tests with a virtual clock do
