"""PagerDuty: an event that opens or resolves an incident, by its Events API v1 (`service_key`) or v2 (`routing_key`).

Source: prometheus/alertmanager 0.34, notify/pagerduty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchglass.alerting.notify.fields import OVER_HTTP, go_duration, http_url, secret_of, templates, with_file
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.inline import tree
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.model.http import Secret
from watchglass.wire.schema import Context, Table, list_of, map_of, read_section, section
from watchglass.wire.yaml import Node

_TEXTS = {
    "client": '{{ template "pagerduty.default.client" . }}',
    "client_url": '{{ template "pagerduty.default.clientURL" . }}',
    "description": '{{ template "pagerduty.default.description" .}}',
    "source": "",
    "severity": "error",
    "class": "",
    "component": "",
    "group": "",
}
"""Templates and their defaults."""

_DETAILS = {
    "firing": "{{ .Alerts.Firing | toJson }}",
    "resolved": "{{ .Alerts.Resolved | toJson }}",
    "num_firing": "{{ .Alerts.Firing | len }}",
    "num_resolved": "{{ .Alerts.Resolved | len }}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDutyConfig(HttpIntegrationConfig):
    """One of `pagerduty_configs`; `texts` holds its templates by their keys."""

    service_key: Secret
    routing_key: Secret
    url: str
    texts: Mapping[str, str]
    details: Mapping[str, Any]
    images: tuple[Mapping[str, str], ...] = ()
    links: tuple[Mapping[str, str], ...] = ()
    timeout_ms: int = 0

    def credentials(self) -> Sequence[Credential]:
        """The key of the API that is used: v1's where it is given."""
        if self.service_key:
            return (Credential("service_key", self.service_key),)
        return (Credential("routing_key", self.routing_key),)


_IMAGE = templates("src", "alt", "href")
_LINK = templates("href", "text")

PAGERDUTY: Table = {
    **OVER_HTTP, **with_file("service_key"), **with_file("routing_key"), "url": http_url, **templates(*_TEXTS),
    "details": map_of(tree), "images": list_of(section(_IMAGE)), "links": list_of(section(_LINK)),
    "timeout": go_duration,
}  # fmt: skip


def read_pagerduty(node: Node, key: str, context: Context, global_: Global) -> PagerDutyConfig:
    """Read one of `pagerduty_configs`."""
    read = read_section(node, key, context, PAGERDUTY)
    service_key, routing_key = secret_of(read, "service_key"), secret_of(read, "routing_key")
    texts = {name: read.get(name, default) for name, default in _TEXTS.items()}
    if not (service_key or routing_key or {"service_key", "routing_key"} & set(read.nodes)):
        raise read.error("missing service or routing key in PagerDuty config")
    return PagerDutyConfig(
        kind="pagerduty",
        send_resolved=read.get("send_resolved", True),
        http=read.get("http_config", global_.http),
        service_key=service_key,
        routing_key=routing_key,
        url=read.get("url", global_.pagerduty_url),
        texts=texts | {"source": texts["source"] or texts["client"], "severity": texts["severity"] or "error"},
        details=_DETAILS | read.get("details", {}),
        images=tuple({name: each.get(name, "") for name in _IMAGE} for each in read.get("images", ())),
        links=tuple({name: each.get(name, "") for name in _LINK} for each in read.get("links", ())),
        timeout_ms=read.get("timeout", 0),
    )
