"""What the panels of a dashboard should draw: the query API's answers, named and scaled by rules of the tests' own.

Nothing here comes from the UI: variables, macros, names of series, overrides, calculations, stacking and units are
written a second time, from Grafana's documentation, so that both have to be right to agree.
"""

from __future__ import annotations

import json
import math
import re
import statistics
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from watchglass.promql.ast import VectorSelector, walk
from watchglass.promql.parse import parse

SCRAPE_S = 15
"""What Grafana takes for the scrape interval where a panel names none."""


class Asked(NamedTuple):
    """A question that the page asked; `step` is None for one moment, which is `end`. Times in s."""

    expr: str
    start: float
    end: float
    step: float | None
    lookback: str = ""
    """As the page gave it; empty: the server's own."""


class Series(NamedTuple):
    """One series as it should be drawn; its values by time in s."""

    name: str | None
    field: dict[str, Any]
    points: dict[float, float]
    ref: str = ""
    labels: Mapping[str, str] = MappingProxyType({})


def ask(url: str, path: str, **params: Any) -> Any:
    """The data of an answer of the query API."""
    with urllib.request.urlopen(f"{url}api/v1/{path}?{urllib.parse.urlencode(params)}", timeout=30) as answer:
        return json.load(answer)["data"]


def answers(url: str, asked: Asked) -> list[tuple[dict[str, str], dict[float, float]]]:
    """Labels and values of each series of the API's answer to the same question."""
    if asked.step is None:
        result = ask(url, "query", query=asked.expr, time=asked.end)
        if result["resultType"] == "scalar":
            return [({}, {float(result["result"][0]): float(result["result"][1])})]
        return [(one["metric"], {one["value"][0]: float(one["value"][1])}) for one in result["result"]]
    given = {"start": asked.start, "end": asked.end, "step": asked.step, "lookback_delta": asked.lookback}
    found = ask(url, "query_range", query=asked.expr, **given)["result"]
    return [(one["metric"], {time: float(value) for time, value in one["values"]}) for one in found]


# ---- the document


def panels_of(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each panel with the title of the row that it stands in."""
    row = ""
    for panel in document["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
            yield from ((row, inner) for inner in panel.get("panels", []))
        else:
            yield row, panel


def targets_of(panel: dict[str, Any]) -> list[dict[str, Any]]:
    return [target for target in panel.get("targets", []) if not target.get("hide") and target.get("expr")]


def metrics_of(panel: dict[str, Any]) -> list[str]:
    """Names of the metrics that the panel's queries select."""
    names: dict[str, None] = {}
    for target in targets_of(panel):
        plain = re.sub(r"\$\{?__\w+\}?", "1m", target["expr"])
        for node in walk(parse(plain)):
            if isinstance(node, VectorSelector) and node.name:
                names[node.name] = None
    return list(names)


def fill(text: str, variables: dict[str, str]) -> str:
    """A text with the values of variables; macros stay."""
    pattern = r"\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]"
    return re.sub(pattern, lambda match: variables.get(match[1] or match[2] or match[3], match[0]), text)


def choose_variables(url: str, document: dict[str, Any]) -> dict[str, str]:
    """The first value of each `label_values(metric, label)`, in the order in which they need one another."""
    chosen: dict[str, str] = {}
    for variable in document.get("templating", {}).get("list", []):
        if variable["type"] != "query":
            continue
        query = variable["query"]
        text = fill(query if isinstance(query, str) else query["query"], chosen)
        selector, label = re.fullmatch(r"label_values\((.*),\s*(\w+)\)", text).groups()
        values = ask(url, f"label/{label}/values", **{"match[]": selector})
        chosen[variable["name"]] = min(values, default="")
    return chosen


SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
DURATION = r"(?:\d+(?:ms|[smhdwy]))+"


def seconds(text: str) -> float:
    """`1m30s` in seconds."""
    return sum(int(number) * SECONDS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))


def is_answer_to(expr: str, asked: Asked) -> bool:
    """Whether the page asked for this expression, with windows of rates that suit the step."""
    pattern = re.escape(expr)
    for macro, group in (("$__rate_interval", "r"), ("$__interval", "i"), ("$__range", "g")):
        for form in (macro, "${" + macro[1:] + "}"):
            pattern = pattern.replace(re.escape(form), f"({'?:' if group == 'g' else ''}{DURATION})")
    match = re.fullmatch(pattern, asked.expr)
    if match is None:
        return False
    least = max((asked.step or 0) + SCRAPE_S, 4 * SCRAPE_S)
    rates = match.groups() if "$__interval" not in expr else ()
    return all(seconds(text) >= least if asked.step is None else seconds(text) == least for text in rates)


