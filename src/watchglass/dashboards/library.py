"""The dashboards that are there without anybody's doing: built-in ones, and one for each scraped job."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from watchglass.clock import Clock, SystemClock
from watchglass.dashboards.auto import auto_dashboard, auto_uid
from watchglass.dashboards.exposed import count_families
from watchglass.dashboards.grafana import Json, normalise, slug
from watchglass.interfaces import Queryable
from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType

BUILTIN = Path(__file__).parent / "builtin"
LOOKBACK_MS = 3_600_000  # series without a sample for this long are not drawn
SIZE_AGE_MS = 60_000  # how long the number of a job's metrics is kept

_log = logging.getLogger("watchglass.dashboards")


class DashboardLibrary:
    """Lists and gives dashboards, in the answers of Grafana's API.

    Args:
        queryable: where the labels of a job's series are.
        jobs: gives the names of the jobs that are scraped now.
        clock: tells which series are recent.
        builtin: the folder of built-in dashboards, one JSON file each.
    """

    def __init__(
        self,
        queryable: Queryable,
        jobs: Callable[[], Sequence[str]],
        *,
        clock: Clock | None = None,
        builtin: Path = BUILTIN,
    ) -> None:
        self._queryable, self._jobs, self._clock = queryable, jobs, clock or SystemClock()
        self._builtin = builtin
        self._sizes: dict[str, tuple[int, str]] = {}  # job to when it was counted, and the words

    def search(self) -> list[Json]:
        """A summary of every dashboard, as `GET /api/search` gives it: built-in ones first, then jobs by name."""
        builtin = load_builtin(self._builtin).values()
        summaries = [
            _summary(board["uid"], board["title"], board["tags"], board.get("description", "")) for board in builtin
        ]
        return summaries + [self._summary_of(job) for job in sorted(set(self._jobs()))]

    def _summary_of(self, job: str) -> Json:
        return _summary(auto_uid(job), job, ["automatic"], self._size(job))

    def _size(self, job: str) -> str:
        """How much a job exposes, in words; kept for a minute, since lists are asked for often."""
        now_ms = self._clock.now_ms()
        at_ms, words = self._sizes.get(job, (0, ""))
        if words and at_ms <= now_ms < at_ms + SIZE_AGE_MS:
            return words
        targets, names = (self._values(label, job, now_ms) for label in ("instance", METRIC_NAME))
        if not names:
            return "no series in the last hour"
        families = count_families(names, self._queryable.metadata())
        words = f"{_count(len(targets), 'target')}, {_count(families, 'metric')}"
        self._sizes[job] = now_ms, words
        return words

    def _values(self, label: str, job: str, now_ms: int) -> list[str]:
        selectors = [[Matcher("job", MatchType.EQUAL, job)]]
        return self._queryable.label_values(label, selectors, now_ms - LOOKBACK_MS, now_ms)

    def get(self, uid: str) -> Json | None:
        """`{"dashboard": ..., "meta": ...}` as `GET /api/dashboards/uid/UID` gives it; None where there is none."""
        if found := load_builtin(self._builtin).get(uid):
            return _answer(found)
        job = next((job for job in self._jobs() if auto_uid(job) == uid), None)
        return None if job is None else _answer(self._automatic(job))

    def _automatic(self, job: str) -> Json:
        now_ms = self._clock.now_ms()
        own = [Matcher("job", MatchType.EQUAL, job)]
        table = self._queryable.series([own], now_ms - LOOKBACK_MS, now_ms)
        return auto_dashboard(job, self._queryable.metadata(), table)


@lru_cache(maxsize=4)
def load_builtin(folder: Path) -> Mapping[str, Json]:
    """The dashboards of a folder, by uid; a file that is no dashboard is left out and logged."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            board = normalise(json.loads(path.read_text()))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            _log.error("cannot read a built-in dashboard", extra={"file": path.name, "error": str(error)})
            continue
        found[board["uid"]] = board
    return found


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _summary(uid: str, title: str, tags: Sequence[str], description: str) -> Json:
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


def _answer(board: Json) -> Json:
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
    return {"dashboard": board, "meta": meta}
