"""Load: 10,000 series scraped every 15 s, 20 dashboards refreshing every 5 s and one hostile query a second, for ten minutes.

The server has a day of history and its defaults, and one core; exporters and clients have the other. Whether scrapes were
on time is read from the server's own samples: a scrape that starts on time has its planned time as its timestamp, a late one
the time when it started. `python benchmarks/bench_load.py MINUTES` runs it for another time.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from exporter import label_text
from harness import Server, folder, free_port, print_table, watchglass

from watchglass.clock import ManualClock
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

HERE = Path(__file__).parent
EXPORTERS, SERIES = 10, 1_000
INTERVAL_MS = 15_000
HISTORY_MS = 24 * 3_600_000
CLIENT_CORE = "0"
SETTLE_S = 40  # in which free pages go back to the system
QUERY_MEMORY_BYTES = 768 * 1024 * 1024  # the server's default
CACHES_BYTES = 96 * 1024 * 1024


def backfill(path: Path, ports: list[int], end_ms: int, interval_ms: int) -> int:
    """Write a day of history of the series that will be scraped; returns the number of samples."""
    clock = ManualClock(end_ms - HISTORY_MS)
    store = MetricStore(path, StoreOptions(maintenance_thread=False, commit_interval_ms=20), clock)
    numbers = np.arange(SERIES)
    kinds = numbers % 20
    groups = [(store.open_group(f"history {port}"), _refs(store, port)) for port in ports]
    random = np.random.default_rng(1)
    scrapes = HISTORY_MS // interval_ms
    for scrape in range(scrapes):
        clock.advance(interval_ms)
        values = np.where(kinds < 8, 1000 * numbers + scrape * (numbers % 97), numbers).astype(np.float64)
        values = np.where((kinds >= 8) & (kinds < 12), np.round(50 + 40 * random.random(SERIES), 2), values)
        for place, (group, refs) in enumerate(groups):
            written = store.append(Batch(refs, values, clock.now_ms() + place * 1_000 - interval_ms, group))
        if scrape % 8 == 0:
            written.result()
            store.tick(clock.now_ms())
    store.close()
    return scrapes * SERIES * len(ports)


def _refs(store: MetricStore, port: int) -> np.ndarray:
    """The series of one exporter, under the labels that scraping gives them."""
    refs = []
    for number in range(SERIES):
        labels = dict(re.findall(r'(\w+)="([^"]*)"', label_text(number)))
        labels |= {f"exported_{name}": labels.pop(name) for name in ("instance", "job")}
        labels |= {"__name__": f"bench_{number % 50}", "instance": f"127.0.0.1:{port}", "job": "load"}
        refs.append(store.series_ref(Labels.of(labels)))
    return np.array(refs, np.uint32)


def config_text(ports: list[int]) -> str:
    """One job with all exporters."""
    targets = ", ".join(f"'127.0.0.1:{port}'" for port in ports)
    interval = f"{INTERVAL_MS // 1000}s"
    return (
        f"global: {{scrape_interval: {interval}, scrape_timeout: 10s}}\n"
        f"scrape_configs:\n- job_name: load\n  static_configs: [{{targets: [{targets}]}}]\n"
    )


def ask(server: Server, query: str) -> list[dict[str, Any]]:
    """The result of an instant query."""
    body = server.get(f"/api/v1/query?{urllib.parse.urlencode({'query': query})}")
    result: list[dict[str, Any]] = json.loads(body)["data"]["result"]
    return result


def lateness(times_ms: np.ndarray, planned_ms: int) -> tuple[np.ndarray, int]:
    """How many ms after its planned time, which is `planned_ms` into each interval, every scrape of one target started.

    Returns:
        That, and how many scrapes are missing between the first and the last.
    """
    late = (times_ms - planned_ms) % INTERVAL_MS
    late = np.where(late > INTERVAL_MS - 100, 0, late)  # a few milliseconds early
    slots = (times_ms - late - planned_ms) // INTERVAL_MS
    return late, int(slots[-1] - slots[0] + 1 - len(np.unique(slots)))


def planned_ms(times_ms: np.ndarray) -> int:
    """The place of one target's scrapes in the interval: the earliest of those that lie together."""
    phases = np.sort(times_ms % INTERVAL_MS)
    gaps = np.diff(phases, prepend=phases[-1] - INTERVAL_MS)
    return int(phases[gaps.argmax()])  # what comes after the widest gap


