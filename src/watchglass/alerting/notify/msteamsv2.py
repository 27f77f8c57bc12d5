"""Microsoft Teams: an adaptive card, by the webhook of a workflow.

Source: prometheus/alertmanager 0.34, notify/msteamsv2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchglass.alerting.notify.fields import OVER_HTTP, secret_of, secret_url, templates, with_file
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.http_notifier import HttpNotifier, Outgoing, secret_value
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.alerting.notify.notifier import Notice
from watchglass.alerting.notify.rendering import SendingContext
from watchglass.alerting.notify.texts import cut, go_json
from watchglass.model.http import HttpOptions, Secret
from watchglass.wire.schema import Context, Table, read_section
from watchglass.wire.yaml import Node

_MESSAGE_BYTES = 28_000  # Teams refuses more with 413


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsConfig(HttpIntegrationConfig):
    """One of `msteamsv2_configs`."""

    webhook_url: Secret
    title: str
    text: str

    def credentials(self) -> Sequence[Credential]:
        """The workflow's address."""
        return (Credential("webhook_url", self.webhook_url),)


TEAMS: Table = {**OVER_HTTP, **with_file("webhook_url", secret_url), **templates("title", "text")}


def read_teams(node: Node, key: str, context: Context, global_: Global) -> TeamsConfig:
    """Read one of `msteamsv2_configs`; an `http_config` without a proxy takes that of `global`."""
    read = read_section(node, key, context, TEAMS)
    webhook_url = secret_of(read, "webhook_url")
    if not webhook_url and "webhook_url" not in read:
        raise read.error("one of webhook_url or webhook_url_file must be configured")
    http: HttpOptions = read.get("http_config", global_.http)
    return TeamsConfig(
        kind="msteamsv2",
        send_resolved=read.get("send_resolved", True),
        http=replace(http, proxy_url=http.proxy_url or global_.http.proxy_url),
        webhook_url=webhook_url,
        title=read.get("title", '{{ template "msteamsv2.default.title" . }}'),
        text=read.get("text", '{{ template "msteamsv2.default.text" . }}'),
    )


class TeamsNotifier(HttpNotifier):
    """Sends to one of `msteamsv2_configs`."""

    def __init__(self, config: TeamsConfig, context: SendingContext) -> None:
        super().__init__(config, context)
        self._config = config

    def prepare(self, notice: Notice) -> Outgoing:
        """A card with a coloured title and a text below it."""
        rendering = self.rendering(notice)
        title = {
            "type": "TextBlock",
            "text": rendering.text(self._config.title),
            "weight": "Bolder",
            "size": "Medium",
            "wrap": True,
            "style": "heading",
            "color": "Attention" if rendering.is_firing else "Good",
        }
        body = _fitting(title, rendering.text(self._config.text))
        return Outgoing(secret_value(self._config.webhook_url), body)


def _fitting(title: dict[str, Any], text: str) -> bytes:
    """The message, its text cut until Teams takes it."""
    while True:
        body = go_json(_message([title, {"type": "TextBlock", "text": text, "wrap": True}]))
        if len(body) <= _MESSAGE_BYTES or not text:
            return body
        text = cut(text, min(len(text) * _MESSAGE_BYTES // len(body), len(text) - 1))


def _message(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": blocks,
        "msteams": {"width": "full"},
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}
