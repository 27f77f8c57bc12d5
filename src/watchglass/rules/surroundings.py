"""What a group of rules is given from outside: how to ask, where to write, whom to tell, and its bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from watchglass.clock import Clock
from watchglass.interfaces import Appender, Queryable
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.rules.answer import Query

MINUTE_MS = 60_000


class Expand(Protocol):
    """Expands a template of a rule."""

    def __call__(self, text: str, *, name: str, labels: Labels, value: float, now_ms: int) -> str:
        """What a template of the rule `name` says of one sample; why it cannot be expanded, where it cannot."""


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """Bounds and times of all rules; those of Prometheus where it has them.

    Attributes:
        resend_ms: a firing alert is sent again after so long.
        outage_ms: after so long without a server alerts begin anew, instead of going on waiting (`for`).
        grace_ms: an alert that waits goes on waiting at least so long after a restart.
        max_alerts: the most alerts that one rule may have at once.
        max_series: the most series that one rule may record.
        commit_s: how long a rule waits for its samples to be stored.
        templates_s: how long the templates of one evaluation of a rule may take together.
    """

    resend_ms: int = MINUTE_MS
    outage_ms: int = 60 * MINUTE_MS
    grace_ms: int = 10 * MINUTE_MS
    max_alerts: int = 10_000
    max_series: int = 100_000
    commit_s: float = 30.0
    templates_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The parts that rules work with.

    Attributes:
        query: asks an expression.
        appender: takes what rules record.
        storage: where the state of alerts is found again after a restart.
        emit: takes the alerts that are to be sent, as they are now; never waits.
        expand: expands templates.
        clock: tells when something was done; what is decided follows from the time of the evaluation alone.
        external_url: the address of this server in the links of alerts.
        options: bounds.
    """

    query: Query
    appender: Appender
    storage: Queryable
    emit: Callable[[Sequence[Alert]], None]
    expand: Expand
    clock: Clock
    external_url: str = ""
    options: RuleOptions = RuleOptions()
