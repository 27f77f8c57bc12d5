"""What a translation did, told to the user: one note for each thing that was read differently than it was written."""

from __future__ import annotations

from typing import Any, NamedTuple

_LOSS = "unsupported-"


class Note(NamedTuple):
    """One thing that was translated, filled in, or could not be used.

    `rule` is a stable name; one that begins with `unsupported-` says that something of the document has no effect.
    """

    panel_id: int | None  # None where it concerns the dashboard as a whole
    path: str  # of the key, inside the panel or the dashboard
    rule: str
    message: str

    @property
    def is_loss(self) -> bool:
        """Whether something of the document has no effect."""
        return self.rule.startswith(_LOSS)

    def as_json(self) -> dict[str, Any]:
        """The note as the API gives it."""
        return {"panelId": self.panel_id, "path": self.path, "rule": self.rule, "message": self.message}


class Notes:
    """Collects notes, up to a limit, about the dashboard or about one panel of it."""

    def __init__(self, limit: int, panel_id: int | None = None, found: list[Note] | None = None) -> None:
        self._limit, self._panel_id = limit, panel_id
        self.found: list[Note] = [] if found is None else found

    def about(self, panel_id: int) -> Notes:
        """The same collection; what is added there concerns one panel."""
        return Notes(self._limit, panel_id, self.found)

    def translated(self, rule: str, path: str, message: str) -> None:
        """Something is drawn as it was meant, and written otherwise now."""
        self._add(rule, path, message)

    def unsupported(self, what: str, path: str, message: str) -> None:
        """Something of the document has no effect."""
        self._add(_LOSS + what, path, message)

    def _add(self, rule: str, path: str, message: str) -> None:
        if len(self.found) < self._limit:
            self.found.append(Note(self._panel_id, path, rule, message))
        elif len(self.found) == self._limit:
            self.found.append(Note(None, "", "too-many-notes", f"only the first {self._limit:,} notes are kept"))
