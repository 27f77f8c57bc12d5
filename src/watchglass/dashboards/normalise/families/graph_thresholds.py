"""Thresholds of `graph` panels, each a line and an area above or below a value, as steps."""

from __future__ import annotations

from watchglass.dashboards.normalise.loose import Json, count, mapping, mappings, number, own_object, text
from watchglass.dashboards.normalise.notes import Notes

_COLORS = {"critical": "red", "warning": "orange", "ok": "green"}
_NOTHING = "transparent"


def translate(panel: Json, defaults: Json, notes: Notes) -> None:
    """Fill `defaults.thresholds` and how they are drawn."""
    given = [one for one in mappings(panel.get("thresholds")) if number(one.get("value")) is not None]
    given += _of_grid(mapping(panel.get("grid")))
    if not given or mapping(defaults.get("thresholds")).get("steps"):
        return
    defaults["thresholds"] = {"mode": "absolute", "steps": steps(given)}
    own_object(defaults, "custom").setdefault("thresholdsStyle", {"mode": _style(given)})
    notes.translated("thresholds", "thresholds", f"{count(len(given), 'threshold')}: drawn as steps of the field")


def steps(given: list[Json]) -> list[Json]:
    """One step for each value: what is greater wins upward from its value, what is less holds downward."""
    ordered = sorted(given, key=lambda one: number(one["value"]) or 0)
    below = [one for one in ordered if one.get("op") == "lt"]
    found: list[Json] = [{"color": _color(below[0]) if below else _NOTHING, "value": None}]
    for one in ordered:
        value = number(one["value"])
        if one.get("op") == "lt":
            above = [other for other in below if (number(other["value"]) or 0) > (value or 0)]
            found.append({"color": _color(above[0]) if above else _NOTHING, "value": value})
        else:
            found.append({"color": _color(one), "value": value})
    return found


def _color(one: Json) -> str:
    mode = text(one.get("colorMode"))
    if mode == "custom" or mode not in _COLORS:
        return text(one.get("fillColor")) or text(one.get("lineColor")) or text(one.get("color")) or "red"
    return _COLORS[mode]


def _style(given: list[Json]) -> str:
    has_area = any(one.get("fill") is True for one in given)
    has_line = any(one.get("line") is True for one in given)
    if has_area:
        return "line+area" if has_line else "area"
    return "line" if has_line else "off"


def _of_grid(grid: Json) -> list[Json]:
    """The two thresholds of panels before version 13 of the schema: from each value upward, or down when descending."""
    values = [number(grid.get(f"threshold{at}")) for at in (1, 2)]
    falls = values[0] is not None and values[1] is not None and values[0] > values[1]
    is_line = grid.get("thresholdLine") is True
    return [
        {
            "value": value,
            "op": "lt" if falls else "gt",
            "colorMode": "custom",
            "fillColor": text(grid.get(f"threshold{at}Color")),
            "fill": not is_line,
            "line": is_line,
        }
        for at, value in enumerate(values, 1)
        if value is not None
    ]
