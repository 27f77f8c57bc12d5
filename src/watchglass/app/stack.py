"""The composition root: builds every part from the settings, joins them, and takes them down again.

Nothing else imports both sides of a seam: scraping is given an Appender, the engine a Queryable, the endpoints `Parts`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from watchglass.app.alerting import AlertingKeeper
from watchglass.app.configuration import Configuration
from watchglass.app.dashboards import DashboardKeeper
from watchglass.app.importing import import_openmetrics
from watchglass.app.local import LocalTargets
from watchglass.app.memory import freeze_startup, give_back
from watchglass.app.options import engine_options, prometheus_options, store_options
from watchglass.app.packs import pack_boards, pack_catalogue
from watchglass.app.rehearsal import rehearse
from watchglass.app.reload import ReloadMetrics
from watchglass.app.rules import RuleKeeper
from watchglass.app.status import (
    add_health_checks,
    add_pack_check,
    add_source_check,
    data_since,
    head_stats,
    notifications,
    scrape_pools,
    series_limits,
    status_pages,
)
from watchglass.clock import Clock
from watchglass.collect.discovery.manager import DiscoveryManager
from watchglass.collect.manager import ScrapeManager
from watchglass.dashboards.library import DashboardLibrary, Elsewhere
from watchglass.errors import ConfigError
from watchglass.promql.engine import Engine
from watchglass.serve.active_log import ActiveQueryLog
from watchglass.serve.health import Health
from watchglass.serve.options import WebOptions
from watchglass.serve.parts import Parts
from watchglass.serve.query_pool import QueryPool
from watchglass.sources.data_sources import EmbeddedSource, Prober, RemoteSource, Sources
from watchglass.sources.freshness import Settled
from watchglass.sources.instance import new_instance
from watchglass.sources.range_cache import CachedSource, RangeCache
from watchglass.sources.recent import RecentCatalogue
from watchglass.store.meta import MetaStore
from watchglass.store.metrics import MetricStore

log = logging.getLogger("watchglass.app")

SOURCE_THREADS = 16
"""For queries to a server elsewhere; they wait more than they work, and must not keep others' queries waiting."""


