"""One panel in its current shape."""

from __future__ import annotations

from watchglass.dashboards.normalise import fields, legends
from watchglass.dashboards.normalise.loose import Json, drop, mapping, number, own_object, text
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.panel_types import set_type
from watchglass.dashboards.normalise.sources import Kinds
from watchglass.dashboards.normalise.targets import normalise_targets
from watchglass.dashboards.normalise.transformations import normalise_transformations

_LEFT_OVER = ("editable", "error", "isNew", "$$hashKey", "scopedVars", "repeatIteration", "repeatPanelId", "span")
_WIDTHS = (1, 2, 3, 4, 6, 8, 12, 24)  # panels side by side that fill 24 columns evenly


def normalise_panel(panel: Json, kinds: Kinds, notes: Notes) -> None:
    """Bring a panel or row into its current shape, in place."""
    panel["title"] = text(panel.get("title"))
    drop(panel, *_LEFT_OVER)
    set_type(panel, notes)
    if panel["type"] == "row":
        return
    if panel.pop("panels", None):
        notes.unsupported("panels-inside", "panels", "only rows have panels of their own; they are left out")
    normalise_targets(panel, kinds, notes)
    fields.gather(panel, notes)
    options = own_object(panel, "options")
    legends.tidy(options, notes)
    normalise_transformations(panel, notes)
    _repeat(panel)
    _interval(panel)
    _note_expressions(panel, notes)


def _repeat(panel: Json) -> None:
    """`minSpan`, the least width of a repeated panel, says how many stand side by side. Source: schema version 17."""
    least = number(panel.pop("minSpan", None))
    if least is not None and least > 0 and panel.get("maxPerRow") is None:
        panel["maxPerRow"] = max(width for width in _WIDTHS if width <= max(1, 24 / least))


def _interval(panel: Json) -> None:
    """The smallest step is a duration; a number is one in seconds."""
    found = panel.get("interval")
    if found is not None and not isinstance(found, str):
        seconds = number(found)
        panel["interval"] = f"{seconds}s" if seconds is not None and seconds > 0 else None


def _note_expressions(panel: Json, notes: Notes) -> None:
    """Queries that a server of Grafana's answers itself, out of the answers of others."""
    for at, query in enumerate(panel["targets"]):
        source = mapping(query.get("datasource"))
        if source.get("type") == "__expr__" or source.get("uid") == "__expr__":
            said = "an expression over the answers of other queries has no effect"
            notes.unsupported("expression", f"targets[{at}]", said)
        elif "-- Dashboard --" in (source.get("uid"), mapping(panel.get("datasource")).get("uid")):
            notes.unsupported("shared-query", f"targets[{at}]", "the answer of another panel is not taken over")
