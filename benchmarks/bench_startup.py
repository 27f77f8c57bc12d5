"""Start: seconds from exec to ready and to the first answer, on an empty directory and on one with 30 days."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

from data import END_MS, write_openmetrics
from harness import folder, print_table, prometheus, watchglass

CONFIG = "global: {scrape_interval: 15s}\nscrape_configs: []\n"


def import_month(path: Path, series: int) -> None:
    """Fill both data directories with 30 days at 60 s."""
    file = path / "month.om"
    write_openmetrics(file, series, 30 * 24, 60_000)
    promtool = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=240h"]
    subprocess.run([*promtool, str(file), str(path / "prometheus")], check=True, stdout=subprocess.DEVNULL)
    ours = [sys.executable, "-m", "watchglass", "import", str(file), f"--data={path / 'watchglass'}"]
    subprocess.run(ours, check=True, stdout=subprocess.DEVNULL)
    file.unlink()


def measure(start: object, config: Path, data: Path, runs: int) -> tuple[float, float]:
    """Median seconds to ready, and to the first answered query over all days."""
    query = urllib.parse.quote("count(bench_0)")
    path = f"/api/v1/query?query={query}&time={END_MS // 1000 - 60}"
    ready, answered = [], []
    for _ in range(runs):
        with start(config, data) as server:  # type: ignore[operator]
            server.get(path)
            answered.append(time.perf_counter() - server.started)
            ready.append(server.ready_after_s)
    return statistics.median(ready), statistics.median(answered)


def run(*, quick: bool) -> None:
    """Print the table."""
    series, runs = (20, 1) if quick else (200, 5)
    rows = []
    with folder() as path:
        config = path / "prometheus.yml"
        config.write_text(CONFIG)
        for label in ("empty", "30 days"):
            for name, start in (("prometheus", prometheus), ("watchglass", watchglass)):
                rows.append([name, label, *measure(start, config, path / name, runs)])
            if label == "empty":
                import_month(path, series)
    print_table("Start, median", ["server", "data", "ready after s", "first answer after s"], rows)