class Stack:
    """All parts of one process.

    Args:
        configuration: what the operator said.
        web: the HTTP side's share of it.
        clock: the time, for every part.
        registry: every part's own metrics.
    """

    def __init__(
        self, configuration: Configuration, web: WebOptions, clock: Clock, registry: CollectorRegistry
    ) -> None:
        self.configuration = configuration
        self.store: MetricStore | None = None
        self.scraping: ScrapeManager | None = None
        self.discovery: DiscoveryManager | None = None
        queries = QueryPool(web.queries, registry, give_back=give_back)
        self.parts = Parts(
            options=web,
            clock=clock,
            registry=registry,
            health=Health(),
            queries=queries,
            source_queries=QueryPool(replace(web.queries, threads=SOURCE_THREADS), None, queries.memory),
            instance=new_instance(),
            reload=self.reload,
        )
        self.parts.status = status_pages(self)
        self.parts.external_labels = lambda: self.configuration.prometheus.external_labels
        self.parts.notifications = lambda: notifications(self)
        self._clock, self._registry = clock, registry
        self._reloads = ReloadMetrics(registry, clock)
        self._local = LocalTargets(registry)
        self._remote: RemoteSource | None = None
        self._recent: RecentCatalogue | None = None
        self._prober: Prober | None = None
        self._changing = asyncio.Lock()
        self.reload_failed_ms: int | None = None  # when the last reload failed; None when it did not
        add_health_checks(self)
        self._dashboards = DashboardKeeper(self)
        self._alerting = AlertingKeeper(self)
        self._rules = RuleKeeper(self, clock, [self._alerting])

    @property
    def meta(self) -> MetaStore | None:
        """The small tables on disk; None where they cannot be used."""
        return self._dashboards.meta

    async def start(self) -> None:
        """Open the store and begin to scrape.

        Raises:
            WatchglassError: the store cannot be opened, or a job cannot be scraped as configured.
        """
        self._reloads.succeeded()
        options = store_options(self.configuration)
        path = Path(self.configuration.settings.data)
        self.store = await asyncio.to_thread(MetricStore, path, options, self._clock, self._registry)
        await self._dashboards.start()
        freeze_startup()
        await self._rehearse(self.store)
        self._join(self.store)
        self._keep_query_log(path)
        await self._apply()

    async def _rehearse(self, store: MetricStore) -> None:
        """Warm queries up; they are only slower at first where that fails."""
        try:
            await self.parts.queries.run(partial(rehearse, store))
        except Exception as error:
            log.warning("the rehearsal of queries failed", extra={"error": f"{type(error).__name__}: {error}"})

    def _keep_query_log(self, folder: Path) -> None:
        """Say which queries ran when the last process died, and note from now on which do."""
        if not self.configuration.settings.query_active_log:
            return
        try:
            self.parts.queries.keep_log(ActiveQueryLog(folder, self.parts.queries.slots))
        except OSError as error:
            log.warning("running queries are not noted", extra={"error": str(error)})

    def _join(self, store: MetricStore) -> None:
        scraping = ScrapeManager(store, self._clock, registry=self._registry)
        self.scraping = scraping
        self.discovery = DiscoveryManager(scraping.set_targets, self._clock, registry=self._registry)
        parts = self.parts
        parts.storage, parts.appender = store, store
        options = engine_options(self.configuration)
        cache = RangeCache(self.configuration.settings.query_cache_bytes, self._registry)
        engine = Engine(store, options, self._registry)
        self._rules.join(store, engine)
        parts.engine = CachedSource(engine, "embedded", store.changes, cache, max_points=options.max_points)
        parts.targets = scraping.targets
        parts.scrape_pools = lambda: scrape_pools(self)
        parts.series_limits = lambda: series_limits(self)
        parts.head_stats = lambda: head_stats(self)
        parts.importer = partial(import_openmetrics, store)
        embedded = EmbeddedSource(
            parts.engine, store, self._clock.now_ms(), lambda: data_since(self, self._clock.now_ms())
        )
        if self.configuration.settings.sources_prometheus_url:
            self._remote = self._remote_source(embedded, cache)
        parts.sources = sources = Sources(embedded, self._remote)
        parts.packs = partial(pack_catalogue, self)
        parts.dashboards = DashboardLibrary(
            store,
            self._jobs,
            clock=self._clock,
            queries=engine,
            elsewhere=self._elsewhere(sources),
            shipped=lambda: pack_boards(self) if self.configuration.packs.packs else None,
        )

    def _remote_source(self, embedded: EmbeddedSource, cache: RangeCache) -> RemoteSource:
        """The server that dashboards ask by default, and the thread that watches over it."""
        from watchglass.sources.prometheus import PrometheusSource  # noqa: PLC0415 - 2 MB that most do without

        settings = self.configuration.settings
        options = prometheus_options(settings)
        try:
            prometheus = PrometheusSource(options, self.parts.instance, self._clock, registry=self._registry)
        except OSError as error:
            raise ConfigError(f"sources.prometheus.ca_file: {error}") from None
        self._recent = RecentCatalogue(prometheus)
        settled = Settled(self._clock, settings.sources_settled_after_ms)
        answers = CachedSource(prometheus, RemoteSource.uid, settled, cache, keeps_warned=False)
        remote = RemoteSource(prometheus, answers, embedded)
        add_source_check(self, remote)
        self._prober = Prober(remote)
        self._prober.start()
        return remote

    def _elsewhere(self, sources: Sources) -> Callable[[], Elsewhere | None]:
        """What the dashboard library is told of the server elsewhere, while there is one."""

        def elsewhere() -> Elsewhere | None:
            remote = sources.remote
            return Elsewhere(remote.uid, remote.name, self._recent, remote) if remote and self._recent else None

        return elsewhere

    def _jobs(self) -> list[str]:
        """The `job` labels of what is scraped, in the order of the configuration."""
        active = self.scraping.targets().active if self.scraping else []
        return list(dict.fromkeys(each.target.labels.get("job") for each in active))

    async def _apply(self) -> None:
        """Let scraping and discovery follow the configuration."""
        assert self.scraping is not None
        assert self.discovery is not None
        jobs = self.configuration.jobs
        await self.scraping.apply(jobs, self._local.of(self.configuration))
        self.discovery.apply(jobs)
        await self._alerting.apply()
        self._rules.apply(self.configuration)
        for notice in self.configuration.notices:
            log.warning("no effect yet: %s", notice)
        if self.configuration.settings.packs:
            add_pack_check(self)
        for notice in (*self.configuration.rule_notices, *self.configuration.pack_notices):
            log.warning("%s", notice)

    async def reload(self) -> None:
        """Read the configuration again; a wrong one changes nothing.

        Raises:
            ConfigError: it is wrong; the log and `watchglass_config_last_reload_successful` say so too.
        """
        async with self._changing:
            before = self.configuration
            try:
                self.configuration = await asyncio.to_thread(self.configuration.reread)
                if self.scraping is not None:
                    await self._apply()
                    await self._dashboards.reload()
            except ConfigError as error:
                self.configuration = before
                self._reloads.failed()
                self.reload_failed_ms = self._clock.now_ms()
                log.error("the new configuration is wrong; the old one stays in force", extra={"error": str(error)})  # noqa: TRY400 - the text says all
                raise
            self._reloads.succeeded()
            self.reload_failed_ms = None
            log.info("configuration reloaded", extra={"jobs": len(self.configuration.jobs)})

    async def stop_intake(self) -> None:
        """Take nothing in any more."""
        await self._dashboards.stop()
        await self._rules.stop()
        await self._alerting.stop()
        if self.discovery is not None:
            await self.discovery.stop()
        if self.scraping is not None:
            await self.scraping.stop()

    async def close(self) -> None:
        """End what is left: queries that still run, then the store, whose last samples go to disk."""
        self.parts.queries.close()
        if self.parts.source_queries is not None:
            self.parts.source_queries.close()
        if self._prober is not None:
            self._prober.stop()
        if self._remote is not None:
            self._remote.close()
        if self._recent is not None:
            self._recent.close()
        self._dashboards.close()
        if self.store is not None:
            await asyncio.to_thread(self.store.close)
