"""Saved dashboards and folders in the shapes of Grafana's answers.

Source: Grafana, pkg/api/dtos/dashboard.go, pkg/api/dtos/folder.go, pkg/services/search/model/model.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from watchglass.dashboards.folders import Folder
from watchglass.dashboards.grafana import Json, slug
from watchglass.dashboards.history import Version
from watchglass.dashboards.records import Saved
from watchglass.dashboards.trash import Deleted

DASHBOARD, FOLDER = "dash-db", "dash-folder"


def timestamp(time_ms: int) -> str:
    """A time as Grafana writes it."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def saved_hit(board: Saved, folders: Mapping[str, Folder], troubles: Mapping[str, str]) -> Json:
    """A saved dashboard as a search shows it; `description`, `trouble` and what stands from `provisioned` on are ours."""
    name = slug(board.title)
    hit: Json = {
        "id": board.number,
        "uid": board.uid,
        "title": board.title,
        "description": board.description,
        "uri": f"db/{name}",
        "url": f"/d/{board.uid}/{name}",
        "slug": name,
        "type": DASHBOARD,
        "tags": list(board.tags),
        "isStarred": False,
        "sortMeta": 0,
        "provisioned": board.is_provisioned,
        "saved": True,
        "canSave": board.can_save,
        "updatedMs": board.updated_ms,
        "updatedBy": board.updated_by,
        "file": board.provision.external_id,
    }
    folder = folders.get(board.folder_uid)
    if folder is not None:
        hit |= {
            "folderId": folder.number,
            "folderUid": folder.uid,
            "folderTitle": folder.title,
            "folderUrl": folder.url,
        }
    return hit | ({"trouble": troubles[board.uid]} if board.uid in troubles else {})


def folder_hit(folder: Folder) -> Json:
    """A folder as a search shows it."""
    name = slug(folder.title)
    return {
        "id": folder.number,
        "uid": folder.uid,
        "title": folder.title,
        "description": "",
        "uri": f"db/{name}",
        "url": folder.url,
        "slug": name,
        "type": FOLDER,
        "tags": [],
        "isStarred": False,
        "sortMeta": 0,
    }


def saved_meta(board: Saved, folder: Folder | None, *, starred: bool) -> Json:
    """What `GET /api/dashboards/uid/UID` says of a saved dashboard beside its document."""
    name = slug(board.title)
    return {
        "type": "db",
        "slug": name,
        "url": f"/d/{board.uid}/{name}",
        "canSave": board.can_save,
        "canEdit": board.can_save,
        "canAdmin": board.can_save,
        "canStar": True,
        "canDelete": not board.is_provisioned,
        "isStarred": starred,
        "version": board.version,
        "created": timestamp(board.created_ms),
        "createdBy": board.created_by,
        "updated": timestamp(board.updated_ms),
        "updatedBy": board.updated_by,
        "hasAcl": False,
        "isFolder": False,
        "folderId": folder.number if folder else 0,
        "folderUid": folder.uid if folder else "",
        "folderTitle": folder.title if folder else "General",
        "folderUrl": folder.url if folder else "",
        "provisioned": board.is_provisioned,
        "provisionedExternalId": board.provision.external_id,
    }


def deleted_shown(deleted: Deleted) -> Json:
    """A dashboard that was deleted, as a list of them shows it."""
    board = deleted.board
    return {
        "id": board.number,
        "uid": board.uid,
        "title": board.title,
        "folderUid": board.folder_uid,
        "folderTitle": deleted.folder_title,
        "version": board.version,
        "updatedMs": board.updated_ms,
        "updatedBy": board.updated_by,
        "deletedMs": deleted.deleted_ms,
        "goneMs": deleted.gone_ms,
    }


def version_shown(board: Saved, version: Version) -> Json:
    """A version as a list of them shows it."""
    return {
        "id": version.number,
        "dashboardId": board.number,
        "uid": board.uid,
        "parentVersion": version.parent_version,
        "restoredFrom": version.restored_from,
        "version": version.version,
        "created": timestamp(version.created_ms),
        "createdBy": version.created_by,
        "message": version.message,
    }


def folder_shown(folder: Folder) -> Json:
    """A folder as `GET /api/folders/UID` shows it."""
    return {
        "id": folder.number,
        "uid": folder.uid,
        "title": folder.title,
        "url": folder.url,
        "parentUid": folder.parent_uid,
        "hasAcl": False,
        "canSave": True,
        "canEdit": True,
        "canAdmin": True,
        "canDelete": True,
        "created": timestamp(folder.created_ms),
        "createdBy": folder.created_by,
        "updated": timestamp(folder.updated_ms),
        "updatedBy": folder.updated_by,
        "version": folder.version,
    }
