"""Dashboards before version 16 of the schema: `rows` with a height, panels with a `span` of 12 columns.

Source: Grafana, public/app/features/dashboard/state/DashboardMigrator.ts, upgradeToGridLayout: a row is 250 px high
unless it says otherwise, and a unit of the grid 38 px with its gap.
"""

from __future__ import annotations

import math
import re

from watchglass.dashboards.normalise.loose import Json, count, drop, mappings, number, own_list, text, whole
from watchglass.dashboards.normalise.notes import Notes

_COLUMNS, _SPANS = 24, 12
_UNIT_PX, _GAP_PX = 30, 8
_ROW_PX, _LEAST_PX = 250, 90
_LAST_VERSION = 15
_MOST_UNITS = 1_000


def rows_to_panels(board: Json, notes: Notes) -> None:
    """Turn `rows` into panels with places, in place."""
    rows = list(mappings(board.pop("rows", None)))
    if not rows:
        return
    version = number(board.get("schemaVersion"))
    if own_list(board, "panels") and version is not None and version > _LAST_VERSION:
        notes.translated("rows", "rows", "rows beside panels are left over from an older version, and not drawn")
        return
    kept = [row for row in rows if not _is_clone(row)]
    has_headings = any(row.get("showTitle") is True or _is_closed(row) or row.get("repeat") for row in kept)
    y = 0
    panels: list[Json] = []
    for row in kept:
        y = _add_row(row, y, panels, has_heading=has_headings)
    board["panels"] = panels + board["panels"]
    notes.translated("rows", "rows", f"{count(len(kept), 'row')} of panels: laid out on the grid")


def _is_clone(row: Json) -> bool:
    """A row that Grafana made by repeating another one, and saved along with it."""
    return bool(row.get("repeatRowId")) and bool(row.get("repeatIteration")) and not row.get("repeat")


def _is_closed(row: Json) -> bool:
    return row.get("collapse") is True or row.get("collapsed") is True


def _add_row(row: Json, y: int, panels: list[Json], *, has_heading: bool) -> int:
    """Append the row's heading and panels; the next free line is returned."""
    inside, bottom = _placed(row, y + 1 if has_heading else y)
    if not has_heading:
        panels += inside
        return bottom
    heading: Json = {"type": "row", "title": text(row.get("title")), "collapsed": _is_closed(row), "panels": []}
    heading["gridPos"] = {"x": 0, "y": y, "w": _COLUMNS, "h": 1}
    if text(row.get("repeat")):
        heading["repeat"] = row["repeat"]
    if heading["collapsed"]:
        heading["panels"] = inside
        panels.append(heading)
        return y + 1
    panels += [heading, *inside]
    return bottom


def _placed(row: Json, top: int) -> tuple[list[Json], int]:
    """The panels of a row with their places, each as high up and as far left as it fits."""
    height = _units(row.get("height"), _units(_ROW_PX, 7))
    skyline = [top] * _COLUMNS
    found = list(mappings(row.get("panels")))
    for panel in found:
        span = number(panel.get("span"))
        w = min(_COLUMNS, max(1, int(2 * min(span, _SPANS)))) if span else 8
        h = _units(panel.get("height"), height)
        y, x = min((max(skyline[at : at + w]), at) for at in range(_COLUMNS - w + 1))
        skyline[x : x + w] = [y + h] * w
        panel["gridPos"] = {"x": x, "y": y, "w": w, "h": h}
        least = number(panel.get("minSpan"))
        if least and least > 0:
            panel["minSpan"] = min(_COLUMNS, 2 * least)
        drop(panel, "span", "height")
    return found, max(skyline) if found else top


def _units(height: object, default: int) -> int:
    """A height in pixels, as a number or as `250px`, in units of the grid."""
    given = re.match(r"\d{1,6}", height) if isinstance(height, str) else None
    px = whole(given[0] if given else height, 0, _UNIT_PX * _MOST_UNITS)
    return math.ceil(max(px, _LEAST_PX) / (_UNIT_PX + _GAP_PX)) if px else default
