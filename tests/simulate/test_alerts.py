"""Every rule of the packs fires and ends on its scenario, and is silent a hair below its limit and a step before its hold.

The rule engine itself decides, on a clock of its own; its answers are those of the simulated system, whose values are moved
to just below and just above the limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from world import NOW_MS, World

from watchglass.clock import ManualClock
from watchglass.columns import LabelTable
from watchglass.model.labels import Labels
from watchglass.packs.pack import read_pack
from watchglass.packs.rules import loaded_groups
from watchglass.promql.ast import BinaryExpr, NumberLiteral
from watchglass.promql.parse import parse
from watchglass.rules.alert_state import AlertState
from watchglass.rules.answer import Answer
from watchglass.rules.definition import GroupDefinition
from watchglass.rules.group import Group
from watchglass.rules.memory_store import MemoryStore
from watchglass.rules.surroundings import Surroundings
from watchglass.simulate.rhythm import DAY_MS, MINUTE_MS
from watchglass.simulate.scenarios import SCENARIOS
from watchglass.simulate.systems import SYSTEMS

STEP_MS = 15_000
MIDNIGHT_MS = NOW_MS // DAY_MS * DAY_MS
AFTER_MS = 100 * MINUTE_MS  # longer than the widest window and its hold
HAIR = 1e-9


@dataclass(frozen=True)
class Answers:
    """What an expression, or a side of one, answers at every step."""

    start_ms: int
    labels: LabelTable
    values: NDArray[np.float64]  # [S, T]
    present: NDArray[np.bool_]  # [S, T]

    @classmethod
    def of(cls, engine, expr, start_ms, end_ms):
        vector = engine.range(expr, start_ms, end_ms, STEP_MS).data
        return cls(start_ms, vector.labels, vector.values, vector.present)

    @property
    def steps(self):
        return range(self.start_ms, self.start_ms + self.values.shape[1] * STEP_MS, STEP_MS)

    def __call__(self, _expr, time_ms):
        column = (time_ms - self.start_ms) // STEP_MS
        rows = np.flatnonzero(self.present[:, column])
        return Answer(self.labels.take(rows), self.values[rows, column])

    def until(self, end_ms):
        """The same, and silent from a time on."""
        seen = np.array([at < end_ms for at in self.steps])
        return replace(self, present=self.present & seen)

    def compared(self, op, limit, shift=0.0):
        """Those that fulfil a comparison once they are moved."""
        moved = self.values + shift
        holds = {">": moved > limit, "<": moved < limit, "==": moved == limit}[op]
        return replace(self, values=moved, present=self.present & holds)


def states(rule, answers):
    """The state of a rule after each evaluation."""
    memory = MemoryStore()
    around = Surroundings(answers, memory, memory, lambda _: None, lambda text, **_: text, ManualClock())
    group = Group(GroupDefinition("test", (rule,), "test.yaml", STEP_MS), around)
    found = []
    for at_ms in answers.steps:
        group.evaluate(at_ms)
        found.append(group.alerting[0].state)
    return found


def runs(present):
    """[from, to) of every unbroken run of answers of every series."""
    for row in present:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(int)))
        yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def first_firing(present, hold_ms):
    """The step at which the first series has had an answer for the hold; None where none has."""
    hold = -(-hold_ms // STEP_MS)
    return min((start + hold for start, end in runs(present) if end - start > hold), default=None)


@dataclass(frozen=True)
class Case:
    """A rule, the side of its expression that is compared, and with what."""

    rule: object
    whole: Answers
    side: Answers
    op: str
    limit: float

    def moved(self, shift):
        """The rule's answers as they would be, had the compared side other values."""
        compared = self.side.compared(self.op, self.limit, shift)
        if self.whole.present.shape == self.side.present.shape:
            unmoved = self.side.compared(self.op, self.limit)
            both = compared.present & (self.whole.present | ~unmoved.present)
            return replace(compared, present=both)
        return compared

    @property
    def sustained(self):
        """The limit that the compared side keeps to for just as long as the hold."""
        width = -(-self.rule.hold_ms // STEP_MS) + 1
        worst = np.where(self.side.present, self.side.values, np.inf if self.op == "<" else -np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(worst, width, axis=1)
        return windows.max(axis=2).min() if self.op == "<" else windows.min(axis=2).max()


@pytest.fixture(scope="module", params=SCENARIOS)
def case(request, tmp_path_factory):
    wanted = SCENARIOS[request.param]
    rules = {rule.name: rule for group in loaded_groups(read_pack(wanted.system)) for rule in group.rules}
    rule = rules[wanted.alert]
    refilled = wanted.fault.startswith("balance")  # a balance is back at midnight
    end_ms = MIDNIGHT_MS if refilled else NOW_MS - AFTER_MS
    start_ms = end_ms - (13 * 60 if refilled else wanted.minutes) * MINUTE_MS
    folder = tmp_path_factory.mktemp("world")
    world = World(
        folder,
        SYSTEMS[wanted.system],
        1.2 if refilled else 0.5,
        (replace(wanted.at(start_ms), end_ms=end_ms),),
        incidents=False,
    )
    tree = parse(rule.expr)
    compared = tree.lhs if tree.op == "and" else tree
    assert isinstance(compared, BinaryExpr)
    assert isinstance(compared.rhs, NumberLiteral)
    span = start_ms - 5 * MINUTE_MS, end_ms + AFTER_MS
    side = rule.expr[compared.lhs.span.start : compared.lhs.span.end]
    answers = (Answers.of(world.engine, text, *span) for text in (rule.expr, side))
    yield Case(rule, *answers, compared.op, compared.rhs.value)
    world.close()


def test_it_fires_once_it_has_held_and_ends_with_the_fault(case):
    found = states(case.rule, case.whole)
    fires = first_firing(case.whole.present, case.rule.hold_ms)

    assert fires is not None
    assert found.index(AlertState.FIRING) == fires
    assert found[0] == found[-1] == AlertState.INACTIVE


def test_a_step_before_its_hold_it_is_silent(case):
    fires_ms = case.whole.steps[first_firing(case.whole.present, case.rule.hold_ms)]

    assert AlertState.FIRING not in states(case.rule, case.whole.until(fires_ms))
    assert AlertState.FIRING in states(case.rule, case.whole.until(fires_ms + STEP_MS))


def test_a_hair_from_its_limit_it_is_silent(case):
    beyond, short = at_the_limit(case)

    assert AlertState.FIRING in states(case.rule, beyond)
    assert AlertState.FIRING not in states(case.rule, short)


def at_the_limit(case):
    """Answers just beyond the limit, for just the hold, and just short of it."""
    if case.op == "==":
        return case.moved(0), case.moved(HAIR)
    shift = case.limit - case.sustained
    hair = HAIR if case.op == ">" else -HAIR
    return case.moved(shift + hair), case.moved(shift - hair)


NEVER_AS_WRITTEN = ("hybrid-costs", "awareness-collaboration-quiet")
"""test_scenarios.py says why."""


@pytest.mark.parametrize("name", NEVER_AS_WRITTEN)
def test_as_the_guide_wrote_it_it_never_fires(name, tmp_path):
    wanted = SCENARIOS[name]
    groups = loaded_groups(read_pack(wanted.system), as_written=True)
    rule = next(rule for group in groups for rule in group.rules if rule.name == wanted.alert)
    start_ms = NOW_MS - wanted.minutes * MINUTE_MS
    world = World(tmp_path, SYSTEMS[wanted.system], 0.4, (wanted.at(start_ms),), incidents=False)

    found = states(rule, Answers.of(world.engine, rule.expr, start_ms, NOW_MS))
    world.close()

    assert set(found) == {AlertState.INACTIVE}


def test_as_the_guide_scrapes_ollama_its_rule_always_fires():
    """Its job asks an address that Ollama does not have, and that would be no exposition: `up` is 0 for ever."""
    groups = loaded_groups(read_pack("hybrid_ai_stack"), as_written=True)
    rule = next(rule for group in groups for rule in group.rules if rule.name == "OllamaDown")
    steps = 40
    down = Answers(0, LabelTable.of([Labels.of(job="ollama")]), np.zeros((1, steps)), np.ones((1, steps), bool))

    found = states(rule, down)

    assert set(found[rule.hold_ms // STEP_MS :]) == {AlertState.FIRING}
