"""DinoAir's metrics library: an event beside `prometheus_client` alone, import, the collector's share of a core, its disk."""

from __future__ import annotations

import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench_sdk_import import seconds
from harness import folder, print_table
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from watchglass.clock import ManualClock
from watchglass.sdk.dinoair.custom_metrics import CustomMetricsRegistry
from watchglass.sdk.dinoair.metrics_service import (
    MetricsConfig,
    MetricsService,
    record_api_request,
    record_model_generation,
)
from watchglass.sdk.dinoair.metrics_storage import FileMetricsStorage, MetricsStorage, SQLiteMetricsStorage
from watchglass.sdk.dinoair.state import State

INTERVAL_S = 15
BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
STORAGES: dict[str, Callable[[Path], MetricsStorage]] = {
    "files": FileMetricsStorage,
    "SQLite": lambda path: SQLiteMetricsStorage(path / "metrics.db"),
}


def peers() -> tuple[Callable[[], None], Callable[[], None], Callable[[], None]]:
    """The same three events in `prometheus_client` alone: a request, a generation, a plain count."""
    registry = CollectorRegistry()
    requests = Counter("requests", "h", ["service"], registry=registry)
    times = Histogram("times", "h", ["service", "endpoint", "method"], registry=registry, buckets=BUCKETS)
    mean = Gauge("mean", "h", ["service"], registry=registry)
    generations = Counter("generations", "h", ["model", "success"], registry=registry)
    lengths = [Histogram(name, "h", ["model"], registry=registry) for name in ("seconds", "prompt", "output")]
    hits = Counter("hits", "h", registry=registry)

    def request() -> None:
        requests.labels("comfyui").inc()
        times.labels("comfyui", "/generate", "POST").observe(1.23)
        mean.labels("comfyui").set(1.23)

    def generation() -> None:
        generations.labels("llama2-7b", "true").inc()
        for histogram, value in zip(lengths, (15.4, 256, 512), strict=True):
            histogram.labels("llama2-7b").observe(value)

    return request, generation, hits.inc


def ours() -> tuple[Callable[[], None], Callable[[], None], Callable[[], None]]:
    """The same three events in the library."""
    registry = CustomMetricsRegistry()

    def request() -> None:
        record_api_request("comfyui", "/generate", 1.23, 200, "POST")

    def generation() -> None:
        record_model_generation("llama2-7b", 15.4, True, 256, 512)

    def count() -> None:
        registry.counters["hits_total"] += 1

    return request, generation, count


def events(calls: int, rounds: int) -> None:
    """Microseconds an event; both take turns, so that what else the machine does meets them alike."""
    pairs = list(zip(("API request", "model generation", "+= on a counter"), peers(), ours(), strict=True))
    rows = []
    for name, *both in pairs:
        found: list[list[float]] = [[], []]
        for _ in range(rounds):
            for place, event in enumerate(both):
                began = time.process_time()
                for _ in range(calls):
                    event()
                found[place].append((time.process_time() - began) / calls * 1e6)
        theirs, own = map(statistics.median, found)
        rows.append([name, theirs, own, own / theirs])
    print_table("An event, microseconds", ["what", "prometheus_client", "watchglass.sdk.dinoair", "ratio"], rows)


