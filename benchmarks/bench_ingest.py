"""Scrape ingest and memory: samples per CPU-second, text parsing included, and resident bytes per series.

Both servers scrape the same exporter at the same short interval, each alone on one core. Watchglass's clock runs so much
faster that its scrapes are at most 15 s apart, from 23:00 UTC, so that its window holds at least three seals of every page
and one day compaction; Prometheus's own two-hourly head compaction does not fall into its window.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from harness import Server, folder, free_port, print_table, prometheus, watchglass

PAGE_SCRAPES = 128
SEALS = 3
INTERVAL_MS = {0: 1_000, 1_000: 100, 10_000: 100, 100_000: 250}
VIRTUAL_INTERVAL_MS = 15_000
WORK = (
    "watchglass_store_chunks_sealed_total ",
    "watchglass_store_compactions_total ",
    "prometheus_tsdb_compactions_total ",
)
HERE = Path(__file__).parent


def scrape_config(port: int, interval_ms: int) -> str:
    """One job with one target."""
    return (
        f"global: {{scrape_interval: {interval_ms}ms, scrape_timeout: {interval_ms}ms}}\n"
        f"scrape_configs:\n- job_name: bench\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
    )


def scrapes_done(server: Server) -> int:
    """How many scrapes of the target the server has stored."""
    query = urllib.parse.quote('count_over_time(up{job="bench"}[6h])')
    result = json.loads(server.get(f"/api/v1/query?query={query}&time={latest_time(server)}"))["data"]["result"]
    return int(float(result[0]["value"][1])) if result else 0


def print_work(server: Server, scrapes: int) -> None:
    """Say what the window held, so that nobody has to believe it."""
    text = server.get("/metrics").decode()
    work = [line for line in text.splitlines() if line.startswith(WORK)]
    print(f"{server.name}: {scrapes} scrapes; " + "; ".join(work), flush=True)


def wait_for_first_scrapes(server: Server) -> None:
    """Let the first scrapes pass: they create the series, which is another cost. Prometheus starts them after 5 s."""
    while scrapes_done(server) < 3:
        time.sleep(0.5)


def latest_time(server: Server) -> float:
    """Seconds: the server's own idea of now."""
    return float(json.loads(server.get("/api/v1/query?query=time()"))["data"]["result"][1])


def measure(start: AbstractContextManager[Server], series: int, seconds: float) -> tuple[float, float, float]:
    """Let a server scrape for `seconds`.

    Returns:
        Samples per CPU-second, CPU seconds per scrape, resident bytes at the end.
    """
    with start as server:
        wait_for_first_scrapes(server)
        cpu, scrapes = server.cpu_seconds(), scrapes_done(server)
        time.sleep(seconds)
        cpu, scrapes = server.cpu_seconds() - cpu, scrapes_done(server) - scrapes
        print_work(server, scrapes)
        return scrapes * series / max(cpu, 0.01), cpu / max(scrapes, 1), float(server.rss_bytes())


def run(*, quick: bool) -> None:
    """Print the table."""
    sizes = [0, 1_000, 10_000] if quick else [0, 1_000, 10_000, 100_000]
    rows, rss = [], {}
    for series in sizes:
        port, interval_ms = free_port(), INTERVAL_MS[series]
        seconds = 15.0 if quick else (SEALS * PAGE_SCRAPES + 10) * interval_ms / 1000
        exporter = subprocess.Popen([sys.executable, str(HERE / "exporter.py"), str(port), str(series)])
        try:
            for name, start in (("prometheus", prometheus), ("watchglass", fast_watchglass(interval_ms))):
                with folder() as path:
                    config = path / "prometheus.yml"
                    config.write_text(scrape_config(port, interval_ms))
                    rate, per_scrape, resident = measure(start(config, path / "data"), series, seconds if series else 5)
                rss[name, series] = resident
                growth = (resident - rss[name, 0]) / series if series else 0.0
                rows.append([name, series, rate, per_scrape * 1000, resident / 1e6, growth])
        finally:
            exporter.terminate()
            exporter.wait()
    print_table(
        "Scrape ingest, one core (text parsing, seals and compaction included)",
        ["server", "series", "samples / CPU-s", "CPU ms / scrape", "RSS MB", "RSS bytes / series"],
        rows,
    )


def fast_watchglass(interval_ms: int) -> Callable[[Path, Path], AbstractContextManager[Server]]:
    """Watchglass on a clock that starts at 23:00 UTC and on which scrapes are at most 15 s apart."""
    speed = str(VIRTUAL_INTERVAL_MS // interval_ms)

    def start(config: Path, data: Path) -> AbstractContextManager[Server]:
        return watchglass(config, data, entry=(str(HERE / "fast_clock.py"), speed, "up"))

    return start
