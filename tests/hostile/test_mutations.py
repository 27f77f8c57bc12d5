"""Mutated queries: each a result or a query error, in a process whose memory and time are bounded.

`make hostile` asks 100,000; WATCHGLASS_MUTATIONS and WATCHGLASS_MUTATION_SEED choose others.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from mutations import Mutator, corpus

COUNT = int(os.environ.get("WATCHGLASS_MUTATIONS", "20000"))
SEED = int(os.environ.get("WATCHGLASS_MUTATION_SEED", "1"))
LIMIT_BYTES = 256 * 1024 * 1024
RUNNER = Path(__file__).parent / "run_mutations.py"


def test_a_seed_writes_the_same_queries_again():
    queries = corpus()
    one, other, third = (Mutator(seed, queries) for seed in (7, 7, 8))

    written = [one.query() for _ in range(200)]

    assert written == [other.query() for _ in range(200)]
    assert written != [third.query() for _ in range(200)]


def test_mutated_queries_give_a_result_or_an_error():
    command = [sys.executable, "-W", "error", str(RUNNER), str(SEED), str(COUNT)]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-6000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    print(f"\nseed {SEED}: {told}")
    assert sum(told["outcomes"].values()) == COUNT
    assert told["outcomes"]["ok"] > COUNT / 10, "too few still parse"
    assert told["outcomes"]["execution"] > 0, "none met a limit"
    assert told["peak_bytes"] < LIMIT_BYTES
