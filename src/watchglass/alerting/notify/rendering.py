"""What senders are given, and the templates of one notification put through with its data."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.alerting.template_data import FIRING, KV, Data, template_data
from watchglass.errors import TemplateLimitError, WatchglassError
from watchglass.model.labels import Labels

log = logging.getLogger("watchglass.alerting")

T = TypeVar("T")

_FEW_ALERTS = 10
_FEWER = 8  # so many times


class TemplateSet(Protocol):
    """Executes templates. `alerting.templates` implements it."""

    def text(self, template: str, data: Data, /) -> str:
        """What a template gives as text; raises WatchglassError."""

    def html(self, template: str, data: Data, /) -> str:
        """What it gives with the data escaped for HTML; raises WatchglassError."""

    def route_labels(self, data: Data, /) -> Labels:
        """The labels of a route, whose values are templates, rendered."""


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """What sending one notification may take.

    Attributes:
        timeout_ms: an attempt may take so long where its receiver has no shorter `timeout`.
        answer_bytes: of a receiver's answer, at most so much is read.
        connections: to one receiver, at most so many at once.
    """

    timeout_ms: int = 30_000
    answer_bytes: int = 64 * 1024
    connections: int = 8


@dataclass(frozen=True, slots=True)
class SendingContext:
    """What all senders share.

    Attributes:
        templates: the user's, and Alertmanager's own.
        external_url: where users reach us.
        limits: what sending one notification may take.
    """

    templates: TemplateSet
    external_url: str
    limits: SendingLimits = SendingLimits()

    def data(self, notice: Notice) -> Data:
        """What templates are told of a notification; the labels of its route are rendered."""
        data = template_data(
            notice.receiver,
            notice.group_labels,
            notice.alerts,
            self.external_url,
            notice.now_ms,
            route_labels=notice.route_labels,
            reason=notice.reason,
            route_labels_rendered=False,
        )
        labels = self.templates.route_labels(data) if notice.route_labels else notice.route_labels
        return replace(data, route_labels=KV(labels), route_labels_rendered=True)


class Rendering:
    """The templates of one notification."""

    def __init__(self, context: SendingContext, notice: Notice) -> None:
        self._templates = context.templates
        self.data = context.data(notice)

    @property
    def is_firing(self) -> bool:
        """Whether any alert is."""
        return self.data.status == FIRING

    def text(self, template: str) -> str:
        """A template as text.

        Raises:
            NotifyError: it does not parse, or fails on this data: no other attempt helps.
        """
        return self._run(self._templates.text, template)

    def secret(self, template: str, key: str) -> str:
        """A secret that may hold templates; its error says nothing that stands in it.

        Raises:
            NotifyError: as `text` does.
        """
        try:
            return self.text(template)
        except NotifyError as error:
            raise NotifyError(f"{key}: the template in it failed", retryable=False) from error.__cause__

    def html(self, template: str) -> str:
        """A template as HTML; raises as `text` does."""
        return self._run(self._templates.html, template)

    def _run(self, execute: Callable[[str, Data], str], template: str) -> str:
        if not template:
            return ""
        try:
            return execute(template, self.data)
        except WatchglassError as error:
            raise NotifyError(f"a template failed: {error}", retryable=False) from error


def as_far_as_it_goes(prepare: Callable[[Notice], T], notice: Notice) -> T:
    """What `prepare` makes of the notification, or of some of its alerts where all are more than templates may write.

    In a storm of alerts a message about some of them is better than none. Those that fire come before the others.

    Raises:
        NotifyError: by `prepare`, also where a few alerts are too many.
    """
    shown = notice
    while True:
        try:
            made = prepare(shown)
        except NotifyError as error:
            if not isinstance(error.__cause__, TemplateLimitError) or len(shown.alerts) <= _FEW_ALERTS:
                raise
            first = sorted(shown.alerts, key=lambda alert: alert.is_resolved(notice.now_ms))
            shown = replace(shown, alerts=first[: max(len(first) // _FEWER, _FEW_ALERTS)])
            continue
        if shown is not notice:
            told = {"receiver": notice.receiver, "shown": len(shown.alerts), "alerts": len(notice.alerts)}
            log.warning(
                "a notification tells only some of its alerts: all are more than templates may write", extra=told
            )
        return made
