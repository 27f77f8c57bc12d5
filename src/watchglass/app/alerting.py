"""The alert manager of this process: begun where an alertmanager.yml is named, and joined to its receivers and its disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from watchglass.app.options import alerting_options, own_url, sending_limits, template_limits
from watchglass.errors import WatchglassError
from watchglass.model.alert import Alert
from watchglass.serve.health import ComponentHealth, Condition

if TYPE_CHECKING:
    from watchglass.alerting.configuration import AlertmanagerConfig
    from watchglass.alerting.manager import AlertManager
    from watchglass.alerting.metrics import AlertingMetrics
    from watchglass.alerting.runner import AlertRunner
    from watchglass.app.senders import Senders
    from watchglass.app.stack import Stack

log = logging.getLogger("watchglass.app")

_NAMED, _MOST_CHARACTERS = 10, 300  # integrations in one line of health, and of each why it fails


class AlertingKeeper:
    """Runs the alert manager while the configuration has one; an AlertSink for the rules of this process."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._manager: AlertManager | None = None
        self._runner: AlertRunner | None = None
        self._senders: Senders | None = None
        self._metrics: AlertingMetrics | None = None
        self._ended = False
        if stack.configuration.alertmanager is not None:
            stack.parts.health.add("alerting", self._health)

    def put(self, alerts: Sequence[Alert]) -> None:
        """Take alerts; they go nowhere while none are routed here."""
        if self._manager is not None:
            self._manager.put(alerts)

    async def apply(self) -> None:
        """Follow the configuration: begin, change or end."""
        config = self._stack.configuration.alertmanager
        if config is None:
            await self.stop()
            return
        if self._manager is None:
            await self._begin(config)
        else:
            await self._change(self._manager, config)
        if self._stack.configuration.goes_both_ways:
            log.info("alerts of rules go to the receivers of %s and to the Alertmanagers of alerting:", config.path)
        for fault in await asyncio.to_thread(_template_faults, config):
            log.warning("an integration can never send: a template of it does not parse", extra=fault)
        for each in config.disabled:
            log.log(
                logging.INFO if each.shipped else logging.WARNING,
                "an integration sends nothing",
                extra={"receiver": each.receiver, "integration": each.integration, "why": each.why},
            )

    async def _change(self, manager: AlertManager, config: AlertmanagerConfig) -> None:
        """Take another configuration; groups go on as they are where only files beside it have changed."""
        from watchglass.alerting.configuration import is_same  # noqa: PLC0415 - it is loaded by now

        assert self._senders is not None
        await self._senders.follow(config)
        if not is_same(manager.config, config):
            await asyncio.to_thread(manager.reload, config)

    async def stop(self) -> None:
        """Decide and send nothing more."""
        self._ended = True
        self._stack.parts.alerting = None
        runner, senders = self._runner, self._senders
        self._manager = self._runner = self._senders = None
        if self._metrics is not None:
            self._metrics.follow(None, None)
        if runner is not None:
            await runner.stop()
        if senders is not None:
            await senders.close()

    async def _begin(self, config: AlertmanagerConfig) -> None:
        from watchglass.alerting.metrics import AlertingMetrics  # noqa: PLC0415 - most servers route nothing
        from watchglass.alerting.runner import AlertRunner  # noqa: PLC0415 - likewise
        from watchglass.app.senders import Senders  # noqa: PLC0415 - likewise

        parts, settings = self._stack.parts, self._stack.configuration.settings
        manager = await asyncio.to_thread(self._manager_of, config)
        senders = Senders(config, own_url(settings), sending_limits(settings), template_limits(settings))
        manager.route_labels = senders.route_labels
        runner = AlertRunner(manager, senders.of, parts.clock, max_at_once=settings.alerting_max_sends)
        self._metrics = self._metrics or AlertingMetrics(parts.registry, parts.clock)
        self._metrics.follow(manager, runner)
        self._manager, self._runner, self._senders = manager, runner, senders
        parts.alerting = manager
        parts.health.add("alerting", self._health)
        self._ended = False
        runner.start()
        log.info("alerts are routed", extra={"config": config.path, "receivers": len(config.receivers)})

    def _manager_of(self, config: AlertmanagerConfig) -> AlertManager:
        """The manager over what is on disk; over nothing where the disk cannot be used, and then nothing outlives it."""
        from watchglass.alerting.manager import AlertManager  # noqa: PLC0415 - as above

        clock, options = self._stack.parts.clock, alerting_options(self._stack.configuration.settings)
        try:
            return AlertManager(config, self._stack.meta, clock, options)
        except WatchglassError as error:
            log.error("the state of alerts cannot be read, and is not kept", extra={"error": str(error)})  # noqa: TRY400 - the text says all
            return AlertManager(config, None, clock, options)

    def _health(self) -> ComponentHealth:
        manager = self._manager
        if manager is None:
            return ComponentHealth(Condition.OK if self._ended else Condition.STARTING)
        disabled = manager.config.disabled
        missed = [each for each in disabled if not each.shipped]
        troubles = [f"{each.receiver}/{each.integration}: {each.why}" for each in missed[:_NAMED]]
        troubles += self._failing(manager.config)[:_NAMED]
        if manager.history is None:
            troubles.append("the state of alerts is not kept: meta.db cannot be used")
        if manager.unsaved:
            troubles.append(manager.unsaved)
        if manager.is_full:
            most = self._stack.configuration.settings.alerting_max_alerts
            troubles.append(f"alerts are refused: {most} are known, and alerting.max_alerts allows no more")
        dispatcher = manager.dispatcher  # not held still: a probe waits for nothing
        figures = {
            "alerts": len(dispatcher.state.alerts),
            "groups": len(dispatcher.groups),
            "disabled": len(disabled),
        }
        return ComponentHealth(Condition.DEGRADED if troubles else Condition.OK, "; ".join(troubles), figures)

    def _failing(self, config: AlertmanagerConfig) -> list[str]:
        """The integrations in force whose deliveries fail now, and why."""
        failing = self._runner.counts.failing if self._runner is not None else {}
        return [
            f"{each.receiver}/{each.name} fails: {found.why[:_MOST_CHARACTERS]}"
            for receiver in config.receivers.values()
            for each in receiver.integrations
            if (found := failing.get((each.receiver, each.name))) and found.integration.config == each.config
        ]


def _template_faults(config: AlertmanagerConfig) -> list[dict[str, str]]:
    """Those of somebody's own file; where it has none, what parses them is not loaded."""
    own = (each for receiver in config.receivers.values() if not receiver.shipped for each in receiver.integrations)
    if not any(each.templates for each in own):
        return []
    from watchglass.alerting.template_faults import template_faults  # noqa: PLC0415 - many servers have none

    return [
        {"receiver": each.integration.receiver, "integration": each.integration.name, "why": str(each.error)}
        for each in template_faults(config, shipped=False)
    ]
