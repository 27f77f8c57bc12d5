"""The rules of this process: built from the configuration, joined to engine, store and whoever hears of alerts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from watchglass.app.configuration import Configuration
from watchglass.app.options import own_url, rule_options, send_options, template_limits
from watchglass.clock import Clock
from watchglass.interfaces import AlertSink
from watchglass.model.labels import Labels
from watchglass.promql.engine import Engine
from watchglass.promql.memory_pool import MemoryPool, using
from watchglass.rules.answer import Answer, as_answer
from watchglass.rules.definition import GroupDefinition
from watchglass.rules.manager import RuleManager
from watchglass.rules.outgoing import Outgoing, Relabelled
from watchglass.rules.rule import BAD
from watchglass.rules.surroundings import Surroundings
from watchglass.rules.templates import Environment, expand
from watchglass.serve.health import ComponentHealth, Condition

if TYPE_CHECKING:
    from watchglass.app.stack import Stack
    from watchglass.rules.alertmanager_sink import AlertmanagerSink
    from watchglass.store.metrics import MetricStore

_CLIENT = "rules"  # as whom rules draw on the memory of queries
_SHOWN_ERRORS = 5


class RuleKeeper:
    """Runs the rules that the configuration names.

    Args:
        stack: whose rules they are.
        clock: the time.
        sinks: who hears of alerts in this process.
    """

    def __init__(self, stack: Stack, clock: Clock, sinks: Sequence[AlertSink] = ()) -> None:
        self._stack, self._clock = stack, clock
        self._outgoing = Outgoing(sinks)
        self._elsewhere: AlertmanagerSink | None = None
        self._environment: Environment | None = None
        self._stopping = threading.Event()
        self.manager: RuleManager | None = None
        stack.parts.health.add("rules", self._health, needed=False)

    def join(self, store: MetricStore, engine: Engine) -> None:
        """Take the parts that rules work with; nothing is evaluated yet."""
        settings = self._stack.configuration.settings
        asking = _Asking(engine, self._stack.parts.queries.memory, self._stopping)
        url = own_url(settings)
        self._environment = Environment(asking.rows, external_url=url, limits=template_limits(settings))
        around = Surroundings(
            query=asking,
            appender=store,
            storage=store,
            emit=self._outgoing.emit,
            expand=self._expand,
            clock=self._clock,
            external_url=url,
            options=rule_options(settings),
        )
        self.manager = RuleManager(
            around, threads=settings.rules_max_concurrent_evals, registry=self._stack.parts.registry
        )
        self._stack.parts.rules = self.manager

    def apply(self, configuration: Configuration) -> None:
        """Follow the configuration, for the first time or after a reload."""
        assert self.manager is not None
        assert self._environment is not None
        labels = configuration.prometheus.external_labels
        self._environment = replace(self._environment, external_labels=labels)
        alerting = configuration.prometheus.alerting
        self._outgoing.begin()
        self._outgoing.relabelled = Relabelled(alerting.relabel, labels)
        if alerting.alertmanagers and self._elsewhere is None:
            self._elsewhere = self._make_sink()
        if self._elsewhere is not None:
            self._elsewhere.apply(alerting.alertmanagers)
        self.manager.apply(_resolved(configuration))

    def _make_sink(self) -> AlertmanagerSink:
        from watchglass.rules.alertmanager_sink import AlertmanagerSink  # noqa: PLC0415 - only where there are Alertmanagers elsewhere

        parts = self._stack.parts
        sink = AlertmanagerSink(send_options(self._stack.configuration.settings, parts.instance), parts.registry)
        self._outgoing.sinks.append(sink)
        parts.alertmanagers = sink.addresses
        return sink

    async def stop(self) -> None:
        """End every group, then send what is still to be sent."""
        self._stopping.set()
        if self.manager is not None:
            await self.manager.stop()
        if self._elsewhere is not None:
            await asyncio.sleep(0)  # the last alerts come by way of the loop
            await self._elsewhere.stop()

    def _expand(self, text: str, *, name: str, labels: Labels, value: float, now_ms: int) -> str:
        assert self._environment is not None
        return expand(text, name=name, labels=labels, value=value, now_ms=now_ms, environment=self._environment)

    def _health(self) -> ComponentHealth:
        groups = self.manager.groups() if self.manager is not None else []
        rules = [rule for group in groups for rule in group.rules]
        bad = [rule for rule in rules if rule.health == BAD]
        figures = {"groups": len(groups), "rules": len(rules), "failing": len(bad)}
        texts = "; ".join(f"{rule.name}: {rule.error}" for rule in bad[:_SHOWN_ERRORS])
        return ComponentHealth(Condition.DEGRADED if bad else Condition.OK, texts, figures)


class _Asking:
    """Asks the engine on behalf of rules, which together take no more memory than one client may."""

    def __init__(self, engine: Engine, memory: MemoryPool, stopping: threading.Event) -> None:
        self._engine, self._memory, self._stopping = engine, memory, stopping

    def __call__(self, expr: str, time_ms: int) -> Answer:
        share = self._memory.share(_CLIENT)
        try:
            with using(share):
                return as_answer(self._engine.instant(expr, time_ms, cancel=self._stopping))
        finally:
            share.release()

    def rows(self, expr: str, time_ms: int) -> list[tuple[Labels, float]]:
        """The answer, for templates."""
        return self(expr, time_ms).rows()


def _resolved(configuration: Configuration) -> list[GroupDefinition]:
    """The groups, with what they leave to all groups filled in."""
    shared = configuration.prometheus.global_
    return [
        replace(
            group,
            interval_ms=group.interval_ms or shared.evaluation_interval_ms,
            query_offset_ms=shared.rule_query_offset_ms if group.query_offset_ms is None else group.query_offset_ms,
        )
        for group in configuration.rules
    ]
