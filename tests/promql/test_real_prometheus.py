"""The engine beside Debian's Prometheus 2.42, on the same samples: same series, same presence, same numbers.

Chosen expressions; tests/fuzz asks random ones.

2.42 has closed windows and an older order of extrapolation; the engine's `closed_windows` switch does the same.
"""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from memory import MemoryQueryable

from watchglass.errors import QueryError
from watchglass.promql.engine import Engine, EngineOptions
from watchglass.promql.render import render_json

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (shutil.which("prometheus") and shutil.which("promtool")), reason="apt-get install prometheus"
    ),
]

CASES = Path(__file__).parent / "cases"
START_MS = 1_700_000_000_000


def _lines(name: str) -> list[str]:
    lines = (CASES / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


EXPRESSIONS = _lines("differential.promql")
KNOWN = [tuple(part.strip() for part in line.split(" | ")) for line in _lines("known_differences.txt")]


def expressions(kind: str) -> list:
    """All expressions, those marked that are known to differ in this kind of query."""
    reasons = {expr: why for known, expr, why in KNOWN if known in {kind, "both"}}
    return [
        pytest.param(expr, marks=pytest.mark.xfail(reason=reasons[expr], strict=True)) if expr in reasons else expr
        for expr in EXPRESSIONS
    ]


INSTANTS = [START_MS + 1_800_000, START_MS + 3_000_123, START_MS + 7_000_000]
RANGES = [
    (START_MS, START_MS + 7_200_000, 61_000),
    (START_MS + 600_007, START_MS + 3_600_000, 15_000),
    (START_MS - 300_000, START_MS + 9_000_000, 600_000),
]


def samples() -> dict:
    """Two hours of counters with resets, noisy gauges, buckets and constant series, with jitter and gaps."""
    noise = np.random.default_rng(7)
    series = {}
    for number in range(12):
        labels = {
            "job": ["api", "web"][number % 2],
            "instance": f"i{number % 4}",
            "status": ["200", "404", "500"][number % 3],
        }
        times = START_MS + np.arange(480) * 15_000 + int(noise.integers(0, 15_000)) + noise.integers(-40, 40, 480)
        kept = noise.random(480) > 0.03
        gap = int(noise.integers(50, 380))
        kept[gap : gap + 35] = False
        counter = np.cumsum(noise.exponential(3.0, 480))
        for reset in noise.integers(5, 475, number % 4):
            counter[reset:] -= counter[reset]
        gauge = np.round(noise.normal(20, 8, 480), 3)
        gauge[noise.integers(0, 480, 3)] = np.nan
        series[_key("requests_total", labels)] = list(zip(times[kept].tolist(), counter[kept].tolist(), strict=True))
        series[_key("depth", labels)] = list(zip(times[kept].tolist(), gauge[kept].tolist(), strict=True))
    for instance in ("i0", "i1"):
        counts = np.cumsum(np.cumsum(noise.poisson(2.0, (6, 480)), axis=0), axis=1)
        for bound, row in zip(["0.1", "0.5", "1", "2.5", "10", "+Inf"], counts, strict=True):
            points = [(START_MS + 4_000 + 15_000 * i, float(value)) for i, value in enumerate(row)]
            series[_key("latency_seconds_bucket", {"instance": instance, "le": bound})] = points
    for number in range(4):
        labels = {"instance": f"i{number}", "version": str(number % 2)}
        series[_key("build_info", labels)] = [(START_MS + 60_000 * i, 1.0) for i in range(120)]
    series[_key("short_lived", {"job": "api"})] = [(START_MS + 2_000_000 + 15_000 * i, 1.0) for i in range(40)]
    return series


def _key(name: str, labels: dict) -> tuple:
    return tuple(sorted({"__name__": name, **labels}.items()))


def open_metrics(series: dict) -> str:
    lines = []
    for key, points in series.items():
        labels = dict(key)
        name = labels.pop("__name__")
        pairs = ",".join(f'{k}="{v}"' for k, v in labels.items())
        lines += [f"{name}{{{pairs}}} {value!r} {at / 1000:.3f}" for at, value in points]
    return "\n".join([*lines, "# EOF", ""])


@contextlib.contextmanager
def running_prometheus(folder: Path, text: str):
    """Prometheus over blocks made of an OpenMetrics text; gives its address."""
    (folder / "samples.om").write_text(text)
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 15s, evaluation_interval: 1m}\n")
    data = folder / "data"
    importing = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(folder / "samples.om"), str(data)]
    subprocess.run(importing, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={data}",
                f"--web.listen-address={address}",
                "--storage.tsdb.retention.time=100y",
                "--enable-feature=promql-per-step-stats",
            ],
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(f"http://{address}/-/ready", folder / "log")
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_ready(url: str, log: Path) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Prometheus's address, and the engine on the same samples."""
    series = samples()
    engine = Engine(MemoryQueryable(series), EngineOptions(closed_windows=True))
    with running_prometheus(tmp_path_factory.mktemp("prometheus"), open_metrics(series)) as address:
        yield address, engine


