"""One configuration in force: the settings and the `prometheus.yml` that they name, read together and replaced together."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from watchglass.app.logs import set_level
from watchglass.collect.job import ScrapeJob
from watchglass.config.load import load_settings
from watchglass.config.prometheus import PrometheusConfig, load_prometheus_config
from watchglass.config.settings import Settings
from watchglass.errors import ConfigError
from watchglass.packs.asked import Enabled, Joined, parse_rate, parse_target
from watchglass.rules.definition import GroupDefinition
from watchglass.rules.read import matching_files, read_rule_files

if TYPE_CHECKING:
    from watchglass.alerting.configuration import AlertmanagerConfig

log = logging.getLogger("watchglass.app")

AT_ONCE = frozenset(
    {
        "alertmanager_config",
        "dashboards_folders",
        "dashboards_provisioning",
        "log_level",
        "packs",
        "rules_watch_self",
        "time_zone",
    }
) | {name for name in Settings.__slots__ if name.startswith(("host_", "gpu_", "scrape_", "pack_", "watchdog_"))}
"""Settings that a reload changes; others wait for a restart, and the log says so."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the process is told to do now."""

    settings: Settings
    prometheus: PrometheusConfig = field(default_factory=PrometheusConfig)
    packs: Enabled = field(default_factory=Enabled)
    joined: Joined = field(default_factory=Joined)
    rules: tuple[GroupDefinition, ...] = ()
    alertmanager: AlertmanagerConfig | None = None

    @property
    def jobs(self) -> tuple[ScrapeJob, ...]:
        """What is scraped over HTTP: the jobs of the `prometheus.yml`, then those of packs."""
        jobs = (*self.prometheus.jobs, *self.joined.jobs)
        of_target, of_metric = self.settings.scrape_series_per_target, self.settings.scrape_series_per_metric
        if not (of_target or of_metric):
            return jobs
        return tuple(
            replace(job, limits=replace(job.limits, series=of_target, series_per_metric=of_metric)) for job in jobs
        )

    @property
    def notices(self) -> tuple[str, ...]:
        """What is accepted and has no effect yet."""
        routing = self.alertmanager.notices if self.alertmanager else ()
        return (*self.settings.notices, *map(str, (*self.prometheus.notices, *routing)))

    @property
    def goes_both_ways(self) -> bool:
        """Tell whether alerts are routed here and sent to Alertmanagers elsewhere, too."""
        return self.alertmanager is not None and bool(self.prometheus.alerting.alertmanagers)

    @property
    def rule_notices(self) -> tuple[str, ...]:
        """Which rule files are named and not there."""
        return tuple(
            f"{self.prometheus.path}: rule_files: {pattern} names no file"
            for pattern in self.prometheus.rule_files
            if pattern and not matching_files([pattern])
        )

    @property
    def pack_notices(self) -> tuple[str, ...]:
        """What is wrong with packs, and which of their jobs nobody has said the place of."""
        return (*map(str, self.packs.faults), *self.joined.notices)

    def reread(self) -> Configuration:
        """The same sources, read again.

        Raises:
            ConfigError: one is wrong.
        """
        invocation = self.settings.invocation
        settings = load_settings(invocation) if invocation else self.settings
        if self.settings.config and not settings.config:  # it was found by its place, and is no longer there
            raise ConfigError("the file is gone", path=self.settings.config)
        fresh = load_configuration(settings)
        _tell_what_waits(self.settings, fresh.settings)
        set_level(fresh.settings.log_level)
        return fresh


