"""The versions of a saved dashboard: what was saved when, by whom, and how to have it again.

Source: Grafana, docs/developers/http_api/dashboard_versions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from watchglass.dashboards.envelope import read_one
from watchglass.dashboards.records import Saved
from watchglass.dashboards.refusal import no_version
from watchglass.dashboards.saved import SavedDashboards

_COLUMNS = "id, version, parent_version, restored_from, created_ms, created_by, message"


@dataclass(frozen=True, slots=True)
class Version:
    """One version, without its document."""

    number: int  # its `id`
    version: int
    parent_version: int
    restored_from: int  # 0: it was not restored
    created_ms: int
    created_by: str
    message: str


class History:
    """Lists, gives and restores versions."""

    def __init__(self, boards: SavedDashboards) -> None:
        self._boards, self._meta = boards, boards.meta

    def versions(self, board: Saved, limit: int = 0, start: int = 0) -> list[Version]:
        """The versions that are kept, the newest first: from version `start` down, `limit` of them at most."""
        rows = self._meta.rows(
            f"SELECT {_COLUMNS} FROM dashboard_version WHERE dashboard = ? AND (? = 0 OR version <= ?)"  # noqa: S608 - a constant
            " ORDER BY version DESC LIMIT ?",
            (board.number, start, start, limit or -1),
        )
        return [Version(*row) for row in rows]

    def version(self, board: Saved, number: int) -> Version:
        """One version.

        Raises:
            RefusalError: it is not kept (404).
        """
        found = self.versions(board, 1, number)
        if not found or found[0].version != number:
            raise no_version()
        return found[0]

    def restore(self, uid: str, number: int, by: str, *, over: int = 0) -> Saved:
        """Save an older version's document as the newest one; the dashboard stays in its folder.

        Args:
            uid: of the dashboard.
            number: of the version.
            by: who does it.
            over: the version that was the newest when it was decided; 0 takes whatever is.

        Raises:
            RefusalError: there is no such dashboard or version (404), it comes from a file (400), or somebody has saved
                since (412).
        """
        with self._meta.transaction():
            board = self._boards.get(uid)
            draft = read_one(self._boards.document(board, self.version(board, number).version))
            draft = replace(draft, uid=uid, title=draft.title or board.title, folder_uid=board.folder_uid)
            draft = replace(draft, version=over, overwrite=over == 0)
            draft = replace(draft, folder_number=0, message=f"Restored from version {number}")
            return self._boards.save(draft, by, restored_from=number)
