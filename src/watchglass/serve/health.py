"""Health: what each component says of itself, and whether the whole may be sent requests.

A component is a name and a function; `app` adds one for each part it builds, so that a new part is one row more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

log = logging.getLogger("watchglass.serve")


class Condition(Enum):
    """How a component is."""

    OK = "ok"
    DEGRADED = "degraded"  # it works, less well than it should
    STARTING = "starting"
    FAILED = "failed"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class ComponentHealth:
    """One component now."""

    condition: Condition
    detail: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


Check = Callable[[], ComponentHealth]


class Health:
    """The components and their checks."""

    def __init__(self) -> None:
        self._checks: dict[str, tuple[Check, bool]] = {}
        self.stopping = False

    def add(self, name: str, check: Check, *, needed: bool = True) -> None:
        """Add or replace a component; the whole is ready only while every `needed` one is ok or degraded."""
        self._checks[name] = (check, needed)

    def components(self) -> dict[str, ComponentHealth]:
        """Every component now; a check that raises is a failed component."""
        return {name: self._run(name, check) for name, (check, _) in self._checks.items()}

    def condition(self) -> Condition:
        """The worst condition among the components that are needed."""
        if self.stopping:
            return Condition.STOPPING
        states = self.components()
        needed = {states[name].condition for name, (_, is_needed) in self._checks.items() if is_needed}
        for worst in (Condition.FAILED, Condition.STOPPING, Condition.STARTING, Condition.DEGRADED):
            if worst in needed:
                return worst
        return Condition.OK

    @property
    def is_ready(self) -> bool:
        """Whether requests can be answered."""
        return self.condition() in {Condition.OK, Condition.DEGRADED}

    @staticmethod
    def _run(name: str, check: Check) -> ComponentHealth:
        try:
            return check()
        except Exception as error:
            log.exception("a health check failed", extra={"component": name})
            return ComponentHealth(Condition.FAILED, f"its check failed: {type(error).__name__}")
