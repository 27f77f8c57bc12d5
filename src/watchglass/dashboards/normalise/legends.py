"""Legends, tooltips and calculations of a panel's `options`, out of what every version of Grafana wrote."""

from __future__ import annotations

from watchglass.dashboards.normalise.calcs import KNOWN, calcs
from watchglass.dashboards.normalise.loose import Json, mapping, text, whole
from watchglass.dashboards.normalise.notes import Notes

_OLD_VALUES = ("min", "max", "avg", "current", "total")  # the order of the old legend's columns
_HEADS = {"min": "Min", "max": "Max", "avg": "Mean", "current": "Last *", "total": "Total"}  # of its columns, now
_SORTS = ("none", "asc", "desc")


def from_graph(legend: Json) -> Json:
    """The legend of a `graph` panel."""
    has_values = legend.get("values") is True
    sort = _HEADS.get(text(legend.get("sort")), "")
    made: Json = {
        "showLegend": legend.get("show") is not False,
        "displayMode": "table" if legend.get("alignAsTable") is True else "list",
        "placement": "right" if legend.get("rightSide") is True else "bottom",
        "calcs": calcs(name for name in _OLD_VALUES if legend.get(name) is True) if has_values else [],
    }
    width = whole(legend.get("sideWidth"), 0, 4000)
    if width and made["placement"] == "right":
        made["width"] = width
    return made | ({"sortBy": sort, "sortDesc": legend.get("sortDesc") is True} if sort and made["calcs"] else {})


def tooltip_from_graph(tooltip: Json) -> Json:
    """The tooltip of a `graph` panel."""
    sort = whole(tooltip.get("sort"), 0, 2) or 0
    return {"mode": "single" if tooltip.get("shared") is False else "multi", "sort": _SORTS[sort]}


def tidy(options: Json, notes: Notes) -> None:
    """Bring `options.legend` and `options.reduceOptions` into their current form.

    Source: Grafana, dashboard schema version 37.
    """
    legend = options.get("legend")
    if isinstance(legend, bool):
        options["legend"] = {"showLegend": legend, "displayMode": "list", "placement": "bottom", "calcs": []}
    if isinstance(legend, dict) and legend.get("displayMode") == "hidden":
        legend |= {"showLegend": False, "displayMode": "list"}
    for name in ("legend", "reduceOptions"):
        _tidy_calcs(mapping(options.get(name)), f"options.{name}.calcs", notes)


def _tidy_calcs(holder: Json, path: str, notes: Notes) -> None:
    if not isinstance(holder.get("calcs"), list):
        return
    holder["calcs"] = calcs(holder["calcs"])
    unknown = [name for name in holder["calcs"] if name not in KNOWN]
    if unknown:
        notes.unsupported("calculation", path, f"unknown calculation {', '.join(unknown)[:80]}")
