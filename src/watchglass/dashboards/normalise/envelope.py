"""The wrappings in which dashboards come: an API's request or answer, a download, a resource, a bundle of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from watchglass.dashboards.normalise.bounds import Limits
from watchglass.dashboards.normalise.loose import Json, mapping, mappings, text
from watchglass.errors import DashboardError

_INSIDE = ("dashboard", "json")  # Grafana's API; the catalogue of grafana.com
_BUNDLES = ("dashboards", "items")
_SIGNS = ("panels", "rows", "elements", "templating", "schemaVersion", "title", "uid")
_MOST_WRAPPINGS = 8

EXPECTED = (
    'expected a Grafana dashboard: an object with "panels" (or "rows", or "elements" and "layout"), '
    'bare or inside of "dashboard" or "spec"'
)
_OTHER_FILES: Mapping[str, str] = {
    "groups": "rules of Prometheus",
    "scrape_configs": "a prometheus.yml",
    "datasources": "data sources of Grafana",
    "providers": "a dashboard provider of Grafana",
    "receivers": "a configuration of Alertmanager",
    "resourceSpans": "traces",
}


def documents_of(document: object, *, limits: Limits | None = None) -> Iterator[Mapping[str, Any]]:
    """The single dashboards of a file: itself, or those of a list or an export, each still in its own envelope.

    Raises:
        DashboardError: there is something among them that is no object, or there are too many.
    """
    most = (limits or Limits()).panels
    waiting: list[tuple[object, str, int]] = [(document, "", 0)]
    given = 0
    while waiting:
        one, place, depth = waiting.pop()
        several = _entries(one)
        if several is not None and depth < _MOST_WRAPPINGS:
            inside = [(entry, f"{place}[{at}]", depth + 1) for at, entry in enumerate(several)]
            waiting.extend(reversed(inside))
            continue
        if not isinstance(one, Mapping):
            raise DashboardError(f"{place}{': ' if place else ''}found {describe(one)}; {EXPECTED}")
        given += 1
        if given > most:
            raise DashboardError(f"the file holds more than {most:,} dashboards")
        yield one


def _entries(value: object) -> list[Any] | None:
    if isinstance(value, list):
        return value
    if not isinstance(value, Mapping) or any(key in value for key in ("panels", "rows", "elements")):
        return None
    return next((value[key] for key in _BUNDLES if isinstance(value.get(key), list)), None)


def unwrap(document: Json) -> Json:
    """The dashboard inside of its envelopes: classic, or the `spec` of a V2 resource.

    A resource's name is the dashboard's uid where it has none of its own.

    Raises:
        DashboardError: there is no dashboard.
    """
    board = document
    for _ in range(_MOST_WRAPPINGS):
        inner = _inside(board)
        if inner is None:
            break
        name = text(mapping(board.get("metadata")).get("name"))
        board = inner
        if name and not board.get("uid"):
            board["uid"] = name
    if _is_panel(board):
        return {"title": text(board.get("title")) or "Untitled", "panels": [board]}
    if not any(key in board for key in _SIGNS):
        raise DashboardError(f"found {describe(board)}; {EXPECTED}")
    return board


def _inside(board: Json) -> Json | None:
    if any(isinstance(board.get(key), list) for key in ("panels", "rows")):
        return None
    for key in _INSIDE:
        if isinstance(board.get(key), dict):
            return mapping(board[key])
    is_resource = "apiVersion" in board or "kind" in board or not any(key in board for key in _SIGNS)
    return board["spec"] if is_resource and isinstance(board.get("spec"), dict) else None


def _is_panel(board: Json) -> bool:
    """A single panel, as it is copied out of a dashboard."""
    has_queries = any(True for _ in mappings(board.get("targets")))
    return has_queries and isinstance(board.get("type"), str) and not any(k in board for k in ("panels", "rows"))


def describe(found: object) -> str:
    """What was found instead of a dashboard, in a few words."""
    if isinstance(found, Mapping):
        known = next((name for key, name in _OTHER_FILES.items() if key in found), None)
        if known:
            return known
        keys = ", ".join(f'"{str(key)[:30]}"' for key in list(found)[:5])
        return f"an object with {keys}" if keys else "an empty object"
    if isinstance(found, list):
        return f"a list of {len(found)}"
    names: Mapping[type, str] = {str: "a text", bool: "a truth value", type(None): "null"}
    return names.get(type(found), "a number")
