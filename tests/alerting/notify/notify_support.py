"""Notifications for tests, and the senders to send them with."""

from __future__ import annotations

import asyncio
from typing import Any

from watchglass.alerting.notify.globals import read_global
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import SendingContext, SendingLimits
from watchglass.alerting.notify.table import RECEIVERS
from watchglass.alerting.template_data import Data
from watchglass.errors import WatchglassError
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.wire.schema import Context
from watchglass.wire.yaml import parse_yaml

NOW_MS = 1_700_000_000_500
URL = "http://am.example:9093"


def alert(
    name: str = "Down", *, resolved: bool = False, annotations: dict[str, str] | None = None, **labels: str
) -> Alert:
    return Alert(
        labels=Labels.of(labels, alertname=name),
        annotations=Labels.of(annotations or {"summary": f"{name} is up to something"}),
        starts_ms=NOW_MS - 60_000,
        ends_ms=NOW_MS - 1000 if resolved else NOW_MS + 300_000,
        updated_ms=NOW_MS,
        generator_url="http://prom.example/graph?g0.expr=up&g0.tab=1",
    )


def notice(*alerts: Alert, **how: Any) -> Notice:
    given = {
        "receiver": "team-X",
        "group_key": '{}:{alertname="Down"}',
        "group_labels": Labels.of(alertname="Down"),
        "route_labels": Labels(),
        "alerts": alerts or (alert(),),
        "now_ms": NOW_MS,
        "reason": "first notification",
    }
    return Notice(**(given | how))


class Plain:
    """Templates that are only texts: `[NAME]` is a label of the first alert, `{{ fail }}` fails."""

    def text(self, template: str, data: Data) -> str:
        if "{{ fail }}" in template:
            raise WatchglassError("template: :1: it fails")
        for name, value in data.alerts[0].labels.items():
            template = template.replace(f"[{name}]", value)
        for name, value in data.alerts[0].annotations.items():
            template = template.replace(f"[{name}]", value)
        return template

    def html(self, template: str, data: Data) -> str:
        return self.text(template, data).replace("<", "&lt;")

    def route_labels(self, data: Data) -> Labels:
        return Labels.of(data.route_labels)


def context(templates: Any = None, **limits: int) -> SendingContext:
    return SendingContext(templates or Plain(), URL, SendingLimits(**({"timeout_ms": 10_000} | limits)))


def read(kind: str, text: str, of_global: str = ""):
    global_ = read_global(parse_yaml(of_global), "global", Context())
    return RECEIVERS[f"{kind}_configs"].read(parse_yaml(text), f"{kind}_configs[0]", Context(), global_)


def send(kind: str, text: str, what: Notice | None = None, *, of_global: str = "", **how: Any) -> NotifyError | None:
    """Send once; the error where it was not delivered."""

    async def sending() -> NotifyError | None:
        notifier = RECEIVERS[f"{kind}_configs"].make(read(kind, text, of_global), context(**how))
        try:
            await notifier.notify(what or notice())
        except NotifyError as error:
            return error
        finally:
            await notifier.close()
        return None

    return asyncio.run(sending())
