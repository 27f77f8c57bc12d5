"""Queries: the latency of 25 dashboard queries over HTTP with JSON, each server alone on one core, in turns.

Warm is a query asked again after a step of 15 s; cold is the first query after a restart of its server. The sets of series in
the answers must be the same.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import urllib.parse
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench_refresh import measure
from bench_startup import CONFIG
from data import END_MS
from harness import Server, folder, print_table, prometheus, watchglass
from profile_query import print_profile
from query_data import write_query_data

STEP_MS = 15_000
RATIO = 'sum by (model)(rate(a_requests_total{status="500"}[5m])) / sum by (model)(rate(a_requests_total[5m]))'
BUCKETS = "histogram_quantile(0.95, sum by (le, model)(rate(a_latency_seconds_bucket[5m])))"
GROUP_LEFT = 'a_queue_depth{instance="10.0.0.1:9100"} / on(model) group_left sum by (model)(a_queue_depth)'


class Asked(NamedTuple):
    """A range query: its text, how far it looks, and the distance of its steps."""

    expr: str
    hours: int
    step_s: int


QUERIES = (
    Asked("sum by (model)(rate(a_requests_total[5m]))", 1, 15),
    Asked("sum by (model)(rate(a_requests_total[5m]))", 6, 60),
    Asked("sum by (model)(rate(a_requests_total[5m]))", 24, 300),
    Asked("rate(a_requests_total[5m])", 1, 15),
    Asked("sum(rate(b_requests_total[5m]))", 1, 15),
    Asked("sum by (model)(rate(b_requests_total[5m]))", 6, 60),
    Asked(BUCKETS, 1, 15),
    Asked(BUCKETS, 24, 300),
    Asked("topk(5, rate(a_requests_total[5m]))", 6, 60),
    Asked("max_over_time(a_queue_depth[1h])", 6, 60),
    Asked("max_over_time(a_queue_depth[1h])", 24, 300),
    Asked("avg_over_time(a_queue_depth[5m])", 24, 300),
    Asked("quantile_over_time(0.9, a_queue_depth[10m])", 6, 60),
    Asked("count by (model)(a_queue_depth > 20)", 6, 60),
    Asked("a_queue_depth", 1, 15),
    Asked("avg by (model)(a_queue_depth)", 24, 300),
    Asked("sum(increase(a_requests_total[24h]))", 1, 300),
    Asked(RATIO, 6, 60),
    Asked("max_over_time(rate(a_requests_total[5m])[1h:1m])", 6, 300),
    Asked("quantile(0.9, a_queue_depth)", 6, 60),
    Asked(GROUP_LEFT, 6, 60),
    Asked("delta(a_queue_depth[10m])", 6, 60),
    Asked('irate(a_requests_total{model="gpt-1"}[5m])', 1, 15),
    Asked('min_over_time(a_queue_depth{model="gpt-1"}[30m])', 6, 60),
    Asked('sum(a_requests_total{model=~"gpt-1.*"})', 6, 60),
)


def path_of(asked: Asked, end_ms: int) -> str:
    """The request that a dashboard sends."""
    end = end_ms / 1000
    values = {"query": asked.expr, "start": end - asked.hours * 3600, "end": end, "step": asked.step_s}
    return "/api/v1/query_range?" + urllib.parse.urlencode(values)


def seconds_of(server: Server, asked: Asked, end_ms: int) -> tuple[float, bytes]:
    """How long an answer takes, and the answer."""
    started = time.perf_counter()
    body = server.get(path_of(asked, end_ms), timeout_s=300)
    return time.perf_counter() - started, body


def series_in(body: bytes) -> set[str]:
    """The label sets of an answer."""
    return {json.dumps(each["metric"], sort_keys=True) for each in json.loads(body)["data"]["result"]}


def fill(path: Path, share: float) -> int:
    """Write the data into both servers' directories by their own import commands; returns the number of samples."""
    file = path / "data.om"
    samples = write_query_data(file, share)
    ours = [sys.executable, "-m", "watchglass", "import", str(file), f"--data={path / 'watchglass'}"]
    promtool = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=24h"]
    for command in (ours, [*promtool, str(file), str(path / "prometheus")]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    file.unlink()
    return samples


def warm(config: Path, path: Path, runs: int) -> list[tuple[float, float]]:
    """Median seconds of Prometheus and of Watchglass for each query, each run a step later, in turns."""
    found = []
    with ExitStack() as stack:
        servers = [
            stack.enter_context(start(config, path / name))
            for name, start in (("prometheus", prometheus), ("watchglass", watchglass))
        ]
        for asked in QUERIES:
            times: tuple[list[float], list[float]] = [], []
            for turn in range(runs + 1):
                end_ms = END_MS - 600_000 + turn * STEP_MS
                answers = [seconds_of(server, asked, end_ms) for server in servers]
                assert series_in(answers[0][1]) == series_in(answers[1][1]), f"other series: {asked.expr}"
                if turn:
                    for kept, (seconds, _) in zip(times, answers, strict=True):
                        kept.append(seconds)
            found.append((statistics.median(times[0]), statistics.median(times[1])))
    return found


def cold(config: Path, path: Path, restarts: int) -> list[tuple[float, float]]:
    """Median seconds of Prometheus and of Watchglass for each query as the first one after a restart."""
    found = []
    for asked in QUERIES:
        times: tuple[list[float], list[float]] = [], []
        for _ in range(restarts):
            for kept, (name, start) in zip(
                times, (("prometheus", prometheus), ("watchglass", watchglass)), strict=True
            ):
                with start(config, path / name) as server:
                    kept.append(seconds_of(server, asked, END_MS - 600_000)[0])
        found.append((statistics.median(times[0]), statistics.median(times[1])))
    return found


def run(*, quick: bool) -> None:
    """Print the table."""
    share, runs, restarts = (0.1, 2, 1) if quick else (1.0, 5, 7)
    with folder() as path:
        config = path / "prometheus.yml"
        config.write_text(CONFIG)
        samples = fill(path, share)
        hot, first = warm(config, path, runs), cold(config, path, restarts)
        report(samples, hot, first)
        for asked, *pairs in zip(QUERIES, hot, first, strict=True):
            if any(theirs < ours for theirs, ours in pairs):
                profile(path / "watchglass", asked)
        measure(config, path, list(dict.fromkeys(asked.expr for asked in QUERIES))[:20], 4 if quick else 20)


def profile(data: Path, asked: Asked) -> None:
    """Print where the time of a query goes that takes longer than with Prometheus."""
    end_ms = END_MS - 600_000
    print_profile(data, asked.expr, end_ms - asked.hours * 3_600_000, end_ms, asked.step_s * 1000)


def report(samples: int, hot: list[tuple[float, float]], first: list[tuple[float, float]]) -> None:
    """Print the table, and what it comes to."""
    rows = [
        [asked.expr[:60], f"{asked.hours} h / {asked.step_s} s", *_row(one), *_row(other)]
        for asked, one, other in zip(QUERIES, hot, first, strict=True)
    ]
    headings = [
        "query",
        "range / step",
        "Prometheus ms",
        "ours ms",
        "ratio",
        "cold Prometheus ms",
        "cold ours ms",
        "ratio",
    ]
    print_table(f"25 queries on {samples:,} samples, over HTTP, one core each", headings, rows)
    for label, pairs in (("warm", hot), ("cold", first)):
        ratios = [theirs / ours for theirs, ours in pairs]
        print(
            f"{label}: geometric mean {statistics.geometric_mean(ratios):.2f} times Prometheus, worst {min(ratios):.2f}"
        )


def _row(pair: tuple[float, float]) -> list[float]:
    theirs, ours = pair
    return [theirs * 1000, ours * 1000, theirs / ours]
