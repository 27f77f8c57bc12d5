"""What of a document in its current form the browser does not do: told by `watchglass check`, besides the notes of reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchglass.dashboards.drawn import FRAME_FILTERS, is_shift, is_span, is_time
from watchglass.dashboards.normalise.loose import Json, mapping, mappings, short, text

_OTHER_PANEL = "-- Dashboard --"


def board_losses(board: Json) -> Iterator[str]:
    """What concerns the dashboard as a whole."""
    for side, written in mapping(board.get("time")).items():
        if side in {"from", "to"} and not is_time(text(written)):
            yield f"the time {short(text(written))} means nothing: the last hour is shown"


def panel_faults(panel: Json, others: Mapping[int, Json]) -> Iterator[str]:
    """Why a panel shows other numbers than it was meant to, or none; `others` are the dashboard's panels by id."""
    for query in mappings(panel["targets"]):
        if not _shares(query, panel):
            continue
        wanted = query.get("panelId")
        if not isinstance(wanted, int) or wanted not in others:
            yield "the panel whose answers it shows is not in the dashboard"
        elif any(_shares(one, others[wanted]) for one in mappings(others[wanted]["targets"])):
            yield "the panel whose answers it shows has them from another one itself"
        elif query.get("withTransforms") is True:
            yield "the transformations of the panel whose answers it shows are left out"
    if len(shared := [one for one in mappings(panel["targets"]) if _shares(one, panel)]) > 1:
        yield f"of {len(shared)} panels whose answers it shows only the first one's are drawn"


def panel_losses(panel: Json) -> Iterator[str]:
    """What else of a panel has no effect."""
    for step in mappings(panel.get("transformations")):
        matcher = text(mapping(step.get("filter")).get("id"))
        if matcher and matcher not in FRAME_FILTERS and step.get("disabled") is not True:
            yield f"the transformation {short(text(step.get('id')))} changes all answers, whatever {short(matcher)} says"
    span, shift = text(panel.get("timeFrom")), text(panel.get("timeShift"))
    if span and "$" not in span and not is_span(span):
        yield f"the panel's own range {short(span)} means nothing"
    if shift and "$" not in shift and not is_shift(shift):
        yield f"the panel's time shift {short(shift)} means nothing"


def _shares(query: Json, panel: Json) -> bool:
    """Whether a query shows what another panel asks."""
    source = query.get("datasource") or panel.get("datasource")
    return source == _OTHER_PANEL or mapping(source).get("uid") == _OTHER_PANEL
