"""Making a failing case small: first the query, node by node; then the grid; then the series and their samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from answers import Metric
from judge import Failure, Found, court
from random_data import DataSet, Points
from subject import Question

from watchglass.errors import QueryError
from watchglass.model.labels import Labels
from watchglass.model.sample import is_stale
from watchglass.promql.ast import (
    AggregateExpr,
    AtKind,
    AtModifier,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    SubqueryExpr,
    ValueType,
    VectorMatching,
    VectorSelector,
    children,
    transform,
    walk,
)
from watchglass.promql.format import format_expr
from watchglass.promql.numbers import format_number
from watchglass.promql.parse import parse
from watchglass.promql.plan import resolve_at

MAX_QUERIES = 400
MAX_SAMPLES = 300  # of a case that is worth printing
MAX_DATA_SETS = 60  # each takes a new Prometheus


def shrink(failure: Failure) -> Failure:
    """The same failure with as little as still shows it."""
    with court(failure.data) as judging:
        if judging.fails(failure.question, failure.over) is None:
            return failure  # it takes blocks
        question = _smaller_grid(failure.question, lambda q: judging.fails(q, failure.over))
        question = _smaller_query(question, lambda q: judging.fails(q, failure.over))
        question = _smaller_grid(question, lambda q: judging.fails(q, failure.over))

    def fails(data: DataSet) -> Found | None:
        with court(data) as judging:
            return judging.fails(question, failure.over)

    for data in (_smaller_data(failure.data, fails), failure.data):
        if found := fails(data):
            return Failure(question, data, failure.over, *found)
    return failure  # it comes and goes


Fails = Callable[[Question], Found | None]


def _smaller_grid(question: Question, fails: Fails) -> Question:
    """One time instead of many, where that fails too; then few."""
    found = fails(question)
    if not question.step_ms or found is None:
        return question
    at = round(max((each.at for each in found.found), default=0) * 1000) or question.start_ms
    for smaller in (
        Question(question.query, at, at),
        Question(question.query, at, at, question.step_ms),
        Question(question.query, at - question.step_ms, at, question.step_ms),
        Question(question.query, question.start_ms, question.start_ms + question.step_ms, question.step_ms),
        Question(question.query, question.start_ms, at, question.step_ms),
    ):
        if fails(smaller):
            return smaller
    return question


def _smaller_query(question: Question, fails: Fails) -> Question:
    """The query with nodes taken away, as long as one can be."""
    try:
        tree = parse(question.query)
    except QueryError:
        return question
    tried: set[str] = set()
    shrunk = True
    while shrunk:
        shrunk = False
        for candidate in _reductions(tree):
            text = format_expr(candidate)
            if text in tried or len(tried) >= MAX_QUERIES:
                continue
            tried.add(text)
            if fails(replace(question, query=text)):
                question, tree, shrunk = replace(question, query=text), parse(text), True
                break
    return question


def _reductions(tree: Expr) -> Iterator[Expr]:
    for node in walk(tree):
        for other in _instead(node):
            yield transform(tree, lambda each, node=node, other=other: other if each is node else each)


def _instead(node: Expr) -> Iterator[Expr]:
    """What may stand in a node's place."""
    for child in children(node):
        if child.type is node.type and not isinstance(node, MatrixSelector):
            yield child
        if child.type is ValueType.MATRIX and node.type is ValueType.VECTOR:
            yield from children(child)
    match node:
        case NumberLiteral() if node.value not in {0.0, 1.0, 2.0}:
            yield NumberLiteral(1.0)
        case VectorSelector():
            if node.offset_ms:
                yield replace(node, offset_ms=0)
            if node.at is not None:
                yield replace(node, at=None)
            for matcher in node.matchers:
                if matcher.name != "__name__":
                    yield replace(node, matchers=tuple(each for each in node.matchers if each is not matcher))
        case SubqueryExpr():
            if node.offset_ms:
                yield replace(node, offset_ms=0)
            if node.at is not None:
                yield replace(node, at=None)
        case AggregateExpr() if node.grouping:
            for label in node.grouping:
                yield replace(node, grouping=tuple(each for each in node.grouping if each != label))
        case BinaryExpr() if node.matching is not None:
            if node.matching != (plain := VectorMatching(card=node.matching.card)):
                yield replace(node, matching=plain)
            if node.matching.include:
                yield replace(node, matching=replace(node.matching, include=()))
        case Call() if node.type is ValueType.SCALAR:
            yield NumberLiteral(1.0)


