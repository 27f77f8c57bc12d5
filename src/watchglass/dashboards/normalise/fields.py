"""`fieldConfig`: what is said about values comes together there, wherever a document has it, in its current form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchglass.dashboards.normalise.field_settings import tidy
from watchglass.dashboards.normalise.loose import Json, drop, mapping, mappings, number, own_list, own_object, text
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.overrides import modern_override


def gather(panel: Json, notes: Notes) -> None:
    """Make the panel's `fieldConfig` whole: what stands in `options`, in the panel or beside `defaults` moves there."""
    is_written = isinstance(panel.get("fieldConfig"), dict)
    config = own_object(panel, "fieldConfig")
    defaults, overrides = own_object(config, "defaults"), own_list(config, "overrides")
    options = own_object(panel, "options")
    tidy(defaults, "fieldConfig.defaults", notes)
    for holder, place in ((options, "options."), (config, "fieldConfig."), (panel, "")):
        for key in _CAN_BE_MEANT:
            _move(holder, key, defaults, f"{place}{key}", notes)
    if not is_written:
        _unit_of_axes(panel, defaults, notes)
    tidy(defaults, "fieldConfig.defaults", notes)
    paths = [f"fieldConfig.overrides[{at}]" for at in range(len(overrides))]
    made = (modern_override(entry, path, notes) for entry, path in zip(overrides, paths, strict=True))
    config["overrides"] = [one for one in made if one]


def _move(holder: Json, key: str, defaults: Json, path: str, notes: Notes) -> None:
    """Only what `defaults` does not say itself, and what can be meant."""
    value = holder.get(key)
    if value in (None, "", [], {}) or defaults.get(key) not in (None, [], {}) or not _CAN_BE_MEANT[key](value):
        return
    defaults[key] = holder.pop(key)
    notes.translated("field-moved", path, f"{key} belongs to fieldConfig.defaults, and is read from there")


def _is_number(value: object) -> bool:
    return number(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_steps(value: object) -> bool:
    """Steps with colours; old panels have other things by that name."""
    steps = value.get("steps") if isinstance(value, dict) else value
    return isinstance(steps, list) and all("color" in mapping(step) for step in steps)


_CAN_BE_MEANT: Mapping[str, Callable[[object], bool]] = {
    "unit": _is_text,
    "decimals": _is_number,
    "min": _is_number,
    "max": _is_number,
    "thresholds": _are_steps,
    "mappings": lambda value: isinstance(value, list),
    "noValue": _is_text,
    "displayName": _is_text,
}


def _unit_of_axes(panel: Json, defaults: Json, notes: Notes) -> None:
    """A hand-written panel of a current type may still name its unit in the axes of the old one."""
    axis = next(mappings(panel.get("yaxes")), {})
    unit = text(axis.get("format"))
    if unit and not defaults.get("unit"):
        defaults["unit"] = unit
        drop(panel, "yaxes")
        notes.translated("unit-from-axes", "yaxes[0].format", f"the unit {unit} is that of the old left axis")
