"""What scraping counts of itself."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from watchglass.collect.ingest import ScrapeCounts

LEFT_OUT = ("duplicate", "future", "too_old")
"""Why samples of a good scrape are not handed to the store: fields of ScrapeCounts."""


class ScrapeMetrics:
    """The `watchglass_scrape_*` family, on the registry given; none registers it nowhere."""

    def __init__(self, registry: CollectorRegistry | None) -> None:
        self.scrapes = Counter("watchglass_scrapes", "Scrapes, by what came of them.", ["result"], registry=registry)
        self.samples = Counter(
            "watchglass_scrape_samples", "Samples that scrapes handed to the store.", registry=registry
        )
        self.left_out = Counter(
            "watchglass_scrape_samples_left_out",
            "Samples of good scrapes that were not stored, by reason.",
            ["reason"],
            registry=registry,
        )
        for reason in LEFT_OUT:  # at 0 from the start, so that the first one is an increase
            self.left_out.labels(reason)
        self.series_left_out = Counter(
            "watchglass_scrape_series_left_out",
            "Series that were beyond a limit of their target or metric.",
            registry=registry,
        )
        self.body_bytes = Counter(
            "watchglass_scrape_body_bytes", "Bytes of scraped bodies, as they came.", registry=registry
        )
        self.durations = Histogram(
            "watchglass_scrape_duration_seconds",
            "Time from asking a target until its samples are handed to the store.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
            registry=registry,
        )

    def count_left_out(self, counts: ScrapeCounts) -> None:
        """Count what a scrape left out before the store saw it."""
        for reason in LEFT_OUT:
            number = getattr(counts, reason)
            if number:
                self.left_out.labels(reason).inc(number)
