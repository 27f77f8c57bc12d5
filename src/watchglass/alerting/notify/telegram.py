"""Telegram: a message of a bot to a chat.

Source: prometheus/alertmanager 0.34, notify/telegram; gopkg.in/telebot.v3, Bot.Send.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watchglass.alerting.notify.fields import OVER_HTTP, http_url, secret_of, with_file
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.model.http import Secret
from watchglass.wire.schema import Context, Table, boolean, choice, integer, path, read_section, text
from watchglass.wire.yaml import Node

_PARSE_MODE = choice(
    "Markdown", "MarkdownV2", "HTML", "",
    message='unknown parse_mode "{}" on telegram_config, must be Markdown, MarkdownV2, HTML or empty string',
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramConfig(HttpIntegrationConfig):
    """One of `telegram_configs`; `chat_id` is 0 where `chat_id_file` says it."""

    api_url: str
    bot_token: Secret
    chat_id: int
    chat_id_file: str
    message_thread_id: int
    message: str
    disable_notifications: bool
    parse_mode: str

    def credentials(self) -> Sequence[Credential]:
        """The bot's token, and the chat where a file names it."""
        token = Credential("bot_token", self.bot_token)
        return (token, Credential("chat_id", Secret(file=self.chat_id_file))) if self.chat_id_file else (token,)


TELEGRAM: Table = {
    **OVER_HTTP, "api_url": http_url, **with_file("bot_token"), "chat_id": integer, "chat_id_file": path,
    "message_thread_id": integer, "message": text, "disable_notifications": boolean, "parse_mode": _PARSE_MODE,
}  # fmt: skip


def read_telegram(node: Node, key: str, context: Context, global_: Global) -> TelegramConfig:
    """Read one of `telegram_configs`."""
    read = read_section(node, key, context, TELEGRAM)
    chat_id, chat_id_file = read.get("chat_id", 0), read.get("chat_id_file", "")
    if not (chat_id or chat_id_file):
        raise read.error("missing chat_id or chat_id_file on telegram_config")
    if chat_id and chat_id_file:
        raise read.error("at most one of chat_id & chat_id_file must be configured")
    bot_token = secret_of(read, "bot_token", global_.telegram_bot_token)
    return TelegramConfig(
        kind="telegram",
        send_resolved=read.get("send_resolved", True),
        missing="" if bot_token else "no bot_token, nor telegram_bot_token in global",
        http=read.get("http_config", global_.http),
        api_url=read.get("api_url", global_.telegram_api_url),
        bot_token=bot_token,
        chat_id=chat_id,
        chat_id_file=chat_id_file,
        message_thread_id=read.get("message_thread_id", 0),
        message=read.get("message", '{{ template "telegram.default.message" . }}'),
        disable_notifications=read.get("disable_notifications", False),
        parse_mode=read.get("parse_mode", "HTML"),
    )
