"""Which data source is asked: names, variables and references, all as `{"type", "uid"}`; null is the default one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchglass.dashboards.normalise.loose import Json, mapping, mappings, text
from watchglass.dashboards.normalise.notes import Notes

PROMETHEUS = "prometheus"
_PROMETHEUS_LIKE = re.compile(r"prometheus|victoriametrics-metrics|\Amimir|\Athanos|\Acortex", re.IGNORECASE)
_GRAFANA_OWN = {"-- Mixed --": "datasource", "-- Dashboard --": "datasource", "-- Grafana --": "grafana"}
_OTHERS = re.compile(
    r"(loki|tempo|jaeger|zipkin|influxdb|elasticsearch|opensearch|graphite|cloudwatch|mysql|postgres|mssql|pyroscope)",
    re.IGNORECASE,
)
_NEEDS_NONE = frozenset({"", "datasource", "grafana", "__expr__"})
"""The default source, another panel's data, Grafana's own, and expressions, which have a note of their own."""
_PROMETHEUS_NAMES = re.compile(r"prom|mimir|thanos|cortex|victoria", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?(\w+)(?::\w+)?\}?\Z|\[\[(\w+)\]\]\Z", re.ASCII)

Kinds = Mapping[str, str]
"""Names of variables that choose a data source, and the type of source that each chooses from."""


def kinds_of_variables(board: Json) -> dict[str, str]:
    """The types of source that the dashboard's variables choose from."""
    found = {}
    for variable in mappings(mapping(board.get("templating")).get("list")):
        if variable.get("type") == "datasource" and isinstance(variable.get("name"), str):
            found[variable["name"]] = text(variable.get("query"))
    return found


def modern_source(value: object, kinds: Kinds) -> Json | None:
    """A reference to a source in its current form; None for the default one, and for what names none."""
    if isinstance(value, str):
        return _named(value, kinds)
    found = mapping(value)
    uid, kind = found.get("uid"), found.get("type")
    if not isinstance(uid, str) and not isinstance(kind, str):
        return None
    known = text(kind) or _kind(text(uid), kinds)
    return found | ({"type": known} if known else {}) | {"uid": text(uid)}


def _named(name: str, kinds: Kinds) -> Json | None:
    if name in ("", "default"):
        return None
    kind = _GRAFANA_OWN.get(name) or _kind(name, kinds)
    return ({"type": kind} if kind else {}) | {"uid": name}


def _kind(name: str, kinds: Kinds) -> str:
    """The type of source behind a name or variable, as far as it can be told."""
    variable = _VARIABLE.match(name)
    if variable and (variable[1] or variable[2]) in kinds:
        return kinds[variable[1] or variable[2]]
    if _PROMETHEUS_NAMES.search(name):
        return PROMETHEUS
    other = _OTHERS.match(name)
    return other[1].lower() if other else ""


def set_source(holder: Json, kinds: Kinds, notes: Notes, path: str) -> None:
    """Bring `datasource` of a panel, query, annotation or variable into its current form."""
    value = holder.get("datasource")
    if value is None:
        return
    found = modern_source(value, kinds)
    if found is None and not isinstance(value, dict) and value not in ("", "default"):
        notes.unsupported("source", path, "the data source is neither a name nor a reference; the default one is asked")
    holder["datasource"] = found


def asks_prometheus(panel: Json, query: Json) -> bool:
    """Whether a query of a normalised panel goes to a Prometheus, or to the default source in its language."""
    kind = _asked_kind(panel, query)
    return _is_prometheus(kind) if kind else "expr" in query


def missing_sources(panel: Json) -> list[str]:
    """Kinds of source that a normalised panel asks and that are not there: `Loki`. None twice."""
    kinds = (_asked_kind(panel, query) for query in mappings(panel.get("targets")))
    return list(dict.fromkeys(_title(kind) for kind in kinds if kind not in _NEEDS_NONE and not _is_prometheus(kind)))


def _asked_kind(panel: Json, query: Json) -> str:
    """The kind of source that a query asks; empty for the default one."""
    asked = mapping(query.get("datasource")) or mapping(panel.get("datasource"))
    return "" if asked.get("uid") == "-- Mixed --" else text(asked.get("type"))


def _is_prometheus(kind: str) -> bool:
    return bool(_PROMETHEUS_LIKE.search(kind))


def _title(kind: str) -> str:
    bare = kind.removeprefix("grafana-").removesuffix("-datasource")
    return bare[:1].upper() + bare[1:]
