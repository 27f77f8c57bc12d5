"""Our own settings: one row each, and everything else about them is made from the rows.

A row is a field of `Settings`. From it come the key in `watchglass.yml`, the environment variable, the flags, the line
in `--help` and the line in docs/configuration.md. Precedence: flag > environment > file > default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from watchglass.config import kinds
from watchglass.config.kinds import Kind, within

DAY_MS = 86_400_000
MEBIBYTE = 1024**2


@dataclass(frozen=True, slots=True)
class Row:
    """One setting, as all its readers and its documentation see it."""

    name: str
    attribute: str
    kind: Kind
    default: object
    help: str
    aliases: tuple[str, ...]
    variable: str = ""  # a name that other programs have for its environment variable

    @property
    def flags(self) -> tuple[str, ...]:
        """Every flag that sets it, ours first."""
        own = "--" + self.name.replace("_", "-")
        return (own, *(flag for flag in self.aliases if flag != own))

    @property
    def env(self) -> str:
        """Its environment variable."""
        return "WATCHGLASS_" + self.name.replace(".", "_").upper()

    @property
    def default_text(self) -> str:
        """The default as a user would write it; empty where there is none."""
        if isinstance(self.default, tuple):
            return ", ".join(self.default)
        if isinstance(self.default, bool):
            return str(self.default).lower()
        return self.kind.show(self.default) if isinstance(self.default, int) else str(self.default)


def row(name: str, kind: Kind, default: object, text: str, *aliases: str, variable: str = "") -> Any:
    """A field of `Settings`; `aliases` are further flags, `variable` a further environment variable."""
    metadata = {"name": name, "kind": kind, "help": text, "aliases": aliases, "variable": variable}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Invocation:
    """How the process was started: enough to read its settings again on reload.

    Attributes:
        flags: dotted setting name to the texts given for it.
        flag_names: dotted setting name to the flag as it was typed, for messages.
        ignored: flags that were typed and have no effect.
        environment: the environment variables.
        settings_file: what `--settings` said; empty to look for `watchglass.yml`.
        folder: the working folder, from which flags and the environment mean relative paths.
    """

    flags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    flag_names: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    settings_file: str = ""
    folder: Path = field(default_factory=Path.cwd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the process was told; durations are milliseconds, sizes bytes, 0 and empty mean none."""

    config: str = row(
        "config",
        kinds.PATH,
        "",
        "The prometheus.yml to run; without one this machine and Watchglass itself are watched",
        "--config.file",
    )
    data: str = row("data", kinds.PATH, "./data", "Folder that holds everything stored", "--storage.tsdb.path")
    strict: bool = row(
        "strict", kinds.BOOLEAN, False, "Refuse a configuration that uses anything Watchglass does not do yet"
    )
    open: bool = row("open", kinds.BOOLEAN, False, "Open the page in a browser once it is there")
    time_zone: str = row(
        "time_zone", kinds.TIME_ZONE, "", "The time zone in which days begin (IANA name); the machine's unless set"
    )
    packs: tuple[str, ...] = row(
        "packs",
        kinds.PACKS,
        (),
        "Packs to switch on: names of those that ship, or folders of your own; may be given several times",
        "--pack",
    )
    pack_targets: tuple[str, ...] = row(
        "pack.targets",
        kinds.PACK_TARGETS,
        (),
        "Where the jobs of packs are: JOB=HOST:PORT, in the place of what their guides say",
    )
    pack_jobs: tuple[str, ...] = row("pack.jobs", kinds.NAMES, (), "Optional jobs of packs to scrape")
    pack_rates: tuple[str, ...] = row(
        "pack.rates",
        kinds.RATES,
        (),
        "What one of a currency is worth in dollars: its balance is shown in dollars, too, with the rate, and never added",
    )
    pack_as_written: tuple[str, ...] = row(
        "pack.as_written",
        kinds.NAMES,
        (),
        "Packs whose dashboards, rules and routes are as their guides have them, mistakes included",
    )
    pack_secrets: str = row(
        "pack.secrets",
        kinds.PATH,
        "",
        "Folder of the secrets that routes of packs name, with a folder for each pack: DIR/awareness_network/secrets/slack_api_url; without it they lie in the packs themselves, which is of use for packs of one's own",
    )
    alertmanager_config: str = row(
        "alertmanager.config", kinds.PATH, "", "An alertmanager.yml, by which alerts are routed"
    )

    alertmanager_notification_queue_capacity: int = row(
        "alertmanager.notification_queue_capacity",
        within(kinds.WHOLE, 1, 10**7),
        10_000,
        "Alerts that may wait for one Alertmanager elsewhere; beyond it the oldest are dropped",
    )
    alertmanager_notification_batch_size: int = row(
        "alertmanager.notification_batch_size",
        within(kinds.WHOLE, 1, 10**6),
        256,
        "The most alerts in one request to an Alertmanager elsewhere",
    )
    alertmanager_drain_notification_queue_on_shutdown: bool = row(
        "alertmanager.drain_notification_queue_on_shutdown",
        kinds.BOOLEAN,
        True,
        "Send what still waits for an Alertmanager elsewhere before the process ends",
    )

    web_listen: tuple[str, ...] = row(
        "web.listen",
        kinds.LISTEN,
        ("127.0.0.1:9090",),
        "Addresses to listen on; may be given several times",
        "--listen",
        "--web.listen-address",
    )
    web_port: int = row("web.port", kinds.PORT, 0, "Replaces the port of the first listen address", "--server.port")
    web_address: str = row(
        "web.address", kinds.HOST, "", "Replaces the host of the first listen address", "--server.address"
    )
    web_external_url: str = row("web.external_url", kinds.URL, "", "The address at which a proxy shows Watchglass")
    web_allowed_hosts: tuple[str, ...] = row(
        "web.allowed_hosts", kinds.HOST_NAMES, (), "Further host names that a browser may use for a loopback listener"
    )
    web_allow_anonymous: bool = row(
        "web.allow_anonymous", kinds.BOOLEAN, False, "Allow a listener that other machines can reach without login"
    )
    web_cors_origins: tuple[str, ...] = row(
        "web.cors_origins", kinds.ORIGINS, (), "Origins whose pages may read answers"
    )
    web_enable_lifecycle: bool = row(
        "web.enable_lifecycle",
        kinds.BOOLEAN,
        False,
        "Allow POST /-/reload and /-/quit to all; unless set, this machine may reload",
    )
    web_tls_cert: str = row(
        "web.tls_cert", kinds.PATH, "", "Certificate chain (PEM); with it every listener speaks HTTPS"
    )
    web_tls_key: str = row("web.tls_key", kinds.PATH, "", "Private key (PEM) of web.tls_cert")

    log_level: str = row(
        "log.level",
        kinds.choice("debug", "info", "warning", "error", warn="warning"),
        "info",
        "The least severe message to log",
    )
    log_format: str = row(
        "log.format",
        kinds.choice("text", "json", logfmt="text"),
        "text",
        "One readable line, or one JSON object, a message",
    )

    retention_time_ms: int = row(
        "retention.time",
        kinds.DURATION,
        30 * DAY_MS,
        "How long samples are kept; 0 means for ever",
        "--storage.tsdb.retention.time",
    )
    retention_size_bytes: int = row(
        "retention.size",
        within(kinds.BYTES, 16 * MEBIBYTE, zero=True),
        10 * 1024 * MEBIBYTE,
        "How large the data folder may grow; 0 means without bound",
        "--storage.tsdb.retention.size",
    )

    query_timeout_ms: int = row("query.timeout", kinds.SPAN, 120_000, "The longest a query may take")
    query_max_samples: int = row(
        "query.max_samples", within(kinds.WHOLE, 1, 10**12), 50_000_000, "The most samples a query may load"
    )
    query_max_points: int = row(
        "query.max_points",
        within(kinds.WHOLE, 1, 1_000_000),
        11_000,
        "The most steps a range query may have between its start and end",
    )
    query_max_text: int = row(
        "query.max_text", within(kinds.WHOLE, 1, 262_144), 262_144, "The most characters a query may have"
    )
    query_max_label_value: int = row(
        "query.max_label_value",
        within(kinds.WHOLE, 1, 2**30),
        1024 * 1024,
        "The most characters of one label value that a query writes",
    )
    query_max_label_text: int = row(
        "query.max_label_text",
        within(kinds.WHOLE, 1, 2**40),
        256 * 1024 * 1024,
        "The most characters of label values that one query writes or answers with",
    )
    query_memory_bytes: int = row(
        "query.memory",
        within(kinds.BYTES, 16 * MEBIBYTE, zero=True),
        768 * MEBIBYTE,
        "Memory that all running queries and their answers may take, those of one client three quarters; 0 means without bound",
    )
    query_active_log: bool = row(
        "query.active_log", kinds.BOOLEAN, True, "Log at the start which queries ran when the last process died"
    )
    query_max_concurrency: int = row(
        "query.max_concurrency",
        within(kinds.WHOLE, 1, 10_000),
        200,
        "Queries running or waiting at once; more are refused",
    )
    query_threads: int = row("query.threads", within(kinds.WHOLE, 1, 256), 2, "Threads that evaluate queries")
    query_cache_bytes: int = row(
        "query.cache", kinds.SIZE, 64 * MEBIBYTE, "Memory for results of range queries, of which a refresh reuses steps"
    )
    query_lookback_ms: int = row(
        "query.lookback",
        kinds.DURATION,
        300_000,
        "How far back an instant selector looks for a sample",
        "--query.lookback-delta",
    )

    rules_max_concurrent_evals: int = row(
        "rules.max_concurrent_evals",
        within(kinds.WHOLE, 1, 256),
        4,
        "Groups of rules evaluated at once; one that takes more than 2 s no longer counts",
    )
    rules_max_alerts: int = row(
        "rules.max_alerts", within(kinds.WHOLE, 1, 10**7), 10_000, "The most alerts that one rule may have at once"
    )
    rules_max_series: int = row(
        "rules.max_series", within(kinds.WHOLE, 1, 10**8), 100_000, "The most series that one rule may record"
    )
    rules_templates_timeout_ms: int = row(
        "rules.templates_timeout",
        within(kinds.DURATION, 1),
        30_000,
        "How long the templates of one evaluation of a rule may take together",
    )
    rules_alert_resend_delay_ms: int = row(
        "rules.alert.resend_delay",
        kinds.DURATION,
        60_000,
        "After how long an alert that goes on firing is told again",
    )
    rules_alert_for_outage_tolerance_ms: int = row(
        "rules.alert.for_outage_tolerance",
        kinds.DURATION,
        3_600_000,
        "After a restart alerts go on waiting where they were, if no more time has passed than this",
    )
    rules_alert_for_grace_period_ms: int = row(
        "rules.alert.for_grace_period",
        kinds.DURATION,
        600_000,
        "How long an alert that was found again waits after a restart at least",
    )

    rules_watch_self: bool = row(
        "rules.watch_self",
        kinds.BOOLEAN,
        True,
        "Evaluate rules about Watchglass itself too: scrapes, rules, disk, notifications",
    )

    templates_max_source: int = row(
        "templates.max_source",
        within(kinds.WHOLE, 1000, 1 << 28),
        1 << 18,
        "The most characters that a file of templates, or one field, may have",
    )
    templates_max_output: int = row(
        "templates.max_output",
        within(kinds.WHOLE, 1000, 1 << 28),
        4 << 20,
        "The most characters that one template may write, and that one text may have on the way",
    )
    templates_max_built: int = row(
        "templates.max_built",
        within(kinds.WHOLE, 1000, 1 << 32),
        64 << 20,
        "The most characters of all texts that one rendering of a template may build on the way",
    )
    templates_max_steps: int = row(
        "templates.max_steps",
        within(kinds.WHOLE, 100, 10**10),
        1_000_000,
        "The most actions that one rendering of a template may evaluate, each turn of a loop counted",
    )
    templates_max_depth: int = row(
        "templates.max_depth",
        within(kinds.WHOLE, 5, 150),
        100,
        "How deep blocks, parentheses and calls of templates may lie in one another",
    )
    templates_timeout_ms: int = row(
        "templates.timeout", within(kinds.SECONDS, 10, DAY_MS), 5_000, "How long one rendering of a template may take"
    )

    watchdog_receiver: str = row(
        "watchdog.receiver",
        kinds.TEXT,
        "",
        "The receiver that an alert goes to which always fires, such as a dead man's switch; without one there is no such alert",
    )
    watchdog_interval_ms: int = row(
        "watchdog.interval", within(kinds.DURATION, 1000, 7 * DAY_MS), 300_000, "How often it is told"
    )
    watchdog_missed: int = row(
        "watchdog.missed",
        within(kinds.WHOLE, 2, 1000),
        3,
        "After so many intervals in which it was not delivered another alert fires",
    )

    sources_prometheus_url: str = row(
        "sources.prometheus.url",
        kinds.SOURCE_URL,
        "",
        "A Prometheus-compatible server that dashboards ask instead of the built-in metrics; may hold user and password",
        variable="PROMETHEUS_URL",
    )
    sources_prometheus_timeout_ms: int = row(
        "sources.prometheus.timeout", kinds.SPAN, 30_000, "The longest a query to that server may take"
    )
    sources_prometheus_retries: int = row(
        "sources.prometheus.retries",
        within(kinds.WHOLE, 0, 10),
        2,
        "How often a query is sent again that met nobody",
    )
    sources_prometheus_answer_limit_bytes: int = row(
        "sources.prometheus.answer_limit",
        within(kinds.BYTES, MEBIBYTE // 16),
        64 * MEBIBYTE,
        "The largest unpacked answer taken from it",
    )
    sources_prometheus_bearer_token_file: str = row(
        "sources.prometheus.bearer_token_file", kinds.PATH, "", "File with a token for it, read with each query"
    )
    sources_prometheus_basic_auth_user: str = row(
        "sources.prometheus.basic_auth_user",
        kinds.TEXT,
        "",
        "User for it, where the URL names none; needs the password file",
    )
    sources_prometheus_basic_auth_password_file: str = row(
        "sources.prometheus.basic_auth_password_file", kinds.PATH, "", "File with that user's password"
    )
    sources_prometheus_tenant: str = row(
        "sources.prometheus.tenant", kinds.TEXT, "", "Whose metrics to ask a Mimir of many tenants for (X-Scope-OrgID)"
    )
    sources_prometheus_ca_file: str = row(
        "sources.prometheus.ca_file", kinds.PATH, "", "Certificates (PEM) to trust instead of the system's"
    )
    sources_prometheus_insecure_skip_verify: bool = row(
        "sources.prometheus.insecure_skip_verify", kinds.BOOLEAN, False, "Take any certificate of it"
    )
    sources_settled_after_ms: int = row(
        "sources.settled_after",
        kinds.DURATION,
        600_000,
        "Older samples of another server are taken as final, so that a refresh need not ask for them again",
    )

    dashboards_provisioning: str = row(
        "dashboards.provisioning",
        kinds.PATH,
        "",
        "A provider file in Grafana's form, or a folder of them; the dashboards of its folders are shown and followed",
    )
    dashboards_folders: tuple[str, ...] = row(
        "dashboards.folders",
        kinds.PATHS,
        (),
        "Folders of dashboards (JSON) to show and follow, without a provider file",
    )
    dashboards_versions: int = row(
        "dashboards.versions",
        within(kinds.WHOLE, 0, 1_000_000),
        100,
        "Versions of a dashboard that are kept; 0 means all",
    )
    dashboards_size_limit_bytes: int = row(
        "dashboards.size_limit",
        within(kinds.BYTES, MEBIBYTE // 64, 256 * MEBIBYTE),
        8 * MEBIBYTE,
        "The largest document of a dashboard that is taken",
    )
    dashboards_import_limit_bytes: int = row(
        "dashboards.import_limit",
        within(kinds.BYTES, MEBIBYTE // 64, 1024 * MEBIBYTE),
        64 * MEBIBYTE,
        "The largest import of many dashboards that is taken",
    )
    dashboards_limit: int = row(
        "dashboards.limit", within(kinds.WHOLE, 1, 1_000_000), 10_000, "The most dashboards that are kept"
    )
    dashboards_auto_refresh: bool = row(
        "dashboards.auto_refresh",
        kinds.BOOLEAN,
        True,
        "Dashboards refresh by themselves that do not say whether they do",
        variable="AUTO_REFRESH",
    )
    dashboards_refresh_ms: int = row(
        "dashboards.refresh",
        within(kinds.SECONDS, 1000, DAY_MS, zero=True),
        30_000,
        "How often dashboards refresh that do not say it themselves; 0 means never",
        variable="REFRESH_INTERVAL",
    )
    dashboards_deleted_age_ms: int = row(
        "dashboards.deleted_age",
        within(kinds.DURATION, 60_000),
        30 * DAY_MS,
        "How long a deleted dashboard can be had back",
    )
    dashboards_deleted_limit: int = row(
        "dashboards.deleted_limit",
        within(kinds.WHOLE, 1, 1_000_000),
        1000,
        "Deleted dashboards that are kept; beyond it those go that were deleted first",
    )
    dashboards_annotations: int = row(
        "dashboards.annotations",
        within(kinds.WHOLE, 1, 10_000_000),
        100_000,
        "Annotations that are kept; beyond it the oldest go",
    )

    alerting_max_alerts: int = row(
        "alerting.max_alerts",
        within(kinds.WHOLE, 1, 10_000_000),
        200_000,
        "Alerts that are known at once; more are refused",
    )
    alerting_retention_ms: int = row(
        "alerting.retention",
        within(kinds.DURATION, 60_000),
        5 * DAY_MS,
        "How long ended silences and the notification log are kept",
    )
    alerting_max_silences: int = row(
        "alerting.max_silences",
        within(kinds.WHOLE, 0, zero=True),
        10_000,
        "Silences that are kept; 0 means without bound",
    )
    alerting_silence_size_limit_bytes: int = row(
        "alerting.silence_size_limit", kinds.SIZE, MEBIBYTE // 16, "The largest silence; 0 means without bound"
    )
    alerting_history_age_ms: int = row(
        "alerting.history_age",
        within(kinds.DURATION, 60_000),
        90 * DAY_MS,
        "How long it is remembered when alerts fired and who was told",
    )
    alerting_history_limit: int = row(
        "alerting.history_limit",
        within(kinds.WHOLE, 1),
        1_000_000,
        "Alerts and notifications that are remembered; beyond it the oldest go",
    )
    alerting_body_limit_bytes: int = row(
        "alerting.body_limit",
        within(kinds.BYTES, 1024, 1024 * MEBIBYTE),
        16 * MEBIBYTE,
        "The largest request with alerts or a silence that is taken",
    )
    alerting_max_sends: int = row(
        "alerting.max_sends",
        within(kinds.WHOLE, 1, 10_000),
        100,
        "Notifications that are under way at once to one receiver; further ones wait",
    )
    alerting_send_timeout_ms: int = row(
        "alerting.send_timeout",
        within(kinds.SECONDS, 100, DAY_MS),
        30_000,
        "How long one attempt to send a notification may take where its receiver has no shorter `timeout`",
    )
    alerting_send_connections: int = row(
        "alerting.send_connections",
        within(kinds.WHOLE, 1, 1000),
        8,
        "Connections to one receiver at once",
    )
    alerting_send_answer_limit_bytes: int = row(
        "alerting.send_answer_limit",
        within(kinds.BYTES, 1024),
        64 * 1024,
        "Of what a receiver answers, no more is read",
    )

    store_commit_interval_ms: int = row(
        "store.commit_interval",
        within(kinds.DURATION, 0, 60_000),
        100,
        "The longest a sample waits before it is on disk",
    )
    store_cache_bytes: int = row(
        "store.cache", kinds.SIZE, 128 * MEBIBYTE, "Memory for decoded chunks that queries read again"
    )
    store_out_of_order_window_ms: int = row(
        "store.out_of_order_window",
        kinds.DURATION,
        0,
        "How much older than its series' newest a sample may be and still be taken",
    )

    scrape_body_limit_bytes: int = row(
        "scrape.body_limit",
        kinds.SIZE,
        64 * MEBIBYTE,
        "The largest unpacked answer of a target whose job sets no body_size_limit; 0 means without bound",
    )
    scrape_series_per_target: int = row(
        "scrape.series_per_target",
        within(kinds.WHOLE, 0, zero=True),
        0,
        "The most series that one target may have; those beyond are left out and counted; 0 means without bound",
    )
    scrape_series_per_metric: int = row(
        "scrape.series_per_metric",
        within(kinds.WHOLE, 0, zero=True),
        0,
        "The most series that one target may have of one metric name; those beyond are left out and counted; 0 means without bound",
    )
    scrape_self: bool = row("scrape.self", kinds.BOOLEAN, True, "Collect the metrics of Watchglass itself")

    host_enabled: bool = row(
        "host.enabled", kinds.BOOLEAN, True, "Collect the metrics of this machine, as node_exporter does"
    )
    host_interval_ms: int = row("host.interval", within(kinds.DURATION, 100), 15_000, "How often this machine is read")
    host_procfs: str = row("host.procfs", kinds.PATH, "/proc", "Where the machine's procfs is mounted", "--path.procfs")
    host_sysfs: str = row("host.sysfs", kinds.PATH, "/sys", "Where the machine's sysfs is mounted", "--path.sysfs")
    host_rootfs: str = row(
        "host.rootfs", kinds.PATH, "/", "Where the machine's root file system is mounted", "--path.rootfs"
    )
    host_mounts_exclude: str = row(
        "host.mounts_exclude",
        kinds.PATTERN,
        r"^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)",
        "Mount points to leave out",
        "--collector.filesystem.mount-points-exclude",
    )
    host_mounts_include: str = row(
        "host.mounts_include",
        kinds.PATTERN,
        "",
        "When set, only these mount points",
        "--collector.filesystem.mount-points-include",
    )
    host_disks_exclude: str = row(
        "host.disks_exclude",
        kinds.PATTERN,
        r"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$",
        "Disk devices to leave out",
        "--collector.diskstats.device-exclude",
    )
    host_disks_include: str = row(
        "host.disks_include",
        kinds.PATTERN,
        "",
        "When set, only these disk devices",
        "--collector.diskstats.device-include",
    )
    host_networks_exclude: str = row(
        "host.networks_exclude", kinds.PATTERN, "", "Network devices to leave out", "--collector.netdev.device-exclude"
    )
    host_networks_include: str = row(
        "host.networks_include",
        kinds.PATTERN,
        "",
        "When set, only these network devices",
        "--collector.netdev.device-include",
    )
    gpu_enabled: bool = row(
        "gpu.enabled", kinds.BOOLEAN, True, "Collect the metrics of NVIDIA GPUs, where there are any"
    )

    path: str = ""
    """The settings file that was read; empty when none was."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each setting that is not a default was set: `flag --data`, `environment ...`, `watchglass.yml:3`."""
    notices: tuple[str, ...] = ()
    """What was accepted and is not used yet, to be logged once."""
    invocation: Invocation = field(default_factory=Invocation, repr=False, compare=False)
    """How to read them again: `load_settings(settings.invocation)`."""

    @property
    def listen(self) -> tuple[str, ...]:
        """The listen addresses after `web.port` and `web.address` had their say."""
        if not self.web_listen:
            return ()
        host, _, port = self.web_listen[0].rpartition(":")
        first = kinds.parse_listen(f"{self.web_address or host}:{self.web_port or port}")
        return (first, *self.web_listen[1:])

    def is_set(self, name: str) -> bool:
        """Tell whether somebody set `name`, be it to the default."""
        return name in self.origins


@cache
def rows() -> tuple[Row, ...]:
    """Every setting, in the order of the documentation."""
    return tuple(
        Row(attribute=item.name, default=item.default, **item.metadata)
        for item in fields(Settings)
        if item.metadata and item.default is not MISSING
    )


@cache
def rows_by_name() -> Mapping[str, Row]:
    """Every setting by its dotted name."""
    return {item.name: item for item in rows()}


FOREIGN_ENVIRONMENT: Mapping[str, str] = {
    "JAEGER_URL": "traces are not collected yet",
    "LOKI_URL": "logs are not collected yet",
    "DATABASE_URL": "the ledger of LLM calls is not kept yet",
    "PROMETHEUS_ENABLED": "it is meant for the monitored application",
    "PROMETHEUS_PORT": "it is meant for the monitored application",
}
"""Variables of the documented environments that are accepted and have no effect yet, and what happens instead."""


IGNORED_FLAGS: Mapping[str, bool] = {
    "--auto-gomaxprocs": False,
    "--auto-gomemlimit": False,
    "--auto-gomemlimit.ratio": True,
    "--config.auto-reload": False,
    "--config.auto-reload-interval": True,
    "--enable-feature": True,
    "--web.max-notifications-subscribers": True,
    "--scrape.adjust-timestamps": False,
    "--scrape.discovery-reload-interval": True,
    "--scrape.timestamp-tolerance": True,
    "--storage.remote.flush-deadline": True,
    "--storage.remote.read-concurrent-limit": True,
    "--storage.remote.read-max-bytes-in-frame": True,
    "--storage.remote.read-sample-limit": True,
    "--storage.tsdb.allow-overlapping-blocks": False,
    "--storage.tsdb.head-chunks-write-queue-size": True,
    "--storage.tsdb.max-block-duration": True,
    "--storage.tsdb.min-block-duration": True,
    "--storage.tsdb.no-lockfile": False,
    "--storage.tsdb.wal-compression": False,
    "--storage.tsdb.wal-compression-type": True,
    "--storage.tsdb.wal-segment-size": True,
    "--web.console.libraries": True,
    "--web.console.templates": True,
    "--web.cors.origin": True,
    "--web.enable-admin-api": False,
    "--web.enable-otlp-receiver": False,
    "--web.enable-remote-write-receiver": False,
    "--web.max-connections": True,
    "--web.page-title": True,
    "--web.read-timeout": True,
    "--web.route-prefix": True,
    "--web.user-assets": True,
}
"""Flags of Prometheus that a command line may keep: accepted, noted, without effect. True: a value follows.

`--web.config.file` is not among them: who asks for TLS and a login must not be left without, unnoticed.
"""
