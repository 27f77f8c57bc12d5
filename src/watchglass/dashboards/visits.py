"""What is remembered of automatic dashboards between visits: their plans, what has moved, and what families are."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from watchglass.dashboards.exposed import Exposed
from watchglass.dashboards.motion import Motion, Motions
from watchglass.dashboards.plan import Plan, follow, make_plan
from watchglass.errors import QueryError
from watchglass.model.metadata import Metadata, MetricType

KEPT = 256  # dashboards
MAX_FAMILIES = 100_000  # of one source, whose metadata is remembered
ASKED_MS = 60_000  # what moves is asked for at most so often
ASKED_OF_NEW_MS = 5000  # where there are families that the plan does not know

_log = logging.getLogger("watchglass.dashboards")


@dataclass(slots=True)
class _Visited:
    """One dashboard."""

    plan: Plan | None = None
    asked_ms: int | None = None
    motions: dict[str, Motion] = field(default_factory=dict)


class Visits:
    """Remembers dashboards by source and job, the least recently visited forgotten first. For several threads."""

    def __init__(self) -> None:
        self._visited: OrderedDict[tuple[str, str], _Visited] = OrderedDict()
        self._metadata: dict[str, dict[str, Metadata]] = {}
        self._lock = threading.Lock()

    def plan(
        self,
        key: tuple[str, str],
        families: Sequence[Exposed],
        max_panels: int,
        ask: Callable[[], Motions],
        now_ms: int,
    ) -> Plan:
        """The plan of this visit.

        Args:
            key: the source and the job.
            families: all that the job exposes now.
            max_panels: see `make_plan`.
            ask: tells what moves; not called at each visit. It may raise QueryError, and nothing is known then.
            now_ms: the time.
        """
        visited = self._of(key)
        self._look(visited, families, ask, now_ms)
        with self._lock:
            before, motions = visited.plan, visited.motions
            plan = follow(before, families, max_panels, motions) if before else make_plan(families, max_panels, motions)
            visited.plan = plan
        return plan

    def metadata(self, source: str, found: Mapping[str, Metadata]) -> Mapping[str, Metadata]:
        """What is known of families of a source that tells it only of targets that it scrapes just now."""
        with self._lock:
            known = self._metadata.setdefault(source, {})
            if len(known) > MAX_FAMILIES:
                known.clear()
            known.update(
                (name, about)
                for name, about in found.items()
                if about.type is not MetricType.UNKNOWN or name not in known
            )
            return dict(known)

    def _of(self, key: tuple[str, str]) -> _Visited:
        with self._lock:
            visited = self._visited.setdefault(key, _Visited())
            self._visited.move_to_end(key)
            while len(self._visited) > KEPT:
                self._visited.popitem(last=False)
        return visited

    def _look(self, visited: _Visited, families: Sequence[Exposed], ask: Callable[[], Motions], now_ms: int) -> None:
        """Find out what moves, now and then; what has moved once counts as moving from then on."""
        known = visited.plan.names if visited.plan else frozenset()
        kept_ms = ASKED_MS if known.issuperset(family.name for family in families) else ASKED_OF_NEW_MS
        if visited.asked_ms is not None and visited.asked_ms <= now_ms < visited.asked_ms + kept_ms:
            return
        visited.asked_ms = now_ms
        try:
            found = ask()
        except QueryError as error:
            _log.debug("cannot tell which metrics move", extra={"error": str(error)})
            return
        with self._lock:
            moved = {name: motion for name, motion in visited.motions.items() if motion is Motion.MOVING}
            visited.motions = {**found, **moved}
