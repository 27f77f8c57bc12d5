"""The sections `global` and `storage` of `prometheus.yml`, and the table of all its sections.

Source: prometheus/prometheus, config/config.go (GlobalConfig, StorageConfig, Config).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from watchglass.collect.job import ScrapeLimits
from watchglass.config.outside import alerting, otlp, remote_read, remote_write, tracing
from watchglass.config.relabel import LEGACY_LABEL
from watchglass.config.scrape import PROTOCOLS, SHARED, jobs, note_no_effect
from watchglass.model.labels import Labels
from watchglass.wire.schema import (
    Context,
    Section,
    Table,
    choice,
    duration,
    integer,
    join,
    labels,
    number,
    path,
    section,
    size,
)
from watchglass.wire.yaml import Node


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """`global`, with the defaults of Prometheus 3.14. In `limits`, 0 means not set."""

    scrape_interval_ms: int = 60_000
    scrape_timeout_ms: int = 10_000
    evaluation_interval_ms: int = 60_000
    rule_query_offset_ms: int = 0
    scrape_protocols: tuple[str, ...] = PROTOCOLS
    limits: ScrapeLimits = field(default_factory=lambda: ScrapeLimits(body_bytes=0))
    external_labels: Labels = field(default_factory=Labels)
    query_log_file: str = ""
    name_validation: str = "utf8"
    name_escaping: str = ""

    def with_external_labels(self, external: Labels) -> GlobalOptions:
        """The same with other external labels."""
        return replace(self, external_labels=external)


def _global(read: Section, context: Context) -> GlobalOptions:
    default = GlobalOptions()
    interval_ms = read.get("scrape_interval") or default.scrape_interval_ms
    timeout_ms = read.get("scrape_timeout") or min(default.scrape_timeout_ms, interval_ms)
    if timeout_ms > interval_ms:
        raise read.error("global scrape timeout greater than scrape interval", "scrape_timeout")
    validation = read.get("metric_name_validation_scheme") or default.name_validation
    for name, _ in read.get("external_labels", ()):
        if validation == "legacy" and not LEGACY_LABEL.fullmatch(name):
            raise read.error(f'"{name}" is not a valid label name', "external_labels")
    note_no_effect(read, context)
    if read.get("query_log_file"):
        context.notice(read.nodes["query_log_file"], join(read.key, "query_log_file"), "has no effect yet")
    return GlobalOptions(
        scrape_interval_ms=interval_ms,
        scrape_timeout_ms=timeout_ms,
        evaluation_interval_ms=read.get("evaluation_interval") or default.evaluation_interval_ms,
        rule_query_offset_ms=read.get("rule_query_offset", 0),
        scrape_protocols=read.get("scrape_protocols") or default.scrape_protocols,
        limits=ScrapeLimits(
            body_bytes=read.get("body_size_limit", 0),
            samples=read.get("sample_limit", 0),
            labels=read.get("label_limit", 0),
            label_name_bytes=read.get("label_name_length_limit", 0),
            label_value_bytes=read.get("label_value_length_limit", 0),
            targets=read.get("target_limit", 0),
        ),
        external_labels=read.get("external_labels", Labels()),
        query_log_file=read.get("query_log_file", ""),
        name_validation=validation,
        name_escaping=read.get("metric_name_escaping_scheme", ""),
    )


GLOBAL: Table = {
    **SHARED,
    "evaluation_interval": duration,
    "rule_query_offset": duration,
    "query_log_file": path,
    "external_labels": labels,
}

_FILE_GLOB = re.compile(r"[^*]*(\*[^/]*)?")


def _globs(what: str) -> Any:
    """A parser of a list of file globs, which may hold stars in their last part only."""

    def parse(node: Node, key: str, context: Context) -> tuple[str, ...]:
        found = []
        for index, item in enumerate(node.items(key)):
            name = item.text(f"{key}[{index}]")
            if not _FILE_GLOB.fullmatch(name):
                raise item.error(f'invalid {what} file path "{name}"', f"{key}[{index}]")
            found.append(str(context.folder / name) if name else "")
        return tuple(found)

    return parse


def _tsdb(read: Section, context: Context) -> dict[str, int]:
    """Retention in either spelling: `retention: {time, size}`, and `retention.time` as a key of its own."""
    nested: Section | None = read.get("retention")
    found: dict[str, int] = {}
    for name in ("time", "size"):
        dotted = f"retention.{name}"
        if dotted in read and nested is not None and name in nested:
            raise read.error(f"is set twice: here and as retention: {{{name}: ...}}", dotted)
        value = read.get(dotted, nested.get(name) if nested is not None else None)
        if value is not None and value < 0:
            raise read.error(f"'storage.tsdb.retention.{name}' must be greater than or equal to 0, got {value}", dotted)
        if value:
            found[name] = value
    percentage = nested.get("percentage", 0) if nested is not None else 0
    if not 0 <= percentage <= 100:
        raise read.error(
            f"'storage.tsdb.retention.percentage' must be in the range [0, 100], got {percentage:g}", "retention"
        )
    for name, is_set in (
        ("retention", percentage),
        ("chunk_encoding", True),
        ("stale_series_compaction_threshold", True),
    ):
        if read.get(name) and is_set:
            context.notice(read.nodes[name], join(read.key, name), "has no effect yet")
    if "out_of_order_time_window" in read:
        found["out_of_order"] = read.get("out_of_order_time_window")
    return found


_FLOATS = choice(
    "", "xor", "xor2",
    message="'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2', or the field must be omitted entirely, got \"{}\"",
)  # fmt: skip

STORAGE: Table = {
    "tsdb": section(
        {
            "out_of_order_time_window": duration,
            "stale_series_compaction_threshold": number,
            "chunk_encoding": section({"floats": _FLOATS}),
            "retention": section({"time": duration, "size": size, "percentage": number}),
            "retention.time": duration,
            "retention.size": size,
        },
        _tsdb,
    ),
    "exemplars": section({"max_exemplars": integer}),
}

TOP: Table = {
    "global": section(GLOBAL, _global),
    "runtime": section({"gogc": integer}),
    "alerting": alerting,
    "rule_files": _globs("rule"),
    "scrape_config_files": _globs("scrape config"),
    "scrape_configs": jobs,
    "storage": section(STORAGE),
    "tracing": tracing,
    "remote_write": remote_write,
    "remote_read": remote_read,
    "otlp": otlp,
}
"""The keys of the file."""
