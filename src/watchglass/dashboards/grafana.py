"""Grafana's dashboard JSON: small constructors, and the reading of documents that leave things out.

The document is the model: a dashboard is a plain dictionary with Grafana's own keys, never a second shape of ours.
Source: Grafana, dashboard JSON model (schema version 39); flow sizes as in our panel model.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

COLUMNS = 24  # of the grid
SCHEMA_VERSION = 39
DEFAULT_SIZE = (12, 8)
SIZES: Mapping[str, tuple[int, int]] = {
    "stat": (6, 4),
    "gauge": (6, 4),
    "timeseries": (12, 8),
    "table": (24, 10),
    "text": (12, 4),
    "row": (24, 1),
}


def target(expr: str, legend: str = "__auto", *, table: bool = False) -> Json:
    """One query of a panel; `table` asks for the newest value alone."""
    if table:
        return {"expr": expr, "format": "table", "instant": True, "legendFormat": legend}
    return {"expr": expr, "legendFormat": legend}


def panel(kind: str, title: str, targets: Sequence[Json] = (), *, unit: str = "", **more: Any) -> Json:
    """A panel without place and number; `more` are further keys of Grafana's."""
    defaults = {"unit": unit} if unit else {}
    base: Json = {"type": kind, "title": title, "fieldConfig": {"defaults": defaults, "overrides": []}, "options": {}}
    return base | {"targets": [dict(entry, refId=ref_id(i)) for i, entry in enumerate(targets)]} | more


def row(title: str, panels: Sequence[Json] = (), *, collapsed: bool = False) -> Json:
    """A row; its panels are inside it only where it is collapsed."""
    return {"type": "row", "title": title, "collapsed": collapsed, "panels": list(panels)}


def ref_id(index: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


def slug(title: str) -> str:
    """The readable end of a dashboard's address."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "-"


def safe_uid(text: str) -> str:
    """A uid made of `text`: letters, digits, `_` and `-`, at most 40; a hash keeps different texts apart."""
    clean = re.sub(r"[^A-Za-z0-9_-]+", "-", text)
    if clean == text and len(text) <= 40:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{clean[:31]}-{digest}"


def every_panel(dashboard: Mapping[str, Any]) -> Iterator[Json]:
    """All panels and rows, with those inside collapsed rows, in order."""
    for outer in dashboard.get("panels") or ():
        yield outer
        yield from outer.get("panels") or ()


def normalise(document: Mapping[str, Any]) -> Json:
    """A complete dashboard from a document that may leave out uid, numbers, letters and places.

    The envelope of Grafana's API is taken off. The document itself is not changed.
    """
    inner = document.get("dashboard")
    dashboard: Json = copy.deepcopy(dict(inner if isinstance(inner, Mapping) else document))
    dashboard.setdefault("title", "Untitled")
    dashboard["uid"] = dashboard.get("uid") or safe_uid(slug(str(dashboard["title"])))
    dashboard.setdefault("schemaVersion", SCHEMA_VERSION)
    dashboard.setdefault("tags", [])
    dashboard.setdefault("time", {"from": "now-1h", "to": "now"})
    dashboard["panels"] = flow(dashboard.get("panels") or [])
    _number(dashboard)
    return dashboard


def ask_source(dashboard: Mapping[str, Any], uid: str) -> Json:
    """The same dashboard, every panel, row and query of it asking the data source `uid`."""
    asking = copy.deepcopy(dict(dashboard))
    for item in every_panel(asking):
        for part in (item, *(item.get("targets") or ())):
            part["datasource"] = {"type": "prometheus", "uid": uid}
    return asking


def _number(dashboard: Json) -> None:
    """Give panels the numbers, and targets the letters, that they lack; no number is given twice."""
    taken: set[int] = set()
    for item in every_panel(dashboard):
        number = item.get("id")
        if not isinstance(number, int) or number in taken:
            number = max(taken, default=0) + 1
        item["id"] = number
        taken.add(number)
        for index, query in enumerate(item.get("targets") or ()):
            query.setdefault("refId", ref_id(index))


def flow(panels: Sequence[Json]) -> list[Json]:
    """The panels with a place each: those without one fill lines from left to right, below what has a place.

    A panel's key `flow`, which is ours and taken off, may ask for a width `w`, a height `h` and a line of its own `new`.
    """
    x, y, height = 0, max((_bottom(item["gridPos"]) for item in panels if item.get("gridPos")), default=0), 0
    placed = []
    for item in panels:
        if item.get("gridPos"):
            placed.append(item)
            continue
        wish = item.get("flow") or {}
        w, h = SIZES.get(item.get("type", ""), DEFAULT_SIZE)
        w, h = wish.get("w", w), wish.get("h", h)
        if x + w > COLUMNS or wish.get("new"):
            x, y, height = 0, y + height, 0
        unplaced = {key: value for key, value in item.items() if key != "flow"}
        placed.append(_with_inner(unplaced | {"gridPos": {"x": x, "y": y, "w": w, "h": h}}))
        x, height = x + w, max(height, h)
    return placed


def _bottom(place: Mapping[str, int]) -> int:
    return place.get("y", 0) + place.get("h", 0)


def _with_inner(item: Json) -> Json:
    return item | {"panels": flow(item["panels"])} if item.get("panels") else item
