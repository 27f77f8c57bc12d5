"""Slack: an attachment to a channel, by an incoming webhook or a bot's token.

Source: prometheus/alertmanager 0.34, config/notifiers.go (SlackConfig), notify/slack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchglass.alerting.notify.answers import Answer, check_status
from watchglass.alerting.notify.fields import (
    OVER_HTTP,
    go_duration,
    http_url,
    secret_of,
    secret_url,
    templates,
    with_file,
)
from watchglass.alerting.notify.globals import SLACK_APP_URL, Global
from watchglass.alerting.notify.http_notifier import HttpNotifier, Outgoing, secret_value
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.alerting.notify.mentions import tamed
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import Rendering, SendingContext
from watchglass.alerting.notify.texts import cut, go_json, one_line
from watchglass.model.http import NO_SECRET, Authorization, HttpOptions, Secret
from watchglass.wire.schema import Context, Section, Table, boolean, list_of, read_section, section, texts
from watchglass.wire.yaml import Node

_TEXTS = {
    "color": '{{ template "slack.default.color" . }}',
    "username": '{{ template "slack.default.username" . }}',
    "title": '{{ template "slack.default.title" . }}',
    "title_link": '{{ template "slack.default.titlelink" . }}',
    "icon_emoji": '{{ template "slack.default.iconemoji" . }}',
    "icon_url": '{{ template "slack.default.iconurl" . }}',
    "pretext": '{{ template "slack.default.pretext" . }}',
    "text": '{{ template "slack.default.text" . }}',
    "fallback": '{{ template "slack.default.fallback" . }}',
    "callback_id": '{{ template "slack.default.callbackid" . }}',
    "footer": '{{ template "slack.default.footer" . }}',
    "channel": "",
    "message_text": "",
    "image_url": "",
    "thumb_url": "",
}
"""Templates and their defaults."""

_SHOWN = frozenset({"title", "pretext", "text", "fallback", "footer", "message_text"})
"""Those that Slack shows as text, where label values must not call people."""

_TITLE_LENGTH = 1024  # Slack's limit, in characters
_UPDATE_URL = "https://slack.com/api/chat.update"
_MARKDOWN_IN = ("fallback", "pretext", "text")


@dataclass(frozen=True, slots=True)
class SlackField:
    """One of `fields`."""

    title: str
    value: str
    short: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAction:
    """One of `actions`; `confirm` holds templates by Slack's names for them."""

    type: str
    text: str
    url: str = ""
    style: str = ""
    name: str = ""
    value: str = ""
    confirm: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConfig(HttpIntegrationConfig):
    """One of `slack_configs`; `texts` holds its templates by their keys."""

    api_url: Secret = NO_SECRET
    app_token: Secret = NO_SECRET
    app_url: str = SLACK_APP_URL
    texts: Mapping[str, str]
    fields: tuple[SlackField, ...] = ()
    actions: tuple[SlackAction, ...] = ()
    link_names: bool = False
    markdown_in: tuple[str, ...] = _MARKDOWN_IN
    update_message: bool = False
    timeout_ms: int = 0

    def target(self) -> str:
        """Its channel."""
        return self.texts.get("channel", "")

    def credentials(self) -> Sequence[Credential]:
        """The bot's token, or the webhook's address."""
        if self.app_token:
            return (Credential("app_token", self.app_token),)
        return (Credential("api_url", self.api_url),)


def _action(read: Section, context: Context) -> SlackAction:
    del context
    for name in ("type", "text"):
        if not read.get(name):
            raise read.error(f"missing {name} in Slack action configuration")
    values = {name: read.get(name, "") for name in ("type", "text", "style")}
    if read.get("url"):  # a link: what only buttons have counts for nothing
        return SlackAction(url=read.get("url"), **values)
    if not read.get("name"):
        raise read.error("missing name or url in Slack action configuration")
    return SlackAction(name=read.get("name"), value=read.get("value", ""), confirm=read.get("confirm"), **values)


def _confirm(read: Section, context: Context) -> Mapping[str, str]:
    del context
    if not read.get("text"):
        raise read.error("missing text in Slack confirmation configuration")
    return {name: read.get(name) for name in _CONFIRM if read.get(name)}


def _field(read: Section, context: Context) -> Section:
    del context
    for name in ("title", "value"):
        if not read.get(name):
            raise read.error(f"missing {name} in Slack field configuration")
    return read


_CONFIRM: Table = templates("text", "title", "ok_text", "dismiss_text")
_ACTION: Table = {**templates("type", "text", "url", "style", "name", "value"), "confirm": section(_CONFIRM, _confirm)}
_FIELD: Table = {**templates("title", "value"), "short": boolean}

SLACK: Table = {
    **OVER_HTTP, **with_file("api_url", secret_url), **with_file("app_token"), "app_url": http_url,
    **templates(*_TEXTS), "fields": list_of(section(_FIELD, _field)), "short_fields": boolean, "link_names": boolean,
    "mrkdwn_in": texts, "actions": list_of(section(_ACTION, _action)), "update_message": boolean, "timeout": go_duration,
}  # fmt: skip


