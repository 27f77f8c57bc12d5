"""Discord: an embed in a channel, by its webhook.

Source: prometheus/alertmanager 0.34, notify/discord.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watchglass.alerting.notify.fields import OVER_HTTP, secret_of, secret_url, templates, with_file
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.http_notifier import HttpNotifier, Outgoing, secret_value
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.alerting.notify.mentions import tamed
from watchglass.alerting.notify.notifier import Notice
from watchglass.alerting.notify.rendering import SendingContext
from watchglass.alerting.notify.texts import cut, go_json
from watchglass.model.http import Secret
from watchglass.wire.schema import Context, Table, read_section, text
from watchglass.wire.yaml import Node

_TITLE_LENGTH, _DESCRIPTION_LENGTH, _CONTENT_LENGTH = 256, 4096, 2000  # Discord's limits, in characters
_RED, _GREEN = 0x992D22, 0x2ECC71


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordConfig(HttpIntegrationConfig):
    """One of `discord_configs`; user name and avatar are no templates."""

    webhook_url: Secret
    content: str
    title: str
    message: str
    username: str
    avatar_url: str

    def credentials(self) -> Sequence[Credential]:
        """The webhook's address."""
        return (Credential("webhook_url", self.webhook_url),)


DISCORD: Table = {
    **OVER_HTTP, **with_file("webhook_url", secret_url), **templates("content", "title", "message"),
    "username": text, "avatar_url": text,
}  # fmt: skip


def read_discord(node: Node, key: str, context: Context, global_: Global) -> DiscordConfig:
    """Read one of `discord_configs`."""
    read = read_section(node, key, context, DISCORD)
    webhook_url = secret_of(read, "webhook_url")
    if not webhook_url and "webhook_url" not in read:
        raise read.error("one of webhook_url or webhook_url_file must be configured")
    return DiscordConfig(
        kind="discord",
        send_resolved=read.get("send_resolved", True),
        http=read.get("http_config", global_.http),
        webhook_url=webhook_url,
        content=read.get("content", ""),
        title=read.get("title", '{{ template "discord.default.title" . }}'),
        message=read.get("message", '{{ template "discord.default.message" . }}'),
        username=read.get("username", ""),
        avatar_url=read.get("avatar_url", ""),
    )


class DiscordNotifier(HttpNotifier):
    """Sends to one of `discord_configs`."""

    def __init__(self, config: DiscordConfig, context: SendingContext) -> None:
        super().__init__(config, context)
        self._config = config

    def prepare(self, notice: Notice) -> Outgoing:
        """An embed, its stripe red while anything fires; the content above it is the one place that can call people."""
        config, rendering = self._config, self.rendering(notice)
        embed = {
            "title": cut(rendering.text(config.title), _TITLE_LENGTH),
            "description": cut(rendering.text(config.message), _DESCRIPTION_LENGTH),
            "color": _RED if rendering.is_firing else _GREEN,
        }
        content = self.rendering(tamed(notice, names=True)).text(config.content) if config.content else ""
        message = {"content": cut(content, _CONTENT_LENGTH), "embeds": [embed]}
        extras = {"username": config.username, "avatar_url": config.avatar_url}
        given = {name: value for name, value in extras.items() if value}
        return Outgoing(secret_value(config.webhook_url), go_json(message | given))
