"""A made day of a whole company: 2,000 series of timestamped OpenMetrics, the same on every machine.

Every metric that the guides ask for is here with likely labels, the demo service of the compliance list, and families made
for the seams: samples exactly on the edges of windows, five minutes apart, or a millisecond off; gaps, late beginnings and
early ends; counters that restart; NaN, infinities, negative zero and numbers at the ends of what a float holds. From 10:00
to 11:00 of the day there is an incident: errors, slowness and cost multiply.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

START_MS = 1_700_000_040_000  # a whole minute
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
END_MS = START_MS + DAY_MS
INCIDENT = (START_MS + 10 * HOUR_MS, START_MS + 11 * HOUR_MS)
QUIET = (START_MS + 18 * HOUR_MS, START_MS + 21 * HOUR_MS)
SERIES = 2_000
SEED = 20_261

Random = np.random.Generator

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30)
SHORT = (0.01, 0.1, 1, 5)


class Family(NamedTuple):
    """A metric: its kind, its labels with their values, how it is scraped, and what else its kind wants to know."""

    name: str
    kind: str
    labels: dict[str, tuple[str, ...]]
    scrape: str = "minute"
    level: float = 10.0
    bounds: tuple[float, ...] = ()


def _job(job: str, *instances: str, **labels: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {"job": (job,), "instance": instances or (f"{job}:8080",), **labels}


_MODELS = ("tinyllama", "phi2", "claude-sonnet")
_GATEWAY = _job("api-gateway", "gateway-1:8080", "gateway-2:8080")
_REQUESTS = {**_GATEWAY, "model": _MODELS, "backend": ("local", "cloud"), "status": ("success", "error")}
_SIDEPANEL = _job("sidepanel")
_FLUX = {**_job("fluxai"), "model": ("gpt-4o", "llama-3"), "region": ("eu", "us")}
_APP = _job("awareness-network", "app-1:3001", "app-2:3001")
_NODE = _job("node", "10.0.0.1:9100", "10.0.0.2:9100", "10.0.0.3:9100")
_DEMO = _job("demo", *(f"demo.promlabs.com:1000{number}" for number in range(3)))
_EDGE = _job("edge", "e1", "e2")

FAMILIES = (
    # the guides
    Family("sidepanel_ws_active_connections", "gauge", _SIDEPANEL, "quarter"),
    Family("sidepanel_ws_connections_total", "counter", _SIDEPANEL, "quarter"),
    Family(
        "sidepanel_requests_total",
        "counter",
        {**_SIDEPANEL, "method": ("get", "post"), "status": ("ok", "error")},
        "jitter",
    ),
    Family("sidepanel_request_duration_seconds", "histogram", {**_SIDEPANEL, "method": ("get", "post")}, bounds=SECONDS),
    Family("sidepanel_venice_balance_diem", "balance", _SIDEPANEL, level=40),
    Family("sidepanel_venice_tokens_total", "counter", {**_SIDEPANEL, "type": ("prompt", "completion")}, level=300),
    Family("sidepanel_venice_reset_timestamp_seconds", "daily", _SIDEPANEL),
    Family("sidepanel_venice_request_duration_seconds", "histogram", _SIDEPANEL, bounds=SECONDS),
    Family("sidepanel_sessions_active", "gauge", _SIDEPANEL),
    Family("sidepanel_sessions_created_total", "counter", {**_SIDEPANEL, "model": ("a", "b", "c", "d", "e")}),
    Family("sidepanel_session_duration_seconds", "histogram", _SIDEPANEL, bounds=SHORT),
    Family("sidepanel_session_messages", "histogram", _SIDEPANEL, bounds=SHORT),
    Family("sidepanel_session_tokens", "histogram", _SIDEPANEL, bounds=SHORT),
    Family("up", "up", {"job": ("sidepanel", "ollama", "api-gateway", "fluxai"), "instance": ("a", "b")}, "quarter"),
    Family("api_gateway_requests_total", "counter", {**_REQUESTS, "complexity": ("low", "high")}, "jitter", 5),
    Family("api_gateway_request_duration_seconds", "histogram", {**_GATEWAY, "model": _MODELS}, bounds=SECONDS),
    Family("api_gateway_requests_in_progress", "gauge", {**_GATEWAY, "model": _MODELS}),
    Family("api_gateway_cost_total", "float counter", {**_GATEWAY, "model": _MODELS}, level=60),
    Family("api_gateway_model_latency_seconds", "histogram", {**_GATEWAY, "model": _MODELS}, bounds=SHORT),
    Family("api_gateway_routing_latency_seconds", "histogram", _GATEWAY, bounds=SHORT),
    Family("api_gateway_health", "up", _GATEWAY),
    Family("ollama_models_loaded", "gauge", _job("ollama"), "late"),
    Family("node_cpu_seconds_total", "float counter", {**_NODE, "cpu": ("0", "1"), "mode": ("idle", "user", "system")}, level=25),
    Family("node_memory_MemAvailable_bytes", "bytes", _NODE, level=8e9),
    Family("node_memory_MemTotal_bytes", "constant", _NODE, level=16e9),
    Family("node_filesystem_avail_bytes", "bytes", {**_NODE, "mountpoint": ("/", "/data")}, level=3e10),
    Family("node_filesystem_size_bytes", "constant", {**_NODE, "mountpoint": ("/", "/data")}, level=6e10),
    Family("node_network_receive_bytes_total", "counter", {**_NODE, "device": ("eth0", "lo")}, level=9e6),
    Family("dinoair_cpu_usage_percent", "gauge", _job("dinoair"), level=60),
    Family("dinoair_custom_error_rate_per_minute", "gauge", _job("dinoair"), level=3),
    Family("fluxai_requests_total", "counter", {**_FLUX, "status": ("ok", "error")}),
    Family("fluxai_request_duration_seconds", "histogram", _FLUX, bounds=SECONDS),
    Family("fluxai_cost_dollars_total", "float counter", {**_FLUX, "account": ("acme", "zeta")}, level=0.01),
    Family("fluxai_cache_hits_total", "counter", {**_job("fluxai"), "model": ("gpt-4o", "llama-3"), "type": ("exact", "semantic")}),
    Family("fluxai_cache_misses_total", "counter", {**_job("fluxai"), "model": ("gpt-4o", "llama-3")}),
    Family("fluxai_tokens_total", "counter", {**_FLUX, "type": ("input", "output")}, level=900),
    Family("fluxai_cache_cost_saved_dollars_total", "float counter", {**_FLUX, "type": ("exact", "semantic")}, level=0.01),
    Family("fluxai_cache_tokens_saved_total", "counter", {**_FLUX, "type": ("exact", "semantic")}, level=50),
    Family("fluxai_model_up", "up", _FLUX),
    Family("http_requests_total", "counter", {**_APP, "method": ("GET", "POST"), "path": ("/a", "/b"), "status": ("200", "404", "500", "503")}, "lossy", 6),
    Family("http_request_duration_seconds", "histogram", {**_APP, "method": ("GET", "POST")}, bounds=SECONDS),
    Family("http_active_connections", "gauge", _APP),
    Family("ws_active_connections", "gauge", {**_APP, "type": ("user", "agent")}),
    Family("collab_active_sessions", "sessions", _APP),
    Family("collab_sessions_total", "quiet counter", {**_APP, "status": ("completed", "failed")}),
    Family("collab_session_duration_seconds", "histogram", _APP, bounds=SHORT),
    Family("collab_thoughts_total", "counter", {**_APP, "agent": ("ana", "bo"), "category": ("idea", "risk")}, "jitter"),
    Family("db_query_total", "counter", {**_APP, "operation": ("read", "write"), "model": ("user", "package")}),
    Family("db_query_duration_seconds", "histogram", {**_APP, "operation": ("read", "write")}, bounds=SHORT),
    Family("db_pool_active_connections", "gauge", _APP),
    Family("db_pool_idle_connections", "gauge", _APP),
    Family("db_pool_waiting_requests", "sessions", _APP),
    Family("db_errors_total", "counter", {**_APP, "operation": ("read",), "error_type": ("timeout", "lock")}, level=0.1),
    Family("redis_cache_hits_total", "counter", _APP, level=30),
    Family("redis_cache_misses_total", "counter", _APP, level=9),
    Family("redis_commands_total", "counter", {**_APP, "command": ("get", "set")}),
    Family("redis_connected", "up", _APP),
    Family("redis_memory_used_bytes", "bytes", _job("redis"), level=1e8),
    Family("process_cpu_user_seconds_total", "float counter", _APP, level=4),
    Family("process_cpu_system_seconds_total", "float counter", _APP, level=1),
    Family("process_resident_memory_bytes", "bytes", _APP, level=1.6e9),
    Family("process_heap_bytes", "bytes", _APP, level=4e8),
    Family("nodejs_eventloop_lag_seconds", "gauge", _APP, level=0.2),
    # the demo service of the compliance list
    Family("demo_memory_usage_bytes", "bytes", {**_DEMO, "type": ("buffers", "cached", "free", "used")}, "quarter", 1e9),
    Family("demo_cpu_usage_seconds_total", "float counter", {**_DEMO, "mode": ("idle", "system", "user")}, "quarter", 5),
    Family("demo_disk_usage_bytes", "bytes", _DEMO, "jitter", 5e10),
    Family("demo_disk_total_bytes", "constant", _DEMO, level=1e11),
    Family("demo_num_cpus", "constant", _DEMO, level=4),
    Family("demo_api_request_duration_seconds", "histogram", {**_DEMO, "path": ("/api/bar", "/api/foo"), "status": ("200", "500")}, bounds=SECONDS),
    Family("demo_batch_last_success_timestamp_seconds", "stepping", _DEMO),
    Family("demo_intermittent_metric", "gauge", _DEMO, "intermittent"),
    # the seams
    Family("edge_five_minutes", "gauge", {**_EDGE, "n": ("1", "2")}, "five"),
    Family("edge_five_minutes_total", "counter", {**_EDGE, "n": ("1", "2")}, "five"),
    Family("edge_lossy_total", "counter", {**_EDGE, "n": ("1", "2", "3", "4")}, "lossy"),
    Family("edge_irregular_total", "float counter", {**_EDGE, "n": ("1", "2", "3", "4")}, "irregular"),
    Family("edge_irregular", "gauge", {**_EDGE, "n": ("1", "2", "3", "4")}, "irregular"),
    Family("edge_twins", "gauge", {**_EDGE, "n": ("1", "2", "3")}, "early", level=5),
    Family("edge_twins_again", "gauge", {**_EDGE, "n": ("1", "2", "3")}, "late", level=5),
    Family("edge_strange", "strange", {**_EDGE, "n": ("1", "2", "3")}),
    Family("edge_not_a_number", "nan", {**_EDGE, "n": ("1", "2")}),
    Family("edge_infinite", "infinite", {**_EDGE, "n": ("1", "2", "3")}, "early"),
    Family("edge_extreme", "extreme", {**_EDGE, "n": ("1", "2")}),
    Family("edge_rises", "line", _EDGE, "quarter", 3),
    Family("edge_whole", "whole", {**_EDGE, "n": ("1", "2", "3")}, "jitter"),
    Family("edge_brief_total", "counter", {**_EDGE, "n": ("1", "2", "3")}, "brief"),
    Family("edge_once", "constant", _EDGE, "once"),
    Family("edge_broken", "broken histogram", _EDGE, bounds=SHORT),
    Family("edge_info", "constant", {**_EDGE, "version": ("1.0", "1.1"), "note": ('a \\"b\\" \\\\c',)}, level=1),
    Family("target_info", "constant", {"job": ("edge", "demo"), "instance": ("e1", "e2"), "owner": ("x",)}, level=1),
)  # fmt: skip

LASTING = 500
"""So many machines of a fleet report all day; short-lived ones make up what is then missing of SERIES."""


def times_of(scrape: str, random: Random) -> np.ndarray:
    """[n] ms: when one target is scraped."""
    match scrape:
        case "quarter":  # on the second, so that windows and steps end exactly on samples
            return np.arange(START_MS, END_MS + 1, 15_000)
        case "jitter":
            return np.arange(START_MS, END_MS, 30_000) + random.integers(-40, 41, DAY_MS // 30_000)
        case "five":
            return np.arange(START_MS, END_MS + 1, 300_000)
        case "irregular":
            steps = random.exponential(90_000, 2 * DAY_MS // 90_000).astype(np.int64) + 1
            times = START_MS + np.cumsum(steps)
            return times[times <= END_MS]
        case "once":
            return np.array([START_MS + 12 * HOUR_MS + 1])
    phase = int(random.integers(60_000))
    minutes = np.arange(START_MS + phase, END_MS, 60_000)
    hours = (minutes - START_MS) / HOUR_MS
    match scrape:
        case "lossy":
            gap = random.uniform(1, 22)
            kept = (random.random(len(minutes)) > 0.05) & ~((hours > gap) & (hours < gap + 0.4))
            return minutes[kept] + random.integers(-900, 900, kept.sum())
        case "intermittent":
            return minutes[(minutes // 600_000) % 3 > 0]
        case "early":
            return minutes[hours < 14.5]
        case "late":
            return minutes[hours > 9.5]
        case "brief":
            begin = random.uniform(0, 23)
            return minutes[(hours > begin) & (hours < begin + 0.3)]
    return minutes


def _within(times: np.ndarray, span: tuple[int, int]) -> np.ndarray:
    return (times >= span[0]) & (times < span[1])


def _surge(times: np.ndarray, labels: tuple[str, ...]) -> np.ndarray:
    """[n] by how much an incident multiplies what a series counts."""
    said = {*labels}
    costly = "cloud" in said or ("claude-sonnet" in said and "local" not in said)
    factor = 40.0 if {"error", "500", "503"} & said else 12.0 if costly else 1.5
    return np.where(_within(times, INCIDENT), factor, 1.0)


def _restarted(totals: np.ndarray, random: Random) -> np.ndarray:
    """The same counter, set back to where it was before, up to three times."""
    for at in random.integers(1, len(totals) + 1, int(random.integers(4))):
        totals[at:] -= totals[min(at, len(totals) - 1)]
    return np.maximum(totals, 0)


def _increments(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    share = random.uniform(0.2, 1.5) * (0.05 if {"error", "500", "503"} & {*labels} else 1)
    return family.level * share * _surge(times, labels)


def _counter(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return _restarted(np.cumsum(random.poisson(_increments(family, times, labels, random))).astype(float), random)


def _float_counter(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return _restarted(np.cumsum(random.gamma(2, _increments(family, times, labels, random) / 2)), random)


def _quiet_counter(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    added = random.poisson(family.level, len(times))
    added[_within(times, QUIET)] = 0
    return np.cumsum(added).astype(float)


def _gauge(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    wave = 1 + 0.3 * np.sin((times - START_MS) / HOUR_MS)
    busy = np.where(_within(times, INCIDENT), 3.0, 1.0)
    return np.round(family.level * wave * busy * random.uniform(0.7, 1.3, len(times)), 3)


def _sessions(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return np.where(_within(times, QUIET), 0, random.poisson(3, len(times))).astype(float)


def _bytes(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return np.rint(family.level * np.exp(np.cumsum(random.normal(0, 0.004, len(times)))))


def _balance(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    spent = np.cumsum(random.uniform(0, 2.2, len(times)) * family.level / len(times))
    return np.round(family.level - spent % family.level, 4)


def _up(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return np.where(_within(times, INCIDENT), 0.0, 1.0)


def _constant(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return np.full(len(times), family.level)


def _line(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return family.level * (times - START_MS) / 1000


def _daily(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return (times // DAY_MS + 1) * DAY_MS / 1000


def _stepping(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return times // 700_000 * 700.0


def _whole(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return random.integers(-3, 4, len(times)).astype(float)


def _nan(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return np.where(random.random(len(times)) < 0.9, np.nan, 1.0)


def _strange(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    values = np.round(random.normal(0, 5, len(times)), 2)
    for special in (np.nan, np.inf, -np.inf, -0.0, 0.0):
        values[random.random(len(times)) < 0.03] = special
    return values


def _infinite(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return np.full(len(times), -np.inf if "2" in labels else np.inf)


def _extreme(family: Family, times: np.ndarray, labels: tuple[str, ...], random: Random) -> np.ndarray:
    return random.choice([1.7e308, -1.7e308, 5e-324, -1e-300, 1e21, 1e20, 123456789012345680.0, 1e-7], len(times))


_KINDS: dict[str, Callable[[Family, np.ndarray, tuple[str, ...], Random], np.ndarray]] = {
    "counter": _counter,
    "float counter": _float_counter,
    "quiet counter": _quiet_counter,
    "gauge": _gauge,
    "sessions": _sessions,
    "bytes": _bytes,
    "balance": _balance,
    "up": _up,
    "constant": _constant,
    "line": _line,
    "daily": _daily,
    "stepping": _stepping,
    "whole": _whole,
    "nan": _nan,
    "strange": _strange,
    "infinite": _infinite,
    "extreme": _extreme,
}


def series() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Each series as written, with its times and values; SERIES of them."""
    count = 0
    for family in FAMILIES:
        for written, times, values in _series_of(family):
            count += 1
            yield written, times, values
    numbers = tuple(f"{number:04}" for number in range(SERIES - count))
    fleet = {"job": ("fleet",), "instance": numbers[:LASTING], "rack": ("r1",)}
    yield from _series_of(Family("fleet_load", "gauge", fleet, "five", 5_000))
    pods = {"job": ("fleet",), "instance": numbers[LASTING:], "rack": ("r2",)}
    yield from _series_of(Family("fleet_requests_total", "counter", pods, "brief"))


