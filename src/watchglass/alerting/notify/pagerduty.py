"""PagerDuty: an event that opens or resolves an incident, by its Events API v1 (`service_key`) or v2 (`routing_key`).

Source: prometheus/alertmanager 0.34, notify/pagerduty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from watchglass.alerting.notify.answers import Answer, check_status
from watchglass.alerting.notify.fields import (
    OVER_HTTP,
    go_duration,
    http_url,
    secret_of,
    template_secret,
    templates,
    with_file,
)
from watchglass.alerting.notify.globals import Global
from watchglass.alerting.notify.http_notifier import HttpNotifier, Outgoing, secret_value
from watchglass.alerting.notify.inline import render_tree, tree
from watchglass.alerting.notify.integration import Credential, HttpIntegrationConfig
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import Rendering, SendingContext
from watchglass.alerting.notify.texts import cut, go_json, key_hash
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

_V1_URL = "https://events.pagerduty.com/generic/2010-04-15/create_event.json"
_SUMMARY_LENGTH = 1024  # PagerDuty's limit, in characters
_EVENT_BYTES = 512_000
_CUT_DETAILS = {
    "error": "Custom details have been removed because the original event exceeds the maximum size of 512KB"
}

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

    def target(self) -> str:
        """Which of its interfaces, which follows from the key."""
        return "Events API v1" if self.service_key else "Events API v2"

    def credentials(self) -> Sequence[Credential]:
        """The key of the API that is used: v1's where it is given."""
        if self.service_key:
            return (Credential("service_key", self.service_key),)
        return (Credential("routing_key", self.routing_key),)


_IMAGE = templates("src", "alt", "href")
_LINK = templates("href", "text")

PAGERDUTY: Table = {
    **OVER_HTTP, **with_file("service_key", template_secret), **with_file("routing_key", template_secret),
    "url": http_url, **templates(*_TEXTS),
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


class PagerDutyNotifier(HttpNotifier):
    """Sends to one of `pagerduty_configs`."""

    def __init__(self, config: PagerDutyConfig, context: SendingContext) -> None:
        super().__init__(config, context, config.timeout_ms)
        self._config = config

    def prepare(self, notice: Notice) -> Outgoing:
        """An event that triggers the group's incident, or resolves it."""
        rendering = self.rendering(notice)
        details = _ordered(render_tree(dict(self._config.details), rendering.text))
        secret = self._config.credentials()[0]
        key = rendering.secret(secret_value(secret.secret), secret.key)
        if not key:
            raise NotifyError(f"{secret.key.replace('_', ' ')} cannot be empty", retryable=False)
        parts = _Event("trigger" if rendering.is_firing else "resolve", key, key_hash(notice.group_key), details)
        message = (_event_v1 if self._is_v1 else _event_v2)(self._config, rendering, parts)
        return Outgoing(_V1_URL if self._is_v1 else self._config.url, _bounded(message), (key,))

    def judge(self, answer: Answer, notice: Notice) -> None:
        """Too many events at once are told by 403 in v1, by 429 in v2."""
        del notice
        check_status(answer, retryable=(403,) if self._is_v1 else (429,), details=_details)

    @property
    def _is_v1(self) -> bool:
        return bool(self._config.service_key)


class _Event(NamedTuple):
    """What both versions tell."""

    action: str
    key: str
    incident: str
    details: dict[str, Any]


def _event_v1(config: PagerDutyConfig, rendering: Rendering, event: _Event) -> dict[str, Any]:
    is_trigger = event.action == "trigger"
    message = {
        "service_key": event.key,
        "incident_key": event.incident,
        "event_type": event.action,
        "description": cut(rendering.text(config.texts["description"]), _SUMMARY_LENGTH),
        "client": rendering.text(config.texts["client"]) if is_trigger else "",
        "client_url": rendering.text(config.texts["client_url"]) if is_trigger else "",
    }
    return _given(message) | {"event_action": "", "payload": None, "details": event.details}


def _event_v2(config: PagerDutyConfig, rendering: Rendering, event: _Event) -> dict[str, Any]:
    texts = {name: rendering.text(template) for name, template in config.texts.items()}
    payload = {
        "summary": cut(texts["description"], _SUMMARY_LENGTH),
        "source": texts["source"],
        "severity": texts["severity"],
        **_given({name: texts[name] for name in ("class", "component", "group")}),
        "custom_details": event.details,
    }
    images, links = (
        [{name: rendering.text(template) for name, template in each.items()} for each in items]
        for items in (config.images, config.links)
    )
    return {
        "routing_key": event.key,
        "dedup_key": event.incident,
        "event_action": event.action,
        "payload": payload,
        **_given({"client": texts["client"], "client_url": texts["client_url"]}),
        **_given(
            {"images": [each for each in images if each["src"]], "links": [each for each in links if each["href"]]}
        ),
    }


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _bounded(message: dict[str, Any]) -> bytes:
    """The message as JSON; without its details where it would be larger than PagerDuty takes."""
    body = go_json(message)
    if len(body) <= _EVENT_BYTES:
        return body
    if message["payload"] is None:
        return go_json(message | {"details": _CUT_DETAILS})
    return go_json(message | {"payload": message["payload"] | {"custom_details": _CUT_DETAILS}})


def _ordered(value: Any) -> Any:
    """The value with the keys of its mappings sorted, as Go's JSON has them."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _details(answer: Answer) -> str:
    """What PagerDuty says is wrong with an event, which it does with status 400 only."""
    try:
        said = json.loads(answer.body) if answer.status == 400 else None
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    errors = said.get("errors")
    return f"{said.get('message', '')}: {','.join(map(str, errors)) if isinstance(errors, list) else ''}"
