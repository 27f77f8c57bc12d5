"""An application over fakes, called in this process."""

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


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def make_parts():
    """Build parts over a registry and a clock of their own; their threads end with the test."""
    made = []

    def make(options=None, **parts):
        options = options or WebOptions()
        registry = CollectorRegistry()
        queries = QueryPool(options.queries, registry)
        made.append(queries)
        return Parts(
            options=options,
            clock=ManualClock(NOW_MS),
            registry=registry,
            health=Health(),
            queries=queries,
            **parts,
        )

    yield make
    for queries in made:
        queries.close()


@pytest.fixture
def make_client(make_parts):
    """Build a client of an application; `client` is the address that the request seems to come from."""

    def make(parts=None, *, base_url="http://127.0.0.1:9090", client=("127.0.0.1", 5000)):
        app = build_application(parts or make_parts())
        transport = httpx.ASGITransport(app=app, client=client)
        return httpx.AsyncClient(transport=transport, base_url=base_url)

    return make
