"""One configuration in force: the settings and the `prometheus.yml` that they name, read together and replaced together."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, fields
from pathlib import Path

from watchglass.app.logs import set_level
from watchglass.collect.job import ScrapeJob
from watchglass.config.load import load_settings
from watchglass.config.prometheus import PrometheusConfig, load_prometheus_config
from watchglass.config.settings import Settings
from watchglass.errors import ConfigError

log = logging.getLogger("watchglass.app")

AT_ONCE = frozenset({"log_level", "dashboards_provisioning", "dashboards_folders"}) | {
    name for name in Settings.__slots__ if name.startswith(("host_", "gpu_", "scrape_"))
}
"""Settings that a reload changes; others wait for a restart, and the log says so."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the process is told to do now."""

    settings: Settings
    prometheus: PrometheusConfig = field(default_factory=PrometheusConfig)

    @property
    def jobs(self) -> tuple[ScrapeJob, ...]:
        """What is scraped over HTTP."""
        return self.prometheus.jobs

    @property
    def notices(self) -> tuple[str, ...]:
        """What is accepted and has no effect yet."""
        return (*self.settings.notices, *map(str, self.prometheus.notices))

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
    """Read the `prometheus.yml` that the settings name, if any.

    Raises:
        ConfigError: it is wrong.
    """
    if not settings.config:
        return Configuration(settings)
    prometheus = load_prometheus_config(
        Path(settings.config), body_limit_bytes=settings.scrape_body_limit_bytes, strict=settings.strict
    )
    return Configuration(settings, prometheus)


def _tell_what_waits(old: Settings, new: Settings) -> None:
    for each in fields(Settings):
        name = each.metadata.get("name")
        if name and each.name not in AT_ONCE and getattr(old, each.name) != getattr(new, each.name):
            log.warning("this setting takes effect after a restart", extra={"setting": name})
