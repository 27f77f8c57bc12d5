"""Variables and annotations of schema V2 as classic ones."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.dashboards.normalise.loose import Json, mapping, text, words
from watchglass.dashboards.normalise.v2_query import source_of

_KINDS: Mapping[str, str] = {
    "QueryVariable": "query",
    "CustomVariable": "custom",
    "IntervalVariable": "interval",
    "ConstantVariable": "constant",
    "TextVariable": "textbox",
    "DatasourceVariable": "datasource",
    "AdhocVariable": "adhoc",
    "GroupByVariable": "groupby",
    "SwitchVariable": "switch",
}
_HIDE = {"dontHide": 0, "hideLabel": 1, "hideVariable": 2, "inControlsMenu": 3}
_REFRESH = {"never": 0, "onDashboardLoad": 1, "onTimeRangeChanged": 2}
_SORTS = words(
    "disabled alphabeticalAsc alphabeticalDesc numericalAsc numericalDesc alphabeticalCaseInsensitiveAsc "
    "alphabeticalCaseInsensitiveDesc naturalAsc naturalDesc"
)
_OLD_TEXT = "__legacyStringValue"  # a query that was a plain text before


def classic_variable(variable: Json) -> Json:
    """The classic form of a variable."""
    kind, spec = text(variable.get("kind")), dict(mapping(variable.get("spec")))
    spec["type"] = _KINDS.get(kind, kind.removesuffix("Variable").lower())
    for key, names in (("hide", _HIDE), ("refresh", _REFRESH)):
        if isinstance(spec.get(key), str):
            spec[key] = names.get(spec[key], 0)
    if spec.get("sort") in _SORTS:
        spec["sort"] = _SORTS.index(spec["sort"])
    if spec["type"] == "datasource":
        spec["query"] = text(spec.pop("pluginId", ""))
    if spec["type"] in ("adhoc", "groupby"):
        spec["datasource"] = source_of(variable, spec)
    if spec["type"] == "query" and isinstance(spec.get("query"), dict):
        query = spec["query"]
        spec["datasource"] = source_of(query, spec)
        inner = mapping(query.get("spec"))
        spec["query"] = inner[_OLD_TEXT] if isinstance(inner.get(_OLD_TEXT), str) else inner
    return spec


def classic_annotation(annotation: Json) -> Json:
    """The classic form of an annotation query."""
    spec = dict(mapping(annotation.get("spec")))
    query = mapping(spec.pop("query", None))
    extra = mapping(spec.pop("legacyOptions", None))
    return extra | mapping(query.get("spec")) | spec | {"datasource": source_of(query, spec)}
