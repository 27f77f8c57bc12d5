"""Refreshing a dashboard: the CPU time of 20 panels over 24 h, with the range cache, without it, and of Prometheus.

The panels ask as the UI does: on steps at multiples of two minutes, twice a minute, from Watchglass as binary frames. It is part
of the benchmark of queries, whose data it uses.
"""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from data import END_MS
from harness import Server, print_table, prometheus, watchglass

REFRESH_MS = 30_000
STEP_MS = 120_000
RANGE_MS = 24 * 3_600_000
FRAMES = "application/x-watchglass-frames"

Start = Callable[[Path, Path], AbstractContextManager[Server]]


class Cost(NamedTuple):
    """Of one server: CPU seconds of the first drawing, and of a refresh on average."""

    first_s: float
    refresh_s: float


def draw(server: Server, panels: list[str], now_ms: int) -> None:
    """Ask for every panel of the dashboard once."""
    end_ms = now_ms // STEP_MS * STEP_MS
    times = {"start": (end_ms - RANGE_MS) / 1000, "end": end_ms / 1000, "step": STEP_MS / 1000}
    for expr in panels:
        query = urllib.parse.urlencode({"query": expr, **times})
        request = urllib.request.Request(f"{server.url}/api/v1/query_range?{query}", headers={"Accept": FRAMES})
        with urllib.request.urlopen(request, timeout=300) as response:
            response.read()


def cost(start: Start, config: Path, data: Path, panels: list[str], refreshes: int) -> Cost:
    """Draw a dashboard, then refresh it."""
    first_ms = END_MS - 600_000 - refreshes * REFRESH_MS
    with start(config, data) as server:
        began = server.cpu_seconds()
        draw(server, panels, first_ms)
        drawn = server.cpu_seconds()
        for turn in range(1, refreshes + 1):
            draw(server, panels, first_ms + turn * REFRESH_MS)
        return Cost(drawn - began, (server.cpu_seconds() - drawn) / refreshes)


def uncached(config: Path, data: Path) -> AbstractContextManager[Server]:
    """Watchglass without its range cache."""
    return watchglass(config, data, "--query.cache=0")


def measure(config: Path, path: Path, panels: list[str], refreshes: int) -> None:
    """Print the table."""
    measured = partial(cost, config=config, panels=panels, refreshes=refreshes)
    costs = {
        "Prometheus": measured(prometheus, data=path / "prometheus"),
        "Watchglass without its range cache": measured(uncached, data=path / "watchglass"),
        "Watchglass": measured(watchglass, data=path / "watchglass"),
    }
    rows = [[name, each.first_s * 1000, each.refresh_s * 1000] for name, each in costs.items()]
    title = f"{len(panels)} panels over 24 h, refreshed {refreshes} times, every {REFRESH_MS // 1000} s"
    print_table(title, ["server", "first drawing, CPU ms", "a refresh, CPU ms"], rows)
