"""Tells Alertmanagers elsewhere of alerts: every one has a queue of its own, so that one that hangs delays no other.

Source: prometheus/prometheus, notifier/manager.go, notifier/alertmanagerset.go.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from watchglass.collect.discovery.manager import DiscoveryManager
from watchglass.collect.http_client import HttpClient
from watchglass.collect.job import ScrapeJob, TargetGroup
from watchglass.model.alert import Alert
from watchglass.rules.alertmanager_metrics import AlertmanagerMetrics
from watchglass.rules.alertmanagers import Addresses, AlertmanagerConfig, addresses
from watchglass.rules.outgoing import Relabelled
from watchglass.rules.send_loop import SendLoop, SendOptions, shown_url

STOP_S = 1.5
"""How long a stop waits for alerts that are still to be sent."""


class AlertmanagerSet:
    """The Alertmanagers of one entry of the configuration."""

    def __init__(self, config: AlertmanagerConfig, options: SendOptions, metrics: AlertmanagerMetrics) -> None:
        self.config = config
        self.known = Addresses()
        self._options, self._metrics = options, metrics
        self._client = HttpClient(config.http)
        self._relabelled = Relabelled(config.alert_relabel)
        self._loops: dict[str, SendLoop] = {}

    def sync(self, found: Sequence[TargetGroup]) -> list[asyncio.Task[None]]:
        """Follow what was found; gives the loops that end."""
        self.known = addresses(self.config, [*self.config.static, *found])
        gone = [self._loops.pop(url) for url in list(self._loops) if url not in self.known.active]
        for url in self.known.active:
            if url not in self._loops:
                metrics = self._metrics.of_loop(shown_url(url))
                self._loops[url] = SendLoop(url, self._client, self.config.timeout_ms, self._options, metrics)
        return [asyncio.create_task(loop.stop(STOP_S)) for loop in gone]

    def put(self, alerts: Sequence[Alert]) -> None:
        """Queue alerts for each of them."""
        kept = self._relabelled.of(alerts)
        for loop in self._loops.values() if kept else ():
            loop.put(kept)

    @property
    def urls(self) -> list[str]:
        """Those that are told of alerts."""
        return [url for url, loop in self._loops.items() if not loop.reaches_self]

    async def stop(self) -> None:
        """Send what waits, as far as the time allows."""
        await asyncio.gather(*(loop.stop(STOP_S) for loop in self._loops.values()))
        self._loops = {}
        await self._client.close()


class AlertmanagerSink:
    """An AlertSink whose Alertmanagers are elsewhere. Call it from the loop's thread.

    Args:
        options: bounds of each queue.
        registry: where it counts.
    """

    def __init__(self, options: SendOptions | None = None, registry: CollectorRegistry | None = None) -> None:
        self._options = options or SendOptions()
        self._metrics = AlertmanagerMetrics(registry)
        self._metrics.capacity.set(self._options.queue_capacity)
        self._sets: dict[str, AlertmanagerSet] = {}
        self._discovery = DiscoveryManager(self._found)
        self._counted: Counter[str] = Counter()
        self._ending: set[asyncio.Task[None]] = set()

    def apply(self, configs: Sequence[AlertmanagerConfig]) -> None:
        """Take over a configuration; entries that are as before keep their queues."""
        before = list(self._sets.values())
        self._sets = {f"config-{place}": self._take(config, before) for place, config in enumerate(configs)}
        for gone in before:
            self._keep([asyncio.create_task(gone.stop())])
        self._discovery.apply([ScrapeJob(name, discovery=each.config.discovery) for name, each in self._sets.items()])
        for name, each in self._sets.items():
            if not each.config.discovery:
                self._found(name, ())
        self._count()

    def _take(self, config: AlertmanagerConfig, before: list[AlertmanagerSet]) -> AlertmanagerSet:
        same = next((each for each in before if each.config == config), None)
        if same is None:
            return AlertmanagerSet(config, self._options, self._metrics)
        before.remove(same)
        return same

    def _found(self, name: str, groups: Sequence[TargetGroup]) -> None:
        self._keep(self._sets[name].sync(groups))
        self._count()

    def put(self, alerts: Sequence[Alert]) -> None:
        """Queue alerts for every Alertmanager."""
        for each in self._sets.values():
            each.put(alerts)

    def addresses(self) -> tuple[list[str], list[str]]:
        """Where alerts are posted to, and what relabelling dropped; nothing secret in them."""
        active = [shown_url(url) for each in self._sets.values() for url in each.urls]
        return active, [shown_url(url) for each in self._sets.values() for url in each.known.dropped]

    async def stop(self) -> None:
        """Send what waits, as far as the time allows."""
        await self._discovery.stop()
        sets, self._sets = self._sets, {}
        await asyncio.gather(*(each.stop() for each in sets.values()), *self._ending, return_exceptions=True)

    def _keep(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        for task in tasks:
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def _count(self) -> None:
        """Forget the metrics of Alertmanagers that are gone."""
        now = Counter(self.addresses()[0])
        self._metrics.discovered.set(now.total())
        for url in self._counted.keys() - now.keys():
            self._metrics.forget(url)
        self._counted = now
