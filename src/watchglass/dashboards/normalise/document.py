"""The normaliser: any form of Grafana's dashboard JSON in, its one current classic shape out, with notes on the way.

The original is never changed, and is what is stored and exported; what comes out is what is read: by the browser, by
`watchglass check`, by everything that draws. Normalising twice is the same as normalising once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from watchglass.dashboards.normalise import identity, inputs, layout, rows
from watchglass.dashboards.normalise.bounds import Limits, copy_within
from watchglass.dashboards.normalise.envelope import EXPECTED, describe, unwrap
from watchglass.dashboards.normalise.families.row import is_row, lift
from watchglass.dashboards.normalise.loose import Json, mappings, number, own_list, own_object, text, whole
from watchglass.dashboards.normalise.notes import Note, Notes
from watchglass.dashboards.normalise.panel import normalise_panel
from watchglass.dashboards.normalise.sources import kinds_of_variables
from watchglass.dashboards.normalise.v2 import is_v2, to_classic
from watchglass.dashboards.normalise.variables import normalise_annotations, normalise_variables
from watchglass.errors import DashboardError

SCHEMA_VERSION = 42
"""The version of Grafana's dashboard schema that the result has the shape of."""

DEFAULT_TIME = {"from": "now-6h", "to": "now"}


class Normalised(NamedTuple):
    """A dashboard in its current shape, and what was translated."""

    dashboard: Json
    notes: list[Note]


def normalise(document: Mapping[str, Any], *, limits: Limits | None = None) -> Normalised:
    """Read a dashboard in any of Grafana's forms and envelopes; the document itself is not changed.

    Raises:
        DashboardError: it is no dashboard, or larger than a limit allows.
    """
    if not isinstance(document, Mapping):
        raise DashboardError(f"found {describe(document)}; {EXPECTED}")
    limits = limits or Limits()
    notes = Notes(limits.notes)
    board = unwrap(copy_within(document, limits))
    if is_v2(board):
        board = to_classic(board, notes)
    inputs.fill_inputs(board, notes)
    rows.rows_to_panels(board, notes)
    _panels(board, limits, notes)
    _settings(board, notes)
    return Normalised(board, notes.found)


def _panels(board: Json, limits: Limits, notes: Notes) -> None:
    """Every panel whole, numbered, in its place."""
    given = own_list(board, "panels")
    panels = list(mappings(given))
    if len(panels) != len(given):
        notes.unsupported("panel", "panels", "what is no object among the panels is left out")
    panels = lift(identity.without_clones(panels, notes), notes)
    everything = list(identity.every(panels))
    if len(everything) > limits.panels:
        raise DashboardError(f"the dashboard has {len(everything):,} panels; at most {limits.panels:,} are drawn")
    inputs.fill_library_panels(board, everything, notes)
    identity.give_numbers(panels)
    kinds = kinds_of_variables(board)
    for panel in everything:
        normalise_panel(panel, kinds, notes.about(panel["id"]))
    for level in (panels, *(panel["panels"] for panel in panels if is_row(panel))):
        layout.place(level, notes)
    board["panels"] = panels


def _settings(board: Json, notes: Notes) -> None:
    """The dashboard's own settings, each of its type."""
    board["title"] = text(board.get("title")) or "Untitled"
    identity.give_uid(board, notes)
    tags = board.get("tags")
    board["tags"] = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    _time(board)
    if board.pop("sharedCrosshair", None) is True:
        board.setdefault("graphTooltip", 1)
    board["graphTooltip"] = whole(board.get("graphTooltip"), 0, 2) or 0
    board["links"] = list(mappings(board.get("links")))
    kinds = kinds_of_variables(board)
    normalise_variables(board, kinds, notes)
    normalise_annotations(board, kinds, notes)
    version = number(board.get("schemaVersion"))
    board["schemaVersion"] = max(SCHEMA_VERSION, version) if isinstance(version, int) else SCHEMA_VERSION


def _time(board: Json) -> None:
    """The range of time and the refresh: a duration, empty for none, absent where the server's own holds."""
    time = own_object(board, "time")
    for key, default in DEFAULT_TIME.items():
        at_ms = number(time.get(key))
        if at_ms is not None and not isinstance(time[key], str):
            time[key] = str(at_ms)
        time[key] = text(time.get(key)) or default
    if "refresh" in board:
        board["refresh"] = text(board["refresh"])
