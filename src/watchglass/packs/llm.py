"""The LLM view: the systems that are switched on side by side, by what their metrics are to it, never by names of labels.

One series a system. Money is told by currency: dollars are drawn together, every other unit has a panel of its own, and nothing
is ever added across currencies. What a system does not tell is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from watchglass.dashboards.grafana import Json, panel, target
from watchglass.dashboards.normalise.document import normalise
from watchglass.model.labels import escape
from watchglass.packs.pack import Pack
from watchglass.packs.scope import Scope, series_names

LLM_UID = "llm"
TITLE = "LLM systems"
DESCRIPTION = (
    "Requests, errors, latency, cost, tokens, cache and sessions of the systems that are switched on, side by side."
)
SYSTEM = "system"
USD = "usd"

RATE, RANGE = "$__rate_interval", "$__range"
_WIDTH, _HEIGHT = 8, 8
_ROW_HEIGHT = 0.8  # of a table's row, in rows of the grid

Measure = Callable[["_System", str], str | None]
"""An expression of a system's measure over a window; None where the system does not tell it."""


@dataclass(frozen=True, slots=True)
class _System:
    """A pack as this view asks it."""

    pack: Pack

    def metric(self, role: str, matcher: str = "", part: str = "") -> str | None:
        """The metric of a role, in the scope of the pack's own jobs."""
        name = self.pack.roles.get(role)
        if name is None:
            return None
        selector = f"{name}{part}" + (f"{{{matcher}}}" if matcher else "")
        return Scope(series_names(self.pack), self.pack.scoped).of(selector) if self.pack.scoped else selector

    def unit(self, role: str) -> str:
        """The unit of a role's metric; empty where there is none."""
        name = self.pack.roles.get(role)
        return next((metric.unit for metric in self.pack.metrics if metric.name == name), "")

    @property
    def failed(self) -> str:
        """The matcher of its failed requests, where the metric of its requests has that label."""
        name = self.pack.roles.get("llm.requests")
        label = self.pack.error_matcher.partition("=")[0].rstrip("!")
        labels = next((metric.labels for metric in self.pack.metrics if metric.name == name), ())
        return self.pack.error_matcher if label in labels else ""


def has_llm(packs: Iterable[Pack]) -> bool:
    """Whether there is anything for the view."""
    return any(role.startswith("llm.") for pack in packs for role in pack.roles)


def _per_second(role: str) -> Measure:
    def measure(system: _System, window: str) -> str | None:
        metric = system.metric(role)
        return metric and f"sum(rate({metric}[{window}]))"

    return measure


def _increase(role: str) -> Measure:
    def measure(system: _System, window: str) -> str | None:
        metric = system.metric(role)
        return metric and f"sum(increase({metric}[{window}]))"

    return measure


def _level(role: str) -> Measure:
    def measure(system: _System, window: str) -> str | None:
        del window
        metric = system.metric(role)
        return metric and f"sum({metric})"

    return measure


def _quantile(role: str, share: float) -> Measure:
    def measure(system: _System, window: str) -> str | None:
        metric = system.metric(role, part="_bucket")
        return metric and f"histogram_quantile({share}, sum by (le) (rate({metric}[{window}])))"

    return measure


def _error_share(system: _System, window: str) -> str | None:
    every, failed = system.metric("llm.requests"), system.failed
    if every is None or not failed:
        return None
    bad = system.metric("llm.requests", failed)
    total = f"sum(rate({every}[{window}]))"
    return f"(sum(rate({bad}[{window}])) or 0 * {total}) / {total}"


def _hit_rate(system: _System, window: str) -> str | None:
    hits, misses = system.metric("cache.hits"), system.metric("cache.misses")
    if hits is None or misses is None or "llm.requests" not in system.pack.roles:
        return None
    hit = f"sum(rate({hits}[{window}]))"
    return f"{hit} / ({hit} + sum(rate({misses}[{window}])))"


def _in_dollars(measure: Measure, factor: str = "") -> Measure:
    def dollars(system: _System, window: str) -> str | None:
        found = measure(system, window) if system.unit("llm.cost") == USD else None
        return found and found + factor

    return dollars


def _times(measure: Measure, factor: int) -> Measure:
    def scaled(system: _System, window: str) -> str | None:
        found = measure(system, window)
        return found and f"{found} * {factor}"

    return scaled


_CHARTS: Sequence[tuple[str, Measure, str, str]] = (
    ("Requests a minute", _times(_per_second("llm.requests"), 60), "none", ""),
    ("Error share", _error_share, "percentunit", "By the matcher of failed requests that each system has."),
    ("Latency, median", _quantile("llm.latency", 0.5), "s", ""),
    ("Latency, P95", _quantile("llm.latency", 0.95), "s", ""),
    ("Time of the model, P95", _quantile("llm.model_latency", 0.95), "s", ""),
    ("Cost an hour", _in_dollars(_per_second("llm.cost"), " * 3600"), "currencyUSD", "Dollars alone."),
    ("Tokens a minute", _times(_per_second("llm.tokens"), 60), "short", ""),
    ("Cache hit rate", _hit_rate, "percentunit", ""),
    ("Sessions", _level("sessions.active"), "none", "Open now."),
)