def read_slack(node: Node, key: str, context: Context, global_: Global) -> SlackConfig:
    """Read one of `slack_configs`."""
    read = read_section(node, key, context, SLACK)
    api_url, app_token = secret_of(read, "api_url"), secret_of(read, "app_token")
    if api_url and app_token:
        raise read.error("at most one of api_url/api_url_file & app_token/app_token_file must be configured")
    http: HttpOptions = read.get("http_config", global_.http)
    if not (app_token or api_url.value or ("http_config" in read and http.authorization)):
        app_token = global_.slack_app_token
    api_url = api_url or global_.slack_api_url
    if app_token:
        if http.authorization:
            raise read.error("http authorization can't be set when using Slack App tokens", "http_config")
        http = replace(http, authorization=Authorization(credentials=app_token))
    config = SlackConfig(
        kind="slack",
        send_resolved=read.get("send_resolved", False),
        missing="" if api_url or app_token else "no api_url, nor slack_api_url in global, nor an app_token",
        http=http,
        api_url=api_url,
        app_token=app_token,
        app_url=read.get("app_url", global_.slack_app_url),
        texts={name: read.get(name, default) for name, default in _TEXTS.items()},
        fields=tuple(
            SlackField(each.get("title"), each.get("value"), each.get("short", read.get("short_fields", False)))
            for each in read.get("fields", ())
        ),
        actions=read.get("actions", ()),
        link_names=read.get("link_names", False),
        markdown_in=read.get("mrkdwn_in", ()) or _MARKDOWN_IN,
        update_message=read.get("update_message", False),
        timeout_ms=read.get("timeout", 0),
    )
    _check_update(read, config)
    return config


def _check_update(read: Section, config: SlackConfig) -> None:
    address = config.app_url if config.app_token else config.api_url.value
    if config.update_message and address != SLACK_APP_URL:
        raise read.error(
            f"update_message can only be used with bot tokens. api_url must be set to {SLACK_APP_URL}", "update_message"
        )


class SlackNotifier(HttpNotifier):
    """Sends to one of `slack_configs`."""

    reads_success = True

    def __init__(self, config: SlackConfig, context: SendingContext) -> None:
        super().__init__(config, context, config.timeout_ms)
        self._config = config

    def prepare(self, notice: Notice) -> Outgoing:
        """A message with one attachment; where it is to be updated, a change of the group's earlier one."""
        config, plain = self._config, self.rendering(notice)
        told = tamed(notice, names=config.link_names)
        safe = plain if told is notice else self.rendering(told)
        texts = {name: (safe if name in _SHOWN else plain).text(template) for name, template in config.texts.items()}
        message = {
            "channel": texts["channel"],
            "username": texts["username"],
            "icon_emoji": texts["icon_emoji"],
            "icon_url": texts["icon_url"],
            "link_names": config.link_names,
            "text": texts["message_text"],
        }
        known = notice.remembered if config.update_message else {}
        if known.get("threadTs") and known.get("channelId"):
            message |= {"channel": known["channelId"], "ts": known["threadTs"]}
            url = _UPDATE_URL
        else:
            url = config.app_url if config.app_token else secret_value(config.api_url)
        attachment = self._attachment(texts, safe, plain)
        token = secret_value(config.app_token)
        return Outgoing(url, go_json(_given(message) | {"attachments": [attachment]}), (token,))

    def judge(self, answer: Answer, notice: Notice) -> None:
        """A webhook answers `ok`; the API answers JSON, with 200 where it refuses, too."""
        check_status(answer)
        if not answer.content_type.startswith("application/json"):
            if answer.body != b"ok":
                raise _refused(f"received an error response from Slack: {one_line(answer.text)}")
            return
        try:
            said = json.loads(answer.body)
        except ValueError:
            message = f"could not unmarshal JSON response: {one_line(answer.text)}"
            raise NotifyError(message, retryable=True, reason="clientError") from None
        if not isinstance(said, dict) or said.get("ok") is not True:
            why = said.get("error", "") if isinstance(said, dict) else answer.text
            raise _refused(f"error response from Slack: {one_line(str(why))}")
        if self._config.update_message and said.get("ts") and said.get("channel"):
            notice.remembered.update(threadTs=str(said["ts"]), channelId=str(said["channel"]))

    def _attachment(self, texts: Mapping[str, str], safe: Rendering, plain: Rendering) -> dict[str, Any]:
        config = self._config
        always = {name: texts[name] for name in ("text", "fallback", "callback_id")}
        return {
            **_given({"title": cut(texts["title"], _TITLE_LENGTH)}),
            **_given({name: texts[name] for name in ("title_link", "pretext")}),
            **always,
            **_given({"fields": [_field_json(each, safe) for each in config.fields]}),
            **_given({"actions": [_action_json(each, safe, plain) for each in config.actions]}),
            **_given({name: texts[name] for name in ("image_url", "thumb_url")}),
            "footer": texts["footer"],
            **_given({"color": texts["color"]}),
            "mrkdwn_in": list(config.markdown_in),
        }


def _field_json(field: SlackField, safe: Rendering) -> dict[str, Any]:
    return {**_given({"title": safe.text(field.title), "value": safe.text(field.value)}), "short": field.short}


def _action_json(action: SlackAction, safe: Rendering, plain: Rendering) -> dict[str, Any]:
    confirm = {name: safe.text(template) for name, template in (action.confirm or {}).items()}
    return _given(
        {
            "type": plain.text(action.type),
            "text": safe.text(action.text),
            "url": plain.text(action.url),
            "style": plain.text(action.style),
            "name": plain.text(action.name),
            "value": plain.text(action.value),
            "confirm": _given(confirm),
        }
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _refused(message: str) -> NotifyError:
    return NotifyError(message, retryable=False, reason="clientError")
