"""A reader and runner of PromQL tests in Prometheus's own notation (promql/promqltest of prometheus/prometheus).

`load` and `clear` fill an in-memory Queryable; each `eval` becomes a Case. A case knows by itself why it cannot be judged
(`unsupported`), so that nothing is left out silently. Native histograms are loaded as opaque samples, equal when their
texts are. Start timestamps are not loaded: a case that selects such a series is not judged.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from memory import Histogram, MemoryQueryable, matches

from watchglass.errors import QueryError
from watchglass.model.duration import parse_duration
from watchglass.model.labels import Labels
from watchglass.model.sample import STALE, is_stale
from watchglass.promql.ast import (
    AggregateExpr,
    AtKind,
    AtModifier,
    BinaryExpr,
    Call,
    SubqueryExpr,
    VectorMatching,
    VectorSelector,
    children,
    transform,
    walk,
)
from watchglass.promql.engine import Engine, EngineOptions
from watchglass.promql.format import format_expr
from watchglass.promql.functions_table import FUNCTIONS
from watchglass.promql.parse import parse
from watchglass.promql.plan import DEPENDS_ON_TIME
from watchglass.promql.value import RangeVector, Scalar, Text, Vector

SUITE_OPTIONS = EngineOptions(delayed_name_removal=True)
"""The suite's engine options where they differ from the server's defaults."""

_LOAD = re.compile(r"load(?P<nhcb>_with_nhcb)?\s+(?P<step>\S+)$")
_INSTANT = re.compile(r"eval(?:_(?P<kind>fail|warn|ordered|info))?\s+instant\s+(?:at\s+(?P<at>.+?))?\s+(?P<expr>.+)$")
_RANGE = re.compile(
    r"eval(?:_(?P<kind>fail|warn|info))?\s+range\s+from\s+(?P<start>.+)\s+to\s+(?P<end>.+)\s+step\s+(?P<step>.+?)\s+(?P<expr>.+)$"
)
_EXPECT = re.compile(
    r"expect\s+(?P<what>ordered|fail|warn|no_warn|info|no_info)(?:\s+(?P<how>msg|regex):\s*(?P<text>.*))?$"
)
_EXPECT_RANGE = re.compile(r"expect range vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$")
_EXPECT_STRING = re.compile(r"expect string\s+(?P<text>.+)$")
_QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`"
_SERIES = re.compile(
    rf"(?P<metric>[^\s{{]*\s*(?:\{{(?!\{{)(?:{_QUOTED}|[^\"'`}}])*\}})?)(?P<start_times>@st)?(?:\s+(?P<points>.*))?$"
)
_POINT = re.compile(r"\{\{.*?\}\}(?:[+-]\{\{.*?\}\})?(?:x\d+)?|\S+")
_NUMBER = r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|0x[0-9a-fA-F]+|[nN]a[nN]|[iI]nf)"
_RUN = re.compile(rf"(?P<first>{_NUMBER})(?:(?P<sign>[+-])(?P<delta>{_NUMBER}))?x(?P<times>\d+)$")

UNJUDGED = "native histograms are not supported yet"


@dataclass
class Expectation:
    """What an eval expects."""

    ordered: bool = False
    fails: bool = False
    fail_text: tuple[str, str] | None = None
    annotations: list[tuple[str, str | None, str]] = field(default_factory=list)
    series: list[tuple[Labels, list]] = field(default_factory=list)
    scalar: float | None = None
    string: str | None = None
    range_grid: tuple[int, int, int] | None = None


@dataclass
class Case:
    """One eval, with the data that was loaded when it stood there."""

    file: str
    line: int
    expr: str
    start_ms: int
    end_ms: int
    step_ms: int  # 0 for an instant query
    expected: Expectation
    data: Data

    def __str__(self):
        return f"{self.file}:{self.line}: {self.expr}"


@dataclass
class Data:
    """Loaded series; those that only a later engine understands are kept by name alone."""

    floats: MemoryQueryable = field(default_factory=MemoryQueryable)
    foreign: dict[Labels, str] = field(default_factory=dict)

    def copy(self):
        return Data(MemoryQueryable({k: dict(v) for k, v in self.floats.series_by_labels.items()}), dict(self.foreign))


def read(path: Path) -> list[Case]:
    """All evals of a file."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    lines = ["" if line.startswith("#") else line for line in lines]
    cases, data, place = [], Data(), 0
    while place < len(lines):
        head, first = lines[place], place
        place += 1
        body = []
        if head.startswith(("load", "eval")):
            while place < len(lines) and lines[place]:
                body.append(lines[place])
                place += 1
        if head == "clear":
            data = Data()
        elif match := _LOAD.match(head):
            data = data.copy()
            _load(data, milliseconds(match["step"]), body, nhcb=bool(match["nhcb"]))
        elif head.startswith("eval"):
            cases.append(_case(path.name, first + 1, head, body, data))
        elif head:
            raise ValueError(f"{path.name}:{first + 1}: {head!r} is no command")
    return cases


