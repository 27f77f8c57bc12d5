"""A real server with real targets, and Debian's Chromium to look at it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from e2e_server import CONFIG, EXPORTER, ROOT, STATIC, ask, free_port, running, wait_until, watchglass
from editing_support import post
from library_support import Library
from shop_support import shop_server

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Watchglass scraping a node_exporter, the chat app under load, and a target that is not there."""
    if EXPORTER is None or CHROMIUM is None:
        pytest.skip("apt-get install prometheus-node-exporter chromium")
    if not (STATIC / "index.html").is_file():
        pytest.fail("the UI is not built: run `npm ci && npm run build` in web/")
    node, chat = free_port(), free_port()
    with ExitStack() as stack:
        stack.enter_context(running(EXPORTER, f"--web.listen-address=127.0.0.1:{node}"))
        stack.enter_context(running(sys.executable, "examples/chat_app/app.py", "--port", str(chat)))
        wait_until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{chat}/health", timeout=5), "the chat app")
        stack.enter_context(running(sys.executable, "examples/chat_app/load.py", "--url", f"http://127.0.0.1:{chat}"))
        config = CONFIG.format(node=node, chat=chat)
        watched = stack.enter_context(watchglass(tmp_path_factory.mktemp("server"), config))
        samples = f"{watched.url}api/v1/query?query=count_over_time(chat_tokens_total[1m])"
        many = lambda: any(float(series["value"][1]) >= 12 for series in ask(samples)["data"]["result"])  # noqa: E731
        wait_until(many, "a dozen scrapes of the chat app under load", 90)
        yield watched


class Watch:
    """What a page must not do: complain on the console, or talk to anybody but its own server."""

    def __init__(self, page, url: str) -> None:
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: request.url.startswith(url) or self.foreign.append(request.url))

    def _on_console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@contextmanager
def opener(chromium, url: str):
    """Opens pages of a server, each in a browser profile of its own, closed at the end."""
    with ExitStack() as stack:

        def open_page(path: str = "", *, width: int = 1280, theme: str = "dark", before=None):
            height = 800 if width > 500 else 844
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,
                reduced_motion="reduce",
                locale="en-GB",
                timezone_id="UTC",
            )
            stack.callback(context.close)
            page = context.new_page()
            page.watch = Watch(page, url)
            if before is not None:
                before(page)
            page.goto(url + path)
            return page

        yield open_page


@pytest.fixture
def open_page(chromium, server):
    """Opens pages of the server that watches targets."""
    with opener(chromium, server.url) as open_page:
        yield open_page


@pytest.fixture(scope="session")
def library_server(tmp_path_factory):
    """Watchglass with nothing to scrape but itself, and a folder of dashboards on disk that it follows."""
    if CHROMIUM is None:
        pytest.skip("apt-get install chromium")
    if not (STATIC / "index.html").is_file():
        pytest.fail("the UI is not built: run `npm ci && npm run build` in web/")
    folder = tmp_path_factory.mktemp("library")
    (folder / "disk").mkdir()
    (folder / "watchglass.yml").write_text("dashboards: {folders: [./disk]}\n")
    with watchglass(folder, "global: {scrape_interval: 1s}\n") as watched:
        yield Library(watched.url, folder / "disk")


@pytest.fixture(scope="session")
def host_server(tmp_path_factory):
    """Watchglass with nothing to watch but its own machine, which it reads every second."""
    if CHROMIUM is None:
        pytest.skip("apt-get install chromium")
    folder = tmp_path_factory.mktemp("host")
    (folder / "watchglass.yml").write_text("host: {interval: 1s}\n")
    with watchglass(folder, "global: {scrape_interval: 1s}\n") as watched:
        yield watched


@pytest.fixture
def open_host(chromium, host_server):
    """Opens its pages."""
    with opener(chromium, host_server.url) as open_page:
        yield open_page


@pytest.fixture
def library(library_server):
    """That server without a dashboard, folder or star."""
    library_server.clear()
    return library_server


@pytest.fixture
def open_library(chromium, library):
    """Opens its pages."""
    with opener(chromium, library.url) as open_page:
        yield open_page


SYSTEMS = ("sidepanel", "awareness_network", "hybrid_ai_stack", "dinoair")