def cpu_ms(code: str) -> float:
    """What a process uses that does just this."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds(code)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def imports(rounds: int) -> None:
    """CPU milliseconds over Python alone, in turns."""
    cases = {
        "Python alone": "",
        "prometheus_client": "import prometheus_client",
        "watchglass.sdk.dinoair": "import watchglass.sdk.dinoair",
        "and its service": "import watchglass.sdk.dinoair.metrics_service",
    }
    found = [[cpu_ms(code) for code in cases.values()] for _ in range(rounds)]
    medians = [statistics.median(column) for column in zip(*found, strict=True)]
    rows = [[name, value - medians[0]] for name, value in zip(cases, medians, strict=True)]
    print_table("Import, CPU, median", ["what", "ms over Python alone"], rows)


def busy_minute(registry: CustomMetricsRegistry, rng: random.Random) -> None:
    """A quarter of a minute of an application: some requests of three services, a generation or two, sessions, errors."""
    for _ in range(rng.randrange(12)):
        service, endpoint = rng.choice(("comfyui", "ollama", "web")), rng.choice(("/a", "/b", "/c"))
        registry.record_api_request(service, endpoint, rng.lognormvariate(-1, 1), 500 if rng.random() < 0.02 else 200)
    if rng.random() < 0.4:
        model, lengths = rng.choice(("llama2-7b", "mistral")), (rng.randrange(1, 2000), rng.randrange(1, 2000))
        registry.record_model_generation(model, rng.lognormvariate(2, 0.5), rng.random() > 0.03, *lengths)
    if rng.random() < 0.05:
        registry.record_error(rng.choice(("timeout", "oom")), "it failed", "comfyui")
    if rng.random() < 0.1:
        registry.start_user_session(str(rng.random()))


class LivelyMachine:
    """Readings that always move, which is the worst for packing."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def read(self) -> dict[str, float]:
        """As `Machine.read`."""
        ceilings = {"cpu": 100, "memory": 80, "disk": 60, "network": 50}
        return {name: round(self._rng.uniform(0, ceiling), 2) for name, ceiling in ceilings.items()}

    def gpus(self) -> list[tuple[str, str, float]]:
        """None."""
        return []


def a_day(path: Path, storage: MetricsStorage, hours: int) -> tuple[MetricsService, ManualClock]:
    """A service with so many hours of readings."""
    rng, clock = random.Random(5), ManualClock(1_795_300_000_000 // 86_400_000 * 86_400_000)
    registry = CustomMetricsRegistry(State(clock=clock))
    config = MetricsConfig(storage_path=str(path), retention_hours=168, collection_interval=INTERVAL_S)
    service = MetricsService(config, storage, registry=registry, machine=LivelyMachine(rng))  # type: ignore[arg-type]
    for _ in range(hours * 3600 // INTERVAL_S):
        busy_minute(registry, rng)
        service.collect_once()
        clock.advance(INTERVAL_S * 1000)
    return service, clock


def share_of_a_core(rounds: int) -> None:
    """CPU time of a collection of the real machine, stored, by the interval."""
    with folder() as path:
        registry = CustomMetricsRegistry(State())
        rng = random.Random(5)
        service = MetricsService(MetricsConfig(storage_path=str(path)), registry=registry)
        for _ in range(200):
            busy_minute(registry, rng)
        found = []
        for _ in range(rounds):
            time.sleep(0.12)  # the collector waits so long for a rate, itself
            began = time.process_time()
            service.collect_once()
            found.append(time.process_time() - began)
        service.storage.close()
        samples = len(list(service.metrics_collector.current().points()))
    cost_ms = statistics.median(found) * 1000
    rows = [[samples, cost_ms, cost_ms / INTERVAL_S / 10]]
    print_table("The collector", ["samples", "CPU ms a collection", f"% of a core at {INTERVAL_S} s"], rows)


def disk(hours: int) -> None:
    """Bytes a day, and how long questions take."""
    rows = []
    for name, make in STORAGES.items():
        with folder() as path:
            service, _ = a_day(path, make(path), hours)
            size = service.storage.status()["size_bytes"]
            cpu = answered_ms(lambda: service.storage.query_metrics("dinoair_cpu_usage_percent"))  # noqa: B023
            widget = answered_ms(lambda: service.get_dashboard_data("api", timeframe=24))  # noqa: B023
            samples = sum(1 for _ in service.metrics_collector.current().points())
            rows.append([name, hours, samples, size / 1e6 * 24 / hours, cpu, widget])
            service.storage.close()
    heading = ["storage", "hours", "samples a reading", "MB a day", "one metric, all hours, ms", "widget api, 24 h, ms"]
    print_table(f"Disk at {INTERVAL_S} s, and questions", heading, rows)


def answered_ms(question: Callable[[], object]) -> float:
    """Milliseconds, the best of three."""
    found = []
    for _ in range(3):
        began = time.perf_counter()
        question()
        found.append((time.perf_counter() - began) * 1000)
    return min(found)


def run(*, quick: bool) -> None:
    """Print the tables."""
    events(20_000 if quick else 100_000, 3 if quick else 7)
    imports(3 if quick else 15)
    share_of_a_core(5 if quick else 40)
    disk(25 if quick else 48)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
