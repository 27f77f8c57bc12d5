"""What is kept of a saved dashboard: its tables in `meta.db`, and their rows as the rest of the code sees them."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from watchglass.dashboards.envelope import Draft
from watchglass.dashboards.grafana import slug
from watchglass.errors import StoreError

SCHEMA = (
    """
    CREATE TABLE dashboard (id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, folder_uid TEXT NOT NULL,
        title TEXT NOT NULL, description TEXT NOT NULL, tags TEXT NOT NULL, version INTEGER NOT NULL,
        created_ms INTEGER NOT NULL, created_by TEXT NOT NULL, updated_ms INTEGER NOT NULL, updated_by TEXT NOT NULL,
        provider TEXT NOT NULL, external_id TEXT NOT NULL, checksum TEXT NOT NULL, may_edit INTEGER NOT NULL);
    CREATE INDEX dashboard_folder ON dashboard (folder_uid);
    CREATE TABLE dashboard_version (id INTEGER PRIMARY KEY AUTOINCREMENT,
        dashboard INTEGER NOT NULL REFERENCES dashboard ON DELETE CASCADE, version INTEGER NOT NULL,
        parent_version INTEGER NOT NULL, restored_from INTEGER NOT NULL, created_ms INTEGER NOT NULL,
        created_by TEXT NOT NULL, message TEXT NOT NULL, document BLOB NOT NULL,
        UNIQUE (dashboard, version))
    """,
)
"""Tables of this part; a document is its UTF-8 text, deflated, whose checksum tells when it is damaged."""

MAX_UID = 40
PROVISIONING = "provisioning"
"""Who saves what comes from files."""

COLUMNS = (
    "id, uid, folder_uid, title, description, tags, version, created_ms, created_by, updated_ms, updated_by,"
    " provider, external_id, checksum, may_edit"
)


@dataclass(frozen=True, slots=True)
class SaveLimits:
    """Bounds on what is kept."""

    versions: int = 100  # of one dashboard; 0 means all
    document_bytes: int = 8 * 1024 * 1024
    dashboards: int = 10_000


@dataclass(frozen=True, slots=True)
class Provision:
    """The file that a dashboard comes from.

    Attributes:
        provider: its name.
        external_id: the file's path below the provider's folder.
        checksum: of the file's bytes.
        may_edit: it can be saved over all the same, until the file changes.
    """

    provider: str = ""
    external_id: str = ""
    checksum: str = ""
    may_edit: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved dashboard without its document; times are ms."""

    number: int  # its `id`
    uid: str
    folder_uid: str
    title: str
    description: str
    tags: tuple[str, ...]
    version: int
    created_ms: int
    created_by: str
    updated_ms: int
    updated_by: str
    provision: Provision

    @property
    def is_provisioned(self) -> bool:
        """Whether it comes from a file."""
        return bool(self.provision.provider)

    @property
    def can_save(self) -> bool:
        """Whether it may be saved over."""
        return not self.is_provisioned or self.provision.may_edit


def new_uid(title: str, seed: str) -> str:
    """A uid with the beginning of a title, and a hash of `seed`."""
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug(title)[: MAX_UID - 9].strip('-')}-{digest}".lstrip("-")


def packed(text: str) -> bytes:
    """A document as it is kept."""
    return zlib.compress(text.encode("utf-8"))


def unpacked(blob: bytes, uid: str) -> str:
    """A document that was kept.

    Raises:
        StoreError: its bytes are not those that were written.
    """
    try:
        return zlib.decompress(blob).decode("utf-8")
    except (zlib.error, UnicodeDecodeError, TypeError) as error:
        raise StoreError(f"the document of dashboard {uid} is damaged: {error}") from None


def tags_json(draft: Draft) -> str:
    """The column of a draft's tags."""
    return json.dumps(draft.tags, ensure_ascii=False)


def provision_values(provision: Provision) -> tuple[str, str, str, bool]:
    """The columns of a provision."""
    return provision.provider, provision.external_id, provision.checksum, provision.may_edit


def as_saved(row: tuple[Any, ...]) -> Saved:
    """A row of `COLUMNS`."""
    number, uid, folder_uid, title, description, tags, version, *rest = row
    created_ms, created_by, updated_ms, updated_by, *provision = rest
    provider, external_id, checksum, may_edit = provision
    return Saved(
        number,
        uid,
        folder_uid,
        title,
        description,
        tuple(json.loads(tags)),
        version,
        created_ms,
        created_by,
        updated_ms,
        updated_by,
        Provision(provider, external_id, checksum, bool(may_edit)),
    )
