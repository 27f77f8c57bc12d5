"""Webhooks: the group of alerts as JSON, version 4, or as a payload of the user's own.

Source: prometheus/alertmanager 0.34, notify/webhook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from watchglass.alerting.notify.fields import OVER_HTTP, go_duration, secret_of, shown_host, template_url, with_file
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.http_notifier import HttpNotifier, Outgoing, secret_value
from watchglass.alerting.notify.inline import render_tree, tree
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import SendingContext
from watchglass.alerting.notify.texts import go_json
from watchglass.alerting.template_data import Data, TemplateAlert
from watchglass.gotemplate.times import Time
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

    def target(self) -> str:
        """The host."""
        return shown_host(self.url.value)

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


class WebhookNotifier(HttpNotifier):
    """Sends to one of `webhook_configs`."""

    def __init__(self, config: WebhookConfig, context: SendingContext) -> None:
        super().__init__(config, context, config.timeout_ms)
        self._config = config

    def prepare(self, notice: Notice) -> Outgoing:
        """The group, or the user's own payload; alerts beyond `max_alerts` are only counted."""
        told = replace(notice, alerts=notice.alerts[: self._config.max_alerts or None])
        rendering = self.rendering(told)
        if self._config.payload is None:
            body: Any = group_json(rendering.data, notice.group_key, len(notice.alerts) - len(told.alerts))
        else:
            body = render_tree(self._config.payload, rendering.text)
        url = rendering.secret(secret_value(self._config.url), "url")
        if not url:
            raise NotifyError("webhook URL is empty after templating", retryable=False)
        return Outgoing(url, go_json(body))


def group_json(data: Data, group_key: str, truncated: int = 0) -> dict[str, Any]:
    """The message of a webhook, version 4: the data of templates, the group's key, and how many alerts were left out."""
    return {
        "receiver": data.receiver,
        "status": data.status,
        "alerts": [_alert_json(alert) for alert in data.alerts],
        "notification_reason": data.notification_reason,
        "groupLabels": data.group_labels,
        "commonLabels": data.common_labels,
        "commonAnnotations": data.common_annotations,
        "routeLabels": data.route_labels,
        "externalURL": data.external_url,
        "version": "4",
        "groupKey": group_key,
        "truncatedAlerts": truncated,
    }


def _alert_json(alert: TemplateAlert) -> dict[str, Any]:
    return {
        "status": alert.status,
        "labels": alert.labels,
        "annotations": alert.annotations,
        "startsAt": _time_json(alert.starts_at.nanoseconds),
        "endsAt": _time_json(alert.ends_at.nanoseconds),
        "generatorURL": alert.generator_url,
        "fingerprint": alert.fingerprint,
    }


@lru_cache(maxsize=1024)
def _time_json(nanoseconds: int) -> str:
    """Alerts of a group often begin together, and in a storm there are very many."""
    return Time(nanoseconds).json_text()
