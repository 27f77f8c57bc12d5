"""`watchglass demo` with 30 days of five systems: how long its history takes, and its dashboards with all of it stored.

A dashboard is painted when no panel in the window (1280 x 900) waits any more, two frames later, counted from the start of the
navigation; warm is a page that the browser has opened before. There is no peer: with the field's own servers this takes a
simulator, a Prometheus and a Grafana.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench_first_dashboard import chromium
from harness import folder, free_port, print_table
from playwright.sync_api import BrowserContext

DAYS = 30
HISTORY_S, PAINT_MS = 120, 1000
VIEWPORT = {"width": 1280, "height": 900}
BOARDS = ("sidepanel-system-overview", "hybrid-main", "dinoair-monitoring", "fluxai-overview", "awareness-main")
RANGES = {"its own range": "", "30 days": "?from=now-30d&to=now"}
PAINTED = """async () => {
  const seen = () => [...document.querySelectorAll('[data-panel]')].filter((panel) => {
    const box = panel.querySelector('section > div:last-child')?.getBoundingClientRect();
    return box && box.top < innerHeight && box.bottom > 0;
  });
  const waits = (panel) => panel.querySelector('[role=status][aria-label=Loading]');
  const frame = () => new Promise(requestAnimationFrame);
  while (seen().length === 0 || seen().some(waits)) await frame();
  await frame();
  await frame();
  return performance.now();
}"""


class Shown(NamedTuple):
    """A demo that runs.

    Attributes:
        url: where it is.
        ready_s: until it answered, from the start of the command.
        history_s: until all of it was.
        samples: how many.
        bytes: on disk.
    """

    url: str
    ready_s: float
    history_s: float
    samples: int
    bytes: int


@contextmanager
def demo(path: Path) -> Iterator[Shown]:
    """The demo, from its start until all of its history is there."""
    url = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "watchglass", "demo", "--no-browser", "--folder", str(path), "--listen", url]
    begun = time.monotonic()
    process = subprocess.Popen([*command, "--days", str(DAYS)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready_s = 0.0
    for line in process.stdout:
        if "are being written" in line:
            ready_s = time.monotonic() - begun
        if found := re.search(r"All of it is there: ([\d,]+) samples", line):
            break
    taken = time.monotonic() - begun
    size = sum(file.stat().st_size for file in (path / "data").rglob("*") if file.is_file())
    yield Shown(f"http://{url}", ready_s, taken, int(found[1].replace(",", "")), size)
    process.terminate()
    process.communicate(timeout=20)


def painted(browser: BrowserContext, url: str, runs: int) -> list[float]:
    """ms until a dashboard is painted that the browser has opened before."""
    times = []
    for _ in range(runs + 1):
        page = browser.new_page()
        page.goto(url, wait_until="commit")
        times.append(page.evaluate(PAINTED))
        page.close()
    return times[1:]


def run(*, quick: bool) -> None:
    """Print the tables."""
    runs = 2 if quick else 5
    with folder() as path, demo(path / "demo") as shown, chromium() as chrome:
        per_sample = shown.bytes / shown.samples
        rows = [
            ["ready, from the command", f"{shown.ready_s:.1f} s", ""],
            [f"{DAYS} days of five systems stored", f"{shown.history_s:.0f} s", f"{HISTORY_S} s"],
            [f"{shown.samples:,} samples on disk", f"{shown.bytes / 1e6:.0f} MB, {per_sample:.2f} B a sample", ""],
        ]
        print_table("The demo", ["", "taken", "budget"], rows)
        browser = chrome.new_context(viewport=VIEWPORT)
        times = []
        for board in BOARDS:
            for name, query in RANGES.items():
                found = painted(browser, f"{shown.url}/d/{board}{query}", runs)
                spread = f"{min(found):,.0f} - {max(found):,.0f}"
                times.append([board, name, f"{statistics.median(found):,.0f} ms", spread, f"{PAINT_MS:,} ms"])
    title = f"Start pages with {DAYS} days stored, painted warm: medians of {runs}"
    print_table(title, ["dashboard", "over", "median", "least - most", "budget"], times)
