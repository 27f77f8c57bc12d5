"""Who is who: numbers of panels, the dashboard's uid, and copies that Grafana saved along with what they repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from watchglass.dashboards.grafana import safe_uid, slug
from watchglass.dashboards.normalise.families.row import is_row
from watchglass.dashboards.normalise.loose import Json, count, mappings, number, text
from watchglass.dashboards.normalise.notes import Notes

_MOST = 2**53


def every(panels: list[Json]) -> Iterator[Json]:
    """All panels and rows, with those inside of closed rows, in order."""
    for outer in panels:
        yield outer
        if is_row(outer):
            yield from mappings(outer.get("panels"))


def give_numbers(panels: list[Json]) -> None:
    """A number for each panel: its own one where no panel before has it, else the smallest that is free."""
    taken: set[int] = set()
    lacking = []
    for panel in every(panels):
        found = number(panel.get("id"))
        if isinstance(found, int) and 0 < found < _MOST and found not in taken:
            panel["id"] = found
            taken.add(found)
        else:
            lacking.append(panel)
    free = 1
    for panel in lacking:
        while free in taken:
            free += 1
        panel["id"] = free
        taken.add(free)


def give_uid(board: Json, notes: Notes) -> None:
    """The dashboard's own uid where it can be part of an address, else one made of it or of the title."""
    uid = text(board.get("uid"))
    board["uid"] = safe_uid(uid) if uid else uid_of_title(board["title"])
    if uid and uid != board["uid"]:
        notes.translated("uid", "uid", f"the dashboard has the uid {board['uid']} here")


def uid_of_title(title: str) -> str:
    """A readable uid; a hash keeps titles apart that differ in more than blanks and capitals."""
    readable = slug(title)
    if readable == title.strip().lower().replace(" ", "-"):
        return safe_uid(readable)
    return f"{readable.strip('-')[:31]}-{hashlib.sha256(title.encode()).hexdigest()[:8]}".lstrip("-")


def without_clones(panels: list[Json], notes: Notes) -> list[Json]:
    """The panels without those that Grafana made by repeating another one; they are made anew."""
    kept = [panel for panel in panels if not _is_clone(panel)]
    if len(kept) != len(panels):
        said = f"{count(len(panels) - len(kept), 'saved copy', 'saved copies')} of repeated panels left out, made anew"
        notes.translated("repeat", "panels", said)
    return kept


def _is_clone(panel: Json) -> bool:
    has_original = bool(panel.get("repeatPanelId")) and bool(panel.get("repeatIteration"))
    return has_original and (not panel.get("repeat") or bool(panel.get("repeatedByRow")))
