"""What is refused of dashboards, folders and annotations, in Grafana's words and with its HTTP codes.

Source: Grafana, pkg/services/dashboards/errors.go, pkg/services/folder/model.go.
"""

from __future__ import annotations

from typing import Any

from watchglass.errors import WatchglassError


class RefusalError(WatchglassError):
    """A request that is not done, and why.

    Attributes:
        status: the HTTP status code.
        reason: Grafana's word for it, which clients look at (`version-mismatch`); empty where it has none.
        details: what a client may show or decide by, beside the text.
    """

    def __init__(self, message: str, *, status: int = 400, reason: str = "", **details: Any) -> None:
        self.status, self.reason, self.details = status, reason, details
        super().__init__(message)


def no_dashboard() -> RefusalError:
    """There is no such dashboard."""
    return RefusalError("Dashboard not found", status=404, reason="not-found")


def no_folder() -> RefusalError:
    """There is no such folder."""
    return RefusalError("Folder not found", status=404, reason="not-found")


def no_version() -> RefusalError:
    """There is no such version of a dashboard, or not any more."""
    return RefusalError("Dashboard version not found", status=404, reason="not-found")


def taken(uid: str, title: str) -> RefusalError:
    """A file whose uid a person's dashboard has."""
    return RefusalError(
        f'its uid "{uid}" is that of "{title}", which somebody saved here and which stays as it is: give the file'
        " another uid, or delete that dashboard to have the file's",
        status=412,
        reason="uid-exists",
        uid=uid,
    )


def here_again(uid: str, title: str) -> RefusalError:
    """The uid of what is to be had back is that of another dashboard now."""
    return RefusalError(
        f'its address is taken: a dashboard with the same uid, "{title}", is here again; it can be had back as a copy'
        " (`conflict=copy`), or once that one is deleted",
        status=412,
        reason="uid-exists",
        uid=uid,
        title=title,
    )


def read_only(title: str, why: str) -> RefusalError:
    """A dashboard that is somebody else's to change."""
    return RefusalError(
        "Cannot save provisioned dashboard",
        reason="provisioned",
        detail=f'"{title}" {why}, and read-only here; saved under another uid, or without one, it becomes a copy of your own',
    )
