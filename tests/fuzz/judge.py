"""The judge: asks Prometheus and us the same random questions, and sorts what differs into rounding, explained and unexplained."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from answers import Answer, Difference, differences, read
from explained import Case, explanation, tree_of
from peer import Peer, serving
from random_data import DataSet, data_set
from random_queries import Scene, Writer
from rounding import Rounding
from subject import Question, in_memory, in_store, run

from watchglass.promql.engine import Engine

STEPS = [15_000, 60_000, 30_000, 7_001, 300_000, 1_000, 123, 900_000]
THREADS = 3


_SUCCESS = b'{"status":"success","data":'


class Found(NamedTuple):
    """What differs, and between what."""

    found: list[Difference]
    ours: Answer
    theirs: Answer


@dataclass
class Failure:
    """A difference that nothing explains."""

    question: Question
    data: DataSet
    over: str  # memory or store
    found: list[Difference]
    ours: Answer
    theirs: Answer


@dataclass
class Tally:
    """What a run counted."""

    queries: int = 0
    questions: int = 0
    errors: int = 0
    empty: int = 0
    rounding: int = 0
    too_heavy: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)


def questions(seed: int, data: DataSet, count: int) -> Iterator[Question]:
    """Random queries, each at one time and over one random grid."""
    writer = Writer(seed, Scene(data.start_ms, data.end_ms))
    pick = random.Random(seed + 1)
    for _ in range(count):
        query = writer.query()
        at = pick.choice([data.start_ms, data.end_ms]) if pick.random() < 0.1 else _moment(pick, data)
        yield Question(query, at, at)
        start, step = _moment(pick, data, pick.choice([1, 1000, 15_000])), pick.choice(STEPS)
        steps = pick.choice([0, 1, 5, 20, 40]) if pick.random() < 0.9 else 200
        yield Question(query, start, start + step * steps + pick.choice([0, 0, pick.randrange(step)]), step)


def _moment(pick: random.Random, data: DataSet, grain: int = 1) -> int:
    moment = pick.randint(data.start_ms - 100_000, data.end_ms + 200_000)
    return moment - moment % grain + (pick.choice([0, data.start_ms % grain]) if grain > 1 else 0)


def ask(peer: Peer, question: Question) -> tuple[str, bytes]:
    """Prometheus's answer: `("", body)` or `(errorType, body)`."""
    query = question.query.replace("double_exponential_smoothing", "holt_winters")
    if not question.step_ms:
        return peer.ask("query", query=query, time=seconds(question.start_ms))
    times = {"start": seconds(question.start_ms), "end": seconds(question.end_ms), "step": seconds(question.step_ms)}
    return peer.ask("query_range", query=query, **times)


def seconds(milliseconds: int) -> str:
    """Seconds with three decimals."""
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


def ordered_by_value(question: Question) -> bool:
    """Whether the query's outermost function fixes the order of an instant answer."""
    return not question.step_ms and question.query.startswith(("sort(", "sort_desc(", "topk(", "bottomk("))


class Court:
    """Judges questions over one data set."""

    def __init__(self, data: DataSet, peer: Peer, store: Engine, tally: Tally) -> None:
        self._data, self.peer, self._tally = data, peer, tally
        self._engines = [("memory", in_memory(data.series)), ("store", store)]
        self._rounding = Rounding(data)

    @property
    def engines(self) -> list[Engine]:
        """Ours, over memory and over a store."""
        return [engine for _, engine in self._engines]

    def judge_all(self, asked: list[Question]) -> None:
        """Ask all questions, Prometheus from several threads."""
        with ThreadPoolExecutor(THREADS) as pool:
            for n, (question, theirs) in enumerate(zip(asked, pool.map(self._ask, asked), strict=True)):
                self._judge(question, theirs, *self._engines[n // 2 % 2])

    def _ask(self, question: Question) -> tuple[str, bytes]:
        return ask(self.peer, question)

    def _judge(self, question: Question, theirs: tuple[str, bytes], over: str, engine: Engine) -> None:
        tally = self._tally
        tally.questions += 1
        mine = run(engine, question)
        tally.errors += bool(mine[0])
        tally.empty += mine[1].endswith(b'"result":[]}')
        verdict = self.verdict(question, mine, theirs)
        if verdict == "rounding":
            tally.rounding += 1
        elif verdict == "too heavy":
            tally.too_heavy += 1
        elif isinstance(verdict, Found):
            tally.failures.append(Failure(question, self._data, over, *verdict))
        elif verdict:
            tally.explained[verdict] += 1

    def verdict(self, question: Question, mine: tuple[str, bytes], theirs: tuple[str, bytes]) -> str | Found:
        """Empty where the answers are the same; what explains their difference; or the differences."""
        if not mine[0] and not theirs[0] and mine[1] == theirs[1].removeprefix(_SUCCESS).rstrip()[:-1]:
            return ""
        if "timeout" in {mine[0], theirs[0]}:
            return "too heavy"
        ours, others = read(*mine), read(*theirs)
        found = differences(ours, others, by_value=ordered_by_value(question))
        if not found:
            return ""
        if self._rounding.explains(question, ours, found):
            return "rounding"
        why = explanation(
            Case(question, tree_of(question.query), ours, others, found, self._agrees, self._their_answer)
        )
        return why or Found(found, ours, others)

    def fails(self, question: Question, over: str) -> Found | None:
        """The unexplained difference of one question, if there is one."""
        verdict = self.verdict(question, run(dict(self._engines)[over], question), self._ask(question))
        return verdict if isinstance(verdict, Found) else None

    def _their_answer(self, question: Question) -> Answer:
        return read(*self._ask(question))

    def _agrees(self, asked_of_us: Question, asked_of_them: Question) -> bool:
        """Whether our answer to one question is Prometheus's to another, but for rounding."""
        ours, theirs = read(*run(self._engines[0][1], asked_of_us)), read(*ask(self.peer, asked_of_them))
        found = differences(ours, theirs, by_value=ordered_by_value(asked_of_them))
        return not found or self._rounding.explains(asked_of_us, ours, found)


@contextlib.contextmanager
def court(data: DataSet, tally: Tally | None = None, *, blocks: bool = False) -> Iterator[Court]:
    """A court with everything that it needs; Prometheus holds the data as `blocks` or in its head."""
    with serving(data.series, blocks=blocks) as peer, in_store(data.series, data.end_ms) as store:
        yield Court(data, peer, store, tally or Tally())


def hold(seed: int, queries: int, tally: Tally, per_data_set: int = 1000, until: int = 10) -> Iterator[DataSet]:
    """Judge `queries` random queries, over a new data set each `per_data_set`; stops when `until` failures are found."""
    number = 0
    while tally.queries < queries and len(tally.failures) < until:
        data = data_set(seed * 10_000 + number)
        count = min(per_data_set, queries - tally.queries)
        with court(data, tally, blocks=not data.has_stale) as judging:
            judging.judge_all(list(questions(data.seed, data, count)))
        tally.queries += count
        number += 1
        yield data
