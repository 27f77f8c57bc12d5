"""Settings of single series in `graph` panels (`aliasColors`, `seriesOverrides`), as overrides of fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from watchglass.dashboards.normalise.families.graph_axes import right_axis
from watchglass.dashboards.normalise.loose import Json, is_pattern, mapping, mappings, number, text, whole
from watchglass.dashboards.normalise.notes import Notes

Properties = list[Json]
_HIDDEN = {"tooltip": True, "viz": True, "legend": False}
_IGNORED = frozenset({"alias", "$$hashKey", "zindex", "dashLength", "spaceLength", "fillGradient"})


def translate(panel: Json, overrides: list[Any], notes: Notes) -> None:
    """Append an override for each colour and each series with settings of its own."""
    colors = mapping(panel.get("aliasColors"))
    for name, color in colors.items():
        if isinstance(color, str) and color:
            overrides.append(override(name, [_fixed_color(color)]))
    given = [one for one in mappings(panel.get("seriesOverrides")) if text(one.get("alias"))]
    for at, one in enumerate(given):
        properties = _properties(one, panel, notes, f"seriesOverrides[{at}]")
        if properties:
            overrides.append(override(one["alias"], properties))
    if colors or given:
        notes.translated("series", "seriesOverrides", "settings of single series are overrides of fields")


def override(name: str, properties: Properties) -> Json:
    """An override of the series by a name, or by a pattern between slashes."""
    return {"matcher": {"id": "byRegexp" if is_pattern(name) else "byName", "options": name}, "properties": properties}


def dashes(holder: Json) -> Json:
    """The style of a dashed line."""
    lengths = [whole(holder.get(key), 1, 100) or 10 for key in ("dashLength", "spaceLength")]
    return {"fill": "dash", "dash": lengths}


def gaps(mode: object) -> Json:
    """What is drawn where there is no sample; zeros have no current form, and a setting of ours."""
    return {"spanNulls": mode == "connected"} | ({"nullsAsZero": True} if mode == "null as zero" else {})


def _fixed_color(color: str) -> Json:
    return {"id": "color", "value": {"mode": "fixed", "fixedColor": color}}


def _properties(one: Json, panel: Json, notes: Notes, path: str) -> Properties:
    found: Properties = []
    for key, value in one.items():
        if key in _SETTINGS:
            made = _SETTINGS[key](value, one)
            found += [made] if made else []
            found += [_custom("fillOpacity", 100)] if key == "bars" and value is True else []
        elif key == "nullPointMode":
            found += [_custom(name, setting) for name, setting in gaps(value).items()]
        elif key == "yaxis":
            found += right_axis(panel) if number(value) == 2 else []
        elif key not in _IGNORED:
            notes.unsupported("series-setting", f"{path}.{key}", f"the setting {key[:40]} of a series has no effect")
    return found


def _color(value: object, _: Json) -> Json | None:
    return _fixed_color(value) if isinstance(value, str) and value else None


def _fill(value: object, _: Json) -> Json | None:
    level = whole(value, 0, 10)
    return None if level is None else _custom("fillOpacity", 10 * level)


def _width(value: object, _: Json) -> Json | None:
    width = whole(value, 0, 10)
    return None if width is None else _custom("lineWidth", width)


def _size(value: object, _: Json) -> Json | None:
    size = whole(value, 1, 20)
    return None if size is None else _custom("pointSize", 2 + 2 * size)


def _lines(value: object, one: Json) -> Json | None:
    if value is False:
        return _custom("lineWidth", 0)
    return _custom("drawStyle", "line") if one.get("bars") is not True else None


def _stack(value: object, _: Json) -> Json | None:
    group = value if isinstance(value, str) else "A"
    return _custom("stacking", {"mode": "none" if value is False else "normal", "group": group})


def _hide(value: object, _: Json) -> Json | None:
    return _custom("hideFrom", dict(_HIDDEN)) if value is True else None


def _legend(value: object, _: Json) -> Json | None:
    return _custom("hideFrom", {"tooltip": False, "viz": False, "legend": True}) if value is False else None


def _untold(value: object, _: Json) -> Json | None:
    return _custom("hideFrom", {"tooltip": True, "viz": False, "legend": False}) if value is True else None


def _custom(key: str, value: object) -> Json:
    return {"id": f"custom.{key}", "value": value}


_SETTINGS: Mapping[str, Callable[[Any, Json], Json | None]] = {
    "color": _color,
    "fill": _fill,
    "linewidth": _width,
    "pointradius": _size,
    "lines": _lines,
    "bars": lambda value, _: _custom("drawStyle", "bars" if value is True else "line"),
    "points": lambda value, _: _custom("showPoints", "always" if value is True else "never"),
    "steppedLine": lambda value, _: _custom("lineInterpolation", "stepAfter" if value is True else "linear"),
    "dashes": lambda value, one: _custom("lineStyle", dashes(one) if value is True else {"fill": "solid"}),
    "stack": _stack,
    "hiddenSeries": _hide,
    "hideTooltip": _untold,
    "legend": _legend,
    "transform": lambda value, _: _custom("transform", value) if isinstance(value, str) else None,
    "fillBelowTo": lambda value, _: _custom("fillBelowTo", value) if isinstance(value, str) else None,
}
