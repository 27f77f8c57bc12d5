"""Importing the SDK: what an application's start pays for it, beside `prometheus_client` alone."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from harness import print_table

CASES = (
    ("Python alone", ""),
    ("prometheus_client", "import prometheus_client"),
    ("watchglass.sdk.metrics", "import watchglass.sdk.metrics"),
    (
        "with packs and all middleware",
        "from watchglass.sdk import asgi, database_metrics, endpoint, redis_metrics, wsgi",
    ),
    (
        "and the metrics of a pack made",
        "from watchglass.sdk.pack_metrics import PackMetrics; PackMetrics('awareness_network')",
    ),
)


def seconds(code: str) -> float:
    """How long a process takes that does just this, its modules compiled as pip leaves them."""
    began = time.perf_counter()
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environ)
    return time.perf_counter() - began


def run(*, quick: bool) -> None:
    """Print the table; the cases take turns, so that what else the machine does meets them all."""
    for _, code in CASES:
        seconds(code)
    rounds = [[seconds(code) for _, code in CASES] for _ in range(5 if quick else 25)]
    medians = [statistics.median(each) * 1000 for each in zip(*rounds, strict=True)]
    rows = [[name, median - medians[0]] for (name, _), median in zip(CASES, medians, strict=True)]
    print_table("Import of the SDK, median", ["what", "ms over Python alone"], rows)
