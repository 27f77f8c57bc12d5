"""A kept document as pages show it: normalised, with notes on what was translated.

The document itself is never changed; one that cannot be shown is an empty dashboard with a note that says why.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

from watchglass.dashboards.envelope import read_one
from watchglass.dashboards.grafana import Json
from watchglass.dashboards.json_text import parse, patched
from watchglass.dashboards.normalise.document import normalise
from watchglass.dashboards.records import Saved
from watchglass.errors import DashboardError

_log = logging.getLogger("watchglass.dashboards")


@dataclass(frozen=True, slots=True)
class View:
    """A dashboard to be drawn, and what was translated to get there: `{panelId, path, rule, message}` each."""

    board: Json
    notes: list[Json]


def read_view(text: str) -> View:
    """A document in the current shape.

    Raises:
        DashboardError: it is no dashboard, or more of one than is drawn.
    """
    found = normalise(parse(text))
    return View(found.dashboard, [note.as_json() for note in found.notes])


def view(text: str) -> View:
    """A document in the current shape, whatever it holds."""
    try:
        return read_view(text)
    except DashboardError as error:
        reason = str(error)
    except Exception as error:  # a fault of ours in one document must not hide the list of them
        _log.exception("a dashboard cannot be normalised")
        reason = f"{type(error).__name__}: {error}"
    board = normalise({"title": read_one(text).title or "Untitled", "panels": []}).dashboard
    note = {"panelId": None, "path": "", "rule": "unsupported-document", "message": f"it cannot be drawn: {reason}"}
    return View(board, [note])


def as_classic(text: str, board: Saved, version: int = 0) -> str:
    """The document as Grafana's API shows it: with the numbers that it has here, and otherwise as it came.

    A resource of Grafana's newer API, and a panel alone, are shown as the classic dashboards that they stand for.
    """
    if not read_one(text).is_classic:
        text = json.dumps(view(text).board)
    return patched(text, {"id": board.number, "uid": board.uid, "version": version or board.version})
