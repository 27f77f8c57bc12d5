"""`graph`, the time chart before Grafana 8, read as `timeseries` (or `barchart`, `histogram`, as its x axis says).

Source: Grafana, public/app/plugins/panel/timeseries/migrations.ts, for what each of the old settings means now.
"""

from __future__ import annotations

from watchglass.dashboards.normalise import legends
from watchglass.dashboards.normalise.calcs import calcs
from watchglass.dashboards.normalise.families import graph_axes, graph_series, graph_thresholds
from watchglass.dashboards.normalise.loose import (
    Json,
    drop,
    fill,
    mapping,
    mappings,
    own_list,
    own_object,
    sequence,
    text,
    whole,
    words,
)
from watchglass.dashboards.normalise.notes import Notes

_DEAD = words(
    "alertThreshold aliasColors bars dashes dashLength decimals fill fillGradient grid hiddenSeries leftYAxisLabel "
    "legend lines linewidth nullPointMode paceLength percentage pointradius points renderer rightYAxisLabel "
    "seriesOverrides spaceLength stack steppedLine thresholds tooltip xaxis yaxes yaxis y_formats x-axis y-axis"
)
_X_MODES = {"series": "barchart", "histogram": "histogram"}


def translate(panel: Json, notes: Notes) -> None:
    """Turn a graph into its current form, in place."""
    mode = mapping(panel.get("xaxis")).get("mode")
    panel["type"] = _X_MODES.get(mode, "timeseries") if isinstance(mode, str) else "timeseries"
    notes.translated("graph", "type", f"a graph is drawn as {panel['type']}")
    config, options = own_object(panel, "fieldConfig"), own_object(panel, "options")
    defaults, overrides = own_object(config, "defaults"), own_list(config, "overrides")
    graph_axes.make_axes(panel)
    axis = graph_axes.left_axis(panel, notes)
    custom = own_object(defaults, "custom")
    defaults.update({key: value for key, value in axis.items() if value is not None and key != "custom"})
    fill(custom, _drawing(panel) | axis["custom"])
    graph_thresholds.translate(panel, defaults, notes)
    graph_series.translate(panel, overrides, notes)
    _options(panel, options, str(mode))
    _lost(panel, notes)
    drop(panel, *_DEAD)


def _drawing(panel: Json) -> Json:
    """How series are drawn: lines, bars or points, and what is below them."""
    if panel["type"] != "timeseries":
        return {"fillOpacity": 80}
    custom = _stroke(panel) | {"showPoints": "always" if panel.get("points") is True else "never"}
    custom |= {"pointSize": 2 + 2 * (whole(panel.get("pointradius"), 1, 20) or 2)}
    custom |= graph_series.gaps(panel.get("nullPointMode"))
    if panel.get("steppedLine") is True:
        custom["lineInterpolation"] = "stepAfter"
    if panel.get("dashes") is True:
        custom["lineStyle"] = graph_series.dashes(panel)
    if panel.get("stack") is True:
        custom["stacking"] = {"mode": "percent" if panel.get("percentage") is True else "normal", "group": "A"}
    return custom


def _stroke(panel: Json) -> Json:
    """Bars, which are full, where they are on; lines unless they are off; points where both are."""
    if panel.get("bars") is True:
        return {"drawStyle": "bars", "lineWidth": 1, "fillOpacity": 100}
    if panel.get("lines") is False:
        return {"drawStyle": "points"}
    width, level = whole(panel.get("linewidth"), 0, 10), whole(panel.get("fill"), 0, 10)
    gradient = whole(panel.get("fillGradient"), 0, 10)
    opacity = 10 * (gradient or (1 if level is None else level))
    if any("fillBelowTo" in one for one in mappings(panel.get("seriesOverrides"))):
        opacity = 35  # of bands, whatever else is said
    style = {"drawStyle": "line", "lineWidth": 1 if width is None else width, "fillOpacity": opacity}
    return style | ({"gradientMode": "opacity"} if gradient else {})


def _options(panel: Json, options: Json, mode: str) -> None:
    """The legend, the tooltip, and what bar charts and histograms need."""
    drop(options, "alertThreshold", "dataLinks")
    fill(options, {"legend": legends.from_graph(mapping(panel.get("legend")))})
    fill(options, {"tooltip": legends.tooltip_from_graph(mapping(panel.get("tooltip")))})
    axis = mapping(panel.get("xaxis"))
    if mode == "series":
        reducers = calcs(sequence(axis.get("values"))) or ["sum"]
        own_list(panel, "transformations").append({"id": "reduce", "options": {"reducers": reducers}})
    if mode == "histogram":
        buckets = whole(axis.get("buckets"), 1, 1000)
        fill(options, {"bucketCount": buckets} if buckets else {})


def _lost(panel: Json, notes: Notes) -> None:
    if any(True for _ in mappings(panel.get("timeRegions"))):
        notes.unsupported("time-regions", "timeRegions", "coloured times of day are not drawn")
    if isinstance(panel.get("alert"), dict):
        name = text(panel["alert"].get("name"))[:80]
        notes.unsupported("alert", "alert", f"the alert {name!r} in the panel is not evaluated; write it as a rule")