def _smaller_data(data: DataSet, fails: Callable[[DataSet], Found | None]) -> DataSet:
    """Fewer series, then fewer samples."""
    left = [MAX_DATA_SETS]

    def with_series(chosen: list[tuple[Labels, Points]]) -> DataSet:
        return replace(data, series=dict(chosen))

    def still(candidate: DataSet) -> bool:
        left[0] -= 1
        return left[0] >= 0 and bool(candidate.series) and fails(candidate) is not None

    series = _fewer(list(data.series.items()), lambda some: still(with_series(some)))
    data = with_series(series)
    samples = [(labels, point) for labels, points in series for point in points]
    samples = _fewer(samples, lambda some: still(replace(data, series=_gathered(some))))
    return replace(data, series=_gathered(samples))


def _gathered(samples: list[tuple[Labels, tuple[int, float]]]) -> dict[Labels, Points]:
    series: dict[Labels, Points] = {}
    for labels, point in samples:
        series.setdefault(labels, []).append(point)
    return series


def _fewer(items: list, fails: Callable[[list], bool]) -> list:
    """Leave out halves, quarters, and so on, as long as it still fails."""
    size = len(items) // 2
    while size:
        place = 0
        while place < len(items):
            rest = items[:place] + items[place + size :]
            if rest and fails(rest):
                items = rest
            else:
                place += size
        size //= 2
    return items


# --- as a test case ---------------------------------------------------------------------------------------------------


def as_case(failure: Failure) -> str:
    """A test of tests/promql/cases: the data, the question and Prometheus's answer, in times since the first of them."""
    question, data = failure.question, failure.data
    if sum(map(len, data.series.values())) > MAX_SAMPLES:
        return f"# {failure.over}, data seed {data.seed}: {question}\n# does not show with less data"
    times = [at for points in data.series.values() for at, _ in points]
    base = min([*times, question.start_ms])
    step = math.gcd(*(at - base for at in times)) or 1000
    lines = [
        f"# {failure.over}, data seed {data.seed}; times since {base}. Prometheus 2.42 says what is expected;",
        f"# we say {_summary(failure.ours)}",
        f"load {step}ms",
        *(f"  {labels} {_points_text(points, base, step)}" for labels, points in data.series.items()),
        "",
        _eval_line(_shifted(question, base)),
    ]
    for metric, points in failure.theirs.series.items():
        lines.append(f"  {_metric_text(metric)} {_expected(points, question)}")
    if failure.theirs.error:
        lines.append(f"  expect fail msg: {failure.theirs.text}")
    return "\n".join(lines)


def _summary(answer) -> str:
    if answer.error:
        return f"{answer.error}: {answer.text}"
    series = {_metric_text(metric): list(points.values())[:5] for metric, points in list(answer.series.items())[:5]}
    return f"{answer.kind} {answer.text}{series}"


def _shifted(question: Question, base: int) -> Question:
    """The question with all its times moved to the epoch."""
    try:
        tree = resolve_at(parse(question.query), question.start_ms, question.end_ms)
    except QueryError:
        return replace(question, start_ms=question.start_ms - base, end_ms=question.end_ms - base)

    def shift(node: Expr) -> Expr:
        if isinstance(node, VectorSelector | SubqueryExpr) and node.at is not None:
            return replace(node, at=AtModifier(AtKind.TIMESTAMP, node.at.timestamp_ms - base))
        return node

    query = format_expr(transform(tree, shift))
    return Question(query, question.start_ms - base, question.end_ms - base, question.step_ms)


def _eval_line(question: Question) -> str:
    if not question.step_ms:
        return f"eval instant at {question.start_ms}ms {question.query}"
    return f"eval range from {question.start_ms}ms to {question.end_ms}ms step {question.step_ms}ms {question.query}"


def _points_text(points: Points, base: int, step: int) -> str:
    texts, due = [], base
    for at, value in points:
        if gap := (at - due) // step:
            texts.append(f"_x{gap}" if gap > 1 else "_")
        texts.append(_value_text(value))
        due = at + step
    return " ".join(texts)


def _value_text(value: float) -> str:
    if is_stale(value):
        return "stale"
    return format_number(value) if not math.isfinite(value) else repr(value).removesuffix(".0")


def _expected(points: dict[float, float], question: Question) -> str:
    if not question.step_ms:
        return " ".join(map(_value_text, points.values()))
    known = {round(at * 1000): value for at, value in points.items()}
    steps = range(question.start_ms, question.end_ms + 1, question.step_ms)
    return " ".join(_value_text(known[at]) if at in known else "_" for at in steps)


def _metric_text(metric: Metric) -> str:
    return str(Labels.of(metric))
