"""`grafana-polystat-panel`, tiles of a value for each series, read as `stat`."""

from __future__ import annotations

from watchglass.dashboards.normalise.calcs import calc
from watchglass.dashboards.normalise.loose import Json, drop, fill, mapping, mappings, number, own_object, text
from watchglass.dashboards.normalise.notes import Notes


def translate(panel: Json, notes: Notes) -> None:
    """Turn tiles into values side by side, in place; settings of single tiles have no effect."""
    options = own_object(panel, "options")
    old = {key: options.pop(key) for key in list(options) if key.startswith("global")}
    panel["type"] = "stat"
    notes.translated("polystat", "type", "tiles are drawn as stat, a value for each series")
    defaults = own_object(own_object(panel, "fieldConfig"), "defaults")
    fill(defaults, {"unit": text(old.get("globalUnitFormat")) or None, "decimals": number(old.get("globalDecimals"))})
    steps = [
        {"color": text(one.get("color")) or "green", "value": number(one.get("value")) if at else None}
        for at, one in enumerate(mappings(old.get("globalThresholdsConfig")))
    ]
    fill(defaults, {"thresholds": {"mode": "absolute", "steps": steps}} if steps else {})
    fill(defaults, {"color": {"mode": "thresholds"}} if steps else {})
    reduction = {"calcs": [calc(text(old.get("globalOperator")) or "lastNotNull")], "fields": "", "values": False}
    fill(options, {"reduceOptions": reduction, "colorMode": "background", "graphMode": "none", "textMode": "auto"})
    if any(True for _ in mappings(mapping(options.get("overrideConfig")).get("overrides"))):
        notes.unsupported("tiles", "options.overrideConfig", "settings of single tiles have no effect")
    drop(options, "overrideConfig", "compositeConfig")
