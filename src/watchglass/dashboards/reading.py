"""A kept document as pages show it: normalised, with notes on what was translated.

This is the one place that knows how documents are normalised; a document that cannot be is shown empty, with a note.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field

from watchglass.dashboards.envelope import read_one
from watchglass.dashboards.grafana import Json, normalise
from watchglass.dashboards.json_text import parse, patched
from watchglass.dashboards.records import Saved

_log = logging.getLogger("watchglass.dashboards")


@dataclass(frozen=True, slots=True)
class View:
    """A dashboard to be drawn, and what was translated to get there: `{panelId, path, rule, message}` each."""

    board: Json
    notes: list[Json] = field(default_factory=list)


def view(text: str) -> View:
    """A document in the current shape, whatever it holds."""
    document = parse(text)
    try:
        return _normalised(document)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, RecursionError) as error:
        _log.warning("a dashboard cannot be normalised", extra={"error": f"{type(error).__name__}: {error}"})
        note = {"panelId": None, "path": "", "rule": "unreadable", "message": f"the document cannot be read: {error}"}
        return View(normalise({"title": read_one(text).title or "Untitled"}), [note])


def _normalised(document: Json) -> View:
    spec = document.get("spec")
    inner = spec if "apiVersion" in document and isinstance(spec, dict) else document
    return View(normalise(inner))


def as_classic(text: str, board: Saved, version: int = 0) -> str:
    """The document as Grafana's API shows it: with the numbers that it has here, and otherwise as it came.

    A resource of Grafana's newer API is shown as the classic document that it stands for.
    """
    if read_one(text).is_resource:
        text = json.dumps(view(text).board)
    return patched(text, {"id": board.number, "uid": board.uid, "version": version or board.version})