_COLUMNS: Sequence[tuple[str, Measure, str, int | None]] = (
    ("Requests", _increase("llm.requests"), "locale", 0),
    ("Error share", _error_share, "percentunit", 2),
    ("Median", _quantile("llm.latency", 0.5), "s", None),
    ("P95", _quantile("llm.latency", 0.95), "s", None),
    ("Cost", _in_dollars(_increase("llm.cost")), "currencyUSD", None),
    ("Tokens", _increase("llm.tokens"), "short", None),
    ("Cache hits", _hit_rate, "percentunit", 1),
    ("Sessions", _level("sessions.active"), "none", 0),
)


def llm_board(packs: Sequence[Pack], rates: Mapping[str, float] | None = None) -> Json:
    """The view of some packs, in Grafana's JSON, normalised.

    Args:
        packs: those that are switched on.
        rates: what one of a unit is worth in dollars: balances in it are shown in dollars, too.
    """
    systems = [_System(pack) for pack in packs if has_llm([pack])]
    charts = [_chart(title, measure, systems, unit, about) for title, measure, unit, about in _CHARTS]
    charts += [_balance(unit, systems) for unit in dict.fromkeys(each.unit("llm.balance") for each in systems) if unit]
    charts += [_worth(unit, rate, systems) for unit, rate in (rates or {}).items()]
    shown = [each for each in charts if each["targets"]]
    table = _table(systems) | {"gridPos": {"x": 0, "y": 0, "w": 24, "h": 3 + math.ceil(len(systems) * _ROW_HEIGHT)}}
    top = table["gridPos"]["h"]
    for at, each in enumerate(shown):
        row, column = divmod(at, 24 // _WIDTH)
        each["gridPos"] = {"x": column * _WIDTH, "y": top + row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT}
    return normalise(
        {
            "uid": LLM_UID,
            "title": TITLE,
            "description": DESCRIPTION,
            "tags": ["built-in", "llm"],
            "time": {"from": "now-24h", "to": "now"},
            "refresh": "30s",
            "graphTooltip": 1,
            "panels": [table, *shown],
        }
    ).dashboard


def _chart(title: str, measure: Measure, systems: Sequence[_System], unit: str, about: str = "") -> Json:
    """One series a system; those that do not tell it are left out."""
    asked = [(system, measure(system, RATE)) for system in systems]
    targets = [target(expr, system.pack.title) for system, expr in asked if expr]
    shown = panel("timeseries", title, targets, unit=unit)
    shown["fieldConfig"]["defaults"] |= {"min": 0, "custom": {"fillOpacity": 8, "lineWidth": 2}}
    return shown | ({"description": about} if about else {})


def _balance(unit: str, systems: Sequence[_System]) -> Json:
    """What is left of one currency; currencies are never in one panel."""

    def measure(system: _System, window: str) -> str | None:
        return _level("llm.balance")(system, window) if system.unit("llm.balance") == unit else None

    shown = "currencyUSD" if unit == USD else f"suffix: {unit.capitalize()}"
    return _chart(f"Balance in {'dollars' if unit == USD else unit.capitalize()}", measure, systems, shown)


def _worth(unit: str, rate: float, systems: Sequence[_System]) -> Json:
    """A balance in dollars, by a rate that is told with it."""

    def measure(system: _System, window: str) -> str | None:
        found = _level("llm.balance")(system, window) if system.unit("llm.balance") == unit else None
        return found and f"{found} * {rate:g}"

    about = f"By the setting pack.rates: {unit}={rate:g}. It is added to nothing."
    return _chart(f"Balance in dollars, at ${rate:g} a {unit.capitalize()}", measure, systems, "currencyUSD", about)


def _table(systems: Sequence[_System]) -> Json:
    """A row a system, a column a measure, over the chosen range."""
    columns = [(name, unit, decimals, _of_all(measure, systems)) for name, measure, unit, decimals in _COLUMNS]
    columns = [column for column in columns if column[3]]
    shown = panel("table", "Side by side", [target(expr, table=True) for *_, expr in columns])
    refs = [each["refId"] for each in shown["targets"]]
    renamed = {SYSTEM: "System"} | {f"Value #{ref}": column[0] for ref, column in zip(refs, columns, strict=True)}
    placed = {name: at for at, name in enumerate(renamed)}
    organize = {"excludeByName": {"Time": True}, "indexByName": placed, "renameByName": renamed}
    shown["transformations"] = [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}]
    shown["fieldConfig"]["overrides"] = [_override(name, unit, decimals) for name, unit, decimals, _ in columns]
    shown["description"] = (
        "Over the chosen range. Cost is in dollars; a balance in another currency has a panel of its own."
    )
    return shown


def _of_all(measure: Measure, systems: Sequence[_System]) -> str:
    """One expression for all systems, each named by its label."""
    parts = [(system.pack.title, measure(system, RANGE)) for system in systems]
    return " or ".join(f'label_replace({expr}, "{SYSTEM}", "{escape(title)}", "", "")' for title, expr in parts if expr)


def _override(name: str, unit: str, decimals: int | None) -> Json:
    properties: list[Json] = [{"id": "unit", "value": unit}]
    properties += [] if decimals is None else [{"id": "decimals", "value": decimals}]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}