def load_configuration(settings: Settings) -> Configuration:
    """Read the `prometheus.yml` that the settings name, if any, its rule files, the packs with theirs, and routing.

    Raises:
        ConfigError: it is wrong.
    """
    prometheus = PrometheusConfig()
    if settings.config:
        prometheus = load_prometheus_config(
            Path(settings.config), body_limit_bytes=settings.scrape_body_limit_bytes, strict=settings.strict
        )
    rules = read_rule_files(prometheus.rule_files, legacy_names=prometheus.global_.name_validation == "legacy")
    rules += _own_rules(settings)
    if not settings.packs:
        return Configuration(settings, prometheus, rules=rules, alertmanager=_routed(settings, prometheus, rules))
    from watchglass.packs.enabled import enable  # noqa: PLC0415 - most servers have no pack
    from watchglass.packs.rules import enabled_groups  # noqa: PLC0415 - likewise

    packs = enable(settings.packs, settings.pack_as_written, dict(map(parse_rate, settings.pack_rates)))
    groups, faults = enabled_groups(packs)
    packs = replace(packs, faults=(*packs.faults, *faults))
    rules = (*rules, *groups)
    routing = _routed(settings, prometheus, rules)
    if routing is not None:
        packs, routing = _with_packs(settings, packs, routing)
    return Configuration(settings, prometheus, packs, _join(settings, prometheus, packs), rules, routing)


def _routed(
    settings: Settings, prometheus: PrometheusConfig, rules: Sequence[GroupDefinition]
) -> AlertmanagerConfig | None:
    """How alerts are routed here: by a file, or by default where rules raise some that go nowhere else."""
    if settings.alertmanager_config:
        from watchglass.alerting.configuration import check_templates, load_alertmanager_config  # noqa: PLC0415 - few route

        routing = load_alertmanager_config(Path(settings.alertmanager_config))
        check_templates(routing)
        return _watched(settings, routing)
    if not rules or prometheus.alerting.alertmanagers or settings.watchdog_receiver:
        return _watched(settings, None)
    from watchglass.alerting.configuration import default_config  # noqa: PLC0415 - likewise

    return default_config()


def _with_packs(settings: Settings, packs: Enabled, routing: AlertmanagerConfig) -> tuple[Enabled, AlertmanagerConfig]:
    from watchglass.packs.routes import with_packs  # noqa: PLC0415 - most servers have no pack

    secrets = Path(settings.pack_secrets) if settings.pack_secrets else None
    routing, faults = with_packs(routing, packs, secrets, own=bool(settings.alertmanager_config))
    return replace(packs, faults=(*packs.faults, *faults)), routing


def _watched(settings: Settings, routing: AlertmanagerConfig | None) -> AlertmanagerConfig | None:
    """The routing with a way for the watchdog, where somebody waits for it."""
    if not settings.watchdog_receiver:
        return routing
    if routing is None:
        raise ConfigError(
            "alerts are not routed here, so nobody hears of it: name an alertmanager.yml with --alertmanager.config",
            key="watchdog.receiver",
        )
    from watchglass.alerting.watchdog import Watchdog, with_watchdog  # noqa: PLC0415 - as above

    watchdog = Watchdog(settings.watchdog_receiver, settings.watchdog_interval_ms, settings.watchdog_missed)
    return with_watchdog(routing, watchdog)


def _own_rules(settings: Settings) -> tuple[GroupDefinition, ...]:
    """Rules about this process, where its metrics are collected, and the watchdog."""
    itself, watchdog = settings.rules_watch_self and settings.scrape_self, bool(settings.watchdog_receiver)
    if not (itself or watchdog):
        return ()
    from watchglass.rules.own_rules import own_groups  # noqa: PLC0415 - as above

    return own_groups(itself=itself, watchdog=watchdog)


def _join(settings: Settings, prometheus: PrometheusConfig, packs: Enabled) -> Joined:
    from watchglass.packs.jobs import Asked, join_jobs  # noqa: PLC0415 - likewise

    asked = Asked(
        taken=frozenset(job.name for job in prometheus.jobs),
        targets=tuple(map(parse_target, settings.pack_targets)),
        switched_on=settings.pack_jobs,
        body_bytes=settings.scrape_body_limit_bytes,
        host_is_read=settings.host_enabled,
    )
    if settings.config:
        asked = replace(asked, interval_ms=prometheus.global_.scrape_interval_ms)
    return join_jobs(packs.packs, asked)


def _tell_what_waits(old: Settings, new: Settings) -> None:
    for each in fields(Settings):
        name = each.metadata.get("name")
        if name and each.name not in AT_ONCE and getattr(old, each.name) != getattr(new, each.name):
            log.warning("this setting takes effect after a restart", extra={"setting": name})
