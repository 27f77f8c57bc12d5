"""Making a message of sample alerts without sending it, so that a template that fails is found before it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from watchglass.alerting.notify.integration import IntegrationConfig
from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.notify.rendering import SendingContext, TemplateSet
from watchglass.alerting.notify.table import RECEIVERS
from watchglass.errors import WatchglassError
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.wire.schema import TemplateText

_OWN_URL = "http://localhost:9090"
_NOW_MS = 1_767_225_600_000
_COMMON = {"instance": "host:9100", "job": "node", "severity": "critical"}


class _Preparing(Protocol):
    def prepare(self, notice: Notice) -> object:
        """Make the message."""


def sample_notice(receiver: str) -> Notice:
    """A notification of one alert that fires and one that has ended."""
    alerts = [
        Alert(
            labels=Labels.of(_COMMON, alertname="SampleAlert", sample=name),
            annotations=Labels.of(summary="a sample", description="a sample, longer"),
            starts_ms=_NOW_MS - 600_000,
            ends_ms=_NOW_MS + ends_in_ms,
            updated_ms=_NOW_MS,
            generator_url="http://localhost:9090/graph?g0.expr=up",
        )
        for name, ends_in_ms in (("one", 600_000), ("two", -1000))
    ]
    group = Labels.of(alertname="SampleAlert")
    return Notice(receiver, '{}:{alertname="SampleAlert"}', group, Labels(), alerts, _NOW_MS, "first notification")


def rehearse(receiver: str, config: IntegrationConfig, templates: TemplateSet) -> str:
    """Why no message can be made of sample alerts, or nothing; one that is disabled is not tried."""
    if config.disabled():
        return ""
    context = SendingContext(templates, _OWN_URL)
    notifier = cast("_Preparing", RECEIVERS[f"{config.kind}_configs"].make(config, context))
    try:
        notifier.prepare(sample_notice(receiver))
    except NotifyError as error:
        return str(error)
    return ""


def failing_field(receiver: str, fields: Sequence[TemplateText], templates: TemplateSet) -> TemplateText | None:
    """The first template of an entry that fails by itself on sample alerts."""
    data = SendingContext(templates, _OWN_URL).data(sample_notice(receiver))
    for field in fields:
        try:
            templates.text(field.text, data)
        except WatchglassError:
            return field
    return None
