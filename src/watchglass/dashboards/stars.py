"""Dashboards that are marked as favourites; any dashboard may be, those that nobody saved too."""

from __future__ import annotations

from watchglass.dashboards.refusal import RefusalError
from watchglass.store.meta import MetaStore

SCHEMA = ("CREATE TABLE star (uid TEXT PRIMARY KEY) WITHOUT ROWID",)
MAX_STARS = 10_000


class Stars:
    """Which dashboards have a star."""

    def __init__(self, meta: MetaStore) -> None:
        meta.bring("stars", SCHEMA)
        self._meta = meta

    def all(self) -> frozenset[str]:
        """The uids of those that have."""
        return frozenset(uid for (uid,) in self._meta.rows("SELECT uid FROM star"))

    def add(self, uid: str) -> None:
        """Mark a dashboard.

        Raises:
            RefusalError: too many are marked.
        """
        with self._meta.transaction() as con:
            con.execute("INSERT OR IGNORE INTO star VALUES (?)", (uid,))
            if self._meta.rows("SELECT count(*) FROM star")[0][0] > MAX_STARS:
                raise RefusalError(f"at most {MAX_STARS} dashboards can be starred")

    def remove(self, uid: str) -> None:
        """Unmark a dashboard."""
        with self._meta.transaction() as con:
            con.execute("DELETE FROM star WHERE uid = ?", (uid,))
