"""Ask the engine mutated queries: `python -W error tests/hostile/run_mutations.py SEED COUNT`.

Each must give a result, which is then rendered, or a QueryError of a kind that Prometheus has. Whatever else happens is
printed with its query and makes the exit status 1. A query that takes longer than it may ends the process with a
traceback; memory is bounded for the whole of it.
"""

from __future__ import annotations

import faulthandler
import json
import random
import resource
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from mutations import Mutator, corpus

from watchglass.clock import ManualClock
from watchglass.errors import QueryError
from watchglass.interfaces import Batch
from watchglass.model.labels import Labels
from watchglass.promql.engine import Engine, EngineOptions
from watchglass.promql.parse import parse
from watchglass.promql.pretty import pretty
from watchglass.promql.render import render_frame, render_json
from watchglass.promql.tree_json import tree_json
from watchglass.promql.value import Scalar, Vector
from watchglass.serve.envelope import encode_json
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

KINDS = {"bad_data", "execution", "timeout", "canceled"}
HANG_S = 60
ADDRESS_SPACE_BYTES = 3 << 30
OPTIONS = EngineOptions(timeout_ms=10_000, max_samples=500_000, max_label_chars=4_000_000)
NAMES = ("requests_total", "depth", "up", "build_info", "used", "size", "host_info", "latency_seconds_bucket", "metric")
NAMES += ("http_requests", "http_requests_total", "foo", "bar", "a", "b", "data", "short_lived", "target_info")
SCRAPES, SCRAPE_MS = 240, 15_000
END_MS = SCRAPES * SCRAPE_MS
EDGE_MS = 2**53
GRIDS = (
    (0, END_MS, 60_000),
    (END_MS // 2, END_MS, 15_000),
    (END_MS - 1000, END_MS, 1),
    (0, 11_000 * 1000, 1000),
    (-EDGE_MS, EDGE_MS, EDGE_MS // 5000),
    (EDGE_MS - 10, EDGE_MS, 1),
    (-EDGE_MS, -EDGE_MS + 100_000, 1000),
)
INSTANTS = (END_MS, END_MS, END_MS, END_MS // 2, 0, -1, EDGE_MS, -EDGE_MS)


def fill(store: MetricStore) -> None:
    """An hour of a few series of each name: counters with resets, gauges, NaN, gaps."""
    random_values = np.random.default_rng(1)
    labels = [
        Labels.of({"__name__": name, "job": f"j{n % 2}", "instance": f"i{n}", "le": ("0.1", "1", "5", "+Inf")[n % 4]})
        for name in NAMES
        for n in range(4)
    ]
    refs = np.array([store.series_ref(each) for each in labels], np.uint32)
    group = store.open_group("hostile")
    counters = np.zeros(len(refs))
    for scrape in range(SCRAPES):
        counters += random_values.poisson(3, len(refs))
        counters[random_values.random(len(refs)) < 0.01] = 0
        values = np.where(random_values.random(len(refs)) < 0.01, np.nan, counters)
        there = random_values.random(len(refs)) < 0.97
        store.append(Batch(refs[there], values[there], (scrape + 1) * SCRAPE_MS, group))
    store.append(Batch(refs[:1], counters[:1], END_MS + 1, group)).result()


def ask(engine: Engine, query: str, choose: random.Random) -> str:
    """The outcome of one query: `ok`, or the error's kind."""
    try:
        if choose.random() < 0.5:
            result = engine.instant(query, choose.choice(INSTANTS))
        else:
            result = engine.range(query, *choose.choice(GRIDS))
        encode_json(str(result.warnings))
        render_json(result)
        if isinstance(result.data, Vector | Scalar):
            render_frame(result)
        tree = parse(query)
        tree_json(tree)
        pretty(tree)
    except QueryError as error:
        if error.kind not in KINDS or not str(error):
            raise TypeError(f"an error of kind {error.kind!r} with text {str(error)!r}") from error
        return error.kind
    return "ok"


def main() -> int:
    """Ask, count, print."""
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    outcomes: Counter[str] = Counter()
    queries = corpus()
    with tempfile.TemporaryDirectory() as folder:
        options = StoreOptions(maintenance_thread=False, retention_ms=0, commit_interval_ms=0)
        store = MetricStore(Path(folder), options, ManualClock(END_MS))
        fill(store)
        engine = Engine(store, OPTIONS)
        mutator = Mutator(seed, queries)
        for number in range(count):
            query = mutator.query()
            faulthandler.dump_traceback_later(HANG_S, exit=True)
            try:
                outcomes[ask(engine, query, random.Random(number))] += 1
            except Exception:  # what a query must never raise
                outcomes["fault"] += 1
                print(f"# query {number} of seed {seed}: {query[:400]!r}\n{traceback.format_exc(limit=-4)}", flush=True)
        faulthandler.cancel_dump_traceback_later()
        store.close()
    status = Path("/proc/self/status").read_text()  # ru_maxrss counts what the parent had before exec
    peak_kb = int(status.partition("VmHWM:")[2].split()[0])
    cpu_s = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    print(json.dumps({"outcomes": dict(outcomes), "peak_bytes": peak_kb * 1024, "cpu_s": cpu_s}))
    return 1 if outcomes["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
