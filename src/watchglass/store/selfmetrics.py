"""What the metric store says of itself on `/metrics`."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

DROPPED = ("out_of_order", "duplicate", "unknown")
"""Why samples are not accepted: fields of AppendResult."""


class StoreMetrics:
    """The store's own counters, gauges and histograms, on a registry or on none."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        self.appended = Counter("watchglass_store_samples_appended", "Samples accepted and on disk.", registry=registry)
        self.dropped = Counter(
            "watchglass_store_samples_dropped", "Samples not accepted, by reason.", ["reason"], registry=registry
        )
        for reason in DROPPED:  # at 0 from the start, so that the first one is an increase
            self.dropped.labels(reason)
        self.commit_seconds = Histogram(
            "watchglass_store_commit_duration_seconds", "From taking batches to their being durable and visible.",
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self.commit_failures = Counter("watchglass_store_commit_failures", "Commits that failed.", registry=registry)
        self.sealed_chunks = Counter("watchglass_store_chunks_sealed", "Chunks written.", registry=registry)
        self.sealed_bytes = Counter(
            "watchglass_store_chunk_bytes_sealed", "Bytes of chunks written.", registry=registry
        )
        self.damage = Counter("watchglass_store_damage", "Damaged places found.", registry=registry)
        self.compactions = Counter("watchglass_store_compactions", "Blocks made by compaction.", registry=registry)
        self.retired = Counter(
            "watchglass_store_blocks_retired", "Blocks deleted by retention, by reason.", ["reason"], registry=registry
        )
        self.maintenance_failures = Counter(
            "watchglass_store_maintenance_failures", "Maintenance steps that failed.", registry=registry
        )
        self.select_seconds = Histogram(
            "watchglass_store_select_duration_seconds", "Time to select samples.", buckets=_SECONDS, registry=registry
        )
        self.series = Gauge("watchglass_store_series", "Series known.", registry=registry)
        self.blocks = Gauge("watchglass_store_blocks", "Sealed blocks.", registry=registry)
        self.size_bytes = Gauge("watchglass_store_size_bytes", "Disk space of the metric store.", registry=registry)
        self.disk_free_bytes = Gauge(
            "watchglass_store_disk_free_bytes", "Free space of the disk that the data folder is on.", registry=registry
        )
        self.disk_size_bytes = Gauge(
            "watchglass_store_disk_size_bytes", "Size of the disk that the data folder is on.", registry=registry
        )
        self.log_records = Gauge("watchglass_store_wal_records", "Records in the write-ahead log.", registry=registry)
        self.log_bytes = Gauge("watchglass_store_wal_bytes", "Bytes in the write-ahead log.", registry=registry)
        self.cache_bytes = Gauge("watchglass_store_chunk_cache_bytes", "Decoded chunks kept.", registry=registry)
