"""Layouts of schema V2 as places on the grid: rows and tabs become rows, automatic grids become even columns."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping

from watchglass.dashboards.normalise.loose import Json, count, mapping, mappings, number, short, text, whole
from watchglass.dashboards.normalise.notes import Notes

_COLUMNS = 24
_UNIT_PX = 38
_ROW_HEIGHTS_PX = {"short": 168, "standard": 320, "tall": 512}
_DEFAULT_SIZE = (12, 8)
_MOST_COLUMNS = 3

Elements = Mapping[str, Json]


def panels_of(layout: Json, elements: Elements, notes: Notes) -> list[Json]:
    """The classic panels and rows of a layout; elements that it does not place follow without a place."""
    grid = _Grid(elements, notes)
    grid.add(layout, 0, is_inside=False)
    left = [element for name, element in elements.items() if name not in grid.used]
    if left:
        notes.translated("layout", "layout", f"{count(len(left), 'panel')} that the layout does not place: at the end")
    return grid.panels + left


class _Grid:
    """Collects panels, layout by layout, from the top down."""

    def __init__(self, elements: Elements, notes: Notes) -> None:
        self._elements, self._notes = elements, notes
        self.panels: list[Json] = []
        self.used: set[str] = set()

    def add(self, layout: Json, top: int, *, is_inside: bool) -> int:
        """Add one layout below a line; the next free line is returned. Rows inside of rows lose their headings."""
        kind, spec = text(layout.get("kind")), mapping(layout.get("spec"))
        adders: Mapping[str, Callable[[Json, int], int]] = {
            "GridLayout": self._add_grid,
            "AutoGridLayout": self._add_auto,
            "ResponsiveGridLayout": self._add_auto,
        }
        if kind in adders:
            return adders[kind](spec, top)
        if kind in ("RowsLayout", "TabsLayout"):
            parts = mappings(spec.get("rows" if kind == "RowsLayout" else "tabs"))
            for part in parts:
                top = self._add_part(mapping(part.get("spec")), top, is_tab=kind == "TabsLayout", is_inside=is_inside)
            return top
        self._notes.unsupported("layout", "layout", f"the layout {short(kind)!r} is not known; its panels come last")
        return top

    def _add_part(self, part: Json, top: int, *, is_tab: bool, is_inside: bool) -> int:
        """A row or tab: a heading with what it holds."""
        if isinstance(part.get("conditionalRendering"), dict):
            self._notes.unsupported("condition", "layout", f"{short(part.get('title'))} is shown under any condition")
        inner = mapping(part.get("layout"))
        if is_inside or part.get("hideHeader") is True:
            return self.add(inner, top, is_inside=True)
        if is_tab:
            self._notes.translated("tab", "layout", f"the tab {short(part.get('title'))} is a row")
        heading: Json = {"type": "row", "title": text(part.get("title")), "panels": []}
        heading |= {"collapsed": part.get("collapse") is True, "gridPos": _place(0, top, _COLUMNS, 1)}
        heading |= _repeat(part)
        outer, self.panels = self.panels, []
        bottom = self.add(inner, top + 1, is_inside=True)
        inside, self.panels = self.panels, [*outer, heading]
        if heading["collapsed"]:
            heading["panels"] = inside
            return top + 1
        self.panels += inside
        return bottom

    def _add_grid(self, spec: Json, top: int) -> int:
        bottom = top
        for item in mappings(spec.get("items")):
            inner = mapping(item.get("spec"))
            if item.get("kind") == "GridLayoutRow":
                bottom = self._add_grid_row(inner, top)
                continue
            w, h = whole(inner.get("width"), 1, _COLUMNS), whole(inner.get("height"), 1, 1000)
            w, h = w or _DEFAULT_SIZE[0], h or _DEFAULT_SIZE[1]
            x, y = whole(inner.get("x"), 0, _COLUMNS) or 0, whole(inner.get("y"), 0, 100_000) or 0
            bottom = max(bottom, self._add_item(inner, _place(x, top + y, w, h)))
        return bottom

    def _add_grid_row(self, row: Json, top: int) -> int:
        """A row inside of a grid, as V2 alpha has it; its panels have places below it."""
        y = top + (whole(row.get("y"), 0, 100_000) or 0)
        part = {"title": row.get("title"), "collapse": row.get("collapsed"), "repeat": row.get("repeat")}
        grid = {"kind": "GridLayout", "spec": {"items": row.get("elements")}}
        return self._add_part(part | {"layout": grid}, y, is_tab=False, is_inside=False)

    def _add_auto(self, spec: Json, top: int) -> int:
        """Even columns, at most as many as the layout allows."""
        items = [mapping(item.get("spec")) for item in mappings(spec.get("items"))]
        columns = max(1, min(whole(spec.get("maxColumnCount"), 1, 12) or _MOST_COLUMNS, len(items)))
        w, h = _COLUMNS // columns, _row_height(spec)
        bottom = top
        for at, item in enumerate(items):
            place = _place(w * (at % columns), top + h * (at // columns), w, h)
            bottom = max(bottom, self._add_item(item, place))
        return bottom

    def _add_item(self, item: Json, place: Json) -> int:
        """Place one element; the line below it is returned."""
        name = text(mapping(item.get("element")).get("name"))
        element = self._elements.get(name)
        if element is None:
            self._notes.unsupported("element", "layout", f"there is no element {short(name)!r}")
            return 0
        panel = copy.deepcopy(element) if name in self.used else element
        self.used.add(name)
        self.panels.append(panel | {"gridPos": place} | _repeat(item))
        bottom: int = place["y"] + place["h"]
        return bottom


def _place(x: int, y: int, w: int, h: int) -> Json:
    return {"x": x, "y": y, "w": w, "h": h}


def _row_height(spec: Json) -> int:
    px = number(spec.get("rowHeight")) or _ROW_HEIGHTS_PX.get(text(spec.get("rowHeightMode")), 320)
    return min(1000, max(1, math.ceil(px / _UNIT_PX)))


def _repeat(item: Json) -> Json:
    """The repetition of a panel or row for the values of a variable."""
    repeat = mapping(item.get("repeat"))
    if repeat.get("mode") != "variable" or not text(repeat.get("value")):
        return {}
    found: Json = {"repeat": repeat["value"]}
    if repeat.get("direction") in ("h", "v"):
        found["repeatDirection"] = repeat["direction"]
    most = whole(repeat.get("maxPerRow"), 1, _COLUMNS)
    return found | ({"maxPerRow": most} if most else {})
