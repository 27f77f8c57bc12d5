"""`/metrics` of an application by its environment: off, on, on a port of its own."""

from __future__ import annotations

import asyncio
import socket
import urllib.error
import urllib.request
from wsgiref.util import setup_testing_defaults

import httpx
import pytest
from peer_servers import needs, running, wait_until
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from watchglass.errors import ConfigError
from watchglass.sdk import wsgi
from watchglass.sdk.endpoint import Endpoint
from watchglass.sdk.metrics import Counter
from watchglass.sdk.web_metrics import WebMetrics

ON = {"PROMETHEUS_ENABLED": "true"}


@pytest.fixture
def registry():
    registry = CollectorRegistry()
    Counter("jobs_total", "Jobs.", registry=registry).inc(3)
    return registry


async def home(_request):
    return PlainTextResponse("home")


def get(app, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def ask():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(ask())


@pytest.fixture
def site():
    return Starlette(routes=[Route("/", home)])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("word", [None, "", "false", "0", "No", "off"])
def test_it_is_off_unless_switched_on(registry, site, word):
    endpoint = Endpoint(
        registry, environ={"PROMETHEUS_PORT": "nonsense"} | ({} if word is None else {"PROMETHEUS_ENABLED": word})
    )
    assert not endpoint.enabled
    assert endpoint.asgi(site) is site
    assert get(site, "/metrics").status_code == 404


@pytest.mark.parametrize("word", ["true", "1", "Yes", " on "])
def test_on_it_answers_beside_the_application(registry, site, word):
    app = Endpoint(registry, environ={"PROMETHEUS_ENABLED": word}).asgi(site)
    answer = get(app, "/metrics")

    assert get(app, "/").text == "home"
    assert get(app, "/metrics", "POST").status_code == 404
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert next(text_string_to_metric_families(answer.text)).name == "jobs"
    assert get(app, "/metrics", Accept="application/openmetrics-text; version=1.0.0").text.endswith("# EOF\n")
    head = get(app, "/metrics", "HEAD")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(answer.content)))


def test_wsgi_applications_have_it_too(registry):
    def site(_environ, start_response):
        start_response("200 OK", [])
        return [b"home"]

    def ask(path: str, method: str = "GET") -> bytes:
        environ = {"PATH_INFO": path, "REQUEST_METHOD": method}
        setup_testing_defaults(environ)
        return b"".join(app(environ, lambda *_: None))

    app = Endpoint(registry, environ=ON).wsgi(site)
    assert b"jobs_total 3.0" in ask("/metrics")
    assert (ask("/"), ask("/metrics", "POST"), ask("/metrics", "HEAD")) == (b"home", b"home", b"")
    assert Endpoint(registry, environ={}).wsgi(site) is site


def test_a_port_of_its_own_moves_it(registry, site):
    port = free_port()
    endpoint = Endpoint(registry, environ={**ON, "PROMETHEUS_PORT": str(port)}, host="127.0.0.1")
    try:
        assert endpoint.asgi(site) is site
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics?x=1", timeout=10) as answer:
            assert b"jobs_total 3.0" in answer.read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10)
    finally:
        endpoint.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10)


def test_code_may_say_what_the_environment_would(registry, site):
    assert not Endpoint(registry, enabled=False, environ=ON).enabled
    assert b"jobs_total 3.0" in get(Endpoint(registry, enabled=True, environ={}).asgi(site), "/metrics").content
    port = free_port()
    endpoint = Endpoint(registry, enabled=True, port=port, environ={}, host="127.0.0.1")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert answer.status == 200
    endpoint.close()


