"""The dashboards of packs that are switched on: listed by what stands in their files, read again when one is opened."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from watchglass.dashboards.grafana import Json, safe_uid, slug
from watchglass.dashboards.library import summary
from watchglass.dashboards.normalise.document import normalise
from watchglass.dashboards.summary import FOLDER
from watchglass.errors import DashboardError
from watchglass.packs.asked import Enabled
from watchglass.packs.llm import DESCRIPTION as LLM_DESCRIPTION
from watchglass.packs.llm import LLM_UID, has_llm, llm_board
from watchglass.packs.llm import TITLE as LLM_TITLE
from watchglass.packs.pack import AS_WRITTEN, Pack
from watchglass.packs.scope import scope_board
from watchglass.wire.file import read_some

MAX_BYTES = 16 * 1024 * 1024  # of one dashboard
TAG = "pack"
_ANY_ZONE = ("", "browser")

_log = logging.getLogger("watchglass.packs")


class BoardFile(NamedTuple):
    """One dashboard of a pack: where it lies, and what a list says of it."""

    pack: Pack
    path: Path
    uid: str
    title: str
    description: str
    tags: tuple[str, ...]


class PackBoards:
    """Lists and gives the dashboards of packs.

    Args:
        enabled: gives the packs that are switched on now.
        time_zone: gives the zone in which days begin; empty for that of whoever looks.
    """

    def __init__(self, enabled: Callable[[], Enabled], time_zone: Callable[[], str] = str) -> None:
        self._enabled, self._time_zone = enabled, time_zone
        self._listed: tuple[Enabled, list[BoardFile]] | None = None

    def files(self) -> list[BoardFile]:
        """Every dashboard, a pack's start page first; read once for as long as the same packs are switched on."""
        enabled = self._enabled()
        if self._listed is None or self._listed[0] is not enabled:
            found = [each for pack in enabled.packs for each in board_files(pack, as_written=_written(enabled, pack))]
            self._listed = enabled, found
        return self._listed[1]

    def search(self) -> list[Json]:
        """The LLM view, then a folder for each pack and what is in it, as `GET /api/search` gives them."""
        hits: list[Json] = []
        if has_llm(self._enabled().packs):
            hits.append(summary(LLM_UID, LLM_TITLE, ["built-in", "llm"], LLM_DESCRIPTION))
        for each in self.files():
            folder = pack_folder_of(each.pack)
            if folder["uid"] not in {hit["uid"] for hit in hits}:
                hits.append(folder)
            hits.append(summary(each.uid, each.title, each.tags, each.description) | in_folder(each.pack))
        return hits

    def get(self, uid: str) -> tuple[Json, Json, frozenset[str]] | None:
        """A dashboard, what its `meta` says besides, and the jobs that it is about; None where there is none."""
        found = next((each for each in self.files() if each.uid == uid), None)
        if found is None:
            return self._llm() if uid == LLM_UID else None
        board = _read(found.path)
        if board is None:
            return None
        if not _written(self._enabled(), found.pack):
            board = scope_board(board, found.pack)
        if (zone := self._time_zone()) and board.get("timezone", "") in _ANY_ZONE:
            board["timezone"] = zone
        return board, in_folder(found.pack), frozenset(job.name for job in found.pack.jobs)

    def _llm(self) -> tuple[Json, Json, frozenset[str]] | None:
        packs = self._enabled().packs
        if not has_llm(packs):
            return None
        jobs = frozenset(job.name for pack in packs for job in pack.jobs)
        return llm_board(packs, self._enabled().rates), {}, jobs


def _written(enabled: Enabled, pack: Pack) -> bool:
    return pack.name in enabled.as_written


def board_files(pack: Pack, *, as_written: bool = False) -> list[BoardFile]:
    """The dashboards of a pack, its start page first; of those that its guide has, as it has them if so wanted."""
    found = {each.uid: each for each in _read_folder(pack, pack.folder / "dashboards")}
    if as_written:
        found |= {each.uid: each for each in _read_folder(pack, pack.folder / AS_WRITTEN / "dashboards")}
    order = [pack.start, *pack.dashboards]
    return sorted(found.values(), key=lambda each: order.index(each.uid) if each.uid in order else len(order))


def _read_folder(pack: Pack, folder: Path) -> Sequence[BoardFile]:
    found = []
    for path in sorted(folder.glob("*.json")):
        board = _read(path)
        if board is None:
            continue
        tags = tuple(dict.fromkeys((TAG, *board["tags"])))
        found.append(BoardFile(pack, path, board["uid"], board["title"], board.get("description", ""), tags))
    return found


def _read(path: Path) -> Json | None:
    """A dashboard, normalised; None, and a line in the log, where it cannot be read."""
    try:
        return normalise(json.loads(board_text(path))).dashboard
    except (OSError, ValueError, RecursionError, DashboardError) as error:
        _log.error("cannot read a dashboard of a pack", extra={"file": str(path), "error": str(error)})
        return None


def board_text(path: Path) -> str:
    """What stands in the file of a dashboard.

    Raises:
        OSError, ValueError, DashboardError: it cannot be read, is no UTF-8, or is too large.
    """
    data = read_some(path, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise DashboardError(f"is larger than {MAX_BYTES} bytes")
    return data.decode()


def folder_uid(pack: Pack) -> str:
    """The uid of the folder that a pack's dashboards are in."""
    return safe_uid(f"pack-{pack.name}")


def in_folder(pack: Pack) -> Json:
    """What a dashboard of a pack says of its folder, and of itself."""
    uid = folder_uid(pack)
    url = f"/dashboards/f/{uid}/{slug(pack.title)}"
    return {"folderId": 0, "folderUid": uid, "folderTitle": pack.title, "folderUrl": url, "pack": pack.name}


def pack_folder_of(pack: Pack) -> Json:
    """The folder as a search shows it."""
    name, place = slug(pack.title), in_folder(pack)
    return {
        "id": 0,
        "uid": place["folderUid"],
        "title": pack.title,
        "description": pack.about,
        "uri": f"db/{name}",
        "url": place["folderUrl"],
        "slug": name,
        "type": FOLDER,
        "tags": [],
        "isStarred": False,
        "sortMeta": 0,
        "pack": pack.name,
    }
