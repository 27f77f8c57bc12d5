"""The dashboards that are there without anybody's doing: built-in ones, and one for each scraped job."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from watchglass.clock import Clock, SystemClock
from watchglass.dashboards.auto import AUTO, MAX_PANELS, auto_uid, draw_plan
from watchglass.dashboards.exposed import count_families, exposed
from watchglass.dashboards.grafana import Json, ask_source, safe_uid, slug
from watchglass.dashboards.motion import Asks, Motions, ask_motions
from watchglass.dashboards.normalise.document import normalise
from watchglass.dashboards.visits import Visits
from watchglass.errors import DashboardError, QueryError
from watchglass.interfaces import Catalogue
from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType

BUILTIN = Path(__file__).parent / "builtin"
LOOKBACK_MS = 3_600_000  # series without a sample for this long are not drawn
SIZE_AGE_MS = 60_000  # how long the number of a job's metrics is kept
MAX_JOBS_ELSEWHERE = 500
MAX_SERIES_ASKED = 100_000  # of a job; of a larger one it is not asked which of its metrics move
OWN_SOURCE = "embedded"  # the uid under which panels ask this process's own metrics

_JOB = re.compile(r'\bjob=\\"([^"\\]+)\\"')  # in an expression, in JSON

BAD_GATEWAY = 502

_log = logging.getLogger("watchglass.dashboards")


class Elsewhere(NamedTuple):
    """A server whose jobs get dashboards."""

    uid: str  # of the data source that their panels ask
    name: str
    catalogue: Catalogue
    queries: Asks | None = None  # tells which metrics move; without it, all count alike


class Shipped(Protocol):
    """Dashboards that come with something else that is switched on, in folders of their own."""

    def search(self) -> list[Json]:
        """Folders and dashboards, as a search shows them."""

    def get(self, uid: str) -> tuple[Json, Json, frozenset[str]] | None:
        """A dashboard, what its `meta` says besides, and the jobs that it is about; None where there is none."""


class AwayError(QueryError):
    """Whether there is such a dashboard only a server elsewhere knows, and that does not answer now.

    Attributes:
        status: the HTTP status code that says so, the one of panels that ask it.
    """

    kind = "unavailable"
    status = BAD_GATEWAY


class DashboardLibrary:
    """Lists and gives dashboards, in the answers of Grafana's API.

    Args:
        catalogue: where the labels of a scraped job's series are.
        jobs: gives the names of the jobs that are scraped now.
        clock: tells which series are recent.
        builtin: the folder of built-in dashboards, one JSON file each.
        queries: answers queries about what is scraped here, and tells so which metrics move.
        elsewhere: gives the server that dashboards ask by default, while it is not this process itself.
        shipped: gives the dashboards that come with packs, while any is switched on.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        jobs: Callable[[], Sequence[str]],
        *,
        clock: Clock | None = None,
        builtin: Path = BUILTIN,
        queries: Asks | None = None,
        elsewhere: Callable[[], Elsewhere | None] = lambda: None,
        shipped: Callable[[], Shipped | None] = lambda: None,
    ) -> None:
        self._catalogue, self._jobs, self._clock = catalogue, jobs, clock or SystemClock()
        self._builtin, self._elsewhere, self._shipped = builtin, elsewhere, shipped
        self._own = Elsewhere(OWN_SOURCE, "", catalogue, queries)
        self._visits = Visits()
        self._sizes: dict[str, tuple[int, str]] = {}  # job to when it was counted, and the words

    def search(self) -> list[Json]:
        """A summary of every dashboard, as `GET /api/search` gives it: built-in ones first, those of packs, then jobs by name."""
        builtin = load_builtin(self._builtin).values()
        summaries = [
            summary(board["uid"], board["title"], board["tags"], board.get("description", "")) for board in builtin
        ]
        if (shipped := self._shipped()) is not None:
            summaries += shipped.search()
        there = self._elsewhere()
        if there is not None:
            tags, asked = ["automatic", f"from {there.name}"], f"asked from {there.name}"
            summaries += [summary(auto_uid(job), job, tags, asked) for job in self._jobs_of(there)]
        return summaries + [self._summary_of(job, own=there is not None) for job in sorted(set(self._jobs()))]

    def _summary_of(self, job: str, *, own: bool) -> Json:
        """Of a job that is scraped here; `own` where others are known elsewhere."""
        tags = ["automatic", "collected here"] if own else ["automatic"]
        return summary(_own_uid(job) if own else auto_uid(job), job, tags, self._size(job))

    def _jobs_of(self, there: Elsewhere) -> list[str]:
        """The jobs that have series elsewhere; none while it does not answer and never has."""
        try:
            return self._all_jobs_of(there)[:MAX_JOBS_ELSEWHERE]
        except QueryError as error:
            _log.debug("cannot list the jobs of a source", extra={"source": there.name, "error": str(error)})
            return []

    def _all_jobs_of(self, there: Elsewhere) -> list[str]:
        now_ms = self._clock.now_ms()
        return there.catalogue.label_values("job", [], now_ms - LOOKBACK_MS, now_ms)

    def _size(self, job: str) -> str:
        """How much a job exposes, in words; kept for a minute, since lists are asked for often."""
        now_ms = self._clock.now_ms()
        at_ms, words = self._sizes.get(job, (0, ""))
        if words and at_ms <= now_ms < at_ms + SIZE_AGE_MS:
            return words
        targets, names = (self._values(label, job, now_ms) for label in ("instance", METRIC_NAME))
        if not names:
            return "no series in the last hour"
        families = count_families(names, self._catalogue.metadata())
        words = f"{_count(len(targets), 'target')}, {_count(families, 'metric')}"
        self._sizes[job] = now_ms, words
        return words

    def _values(self, label: str, job: str, now_ms: int) -> list[str]:
        selectors = [[Matcher("job", MatchType.EQUAL, job)]]
        return self._catalogue.label_values(label, selectors, now_ms - LOOKBACK_MS, now_ms)

    def get(self, uid: str) -> Json | None:
        """`{"dashboard": ..., "meta": ...}` as `GET /api/dashboards/uid/UID` gives it; None where there is none.

        Raises:
            AwayError: the server does not answer that knows whether there is one.
        """
        there = self._elsewhere()
        if found := load_builtin(self._builtin).get(uid):
            jobs = frozenset(_JOB.findall(json.dumps(found))) if there else frozenset()
            return _answer(self._asking(found, jobs, there))
        shipped = self._shipped()
        if shipped is not None and (given := shipped.get(uid)):
            board, place, jobs = given
            return _answer(self._asking(board, jobs, there), place)
        here = next((job for job in self._jobs() if uid in (auto_uid(job), _own_uid(job))), None)
        if there is not None and uid.startswith(AUTO) and (here is None or uid != _own_uid(here)):
            with _answering(there):
                if job := next((job for job in self._all_jobs_of(there) if auto_uid(job) == uid), None):
                    return _answer(self._automatic(job, uid, there))
        return None if here is None else _answer(self._automatic(here, uid, self._own))

    def _asking(self, board: Json, jobs: frozenset[str], there: Elsewhere | None) -> Json:
        """A dashboard that asks this process where the jobs that it is about are scraped here and have no series elsewhere."""
        if there is None or jobs.isdisjoint(self._jobs()) or not jobs.isdisjoint(self._jobs_of(there)):
            return board
        return ask_source(board, OWN_SOURCE)

    def _automatic(self, job: str, uid: str, there: Elsewhere) -> Json:
        now_ms = self._clock.now_ms()
        table = there.catalogue.series([[Matcher("job", MatchType.EQUAL, job)]], now_ms - LOOKBACK_MS, now_ms)
        families = exposed(table, self._visits.metadata(there.uid, there.catalogue.metadata()))

        def ask() -> Motions:
            if there.queries is None or table.size > MAX_SERIES_ASKED:
                return {}
            return ask_motions(there.queries, job, now_ms)

        plan = self._visits.plan((there.uid, job), families, MAX_PANELS, ask, now_ms)
        return ask_source(draw_plan(job, plan, families, table), there.uid) | {"uid": uid}