def scrapes(server: Server, seconds: float) -> dict[str, object]:
    """What the server's samples say of its scrapes in the last `seconds`."""
    window = f"[{int(seconds)}s]"
    rows = ask(server, f'up{{job="load"}}{window}')
    times = [np.array([round(time_s * 1000) for time_s, _ in row["values"]]) for row in rows]
    found = [lateness(each, planned_ms(each)) for each in times]
    late = np.concatenate([each for each, _ in found])
    worst = ask(server, f'max(max_over_time(scrape_duration_seconds{{job="load"}}{window}))')
    mean = ask(server, f'avg(avg_over_time(scrape_duration_seconds{{job="load"}}{window}))')
    return {
        "scrapes": sum(map(len, times)),
        "planned": round(seconds * 1000 / INTERVAL_MS) * EXPORTERS,
        "lost": sum(lost for _, lost in found),
        "within 2 ms": int((late == 0).sum()),
        "p95 lateness ms": float(np.percentile(late, 95)),
        "worst lateness ms": int(late.max(initial=0)),
        "failed": sum(value == "0" for row in rows for _, value in row["values"]),
        "mean scrape ms": float(mean[0]["value"][1]) * 1000,
        "longest scrape ms": float(worst[0]["value"][1]) * 1000,
    }


def share_of(values: list[float]) -> list[object]:
    """Count, and milliseconds at 50, 95, 99 and 100 %."""
    if not values:
        return [0, "-", "-", "-", "-"]
    return [len(values), *(float(each) * 1000 for each in np.percentile(values, [50, 95, 99, 100]))]


def watch(server: Server, clients: subprocess.Popen[bytes]) -> list[int]:
    """Resident bytes of the server, twice a second, until the clients have ended."""
    seen = []
    while clients.poll() is None:
        seen.append(server.rss_bytes())
        time.sleep(0.5)
    return seen


def attacked(server: Server, ports: list[int], minutes: float) -> None:
    """Let the clients loose, and print what came of it."""
    start_bytes = server.rss_bytes()
    instances = [f"127.0.0.1:{port}" for port in ports]
    arguments = [str(urllib.parse.urlsplit(server.url).port), str(minutes * 60), *instances]
    command = ["taskset", "-c", CLIENT_CORE, sys.executable, str(HERE / "load_clients.py"), *arguments]
    cpu, began = server.cpu_seconds(), time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:  # larger than a pipe takes
        resident = watch(server, subprocess.Popen(command, stdout=output))
        seconds = time.perf_counter() - began
        share = (server.cpu_seconds() - cpu) / seconds
        output.seek(0)
        told = json.load(output)
    scraped = scrapes(server, seconds)
    time.sleep(SETTLE_S)
    kinds = [(kind, share_of(told[kind])) for kind in ("panels", "refreshes", "hostile")]
    title = f"{minutes:g} minutes of load: {EXPORTERS * SERIES:,} series every {INTERVAL_MS // 1000} s"
    print_table(
        title, ["", "answered", "p50 ms", "p95 ms", "p99 ms", "worst ms"], [[kind, *row] for kind, row in kinds]
    )
    print_table("scrapes", list(scraped), [list(scraped.values())])
    limit = start_bytes + QUERY_MEMORY_BYTES + CACHES_BYTES
    memory = [start_bytes, max(resident), server.rss_bytes(), limit]
    columns = ["RSS MB before", "peak", "after", "limit", "CPU share", "clients' CPU share"]
    print_table("server", columns, [[*(each / 1e6 for each in memory), share, told["cpu_s"] / seconds]])
    rows = [[query, when, seconds * 1000] for seconds, when, query in told["slowest"]]
    print_table("slowest panels", ["query", "asked after s", "ms"], rows)
    print(f"refreshes skipped because the last was still being drawn: {told['skipped']}")
    print(f"panels: {told['panel_outcomes']}; hostile: {told['hostile_outcomes']}", flush=True)


def run(*, quick: bool, minutes: float | None = None) -> None:
    """Print the tables."""
    with ExitStack() as stack:
        path = stack.enter_context(folder())
        ports = [free_port() for _ in range(EXPORTERS)]
        for port in ports:
            command = ["taskset", "-c", CLIENT_CORE, sys.executable, str(HERE / "exporter.py"), str(port), str(SERIES)]
            exporter = subprocess.Popen(command)
            stack.callback(exporter.wait)
            stack.callback(exporter.terminate)
        interval_ms = 4 * INTERVAL_MS if quick else INTERVAL_MS
        samples = backfill(path / "data", ports, time.time_ns() // 1_000_000, interval_ms)
        print(f"{samples:,} samples of history", flush=True)
        config = path / "prometheus.yml"
        config.write_text(config_text(ports))
        server = stack.enter_context(watchglass(config, path / "data"))
        time.sleep(2 * INTERVAL_MS / 1000)  # every target has been scraped
        attacked(server, ports, minutes or (1 if quick else 10))


if __name__ == "__main__":
    run(quick=float(sys.argv[1]) < 5, minutes=float(sys.argv[1]))
