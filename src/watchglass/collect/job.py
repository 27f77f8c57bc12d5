"""Scrape jobs: what `scrape_configs` says, as plain frozen values.

Names and defaults are those of Prometheus 3.14's configuration file; durations are integer milliseconds and sizes
bytes; 0 means no limit, as there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from watchglass.model.http import HttpOptions
from watchglass.model.labels import Labels


class RelabelAction(Enum):
    """What a relabelling rule does."""

    REPLACE = "replace"
    KEEP = "keep"
    DROP = "drop"
    KEEP_EQUAL = "keepequal"
    DROP_EQUAL = "dropequal"
    HASHMOD = "hashmod"
    LABELMAP = "labelmap"
    LABELDROP = "labeldrop"
    LABELKEEP = "labelkeep"
    LOWERCASE = "lowercase"
    UPPERCASE = "uppercase"


@dataclass(frozen=True, slots=True)
class RelabelRule:
    """One entry of `relabel_configs` or `metric_relabel_configs`."""

    action: RelabelAction = RelabelAction.REPLACE
    source_labels: tuple[str, ...] = ()
    separator: str = ";"
    regex: str = "(.*)"
    target_label: str = ""
    replacement: str = "$1"
    modulus: int = 0


@dataclass(frozen=True, slots=True)
class ScrapeLimits:
    """Bounds on one scrape of one target; 0 means none."""

    body_bytes: int = 64 * 1024 * 1024  # unpacked; Prometheus has no default, we do
    samples: int = 0  # more of them fail the scrape
    labels: int = 0
    label_name_bytes: int = 0
    label_value_bytes: int = 0
    targets: int = 0
    series: int = 0  # of one target; those beyond are left out
    series_per_metric: int = 0  # of one target and metric; likewise


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Addresses that share labels, from one source (a file, a DNS name, the configuration itself)."""

    source: str
    targets: tuple[Labels, ...]  # each holds at least `__address__`
    labels: Labels = field(default_factory=Labels)


@dataclass(frozen=True, slots=True)
class FileDiscovery:
    """`file_sd_configs`."""

    files: tuple[str, ...]
    refresh_interval_ms: int = 300_000


@dataclass(frozen=True, slots=True)
class DnsDiscovery:
    """`dns_sd_configs`."""

    names: tuple[str, ...]
    type: str = "SRV"
    port: int = 0
    refresh_interval_ms: int = 30_000


@dataclass(frozen=True, slots=True)
class ProbedLength:
    """A metric that a probe makes: how many items the list `member` has in the JSON that `path` answers with."""

    metric: str
    path: str
    member: str


@dataclass(frozen=True, slots=True)
class Probe:
    """In the place of a scrape: whether a target answers its `metrics_path` with 2xx, and lengths of lists besides."""

    lengths: tuple[ProbedLength, ...] = ()


@dataclass(frozen=True, slots=True)
class ScrapeJob:
    """One entry of `scrape_configs`, global defaults filled in."""

    name: str
    scrape_interval_ms: int = 60_000
    scrape_timeout_ms: int = 10_000
    scheme: str = "http"
    metrics_path: str = "/metrics"
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    honor_labels: bool = False
    honor_timestamps: bool = True
    track_timestamps_staleness: bool = False
    scrape_protocols: tuple[str, ...] = (
        "OpenMetricsText1.0.0",
        "OpenMetricsText0.0.1",
        "PrometheusText1.0.0",
        "PrometheusText0.0.4",
    )
    fallback_scrape_protocol: str = ""  # empty: a target without a usable Content-Type fails
    enable_compression: bool = True
    limits: ScrapeLimits = ScrapeLimits()
    http: HttpOptions = field(default_factory=HttpOptions)
    static: tuple[TargetGroup, ...] = ()
    discovery: tuple[FileDiscovery | DnsDiscovery, ...] = ()
    unsupported: tuple[
        str, ...
    ] = ()  # discovery kinds that Prometheus has and we do not, such as kubernetes_sd_configs
    relabel: tuple[RelabelRule, ...] = ()
    metric_relabel: tuple[RelabelRule, ...] = ()
    external_labels: Labels = field(default_factory=Labels)
    probe: Probe | None = None  # of packs' jobs; no `prometheus.yml` says it