def milliseconds(text: str) -> int:
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * (round(float(text) * 1000) if re.fullmatch(r"[\d.]+", text) else parse_duration(text))


def _case(file: str, line: int, head: str, body: list[str], data: Data) -> Case:
    expected = Expectation()
    if match := _RANGE.match(head):
        times = milliseconds(match["start"]), milliseconds(match["end"]), milliseconds(match["step"])
    elif match := _INSTANT.match(head):
        at = milliseconds(match["at"])
        times = at, at, 0
    else:
        raise ValueError(f"{file}:{line}: {head!r} is no eval")
    kind = match["kind"]
    expected.fails, expected.ordered = kind == "fail", kind == "ordered"
    if kind in {"warn", "info"}:
        expected.annotations.append((kind, None, ""))
    for text in body:
        _expect(expected, text, is_range=times[2] > 0)
    return Case(file, line, match["expr"], *times, expected, data)


def _expect(expected: Expectation, text: str, *, is_range: bool) -> None:
    if match := _EXPECT.match(text):
        what, how, wanted = match["what"], match["how"], match["text"] or ""
        if what == "ordered":
            expected.ordered = True
        elif what == "fail":
            expected.fails = True
            expected.fail_text = (how, wanted) if how else None
        else:
            expected.annotations.append((what, how, wanted))
    elif match := _EXPECT_RANGE.match(text):
        expected.range_grid = milliseconds(match[1]), milliseconds(match[2]), milliseconds(match[3])
    elif match := _EXPECT_STRING.match(text):
        expected.string = json.loads(match["text"]) if match["text"][0] == '"' else match["text"][1:-1]
    elif match := re.match(r"expected_fail_(message|regexp)\s+(.*)$", text):
        expected.fail_text = ("msg" if match[1] == "message" else "regex", match[2])
    elif re.fullmatch(_NUMBER, text):
        expected.scalar = float(text)
    else:
        labels, points, _ = _series(text)
        expected.series.append((labels, points))


def _series(text: str) -> tuple[Labels, list, bool]:
    match = _SERIES.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no series")
    return metric_labels(match["metric"].strip()), _points(match["points"] or ""), bool(match["start_times"])


def metric_labels(text: str) -> Labels:
    if re.fullmatch(r"\{\s*\}", text) or not text:
        return Labels()
    selector = parse(re.sub(r"\{\s*\}$", "", text))
    assert isinstance(selector, VectorSelector)
    return Labels.of({matcher.name: matcher.value for matcher in selector.matchers})


