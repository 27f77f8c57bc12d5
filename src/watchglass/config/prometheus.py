"""An unchanged `prometheus.yml` of Prometheus 3.14: every key known, checked with Prometheus's rules and messages.

What Watchglass does not do yet is accepted and listed in `notices`; a discovery that it does not have is named in the
job, so that the Targets page can show it while the rest runs. `strict` refuses both.
Source: prometheus/prometheus, config/config.go.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchglass.collect.job import ScrapeJob
from watchglass.config.alerting import build_alerting
from watchglass.config.expand import expand_variables
from watchglass.config.outside import UTF8_STRATEGIES
from watchglass.config.scrape import SCRAPE_FILE, build_job, check_job_name
from watchglass.config.sections import TOP, GlobalOptions
from watchglass.errors import ConfigError
from watchglass.model.labels import Labels
from watchglass.rules.alertmanagers import AlertingConfig
from watchglass.wire.faults import Faults
from watchglass.wire.redact import render
from watchglass.wire.schema import Context, Notice, Section, read_section
from watchglass.wire.yaml import load_yaml_file, parse_yaml

NOT_YET: Mapping[str, str] = {
    "otlp": "OTLP is not received yet",
    "remote_read": "remote read is not done yet",
    "remote_write": "remote write is not done yet",
    "runtime": "tunes Go, which Watchglass does not use",
    "tracing": "Watchglass does not trace itself yet",
}
"""Top-level sections without effect, and what that means."""


@dataclass(frozen=True, slots=True)
class PrometheusConfig:
    """One configuration file and the files that it includes, checked and with every default filled in.

    Attributes:
        path: the file; empty for the configuration that is used when there is none.
        text: the configuration as `status/config` shows it: comments gone, every secret `<secret>`.
        retention_time_ms: what `storage.tsdb.retention` says, None where it says nothing.
        retention_size_bytes: the same.
        out_of_order_window_ms: what `storage.tsdb.out_of_order_time_window` says, None where it says nothing.
        rule_files: globs, absolute.
        alerting: Alertmanagers elsewhere.
        notices: what is accepted and has no effect yet, to be logged once.
    """

    path: str = ""
    text: str = ""
    global_: GlobalOptions = field(default_factory=GlobalOptions)
    jobs: tuple[ScrapeJob, ...] = ()
    rule_files: tuple[str, ...] = ()
    retention_time_ms: int | None = None
    retention_size_bytes: int | None = None
    out_of_order_window_ms: int | None = None
    alerting: AlertingConfig = field(default_factory=AlertingConfig)
    notices: tuple[Notice, ...] = ()

    @property
    def external_labels(self) -> Labels:
        """`global.external_labels`, variables expanded."""
        return self.global_.external_labels


def load_prometheus_config(
    path: Path,
    *,
    environment: Mapping[str, str] | None = None,
    body_limit_bytes: int = 64 * 1024 * 1024,
    strict: bool = False,
) -> PrometheusConfig:
    """Read and check a configuration file.

    Args:
        path: the file; relative paths in it are meant from its folder.
        environment: the variables that `external_labels` may name; the process's own when None.
        body_limit_bytes: the limit of jobs that set none.
        strict: refuse what has no effect yet.

    Raises:
        ConfigError: with file, line, key and, for an unknown key, the nearest known one.
    """
    root = load_yaml_file(path)
    context = Context(path.absolute().parent)
    read = read_section(root, "", context, TOP)
    variables = os.environ if environment is None else environment
    options = _global_options(read, variables, context)
    faults = Faults()
    jobs = _build_jobs(read, options, body_limit_bytes, context, faults)
    jobs += _included_jobs(read, options, body_limit_bytes, context, faults)
    with faults.kept():
        _check_translation(read, options)
    faults.check()
    alerting = build_alerting(read.get("alerting"), context)
    _note_unused(read, context)
    if strict:
        _refuse(context.notices)
    storage: Section | None = read.get("storage")
    tsdb: Mapping[str, Any] = (storage.get("tsdb") if storage else None) or {}
    return PrometheusConfig(
        path=str(path),
        text=render(root, context.secrets),
        global_=options,
        jobs=tuple(jobs),
        rule_files=read.get("rule_files", ()),
        retention_time_ms=tsdb.get("time"),
        retention_size_bytes=tsdb.get("size"),
        out_of_order_window_ms=tsdb.get("out_of_order"),
        alerting=alerting,
        notices=tuple(sorted(context.notices, key=lambda notice: notice.line)),
    )


def redact(text: str) -> str:
    """A configuration's text as it may be shown: comments gone, every secret `<secret>`.

    Raises:
        ConfigError: it is not a valid configuration, so that nobody can tell what is secret in it.
    """
    root = parse_yaml(text)
    context = Context()
    read_section(root, "", context, TOP)
    return render(root, context.secrets)


def _global_options(read: Section, variables: Mapping[str, str], context: Context) -> GlobalOptions:
    options: GlobalOptions = read.get("global") or GlobalOptions()
    expanded = {}
    for name, value in options.external_labels:
        expanded[name], empty = expand_variables(value, variables)
        for variable in empty:
            key = f"global.external_labels.{name}"
            context.notice(read.nodes["global"], key, f'environment variable "{variable}" is empty')
    return options.with_external_labels(Labels.of(expanded))


def _build_jobs(read: Section, options: GlobalOptions, limit: int, context: Context, faults: Faults) -> list[ScrapeJob]:
    jobs = []
    for job in read.get("scrape_configs", ()):
        with faults.kept():
            jobs.append(build_job(job, options, limit, context))
    return jobs


def _included_jobs(
    read: Section, options: GlobalOptions, limit: int, context: Context, faults: Faults
) -> list[ScrapeJob]:
    """Jobs of `scrape_config_files`; their paths are meant from their own folder."""
    seen = {job.get("job_name"): "main config file" for job in read.get("scrape_configs", ())}
    jobs = []
    for pattern in read.get("scrape_config_files", ()):
        for name in sorted(glob.glob(pattern)):  # noqa: PTH207 - Path.glob takes no absolute pattern
            file = Path(name)
            inner = Context(file.absolute().parent, context.secrets, context.notices)
            with faults.kept():
                included = read_section(load_yaml_file(file), "", inner, SCRAPE_FILE)
                for job in included.get("scrape_configs", ()):
                    check_job_name(job, seen, f'"{file.absolute()}"')
                jobs += _build_jobs(included, options, limit, inner, faults)
    return jobs


def _check_translation(read: Section, options: GlobalOptions) -> None:
    otlp: Section | None = read.get("otlp")
    strategy = otlp.get("translation_strategy") if otlp is not None else ""
    if otlp is not None and strategy in UTF8_STRATEGIES and options.name_validation == "legacy":
        message = f'OTLP translation strategy "{strategy}" is not allowed when UTF8 is disabled'
        raise otlp.error(message, "translation_strategy")


def _note_unused(read: Section, context: Context) -> None:
    for name, message in NOT_YET.items():
        if name in read and read.get(name) != ():
            context.notice(read.nodes[name], name, message)


def _refuse(notices: list[Notice]) -> None:
    faults = Faults()
    for notice in sorted(notices, key=lambda notice: notice.line):
        faults.add(ConfigError(f"{notice.message} (--strict)", path=notice.path, line=notice.line, key=notice.key))
    faults.check()
