"""The health score, 0 to 100: what takes points off, from where on, and how many.

Score = 100 less the penalties. Each penalty is 0 up to `from_value`, all its `points` from `to_value` on, and rises
evenly between. What cannot be read takes nothing off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

HEALTHY_FROM, DEGRADED_FROM = 80.0, 50.0


@dataclass(frozen=True, slots=True)
class Penalty:
    """What one reading takes off the score.

    Attributes:
        points: at most.
        from_value: up to here nothing.
        to_value: from here on all of them.
    """

    points: float
    from_value: float
    to_value: float

    def __post_init__(self) -> None:
        if not (0 <= self.points <= 100 and self.from_value < self.to_value):
            raise ValueError(f"a penalty has 0 to 100 points, and from_value is below to_value; got {self}")

    def of(self, value: float) -> float:
        """The points that this value takes off."""
        if math.isnan(value):
            return 0.0
        share = (value - self.from_value) / (self.to_value - self.from_value)
        return self.points * min(1.0, max(0.0, share))


DEFAULT_PENALTIES: Mapping[str, Penalty] = {
    "cpu": Penalty(25, 70, 100),
    "memory": Penalty(25, 75, 100),
    "disk": Penalty(20, 80, 100),
    "error_rate": Penalty(20, 0, 10),
    "services_down": Penalty(20, 0, 1),
}
"""CPU, memory and disk in percent, errors a minute, and the share of services that are down."""


@dataclass(frozen=True, slots=True)
class Health:
    """A score and what it is made of.

    Attributes:
        score: 0 to 100.
        contributions: what each reading takes off, as numbers that are 0 or negative.
    """

    score: float
    contributions: Mapping[str, float]

    @property
    def status(self) -> str:
        """`healthy` from 80 points on, `degraded` from 50 on, else `unhealthy`."""
        if self.score >= HEALTHY_FROM:
            return "healthy"
        return "degraded" if self.score >= DEGRADED_FROM else "unhealthy"


@dataclass(frozen=True, slots=True)
class HealthFormula:
    """How the score is calculated.

    Attributes:
        penalties: by name of the reading; a reading without one does not count.
    """

    penalties: Mapping[str, Penalty] = field(default_factory=lambda: dict(DEFAULT_PENALTIES))

    def judge(self, readings: Mapping[str, float]) -> Health:
        """The score of readings by name; one that is missing, or NaN, takes nothing off."""
        taken = {name: -one.of(readings.get(name, math.nan)) for name, one in self.penalties.items()}
        contributions = {name: round(points, 2) or 0.0 for name, points in taken.items()}
        return Health(round(min(100.0, max(0.0, 100 + sum(taken.values()))), 2), contributions)
