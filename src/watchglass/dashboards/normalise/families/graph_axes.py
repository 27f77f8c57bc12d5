"""Axes of `graph` panels, of every version, as settings of fields."""

from __future__ import annotations

from watchglass.dashboards.normalise.loose import Json, mapping, number, sequence, text
from watchglass.dashboards.normalise.notes import Notes

_SIDES = ("left", "right")


def make_axes(panel: Json) -> None:
    """Give the panel `yaxes`, two objects, out of what panels before version 12 of the schema have instead."""
    given = sequence(panel.get("yaxes"))
    grid, formats = mapping(panel.get("grid")), sequence(panel.get("y_formats"))
    axes = []
    for at, side in enumerate(_SIDES):
        axis = mapping(given[at]) if at < len(given) else {}
        if not axis:
            axis = {
                "format": formats[at] if at < len(formats) else None,
                "min": grid.get(f"{side}Min"),
                "max": grid.get(f"{side}Max"),
                "logBase": grid.get(f"{side}LogBase"),
                "label": panel.get(f"{side}YAxisLabel"),
                "show": panel.get("y-axis"),
            }
        axes.append(axis)
    panel["yaxes"] = axes


def left_axis(panel: Json, notes: Notes) -> Json:
    """The settings that hold for every series: those of the left axis."""
    axis = panel["yaxes"][0]
    made = _axis(axis)
    if text(axis.get("format")):
        notes.translated("unit", "yaxes[0].format", f"the unit is that of the left axis, {axis['format'][:40]}")
    return made


def right_axis(panel: Json) -> list[Json]:
    """The properties of an override that puts a series on the right axis."""
    made = _axis(panel["yaxes"][1])
    custom = made.pop("custom")
    custom.setdefault("axisPlacement", "right")
    properties = made | {f"custom.{key}": value for key, value in custom.items()}
    return [{"id": key, "value": value} for key, value in properties.items() if value is not None]


def _axis(axis: Json) -> Json:
    """The settings of one axis; the decimals of the panel were those of the legend alone, and fit no axis."""
    custom: Json = {"axisLabel": text(axis.get("label")) or None}
    base = number(axis.get("logBase"))
    if base is not None and base > 1:
        custom["scaleDistribution"] = {"type": "log", "log": base}
    if axis.get("show") is False:
        custom["axisPlacement"] = "hidden"
    return {
        "unit": text(axis.get("format")) or None,
        "min": number(axis.get("min")),
        "max": number(axis.get("max")),
        "decimals": number(axis.get("decimals")),
        "custom": {key: value for key, value in custom.items() if value is not None},
    }