@contextmanager
def simulated(*systems: str):
    """Systems that are simulated live; gives the address of each job."""
    command = [sys.executable, "-m", "watchglass.simulate.targets"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(json.dumps({"systems": systems, "seed": 1, "faults": {}}).encode() + b"\n")
        process.stdin.flush()
        yield json.loads(process.stdout.readline())
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def pack_server(tmp_path_factory):
    """Watchglass with two systems that are simulated, and a pack that is broken."""
    if CHROMIUM is None:
        pytest.skip("apt-get install chromium")
    folder = tmp_path_factory.mktemp("packs")
    (folder / "broken").mkdir()
    (folder / "broken/metrics.yaml").write_text("metrics: []\n")
    (folder / "broken/pack.yaml").write_text("titel: Broken\n")
    with simulated(*SYSTEMS) as addresses:
        targets = [f"{job}={address}" for job, address in addresses.items()]
        settings = {"packs": [*SYSTEMS, "./broken"], "pack": {"targets": targets}, "host": {"interval": "1s"}}
        (folder / "watchglass.yml").write_text(json.dumps(settings))
        with watchglass(folder, "global: {scrape_interval: 1s}\n") as watched:
            board = f"{watched.url}api/v1/packs/awareness_network/board"
            graded = lambda: sum(row["value"] is not None for row in ask(board)["data"]["rows"]) >= 6  # noqa: E731
            wait_until(graded, "most of the health board", 90)
            yield watched


@pytest.fixture(scope="session")
def gateway_server(tmp_path_factory):
    """Watchglass with FluxAI, which the other one lacks, simulated."""
    if CHROMIUM is None:
        pytest.skip("apt-get install chromium")
    folder = tmp_path_factory.mktemp("gateway")
    with simulated("fluxai") as addresses:
        targets = [f"{job}={address}" for job, address in addresses.items()]
        settings = {"packs": ["fluxai"], "pack": {"targets": targets}, "host": {"enabled": False}}
        (folder / "watchglass.yml").write_text(json.dumps(settings))
        with watchglass(folder, "global: {scrape_interval: 1s}\n") as watched:
            rate = f"{watched.url}api/v1/query?query=rate(fluxai_requests_total[1m])"
            wait_until(lambda: ask(rate)["data"]["result"], "requests of the gateway", 90)
            yield watched


@pytest.fixture
def open_gateway(chromium, gateway_server):
    """Opens its pages."""
    with opener(chromium, gateway_server.url) as open_page:
        yield open_page


@pytest.fixture
def open_pack(chromium, pack_server):
    """Opens its pages."""
    with opener(chromium, pack_server.url) as open_page:
        yield open_page


@pytest.fixture(scope="session")
def shop_watched(tmp_path_factory):
    """Watchglass with a shop whose rules fire, with routes, and with somebody who takes what is sent."""
    if CHROMIUM is None:
        pytest.skip("apt-get install chromium")
    with shop_server(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture
def shop(shop_watched):
    """That shop without a silence."""
    shop_watched.calm()
    return shop_watched


@pytest.fixture
def open_shop(chromium, shop):
    """Opens its pages."""
    with opener(chromium, shop.url) as open_page:
        yield open_page


@pytest.fixture(scope="session")
def bare_server(tmp_path_factory):
    """Watchglass without a rule or a route."""
    if CHROMIUM is None:
        pytest.skip("apt-get install chromium")
    folder = tmp_path_factory.mktemp("bare")
    (folder / "watchglass.yml").write_text("rules: {watch_self: false}\nhost: {enabled: false}\n")
    with watchglass(folder, "global: {scrape_interval: 1s}\n") as watched:
        yield watched


@pytest.fixture
def open_bare(chromium, bare_server):
    """Opens its pages."""
    with opener(chromium, bare_server.url) as open_page:
        yield open_page


@pytest.fixture
def saved(server):
    """Saves dashboards for a test, and takes them away after it."""
    uids = []

    def save(document: dict, message: str = "") -> dict:
        uids.append(document["uid"])
        return post(f"{server.url}api/dashboards/db", {"dashboard": document, "message": message})

    yield save
    for uid in set(uids):
        request = urllib.request.Request(f"{server.url}api/dashboards/uid/{uid}", method="DELETE")
        with suppress(urllib.error.HTTPError):  # a test may have deleted it itself
            urllib.request.urlopen(request, timeout=10).close()


def pytest_collection_modifyitems(items) -> None:
    """Everything here drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
