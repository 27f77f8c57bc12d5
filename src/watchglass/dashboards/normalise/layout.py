"""Places of panels on the grid of 24 columns: given ones within its bounds, and a flow for those without."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.dashboards.grafana import COLUMNS
from watchglass.dashboards.normalise.loose import Json, count, mapping, whole
from watchglass.dashboards.normalise.notes import Notes

MOST_LINES = 100_000
DEFAULT_SIZE = (12, 8)
SIZES: Mapping[str, tuple[int, int]] = {
    "stat": (6, 4),
    "gauge": (6, 4),
    "watchglass-sparkline": (6, 4),
    "watchglass-status-cards": (12, 4),
    "piechart": (8, 8),
    "table": (24, 10),
    "logs": (24, 10),
    "traces": (24, 10),
    "text": (12, 4),
    "row": (24, 1),
}


def place(panels: list[Json], notes: Notes) -> None:
    """Give every panel a whole `gridPos`, in place; those without one follow each other below what has a place.

    A panel's key `flow`, which is ours and taken off, may ask for a width `w`, a height `h` and a line of its own `new`.
    """
    waiting = []
    top = 0
    for panel in panels:
        found = _given(panel.get("gridPos"))
        if found is None:
            waiting.append(panel)
            continue
        panel["gridPos"] = found
        panel.pop("flow", None)
        top = max(top, found["y"] + found["h"])
    _flow(waiting, top)
    if waiting:
        notes.translated("layout", "gridPos", f"{count(len(waiting), 'panel')} without a place: one after the other")


def _given(raw: object) -> Json | None:
    """A place within bounds; None where a coordinate is missing."""
    place = mapping(raw)
    w, h = whole(place.get("w"), 1, COLUMNS), whole(place.get("h"), 1, MOST_LINES)
    x, y = whole(place.get("x"), 0, COLUMNS), whole(place.get("y"), 0, MOST_LINES)
    if w is None or h is None or x is None or y is None:
        return None
    return place | {"x": min(x, COLUMNS - w), "y": y, "w": w, "h": h}


def _flow(panels: list[Json], top: int) -> None:
    """From left to right, and on the next line where 24 columns are full."""
    x, y, tallest = 0, top, 0
    for panel in panels:
        wish = mapping(panel.pop("flow", None))
        w, h = _size(panel, wish)
        if x + w > COLUMNS or wish.get("new") is True:
            x, y, tallest = 0, y + tallest, 0
        panel["gridPos"] = {"x": x, "y": min(y, MOST_LINES), "w": w, "h": h}
        x, tallest = x + w, max(tallest, h)


def _size(panel: Json, wish: Json) -> tuple[int, int]:
    """As wished, as given without a place, or as suits the type."""
    given = mapping(panel.get("gridPos"))
    w, h = SIZES.get(panel["type"], DEFAULT_SIZE)
    return (
        whole(wish.get("w"), 1, COLUMNS) or whole(given.get("w"), 1, COLUMNS) or w,
        whole(wish.get("h"), 1, MOST_LINES) or whole(given.get("h"), 1, MOST_LINES) or h,
    )
