"""What the dashboard shows: six widgets, and those that an application adds. `shapes` tells their fields."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from watchglass.sdk.dinoair import widgets
from watchglass.sdk.dinoair.metrics_collector import MACHINE, MetricsCollector
from watchglass.sdk.dinoair.metrics_exporter import iso
from watchglass.sdk.dinoair.reading import Reading
from watchglass.sdk.dinoair.span import Span
from watchglass.sdk.dinoair.storage import MetricsStorage

__all__ = ["DEFAULT_TIMEFRAME", "WIDGETS", "DashboardDataProvider", "ParameterError", "Span"]

DEFAULT_TIMEFRAME = 24
"""Hours that a widget reaches back unless it is told otherwise."""

WIDGETS = ("overview", "resources", "api", "models", "errors", "users")
"""The widgets of the guide."""

Widget = Callable[[Span], Mapping[str, Any]]


class ParameterError(ValueError):
    """A widget that does not exist, or a timeframe that cannot be.

    Attributes:
        parameter: which one is wrong.
        allowed: what it may be.
    """

    def __init__(self, parameter: str, got: object, allowed: Sequence[str], hint: str = "") -> None:
        self.parameter, self.allowed = parameter, list(allowed)
        super().__init__(f"{parameter}: expected {', '.join(self.allowed)}, got {got!r}{hint}")


class DashboardDataProvider:
    """Answers widgets.

    Args:
        collector: tells the present.
        storage: holds the past.
    """

    def __init__(self, collector: MetricsCollector, storage: MetricsStorage) -> None:
        self.collector, self.storage = collector, storage
        self._added: dict[str, tuple[Widget, frozenset[str]]] = {}

    @property
    def widgets(self) -> list[str]:
        """The names of all widgets."""
        return [*WIDGETS, *self._added]

    @property
    def longest_timeframe(self) -> int:
        """The most hours that can be asked for: as long as anything is kept."""
        return max(self.collector.config.retention_hours, self.collector.config.rollup_hours)

    def add_widget(self, name: str, build: Widget, metrics: Collection[str] = ()) -> None:
        """Add a widget of one's own.

        Args:
            name: what `?widget=` calls it.
            build: makes its fields out of the history of the asked range.
            metrics: whose history it needs, by the names of their samples.

        Raises:
            ValueError: there is a widget of that name.
        """
        if name in self.widgets:
            raise ValueError(f'there is a widget "{name}" already')
        self._added[name] = (build, frozenset(metrics))

    def get_dashboard_data(self, widget: str = "overview", timeframe: int | None = None) -> dict[str, Any]:
        """What one widget shows.

        Args:
            widget: which one.
            timeframe: how many hours it reaches back, 24 unless given; the overview is of now.

        Raises:
            ParameterError: there is no such widget, or no such timeframe; lists what there is.
        """
        if widget not in self.widgets:
            near = difflib.get_close_matches(str(widget), self.widgets, 1)
            raise ParameterError("widget", widget, self.widgets, f'; did you mean "{near[0]}"?' if near else "")
        hours = self._hours(timeframe)
        current = self.collector.current()
        header = {
            "widget": widget,
            "timeframe": None if widget == "overview" else hours,
            "timestamp": iso(current.timestamp_ms),
            "timestamp_ms": current.timestamp_ms,
        }
        if widget == "overview":
            return header | widgets.overview(self.collector, current)
        return header | dict(self._built(widget, hours, current))

    def _built(self, widget: str, hours: int, current: Reading) -> Mapping[str, Any]:
        """The fields of a widget that looks back."""
        build, names = self._added.get(widget, (None, _NAMES.get(widget, ())))
        began_ms, slack_ms = self.collector.state.began_ms, 4 * self.collector.config.collection_interval * 1000
        span = Span(self.storage, current, hours, names, began_ms=began_ms, slack_ms=slack_ms)
        if build is not None:
            return build(span)
        return {
            "resources": lambda: widgets.resources(span),
            "api": lambda: widgets.api(span, self.collector),
            "models": lambda: widgets.models(span, current),
            "errors": lambda: widgets.errors(span, self.collector),
            "users": lambda: widgets.users(span, current),
        }[widget]()

    def _hours(self, timeframe: object) -> int:
        if timeframe is None:
            return DEFAULT_TIMEFRAME
        allowed = [f"whole hours from 1 to {self.longest_timeframe}"]
        try:
            hours = int(str(timeframe))
        except ValueError:
            raise ParameterError("timeframe", timeframe, allowed) from None
        if not 1 <= hours <= self.longest_timeframe:
            raise ParameterError("timeframe", timeframe, allowed)
        return hours


_NAMES: Mapping[str, Collection[str]] = {
    "resources": (*MACHINE.values(), "dinoair_gpu_usage_percent", "dinoair_gpu_memory_usage_percent"),
    "api": (widgets.REQUESTS, widgets.FAILURES, *widgets.histogram_names(widgets.RESPONSE_TIME)),
    "models": (
        widgets.GENERATIONS,
        *widgets.histogram_names(widgets.GENERATION_TIME, widgets.PROMPT, widgets.OUTPUT),
    ),
    "errors": (widgets.ERRORS,),
    "users": (widgets.SESSIONS, *widgets.histogram_names(widgets.DURATIONS)),
}
