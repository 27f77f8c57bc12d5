"""The metrics of a pack in an application: made from the pack's declarations, ready to be counted into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from prometheus_client import REGISTRY, CollectorRegistry

from watchglass.sdk.declared import DeclaredMetric, pack_folder, read_declared
from watchglass.sdk.metrics import Counter, Gauge, Histogram

Metric = Counter | Gauge | Histogram
M = TypeVar("M", Counter, Gauge, Histogram)

OF_PROCESS = "process_"
"""How the names begin of what is read of a process, and never counted."""

_MODES: Mapping[str, Any] = {"sum": "livesum", "latest": "mostrecent", "min": "livemin", "max": "livemax"}
"""What `prometheus_client` calls the ways in which gauges of worker processes are joined."""


class PackMetrics(Mapping[str, Metric]):
    """The metrics that a pack declares, by name.

        metrics = PackMetrics("sidepanel")
        metrics.counter("sidepanel_requests_total").labels(method="chat", status="success").inc()

    On a registry that reads this process already, as the client library's own does, a pack's `process_*` metrics are
    left out: `ProcessMetrics` reads those that are missing there. On any other registry they are made, to be set.

    Args:
        pack: the name of a pack that ships, or the folder of one's own.
        registry: where they are registered; the client library's own unless given.
        only: beginnings of names; others of the pack are left out.

    Raises:
        ConfigError: there is no such pack, or its declarations are wrong.
        ValueError: the registry has a metric of one of the names already; then it is left as it was.
    """

    def __init__(
        self, pack: str | Path, registry: CollectorRegistry = REGISTRY, *, only: tuple[str, ...] = ("",)
    ) -> None:
        declared = read_declared(pack_folder(pack) / "metrics.yaml")
        self.declared = _wanted(declared, only, registry)
        self._metrics: dict[str, Metric] = {}
        try:
            for one in self.declared:
                self._metrics[one.name] = made(one, registry)
        except ValueError:
            for metric in self._metrics.values():
                registry.unregister(metric)
            raise

    def __getitem__(self, name: str) -> Metric:
        """The metric of that name, as it is exposed.

        Raises:
            KeyError: the pack has none; names the nearest one.
        """
        try:
            return self._metrics[name]
        except KeyError:
            if name.startswith(OF_PROCESS):
                raise KeyError(f'"{name}" is read by ProcessMetrics, and not set') from None
            near = get_close_matches(name, self._metrics, 1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise KeyError(f'the pack has no metric "{name}"{hint}') from None

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the pack."""
        return iter(self._metrics)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._metrics)

    def counter(self, name: str) -> Counter:
        """A metric that is a counter.

        Raises:
            KeyError: the pack has none of that name.
            TypeError: it is none.
        """
        return self._of_type(name, Counter)

    def gauge(self, name: str) -> Gauge:
        """A metric that is a gauge; raises as `counter` does."""
        return self._of_type(name, Gauge)

    def histogram(self, name: str) -> Histogram:
        """A metric that is a histogram; raises as `counter` does."""
        return self._of_type(name, Histogram)

    def _of_type(self, name: str, kind: type[M]) -> M:
        metric = self[name]
        if not isinstance(metric, kind):
            raise TypeError(f'"{name}" is a {type(metric).__name__.lower()}, no {kind.__name__.lower()}')
        return metric


def made(one: DeclaredMetric, registry: CollectorRegistry) -> Metric:
    """A metric as it is declared.

    Raises:
        ValueError: the registry has one of its name already.
    """
    if one.type == "histogram":
        return Histogram(one.name, one.help, one.labels, registry=registry, buckets=one.buckets)
    if one.type == "counter":
        return Counter(one.name, one.help, one.labels, registry=registry)
    return Gauge(one.name, one.help, one.labels, registry=registry, multiprocess_mode=_MODES[one.workers])


def _wanted(
    declared: Sequence[DeclaredMetric], only: tuple[str, ...], registry: CollectorRegistry
) -> tuple[DeclaredMetric, ...]:
    wanted = [one for one in declared if one.name.startswith(only)]
    counted = [one for one in wanted if not one.name.startswith(OF_PROCESS)]
    if len(counted) < len(wanted) and any(family.name.startswith(OF_PROCESS) for family in registry.collect()):
        return tuple(counted)
    return tuple(wanted)
