"""Asks heavy queries, three at a time, of a store of its own; prints how they ended and the peak of resident memory.

Usage: `python memory_child.py FOLDER LIMIT_MIB`. Series have gaps, each others, which is what takes most memory to load.
"""

import asyncio
import gc
import json
import sys
from pathlib import Path

import numpy as np

from watchglass.app.memory import limit_arenas
from watchglass.errors import WatchglassError
from watchglass.model.labels import Labels
from watchglass.promql.engine import Engine, EngineOptions
from watchglass.serve.answer import Question, answer
from watchglass.serve.jobs import Job
from watchglass.serve.options import QueryLimits
from watchglass.serve.query_pool import QueryPool
from watchglass.store.metrics import MetricStore
from watchglass.store.options import StoreOptions

MIB = 1 << 20
END_MS = 1_700_000_000_000
HOUR_MS = 3_600_000
SERIES, SAMPLES = 600, 5760
QUERIES = (
    "m",
    "rate(m[5m])",
    "m + m * 2",
    "topk(5, m)",
    "quantile(0.9, m)",
    "stddev by (model) (m)",
    "sum by (model) (rate(m[5m]))",
    "count_values('v', m > 100)",
    "max_over_time(rate(m[5m])[1h:10s])",
    'label_replace(m, "x", "$1", "instance", "(.*)")',
    "m and m > 5",
    "sort_desc(abs(ceil(m) ^ 2))",
)


def fill(store: MetricStore) -> None:
    """Write the series."""
    random = np.random.default_rng(1)
    times = END_MS - (SAMPLES - 1 - np.arange(SAMPLES)) * 15_000

    def columns():
        for number in range(SERIES):
            kept = random.random(SAMPLES) > 0.1
            values = np.cumsum(random.integers(0, 50, SAMPLES)).astype(float)
            labels = Labels.of(__name__="m", instance=f"i{number // 20}", model=f"m{number % 20}")
            yield labels, times[kept], values[kept]

    store.import_samples(columns())


def ranged(text: str, hours: int, step_s: int) -> Question:
    """A question for the newest hours."""
    return Question(text, END_MS - hours * HOUR_MS, END_MS, step_s * 1000, 120_000, 300_000, 0, wants_frame=False)


def questions() -> list[Question]:
    """Every query over six hours and over a day, in few steps and in many; and raw samples."""
    asked = [ranged(text, *span) for text in QUERIES for span in ((6, 300), (24, 30))]
    raw = [ranged(text, 0, 0) for text in ("m[1h]", "m[24h]")]
    return asked + raw


def resident_mib(which: str) -> float:
    """VmRSS or VmHWM."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(which + ":")[2].split()[0]) / 1024


def clear_high_water_mark() -> None:
    """Let VmHWM begin anew."""
    Path("/proc/self/clear_refs").write_text("5")


async def ask(pool: QueryPool, engine: Engine, question: Question) -> tuple[str, str]:
    """How one question ended."""
    job = Job(text=question.text)
    key = f"{question.text} {question.step_ms}"
    try:
        await pool.run(lambda: answer(engine, question, job.stop), job)
    except WatchglassError as error:
        return key, str(error)
    return key, "answered"


async def main(folder: Path, limit_mib: int) -> None:
    """Ask, and print the report."""
    store = MetricStore(folder, StoreOptions(retention_ms=0, chunk_cache_bytes=8 * MIB))
    fill(store)
    engine = Engine(store, EngineOptions(max_points=11_001))
    pool = QueryPool(QueryLimits(memory_bytes=limit_mib * MIB, threads=2), None)
    await ask(pool, engine, ranged("sum(m)", 1, 60))
    gc.collect()
    clear_high_water_mark()
    before = resident_mib("VmRSS")
    outcomes = dict(await asyncio.gather(*(ask(pool, engine, question) for question in questions())))
    peak = resident_mib("VmHWM") - before
    gc.collect()
    print(json.dumps({"outcomes": outcomes, "peak_mib": peak, "held_bytes": pool.memory.held_bytes}))
    pool.close()
    store.close()


if __name__ == "__main__":
    limit_arenas()
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
