"""The addresses in ASGI and WSGI applications: what is answered, what is refused, and who starts and stops the service."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from contextlib import closing
from wsgiref.util import setup_testing_defaults

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from watchglass.sdk.dinoair import asgi, wsgi
from watchglass.sdk.dinoair.http import answer
from watchglass.sdk.dinoair.metrics_exporter import MetricsExporter


@pytest.fixture
def ask(service):
    """Asks without a server: (status, content type, JSON or text)."""

    def it(path: str, method: str = "GET"):
        found = answer(service, method, *(path.split("?") if "?" in path else (path, "")))
        text = found.body.decode()
        return found.status, found.content_type, json.loads(text) if found.content_type.endswith("json") else text

    return it


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [
        ("prometheus", "text/plain; version=0.0.4; charset=utf-8", "# HELP dinoair_cpu_usage_percent CPU in use\n"),
        ("json", "application/json", None),
        ("influxdb", "text/plain; charset=utf-8", "dinoair_cpu_usage_percent value=40.0 "),
        ("csv", "text/csv; charset=utf-8", "timestamp,name,type,labels,value\r\n"),
    ],
)
def test_each_format(ask, name, kind, start):
    status, got, body = ask(f"/api/metrics?format={name}")
    assert (status, got) == (200, kind)
    assert body["metrics"] if start is None else body.startswith(start)


@pytest.mark.parametrize("name", ["xml", "", "Prometheus"])
def test_an_unknown_format_is_told_which_there_are(ask, name):
    status, _, body = ask(f"/api/metrics?format={name}")
    assert (status, body["formats"]) == (400, ["prometheus", "json", "influxdb", "csv"])
    assert "prometheus, json, influxdb, csv" in body["error"]


def test_a_format_of_ones_own_is_offered(service, ask):
    class Lines(MetricsExporter):
        name, content_type = "lines", "text/plain"

        def export(self, reading):
            return f"{len(reading.families)}\n"

    service.add_exporter(Lines())
    assert int(ask("/api/metrics?format=lines")[2]) > 5
    assert ask("/api/metrics?format=x")[2]["formats"][-1] == "lines"


def test_a_switched_off_export_is_visibly_off(make_service):
    service = make_service(enable_prometheus_export=False)
    assert answer(service, "GET", "/api/metrics", "").status == 404
    assert b"enable_prometheus_export" in answer(service, "GET", "/api/metrics", "format=prometheus").body
    assert answer(service, "GET", "/api/metrics", "format=json").status == 200


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("widget=nothing", "widget", ["overview", "resources", "api", "models", "errors", "users"]),
        ("widget=", "widget", ["overview", "resources", "api", "models", "errors", "users"]),
        ("widget=api&timeframe=0", "timeframe", ["whole hours from 1 to 168"]),
        ("widget=api&timeframe=1e3", "timeframe", ["whole hours from 1 to 168"]),
        ("widget=overview&timeframe=x", "timeframe", ["whole hours from 1 to 168"]),
    ],
)
def test_bad_parameters_are_told_what_is_allowed(ask, query, parameter, allowed):
    status, kind, body = ask(f"/api/metrics/dashboard?{query}")
    assert (status, kind, body["parameter"], body["allowed"]) == (400, "application/json", parameter, allowed)


def test_without_a_timeframe_it_is_a_day_and_without_a_widget_the_overview(ask):
    assert ask("/api/metrics/dashboard?widget=errors")[2]["timeframe"] == 24
    assert ask("/api/metrics/dashboard")[2]["widget"] == "overview"


def test_what_cannot_be_read_is_null(ask, machine):
    machine.readings.clear()
    assert ask("/api/metrics/dashboard?widget=overview")[2]["resources"]["cpu"] is None


def test_more_parameters_than_anybody_needs_are_refused(ask):
    assert ask("/api/metrics?" + "a=1&" * 200)[0] == 400


def test_other_methods_are_refused(ask):
    assert ask("/api/metrics", "POST")[0] == 405
    assert ask("/monitoring", "HEAD")[0] == 200


def test_a_fault_is_logged_and_not_told(service, ask, monkeypatch, caplog):
    monkeypatch.setattr(service.dashboard, "get_dashboard_data", lambda *_: 1 / 0)
    assert ask("/api/metrics/dashboard")[::2] == (
        500,
        {"error": "it cannot be answered; the application's log says why"},
    )
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


def get(app, path: str, method: str = "GET") -> httpx.Response:
    async def it() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            return await client.request(method, path)

    return asyncio.run(it())


async def hello(_request):
    return PlainTextResponse("hello")


def test_around_an_application_all_else_is_the_applications(service):
    app = asgi.MonitoringApp(Starlette(routes=[Route("/", hello), Route("/api/other", hello)]), service, start=False)

    assert get(app, "/").text == get(app, "/api/other").text == "hello"
    assert get(app, "/api/metrics").text.startswith("# HELP")
    assert get(app, "/nothing").status_code == 404
    head = get(app, "/api/metrics/dashboard?widget=overview", "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 100


def test_mounted_below_a_path(service):
    app = Starlette(routes=[Mount("/dino", asgi.MonitoringApp(service=service, start=False))])

    assert get(app, "/dino/api/metrics").text.startswith("# HELP")
    assert get(app, "/dino/monitoring").status_code == 200
    assert get(app, "/dino/x").status_code == get(app, "/api/metrics").status_code == 404


def test_a_server_starts_it_and_stops_it(service):
    lived = []

    async def application(scope, receive, send):
        while scope["type"] == "lifespan":
            kind = (await receive())["type"]
            lived.append((kind, service.is_running))
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def live():
        server = uvicorn.Server(uvicorn.Config(asgi.MonitoringApp(application, service), port=0, log_level="warning"))
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - it has no event to wait for
            await asyncio.sleep(0.01)
        server.should_exit = True
        await task

    asyncio.run(live())
    assert lived == [("lifespan.startup", True), ("lifespan.shutdown", True)]
    assert not service.is_running


def call(app, path: str, query: str = "", method: str = "GET"):
    environ, begun = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": method}, []
    setup_testing_defaults(environ)
    parts = app(environ, lambda status, headers: begun.append((status, dict(headers))))
    return *begun[0], b"".join(parts)


def page(_environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]


def test_wsgi(service):
    app = wsgi.MonitoringApp(page, service)

    assert call(app, "/")[2] == b"hello"
    assert service.is_running
    status, headers, body = call(app, "/api/metrics", "format=csv")
    assert (status, headers["content-type"]) == ("200 OK", "text/csv; charset=utf-8")
    assert headers["content-length"] == str(len(body))
    assert call(app, "/api/metrics", "format=xml")[0] == "400 Bad Request"
    assert call(app, "/monitoring", method="HEAD")[2] == b""
    assert call(wsgi.MonitoringApp(service=service, start=False), "/x")[0] == "404 Not Found"


def test_the_page_runs_its_own_script_and_nothing_else(service):
    found = answer(service, "GET", "/monitoring", "")
    policy = dict(found.headers)["content-security-policy"]

    assert re.fullmatch(
        r"default-src 'none'; script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}'; "
        r"connect-src 'self'; img-src data:; frame-ancestors 'self'",
        policy,
    )


@pytest.fixture
def address(service, registry, clock):
    """A server with an hour of events."""
    for minute in range(60):
        registry.record_api_request("comfyui", "/generate", 0.2, 500 if minute % 20 == 0 else 200, "POST")
        registry.record_model_generation("llama2-7b", 12.0, True, 200, 400)
        registry.start_user_session(str(minute))
        registry.end_user_session(str(minute - 5))
        clock.advance(60_000)
        service.collect_once()
    registry.record_error("connection_timeout", "<img src=x onerror=alert(1)>", "comfyui")
    server = uvicorn.Server(
        uvicorn.Config(asgi.MonitoringApp(service=service, start=False), port=0, log_level="warning")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/monitoring"
    server.should_exit = True
    thread.join()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_the_page_in_a_browser(address, chromium, width, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="could not import axe")
    said, asked = [], []
    with closing(chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=theme)) as context:
        tab = context.new_page()
        tab.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"{address}?range=1h")
        for widget in ("overview", "resources", "api", "models", "errors", "users"):
            tab.wait_for_selector(f"#{widget} > div > *")
        check_contents(tab)
        check_ranges_by_keyboard(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert [violation["id"] for violation in axe.Axe().run(tab).response["violations"]] == []
    assert said == []
    assert all(url.startswith((address.removesuffix("monitoring"), "data:")) for url in asked)


def check_contents(tab) -> None:
    overview = tab.inner_text("#overview")
    assert "healthy" in overview
    assert "40 %" in overview
    assert tab.locator("#resources svg").count() == 2
    assert "comfyui" in tab.inner_text("#api")
    assert "llama2-7b" in tab.inner_text("#models")
    assert "<img src=x" in tab.inner_text("#errors"), "a message is text"
    assert tab.locator("img").count() == 0
    assert "active sessions" in tab.inner_text("#users")


def check_ranges_by_keyboard(tab) -> None:
    tab.focus("input[value='1h']")
    with tab.expect_response(lambda found: "widget=api&timeframe=6" in found.url):
        tab.keyboard.press("ArrowRight")
    assert tab.evaluate("location.search") == "?range=6h"
    tab.wait_for_selector("#resources > div[data-hours='6']")
    tab.focus("#resources svg")
    tab.keyboard.press("ArrowLeft")
    assert "cpu 40 %" in tab.inner_text("#resources .key")
    tab.keyboard.press("Escape")
    assert "cpu 40 %" not in tab.inner_text("#resources .key")
    tab.focus("#theme")
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.keyboard.press("Enter")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before
    tab.keyboard.press("Enter")
