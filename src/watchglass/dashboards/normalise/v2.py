"""Dashboards of Grafana's schema V2 (`elements` and `layout`) as classic ones.

Source: Grafana, packages/grafana-schema/src/schema/dashboard/v2beta1 and v2alpha1. The two differ in where the type of
a panel or query stands: `group` of the newer one is `kind` of the older one.
"""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.dashboards.normalise.loose import Json, mapping, mappings, text
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.v2_layout import panels_of
from watchglass.dashboards.normalise.v2_query import group_of, source_of
from watchglass.dashboards.normalise.v2_variables import classic_annotation, classic_variable

_CURSORS = {"Off": 0, "Crosshair": 1, "Tooltip": 2}
_KEPT = ("uid", "title", "description", "tags", "links", "editable", "liveNow", "preload", "revision")
_QUERY_OPTIONS = ("interval", "maxDataPoints", "timeFrom", "timeShift", "hideTimeOverride", "cacheTimeout")
_TIMES: Mapping[str, str] = {"timezone": "timezone", "weekStart": "weekStart", "autoRefresh": "refresh"}


def is_v2(board: Json) -> bool:
    """Whether a dashboard is of schema V2."""
    return isinstance(board.get("elements"), dict) and isinstance(board.get("layout"), dict)


def to_classic(spec: Json, notes: Notes) -> Json:
    """The classic form of a V2 dashboard's `spec`."""
    times = mapping(spec.get("timeSettings"))
    elements = {name: _panel(mapping(one)) for name, one in spec["elements"].items()}
    notes.translated("v2", "elements", "a dashboard of schema V2 is read as a classic one")
    board = {key: spec[key] for key in _KEPT if key in spec}
    board |= {classic: times[key] for key, classic in _TIMES.items() if key in times}
    return board | {
        "time": {"from": times.get("from"), "to": times.get("to")},
        "graphTooltip": _CURSORS.get(text(spec.get("cursorSync")), 0),
        "templating": {"list": [classic_variable(one) for one in mappings(spec.get("variables"))]},
        "annotations": {"list": [classic_annotation(one) for one in mappings(spec.get("annotations"))]},
        "panels": panels_of(spec["layout"], elements, notes),
    }


def _panel(element: Json) -> Json:
    """The classic panel of an element, without its place."""
    spec = mapping(element.get("spec"))
    panel: Json = {key: spec[key] for key in ("id", "title", "description", "links", "transparent") if key in spec}
    if element.get("kind") == "LibraryPanel":
        return panel | {"type": "text", "libraryPanel": mapping(spec.get("libraryPanel"))}
    drawing, data = mapping(spec.get("vizConfig")), mapping(mapping(spec.get("data")).get("spec"))
    how = mapping(drawing.get("spec"))
    options = mapping(data.get("queryOptions"))
    panel |= {key: options[key] for key in _QUERY_OPTIONS if options.get(key) is not None}
    return panel | {
        "type": group_of(drawing),
        "options": mapping(how.get("options")),
        "fieldConfig": mapping(how.get("fieldConfig")),
        "targets": [_query(mapping(one.get("spec"))) for one in mappings(data.get("queries"))],
        "transformations": [_transformation(one) for one in mappings(data.get("transformations"))],
    }


def _query(spec: Json) -> Json:
    """The classic query of a `PanelQuery`."""
    query = mapping(spec.get("query"))
    return mapping(query.get("spec")) | {
        "refId": text(spec.get("refId")),
        "hide": spec.get("hidden") is True,
        "datasource": source_of(query, spec),
    }


def _transformation(one: Json) -> Json:
    spec = mapping(one.get("spec"))
    found: Json = {"id": group_of(one) or text(spec.get("id")), "options": mapping(spec.get("options"))}
    return found | ({"disabled": True} if spec.get("disabled") is True else {})
