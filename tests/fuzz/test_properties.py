"""What holds of any query, without a peer: a range is its instants, and a time fixed by `@` is that time."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from answers import Answer, differences, read
from memory import MemoryQueryable
from random_data import DataSet, data_set
from random_queries import Scene, Writer
from subject import Question, run

from watchglass.errors import QueryError
from watchglass.promql.ast import AtKind, AtModifier, Call, Expr, SubqueryExpr, VectorSelector, transform, walk
from watchglass.promql.engine import Engine
from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse
from watchglass.promql.plan import DEPENDS_ON_TIME, resolve_at

QUERIES = 150


def trees(data: DataSet):
    """Random queries that parse."""
    writer = Writer(data.seed, Scene(data.start_ms, data.end_ms))
    for _ in range(QUERIES):
        try:
            yield parse(writer.query())
        except QueryError:
            continue


def at_each_step(answer: Answer) -> dict:
    """A range's answer as that of an instant query at each of its steps."""
    steps: dict = {}
    for metric, points in answer.series.items():
        for at, value in points.items():
            steps.setdefault(at, {})[metric] = {at: value}
    return steps


@pytest.mark.parametrize("seed", range(4))
def test_a_range_query_is_the_instant_queries_at_its_steps(seed):
    data = data_set(seed)
    engine, pick, told = Engine(MemoryQueryable(data.series)), random.Random(seed), 0
    for tree in trees(data):
        start, step = pick.randint(data.start_ms, data.end_ms), pick.choice([1000, 15_000, 60_000, 7_001])
        end = start + 6 * step
        query = format_expr(resolve_at(tree, start, end))
        whole = run(engine, Question(query, start, end, step))
        if whole[0]:
            continue  # series that collide at different steps may, in a range
        steps = at_each_step(read(*whole))
        for at in range(start, end + 1, step):
            alone = read(*run(engine, Question(query, at, at)))
            if alone.kind == "matrix":
                break
            expected = Answer(kind=alone.kind, series=steps.get(at / 1000, {}))
            assert differences(alone, expected) == [], f"{query} at {at} in {start} to {end} by {step}"
            told += bool(alone.series)
    assert told > QUERIES, "most queries should have an answer"


@pytest.mark.parametrize("seed", range(4))
def test_what_is_fixed_by_at_is_what_it_was_then(seed):
    data = data_set(seed)
    engine, pick, told = Engine(MemoryQueryable(data.series)), random.Random(seed), 0
    for tree in trees(data):
        if any(map(_knows_the_time, walk(tree))):
            continue
        then, now = (pick.randint(data.start_ms, data.end_ms) for _ in range(2))
        fixed = format_expr(_fixed(tree, then))
        at_the_time = read(*run(engine, Question(format_expr(tree), then, then)))
        later = read(*run(engine, Question(fixed, now, now)))
        assert later.error == at_the_time.error, fixed
        assert differences(_untimed(later), _untimed(at_the_time)) == [], f"{fixed} at {now}"
        told += bool(later.series)
    assert told > 20, "most queries should have an answer"


def _knows_the_time(node: Expr) -> bool:
    if isinstance(node, VectorSelector | SubqueryExpr) and node.at is not None:
        return True
    return isinstance(node, SubqueryExpr) or (isinstance(node, Call) and node.name in DEPENDS_ON_TIME)


def _fixed(tree: Expr, at_ms: int) -> Expr:
    def fix(node: Expr) -> Expr:
        return replace(node, at=AtModifier(AtKind.TIMESTAMP, at_ms)) if isinstance(node, VectorSelector) else node

    return transform(tree, fix)


def _untimed(answer: Answer) -> Answer:
    """An instant answer without its time."""
    if answer.kind == "matrix":
        return answer
    return replace(answer, series={metric: dict.fromkeys([0.0], *p.values()) for metric, p in answer.series.items()})
