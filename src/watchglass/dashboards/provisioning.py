"""Dashboards from files on disk: each look takes over what changed since the last one.

A file that cannot be read leaves the dashboard that it had, one whose uid a person's dashboard has leaves that; both are
named in the log, in `/health` and to whoever lists dashboards. Files are told apart by time and size, and their content by
its hash: what is the same is not saved again.
Source: Grafana, pkg/services/provisioning/dashboards/file_reader.go.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from prometheus_client import CollectorRegistry, Gauge

from watchglass.dashboards.envelope import Draft, read_one
from watchglass.dashboards.json_text import decode
from watchglass.dashboards.providers import INTERVAL_S, Provider
from watchglass.dashboards.records import PROVISIONING, Provision, Saved, new_uid
from watchglass.dashboards.refusal import RefusalError
from watchglass.dashboards.saved import SavedDashboards
from watchglass.errors import ConfigError, WatchglassError
from watchglass.wire.file import read_some

MAX_FILES = 5000

Signature = tuple[int, int, int]

_log = logging.getLogger("watchglass.dashboards")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something on disk that cannot be shown as it is.

    Attributes:
        file: its path; of a folder or a provider file too.
        message: what is wrong, for users.
        uid: the dashboard that it concerns, which is shown as it was; empty where there is none.
    """

    file: str
    message: str
    uid: str = ""


@dataclass(slots=True)
class _Seen:
    """What is known of a provider from looking before."""

    provider: Provider
    due_ms: int = 0
    looked_ms: int = 0
    signatures: dict[str, Signature] = field(default_factory=dict)
    uids: dict[str, str] = field(default_factory=dict)  # of the files that hold a dashboard
    troubles: dict[str, Trouble] = field(default_factory=dict)


