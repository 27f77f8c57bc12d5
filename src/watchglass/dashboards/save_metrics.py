"""Metrics about saved dashboards: how many there are, and how saving ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge

from watchglass.dashboards.refusal import RefusalError
from watchglass.errors import StoreError
from watchglass.store.meta import MetaStore


class SaveMetrics:
    """Metrics of the saved dashboards in a `meta.db`."""

    def __init__(self, registry: CollectorRegistry | None, meta: MetaStore) -> None:
        gauge = Gauge(
            "watchglass_dashboards", "Saved dashboards, by where they come from.", ["origin"], registry=registry
        )
        for origin, condition in (("saved", "provider = ''"), ("provisioned", "provider != ''")):
            gauge.labels(origin).set_function(lambda condition=condition: _count(meta, condition))  # type: ignore[misc]
        self._saves = Counter(
            "watchglass_dashboards_saves", "Attempts to save a dashboard, by outcome.", ["outcome"], registry=registry
        )
        for outcome in ("saved", "refused", "failed"):
            self._saves.labels(outcome)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count an attempt by how it ends."""
        outcome = "failed"
        try:
            yield
            outcome = "saved"
        except RefusalError:
            outcome = "refused"
            raise
        finally:
            self._saves.labels(outcome).inc()


def _count(meta: MetaStore, condition: str) -> float:
    try:
        return float(meta.rows(f"SELECT count(*) FROM dashboard WHERE {condition}")[0][0])  # noqa: S608 - constants
    except StoreError:
        return 0.0
