"""`pie` and `grafana-piechart-panel`, the plugin before Grafana 8, read as `piechart`."""

from __future__ import annotations

from watchglass.dashboards.normalise.calcs import calc
from watchglass.dashboards.normalise.families import graph_series
from watchglass.dashboards.normalise.loose import Json, drop, fill, mapping, number, own_list, own_object, text, words
from watchglass.dashboards.normalise.notes import Notes

_DEAD = words(
    "aliasColors breakPoint cacheTimeout combine decimals fontSize format legend legendType nullPointMode pieType "
    "strokeWidth valueName"
)


def translate(panel: Json, notes: Notes) -> None:
    """Turn an old pie chart into its current form, in place."""
    notes.translated("pie", "type", "an old pie chart is drawn as piechart")
    panel["type"] = "piechart"
    config, options = own_object(panel, "fieldConfig"), own_object(panel, "options")
    fill(
        own_object(config, "defaults"),
        {"unit": text(panel.get("format")) or None, "decimals": number(panel.get("decimals"))},
    )
    graph_series.translate({"aliasColors": panel.get("aliasColors")}, own_list(config, "overrides"), notes)
    name = calc(text(panel.get("valueName")) or "lastNotNull")
    fill(
        options,
        {
            "pieType": "donut" if panel.get("pieType") == "donut" else "pie",
            "reduceOptions": {"calcs": [name], "fields": "", "values": False},
            "displayLabels": ["name"] if panel.get("legendType") == "On graph" else [],
            "legend": _legend(panel),
        },
    )
    drop(panel, *_DEAD)


def _legend(panel: Json) -> Json:
    """Where the legend is, and what it says about each slice."""
    legend, place = mapping(panel.get("legend")), panel.get("legendType")
    values = [name for name, key in (("value", "values"), ("percent", "percentage")) if legend.get(key) is True]
    return {
        "showLegend": legend.get("show") is not False and place != "On graph",
        "displayMode": "table" if values else "list",
        "placement": "right" if place == "Right side" else "bottom",
        "values": values,
    }