class Provisioner:
    """Follows the folders of the providers.

    Args:
        boards: where their dashboards are shown.
        providers: reads which there are; asked with every look.
        registry: where the part's own metrics go.
    """

    def __init__(
        self,
        boards: SavedDashboards,
        providers: Callable[[], list[Provider]],
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._boards, self._providers = boards, providers
        self._seen: dict[str, _Seen] = {}
        self._broken: Trouble | None = None  # of the providers themselves
        self._said: frozenset[Trouble] = frozenset()
        self._looking = threading.Lock()
        Gauge(
            "watchglass_dashboards_provisioning_troubles",
            "Files and folders of dashboards that cannot be shown as they are.",
            registry=registry,
        ).set_function(lambda: len(self.troubles()))

    def troubles(self) -> list[Trouble]:
        """What is wrong now."""
        own = [self._broken] if self._broken else []
        return own + [trouble for seen in list(self._seen.values()) for trouble in list(seen.troubles.values())]

    def shown(self) -> list[dict[str, object]]:
        """The providers with what was found, as the API shows them."""
        return [
            {
                "name": seen.provider.name,
                "path": str(seen.provider.path),
                "folder": seen.provider.folder,
                "allowUiUpdates": seen.provider.allow_ui_updates,
                "files": len(seen.signatures),
                "dashboards": len(seen.uids),
                "lookedMs": seen.looked_ms,
            }
            for seen in list(self._seen.values())
        ]

    @property
    def pause_s(self) -> int:
        """After how long to look again."""
        return min((seen.provider.interval_s for seen in list(self._seen.values())), default=INTERVAL_S)

    def look(self, now_ms: int, *, at_once: bool = False) -> None:
        """Look at every provider whose time has come, or at all of them."""
        with self._looking:
            self._look(now_ms, at_once=at_once)

    def _look(self, now_ms: int, *, at_once: bool) -> None:
        try:
            providers = {each.name: each for each in self._providers()}
            self._broken = None
        except (ConfigError, OSError) as error:
            self._broken = Trouble(getattr(error, "path", "") or str(getattr(error, "filename", "")), str(error))
            providers = {name: seen.provider for name, seen in self._seen.items()}
        else:
            self._drop(providers)
        for name, provider in providers.items():
            if name not in self._seen or self._seen[name].provider != provider:
                self._seen[name] = _Seen(provider)
        for provider in providers.values():
            seen = self._seen[provider.name]
            if at_once or now_ms >= seen.due_ms:
                seen.looked_ms, seen.due_ms = now_ms, now_ms + provider.interval_s * 1000
                self._look_at(seen)
        self._say()

    def _drop(self, providers: Mapping[str, Provider]) -> None:
        """Let go of providers that are named no more, and of the dashboards that were theirs."""
        for name in self._seen.keys() - providers.keys():
            del self._seen[name]
        for board in self._boards.provisioned():
            if board.provision.provider not in providers:
                self._boards.release(board)

    def _look_at(self, seen: _Seen) -> None:
        try:
            files = dict(_list_files(seen.provider.path))
        except OSError as error:
            at = str(seen.provider.path)
            seen.troubles = {at: Trouble(at, f"cannot be read: {error.strerror or error}")}
            return
        seen.troubles.pop(str(seen.provider.path), None)
        for gone in seen.signatures.keys() - files.keys():
            for known in (seen.signatures, seen.uids, seen.troubles):
                known.pop(gone, None)
        before = {
            board.provision.external_id: board for board in self._boards.provisioned() if _is_of(board, seen.provider)
        }
        for path, signature in files.items():
            if seen.signatures.get(path) != signature or path in seen.troubles:
                self._take(seen, path, before)
                seen.signatures[path] = signature
        self._remove_what_is_gone(seen)

    def _take(self, seen: _Seen, path: str, before: Mapping[str, Saved]) -> None:
        """Take a file over; what it held before stays where it cannot be read."""
        seen.troubles.pop(path, None)
        try:
            seen.uids[path] = self._save(seen, path)
        except (WatchglassError, OSError) as error:
            known = before.get(_below(path, seen.provider))
            if known is not None:
                seen.uids[path] = known.uid
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            seen.troubles[path] = Trouble(path, reason, known.uid if known else "")

    def _save(self, seen: _Seen, path: str) -> str:
        """The uid of a file's dashboard, which is saved where it is new or another one than before."""
        provider, limit = seen.provider, self._boards.limits.document_bytes
        data = read_some(Path(path), limit)
        if len(data) > limit:
            raise RefusalError(f"it is larger than {limit} bytes (dashboards.size_limit)")
        external_id = _below(path, provider)
        draft = read_one(_text(data))
        title = draft.title or Path(path).stem
        uid = draft.uid or new_uid(title, f"{provider.name}/{external_id}")
        provision = Provision(provider.name, external_id, hashlib.sha256(data).hexdigest(), provider.allow_ui_updates)
        there = self._boards.find(uid)
        self._check_alone(provider, external_id, there)
        if there is not None and there.provision.checksum == provision.checksum:
            if there.provision != provision:
                self._boards.note_file(there, provision)
            return uid
        with self._boards.meta.transaction():  # a file that is not taken makes no folder either
            folder_uid = self._folder_of(path, provider)
            self._boards.provide(_draft(draft, title, uid, folder_uid, external_id), provision)
        _log.info("took a dashboard from a file", extra={"file": path, "uid": uid})
        return uid

    def _check_alone(self, provider: Provider, external_id: str, there: Saved | None) -> None:
        """Refuse a file whose uid another file has, which is still there."""
        if there is None or not there.is_provisioned:
            return
        held = there.provision
        owner = self._seen.get(held.provider)
        if owner is None or (held.provider, held.external_id) == (provider.name, external_id):
            return
        file = _file_of(held.external_id, owner.provider)
        if file.is_file():
            raise RefusalError(f'its uid "{there.uid}" is that of {file}, which is shown')

    def _folder_of(self, path: str, provider: Provider) -> str:
        """The uid of the folder that a file's dashboard is in; the folder is made where it is not there."""
        title = provider.folder
        if provider.folders_from_structure:
            inner = Path(_below(path, provider)).parent
            title = inner.name
        if not title or title.casefold() in {"general", "dashboards"}:
            return ""
        return self._boards.folders.ensure(title, PROVISIONING, provider.folder_uid).uid

    def _remove_what_is_gone(self, seen: _Seen) -> None:
        """Delete the dashboards whose files are gone, or let them be people's own."""
        held = set(seen.uids.values())
        for board in self._boards.provisioned():
            if _is_of(board, seen.provider) and board.uid not in held:
                if seen.provider.disable_deletion:
                    self._boards.release(board)
                else:
                    self._boards.delete(board.uid, provisioned=True)
                _log.info(
                    "the file of a dashboard is gone", extra={"file": board.provision.external_id, "uid": board.uid}
                )

    def _say(self) -> None:
        """Log what is wrong, once."""
        troubles = frozenset(self.troubles())
        for trouble in sorted(troubles - self._said, key=lambda each: each.file):
            _log.warning("a dashboard on disk is not taken", extra={"file": trouble.file, "error": trouble.message})
        self._said = troubles


def _draft(draft: Draft, title: str, uid: str, folder_uid: str, external_id: str) -> Draft:
    return replace(draft, title=title, uid=uid, folder_uid=folder_uid, message=f"From the file {external_id}")


def _text(data: bytes) -> str:
    try:
        return decode(data)
    except ValueError as error:
        raise RefusalError(str(error)) from None


def _is_of(board: Saved, provider: Provider) -> bool:
    return board.provision.provider == provider.name


def _below(path: str, provider: Provider) -> str:
    """A file's path below its provider's."""
    return os.path.relpath(path, provider.path) if Path(path) != provider.path else provider.path.name


def _file_of(external_id: str, provider: Provider) -> Path:
    """Where a file lies of which `_below` gave the path."""
    return provider.path if provider.path.is_file() else provider.path / external_id


def _list_files(root: Path) -> Iterator[tuple[str, Signature]]:
    """The JSON files below a folder, in order, and what changes when they do.

    Raises:
        OSError: the folder cannot be read, or holds too many.
    """
    if root.is_file():
        yield str(root), _signature(root)
        return
    count, visited = 0, set()
    for folder, inner, names in os.walk(root, onerror=_fail, followlinks=True):
        real = os.path.realpath(folder)
        inner[:] = [] if real in visited else sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names) if real not in visited else ():
            path = Path(folder, name)
            if name.lower().endswith(".json") and path.is_file():
                count += 1
                if count > MAX_FILES:
                    raise OSError(0, f"there are more than {MAX_FILES} dashboards")
                yield str(path), _signature(path)
        visited.add(real)


def _fail(error: OSError) -> NoReturn:
    """What cannot be read is not gone."""
    raise error


def _signature(path: Path) -> Signature:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino
