"""A rule that is running: what it is, how its last evaluation went, and which series it wrote then."""

from __future__ import annotations

from watchglass.promql.format import format_expr
from watchglass.promql.parse import parse
from watchglass.rules.answer import Answer
from watchglass.rules.definition import RuleDefinition
from watchglass.rules.series import NO_REFS, Refs, Written
from watchglass.rules.surroundings import Surroundings

UNKNOWN, GOOD, BAD = "unknown", "ok", "err"
"""The health of a rule, as Prometheus calls it."""


class Rule:
    """What recording and alerting rules share.

    Attributes:
        definition: as its file says it.
        query: its expression, in canonical form.
        health: `unknown` before its first evaluation, then `ok` or `err`.
        error: why the last evaluation failed; empty where it did not.
        evaluation_s: how long the last evaluation took.
        evaluated_ms: when the last evaluation began, by the clock; None before the first.
        live: the series that it wrote last.
    """

    def __init__(self, definition: RuleDefinition) -> None:
        self.definition = definition
        self.query = format_expr(parse(definition.expr))
        self.health = UNKNOWN
        self.error = ""
        self.evaluation_s = 0.0
        self.evaluated_ms: int | None = None
        self.live: Refs = NO_REFS

    @property
    def name(self) -> str:
        """Of the alert, or of the series that it records."""
        return self.definition.name

    def write(self, answer: Answer, around: Surroundings, now_ms: int, limit: int) -> Written:
        """What comes of an answer at a time: series to write, and alerts that begin and end.

        Raises:
            RuleError: the answer cannot be used.
        """
        raise NotImplementedError

    def forget_refs(self) -> None:
        """The store no longer knows some series: ask for all again."""
        raise NotImplementedError

    def fail(self, error: str) -> None:
        """Note that the evaluation failed."""
        self.health, self.error = BAD, error

    def succeed(self) -> None:
        """Note that it did not."""
        self.health, self.error = GOOD, ""

    def take_over(self, other: Rule) -> None:
        """Go on where the same rule of an older configuration has stopped."""
        self.live = other.live