def _points(text: str) -> list:
    """One entry a step: a float, a Histogram, or None for no sample."""
    points: list = []
    for token in _POINT.findall(text):
        if token.startswith("{{"):
            points += _histograms(token)
        elif token == "_":
            points.append(None)
        elif match := re.fullmatch(r"_x(\d+)", token):
            points += [None] * int(match[1])
        elif token == "stale":
            points.append(STALE)
        elif match := re.fullmatch(r"stalex(\d+)", token):
            points += [STALE] * (int(match[1]) + 1)
        elif match := _RUN.match(token):
            delta = float(match["delta"]) * (-1 if match["sign"] == "-" else 1) if match["delta"] else 0.0
            value = float(match["first"])
            for _ in range(int(match["times"]) + 1):
                points.append(value)
                value += delta
        else:
            points.append(float(int(token, 16)) if token.startswith("0x") else float(token))
    return points


def _histograms(token: str) -> list[Histogram]:
    """One histogram, or a run of them, each of which grows by a second one."""
    first, sign, growth, times = re.fullmatch(r"(\{\{.*?\}\})(?:([+-])(\{\{.*?\}\}))?(?:x(\d+))?", token).groups()
    first = _canonical(first[2:-2])
    grown = [f" {sign} {number} * {growth}" if growth and number else "" for number in range(int(times or 0) + 1)]
    return [Histogram(first + text) for text in grown]


def _canonical(text: str) -> str:
    """Fields in one order, without those that have their default: two texts of one histogram become equal."""
    fields = re.findall(r"(\w+):(\[[^\]]*\]|\S+)", text)
    return " ".join(sorted(f"{name}:{' '.join(value.split())}" for name, value in fields if value != "0"))


def _load(data: Data, step_ms: int, body: list[str], *, nhcb: bool) -> None:
    for text in body:
        labels, points, start_times = _start_times(text) if "@st" in text else _series(text)
        if start_times:
            data.foreign[labels] = "start timestamps"
            continue
        samples = {i * step_ms: v for i, v in enumerate(points) if v is not None}
        data.floats.add(labels, samples)
        base = re.sub(r"_(bucket|count|sum)$", "", labels.name)
        if nhcb and base != labels.name:
            derived = Labels.of(dict(labels.without("le")) | {"__name__": base})
            data.floats.add(derived, {time: Histogram(f"of {base} at {time}") for time in samples})


def _start_times(text: str) -> tuple[Labels, list, bool]:
    metric, _, rest = text.partition("@st")
    if not rest.startswith((" ", "\t")):
        return _series(text)
    return metric_labels(metric.strip()), [], True


# --- running -----------------------------------------------------------------------------------------------------------


def unsupported(case: Case) -> str | None:
    """Why a case cannot be judged yet; None when it can."""
    try:
        nodes = list(walk(parse(case.expr)))
    except QueryError:
        return None
    for node in nodes:
        if isinstance(node, VectorSelector):
            for labels, why in case.data.foreign.items():
                if all(matches(matcher, labels) for matcher in node.matchers):
                    return why
    return None


def is_plain(case: Case) -> bool:
    """Whether a case needs classic floats only: no other data around, nothing experimental."""
    loaded = case.data.floats.series_by_labels.values()
    if case.data.foreign or any(isinstance(value, Histogram) for samples in loaded for value in samples.values()):
        return False
    try:
        nodes = list(walk(parse(case.expr)))
    except QueryError:
        return True
    experimental = any(isinstance(n, Call) and FUNCTIONS[n.name].experimental for n in nodes)
    modified = any(isinstance(n, VectorSelector) and (n.anchored or n.smoothed) for n in nodes)
    modified |= any(isinstance(n, BinaryExpr) and n.matching and _fills(n.matching) for n in nodes)
    modified |= any(isinstance(n, AggregateExpr) and n.op in {"limitk", "limit_ratio"} for n in nodes)
    return not experimental and not modified


def _fills(matching: VectorMatching) -> bool:
    return matching.fill_left is not None or matching.fill_right is not None


