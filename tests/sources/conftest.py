"""A source over a server of the test's own."""

import pytest
from prometheus_client import CollectorRegistry
from upstream_server import NOW_MS, UpstreamServer

from watchglass.clock import ManualClock
from watchglass.sources.options import PrometheusOptions
from watchglass.sources.prometheus import PrometheusSource


@pytest.fixture
def serve():
    """Start servers that answer with fixed bytes, or by a function; they end with the test."""
    running = []

    def start(reply, **more):
        server = UpstreamServer(reply if callable(reply) else lambda _connection, _asked: reply, **more)
        running.append(server)
        return server.__enter__()

    yield start
    for server in running:
        server.__exit__()


@pytest.fixture
def make_source():
    """Build sources with short patience; their connections close with the test."""
    made = []

    def make(url, *, instance="us", registry=None, **options):
        chosen = {"timeout_ms": 2000, "retries": 0} | options
        source = PrometheusSource(
            PrometheusOptions(url, **chosen), instance, ManualClock(NOW_MS), registry=registry or CollectorRegistry()
        )
        made.append(source)
        return source

    yield make
    for source in made:
        source.close()


@pytest.fixture
def ask(serve, make_source):
    """Ask a server once that answers with these bytes."""
    return lambda reply, **options: make_source(serve(reply).url, **options).instant("x", NOW_MS)
