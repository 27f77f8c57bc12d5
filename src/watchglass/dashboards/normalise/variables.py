"""Template variables and annotations of a dashboard, in their current form."""

from __future__ import annotations

from watchglass.dashboards.normalise.loose import (
    Json,
    mapping,
    mappings,
    number,
    own_list,
    own_object,
    sequence,
    short,
    text,
)
from watchglass.dashboards.normalise.notes import Notes
from watchglass.dashboards.normalise.sources import Kinds, set_source

KINDS = frozenset({"query", "custom", "interval", "constant", "textbox", "datasource", "adhoc"})
ALL = "$__all"
QUERY_REF = "PrometheusVariableQueryEditor-VariableQuery"  # as Grafana's own editor names it

# The kinds of Prometheus's variable editor. Source: Grafana, grafana-prometheus, src/types.ts, PromVariableQueryType.
_LABEL_NAMES, _LABEL_VALUES, _METRICS, _RESULT = range(4)


def normalise_variables(board: Json, kinds: Kinds, notes: Notes) -> None:
    """Make `templating.list` whole; a variable without a name is left out."""
    holder = own_object(board, "templating")
    found = []
    for at, variable in enumerate(own_list(holder, "list")):
        path = f"templating.list[{at}]"
        if not isinstance(variable, dict) or not text(variable.get("name")):
            notes.unsupported("variable", path, "a variable without a name is left out")
            continue
        _normalise(variable, kinds, notes, path)
        found.append(variable)
    holder["list"] = found


def _normalise(variable: Json, kinds: Kinds, notes: Notes, path: str) -> None:
    if not isinstance(variable.get("type"), str):
        variable["type"] = "query"
    kind = variable["type"]
    if kind not in KINDS:
        notes.unsupported("variable", path, f"variables of type {short(kind)} have no effect")
    set_source(variable, kinds, notes, f"{path}.datasource")
    if isinstance(variable.get("hide"), bool):
        variable["hide"] = 2 if variable["hide"] else 0
    if isinstance(variable.get("refresh"), bool):
        variable["refresh"] = int(variable["refresh"])
    if kind == "query":
        variable["query"] = _query(variable)
    _choose(variable, kind, own_object(variable, "current"))


def _query(variable: Json) -> Json:
    """The query of a variable as an object with its text, whichever way it was written."""
    query = variable.get("query")
    definition = text(variable.get("definition"))
    if not isinstance(query, dict):
        return {"query": text(query) or definition, "refId": QUERY_REF}
    if not text(query.get("query")):
        query["query"] = _written(query) or definition
    query.setdefault("refId", QUERY_REF)
    return query


def _written(query: Json) -> str:
    """The text of a query that Prometheus's editor keeps in parts."""
    kind, metric, label = number(query.get("qryType")), text(query.get("metric")), text(query.get("label"))
    if kind == _LABEL_NAMES:
        return "label_names()"
    if kind == _LABEL_VALUES and label:
        selector = _selector(metric, query.get("labelFilters"))
        return f"label_values({selector}, {label})" if selector else f"label_values({label})"
    if kind == _METRICS:
        return f"metrics({metric})"
    return f"query_result({text(query.get('varQuery'))})" if kind == _RESULT else text(query.get("seriesQuery"))


def _selector(metric: str, filters: object) -> str:
    given = [
        f'{text(one.get("label"))}{text(one.get("op")) or "="}"{text(one.get("value"))}"' for one in mappings(filters)
    ]
    return f"{metric}{{{','.join(given)}}}" if given else metric


def _choose(variable: Json, kind: str, current: Json) -> None:
    """A value where none is chosen yet: All, or the first one, of those whose values stand in the document."""
    if current.get("value") not in (None, ""):
        return
    first = _first(variable, kind)
    if first and variable.get("includeAll") is True and kind == "custom":
        first = ("All", ALL)
    if first:
        label, value = first
        is_list = variable.get("multi") is True
        current |= {"text": [label] if is_list else label, "value": [value] if is_list else value}


def _first(variable: Json, kind: str) -> tuple[str, str] | None:
    written = text(variable.get("query"))
    if kind in ("constant", "textbox"):
        return (written, written) if written else None
    if kind not in ("custom", "interval"):
        return None
    chosen = next((one for one in mappings(variable.get("options")) if one.get("selected") is True), {})
    if text(chosen.get("value")):
        return text(chosen.get("text")) or chosen["value"], chosen["value"]
    label, _, value = written.split(",")[0].partition(" : ")
    return (label.strip(), value.strip() or label.strip()) if label.strip() else None


def values_of(variable: Json) -> list[str]:
    """The values that a normalised variable stands for now, as far as the document says."""
    value = mapping(variable.get("current")).get("value")
    return [entry for entry in (sequence(value) or [value]) if isinstance(entry, str) and entry]


def normalise_annotations(board: Json, kinds: Kinds, notes: Notes) -> None:
    """Make `annotations.list` whole; what is no object is left out."""
    holder = own_object(board, "annotations")
    holder["list"] = list(mappings(own_list(holder, "list")))
    for at, entry in enumerate(holder["list"]):
        set_source(entry, kinds, notes, f"annotations.list[{at}].datasource")
