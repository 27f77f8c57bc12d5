"""What queries, panels and transformations of schema V2 have in common: a type, and a data source."""

from __future__ import annotations

from watchglass.dashboards.normalise.loose import Json, mapping, text

_GENERIC = ("DataQuery", "VizConfig", "Transformation")


def group_of(holder: Json) -> str:
    """The type that stands in `group`, or before V2 beta in `kind`."""
    kind = text(holder.get("kind"))
    return text(holder.get("group")) or ("" if kind in _GENERIC else kind)


def source_of(query: Json, holder: Json) -> Json:
    """The source of a query: its name in V2 beta, a reference beside the query before that."""
    given = mapping(query.get("datasource")) or mapping(holder.get("datasource"))
    return {
        "type": text(given.get("type")) or group_of(query),
        "uid": text(given.get("name")) or text(given.get("uid")),
    }
