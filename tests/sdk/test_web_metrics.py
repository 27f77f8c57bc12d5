"""Middleware beside real applications: what is counted, under which path, and what a fault leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from wsgiref.util import setup_testing_defaults

import httpx
import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from watchglass.sdk import asgi, wsgi
from watchglass.sdk.web_metrics import WebMetrics, template


@pytest.fixture
def registry():
    return CollectorRegistry()


async def user(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.path_params['id']} {len(await request.body())}")


async def broken(_request: Request) -> PlainTextResponse:
    raise RuntimeError("no")


async def stream(_request: Request) -> StreamingResponse:
    return StreamingResponse(iter([b"12", b"345"]))


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)
        await socket.send_text(text)


async def refuse(socket: WebSocket) -> None:
    await socket.close()


class Client:
    """Asks an application without a server between."""

    def __init__(self, app: asgi.App) -> None:
        self.app = app

    def request(self, method: str, path: str, content: bytes = b"") -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                return await client.request(method, path, content=content)

        return asyncio.run(ask())

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def converse(self, path: str, texts: Sequence[str], before_end: Callable[[], None]) -> list[str]:
        """Connect, say something, and leave; what was answered."""
        inbox = [
            {"type": "websocket.connect"},
            *({"type": "websocket.receive", "text": text} for text in texts),
            {"type": "websocket.disconnect", "code": 1000},
        ]
        answered = []

        async def receive():
            if len(inbox) == 1:
                before_end()
            return inbox.pop(0)

        async def send(message):
            answered.append(message.get("text", message["type"]))

        scope = {"type": "websocket", "path": path, "headers": [], "query_string": b"", "root_path": ""}
        asyncio.run(self.app(scope, receive, send))
        return answered


@pytest.fixture
def client(registry):
    routes = [
        Route("/users/{id:int}/posts", user, methods=["GET", "POST"]),
        Mount("/deep", routes=[Route("/{id}", user)]),
        Route("/broken", broken),
        Route("/stream", stream),
        WebSocketRoute("/talk/{room}", talk),
        WebSocketRoute("/refuse", refuse),
    ]
    app = asgi.MetricsMiddleware(Starlette(routes=routes), WebMetrics(registry, most_paths=6))
    return Client(app)


def requests(registry, method: str, path: str, status: int) -> float | None:
    labels = {"method": method, "path": path, "status": str(status)}
    return registry.get_sample_value("http_requests_total", labels)


def test_requests_are_counted_by_the_template_of_their_route(client, registry):
    client.get("/users/7/posts")
    client.request("POST", "/users/8/posts", b"x" * 40)
    client.get("/deep/sea")
    client.get("/users/7/posts?page=2")

    assert requests(registry, "GET", "/users/{id}/posts", 200) == 2
    assert requests(registry, "POST", "/users/{id}/posts", 200) == 1
    assert requests(registry, "GET", "/deep/{id}", 200) == 1
    sizes = {"method": "POST", "path": "/users/{id}/posts"}
    assert registry.get_sample_value("http_request_size_bytes_sum", sizes) == 40
    assert registry.get_sample_value("http_response_size_bytes_sum", sizes) == len("8 40")
    assert registry.get_sample_value("http_active_connections") == 0


@pytest.mark.parametrize("says_route", [True, False], ids=["with scope.route", "without, as before Starlette 1.0"])
def test_what_is_mounted_counts_under_its_place_whatever_is_asked_of_it(registry, tmp_path, says_route):
    (tmp_path / "there.css").write_text("a {}")
    within = [Route("/k/{id}", user), Mount("/files", StaticFiles(directory=tmp_path))]
    app = Starlette(routes=[Mount("/static", StaticFiles(directory=tmp_path)), Mount("/{tenant}/app", routes=within)])

    def path_of(scope):
        return asgi.route_of({key: value for key, value in scope.items() if says_route or key != "route"})

    client = Client(asgi.MetricsMiddleware(app, WebMetrics(registry), path_of=path_of))
    for path in (
        "/static/there.css",
        "/static/a",
        "/static/b",
        "/t1/app/k/7",
        "/t2/app/k/8",
        "/t1/app/files/x",
        "/t1/app/no",
    ):
        client.get(path)
    found = {
        sample.labels["path"]
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "http_requests_total"
    }
    assert found == {"/static", "/{tenant}/app/k/{id}", "/{tenant}/app/files", "/{tenant}/app"}


def test_paths_and_methods_that_nobody_knows_share_one_series(client, registry):
    for path in ("/a", "/b", "/wp-login.php"):
        assert client.get(path).status_code == 404
    client.request("BREW", "/coffee")

    assert requests(registry, "GET", "other", 404) == 3
    assert requests(registry, "other", "other", 404) == 1


def test_a_fault_counts_as_500_and_goes_on(client, registry):
    assert client.get("/broken").status_code == 500
    assert requests(registry, "GET", "/broken", 500) == 1


def test_a_stream_counts_all_of_its_parts(client, registry):
    client.get("/stream")
    assert registry.get_sample_value("http_response_size_bytes_sum", {"method": "GET", "path": "/stream"}) == 5


def test_a_client_that_leaves_counts_as_499(registry):
    async def waits(_scope, _receive, _send):
        await asyncio.Event().wait()

    async def leave():
        app = asgi.MetricsMiddleware(waits, WebMetrics(registry))
        scope = {"type": "http", "method": "GET", "path": "/"}
        task = asyncio.create_task(app(scope, None, None))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    assert requests(registry, "GET", "other", 499) == 1
    assert registry.get_sample_value("http_active_connections") == 0


def test_connections_and_their_messages_are_counted_by_kind(client, registry):
    kind = {"type": "/talk/{room}"}
    open_then = []
    watch = lambda: open_then.append(registry.get_sample_value("ws_active_connections", kind))  # noqa: E731

    assert client.converse("/talk/lobby", ["hello"], watch) == ["websocket.accept", "hello", "hello"]
    assert open_then == [1]
    assert registry.get_sample_value("ws_active_connections", kind) == 0
    assert registry.get_sample_value("ws_connections_total", kind) == 1
    assert registry.get_sample_value("ws_messages_received_total", kind) == 1
    assert registry.get_sample_value("ws_messages_sent_total", kind) == 2
    assert registry.get_sample_value("ws_connection_duration_seconds_count", kind) == 1


def test_a_connection_that_was_refused_is_none(client, registry):
    assert client.converse("/refuse", [], lambda: None) == ["websocket.close"]
    assert registry.get_sample_value("ws_connections_total", {"type": "/refuse"}) is None


def test_paths_beyond_the_limit_share_one_series(registry):
    metrics = WebMetrics(registry, most_paths=2)
    for path in ("/a", "/b", "/c", "/d", "/a"):
        metrics.request("GET", path, 200, 0.1, (0, 0))

    assert requests(registry, "GET", "/a", 200) == 2
    assert requests(registry, "GET", "other", 200) == 2


def answer(app, path: str = "/", **environ: str) -> bytes:
    given = {"PATH_INFO": path, **environ}
    setup_testing_defaults(given)
    parts = app(given, lambda _status, _headers, _fault=None: lambda _part: None)
    try:
        return b"".join(parts)
    finally:
        parts.close()


def page(environ, start_response):
    start_response("201 Created", [("Content-Type", "text/plain")])
    yield environ["PATH_INFO"].encode()


def test_wsgi_applications_are_counted_too(registry):
    app = wsgi.MetricsMiddleware(page, WebMetrics(registry), path_of=lambda environ: environ["PATH_INFO"])

    assert answer(app, "/x", REQUEST_METHOD="PUT", CONTENT_LENGTH="12") == b"/x"
    assert requests(registry, "PUT", "/x", 201) == 1
    assert registry.get_sample_value("http_request_size_bytes_sum", {"method": "PUT", "path": "/x"}) == 12
    assert registry.get_sample_value("http_active_connections") == 0


def test_a_label_that_cannot_be_told_fails_no_request(registry, caplog):
    def lost(_about):
        raise LookupError("no path")

    app = wsgi.MetricsMiddleware(page, WebMetrics(registry), path_of=lost)
    assert answer(app, "/x") == b"/x"
    client = Client(
        asgi.MetricsMiddleware(Starlette(routes=[Route("/x", stream)]), WebMetrics(CollectorRegistry()), path_of=lost)
    )
    assert client.get("/x").status_code == 200
    assert requests(registry, "GET", "other", 201) == 1
    assert caplog.messages == ["a label of a request is not known"] * 2


@pytest.mark.parametrize("length", ["", "-5", "many", "9" * 5000])
def test_a_length_that_is_none_is_not_believed(registry, length):
    answer(wsgi.MetricsMiddleware(page, WebMetrics(registry)), CONTENT_LENGTH=length)
    assert registry.get_sample_value("http_request_size_bytes_sum", {"method": "GET", "path": "other"}) == 0


def test_a_fault_of_a_wsgi_application_counts_as_500(registry):
    def fails_at_once(_environ, _start):
        raise RuntimeError("no")

    def fails_later(_environ, start):
        start("200 OK", [])
        yield b"half"
        raise RuntimeError("no")

    for app in (fails_at_once, fails_later):
        with pytest.raises(RuntimeError):
            answer(wsgi.MetricsMiddleware(app, WebMetrics(CollectorRegistry() if app is fails_at_once else registry)))
    assert requests(registry, "GET", "other", 500) == 1
    assert registry.get_sample_value("http_active_connections") == 0


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("/users/42", {"id": 42}, "/users/{id}"),
        ("/files/a/b.txt", {"path": "a/b.txt"}, "/files/{path}"),
        ("/v1/1/v1", {"id": 1, "kind": "v1"}, "/{kind}/{id}/v1"),
        ("/plain", {}, "/plain"),
        ("/x/", {"rest": ""}, "/x/"),
        ("/users/042", {"id": 42}, "other"),
        ("/x-42.txt", {"id": 42}, "other"),
    ],
)
def test_values_of_parameters_give_way_to_their_names(path, params, expected):
    assert template(path, params) == expected
