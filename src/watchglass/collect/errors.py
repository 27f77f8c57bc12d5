"""Why a scrape failed, in a form that can be counted."""

from __future__ import annotations

from watchglass.errors import WatchglassError


class ScrapeError(WatchglassError):
    """A scrape failed; the target stays, and is tried again at its next turn.

    Attributes:
        result: one word for the counter `watchglass_scrapes_total`.
    """

    def __init__(self, message: str, *, result: str) -> None:
        self.result = result
        super().__init__(message)
