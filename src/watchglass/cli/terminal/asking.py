"""Asks a running server for a dashboard and for what its panels show."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Protocol
from urllib.parse import quote

from watchglass.cli.client import ClientError, get_document, post_form
from watchglass.cli.terminal.fields import Json, Series, series_name
from watchglass.cli.terminal.times import Range, parse_span, resolve, zone_of

POINTS = 160
"""Of a chart, before it is drawn as wide as there is room."""
MIN_STEP_MS = 1000
DAY_MS = 86_400_000
SHORT_DAY_MS = 82_800_000
"""The day on which the clock is put forward."""
SCRAPE_MS = 15_000
CONNECTIONS = 6

_SILENT = frozenset({"row", "text", "dashlist", "news", "alertlist", "annolist"})
_REFERENCE = re.compile(r"\$\{(\w+)(?::[^}]*)?\}|\$(\w+)|\[\[(\w+)\]\]")


NOWHEN = Range(0, 0)


@dataclass(frozen=True, slots=True)
class PanelData:
    """What a panel shows: its series, or why there are none."""

    series: tuple[Series, ...] = ()
    error: str = ""
    span: Range = NOWHEN


@dataclass(frozen=True, slots=True)
class Picture:
    """A dashboard and its data at one time.

    Attributes:
        board: the dashboard, normalised.
        data: of its panels, by their ids.
        span: the range that it shows.
        zone: its time zone; None for the machine's.
    """

    board: Json
    data: Mapping[int, PanelData]
    span: Range
    zone: tzinfo | None = None
    now_ms: int = 0


class Server(Protocol):
    """Answers queries, in the JSON of Prometheus's API."""

    def ask(self, source: str, endpoint: str, parameters: dict[str, str]) -> Any:
        """The `data` of an answer; raises ClientError."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server at a URL."""

    url: str

    def ask(self, source: str, endpoint: str, parameters: dict[str, str]) -> Any:
        """The `data` of an answer.

        Raises:
            ClientError: it does not answer, or not with data.
        """
        return post_form(self.url, f"/api/datasources/proxy/uid/{quote(source)}/api/v1/{endpoint}", parameters)

    def dashboard(self, uid: str) -> Json:
        """A dashboard as pages draw it.

        Raises:
            ClientError: there is none.
        """
        found = get_document(self.url, f"/api/v1/watchglass/dashboards/{quote(uid)}")
        if "dashboard" not in found:
            raise ClientError(f"there is no dashboard {uid}: {found.get('message', '')}")
        board: Json = found["dashboard"]
        return board


@dataclass(frozen=True, slots=True)
class _Moment:
    """When a dashboard is looked at, and what its variables stand for."""

    span: Range
    now_ms: int
    zone: tzinfo | None
    variables: Mapping[str, str]


def take_picture(server: Server, board: Json, now_ms: int) -> Picture:
    """A dashboard with what all its panels show now; a panel that cannot be asked says why."""
    zone = zone_of(str(board.get("timezone") or ""))
    time = board.get("time") or {}
    span = _span(str(time.get("from") or "now-6h"), str(time.get("to") or "now"), now_ms, zone)
    panels = [panel for panel in visible_panels(board) if panel["type"] not in _SILENT]
    moment = _Moment(span, now_ms, zone, _variables(board))
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        asked = pool.map(lambda panel: _ask_panel(server, panel, moment), panels)
        data = {panel["id"]: found for panel, found in zip(panels, asked, strict=True)}
    return Picture(board, data, span, zone, now_ms)


def _span(start: str, end: str, now_ms: int, zone: tzinfo | None) -> Range:
    return Range(resolve(start, now_ms, zone), resolve(end, now_ms, zone, end=True))


def visible_panels(board: Json) -> Iterator[Json]:
    """The panels that are not folded away, rows among them."""
    yield from board.get("panels") or ()


@dataclass(frozen=True, slots=True)
class _Asking:
    """What one panel's queries need to know."""

    span: Range
    step_ms: int
    macros: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo | None = None

    def by_step(self, span: Range, step_ms: int) -> _Asking:
        """The same over a part of the range, in steps of another length."""
        return replace(self, span=span, step_ms=step_ms, macros={**self.macros, **_steps(step_ms)})

    def fill(self, expr: str) -> str:
        """The expression with macros and variables filled in; a name that is neither stays."""

        def put(found: re.Match[str]) -> str:
            return self.macros.get(found[1] or found[2] or found[3], found[0])

        return _REFERENCE.sub(put, expr)


def _ask_panel(server: Server, panel: Json, moment: _Moment) -> PanelData:
    span = moment.span
    if panel.get("timeFrom"):
        start = str(panel["timeFrom"])
        start = start if start.startswith("now") else f"now-{start}"
        span = _span(start, "now", moment.now_ms, moment.zone)
    asking = replace(_asking(panel, span, moment.variables), zone=moment.zone)
    source = str((panel.get("datasource") or {}).get("uid") or "default")
    source = source if re.fullmatch(r"[\w-]+", source) else "default"
    found: list[Series] = []
    try:
        for target in panel.get("targets") or ():
            if target.get("expr") and not target.get("hide"):
                found += _ask_target(server, source, target, asking)
    except ClientError as error:
        return PanelData((), str(error), span)
    return PanelData(tuple(found), "", span)


