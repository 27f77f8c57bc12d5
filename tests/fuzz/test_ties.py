"""Which of equal values `topk` and `bottomk` keep, and in which order they give them, is what Prometheus 2.42 does, from head and blocks."""

import random
import shutil

import pytest
from answers import Answer, read
from judge import ask, court
from random_data import data_set
from subject import Question, run

QUESTIONS = 200

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("promtool")), reason="apt-get install prometheus"
    ),
]

SELECTED = ["{m}", "count_over_time({m}[2m])", "changes({m}[5m])"]
COMPUTED = [
    "{m} > bool 3", "floor({m}) % 3", "ln({m} % 2)", "count by (job, instance) ({m})", "sum by (job) ({m} > bool 5)",
    "{m} or level > bool 2", "({m} > bool 3) + on (instance, job) group_left sum by (instance, job) (depth * 0)",
]  # fmt: skip  # over a range Prometheus has these in random order


def kept(answer: Answer) -> tuple[list, dict]:
    return answer.order, {metric: sorted(points) for metric, points in answer.series.items()}


@pytest.mark.parametrize("seed", [5570, 5571])  # blocks, head
def test_equal_values_are_chosen_and_ordered_as_prometheus_does(seed):
    data, pick, series = data_set(seed), random.Random(seed), 0
    names = sorted({labels.name for labels in data.series})
    with court(data, blocks=not data.has_stale) as judging:
        for number in range(QUESTIONS):
            single, at = number % 2 == 0, pick.randint(data.start_ms, data.end_ms)
            inner = pick.choice(SELECTED + COMPUTED * single).format(m=pick.choice(names))
            group = pick.choice(["", " by (job)", " without (instance)"])
            query = f"{pick.choice(['topk', 'bottomk'])}{group} ({pick.choice([1, 2, 3, 4, 6, 12])}, {inner})"
            question = Question(query, at, at) if single else Question(query, at, at + 600_000, 60_000)
            theirs = read(*ask(judging.peer, question))
            for engine in judging.engines:
                ours = read(*run(engine, question))
                assert ours.error == theirs.error, question
                assert kept(ours) == kept(theirs), question
            series += len(theirs.series)
    assert series > QUESTIONS
