"""What people save of dashboards: opened with the store, and followed on disk for as long as the process runs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from watchglass.config.settings import Settings
from watchglass.dashboards.annotations import AnnotationLimits, Annotations
from watchglass.dashboards.collection import Shelf
from watchglass.dashboards.folders import Folders
from watchglass.dashboards.providers import Provider, read_providers
from watchglass.dashboards.provisioning import Provisioner
from watchglass.dashboards.records import SaveLimits
from watchglass.dashboards.saved import SavedDashboards
from watchglass.dashboards.stars import Stars
from watchglass.dashboards.trash import Trash, TrashLimits
from watchglass.errors import WatchglassError
from watchglass.serve.health import ComponentHealth, Condition
from watchglass.store.meta import MetaStore

if TYPE_CHECKING:
    from watchglass.app.stack import Stack

log = logging.getLogger("watchglass.app")

_NAMED = 10  # troubles in one line of health


class DashboardKeeper:
    """Opens what is saved, follows what lies on disk, and says how both are."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._meta: MetaStore | None = None
        self._following: asyncio.Task[None] | None = None
        stack.parts.health.add("dashboards", self._health, needed=False)

    @property
    def meta(self) -> MetaStore | None:
        """The opened `meta.db`; None where it is not."""
        return self._meta

    async def start(self) -> None:
        """Open `meta.db`; where that fails everything else runs without what is saved, and health says why."""
        parts = self._stack.parts
        try:
            parts.shelf = await asyncio.to_thread(self._open)
        except WatchglassError as error:
            parts.shelf_trouble = str(error)
            log.error("saved dashboards cannot be used", extra={"error": str(error)})  # noqa: TRY400 - the text says all
            return
        self._following = asyncio.create_task(self._follow())

    async def reload(self) -> None:
        """Look at what lies on disk now: the settings may name other folders."""
        if self._stack.parts.shelf is not None:
            await self._look(at_once=True)

    async def stop(self) -> None:
        """Follow no longer."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    def close(self) -> None:
        """Close `meta.db`."""
        self._stack.parts.shelf = None
        if self._meta is not None:
            self._meta.close()

    def _open(self) -> Shelf:
        self._meta = meta = MetaStore(Path(self._stack.configuration.settings.data))
        with meta.transaction():  # one for the tables of all parts, so that the disk is waited for once
            return self._shelf(meta)

    def _shelf(self, meta: MetaStore) -> Shelf:
        stack = self._stack
        settings, clock, registry = stack.configuration.settings, stack.parts.clock, stack.parts.registry
        kept = TrashLimits(settings.dashboards_deleted_age_ms, settings.dashboards_deleted_limit)
        folders = Folders(meta, clock, Trash(meta, clock, kept))
        limits = SaveLimits(
            versions=settings.dashboards_versions,
            document_bytes=settings.dashboards_size_limit_bytes,
            dashboards=settings.dashboards_limit,
        )
        boards = SavedDashboards(meta, folders, clock, limits, registry)
        return Shelf(
            boards,
            folders,
            Stars(meta),
            Provisioner(boards, lambda: providers_of(self._stack.configuration.settings), registry),
            Annotations(meta, clock, AnnotationLimits(kept=settings.dashboards_annotations), registry),
        )

    async def _follow(self) -> None:
        provisioner: Provisioner = self._stack.parts.shelf.provisioner
        while True:
            await self._look()
            await asyncio.sleep(provisioner.pause_s)

    async def _look(self, *, at_once: bool = False) -> None:
        shelf: Shelf = self._stack.parts.shelf
        now_ms = self._stack.parts.clock.now_ms()
        try:
            await asyncio.to_thread(lambda: shelf.provisioner.look(now_ms, at_once=at_once))
        except Exception:
            log.exception("looking at the dashboards on disk failed")

    def _health(self) -> ComponentHealth:
        parts = self._stack.parts
        if parts.shelf_trouble:
            return ComponentHealth(Condition.FAILED, parts.shelf_trouble)
        if parts.shelf is None:
            return ComponentHealth(Condition.STARTING)
        troubles = parts.shelf.provisioner.troubles()
        if troubles:
            texts = [f"{each.file}: {each.message.removeprefix(f'{each.file}: ')}" for each in troubles[:_NAMED]]
            return ComponentHealth(Condition.DEGRADED, "; ".join(texts), {"troubles": len(troubles)})
        return ComponentHealth(Condition.OK)


def providers_of(settings: Settings) -> list[Provider]:
    """The providers of dashboards that the settings name.

    Raises:
        ConfigError: a provider file is wrong.
    """
    named = settings.dashboards_provisioning
    return read_providers(Path(named) if named else None, [Path(folder) for folder in settings.dashboards_folders])
