"""`stat`, `gauge` and `bargauge` in their first forms: `fieldOptions` (Grafana 6.2) and `valueOptions` (6.0)."""

from __future__ import annotations

from watchglass.dashboards.normalise.calcs import calc, calcs
from watchglass.dashboards.normalise.loose import Json, fill, mapping, mappings, number, own_object, sequence, text
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.thresholds import order


def translate(panel: Json, notes: Notes) -> None:
    """Move what old options say about values into `fieldConfig`, in place."""
    options = own_object(panel, "options")
    defaults = own_object(own_object(panel, "fieldConfig"), "defaults")
    if isinstance(options.get("fieldOptions"), dict):
        _from_field_options(options, defaults)
        notes.translated("field-options", "options.fieldOptions", "settings of the value are read as fieldConfig")
    if isinstance(options.get("valueOptions"), dict):
        _from_value_options(options, defaults, notes)
        notes.translated("value-options", "options.valueOptions", "settings of the value are read as fieldConfig")


def _from_field_options(options: Json, defaults: Json) -> None:
    old = options.pop("fieldOptions")
    own = {key: value for key, value in mapping(old.get("defaults")).items() if value is not None}
    for key in ("thresholds", "mappings"):
        if old.get(key) and not own.get(key):
            own[key] = old[key]
    fill(defaults, own | mapping(old.get("override")))
    reduction: Json = {"calcs": calcs(sequence(old.get("calcs"))) or ["mean"], "values": old.get("values") is True}
    if limit := number(old.get("limit")):
        reduction["limit"] = limit
    fill(options, {"reduceOptions": reduction | {"fields": ""}})


def _from_value_options(options: Json, defaults: Json, notes: Notes) -> None:
    old = options.pop("valueOptions")
    field: Json = {"unit": text(old.get("unit")) or None, "decimals": number(old.get("decimals"))}
    field |= {key: number(options.pop(name, None)) for key, name in (("min", "minValue"), ("max", "maxValue"))}
    if steps := [{**step, "value": _finite(step)} for step in mappings(options.get("thresholds"))]:
        options.pop("thresholds")
        field["thresholds"] = {"mode": "absolute", "steps": sorted(steps, key=order)}
    for key in ("valueMappings", "mappings"):
        if isinstance(options.get(key), list):
            field["mappings"] = options.pop(key)
    for key in ("prefix", "suffix"):
        if text(old.get(key)).strip():
            notes.unsupported(key, f"options.valueOptions.{key}", f"{old[key][:40]!r} is not shown beside the value")
    fill(defaults, field)
    fill(options, {"reduceOptions": {"calcs": [calc(text(old.get("stat")) or "mean")], "fields": "", "values": False}})


def _finite(step: Json) -> int | float | None:
    return None if step.get("index") == 0 else number(step.get("value"))
