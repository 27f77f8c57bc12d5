"""What both servers are asked: every expression at several times and over several ranges, and the lists behind them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import NamedTuple

import yaml
from parity_data import DAY_MS, END_MS, HOUR_MS, START_MS

OWN = Path(__file__).parent / "expressions.promql"
NOT_IN_2_42 = {"double_exponential_smoothing": "holt_winters"}
"""Prometheus 3.0 renamed one function (#14930): 2.42 is asked for it by its old name."""

INSTANTS = (
    START_MS + HOUR_MS,
    START_MS + 5 * HOUR_MS + 137_001,
    START_MS + 10 * HOUR_MS + 30 * 60_000,
    START_MS + 19 * HOUR_MS + 59_999,
    END_MS,
)
RANGES = (
    (START_MS, END_MS, 720_000),  # the whole day, its last step on its last sample
    (START_MS + 9 * HOUR_MS + 7, START_MS + 11 * HOUR_MS, 97_003),  # off the grid, by an odd step
    (END_MS - 10 * 60_000, END_MS + 10 * 60_000, 15_000),  # over the end, every step on a sample
    (START_MS - HOUR_MS, END_MS + HOUR_MS, 2 * HOUR_MS + 1),  # steps longer than most ranges
    (START_MS + 720_000, END_MS + 720_000, 720_000),  # the first a step later, as a dashboard asks again
)

VARIANTS = {
    "range": ["1s", "15s", "1m", "5m", "15m", "1h"],
    "offset": ["1m", "5m", "10m"],
    "simpleAggrOp": ["sum", "avg", "max", "min", "count", "stddev", "stdvar"],
    "topBottomOp": ["topk", "bottomk"],
    "quantile": ["-0.5", "0.1", "0.5", "0.75", "0.95", "0.90", "0.99", "1", "1.5"],
    "arithBinOp": ["+", "-", "*", "/", "%", "^"],
    "compBinOp": ["==", "!=", "<", ">", "<=", ">="],
    "binOp": ["+", "-", "*", "/", "%", "^", "==", "!=", "<", ">", "<=", ">="],
    "simpleMathFunc": ["abs", "ceil", "floor", "exp", "sqrt", "ln", "log2", "log10", "round"],
    "extrapolatedRateFunc": ["delta", "rate", "increase"],
    "clampFunc": ["clamp_min", "clamp_max"],
    "instantRateFunc": ["idelta", "irate"],
    "dateFunc": ["day_of_month", "day_of_week", "days_in_month", "hour", "minute", "month", "year"],
    "simpleTimeAggrOp": ["sum", "avg", "max", "min", "count", "stddev", "stdvar", "absent", "last"],
}
"""What the templates of the compliance list stand for."""


class Question(NamedTuple):
    """One request: `kind` is instant, range, or the name of a list."""

    kind: str
    expr: str
    path: str
    parameters: dict[str, str]

    @property
    def theirs(self) -> dict[str, str]:
        """The parameters for Prometheus 2.42, with its names of functions."""
        expr = self.expr
        for new, old in NOT_IN_2_42.items():
            expr = expr.replace(f"{new}(", f"{old}(")
        return {**self.parameters, "query": expr} if self.kind in {"instant", "range"} else self.parameters

    @property
    def ordered(self) -> bool:
        """Whether the order of the values in the answer matters."""
        return self.kind == "instant" and self.expr.startswith(("sort", "topk", "bottomk"))


def seconds(time_ms: int) -> str:
    return f"{time_ms // 1000}.{time_ms % 1000:03}"


def ask_at(expr: str, time_ms: int) -> Question:
    return Question("instant", expr, "query", {"query": expr, "time": seconds(time_ms)})


def ask_over(expr: str, start_ms: int, end_ms: int, step_ms: int) -> Question:
    times = {"start": seconds(start_ms), "end": seconds(end_ms), "step": seconds(step_ms)}
    return Question("range", expr, "query_range", {"query": expr, **times})


def own_expressions() -> list[str]:
    """The project's own list."""
    lines = OWN.read_text().splitlines()
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def compliance(path: Path) -> list[str]:
    """The compliance list, each template with all its variants."""
    found = []
    for case in yaml.safe_load(path.read_text())["test_cases"]:
        names = case.get("variant_args", [])
        for values in product(*(VARIANTS[name] for name in names)):
            expr = case["query"]
            for name, value in zip(names, values, strict=True):
                expr = expr.replace("{{." + name + "}}", value)
            found.append(expr)
    return found


def all_questions(expressions: list[str]) -> list[Question]:
    """Every expression at every time and over every range, and the lists."""
    asked = [ask_at(expr, time_ms) for expr in expressions for time_ms in INSTANTS]
    return [*asked, *(ask_over(expr, *each) for expr in expressions for each in RANGES), *lists()]


_DAY = {"query": "up", "start": seconds(START_MS), "end": seconds(END_MS), "step": "720"}
ODD = (
    *({"query": "up", "time": time} for time in (
        "1700003640.1234567", "1700003640.0005", "1.70000364e9", "1700003640.", "+1700003640", "2023-11-14T23:14:00Z",
        "2023-11-14T23:14:00.123456+01:00", "2023-11-14T23:14:00.5559Z", "2023-11-14T23:14:00", "2023-11-14", "-1", "0", "1e3", "NaN", "Inf", "x", " ",
        "0x655401b8", "1_700_003_640", "9223372036854775807", "9.3e15", "-9.3e15", "253402300800", "1e19",
    )),
    *({"query": "up", "time": "1700003640", "timeout": timeout} for timeout in ("5s", "1m30s", "10", "2.5", "x", "-1", "1e400")),
    {"time": "1700003640"},
    {"query": "", "time": "1700003640"},
)  # fmt: skip
"""Instant queries whose parameters are odd."""
ODD_RANGES = (
    *({**_DAY, "step": step} for step in (
        "15m", "1h30m", "720.5", "7.2e2", "0", "-1", "-1m", "x", "", "1", "7.855", "7.854", "1y", "1d1h", "1h1d", "NaN", "Inf", "1e30",
    )),
    *({**_DAY, name: value} for name in ("start", "end") for value in (
        "x", "", "2023-11-15T06:00:00Z", "1700040000.0005", "1700086440.001", "1e19", "NaN",
    )),
    {**_DAY, "start": _DAY["end"], "end": _DAY["start"]},
    {**_DAY, "start": _DAY["end"]},
    *({name: value for name, value in _DAY.items() if name != left_out} for left_out in _DAY),
    *({**_DAY, "end": seconds(START_MS + 20_000), "step": step} for step in ("1.001", "1.0019", "0.289", "0.0205", "0.9999")),
    {**_DAY, "query": "up["},
    {**_DAY, "query": "up[5m]"},
    {**_DAY, "query": "'text'"},
    {**_DAY, "step": "8", "end": seconds(START_MS + 11_000 * 8_000)},
    {**_DAY, "step": "8", "end": seconds(START_MS + 11_001 * 8_000)},
)  # fmt: skip
"""Range queries whose parameters are."""

SELECTORS = (
    "up",
    "edge_strange",
    '{job="edge"}',
    '{__name__=~"edge_.*_total"}',
    'http_requests_total{status=~"5.."}',
    '{instance!="",rack=""}',
    "fleet_requests_total",
    'edge_info{note!~"b"}',
    "nothing_at_all",
    '{version!~"1.*",job=~"edge|demo"}',
)
LABELS = ("__name__", "job", "instance", "le", "status", "note", "nothing_at_all", "not-a-name")


def lists() -> list[Question]:
    """Series, label names, label values and metadata of the day."""
    day = {"start": seconds(START_MS - DAY_MS), "end": seconds(END_MS + DAY_MS)}
    found = [Question("labels", "", "labels", day), Question("metadata", "", "metadata", {})]
    found += [
        Question("series", each, "series", {**day, "match[]": each}) for each in (*SELECTORS, "sum(up)", "{}", "up{")
    ]
    found += [Question("labels", each, "labels", {**day, "match[]": each}) for each in SELECTORS]
    found += [Question("values", name, f"label/{name}/values", day) for name in LABELS]
    found += [
        Question("values", f"{name} of {each}", f"label/{name}/values", {**day, "match[]": each})
        for name in LABELS[:4]
        for each in SELECTORS
    ]
    found += [Question("odd", str(each), "query", each) for each in ODD]
    found += [Question("odd", str(each), "query_range", each) for each in ODD_RANGES]
    return [*found, Question("series", "", "series", day)]