def matches(matcher: dict[str, Any], name: str, ref: str) -> bool:
    """Whether an override is about the field of this name."""
    kind, options = matcher["id"], matcher.get("options")
    if kind == "byName":
        return name == options
    if kind == "byRegexp":
        return re.search(re.sub(r"^/(.*)/\w*$", r"\1", options), name) is not None
    if kind == "byFrameRefID":
        return ref == options
    if kind == "byNames":
        return (name in options["names"]) != (options.get("mode") == "exclude")
    raise NotImplementedError(kind)


def merge(base: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    head, *rest = path
    inner = base.get(head)
    if rest:
        return {**base, head: merge(inner if isinstance(inner, dict) else {}, rest, value)}
    both = isinstance(inner, dict) and isinstance(value, dict)
    return {**base, head: {**inner, **value} if both else value}


def field_of(panel: dict[str, Any], name: str, ref: str) -> dict[str, Any]:
    """The configuration of the field of a series: defaults, and every override that is about it."""
    config = panel.get("fieldConfig", {})
    field = config.get("defaults", {})
    for override in config.get("overrides", []):
        if matches(override["matcher"], name, ref):
            for change in override["properties"]:
                field = merge(field, change["id"].split("."), change.get("value"))
    return field


def series_of(url: str, panel: dict[str, Any], target: dict[str, Any], asked: Asked) -> list[Series]:
    """The series of one query; one that no template names has no name."""
    template = target.get("legendFormat") or "__auto"
    made = []
    for labels, points in answers(url, asked):
        filled = re.sub(r"\{\{\s*([^}]+?)\s*\}\}", lambda match, of=labels: of.get(match[1], ""), template)
        name = None if template == "__auto" else filled
        field = field_of(panel, name or "", target["refId"])
        made.append(Series(field.get("displayName") or name, field, points, target["refId"], labels))
    return made


class Cell(NamedTuple):
    """What a cell of a table should say: a text, or a number as its field has it."""

    value: str | float
    field: dict[str, Any]

    def is_said_by(self, text: str) -> bool:
        return text == self.value if isinstance(self.value, str) else agrees(text, self.value, self.field)


def table_of(panel: dict[str, Any], series: list[Series]) -> list[dict[str, Cell]]:
    """The rows of a table of instant queries by the names of columns: time, labels, and a value of each query.

    With several queries those of the same labels stand in one row (`merge`); `organize` leaves out and renames.
    Otherwise than in Grafana, a metric's name that all rows share and no step speaks of has no column.
    """
    steps = {step["id"]: step.get("options", {}) for step in panel.get("transformations", [])}
    if unknown := steps.keys() - {"merge", "organize"}:
        raise NotImplementedError(unknown)
    queries = len(targets_of(panel))
    if queries > 1 and "merge" not in steps:
        raise NotImplementedError("several tables in a panel")
    organised = steps.get("organize", {})
    left_out = {name for name, out in organised.get("excludeByName", {}).items() if out}
    if len({one.labels.get("__name__") for one in series}) == 1 and "__name__" not in json.dumps(organised):
        left_out.add("__name__")
    rows: dict[frozenset[tuple[str, str]], dict[str, Cell]] = {}
    for one in series:
        ((time, value),) = one.points.items()
        moment = datetime.fromtimestamp(int(time), UTC).strftime("%Y-%m-%d %H:%M:%S")
        number = "Value" if queries == 1 else f"Value #{one.ref}"
        row = rows.setdefault(frozenset(one.labels.items()), {})
        for column, said in {"Time": moment, **one.labels, number: value}.items():
            if column not in left_out:
                name = organised.get("renameByName", {}).get(column) or column
                row[name] = Cell(said, field_of(panel, name, one.ref))
    return list(rows.values())


def option(series: Series, *path: str) -> Any:
    """An option of how a series is drawn."""
    value: Any = series.field.get("custom", {})
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


# ---- numbers


def numbers(series: Series) -> list[float]:
    return [value for _, value in sorted(series.points.items()) if not math.isnan(value)]


def value_at(series: Series, time: float) -> float | None:
    """The value at a time; None where there is no number."""
    value = series.points.get(time, math.nan)
    return None if math.isnan(value) else value


CALCS = {
    "lastNotNull": lambda values: values[-1],
    "last": lambda values: values[-1],
    "first": lambda values: values[0],
    "min": min,
    "max": max,
    "mean": statistics.fmean,
    "sum": sum,
}


def reduced(series: Series, calc: str) -> float | None:
    """What a calculation gives for a series; None for one without a number."""
    values = numbers(series)
    return CALCS[calc](values) if values else None


def drawn_at(series: list[Series], time: float) -> list[float | None]:
    """Where each line lies at a time: turned below zero and stacked."""
    own = [value_at(one, time) for one in series]
    signs = [-1 if option(one, "transform") == "negative-Y" else 1 for one in series]
    turned = [None if value is None else sign * value for value, sign in zip(own, signs, strict=True)]
    groups = [_stack_of(one, sign) for one, sign in zip(series, signs, strict=True)]
    sums: dict[Any, float] = {}
    places: list[float | None] = []
    for value, group in zip(turned, groups, strict=True):
        if value is None or group is None:
            places.append(value)
            continue
        same = [abs(other) for other, its in zip(turned, groups, strict=True) if its == group and other is not None]
        whole = sum(same) if group[1] == "percent" else 1
        sums[group] = sums.get(group, 0.0) + (value / whole if whole else 0.0)
        places.append(sums[group])
    return places


def _stack_of(series: Series, sign: int) -> tuple[Any, ...] | None:
    """Series that stand on one another: of one group, and on the same side of zero."""
    mode = option(series, "stacking", "mode") or "none"
    if mode == "none":
        return None
    balance = sum((value > 0) - (value < 0) for value in numbers(series)) * sign
    return str(option(series, "stacking", "group")), mode, balance < 0


def scaled(base: int, prefixes: str, unit: str, factor: float = 1) -> dict[str, float]:
    return {prefix.strip() + unit: factor * base**power for power, prefix in enumerate(prefixes.split("|"))}


def counted(unit: str) -> dict[str, float]:
    """Counts with what Grafana calls a thousand, a million, a billion; the unit may follow after a space."""
    return {f"{prefix} {unit}".strip(): 1000**power for power, prefix in enumerate(["", "K", "M", "B", "T"])}


IEC, SI = "|Ki|Mi|Gi|Ti|Pi|Ei", "|k|M|G|T|P|E"
SCALES: dict[str, dict[str, float]] = {
    "": counted(""),
    "short": counted(""),
    "none": {"": 1},
    "bytes": scaled(1024, IEC, "B"),
    "decbytes": scaled(1000, SI, "B"),
    "decbits": scaled(1000, SI, "b"),
    "bps": scaled(1000, SI, "b/s"),
    "Bps": scaled(1000, SI, "B/s"),
    "binBps": scaled(1024, IEC, "B/s"),
    "hertz": scaled(1000, SI, "Hz"),
    "percent": {"%": 1},
    "percentunit": {"%": 0.01},
    "celsius": {"°C": 1},
    "rotrpm": {"rpm": 1},
    "pps": counted("p/s"),
    "ops": counted("ops/s"),
    "iops": counted("io/s"),
    "eps": counted("evt/s"),
    "reqps": counted("req/s"),
    "s": {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400, "wk": 604800, "y": 31557600},
}
WORDS = {
    "bool": ("False", "True"),
    "bool_yes_no": ("No", "Yes"),
    "bool_on_off": ("Off", "On"),
}


class Shown(NamedTuple):
    """A number as it was read: its value, half of its last digit, and how many decimals it has."""

    value: float
    half: float
    decimals: int


def words_for_none(field: dict[str, Any]) -> str:
    """What a field says where there is no number: by a mapping, else as its own text."""
    for mapping in field.get("mappings", []):
        options = mapping.get("options", {})
        if mapping["type"] == "special" and options["match"] in {"null", "nan", "null+nan"}:
            return options["result"]["text"]
    return field.get("noValue", "–")


def read(text: str, unit: str) -> Shown | None:
    """A written number in the unit's base; None where it is no number in this unit."""
    plain = re.sub(r"\s+", " ", text.replace("\u2212", "-").replace("\xa0", " ")).strip()
    match = re.fullmatch(r"(-?\d+(?:\.(\d+))?) ?(.*)", plain)
    scales = SCALES.get(unit) or {unit: 1}
    if match is None or match[3] not in scales:
        return None
    factor, decimals = scales[match[3]], len(match[2] or "")
    return Shown(float(match[1]) * factor, 0.5 * 10**-decimals * factor, decimals)


SIGNIFICANT = 0.00501
"""Three digits: half of the last one is at most this part of the value."""


def agrees(text: str, value: float | None, field: dict[str, Any]) -> bool:
    """Whether a text says this value, as exactly as it has to."""
    unit = field.get("unit") or ""
    if value is None or math.isnan(value):
        return text.strip() in {"NaN", words_for_none(field)}
    if unit in WORDS:
        return text == WORDS[unit][value != 0]
    shown = read(text, unit)
    if shown is None:
        return False
    error = abs(shown.value - value)
    if error > shown.half * (1 + 1e-6) + abs(value) * 1e-12:
        return False
    if field.get("decimals") is not None:
        return shown.decimals == field["decimals"]
    exact = error <= abs(value) * 1e-9
    fine = 2 if unit.startswith("percent") else 6  # more decimals than these are not written
    return exact or shown.half <= abs(value) * SIGNIFICANT or shown.decimals >= fine
