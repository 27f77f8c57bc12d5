"""Rows: headings that may hold the panels below them while they are closed."""

from __future__ import annotations

from watchglass.dashboards.normalise.loose import Json, drop, own_list
from watchglass.dashboards.normalise.notes import Notes


def is_row(panel: Json) -> bool:
    """Whether a panel is a row: it says so, or has no type and panels of its own."""
    kind = panel.get("type")
    if isinstance(kind, str) and kind.strip():
        return kind.strip().lower() == "row"
    return isinstance(panel.get("panels"), list)


def translate(panel: Json, notes: Notes) -> None:
    """Bring a row into its current form, in place."""
    if isinstance(panel.get("collapse"), bool):
        panel.setdefault("collapsed", panel.pop("collapse"))
        notes.translated("row", "collapse", "whether the row is closed is said by collapsed")
    panel["collapsed"] = panel.get("collapsed") is True
    drop(panel, "targets")


def lift(panels: list[Json], notes: Notes) -> list[Json]:
    """Panels and rows in one list: an open row's panels stand below it, and a row inside of a row is opened up.

    A closed row keeps its panels, and they are plain ones.
    """
    found: list[Json] = []
    for panel in panels:
        found.append(panel)
        if not is_row(panel):
            continue
        inside = [one for one in own_list(panel, "panels") if isinstance(one, dict)]
        if len(inside) != len(panel["panels"]):
            notes.unsupported("panel", "panels", "what is no object among the panels of a row is left out")
        if panel.get("collapsed") is True or panel.get("collapse") is True:
            panel["panels"] = _flat(inside, notes)
            continue
        panel["panels"] = []
        found += lift(inside, notes)
    return found


def _flat(panels: list[Json], notes: Notes) -> list[Json]:
    """Plain panels: of a row among them only what it holds."""
    found: list[Json] = []
    for panel in panels:
        if not is_row(panel):
            found.append(panel)
            continue
        notes.translated("nested-row", "panels", "a row inside of a row is left out, its panels stay")
        found += _flat([one for one in own_list(panel, "panels") if isinstance(one, dict)], notes)
    return found
