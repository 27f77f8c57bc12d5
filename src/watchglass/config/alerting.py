"""`alerting:` of a `prometheus.yml`, as the parts want it that tell Alertmanagers elsewhere."""

from __future__ import annotations

from watchglass.config.discovery import dynamic_discovery, static_groups, unsupported_discovery
from watchglass.rules.alertmanagers import AlertingConfig, AlertmanagerConfig
from watchglass.wire.http_client import check_http_client
from watchglass.wire.schema import Context, Section


def build_alerting(read: Section | None, context: Context) -> AlertingConfig:
    """What a checked section says, with every default filled in."""
    if read is None:
        return AlertingConfig()
    entries = tuple(_build(each, context) for each in read.get("alertmanagers", ()))
    return AlertingConfig(read.get("alert_relabel_configs", ()), entries)


def _build(read: Section, context: Context) -> AlertmanagerConfig:
    for name in unsupported_discovery(read):
        context.notice(
            read.nodes[name], f"{read.key}.{name}", "this discovery is not supported: nobody is told whom it would find"
        )
    if "sigv4" in read:
        context.notice(read.nodes["sigv4"], f"{read.key}.sigv4", "requests are not signed yet")
    default = AlertmanagerConfig()
    return AlertmanagerConfig(
        scheme=read.get("scheme") or default.scheme,
        path_prefix=read.get("path_prefix", ""),
        timeout_ms=read.get("timeout") or default.timeout_ms,
        http=check_http_client(read, context),
        static=static_groups(read),
        discovery=dynamic_discovery(read),
        relabel=read.get("relabel_configs", ()),
        alert_relabel=read.get("alert_relabel_configs", ()),
        unsupported=unsupported_discovery(read),
    )
