"""Telegram: a message of a bot to a chat.

Source: prometheus/alertmanager 0.34, notify/telegram; gopkg.in/telebot.v3, Bot.Send.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from watchglass.alerting.notify.answers import Answer, failure_reason, retry_after_ms
from watchglass.alerting.notify.fields import OVER_HTTP, http_url, secret_of, template, with_file
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.http_notifier import HttpNotifier, Outgoing, secret_value
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import SendingContext
from watchglass.alerting.notify.texts import cut, go_json, one_line
from watchglass.model.http import Secret
from watchglass.wire.schema import Context, Table, boolean, choice, integer, path, read_section
from watchglass.wire.yaml import Node

_MESSAGE_LENGTH = 4096  # Telegram's limit, in characters
_TOO_LONG = (
    "Alertmanager notification could not be sent: message length exceeds Telegram limits. "
    "Please check the template used for producing the message content."
)

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

    def target(self) -> str:
        """Its chat."""
        return f"chat {self.chat_id}" if self.chat_id else ""

    def credentials(self) -> Sequence[Credential]:
        """The bot's token, and the chat where a file names it."""
        token = Credential("bot_token", self.bot_token)
        return (token, Credential("chat_id", Secret(file=self.chat_id_file))) if self.chat_id_file else (token,)


TELEGRAM: Table = {
    **OVER_HTTP, "api_url": http_url, **with_file("bot_token"), "chat_id": integer, "chat_id_file": path,
    "message_thread_id": integer, "message": template, "disable_notifications": boolean, "parse_mode": _PARSE_MODE,
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


class TelegramNotifier(HttpNotifier):
    """Sends to one of `telegram_configs`."""

    reads_success = True

    def __init__(self, config: TelegramConfig, context: SendingContext) -> None:
        super().__init__(config, context)
        self._config = config

    def prepare(self, notice: Notice) -> Outgoing:
        """A message; of HTML that is too long only a sentence, as cutting it would break its tags."""
        config, rendering = self._config, self.rendering(notice)
        if config.parse_mode == "HTML":
            text = rendering.html(config.message)
            text = text if len(text) <= _MESSAGE_LENGTH else _TOO_LONG
        else:
            text = cut(rendering.text(config.message), _MESSAGE_LENGTH)
        token = secret_value(config.bot_token)
        message = {
            "chat_id": str(config.chat_id or self._chat_id()),
            "disable_notification": "true" if config.disable_notifications else "",
            "disable_web_page_preview": "true",
            "message_thread_id": str(config.message_thread_id or ""),
            "parse_mode": config.parse_mode,
            "text": text,
        }
        body = go_json({name: value for name, value in message.items() if value or name == "text"})
        return Outgoing(f"{config.api_url}/bot{token}/sendMessage", body, (token,))

    def judge(self, answer: Answer, notice: Notice) -> None:
        """Telegram says `ok` in JSON; whatever else it says, another attempt may help."""
        del notice
        try:
            said = json.loads(answer.body)
        except ValueError:
            said = None
        if isinstance(said, dict) and said.get("ok") is True:
            return
        told = said if isinstance(said, dict) else {}
        parameters = told.get("parameters")
        after = parameters.get("retry_after", "") if isinstance(parameters, dict) else ""
        raise NotifyError(
            f"telegram: {one_line(str(told.get('description') or answer.text))} ({answer.status})",
            retryable=True,
            reason=failure_reason(answer.status),
            after_ms=retry_after_ms(str(after) or answer.retry_after, answer.now_ms),
        )

    def _chat_id(self) -> int:
        text = secret_value(Secret(file=self._config.chat_id_file))
        if re.fullmatch(r"[-+]?\d{1,18}", text, re.ASCII):
            return int(text)
        raise NotifyError(f"chat_id_file: {self._config.chat_id_file} holds no whole number", retryable=True)
