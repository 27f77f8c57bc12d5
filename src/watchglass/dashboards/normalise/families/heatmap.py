"""Heatmaps before Grafana 9 in their current form, and heatmaps of what is no histogram."""

from __future__ import annotations

import re

from watchglass.dashboards.normalise.loose import Json, drop, fill, mapping, number, own_object, text, whole, words
from watchglass.dashboards.normalise.loose import mappings as objects
from watchglass.dashboards.normalise.notes import Notes

_DEAD = words(
    "cards color dataFormat heatmap hideZeroBuckets highlightCards legend reverseYBuckets tooltip tooltipDecimals "
    "xAxis xBucketNumber xBucketSize yAxis yBucketBound yBucketNumber yBucketSize"
)
_LAYOUTS = {"auto": "auto", "middle": "unknown", "upper": "le", "lower": "ge"}
_QUANTILE = re.compile(r"\s*histogram_quantile\s*\(")
_BUCKETS = re.compile(r"_bucket\b")


def is_quantile(panel: Json) -> bool:
    """Whether every query of the panel asks for a quantile: lines, and not the cells of a heatmap."""
    queries = [text(query.get("expr")) for query in objects(panel.get("targets"))]
    return bool(queries) and all(_QUANTILE.match(query) for query in queries)


def translate(panel: Json, notes: Notes) -> None:
    """Bring a heatmap into its current form, in place."""
    if is_quantile(panel):
        panel["type"] = "timeseries"
        said = "a quantile is one value at each time and no histogram: it is drawn as a line"
        notes.translated("heatmap-of-quantile", "targets", said)
        return
    _ask_for_buckets(panel, notes)
    options = own_object(panel, "options")
    if "dataFormat" in panel and "calculate" not in options:
        _translate(panel, options)
        notes.translated("heatmap", "dataFormat", "an old heatmap: its settings are in options now")
        drop(panel, *_DEAD)


def _ask_for_buckets(panel: Json, notes: Notes) -> None:
    """A query for buckets that does not say so is meant as a histogram: series are cumulative, and named by `le`."""
    for at, query in enumerate(objects(panel.get("targets"))):
        if "format" in query or not _BUCKETS.search(text(query.get("expr"))):
            continue
        query["format"] = "heatmap"
        if not text(query.get("legendFormat")):
            query["legendFormat"] = "{{le}}"
        notes.translated("heatmap-buckets", f"targets[{at}]", "series with `le` are the buckets of one histogram")


def _translate(panel: Json, options: Json) -> None:
    axis, cards = mapping(panel.get("yAxis")), mapping(panel.get("cards"))
    tooltip = mapping(panel.get("tooltip"))
    options |= {
        "calculate": panel.get("dataFormat") != "tsbuckets",
        "color": _color(mapping(panel.get("color"))),
        "cellGap": whole(cards.get("cardPadding"), 0, 50) or 1,
        "cellRadius": whole(cards.get("cardRound"), 0, 50) or 0,
        "showValue": "never",
        "yAxis": _axis(axis, panel),
        "rowsFrame": {"layout": _LAYOUTS.get(text(panel.get("yBucketBound")), "auto")},
        "filterValues": {"le": 1e-9} if panel.get("hideZeroBuckets") is True else {},
        "legend": {"show": mapping(panel.get("legend")).get("show") is True},
        "tooltip": {
            "mode": "none" if tooltip.get("show") is False else "single",
            "yHistogram": tooltip.get("showHistogram") is True,
        },
    }
    if options["calculate"]:
        options["calculation"] = _calculation(panel, axis)
    unit = text(axis.get("format"))
    fill(own_object(own_object(panel, "fieldConfig"), "defaults"), {"unit": unit or None})


def _axis(axis: Json, panel: Json) -> Json:
    found: Json = {
        "axisPlacement": "hidden" if axis.get("show") is False else "left",
        "axisLabel": text(axis.get("label")) or None,
        "unit": text(axis.get("format")) or None,
        "decimals": number(axis.get("decimals")),
        "min": number(axis.get("min")),
        "max": number(axis.get("max")),
        "reverse": panel.get("reverseYBuckets") is True,
    }
    return {key: value for key, value in found.items() if value is not None}


def _color(color: Json) -> Json:
    """`spectrum` is a scheme by name, `opacity` one colour that fades."""
    found: Json = {"mode": "opacity" if color.get("mode") == "opacity" else "scheme", "steps": 64}
    found["scheme"] = text(color.get("colorScheme")).removeprefix("interpolate") or "Oranges"
    found["fill"] = text(color.get("cardColor")) or "dark-orange"
    found["scale"] = "linear" if color.get("colorScale") == "linear" else "exponential"
    found["exponent"] = number(color.get("exponent")) or 0.5
    found |= {key: value for key in ("min", "max") if (value := number(color.get(key))) is not None}
    return found


def _calculation(panel: Json, axis: Json) -> Json:
    """How series are counted into cells: by number or size of the buckets on each axis."""
    made: Json = {}
    for side in ("x", "y"):
        size, count = text(panel.get(f"{side}BucketSize")), number(panel.get(f"{side}BucketNumber"))
        size = size or str(number(panel.get(f"{side}BucketSize")) or "")
        if size:
            made[f"{side}Buckets"] = {"mode": "size", "value": size}
        elif count:
            made[f"{side}Buckets"] = {"mode": "count", "value": str(count)}
    base = number(axis.get("logBase"))
    if base is not None and base > 1:
        own_object(made, "yBuckets")["scale"] = {"type": "log", "log": base}
    return made