def _asking(panel: Json, span: Range, variables: Mapping[str, str]) -> _Asking:
    given_ms = parse_span(str(panel.get("interval") or "").lstrip(">"))
    length_ms = max(MIN_STEP_MS, span.end_ms - span.start_ms)
    step_ms = max(given_ms, -(-length_ms // POINTS // MIN_STEP_MS) * MIN_STEP_MS, MIN_STEP_MS)
    macros = _steps(step_ms) | {
        "__range": f"{max(1, round(length_ms / 1000))}s",
        "__range_s": str(max(1, round(length_ms / 1000))),
        "__range_ms": str(length_ms),
        "__from": str(span.start_ms),
        "__to": str(span.end_ms),
    }
    return _Asking(span, step_ms, macros | dict(variables))


def _steps(step_ms: int) -> dict[str, str]:
    """The macros that tell how long a step is."""
    rate_ms = max(step_ms + SCRAPE_MS, 4 * SCRAPE_MS)
    return {
        "__interval": f"{step_ms // 1000}s",
        "__interval_ms": str(step_ms),
        "__rate_interval": f"{rate_ms // 1000}s",
        "__rate_interval_ms": str(rate_ms),
    }


def _variables(board: Json) -> dict[str, str]:
    """What the variables of a dashboard stand for: all they can be, or what it was saved with."""
    return {
        str(each.get("name")): _chosen(each)
        for each in (board.get("templating") or {}).get("list") or ()
        if each.get("type") != "datasource"
    }


def _chosen(variable: Json) -> str:
    value = (variable.get("current") or {}).get("value", "")
    values = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    if "$__all" in values:
        return str(variable.get("allValue") or ".*")
    return "|".join(values) if len(values) > 1 else values[0] if values else ""


def _ask_target(server: Server, source: str, target: Json, asking: _Asking) -> Iterator[Series]:
    expr = str(target["expr"])
    legend, ref = str(target.get("legendFormat") or ""), str(target.get("refId") or "")
    if target.get("instant") and not target.get("range"):
        query = asking.fill(expr)
        data = server.ask(source, "query", {"query": query, "time": f"{asking.span.end_ms / 1000:.3f}"})
        yield from _series(data, legend, ref, query)
        return
    found: dict[tuple[tuple[str, str], ...], Series] = {}
    for part in _by_days(asking):
        query = part.fill(expr)
        data = server.ask(source, "query_range", {"query": query} | _grid(part))
        for each in _series(data, legend, ref, query):
            key = tuple(sorted(each.labels.items()))
            found[key] = joined(found[key], each) if key in found else each
    yield from found.values()


def joined(first: Series, then: Series) -> Series:
    """A series that was asked for in two parts."""
    return replace(first, times=[*first.times, *then.times], values=[*first.values, *then.values])


def _by_days(asking: _Asking) -> list[_Asking]:
    """Steps of a day as days are: where the clock is changed within the range, that day is asked for by itself."""
    if asking.step_ms != DAY_MS:
        return [asking]
    midnights = [asking.span.start_ms]
    while midnights[-1] <= asking.span.end_ms:
        midnights.append(resolve("now+1d", midnights[-1], asking.zone))
    lengths = [after - before for before, after in pairwise(midnights)]
    runs = [list(run) for _, run in groupby(zip(midnights, lengths, strict=False), key=itemgetter(1))]
    return [asking.by_step(Range(run[0][0], run[-1][0]), run[0][1]) for run in runs]


def _grid(asking: _Asking) -> dict[str, str]:
    """Whole days begin where the range does; everything else lies on multiples of the step, so that nothing jitters."""
    start_ms, end_ms, step_ms = asking.span.start_ms, asking.span.end_ms, asking.step_ms
    if step_ms < SHORT_DAY_MS:
        start_ms = -(-start_ms // step_ms) * step_ms
    return {
        "start": f"{start_ms / 1000:.3f}",
        "end": f"{max(start_ms, end_ms) / 1000:.3f}",
        "step": f"{step_ms / 1000:g}",
    }


def _series(data: Any, legend: str, ref: str, query: str) -> Iterator[Series]:
    kind: str = data.get("resultType", "")
    result: Any = data.get("result") or []
    if kind == "scalar":
        yield Series(series_name(legend, {}, query), ref, [int(result[0] * 1000)], [float(result[1])])
        return
    for each in result if kind in {"vector", "matrix"} else ():
        samples: Sequence[Any] = each.get("values") or ([each["value"]] if "value" in each else ())
        labels = each.get("metric") or {}
        times = [int(sample[0] * 1000) for sample in samples]
        name = series_name(legend, labels, query)
        yield Series(name, ref, times, [_number(sample[1]) for sample in samples], labels)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
