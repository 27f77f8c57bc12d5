"""The types of panels: what documents call them, what draws them here, and who translates an old one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from watchglass.dashboards.normalise.families import graph, heatmap, pie, polystat, row, single_value, singlestat, table
from watchglass.dashboards.normalise.families import text_panel as text_type
from watchglass.dashboards.normalise.loose import Json, mappings, short, words
from watchglass.dashboards.normalise.notes import Notes

DRAWN = frozenset(
    words(
        "timeseries stat gauge bargauge table piechart heatmap histogram barchart state-timeline status-history text row"
        " dashlist news alertlist annolist watchglass-status-cards watchglass-ranked-list watchglass-sparkline"
    )
)
"""Types that have a drawing of their own; any other is drawn as a table of its answers."""

_WORDS: Mapping[str, str] = {
    "time-series": "timeseries",
    "line-chart": "timeseries",
    "line": "timeseries",
    "area-chart": "timeseries",
    "chart": "timeseries",
    "bar-chart": "barchart",
    "bar-gauge": "bargauge",
    "ranked-list": "bargauge",
    "pie-chart": "piechart",
    "donut": "piechart",
    "cards": "watchglass-status-cards",
    "status-cards": "watchglass-status-cards",
    "sparkline": "watchglass-sparkline",
    "single-stat": "stat",
    "statetimeline": "state-timeline",
    "statushistory": "status-history",
    "markdown": "text",
}
_PLUGINS: Mapping[str, str] = {
    "natel-discrete-panel": "state-timeline",
    "flant-statusmap-panel": "status-history",
    "vonage-status-panel": "stat",
    "farski-blendstat-panel": "stat",
    "briangann-gauge-panel": "gauge",
    "briangann-datatable-panel": "table",
    "yesoreyeram-boomtable-panel": "table",
    "mtanda-histogram-panel": "histogram",
    "savantly-heatmap-panel": "heatmap",
    "grafana-xyz-timeseries": "timeseries",
    "marcusolsson-dynamictext-panel": "text",
    "pmm-singlestat-panel": "singlestat",
    "blackmirror1-singlestat-math-panel": "singlestat",
    "grafana-singlestat-panel": "singlestat",
}

Translate = Callable[[Json, Notes], None]
_TRANSLATORS: Mapping[str, Translate] = {
    "graph": graph.translate,
    "singlestat": singlestat.translate,
    "table-old": table.translate,
    "pie": pie.translate,
    "grafana-piechart-panel": pie.translate,
    "grafana-polystat-panel": polystat.translate,
    "heatmap": heatmap.translate,
    "stat": single_value.translate,
    "gauge": single_value.translate,
    "bargauge": single_value.translate,
    "text": text_type.translate,
    "row": row.translate,
}


def set_type(panel: Json, notes: Notes) -> None:
    """Give the panel its current type, and its settings the form that this type has, in place."""
    kind = _named(panel, notes)
    panel["type"] = kind
    if kind == "table" and table.is_old(panel):
        kind = "table-old"
    if kind in _TRANSLATORS:
        _TRANSLATORS[kind](panel, notes)
    elif kind not in DRAWN:
        notes.unsupported("type", "type", f"panels of type {short(kind)} are drawn as a table of their answers")


def _named(panel: Json, notes: Notes) -> str:
    """The panel's type by a name that is known, if there is one."""
    written = panel.get("type")
    if not isinstance(written, str) or not written.strip():
        return _guess(panel, notes)
    word = re.sub(r"[\s_-]+", "-", written.strip().lower())
    found = _WORDS.get(word) or _PLUGINS.get(word) or (word if word in DRAWN or word in _TRANSLATORS else written)
    if found != written:
        notes.translated("type", "type", f"{short(written)} is drawn as {found}")
    return found


def _guess(panel: Json, notes: Notes) -> str:
    """A panel without a type is a row, a chart, or a text."""
    if row.is_row(panel):
        found = "row"
    else:
        found = "timeseries" if any(True for _ in mappings(panel.get("targets"))) else "text"
    notes.translated("type", "type", f"a panel without a type is drawn as {found}")
    return found
