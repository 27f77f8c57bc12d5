"""Every dashboard there is, in one list: saved ones, those from files, built-in ones, and one for each scraped job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchglass.dashboards.annotations import Annotations
from watchglass.dashboards.envelope import GENERAL
from watchglass.dashboards.folders import Folders
from watchglass.dashboards.grafana import Json
from watchglass.dashboards.library import DashboardLibrary
from watchglass.dashboards.provisioning import Provisioner
from watchglass.dashboards.refusal import read_only
from watchglass.dashboards.saved import SavedDashboards
from watchglass.dashboards.stars import Stars
from watchglass.dashboards.summary import DASHBOARD, folder_hit, saved_hit


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is empty does not narrow."""

    text: str = ""
    tags: frozenset[str] = frozenset()
    kind: str = ""
    uids: frozenset[str] = frozenset()
    folder_uids: frozenset[str] = frozenset()
    starred: bool = False
    descending: bool | None = None  # by title; None leaves saved ones first


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is kept in `meta.db` of dashboards."""

    boards: SavedDashboards
    folders: Folders
    stars: Stars
    provisioner: Provisioner
    annotations: Annotations


class Collection:
    """Lists dashboards and folders as `GET /api/search` does, and tells what may be done with each."""

    def __init__(self, library: DashboardLibrary, shelf: Shelf | None) -> None:
        self._library, self._shelf = library, shelf

    def search(self, wanted: Search) -> list[Json]:
        """Summaries of what is found: folders, then saved dashboards by title, then those that are there by themselves."""
        hits = self._hits()
        found = [hit for hit in hits if _fits(hit, wanted)]
        if wanted.descending is not None:
            found.sort(key=lambda hit: (hit["title"].casefold(), hit["uid"]), reverse=wanted.descending)
        return found

    def tags(self) -> list[Json]:
        """Every tag with the number of dashboards that have it, as `GET /api/dashboards/tags` gives them."""
        counted = Counter(tag for hit in self._hits() for tag in hit["tags"])
        return [{"term": term, "count": count} for term, count in sorted(counted.items())]

    def is_automatic(self, uid: str) -> bool:
        """Whether there is a dashboard of that uid that nobody saved."""
        return any(hit["uid"] == uid for hit in self._library.search())

    def check_own(self, uid: str) -> None:
        """Refuse to save over a dashboard that is there by itself.

        Raises:
            RefusalError: it is (400).
        """
        if self._shelf is not None and self._shelf.boards.find(uid) is not None:
            return
        title = next((hit["title"] for hit in self._library.search() if hit["uid"] == uid), None)
        if title is not None:
            raise read_only(title, "is made by Watchglass")

    def _hits(self) -> list[Json]:
        shelf = self._shelf
        if shelf is None:
            return self._library.search()
        folders = {folder.uid: folder for folder in shelf.folders.listed()}
        troubles = {trouble.uid: trouble.message for trouble in shelf.provisioner.troubles() if trouble.uid}
        stars = shelf.stars.all()
        saved = [saved_hit(board, folders, troubles) for board in shelf.boards.listed()]
        taken = {hit["uid"] for hit in saved}
        there = [hit for hit in self._library.search() if hit["uid"] not in taken]
        hits = [folder_hit(folder) for folder in folders.values()] + saved + there
        return [hit | {"isStarred": hit["uid"] in stars} for hit in hits]


def _fits(hit: Mapping[str, Any], wanted: Search) -> bool:
    folder = hit.get("folderUid", "") or "general"
    return (
        wanted.text.casefold() in str(hit.get("title", "")).casefold()
        and wanted.tags <= set(hit.get("tags", ()))
        and (not wanted.kind or hit["type"] == wanted.kind)
        and (not wanted.uids or hit["uid"] in wanted.uids)
        and (not wanted.folder_uids or (hit["type"] == DASHBOARD and folder in _folders(wanted.folder_uids)))
        and (not wanted.starred or bool(hit.get("isStarred")))
    )


def _folders(uids: frozenset[str]) -> Sequence[str]:
    return ["general" if uid in GENERAL else uid for uid in uids]
