"""Grafana's dashboard JSON: small constructors, and what every reader of it needs.

The document is the model: a dashboard is a plain dictionary with Grafana's own keys, never a second shape of ours.
Source: Grafana, dashboard JSON model. Documents in its older and other forms are read by `dashboards.normalise`.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

COLUMNS = 24  # of the grid


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


def ask_source(dashboard: Mapping[str, Any], uid: str) -> Json:
    """The same dashboard, every panel, row and query of it asking the data source `uid`."""
    asking = copy.deepcopy(dict(dashboard))
    for item in every_panel(asking):
        for part in (item, *(item.get("targets") or ())):
            part["datasource"] = {"type": "prometheus", "uid": uid}
    return asking
