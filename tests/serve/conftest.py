"""An application over fakes, called in this process."""

from collections.abc import Iterator

import httpx
import pytest
from prometheus_client import CollectorRegistry

from watchglass.clock import ManualClock
from watchglass.serve.health import Health
from watchglass.serve.http import build_application
from watchglass.serve.options import WebOptions
from watchglass.serve.parts import Parts
from watchglass.serve.query_pool import QueryPool

NOW_MS = 1_700_000_000_000


def make_parts(options: WebOptions | None = None, **parts) -> Parts:
    options = options or WebOptions()
    registry = CollectorRegistry()
    return Parts(
        options=options,
        clock=ManualClock(NOW_MS),
        registry=registry,
        health=Health(),
        queries=QueryPool(options.queries, registry),
        **parts,
    )


def make_client(parts: Parts, base_url: str = "http://127.0.0.1:9090", **transport) -> httpx.AsyncClient:
    app = build_application(parts)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, **transport), base_url=base_url)


@pytest.fixture
def parts() -> Iterator[Parts]:
    made = make_parts()
    yield made
    made.queries.close()
