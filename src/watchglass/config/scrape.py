"""`scrape_configs`: one section a job, and the job that comes of it once the global defaults are known.

Source: prometheus/prometheus, config/config.go (ScrapeConfig.UnmarshalYAML and Validate, GlobalConfig).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from watchglass.collect.job import RelabelRule, ScrapeJob, ScrapeLimits
from watchglass.config.discovery import (
    DISCOVERY,
    check_static_addresses,
    dynamic_discovery,
    static_groups,
    unsupported_discovery,
)
from watchglass.config.relabel import invalid_in_legacy, relabel_rules
from watchglass.wire.faults import Faults
from watchglass.wire.http_client import HTTP_CLIENT, check_http_client
from watchglass.wire.schema import (
    Context,
    Section,
    Table,
    boolean,
    duration,
    list_of,
    map_of,
    number,
    path,
    section,
    size,
    text,
    texts,
    unsigned,
)
from watchglass.wire.yaml import Node

if TYPE_CHECKING:
    from watchglass.config.sections import GlobalOptions

PROTOCOLS = ("OpenMetricsText1.0.0", "OpenMetricsText0.0.1", "PrometheusText1.0.0", "PrometheusText0.0.4")
"""The protocols that are asked for by default, the most wanted first."""

PROTOBUF = "PrometheusProto"
_ESCAPINGS = ("allow-utf-8", "underscores", "dots", "values")


def protocol(node: Node, key: str, context: Context) -> str:
    """The name of a scrape protocol."""
    del context
    name = node.text(key)
    known = sorted((PROTOBUF, *PROTOCOLS))
    if name not in known:
        raise node.error(f"unknown scrape protocol {name}, supported: [{' '.join(known)}]", key)
    return name


def protocols(node: Node, key: str, context: Context) -> tuple[str, ...]:
    """A list of scrape protocols, none twice; protobuf is known and left out."""
    names = [protocol(item, f"{key}[{index}]", context) for index, item in enumerate(node.items(key))]
    if not names:
        raise node.error("scrape_protocols cannot be empty", key)
    if len(set(names)) < len(names):
        raise node.error(f"duplicated protocol in scrape_protocols, got [{' '.join(names)}]", key)
    if PROTOBUF in names:
        context.notice(node, key, f"{PROTOBUF} is not asked for yet")
    return tuple(name for name in names if name != PROTOBUF) or PROTOCOLS


def validation_scheme(node: Node, key: str, context: Context) -> str:
    """`utf8` or `legacy`; empty for the default."""
    word = node.text(key)
    if word not in {"", "utf8", "legacy"}:
        raise node.error(
            f"unknown name validation method specified, must be either '', 'legacy' or 'utf8', got {word}", key
        )
    if word == "legacy":
        context.notice(node, key, "names in scraped text are still taken as UTF-8")
    return word


def escaping_scheme(node: Node, key: str, context: Context) -> str:
    """How a target is asked to escape names."""
    word = node.text(key)
    if word and word not in _ESCAPINGS:
        known = ", ".join(f"'{name}'" for name in _ESCAPINGS[:-1]) + f", or '{_ESCAPINGS[-1]}'"
        raise node.error(f'unknown name escaping method specified, must be one of {known}, got "{word}"', key)
    if word and word != "allow-utf-8":
        context.notice(node, key, "targets are still asked for UTF-8 names")
    return word


SHARED: Table = {
    "scrape_interval": duration,
    "scrape_timeout": duration,
    "scrape_protocols": protocols,
    "body_size_limit": size,
    "sample_limit": unsigned,
    "target_limit": unsigned,
    "label_limit": unsigned,
    "label_name_length_limit": unsigned,
    "label_value_length_limit": unsigned,
    "keep_dropped_targets": unsigned,
    "metric_name_validation_scheme": validation_scheme,
    "metric_name_escaping_scheme": escaping_scheme,
    "scrape_native_histograms": boolean,
    "convert_classic_histograms_to_nhcb": boolean,
    "always_scrape_classic_histograms": boolean,
    "extra_scrape_metrics": boolean,
    "scrape_failure_log_file": path,
}
"""The keys that a job may set for itself and `global` for all jobs."""

_NO_EFFECT = (
    "scrape_native_histograms",
    "convert_classic_histograms_to_nhcb",
    "extra_scrape_metrics",
    "scrape_failure_log_file",
    "native_histogram_bucket_limit",
    "native_histogram_min_bucket_factor",
)

JOB: Table = {
    **SHARED,
    "job_name": text,
    "honor_labels": boolean,
    "honor_timestamps": boolean,
    "track_timestamps_staleness": boolean,
    "params": map_of(texts),
    "fallback_scrape_protocol": protocol,
    "metrics_path": text,
    "scheme": text,
    "enable_compression": boolean,
    "native_histogram_bucket_limit": unsigned,
    "native_histogram_min_bucket_factor": number,
    "relabel_configs": relabel_rules("empty or null target relabeling rule in scrape config"),
    "metric_relabel_configs": relabel_rules("empty or null metric relabeling rule in scrape config"),
    **HTTP_CLIENT,
    **DISCOVERY,
}


def note_no_effect(read: Section, context: Context) -> None:
    """Note the keys of a job or of `global` that are accepted and have no effect yet."""
    for name in _NO_EFFECT:
        if read.get(name):
            context.notice(read.nodes[name], f"{read.key}.{name}", "has no effect yet")


def _check_job(read: Section, context: Context) -> Section:
    if not read.get("job_name"):
        raise read.error("job_name is empty")
    if not read.get("relabel_configs"):
        check_static_addresses(read)
    note_no_effect(read, context)
    for name in unsupported_discovery(read):
        context.notice(
            read.nodes[name], f"{read.key}.{name}", "this discovery is not supported: the job runs without it"
        )
    return read


_JOBS = list_of(section(JOB, _check_job), "empty or null scrape config section")


def jobs(node: Node, key: str, context: Context) -> tuple[Section, ...]:
    """A parser of `scrape_configs`: checked sections, not yet jobs."""
    found: tuple[Section, ...] = _JOBS(node, key, context)
    seen: dict[Any, str] = {}
    faults = Faults()
    for job in found:
        with faults.kept():
            check_job_name(job, seen, "")
    faults.check()
    return found


SCRAPE_FILE: Table = {"scrape_configs": jobs}
"""The keys of a file named by `scrape_config_files`."""


def check_job_name(job: Section, seen: dict[Any, str], place: str) -> None:
    """Refuse the name of a job that is taken; `seen` collects the names with the places where they stood."""
    name = job.get("job_name")
    if name in seen:
        first = f", first found in {seen[name]}" if seen[name] else ""
        raise job.error(f'found multiple scrape configs with job name "{name}"{first}', "job_name")
    seen[name] = place


def build_job(read: Section, options: GlobalOptions, body_limit_bytes: int, context: Context) -> ScrapeJob:
    """Fill a job's gaps from the global options.

    Raises:
        ConfigError: the timeout is longer than the interval, or a rule does not fit the name validation.
    """
    interval_ms = read.get("scrape_interval") or options.scrape_interval_ms
    timeout_ms = read.get("scrape_timeout") or min(options.scrape_timeout_ms, interval_ms)
    if timeout_ms > interval_ms:
        name = read.get("job_name")
        raise read.error(
            f'scrape timeout greater than scrape interval for scrape config with job name "{name}"', "scrape_timeout"
        )
    _check_names(read, options)
    return ScrapeJob(
        name=read.get("job_name"),
        scrape_interval_ms=interval_ms,
        scrape_timeout_ms=timeout_ms,
        scheme=read.get("scheme", "http"),
        metrics_path=read.get("metrics_path", "/metrics"),
        params=MappingProxyType(read.get("params", {})),
        honor_labels=read.get("honor_labels", False),
        honor_timestamps=read.get("honor_timestamps", True),
        track_timestamps_staleness=read.get("track_timestamps_staleness", False),
        scrape_protocols=read.get("scrape_protocols") or options.scrape_protocols,
        fallback_scrape_protocol=read.get("fallback_scrape_protocol", ""),
        enable_compression=read.get("enable_compression", True),
        limits=_limits(read, options, body_limit_bytes),
        http=check_http_client(read, context),
        static=static_groups(read),
        discovery=dynamic_discovery(read),
        unsupported=unsupported_discovery(read),
        relabel=read.get("relabel_configs", ()),
        metric_relabel=read.get("metric_relabel_configs", ()),
        external_labels=options.external_labels,
    )


def _limits(read: Section, options: GlobalOptions, body_limit_bytes: int) -> ScrapeLimits:
    shared = options.limits
    return ScrapeLimits(
        body_bytes=read.get("body_size_limit") or shared.body_bytes or body_limit_bytes,
        samples=read.get("sample_limit") or shared.samples,
        labels=read.get("label_limit") or shared.labels,
        label_name_bytes=read.get("label_name_length_limit") or shared.label_name_bytes,
        label_value_bytes=read.get("label_value_length_limit") or shared.label_value_bytes,
        targets=read.get("target_limit") or shared.targets,
    )


def _check_names(read: Section, options: GlobalOptions) -> None:
    """The rules of `legacy` name validation, and that escaping goes with it."""
    own = read.get("metric_name_validation_scheme")
    is_legacy = (own or options.name_validation) == "legacy"
    escaping = read.get("metric_name_escaping_scheme") or ("" if own else options.name_escaping)
    if is_legacy and escaping == "allow-utf-8":
        raise read.error("utf8 metric names requested but validation scheme is not set to UTF8")
    if is_legacy:
        for name in ("relabel_configs", "metric_relabel_configs"):
            check_legacy_rules(read, name, read.get(name, ()))


def check_legacy_rules(read: Section, name: str, rules: tuple[RelabelRule, ...]) -> None:
    """Refuse rules that make names which `legacy` validation does not allow."""
    for rule in rules:
        if wrong := invalid_in_legacy(rule):
            raise read.error(wrong, name)
