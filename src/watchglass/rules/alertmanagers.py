"""Alertmanagers elsewhere: what `alerting:` says of them, and their addresses.

Source: prometheus/prometheus, notifier/alertmanager.go; config/config.go (AlertmanagerConfig).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from watchglass.collect.job import DnsDiscovery, FileDiscovery, RelabelRule, TargetGroup
from watchglass.collect.relabel import compile_rules
from watchglass.collect.target import ADDRESS, SCHEME
from watchglass.model.http import HttpOptions
from watchglass.model.labels import Labels

_PATH = "__alerts_path__"
_POST_PATH = "api/v2/alerts"


@dataclass(frozen=True, slots=True)
class AlertmanagerConfig:
    """One entry of `alertmanagers`: some Alertmanagers that are found and reached in one way.

    Attributes:
        timeout_ms: for one request.
        relabel: on their addresses.
        alert_relabel: on alerts for them.
        unsupported: discovery that Prometheus has and we do not.
    """

    scheme: str = "http"
    path_prefix: str = ""
    timeout_ms: int = 10_000
    http: HttpOptions = field(default_factory=HttpOptions)
    static: tuple[TargetGroup, ...] = ()
    discovery: tuple[FileDiscovery | DnsDiscovery, ...] = ()
    relabel: tuple[RelabelRule, ...] = ()
    alert_relabel: tuple[RelabelRule, ...] = ()
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertingConfig:
    """`alerting:`."""

    relabel: tuple[RelabelRule, ...] = ()
    alertmanagers: tuple[AlertmanagerConfig, ...] = ()


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where alerts are posted to; the dropped ones are those that relabelling took away."""

    active: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def addresses(config: AlertmanagerConfig, groups: Iterable[TargetGroup]) -> Addresses:
    """The addresses of what was found, each once."""
    relabel = compile_rules(config.relabel)
    active, dropped = [], []
    for discovered in _discovered(config, groups):
        labels = dict(discovered)
        if relabel(labels):
            active.append(_url(labels))
        else:
            dropped.append(_url(dict(discovered)))
    return Addresses(tuple(dict.fromkeys(filter(None, active))), tuple(filter(None, dropped)))


def _discovered(config: AlertmanagerConfig, groups: Iterable[TargetGroup]) -> Iterator[Labels]:
    own = {SCHEME: config.scheme, _PATH: post_path(config.path_prefix)}
    for group in groups:
        for target in group.targets:
            yield Labels.of({**dict(group.labels), **dict(target), **own})


def _url(labels: dict[str, str]) -> str:
    """Empty where the address is none."""
    address = labels.get(ADDRESS, "")
    path = quote(labels.get(_PATH, ""), safe="/:@!$&'()*+,;=~%")
    return f"{labels.get(SCHEME, '')}://{address}{path}" if address and "/" not in address else ""


def post_path(prefix: str) -> str:
    """The path that alerts are posted to, below a prefix."""
    return "/" + "/".join(part for part in (*prefix.split("/"), _POST_PATH) if part)