def check(case: Case, options: EngineOptions = SUITE_OPTIONS) -> None:
    """Judge a case, an instant one also at other times and as a range; AssertionError tells what is wrong."""
    engine = Engine(case.data.floats, options)
    if case.step_ms:
        _check_query(case, lambda: engine.range(case.expr, case.start_ms, case.end_ms, case.step_ms))
        return
    _check_query(case, lambda: engine.instant(case.expr, case.start_ms))
    if case.expected.fails or case.expected.range_grid or case.expected.string is not None:
        return
    for expr, time_ms in _fixed_in_time(case):
        result = engine.instant(expr, time_ms)
        _compare(case, replace(result, grid=replace(result.grid, start_ms=case.start_ms)), f"as {expr} at {time_ms} ms")
    if not case.expected.ordered and not re.search(r"\b(start|end|range|step)\(\)", case.expr):
        _check_middle(case, engine.range(case.expr, case.start_ms - 60_000, case.start_ms + 60_000, 60_000))


def _check_query(case: Case, run) -> None:
    result, failure = _outcome(run)
    assert case.expected.fails or not failure, f"failed: {failure}"
    if case.expected.fails:
        assert failure, "did not fail"
        assert "not supported yet" not in failure, failure
        how, text = case.expected.fail_text or ("regex", "")
        assert failure == text if how == "msg" else re.search(text, failure), f"{failure} is not {text}"
        return
    _check_annotations(case, result)
    _compare(case, result, "as written")


def _outcome(run) -> tuple:
    """The result, or the text of the failure."""
    try:
        return run(), ""
    except QueryError as error:
        return None, str(error)


def _check_annotations(case: Case, result) -> None:
    for kind, told in (("warn", result.warnings), ("info", result.infos)):
        wanted = [(how, text) for what, how, text in case.expected.annotations if what == kind]
        assert not wanted or told, f"expected {kind}"
        precise = [(how, text) for how, text in wanted if how]
        for how, text in precise:
            assert any(text == t if how == "msg" else re.search(text, t) for t in told), f"{told} lacks {text!r}"
        for one in told if precise else ():
            assert any(text == one if how == "msg" else re.search(text, one) for how, text in precise), (
                f"unexpected {one}"
            )
        if any(what == f"no_{kind}" for what, _, _ in case.expected.annotations):
            assert not told, f"unexpected {told}"


