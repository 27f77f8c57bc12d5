"""Queries of a panel (`targets`): expression, letter, smallest step and source, each in its current place."""

from __future__ import annotations

from watchglass.dashboards.grafana import ref_id
from watchglass.dashboards.normalise.loose import Json, number, own_list, text
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.sources import Kinds, asks_prometheus, set_source


def normalise_targets(panel: Json, kinds: Kinds, notes: Notes) -> None:
    """Make the panel's queries whole; what is no object is left out."""
    set_source(panel, kinds, notes, "datasource")
    given = own_list(panel, "targets")
    queries = [query for query in given if isinstance(query, dict)]
    if len(queries) != len(given):
        notes.unsupported("query", "targets", "what is no object among the queries is left out")
    panel["targets"] = queries
    for at, query in enumerate(queries):
        _normalise(panel, query, kinds, notes, f"targets[{at}]")
    _give_letters(queries, notes)


def _normalise(panel: Json, query: Json, kinds: Kinds, notes: Notes, path: str) -> None:
    set_source(query, kinds, notes, f"{path}.datasource")
    written = query.get("query")
    if not query.get("expr") and text(written) and asks_prometheus(panel, query | {"expr": ""}):
        query["expr"] = query.pop("query")
        notes.translated("query-to-expr", f"{path}.query", "the expression is in `query`; it is read as `expr`")
    if "expr" in query and not isinstance(query["expr"], str):
        notes.unsupported("query", f"{path}.expr", "the expression is no text")
        query["expr"] = ""
    if query.get("legendFormat") is not None and not isinstance(query["legendFormat"], str):
        notes.unsupported("legend", f"{path}.legendFormat", "the legend is no text")
        query.pop("legendFormat")
    _set_smallest_step(query)


def _set_smallest_step(query: Json) -> None:
    """`interval` is a duration. `step` is what Grafana before 5 reckoned for the range then open, and is no setting."""
    query.pop("step", None)
    if isinstance(query.get("interval", ""), str):
        return
    seconds = number(query.pop("interval"))
    if seconds is not None and seconds > 0:
        query["interval"] = f"{seconds}s"


def _give_letters(queries: list[Json], notes: Notes) -> None:
    """A letter for each query; one that another query has is given anew."""
    taken: set[str] = set()
    lacking = []
    for at, query in enumerate(queries):
        letter = query.get("refId")
        if isinstance(letter, str) and letter and letter not in taken:
            taken.add(letter)
            continue
        if letter:
            notes.translated("ref-id", f"targets[{at}].refId", "the letter is given anew, another query has it")
        lacking.append(query)
    index = 0
    for query in lacking:
        while ref_id(index) in taken:
            index += 1
        query["refId"] = ref_id(index)
        taken.add(query["refId"])
