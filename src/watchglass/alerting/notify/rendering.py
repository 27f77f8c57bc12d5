"""What senders are given, and the templates of one notification put through with its data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from watchglass.alerting.notify.notifier import Notice, NotifyError
from watchglass.errors import WatchglassError


class TemplateSet(Protocol):
    """Executes templates. `alerting.templates` implements it."""

    def text(self, template: str, data: Any, /) -> str:
        """What a template gives as text; raises WatchglassError."""

    def html(self, template: str, data: Any, /) -> str:
        """What it gives with the data escaped for HTML; raises WatchglassError."""


@dataclass(frozen=True, slots=True)
class SendingContext:
    """What all senders share.

    Attributes:
        templates: the user's, and Alertmanager's own.
        data: what templates are told of a notification.
        external_url: where users reach us.
        timeout_ms: an attempt may take so long where its receiver has no shorter `timeout`.
        answer_bytes: of a receiver's answer, at most so much is read.
        connections: to one receiver, at most so many at once.
        product: how we name ourselves to receivers.
    """

    templates: TemplateSet
    data: Callable[[Notice], Any]
    external_url: str
    timeout_ms: int = 30_000
    answer_bytes: int = 64 * 1024
    connections: int = 8
    product: str = "Watchglass"


class Rendering:
    """The templates of one notification."""

    def __init__(self, context: SendingContext, notice: Notice) -> None:
        self._templates = context.templates
        self._data = context.data(notice)

    def text(self, template: str) -> str:
        """A template as text.

        Raises:
            NotifyError: it does not parse, or fails on this data: no other attempt helps.
        """
        return self._run(self._templates.text, template)

    def html(self, template: str) -> str:
        """A template as HTML; raises as `text` does."""
        return self._run(self._templates.html, template)

    def _run(self, execute: Callable[[str, Any], str], template: str) -> str:
        if not template:
            return ""
        try:
            return execute(template, self._data)
        except WatchglassError as error:
            raise NotifyError(f"a template failed: {error}", retryable=False) from error
