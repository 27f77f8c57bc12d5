"""Tables before Grafana 7 (`table` with `styles` and `transform`, later called `table-old`), read as current tables."""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchglass.dashboards.normalise import mappings as value_mappings
from watchglass.dashboards.normalise.calcs import calcs
from watchglass.dashboards.normalise.loose import (
    Json,
    drop,
    fill,
    is_pattern,
    mappings,
    number,
    own_list,
    own_object,
    text,
    words,
)
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.thresholds import steps_of

_SIGNS = ("styles", "transform")
_DEAD = words("columns fontSize pageSize scroll showHeader sort sorting_props styles transform")
_EVERY_COLUMN = "/.*/"
_TRANSFORMS: Mapping[str, str] = {
    "timeseries_to_rows": "seriesToRows",
    "timeseries_to_columns": "joinByField",
    "timeseries_aggregations": "reduce",
    "table": "merge",
}
_CELLS: Mapping[str, Json] = {
    "cell": {"type": "color-background", "mode": "basic"},
    "row": {"type": "color-background", "mode": "basic", "applyToRow": True},
    "value": {"type": "color-text"},
}


def is_old(panel: Json) -> bool:
    """Whether a panel of type `table` is of the old kind."""
    return any(isinstance(panel.get(key), (list, str)) for key in _SIGNS)


def translate(panel: Json, notes: Notes) -> None:
    """Turn an old table into its current form, in place."""
    panel["type"] = "table"
    config, options = own_object(panel, "fieldConfig"), own_object(panel, "options")
    defaults, overrides = own_object(config, "defaults"), own_list(config, "overrides")
    _transform(panel, notes)
    for at, style in reversed(list(enumerate(mappings(panel.get("styles"))))):  # the first that fitted held
        field = _field(style, notes, f"styles[{at}]")
        if text(style.get("pattern")) == _EVERY_COLUMN:
            fill(defaults, _nested(field))
        elif field and text(style.get("pattern")):
            overrides.append(_override(style["pattern"], field))
    fill(options, {"showHeader": panel.get("showHeader") is not False})
    if number(panel.get("pageSize")):
        fill(options, {"footer": {"enablePagination": True}})
    notes.translated("table", "styles", "an old table: its column styles are overrides of fields")
    drop(panel, *_DEAD)


def _transform(panel: Json, notes: Notes) -> None:
    """What the old table did with series before it showed them."""
    name = text(panel.get("transform"))
    if not name:
        return
    if name not in _TRANSFORMS:
        notes.unsupported("transform", "transform", f"the table of {name[:40]} shows series by their labels")
        return
    options: Json = {}
    if name == "timeseries_to_columns":
        options = {"byField": "Time", "mode": "outer"}
    if name == "timeseries_aggregations":
        reducers = calcs(text(column.get("value")) for column in mappings(panel.get("columns")))
        options = {"reducers": reducers or ["mean"], "includeTimeField": False}
    own_list(panel, "transformations").append({"id": _TRANSFORMS[name], "options": options})


def _override(pattern: str, field: Json) -> Json:
    matcher = {"id": "byRegexp" if is_pattern(pattern) else "byName", "options": pattern}
    return {"matcher": matcher, "properties": [{"id": key, "value": value} for key, value in field.items()]}


def _field(style: Json, notes: Notes, path: str) -> Json:
    """The properties that a style gives a column."""
    if style.get("type") == "hidden":
        return {"custom.hidden": True}
    found: Json = {
        "displayName": text(style.get("alias")),
        "custom.align": text(style.get("align")) if style.get("align") != "auto" else "",
        "mappings": value_mappings.from_maps(style),
        "links": _links(style),
    }
    if style.get("type") == "date" and text(style.get("dateFormat")):
        found["unit"] = f"time:{style['dateFormat']}"
    if style.get("type") == "number":
        found |= _number(style, notes, path)
    return {key: value for key, value in found.items() if value not in ("", [], None)}


def _number(style: Json, notes: Notes, path: str) -> Json:
    found: Json = {"unit": text(style.get("unit")), "decimals": number(style.get("decimals"))}
    mode = style.get("colorMode")
    if not isinstance(mode, str) or mode not in _CELLS:
        return found
    steps = steps_of(style.get("thresholds"), style.get("colors"))
    notes.translated("thresholds", f"{path}.thresholds", "limits and colours of a column are steps of its field")
    return found | {"thresholds": {"mode": "absolute", "steps": steps}, "custom.cellOptions": dict(_CELLS[mode])}


def _links(style: Json) -> list[Json]:
    url = text(style.get("linkUrl"))
    if style.get("link") is not True or not url:
        return []
    url = re.sub(r"\$__cell_(\d+)", r"${__data.fields[\1]}", url)
    url = re.sub(r"\$__cell\b", "${__value.text}", url)
    return [{"title": text(style.get("linkTooltip")), "url": url, "targetBlank": style.get("linkTargetBlank") is True}]


def _nested(field: Json) -> Json:
    """Properties by dotted name, as objects inside each other."""
    found: Json = {}
    for key, value in field.items():
        head, _, rest = key.partition(".")
        if rest:
            own_object(found, head)[rest] = value
        else:
            found[head] = value
    return found
