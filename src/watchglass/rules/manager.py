"""Runs groups of rules, each at its interval; reloads keep what goes on unchanged, and a slow group holds up no other.

Every group has a task on the loop that waits for its next slot; rules are evaluated in threads. So many evaluations at a time
as there are permits; one that takes long gives its permit back, so that hung ones never keep the others waiting.
Source: prometheus/prometheus, rules/manager.go.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from functools import partial

from prometheus_client import CollectorRegistry

from watchglass.collect.daemon import in_daemon_thread
from watchglass.errors import WatchglassError
from watchglass.rules.alerting import AlertingRule
from watchglass.rules.definition import GroupDefinition
from watchglass.rules.group import Group
from watchglass.rules.metrics import RuleMetrics
from watchglass.rules.no_data import NoData
from watchglass.rules.own_rules import is_own
from watchglass.rules.restore import restore
from watchglass.rules.surroundings import Surroundings

log = logging.getLogger("watchglass.rules")

LONG_S = 2.0
"""An evaluation that takes longer gives its permit back."""
_STOP_S = 1.0  # how long a stop waits for evaluations that are under way; their queries are cancelled
_RENAMED_INTERVALS = 2  # a group that is gone ends its series after so many: it may have another name now
_RESTORED_AFTER = 2  # evaluations: what the first of them see may not be whole yet


class _Running:
    """A group and its task."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.stopping = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        """End it after the rule that is being evaluated."""
        self.group.stopped = True
        self.stopping.set()
        if self.task is not None:
            await asyncio.wait({self.task})


class RuleManager:
    """All groups of this process. Call it from the loop's thread.

    Args:
        around: what groups work with.
        threads: evaluations at a time.
        registry: where it counts.
    """

    def __init__(self, around: Surroundings, *, threads: int = 4, registry: CollectorRegistry | None = None) -> None:
        self._around = around
        self._metrics = RuleMetrics(registry)
        self._permits = asyncio.Semaphore(threads)
        self._running: dict[str, _Running] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._begun = False
        self._no_data = NoData(around.query)

    @property
    def external_url(self) -> str:
        """With what the links of all its alerts begin."""
        return self._around.external_url

    def groups(self) -> list[Group]:
        """All groups, in order of file and name."""
        return [self._running[key].group for key in sorted(self._running, key=self._order)]

    def _order(self, key: str) -> tuple[str, str]:
        definition = self._running[key].group.definition
        return definition.file, definition.name

    def alerting(self) -> list[AlertingRule]:
        """The rules of all groups that alert."""
        return [rule for running in self._running.values() for rule in running.group.alerting]

    def without_data(self) -> list[tuple[Group, AlertingRule, int | None]]:
        """Rules that are quiet because what they compare has no value, and since when; call it from any thread.

        Those about Watchglass itself are not among them: a part that is not in use has no figures.
        """
        now_ms = self._around.clock.now_ms()
        every = [(group, rule) for group in self.groups() if not is_own(group.definition) for rule in group.alerting]
        found = self._no_data.look([(rule, now_ms - group.query_offset_ms) for group, rule in every])
        return [(group, rule, found[rule]) for group, rule in every if rule in found]

    def apply(self, definitions: Sequence[GroupDefinition]) -> None:
        """Take over a configuration. Unchanged groups go on; the first time, the state of alerts is looked for in the store."""
        before, self._running = self._running, {}
        for definition in definitions:
            old = before.pop(definition.key, None)
            if old is not None and old.group.definition == definition:
                self._running[definition.key] = old
            else:
                self._running[definition.key] = self._begin(definition, old)
        for key, gone in before.items():
            self._metrics.forget(key)
            self._keep(asyncio.create_task(self._end(gone)))
        self._begun = True

    def _begin(self, definition: GroupDefinition, old: _Running | None) -> _Running:
        metrics = self._metrics.of_group(definition.key)
        running = _Running(Group(definition, self._around, metrics, restored=self._begun))
        running.task = asyncio.create_task(self._run(running, old))
        return running

    async def stop(self) -> None:
        """End all groups; an evaluation that hangs is left behind."""
        running, self._running = self._running, {}
        for task in self._ending:
            task.cancel()
        stopping = [asyncio.create_task(each.stop()) for each in running.values()]
        if stopping:
            await asyncio.wait(stopping, timeout=_STOP_S)
        for each in running.values():
            if each.task is not None:
                each.task.cancel()

    # One group

    async def _run(self, running: _Running, old: _Running | None) -> None:
        """Evaluate at every slot; a fault of ours ends one evaluation, and stops nothing else."""
        group = running.group
        if old is not None:
            await old.stop()
            group.take_over(old.group)
        slot_ms = group.schedule.slot(self._around.clock.now_ms())
        evaluations = 0
        while await self._is_time(running, slot_ms):
            before_ms, slot_ms = slot_ms, group.schedule.slot(self._around.clock.now_ms())
            group.skip(group.schedule.missed(before_ms, slot_ms))
            evaluations += 1
            try:
                await self._in_thread(partial(group.evaluate, slot_ms))
                if evaluations == _RESTORED_AFTER and not group.stopped:
                    await self._in_thread(partial(self._restore, group))
            except Exception:
                log.exception("a group failed by a fault of ours", extra={"group": group.definition.key})

    async def _is_time(self, running: _Running, before_ms: int) -> bool:
        """Wait until another slot than `before_ms` has come; False when the group is to stop."""
        schedule, clock = running.group.schedule, self._around.clock
        while not running.stopping.is_set():
            wait_s = max(1, schedule.wait_ms(before_ms, clock.now_ms())) / 1000
            if await _set_within(running.stopping, wait_s):
                break
            if schedule.slot(clock.now_ms()) != before_ms:
                return True
        return False

    async def _in_thread(self, work: partial[None]) -> None:
        await self._permits.acquire()
        try:
            future = in_daemon_thread(work)
            await asyncio.wait({future}, timeout=LONG_S)
        finally:
            self._permits.release()
        await asyncio.wait({future})
        future.result()

    def _restore(self, group: Group) -> None:
        """Find the state of alerts again that a process before this one had."""
        now_ms, began_s = self._around.clock.now_ms(), time.perf_counter()
        missing = [rule for rule in group.alerting if not rule.restored]
        for rule in missing:
            try:
                restore(rule, self._around.storage, self._around.options, now_ms)
            except WatchglassError as error:
                log.warning("the state of alerts is not found again", extra={"rule": rule.name, "error": str(error)})
        if missing:
            self._metrics.of_group(group.definition.key).set("restore", time.perf_counter() - began_s)

    async def _end(self, gone: _Running) -> None:
        now_ms = self._around.clock.now_ms()
        await gone.stop()
        await asyncio.sleep(_RENAMED_INTERVALS * gone.group.schedule.interval_ms / 1000)
        is_back = gone.group.definition.key in self._running
        await self._in_thread(partial(gone.group.end, now_ms, closes=not is_back))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
