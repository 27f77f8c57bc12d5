"""What becomes of a dashboard here: for each panel that asks a Prometheus, whether it is right, and if not, why.

Right means: the panel's type is drawn, its queries parse, its units are known, its thresholds and its legend are as they were
meant, the browser does all of its transformations and matchers, and the panel whose answers it shows is there. A right panel
has notes when something else of it has no effect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from watchglass.dashboards.drawn import SILENT_TYPES
from watchglass.dashboards.grafana import every_panel
from watchglass.dashboards.macros import parse_error, values_for_parsing
from watchglass.dashboards.normalise.bounds import Limits
from watchglass.dashboards.normalise.document import normalise
from watchglass.dashboards.normalise.loose import Json, mapping, mappings, sequence, text
from watchglass.dashboards.normalise.notes import Note
from watchglass.dashboards.normalise.sources import asks_prometheus, missing_sources
from watchglass.dashboards.normalise.units import is_named
from watchglass.dashboards.undrawn import board_losses, panel_faults, panel_losses

Verdict = Literal["right", "notes", "not"]

_FAULTS: frozenset[str] = frozenset(
    f"unsupported-{what}"
    for what in (
        "type",
        "query",
        "expression",
        "unit",
        "threshold",
        "legend",
        "calculation",
        "transformation",
        "matcher",
    )
)
"""Notes that say that one of these things is not as it was meant."""


@dataclass(frozen=True, slots=True)
class PanelReport:
    """One panel that asks a Prometheus.

    Attributes:
        type: by which it is drawn.
        queries: how many it asks.
        units: of its values, none twice.
        steps: how many thresholds there are above the base.
        legend: what series are called, and the calculations beside the names.
        faults: why it is not right.
        losses: what else of it has no effect.
    """

    number: int
    title: str
    type: str
    queries: int
    units: tuple[str, ...]
    steps: int
    legend: tuple[str, ...]
    faults: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """`right`, `notes` where it is right but for something else, or `not`."""
        return "not" if self.faults else "notes" if self.losses else "right"


@dataclass(frozen=True, slots=True)
class DashboardReport:
    """One dashboard.

    Attributes:
        panels: those that ask a Prometheus.
        others: how many panels ask something else, or nothing; rows not counted.
        elsewhere: what is to be said of those of them that ask a kind of source that is not there.
        translated: how often each rule was applied.
        losses: what of the dashboard as a whole has no effect.
    """

    title: str
    uid: str
    panels: list[PanelReport] = field(default_factory=list)
    others: int = 0
    elsewhere: tuple[str, ...] = ()
    translated: Counter[str] = field(default_factory=Counter)
    losses: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """How many panels have that verdict."""
        return sum(panel.verdict == verdict for panel in self.panels)


def report_on(document: Mapping[str, Any], *, limits: Limits | None = None) -> DashboardReport:
    """Look at one dashboard, in any form and envelope.

    Raises:
        DashboardError: it is none, or too large.
    """
    board, notes = normalise(document, limits=limits)
    by_panel: dict[int | None, list[Note]] = {}
    for note in notes:
        by_panel.setdefault(note.panel_id, []).append(note)
    values = values_for_parsing(board)
    drawn = [panel for panel in every_panel(board) if panel["type"] != "row"]
    asking = [panel for panel in drawn if _asks(panel)]
    by_id = {panel["id"]: panel for panel in drawn}
    return DashboardReport(
        title=board["title"],
        uid=board["uid"],
        panels=[_panel(panel, by_panel.get(panel["id"], []), values, by_id) for panel in asking],
        others=len(drawn) - len(asking),
        elsewhere=tuple(
            f'panel {panel["id"]} "{panel["title"]}" {asks}'
            for panel in drawn
            if not _asks(panel) and (asks := asks_elsewhere(panel))
        ),
        translated=Counter(note.rule for note in notes if not note.is_loss),
        losses=(*(note.message for note in by_panel.get(None, []) if note.is_loss), *board_losses(board)),
    )


def asks_elsewhere(panel: Json) -> str:
    """What to say of a normalised panel that asks a kind of source that is not there; empty where there is nothing."""
    kinds = [] if panel["type"] in SILENT_TYPES else missing_sources(panel)
    return f"asks a {' and a '.join(kinds)} source, which is not there yet" if kinds else ""


def _asks(panel: Json) -> bool:
    return panel["type"] not in SILENT_TYPES and any(asks_prometheus(panel, query) for query in panel["targets"])


def _panel(panel: Json, notes: list[Note], values: Mapping[str, list[str]], others: Mapping[int, Json]) -> PanelReport:
    defaults = panel["fieldConfig"]["defaults"]
    queries = [query for query in panel["targets"] if asks_prometheus(panel, query)]
    faults = [note.message for note in notes if note.rule in _FAULTS]
    losses = [note.message for note in notes if note.is_loss and note.rule not in _FAULTS]
    return PanelReport(
        number=panel["id"],
        title=panel["title"],
        type=panel["type"],
        queries=len(queries),
        units=tuple(dict.fromkeys(_units(panel))),
        steps=max(0, len(sequence(mapping(defaults.get("thresholds")).get("steps"))) - 1),
        legend=(*dict.fromkeys(_legends(queries)), *sequence(mapping(panel["options"].get("legend")).get("calcs"))),
        faults=tuple(dict.fromkeys([*faults, *_query_faults(queries, values), *panel_faults(panel, others)])),
        losses=tuple(dict.fromkeys([*losses, *panel_losses(panel)])),
    )


def _legends(queries: list[Json]) -> Iterator[str]:
    return (legend for query in queries if (legend := text(query.get("legendFormat"))) not in ("", "__auto"))


def _query_faults(queries: list[Json], values: Mapping[str, list[str]]) -> Iterator[str]:
    """Why queries that are shown do not parse."""
    for query in queries:
        expression = text(query.get("expr"))
        if not expression.strip() or query.get("hide") is True:
            continue
        error = parse_error(expression, values)
        if error is not None:
            yield f"query {query['refId']}: {error}"


def _units(panel: Json) -> Iterator[str]:
    """Every unit that the panel names."""
    overrides = mappings(panel["fieldConfig"]["overrides"])
    properties = (one for override in overrides for one in mappings(override["properties"]) if one["id"] == "unit")
    for unit in (panel["fieldConfig"]["defaults"].get("unit"), *(one.get("value") for one in properties)):
        if isinstance(unit, str) and unit:
            yield unit if is_named(unit) else f"{unit!r} behind the number"
