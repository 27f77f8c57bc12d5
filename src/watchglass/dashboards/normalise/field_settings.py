"""The settings of one field, of `defaults` or of an override, in their current form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from watchglass.dashboards.normalise import mappings as value_mappings
from watchglass.dashboards.normalise import thresholds
from watchglass.dashboards.normalise.loose import Json, number, short
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.units import modern_unit

# Table cells before Grafana 10: `displayMode` became `cellOptions`. Source: Grafana, dashboard schema version 38.
CELLS: Mapping[str, Json] = {
    "auto": {"type": "auto"},
    "color-text": {"type": "color-text"},
    "color-background": {"type": "color-background", "mode": "gradient"},
    "color-background-solid": {"type": "color-background", "mode": "basic"},
    "lcd-gauge": {"type": "gauge", "mode": "lcd"},
    "gradient-gauge": {"type": "gauge", "mode": "gradient"},
    "basic": {"type": "gauge", "mode": "basic"},
    "json-view": {"type": "json-view"},
    "image": {"type": "image"},
}


def tidy(field: Json, path: str, notes: Notes) -> None:
    """Bring every setting into its current form, in place; one without a meaning goes."""
    if isinstance(field.get("title"), str):
        field.setdefault("displayName", field["title"])
        field.pop("title")
    for key, read in SETTINGS.items():
        if key not in field:
            continue
        changed = read(field[key], f"{path}.{key}", notes)
        if changed is None:
            field.pop(key)
        else:
            field[key] = changed
    custom = field.get("custom")
    if isinstance(custom, dict):
        _tidy_custom(custom)


def _tidy_custom(custom: Json) -> None:
    mode = custom.get("displayMode")
    if isinstance(mode, str) and mode in CELLS:
        custom.setdefault("cellOptions", dict(CELLS[mode]))
        custom.pop("displayMode")
    hide = custom.get("hideFrom")
    if isinstance(hide, dict) and "graph" in hide:
        hidden = hide.pop("graph")
        hide.setdefault("viz", hidden)


def _unit(value: object, path: str, notes: Notes) -> str | None:
    if isinstance(value, str):
        return modern_unit(value) or None
    if value is not None:
        notes.unsupported("unit", path, "the unit is no text")
    return None


def _number(value: object, path: str, notes: Notes) -> int | float | None:
    found = number(value)
    if found is None and value not in (None, ""):
        notes.unsupported("number", path, f"{short(value)} is no number")
    return found


def _thresholds(value: object, path: str, notes: Notes) -> Json | None:
    found = thresholds.modern(value, notes, path)
    if found is None and value not in (None, "", {}):
        notes.unsupported("threshold", path, "the thresholds have no list of steps")
    return found


def _mappings(value: object, path: str, notes: Notes) -> list[Json]:
    found = value_mappings.modern(value)
    if found and found != value:
        notes.translated("mappings", path, "value mappings are written in their current form")
    return found


Reader = Callable[[Any, str, Notes], Any]
SETTINGS: Mapping[str, Reader] = {
    "unit": _unit,
    "decimals": _number,
    "min": _number,
    "max": _number,
    "thresholds": _thresholds,
    "mappings": _mappings,
}
