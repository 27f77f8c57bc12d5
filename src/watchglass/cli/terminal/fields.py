"""What a panel says about its values: names, units, decimals, words and colours, overrides included."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchglass.cli.terminal.values import format_value

Json = Mapping[str, Any]

_LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_PLAIN_COLORS = {"text", "", "white", "transparent"}


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a panel.

    Attributes:
        name: as its legend says.
        ref: the query that it is of.
        times: ms, rising.
        values: beside them; NaN where there is none.
        labels: of the series.
    """

    name: str
    ref: str
    times: Sequence[int]
    values: Sequence[float]
    labels: Mapping[str, str] = field(default_factory=dict)


def series_name(legend: str, labels: Mapping[str, str], expr: str) -> str:
    """The name of a series: its legend filled in, or its labels."""
    if legend and legend != "__auto":
        return _LABEL.sub(lambda found: labels.get(found[1], ""), legend).strip()
    shown = [value for name, value in labels.items() if name not in {"__name__", "job", "instance"}]
    return " ".join(shown) or labels.get("__name__", "") or labels.get("instance", "") or expr


_REDUCERS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "last": lambda values: values[-1],
    "lastNotNull": lambda values: values[-1],
    "first": lambda values: values[0],
    "firstNotNull": lambda values: values[0],
    "mean": lambda values: math.fsum(values) / len(values),
    "max": max,
    "min": min,
    "sum": math.fsum,
    "count": len,
    "range": lambda values: max(values) - min(values),
    "delta": lambda values: values[-1] - values[0],
}


def reduce(series: Series, calculation: str = "lastNotNull") -> float | None:
    """The one number that stands for a series; None where it has no value."""
    there = [value for value in series.values if not math.isnan(value)]
    return float(_REDUCERS.get(calculation, _REDUCERS["last"])(there)) if there else None


def calculation_of(panel: Json) -> str:
    """How a panel makes one number of a series."""
    calcs = ((panel.get("options") or {}).get("reduceOptions") or {}).get("calcs") or ["lastNotNull"]
    return str(calcs[0])


@dataclass(frozen=True, slots=True)
class Field:
    """How the values of a series are shown."""

    config: Json

    @property
    def unit(self) -> str:
        """Grafana's name of it."""
        return str(self.config.get("unit") or "")

    @property
    def decimals(self) -> int | None:
        """As many as the panel says."""
        decimals = self.config.get("decimals")
        return int(decimals) if isinstance(decimals, int | float) else None

    def limit(self, name: str) -> float | None:
        """`min` or `max`, where the panel says it."""
        value = self.config.get(name)
        return float(value) if isinstance(value, int | float) else None

    def text(self, value: float | None) -> str:
        """A value as it is written: what it is mapped to, or the number in its unit."""
        if value is None:
            return str(self.config.get("noValue") or "no data")
        mapped = _mapped(self.config, value)
        return mapped["text"] if mapped and mapped.get("text") else format_value(value, self.unit, self.decimals)

    def color(self, value: float | None) -> str:
        """The colour of a value; empty for the terminal's own."""
        if value is None:
            return "dim"
        mapped = _mapped(self.config, value)
        if mapped and mapped.get("color"):
            return _shown_color(mapped["color"])
        mode = self.config.get("color") or {}
        if mode.get("mode") == "thresholds":
            return _threshold_color(self.config, value)
        return _shown_color(mode.get("fixedColor", "")) if mode.get("mode") == "fixed" else ""


def field_of(panel: Json, series: Series) -> Field:
    """The settings of a series: the panel's defaults, then the overrides that mean it."""
    config = panel.get("fieldConfig") or {}
    settings = dict(config.get("defaults") or {})
    for override in config.get("overrides") or ():
        if _means(override.get("matcher") or {}, series):
            settings |= {each["id"]: each.get("value") for each in override.get("properties") or () if "id" in each}
    return Field(settings)


def shown_name(panel: Json, series: Series) -> str:
    """The name of a series, unless the panel gives it another one."""
    return str(field_of(panel, series).config.get("displayName") or series.name)


def _means(matcher: Json, series: Series) -> bool:
    options = matcher.get("options")
    match matcher.get("id"):
        case "byName":
            return options == series.name
        case "byFrameRefID":
            return options == series.ref
        case "byRegexp":
            try:
                return re.search(str(options).strip("/"), series.name) is not None
            except re.error:
                return False
    return False


def _mapped(config: Json, value: float) -> Json | None:
    for mapping in config.get("mappings") or ():
        options = mapping.get("options") or {}
        if mapping.get("type") == "value":
            found = options.get(f"{value:g}")
            if found is not None:
                return dict(found)
        if mapping.get("type") == "range" and _within(options, value):
            return dict(options.get("result") or {})
    return None


def _within(options: Json, value: float) -> bool:
    low, high = options.get("from"), options.get("to")
    return (low is None or value >= low) and (high is None or value <= high)


def _threshold_color(config: Json, value: float) -> str:
    steps = (config.get("thresholds") or {}).get("steps") or ()
    color = ""
    for step in steps:
        if step.get("value") is None or value >= step["value"]:
            color = str(step.get("color", ""))
    return _shown_color(color)


def _shown_color(color: str) -> str:
    return "" if color in _PLAIN_COLORS else color