def ask(address: str, path: str, **params) -> dict | None:
    """The `data` of an answer; None when the query fails."""
    url = f"{address}/api/v1/{path}?{urllib.parse.urlencode(params)}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        if error.code not in {400, 422}:
            raise
        return None


def answer(query) -> dict | None:
    try:
        return json.loads(render_json(query()))
    except QueryError:
        return None


def assert_same(ours: dict | None, theirs: dict | None, *, ordered: bool = False, rel: float = 1e-9) -> None:
    assert (ours is None) == (theirs is None), "one of them fails"
    if ours is None or theirs is None:
        return
    assert ours["resultType"] == theirs["resultType"]
    left, right = ours["result"], theirs["result"]
    if ours["resultType"] in {"scalar", "string"}:
        _assert_same_points([left], [right], rel)
        return
    if not ordered:
        left, right = sorted(left, key=_labels), sorted(right, key=_labels)
    assert [s["metric"] for s in left] == [s["metric"] for s in right]
    for mine, other in zip(left, right, strict=True):
        _assert_same_points(mine.get("values", [mine.get("value")]), other.get("values", [other.get("value")]), rel)


def _labels(series: dict) -> list:
    return sorted(series["metric"].items())


def _assert_same_points(mine: list, other: list, rel: float) -> None:
    assert [time for time, _ in mine] == [time for time, _ in other]
    for (at, text), (_, wanted) in zip(mine, other, strict=True):
        assert text == wanted or _close(float(text), float(wanted), rel), f"{text} is not {wanted} at {at}"


def _close(left: float, right: float, rel: float) -> bool:
    return math.isclose(left, right, rel_tol=rel, abs_tol=1e-9)


@pytest.mark.parametrize("expr", expressions("instant"))
def test_an_instant_query_answers_as_prometheus_does(both, expr):
    address, engine = both
    for at in INSTANTS:
        theirs = ask(address, "query", query=expr, time=f"{at / 1000:.3f}")
        # Equal values have no order of their own.
        assert_same(answer(lambda at=at: engine.instant(expr, at)), theirs, ordered=expr.startswith("sort"))


@pytest.mark.parametrize("expr", expressions("range"))
def test_a_range_query_answers_as_prometheus_does(both, expr):
    address, engine = both
    for start, end, step in RANGES:
        params = {"start": f"{start / 1000:.3f}", "end": f"{end / 1000:.3f}", "step": f"{step / 1000:.3f}"}
        theirs = ask(address, "query_range", query=expr, **params)
        ours = answer(lambda start=start, end=end, step=step: engine.range(expr, start, end, step))
        assert_same(ours, theirs, ordered=True)


COUNTED = [
    "depth",
    "depth[5m]",
    "sum(depth)",
    "sum by (job)(rate(requests_total[5m]))",
    "rate(requests_total[5m]) / on(instance, job, status) depth",
    "depth + depth * depth - depth",
    "-depth",
    "(((depth))) > 20",
    "max_over_time(rate(requests_total[2m])[10m:1m])",
    "rate(requests_total[5m])[10m:1m]",
    "sum(depth @ 1700003000)",
    "quantile_over_time(0.9, depth[10m] offset 1h)",
    "timestamp(depth)",
    "absent_over_time(nothing[5m])",
    "histogram_quantile(0.9, sum by (le)(rate(latency_seconds_bucket[5m])))",
    "topk(2, depth)",
    "time() + 1",
    "depth and requests_total",
]


@pytest.mark.parametrize("expr", COUNTED)
def test_samples_are_counted_alike(both, expr):
    address, engine = both
    at_ms, end_ms, step_ms = INSTANTS[0], INSTANTS[0] + 1_200_000, 60_000
    asked = [
        (ask(address, "query", query=expr, time=at_ms / 1000, stats="all"), engine.instant(expr, at_ms, stats=True)),
    ]
    if not expr.endswith("]"):
        params = {"query": expr, "start": at_ms / 1000, "end": end_ms / 1000, "step": step_ms / 1000, "stats": "all"}
        asked.append((ask(address, "query_range", **params), engine.range(expr, at_ms, end_ms, step_ms, stats=True)))

    for theirs, ours in asked:
        counts = theirs["stats"]["samples"]
        assert ours.samples.per_step.tolist() == [count for _, count in counts["totalQueryableSamplesPerStep"]]
        assert ours.samples.total == counts["totalQueryableSamples"]
        assert ours.samples.peak == counts["peakSamples"]
