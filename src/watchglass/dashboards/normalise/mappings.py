"""Value mappings: from `valueMaps`, `rangeMaps` and numbered types to Grafana's current entries."""

from __future__ import annotations

from watchglass.dashboards.normalise.loose import Json, mappings, number, text

_RANGES = 2  # in `mappingType`, and as the `type` of entries before Grafana 8; the other kind are single values


def from_maps(holder: Json) -> list[Json]:
    """Entries of a panel or style that has `valueMaps` and `rangeMaps`; `mappingType` says which of them holds."""
    is_ranges = holder.get("mappingType") == _RANGES
    read, key = (_range, "rangeMaps") if is_ranges else (_value, "valueMaps")
    return [made for at, entry in enumerate(mappings(holder.get(key))) if (made := read(entry, at))]


def modern(raw: object) -> list[Json]:
    """Current entries of a list that may hold old ones; what is no entry is left out."""
    found = []
    for at, entry in enumerate(mappings(raw)):
        kind = number(entry.get("type"))
        made = entry if kind is None else (_range if kind == _RANGES else _value)(entry, at)
        if made:
            found.append(made)
    return found


def _value(entry: Json, at: int) -> Json | None:
    """`{value, text}`; the value `null` means that there is none."""
    value, result = entry.get("value"), _result(entry, at)
    if value is None or isinstance(value, (dict, list)) or result is None:
        return None
    if str(value) == "null":
        return {"type": "special", "options": {"match": "null", "result": result}}
    return {"type": "value", "options": {_key(value): result}}


def _range(entry: Json, at: int) -> Json | None:
    """`{from, to, text}`; both ends `null` mean that there is no value."""
    result = _result(entry, at)
    low, high = entry.get("from"), entry.get("to")
    if result is None:
        return None
    if low == high == "null":
        return {"type": "special", "options": {"match": "null", "result": result}}
    return {"type": "range", "options": {"from": number(low), "to": number(high), "result": result}}


def _result(entry: Json, at: int) -> Json | None:
    said = entry.get("text")
    if said is None or isinstance(said, (dict, list)):
        return None
    color = text(entry.get("color"))
    return {"text": str(said), "index": at} | ({"color": color} if color else {})


def _key(value: object) -> str:
    found = number(value)
    return str(value) if found is None else str(found)
