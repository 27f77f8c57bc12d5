"""Counters, gauges and histograms that say clearly what is wrong, and gauges that say nothing before they know anything.

They are those of `prometheus_client`, and live in its registries beside others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from threading import Lock
from typing import Any, Self

import prometheus_client
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.samples import Sample

Registry = CollectorRegistry
"""Where metrics are registered; `prometheus_client.REGISTRY` is the one that is used where none is named."""

_beginning = Lock()


class _Clear:
    """What the three types have in common: their faults name the metric, its labels and the nearest of them."""

    _name: str
    _labelnames: Sequence[str]
    _labelvalues: tuple[str, ...]

    def __init__(
        self,
        name: str,
        documentation: str,
        labelnames: Iterable[str] = (),
        *,
        registry: CollectorRegistry | None = REGISTRY,
        **how: Any,
    ) -> None:
        super().__init__(name, documentation, labelnames, registry=None, **how)  # type: ignore[call-arg]
        if registry is None or self._labelvalues:
            return
        try:
            registry.register(self)  # type: ignore[arg-type]
        except ValueError:
            raise ValueError(
                f"{self} is in this registry already: make a metric once and share it, or use a registry of its own"
            ) from None

    def __str__(self) -> str:
        return f"{self._name}_total" if isinstance(self, prometheus_client.Counter) else self._name

    def labels(self, *values: object, **named: object) -> Self:
        """The series with these values of the labels, in their order or by name.

        Raises:
            ValueError: they are not the labels of the metric.
        """
        try:
            return super().labels(*values, **named)  # type: ignore[misc,no-any-return]
        except ValueError:
            raise ValueError(f"{self}: {self._wrong_labels(values, named)}") from None

    def _wrong_labels(self, values: Sequence[object], named: dict[str, object]) -> str:
        if not self._labelnames:
            return "it has no labels"
        if self._labelvalues:
            return "its labels are given already"
        known = ", ".join(self._labelnames)
        if values and named:
            return f"give the labels {known} in their order or by name, not both"
        for name in named:
            if name not in self._labelnames:
                near = get_close_matches(name, self._labelnames, 1)
                hint = f'; did you mean "{near[0]}"?' if near else ""
                return f'it has no label "{name}", its labels are {known}{hint}'
        missing = [name for name in self._labelnames if name not in named]
        if named:
            return f"the label {missing[0]} is missing, its labels are {known}"
        return f"its labels are {known}, and {len(values)} were given"

    def _raise_if_not_observable(self) -> None:
        if self._labelnames and not self._labelvalues:
            example = ", ".join(f"{name}=..." for name in self._labelnames)
            raise ValueError(f"{self}: say first which series is meant, with .labels({example})")


class Counter(_Clear, prometheus_client.Counter):
    """Counts what happens; it never falls: `Counter("requests_total", "Requests answered.", ["method"])`."""

    def inc(self, amount: float = 1, exemplar: dict[str, str] | None = None) -> None:
        """Count one more, or so many.

        Raises:
            ValueError: the amount is negative or no number, or labels are missing.
        """
        if not amount >= 0:
            raise ValueError(f"{self}: a counter never falls, and {amount:g} cannot be added to it")
        super().inc(amount, exemplar)


class Gauge(_Clear, prometheus_client.Gauge):
    """A value that goes up and down. Before it is first set it is not exposed: an unknown balance is not 0."""

    _begun = True

    def inc(self, amount: float = 1) -> None:
        """Add."""
        self._do(super().inc, amount)

    def dec(self, amount: float = 1) -> None:
        """Subtract."""
        self._do(super().dec, amount)

    def set(self, value: float) -> None:
        """Replace the value."""
        self._do(super().set, value)

    def _metric_init(self) -> None:
        self._begun = False

    def _do(self, act: Callable[[float], None], value: float) -> None:
        """Do it; the first time nobody sees a value before it is done, nor after it has failed."""
        if self._begun:
            act(value)
            return
        with _beginning:
            if not self._begun:
                super()._metric_init()
            act(value)
            self._begun = True

    def _child_samples(self) -> Iterable[Sample]:
        return super()._child_samples() if self._begun else ()


class Histogram(_Clear, prometheus_client.Histogram):
    """Counts values by buckets, and adds them up; `buckets` are upper bounds, rising."""
