"""The UI's budgets, measured in Chromium: 20 panels of 50 series each, and a table of 100,000 rows.

The server is the real one, with real samples that reach a little into the future, so that ranges up to now have data for as
long as this takes. A chart counts as painted one frame after its canvas got its last line (`ui_probe.js`), counted from the
start of the navigation. Warm is a page that the browser has opened before; cold a new browser with an empty profile. Only the
server is warm in both. Mouse and wheel are real events, one each frame.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from data import values_of
from harness import Server, folder, print_table, watchglass
from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, sync_playwright

PANELS, SERIES = 20, 50
HOURS_BEFORE, HOURS_AFTER = 5, 1
INTERVAL_MS = 15_000
RANGE = {"from": "now-250m", "to": "now"}  # 1,000 scrapes
VIEWPORT = {"width": 1600, "height": 1000}
WIDE = {"width": 2400, "height": 1000}  # in which a chart over the whole width has a point for every scrape
ROWS = 100_000
FRAME_S = 1 / 60
EVENTS = 300
TIMEOUT_MS = 60_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
PROBE = (Path(__file__).parent / "ui_probe.js").read_text()


class Row(NamedTuple):
    """One figure: several measurements, whose median is held against the budget."""

    what: str
    values: list[float]
    budget: float
    unit: str = "ms"

    def cells(self) -> list[str]:
        """As a row of the table."""
        median = statistics.median(self.values)
        spread = f"{min(self.values):,.1f} - {max(self.values):,.1f}" if len(self.values) > 1 else ""
        verdict = "kept" if median <= self.budget else "over"
        return [self.what, f"{median:,.1f} {self.unit}", spread, f"{self.budget:,.0f} {self.unit}", verdict]


def write_data(path: Path, now_ms: int) -> None:
    """20 metrics of 50 instances each, half of them counters, from five hours ago on."""
    random = np.random.default_rng(3)
    count = (HOURS_BEFORE + HOURS_AFTER) * 3_600_000 // INTERVAL_MS
    times = now_ms - HOURS_BEFORE * 3_600_000 + np.arange(count) * INTERVAL_MS
    seconds = [f" {time // 1000}.{time % 1000:03d}\n" for time in times.tolist()]
    with path.open("w") as out:
        for panel in range(PANELS):
            for instance in range(SERIES):
                values = values_of(55 if panel % 2 else 5, random, count).tolist()
                head = f'ui_{panel}{{instance="10.0.0.{instance}:9100",job="gateway"}} '
                out.writelines(f"{head}{value!r}{second}" for value, second in zip(values, seconds, strict=True))
        out.write("# EOF\n")


def chart(number: int, columns: int, height: int) -> dict:
    """One of the 20 panels, on a grid of so many columns."""
    width = 24 // columns
    expr = f"ui_{number}" if number % 2 else f"rate(ui_{number}[5m])"
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": f"Panel {number + 1}",
        "gridPos": {"x": number % columns * width, "y": number // columns * height, "w": width, "h": height},
        "targets": [{"refId": "A", "expr": expr, "legendFormat": "{{instance}}"}],
    }


def board(uid: str, panels: list[dict]) -> dict:
    """A dashboard whose charts share a crosshair."""
    return {"uid": uid, "title": uid.title(), "time": RANGE, "graphTooltip": 1, "refresh": "", "panels": panels}


def boards() -> list[dict]:
    """Two abreast as usual; all in one window; over the whole width; and the table."""
    target = {"refId": "A", "expr": '{__name__=~"ui_(1|3|5|7)"}', "format": "table", "range": True}
    table = {"id": 1, "type": "table", "title": "Rows", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 24}}
    return [
        board("usual", [chart(number, 2, 8) for number in range(PANELS)]),
        board("wall", [chart(number, 4, 5) for number in range(PANELS)]),
        board("wide", [chart(number, 1, 8) for number in range(PANELS)]),
        board("table", [table | {"targets": [target]}]),
    ]


def save(server: Server, document: dict) -> None:
    """Keep a dashboard as any client of Grafana's API does."""
    body = json.dumps({"dashboard": document, "overwrite": True}).encode()
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"{server.url}/api/dashboards/db", body, headers)).close()


