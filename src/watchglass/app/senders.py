"""Who sends for each integration of an alertmanager.yml; those of the one before still end what they have begun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from watchglass.alerting.configuration import AlertmanagerConfig
from watchglass.alerting.group import AggregationGroup
from watchglass.alerting.notify.notifier import Notice, Notifier
from watchglass.alerting.notify.rendering import SendingContext, SendingLimits
from watchglass.alerting.read_receivers import Integration
from watchglass.gotemplate.limits import Limits
from watchglass.model.alert import Alert

_Place = tuple[str, str, int]
LINGER_S = 120.0
"""So long what is under way may still use the connections of an entry that is gone."""


class _Sender(NamedTuple):
    integration: Integration
    notifier: Any


class Senders:
    """The senders of one configuration after another.

    Args:
        config: the first one.
        external_url: where users reach us.
        limits: what sending one notification may take.
        template_limits: what rendering one template may take.

    Raises:
        ConfigError: a file of templates cannot be read, or is none.
    """

    def __init__(
        self,
        config: AlertmanagerConfig,
        external_url: str,
        limits: SendingLimits | None = None,
        template_limits: Limits | None = None,
    ) -> None:
        self._external_url, self._limits, self._template_limits = (
            external_url,
            limits or SendingLimits(),
            template_limits,
        )
        self._senders: dict[_Place, _Sender] = {}
        self._former: list[_Sender] = []
        self._leaving: set[asyncio.Task[None]] = set()
        self._context = self._context_of(config)
        self._senders = {_place(each): self._made(each) for each in _integrations(config)}

    def of(self, integration: Integration) -> Notifier:
        """Who sends for an integration."""
        current = self._senders.get(_place(integration))
        if current is None or current.integration.config != integration.config:
            current = self._former_of(integration)
        notifier: Notifier = current.notifier
        return notifier

    def route_labels(self, group: AggregationGroup, alerts: Sequence[Alert], now_ms: int) -> Mapping[str, str]:
        """The labels of a group's route, rendered for these of its alerts."""
        if not group.route.labels:
            return {}
        route = group.route
        notice = Notice(route.receiver, group.key, group.labels, route.labels, alerts, now_ms)
        return dict(self._context().data(notice).route_labels)

    async def follow(self, config: AlertmanagerConfig) -> None:
        """Take another configuration.

        Raises:
            ConfigError: as above; nothing has changed then.
        """
        before, self._context = self._senders, self._context_of(config)
        self._senders = {_place(each): self._made(each) for each in _integrations(config)}
        self._retire(before.values())

    async def close(self) -> None:
        """Close all connections."""
        for task in self._leaving:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await _close([*self._former, *self._senders.values()])

    def _former_of(self, integration: Integration) -> _Sender:
        """Who sends for what is still under way of a configuration before."""
        for sender in self._former:
            if sender.integration == integration:
                return sender
        sender = self._made(integration)
        self._retire([sender])
        return sender

    def _retire(self, senders: Iterable[_Sender]) -> None:
        leaving = list(senders)
        self._former += leaving
        task = asyncio.create_task(self._close_later(leaving))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _close_later(self, senders: Sequence[_Sender]) -> None:
        await asyncio.sleep(LINGER_S)
        self._former = [each for each in self._former if each not in senders]
        await _close(senders)

    def _made(self, integration: Integration) -> _Sender:
        from watchglass.alerting.notify.table import RECEIVERS  # noqa: PLC0415 - many servers tell nobody

        make = RECEIVERS[f"{integration.kind}_configs"].make
        return _Sender(integration, make(integration.config, self._context()))

    def _context_of(self, config: AlertmanagerConfig) -> Callable[[], SendingContext]:
        """What the senders of a configuration share: made with the first of them, or at once to see that its files are right."""

        @cache
        def context() -> SendingContext:
            from watchglass.alerting.templates import Templates  # noqa: PLC0415 - as above

            templates = Templates(self._template_limits)
            templates.load(config.templates, Path())
            return SendingContext(templates, self._external_url, self._limits)

        if config.templates:
            context()
        return context


def _integrations(config: AlertmanagerConfig) -> Iterable[Integration]:
    return (each for receiver in config.receivers.values() for each in receiver.integrations if not each.disabled)


def _place(integration: Integration) -> _Place:
    return integration.receiver, integration.kind, integration.place


async def _close(senders: Iterable[_Sender]) -> None:
    closing = [sender.notifier.close() for sender in senders if hasattr(sender.notifier, "close")]
    await asyncio.gather(*closing, return_exceptions=True)
