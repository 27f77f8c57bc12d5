"""Transformations of a panel's answers: which ones have an effect here, and the current names of old ones."""

from __future__ import annotations

from watchglass.dashboards.normalise.loose import Json, own_object, sequence, short, text, words
from watchglass.dashboards.normalise.notes import Notes

SUPPORTED = frozenset(
    words(
        "calculateField addFieldFromCalc organize filterFieldsByName renameByRegex convertFieldType formatTime formatString"
        " extractFields merge joinByField joinByLabels concatenate labelsToFields transpose reduce groupBy histogram noop"
        " timeSeriesTable groupingToMatrix sortBy limit filterByValue filterByRefId seriesToRows prepareTimeSeries"
        " partitionByValues configFromData rowsToFields"
    )
)
"""Transformations that the browser does; its own table of them is web/src/query/transforms/index.ts."""


def normalise_transformations(panel: Json, notes: Notes) -> None:
    """Make the list of transformations whole; one that is unknown stays, passes its table on, and is noted."""
    if "transformations" not in panel:
        return
    found = []
    for at, entry in enumerate(sequence(panel["transformations"])):
        path = f"transformations[{at}]"
        name = text(entry.get("id")) if isinstance(entry, dict) else ""
        if not name:
            notes.unsupported("transformation", path, "a transformation without a name is left out")
            continue
        options = own_object(entry, "options")
        if name == "seriesToColumns":  # its name before Grafana 9.3
            entry["id"] = name = "joinByField"
            options.setdefault("mode", "outer")
        if name not in SUPPORTED and entry.get("disabled") is not True:
            notes.unsupported("transformation", path, f"the transformation {short(name)} has no effect")
        found.append(entry)
    panel["transformations"] = found
