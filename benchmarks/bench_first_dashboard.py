"""From exec of `watchglass up` to a dashboard with numbers, in a browser that is open and reloading.

The clock stops when every stat and gauge above the fold of "This machine" shows a number, at 1280 x 800. There is no
peer: with Prometheus this takes Grafana and node_exporter as well.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_startup import import_month
from harness import folder, free_port, print_table, running
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DASHBOARD = json.loads((ROOT / "src/watchglass/dashboards/builtin/this-machine.json").read_text())
TITLES = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] in ("stat", "gauge")]
VIEWPORT = {"width": 1280, "height": 800}
ALL_SHOW_NUMBERS = """titles => {
  const panels = [...document.querySelectorAll('section[aria-label]')];
  const first = titles.map(title => panels.find(panel => panel.getAttribute('aria-label') === title));
  const above = first.filter(panel => panel && panel.getBoundingClientRect().top < innerHeight);
  const text = panel => panel.innerText.replace(panel.querySelector('h2').innerText, '');
  return above.length > 0 && above.every(panel => /[0-9]/.test(text(panel)));
}"""
RELOAD_S = 0.1


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, open."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield browser
        browser.close()


def reload_until_there(page: Page, url: str) -> None:
    """Reload until the server answers."""
    while True:
        try:
            page.goto(url, wait_until="commit")
        except Error:
            time.sleep(RELOAD_S)
        else:
            return


def first_dashboard(browser: Browser, data: Path, log: Path) -> float:
    """Seconds from exec to the numbers, once."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    page = browser.new_page(viewport=VIEWPORT)
    page.goto("about:blank")
    command = [sys.executable, "-m", "watchglass", "up", f"--data={data}", f"--listen=127.0.0.1:{port}"]
    command.append("--storage.tsdb.retention.time=100y")
    with running("watchglass", command, url, log, pinned=False, wait=False) as server:
        reload_until_there(page, f"{url}/d/this-machine")
        page.wait_for_function(ALL_SHOW_NUMBERS, arg=TITLES, polling=20, timeout=20_000)
        seconds = time.perf_counter() - server.started
    page.close()
    return seconds


def run(*, quick: bool) -> None:
    """Print the table."""
    runs, series = (2, 20) if quick else (5, 200)
    rows = []
    with folder() as path, chromium() as browser:
        import_month(path, series)
        for label in ("empty", "30 days"):
            seconds = []
            for number in range(runs):
                data = path / "watchglass" if label == "30 days" else path / f"empty-{number}"
                seconds.append(first_dashboard(browser, data, path / "log"))
            rows.append([label, statistics.median(seconds), min(seconds), max(seconds)])
    print_table("First dashboard: seconds from exec to numbers", ["data", "median", "min", "max"], rows)