@contextmanager
def _answering(there: Elsewhere) -> Iterator[None]:
    """Around asking a server elsewhere: raises AwayError where it does not answer, or not in time."""
    try:
        yield
    except QueryError as error:
        if error.kind == "unavailable":
            raise AwayError(str(error)) from error
        if error.kind == "timeout":
            raise AwayError(f"{there.name} has not answered yet: {error}") from error
        raise


def _own_uid(job: str) -> str:
    """The uid of the dashboard of a job that is scraped here, where jobs elsewhere have the plain ones."""
    return safe_uid(f"auto-embedded-{job}")


@lru_cache(maxsize=4)
def load_builtin(folder: Path) -> Mapping[str, Json]:
    """The dashboards of a folder, by uid; a file that is no dashboard is left out and logged."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            board = normalise(json.loads(path.read_text())).dashboard
        except (OSError, ValueError, DashboardError) as error:
            _log.error("cannot read a built-in dashboard", extra={"file": path.name, "error": str(error)})
            continue
        found[board["uid"]] = board
    return found


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def summary(uid: str, title: str, tags: Sequence[str], description: str) -> Json:
    """A dashboard that is there by itself, as a search shows it."""
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "uri": f"db/{slug(title)}",
        "url": f"/d/{uid}/{slug(title)}",
        "slug": slug(title),
        "type": "dash-db",
        "tags": list(tags),
        "isStarred": False,
        "sortMeta": 0,
    }


def _answer(board: Json, place: Mapping[str, Any] | None = None) -> Json:
    name = slug(board["title"])
    meta = {
        "type": "db",
        "slug": name,
        "url": f"/d/{board['uid']}/{name}",
        "canSave": False,
        "canEdit": False,
        "provisioned": True,
        "isStarred": False,
        "version": board.get("version", 1),
    }
    return {"dashboard": board, "meta": meta | dict(place or {})}
