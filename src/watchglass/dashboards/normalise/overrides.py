"""Overrides of fields: a matcher that says which ones, and properties that say what."""

from __future__ import annotations

from watchglass.dashboards.normalise.field_settings import CELLS, SETTINGS
from watchglass.dashboards.normalise.loose import Json, mapping, short, text, words
from watchglass.dashboards.normalise.notes import Notes

MATCHERS = frozenset(
    words("byName byNames byRegexp byRegexpOrNames byType byTypes numeric time byFrameRefID byValue"),
)
"""Ways of choosing fields that have an effect."""


def modern_override(entry: object, path: str, notes: Notes) -> Json | None:
    """One override in its current form; None for what is none."""
    override = mapping(entry)
    matcher = mapping(override.get("matcher"))
    if not text(matcher.get("id")) or not isinstance(override.get("properties"), list):
        notes.unsupported("override", path, "an override without matcher or properties is left out")
        return None
    if matcher["id"] not in MATCHERS:
        notes.unsupported("matcher", f"{path}.matcher", f"overrides by {short(matcher['id'])} have no effect")
    found = [_property(one, f"{path}.properties[{at}]", notes) for at, one in enumerate(override["properties"])]
    return override | {"matcher": matcher, "properties": [one for one in found if one]}


def _property(entry: object, path: str, notes: Notes) -> Json | None:
    found = mapping(entry)
    name, value = found.get("id"), found.get("value")
    if not isinstance(name, str):
        return None
    if name == "title":
        name = "displayName"
    if name == "custom.displayMode" and isinstance(value, str) and value in CELLS:
        name, value = "custom.cellOptions", dict(CELLS[value])
    if name in SETTINGS:
        value = SETTINGS[name](value, path, notes)
    return found | {"id": name, "value": value}