@contextmanager
def serving(path: Path) -> Iterator[Server]:
    """The server, with data and dashboards."""
    file = path / "ui.om"
    write_data(file, time.time_ns() // 1_000_000)
    ours = [sys.executable, "-m", "watchglass", "import", str(file), f"--data={path / 'data'}"]
    subprocess.run(ours, check=True, stdout=subprocess.DEVNULL)
    config = path / "prometheus.yml"
    config.write_text("")
    with watchglass(config, path / "data", pinned=False) as server:
        for document in boards():
            save(server, document)
        yield server


@contextmanager
def browsing(playwright: Playwright, path: Path) -> Iterator[BrowserContext]:
    """A new process of the browser with an empty profile, which it keeps on disk as it does for people."""
    profile = tempfile.mkdtemp(dir=path, prefix="profile-")
    browser = playwright.chromium.launch_persistent_context(
        profile, executable_path=shutil.which("chromium"), args=FLAGS, viewport=VIEWPORT, color_scheme="dark"
    )
    browser.add_init_script(PROBE)
    browser.add_init_script(f"bench.expect({SERIES})")
    yield browser
    browser.close()


@contextmanager
def a_page(browser: BrowserContext, viewport: dict[str, int] = VIEWPORT) -> Iterator[Page]:
    """A tab."""
    page = browser.new_page()
    page.set_viewport_size(viewport)
    yield page
    page.close()


class Painted(NamedTuple):
    """A moment in the life of a page: how one sees that it has come, and when that was, ms from the navigation's start."""

    uid: str
    came: str
    ms: str


FOLD = Painted("usual", "() => globalThis.bench?.isFoldPainted()", "bench.foldMs()")
ALL = Painted("wall", f"() => globalThis.bench?.isPainted({PANELS})", "bench.allMs()")


def visit(page: Page, server: Server, moment: Painted) -> float:
    """Open a dashboard and wait for its charts; how long that took, ms."""
    page.goto(f"{server.url}/theme.js")  # of the same site: from elsewhere, the browser first starts a process
    page.goto(f"{server.url}/d/{moment.uid}", wait_until="commit")
    page.wait_for_function(moment.came, polling=50, timeout=TIMEOUT_MS)
    return page.evaluate(moment.ms)


def warm(browser: BrowserContext, server: Server, moment: Painted, runs: int) -> list[float]:
    """ms until painted, of a page that was open before."""
    with a_page(browser) as page:
        found = [visit(page, server, moment) for _ in range(runs + 2)]
    return found[2:]  # what the browser compiles it keeps from the second time on


def cold(playwright: Playwright, path: Path, server: Server, runs: int) -> list[float]:
    """ms until the fold is painted, each in a new browser."""
    found = []
    for _ in range(runs):
        with browsing(playwright, path) as browser, a_page(browser) as page:
            found.append(visit(page, server, FOLD))
    return found


def metrics(cdp: CDPSession) -> dict[str, float]:
    """What the page's main thread has done so far, s."""
    return {each["name"]: each["value"] for each in cdp.send("Performance.getMetrics")["metrics"]}


class Motion(NamedTuple):
    """Of many events: how far frames were apart, and the script of each event, ms."""

    p50: float
    p95: float
    script: float


def moved(page: Page, events: int, event: Callable[[int], dict]) -> Motion:
    """Send one event each frame."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    page.evaluate("bench.startFrames()")
    before = metrics(cdp)["ScriptDuration"]
    due = time.perf_counter()
    for number in range(events):
        cdp.send("Input.dispatchMouseEvent", event(number))
        due += FRAME_S
        time.sleep(max(0.0, due - time.perf_counter()))
    script = metrics(cdp)["ScriptDuration"] - before
    frames = page.evaluate("bench.stopFrames()")["frames"]
    cdp.detach()
    p50, p95 = np.percentile(frames, [50, 95])
    return Motion(float(p50), float(p95), script * 1000 / events)


def see_all(page: Page) -> None:
    """Bring every panel on screen once: what was drawn stays drawn."""
    for number in range(PANELS):
        page.locator(f'[data-panel="{number + 1}"]').scroll_into_view_if_needed()
        page.wait_for_function(f"() => bench.isPainted({number + 1})", polling=50, timeout=TIMEOUT_MS)
    page.locator('[data-panel="1"]').scroll_into_view_if_needed()


def hover(page: Page, events: int) -> Motion:
    """Across a chart in the middle of the window, and back."""
    box = page.locator("[data-panel] canvas >> visible=true").nth(1).bounding_box()
    assert box is not None
    half = events // 2

    def move(number: int) -> dict:
        share = (number if number < half else events - number) / half
        x, y = box["x"] + (0.1 + 0.8 * share) * box["width"], box["y"] + (0.3 + 0.2 * share) * box["height"]
        return {"type": "mouseMoved", "x": x, "y": y}

    return moved(page, events, move)


def heap_mb(page: Page) -> float:
    """The page's JavaScript heap after a collection."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("HeapProfiler.collectGarbage")
    used = cdp.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    cdp.detach()
    return used


class Refresh(NamedTuple):
    """Of one refresh: its longest task, and the main thread's time in all, ms."""

    longest: float
    total: float


def refresh(page: Page) -> Refresh:
    """Ask for all panels again, with the key for it."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    page.evaluate("bench.forget()")
    before = metrics(cdp)["TaskDuration"]
    page.keyboard.press("r")
    page.wait_for_function(ALL.came, polling=50, timeout=TIMEOUT_MS)
    total = metrics(cdp)["TaskDuration"] - before
    cdp.detach()
    return Refresh(page.evaluate("Math.max(0, ...bench.tasks())"), total * 1000)


def motion_rows(name: str, motions: list[Motion]) -> list[Row]:
    """The figures of a mouse that moves."""
    return [
        Row(f"{name}: frame, half of them", [each.p50 for each in motions], 17),
        Row(f"{name}: frame, 95 of 100", [each.p95 for each in motions], 25),
        Row(f"{name}: script of a move", [each.script for each in motions], 3),
    ]


def wall(browser: BrowserContext, server: Server, runs: int) -> list[Row]:
    """20 charts that are all on screen."""
    with a_page(browser) as page:
        visit(page, server, ALL)
        page.wait_for_timeout(1000)
        refreshed = [refresh(page) for _ in range(runs)]
        rows = motion_rows("hover, 20 charts on screen", [hover(page, EVENTS) for _ in range(runs)])
    return [
        Row("refresh of 20 charts: longest task", [each.longest for each in refreshed], 200),
        Row("refresh of 20 charts: main thread", [each.total for each in refreshed], 450),
        *rows,
    ]


def wide(browser: BrowserContext, server: Server, runs: int) -> list[Row]:
    """20 charts of 1,000 points a series."""
    with a_page(browser, WIDE) as page:
        visit(page, server, FOLD._replace(uid="wide"))
        see_all(page)
        rows = motion_rows("hover, 1,000 points a series", [hover(page, EVENTS) for _ in range(runs)])
        return [*rows, Row("JS heap, 1,000 points a series", [heap_mb(page)], 40, "MB")]


def table(browser: BrowserContext, server: Server, runs: int) -> list[Row]:
    """The table, under the wheel."""
    with a_page(browser) as page:
        page.goto(f"{server.url}/d/table")
        page.wait_for_selector("table[aria-rowcount]", timeout=TIMEOUT_MS)
        rows = int(page.locator("table[aria-rowcount]").get_attribute("aria-rowcount") or 0) - 1
        if rows < ROWS:
            raise RuntimeError(f"the table has {rows} rows, not {ROWS}")
        wheel = {"type": "mouseWheel", "x": 800, "y": 500, "deltaX": 0, "deltaY": 120}
        motions = [moved(page, EVENTS, lambda _: wheel) for _ in range(runs)]
    return [
        Row(f"table of {rows:,} rows under the wheel: frame, half", [each.p50 for each in motions], 17),
        Row(f"table of {rows:,} rows under the wheel: frame, 95 of 100", [each.p95 for each in motions], 25),
    ]


def run(*, quick: bool) -> None:
    """Print the table."""
    runs, few = (2, 1) if quick else (7, 3)
    with folder() as path, serving(path) as server, sync_playwright() as playwright:
        with browsing(playwright, path) as browser:
            rows = [
                Row("fold painted, warm", warm(browser, server, FOLD, runs), 500),
                Row("20 charts painted, warm", warm(browser, server, ALL, runs), 800),
                *wall(browser, server, few),
                *wide(browser, server, few),
                *table(browser, server, few),
            ]
        rows.insert(1, Row("fold painted, cold", cold(playwright, path, server, runs), 1000))
    title = f"The UI in Chromium: {PANELS} panels of {SERIES} series, medians of {runs}, of motions and refreshes {few}"
    print_table(title, ["", "median", "least - most", "budget", "verdict"], [row.cells() for row in rows])
