"""Dashboards of a server elsewhere that is not there yet: what is said meanwhile, and that they come by themselves."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager

import pytest
from e2e_server import ask, free_port, running, wait_until

PROMETHEUS = shutil.which("prometheus")
pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(PROMETHEUS is None, reason="apt-get install prometheus"),
]


@contextmanager
def asking(port: int, folder):
    """`watchglass up` that asks a Prometheus at a port of the loopback, and collects from the machine itself."""
    own = free_port()
    command = ("watchglass", "up", "--data", f"{folder}/data", "--listen", f"127.0.0.1:{own}", "--no-gpu.enabled")
    environment = f"PROMETHEUS_URL=http://127.0.0.1:{port}"
    with running("env", environment, sys.executable, "-m", *command, log=folder / "server.log"):
        url = f"http://127.0.0.1:{own}/"
        hits = lambda: {hit["uid"] for hit in ask(f"{url}api/search")}  # noqa: E731
        wait_until(lambda: "auto-embedded-node" in hits(), "what is collected here")
        wait_until(lambda: ask(f"{url}api/datasources")[0]["watchglass"]["state"] == "down", "the first test")
        yield url


@contextmanager
def prometheus(port: int, folder):
    """Debian's Prometheus scraping itself each second."""
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: prom\n  static_configs:\n"
        f"  - targets: ['127.0.0.1:{port}']\n"
    )
    command = (PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder}/prom")
    with running(*command, f"--web.listen-address=127.0.0.1:{port}"):
        yield


@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (390, "light")])
def test_dashboards_of_a_server_that_is_not_there_yet_come_by_themselves(chromium, tmp_path, width, theme):
    port = free_port()
    with asking(port, tmp_path) as url:
        bookmark, own, listed = (
            chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=theme) for _ in range(3)
        )
        bookmark.goto(f"{url}d/auto-prom")
        bookmark.get_by_text("Waiting for Prometheus").wait_for()
        assert "Prometheus has not answered since" in bookmark.inner_text("main")
        assert bookmark.evaluate("document.documentElement.scrollWidth <= innerWidth")
        own.goto(f"{url}d/auto-node")
        own.get_by_role("link", name="What is collected here of node").wait_for()
        listed.goto(f"{url}dashboards")
        listed.locator("main").get_by_text("Its dashboards come as soon as it does").wait_for()

        with prometheus(port, tmp_path):
            for page in (bookmark, own):
                page.locator("[data-panel]").first.wait_for(timeout=30_000)
            listed.locator("main").get_by_role("link", name="prom").wait_for(timeout=30_000)
            assert bookmark.title() == "prom · Watchglass"
            assert own.title() == "node · Watchglass"
            assert "Its dashboards come" not in listed.inner_text("main")
        for page in (bookmark, own, listed):
            page.close()


def test_a_bookmark_of_no_job_says_so(chromium, server):
    page = chromium.new_page()
    page.goto(f"{server.url}d/auto-nobody")
    page.get_by_text("No job of this name has had samples in the last hour").wait_for()
    page.close()