def _fixed_in_time(case: Case):
    """The query with `@ t` at every selector, at times at which it must give the same."""
    expr = parse(case.expr)
    if any(isinstance(n, Call) and n.name in DEPENDS_ON_TIME | {"start", "end", "range", "step"} for n in walk(expr)):
        return
    at = AtModifier(AtKind.TIMESTAMP, case.start_ms)
    inside = {id(d) for n in walk(expr) if isinstance(n, SubqueryExpr) for c in children(n) for d in walk(c)}

    def fix(node):
        if isinstance(node, VectorSelector | SubqueryExpr) and node.at is None and id(node) not in inside:
            return replace(node, at=at)
        return node

    # A subquery's inside keeps its own times. transform() shares unchanged nodes, so identity tells where a node stood.
    text = format_expr(transform(expr, fix))
    t = case.start_ms
    for time_ms in [-10 * t, 0, t // 5, t, 10 * t] if t else [-1000, 0, 1000]:
        yield text, time_ms


def _check_middle(case: Case, result) -> None:
    """The middle step of a range query must be the instant result."""
    vector = result.data
    assert isinstance(vector, Vector)
    labels = vector.labels.rows()
    assert labels == sorted(labels), "not sorted by labels"
    got = {labels[i]: _point(case, vector, i, 1) for i in range(vector.size) if vector.present[i, 1]}
    if case.expected.scalar is not None:
        wanted = {Labels(): case.expected.scalar}
    else:
        wanted = {metric: points[0] for metric, points in case.expected.series}
    _compare_points({k: [v] for k, v in got.items()}, {k: [v] for k, v in wanted.items()}, "in the middle of a range")


def _compare(case: Case, result, how: str) -> None:
    expected, data = case.expected, result.data
    if isinstance(data, Scalar):
        assert expected.scalar is not None, f"{how}: got a scalar"
        assert almost_equal(float(data.values[0]), expected.scalar), f"{how}: got {data.values[0]}"
    elif isinstance(data, Text):
        assert data.value == expected.string
    elif isinstance(data, RangeVector):
        _compare_points(*_ragged(case, data), how)
    elif isinstance(data, Vector):
        got = _points_of(case, data, result.grid.count)
        _compare_points(got, {labels: _padded(points, result.grid.count) for labels, points in expected.series}, how)
        if expected.ordered:
            assert list(got) == [labels for labels, _ in expected.series], f"{how}: order is {list(got)}"


def _points_of(case: Case, vector: Vector, steps: int) -> dict:
    return {
        vector.labels.row(i): [_point(case, vector, i, t) if vector.present[i, t] else None for t in range(steps)]
        for i in range(vector.size)
    }


def _point(case: Case, vector: Vector, series: int, step: int) -> float | Histogram:
    is_histogram = vector.histograms is not None and vector.histograms[series, step]
    return _sample(case, float(vector.values[series, step]), is_histogram)


def _sample(case: Case, value: float, is_histogram: bool) -> float | Histogram:
    return case.data.floats.histograms[int(value)] if is_histogram else value


def _padded(points: list, steps: int) -> list:
    assert len(points) <= steps, "more points are expected than there are steps"
    return [*points, *[None] * (steps - len(points))]


def _ragged(case: Case, data: RangeVector) -> tuple[dict, dict]:
    expected, got = case.expected, {}
    flags = data.series.histograms
    for i in range(data.series.size):
        samples = slice(data.series.offsets[i], data.series.offsets[i + 1])
        times, values = data.series.times[samples].tolist(), data.series.values[samples].tolist()
        if flags is not None:
            values = [_sample(case, *pair) for pair in zip(values, flags[samples].tolist(), strict=True)]
        got[data.series.labels.row(i)] = list(zip(times, values, strict=True))
    start, _, step = expected.range_grid
    wanted = {
        labels: [(start + i * step, value) for i, value in enumerate(points) if value is not None]
        for labels, points in expected.series
    }
    flat = lambda series: {k: [x for pair in v for x in pair] for k, v in series.items()}  # noqa: E731
    return flat(got), flat(wanted)


def _compare_points(got: dict, wanted: dict, how: str) -> None:
    assert set(got) == set(wanted), f"{how}: got series {sorted(map(str, got))}, expected {sorted(map(str, wanted))}"
    for labels, points in wanted.items():
        same = len(points) == len(got[labels]) and all(map(almost_equal, got[labels], points))
        assert same, f"{how}: {labels} is {got[labels]}, expected {points}"


def almost_equal(left: float | None, right: float | None, tolerance: float = 1e-6) -> bool:
    if left is None or right is None:
        return left is right
    if isinstance(left, Histogram) or isinstance(right, Histogram):
        return left == right
    if is_stale(left) or is_stale(right):
        return is_stale(left) and is_stale(right)
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    if left == right:
        return True
    tiny = 2.2250738585072014e-308
    if left == 0 or right == 0 or abs(left) + abs(right) < tiny:
        return abs(left - right) < tolerance * tiny
    return abs(left - right) / min(abs(left) + abs(right), 1.7976931348623157e308) < tolerance


def verdict(case: Case) -> str | None:
    """Why a case does not pass yet; None when it does."""
    if why := unsupported(case):
        return why
    try:
        check(case)
    except (AssertionError, QueryError) as error:
        expects_histograms = any(isinstance(p, Histogram) for _, points in case.expected.series for p in points)
        return UNJUDGED if expects_histograms else str(error).splitlines()[0].removeprefix("failed: ")
    return None