def _series_of(family: Family) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    random = np.random.default_rng([SEED, zlib.crc32(family.name.encode())])
    scrapes: dict[str, np.ndarray] = {}
    for values in product(*family.labels.values()):
        labels = ",".join(f'{name}="{value}"' for name, value in zip(family.labels, values, strict=True))
        target = values[list(family.labels).index("instance")]  # series of one target share their times
        if family.scrape == "brief" or target not in scrapes:
            scrapes[target] = times_of(family.scrape, random)
        times = scrapes[target]
        if "histogram" in family.kind:
            yield from _histogram(family, labels, times, random)
        else:
            yield f"{family.name}{{{labels}}}", times, _KINDS[family.kind](family, times, values, random)


def _histogram(
    family: Family, labels: str, times: np.ndarray, random: Random
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    slow = np.where(_within(times, INCIDENT), 20.0, 1.0)
    bounds = np.array([*family.bounds, np.inf])
    median = 0.3 * family.bounds[-1] / 10
    below = 1 / (1 + (median * slow[:, None] / bounds) ** 1.5)  # log-logistic
    counts = random.poisson(12 * np.diff(below, axis=1, prepend=0))
    totals = np.cumsum(np.cumsum(counts, axis=1), axis=0).astype(float)
    restart = int(random.integers(len(times)))
    totals[restart:] -= totals[restart]
    if family.kind.startswith("broken"):  # as when buckets are scraped while they change
        totals[:, 1] -= random.integers(0, 3, len(times))
        totals = np.abs(totals)
    for bound, row in zip(bounds, totals.T, strict=True):
        text = "+Inf" if bound == np.inf else f"{bound:g}"
        yield f'{family.name}_bucket{{{labels},le="{text}"}}', times, row
    yield f"{family.name}_count{{{labels}}}", times, totals[:, -1]
    yield f"{family.name}_sum{{{labels}}}", times, totals[:, -1] * median * random.uniform(1, 2)


def write(path: Path) -> tuple[int, int]:
    """Write the file; returns how many series and samples it has."""
    count = samples = 0
    with path.open("w") as out:
        for written, times, values in series():
            count, samples = count + 1, samples + len(times)
            seconds = [f"{time // 1000}.{time % 1000:03}" for time in times.tolist()]
            out.writelines(
                f"{written} {number(value)} {at}\n" for value, at in zip(values.tolist(), seconds, strict=True)
            )
        out.write("# EOF\n")
    return count, samples


def number(value: float) -> str:
    """A value as OpenMetrics writes it."""
    return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}.get(text := repr(value), text)