def test_flask(registry):
    flask = pytest.importorskip("flask", reason="could not import flask")
    app = flask.Flask(__name__)

    @app.get("/users/<int:number>")
    def user(number: int) -> str:
        return str(number)

    app.wsgi_app = wsgi.MetricsMiddleware(app.wsgi_app, WebMetrics(registry))
    app.wsgi_app = Endpoint(registry, environ=ON).wsgi(app.wsgi_app)
    client = app.test_client()
    for path in ("/users/1", "/users/2", "/nowhere"):
        client.get(path, buffered=True)
    answer = client.get("/metrics")

    assert answer.content_type.startswith("text/plain; version=")
    counted = {
        (sample.labels["path"], sample.labels["status"]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == "http_requests_total"
    }
    assert counted == {("/users/<int:number>", "200"): 2, ("other", "404"): 1}


@pytest.mark.real
def test_debians_prometheus_reads_it(registry, tmp_path):
    port, server = free_port(), free_port()
    endpoint = Endpoint(registry, enabled=True, port=port, environ={}, host="127.0.0.1")
    config = tmp_path / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s}\n"
        f"scrape_configs: [{{job_name: app, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n"
    )
    command = [
        needs("prometheus", "prometheus"), f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address=127.0.0.1:{server}",
    ]  # fmt: skip

    def value(expression: str) -> float | None:
        try:
            answer = httpx.get(f"http://127.0.0.1:{server}/api/v1/query", params={"query": expression}).json()
        except (httpx.TransportError, ValueError):
            return None
        result = answer.get("data", {}).get("result")
        return float(result[0]["value"][1]) if result else None

    with running(command):
        wait_until(lambda: value("jobs_total") == 3, "a scrape")
        assert value('up{job="app"}') == 1
    endpoint.close()


def test_a_port_in_use_is_told(registry):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            ConfigError,
            match=rf"^PROMETHEUS_PORT={port}: something listens on this port already.*leave PROMETHEUS_PORT away",
        ):
            Endpoint(registry, environ={**ON, "PROMETHEUS_PORT": str(port)}, host="127.0.0.1")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"PROMETHEUS_ENABLED": "maybe"}, 'PROMETHEUS_ENABLED: expected true or false, got "maybe"'),
        (ON | {"PROMETHEUS_PORT": "http"}, 'PROMETHEUS_PORT: expected a port from 1 to 65535, got "http"'),
        (ON | {"PROMETHEUS_PORT": "65536"}, 'got "65536"'),
        (ON | {"PROMETHEUS_PORT": "0"}, 'got "0"'),
        (ON | {"PROMETHEUS_PORT": "9" * 5000}, "PROMETHEUS_PORT: expected a port from 1 to 65535"),
        (ON | {"PROMETHEUS_PORT": "9464", "PROMETHEUS_HOST": "x" * 300}, "PROMETHEUS_HOST=x+: "),
        (ON | {"PROMETHEUS_PORT": "9464", "PROMETHEUS_HOST": "\u2028"}, "PROMETHEUS_HOST=\u2028: is no name of a host"),
    ],
)
def test_values_that_are_none(registry, environ, said):
    with pytest.raises(ConfigError, match=said):
        Endpoint(registry, environ=environ)


def test_a_port_of_its_own_is_for_this_machine_unless_the_environment_names_an_address(registry, monkeypatch):
    asked = []
    monkeypatch.setattr("watchglass.sdk.endpoint._listen", lambda host, port, _: asked.append((host, port)))
    Endpoint(registry, environ={**ON, "PROMETHEUS_PORT": "9464"})
    Endpoint(registry, environ={**ON, "PROMETHEUS_PORT": "9464", "PROMETHEUS_HOST": "0.0.0.0"})
    assert asked == [("127.0.0.1", 9464), ("0.0.0.0", 9464)]


def test_an_address_that_the_machine_lacks_is_named(registry):
    with pytest.raises(ConfigError, match=r"PROMETHEUS_HOST=192\.0\.2\.7: this machine has no such address"):
        Endpoint(registry, environ={**ON, "PROMETHEUS_PORT": "9464", "PROMETHEUS_HOST": "192.0.2.7"})


def test_an_address_of_the_sixth_version_serves(registry):
    endpoint = Endpoint(registry, environ={**ON, "PROMETHEUS_PORT": str(free_port()), "PROMETHEUS_HOST": "::1"})
    assert httpx.get(f"http://[::1]:{endpoint.port}/metrics").status_code == 200
    endpoint.close()


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0"])
def test_a_label_that_no_answer_could_hold_costs_none_of_the_others(registry, accept):
    """JSON of others may hold half of a surrogate pair, and a model's name come from there."""
    models = Counter("models_total", "Models", ["model"], registry=registry)
    models.labels("\ud83d").inc(2)
    models.labels("phi2").inc(3)
    body, _ = Endpoint(registry, environ=ON).answer(accept)
    assert b'models_total{model="?"} 2.0' in body
    assert b'models_total{model="phi2"} 3.0' in body
