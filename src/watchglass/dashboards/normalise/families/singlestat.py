"""`singlestat`, the single number before Grafana 7, read as `stat`, or as `gauge` where it showed one.

Source: Grafana, packages/grafana-ui/src/components/SingleStatShared/SingleStatBaseOptions.ts.
"""

from __future__ import annotations

from watchglass.dashboards.normalise import mappings
from watchglass.dashboards.normalise.calcs import calc
from watchglass.dashboards.normalise.loose import Json, drop, fill, mapping, number, own_object, text, words
from watchglass.dashboards.normalise.loose import mappings as objects
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.thresholds import steps_of

_DEAD = words(
    "cacheTimeout colorBackground colorPostfix colorPrefix colorValue colors decimals format gauge mappingType "
    "mappingTypes nullPointMode nullText postfix postfixFontSize prefix prefixFontSize rangeMaps sparkline "
    "tableColumn thresholds valueFontSize valueMaps valueName aliasColors bars dashLength dashes fill legend lines "
    "linewidth percentage pointradius points renderer seriesOverrides spaceLength stack steppedLine tooltip xaxis "
    "yaxes yaxis"
)
_PLAIN = ("", "none", "short")


def translate(panel: Json, notes: Notes) -> None:
    """Turn a singlestat into its current form, in place."""
    gauge = mapping(panel.get("gauge"))
    panel["type"] = "gauge" if gauge.get("show") is True else "stat"
    notes.translated("singlestat", "type", f"a singlestat is drawn as {panel['type']}")
    defaults, options = own_object(own_object(panel, "fieldConfig"), "defaults"), own_object(panel, "options")
    fill(defaults, _field(panel, notes))
    fill(options, {"reduceOptions": _reduction(panel)} | (_gauge(gauge) if panel["type"] == "gauge" else _stat(panel)))
    if panel["type"] == "gauge":
        fill(defaults, {"min": number(gauge.get("minValue")), "max": number(gauge.get("maxValue"))})
    drop(panel, *_DEAD)


def _field(panel: Json, notes: Notes) -> Json:
    """What is said about the value: unit, colours, and words for certain values."""
    found: Json = {
        "unit": _unit(panel, notes),
        "decimals": number(panel.get("decimals")),
        "mappings": mappings.from_maps(panel) or None,
        "noValue": text(panel.get("nullText")) or None,
    }
    is_colored = panel.get("colorValue") is True or panel.get("colorBackground") is True
    if is_colored or mapping(panel.get("gauge")).get("show") is True:
        found["thresholds"] = {"mode": "absolute", "steps": steps_of(panel.get("thresholds"), panel.get("colors"))}
        found["color"] = {"mode": "thresholds"}
        notes.translated("thresholds", "thresholds", "limits and colours are steps of the field")
    elif color := text(mapping(panel.get("sparkline")).get("lineColor")):
        found["color"] = {"mode": "fixed", "fixedColor": color}
    return found


def _unit(panel: Json, notes: Notes) -> str | None:
    """The format; what stands before or behind the number is a unit of its own where there is no other."""
    unit, before, behind = (text(panel.get(key)) for key in ("format", "prefix", "postfix"))
    for key, said in (("prefix", before.strip()), ("postfix", behind.strip())):
        if said in ("", unit):
            continue
        if unit in _PLAIN:
            notes.translated(key, key, f"{said[:40]!r} is the unit")
            return f"prefix:{before}" if key == "prefix" else f"suffix:{behind}"
        notes.unsupported(key, key, f"{said[:40]!r} is not shown beside the unit {unit[:40]}")
    return unit or None


def _reduction(panel: Json) -> Json:
    column = text(panel.get("tableColumn"))
    is_table = any(query.get("format") == "table" for query in objects(panel.get("targets")))
    name = calc(text(panel.get("valueName")) or "avg")
    return {"calcs": [name], "fields": f"/^{column}$/" if column and is_table else "", "values": False}


def _stat(panel: Json) -> Json:
    color = "background" if panel.get("colorBackground") is True else "value"
    shown = panel.get("colorValue") is True or color == "background"
    return {
        "colorMode": color if shown else "none",
        "graphMode": "area" if mapping(panel.get("sparkline")).get("show") is True else "none",
        "justifyMode": "auto",
        "orientation": "horizontal",
        "textMode": "name" if panel.get("valueName") == "name" else "auto",
    }


def _gauge(gauge: Json) -> Json:
    return {
        "orientation": "horizontal",
        "showThresholdLabels": gauge.get("thresholdLabels") is True,
        "showThresholdMarkers": gauge.get("thresholdMarkers") is not False,
    }
