"""Webhooks: the group of alerts as JSON, version 4, or as a payload of the user's own.

Source: prometheus/alertmanager 0.34, notify/webhook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from watchglass.alerting.notify.fields import OVER_HTTP, go_duration, secret_of, template_url, with_file
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.inline import tree
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.model.http import Secret
from watchglass.wire.schema import Context, Table, read_section, unsigned
from watchglass.wire.yaml import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookConfig(HttpIntegrationConfig):
    """One of `webhook_configs`; `url` is a template, `payload` None where none is given."""

    url: Secret
    max_alerts: int = 0
    timeout_ms: int = 0
    payload: Any = None

    def credentials(self) -> Sequence[Credential]:
        """Its address, which often holds a token."""
        return (Credential("url", self.url),)


WEBHOOK: Table = {
    **OVER_HTTP, **with_file("url", template_url), "max_alerts": unsigned, "timeout": go_duration, "payload": tree,
}  # fmt: skip


def read_webhook(node: Node, key: str, context: Context, global_: Global) -> WebhookConfig:
    """Read one of `webhook_configs`."""
    read = read_section(node, key, context, WEBHOOK)
    url = secret_of(read, "url")
    if not url and "url" not in read:
        raise read.error("one of url or url_file must be configured")
    return WebhookConfig(
        kind="webhook",
        send_resolved=read.get("send_resolved", True),
        http=read.get("http_config", global_.http),
        url=url,
        max_alerts=read.get("max_alerts", 0),
        timeout_ms=read.get("timeout", 0),
        payload=read.get("payload"),
    )
