"""`kill -9` at random moments, seals and compactions included: what was acknowledged is there, and nothing twice."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from support import FOREVER, named, opened

from watchglass.clock import ManualClock

ROUNDS = int(os.environ.get("WATCHGLASS_KILLS", "6"))
SERIES = 200


def write_until_killed(folder, seconds):
    """Run the writer for a while, kill it, and return the newest scrape that it acknowledged."""
    command = [sys.executable, str(Path(__file__).parent / "writer_process.py"), str(folder), str(SERIES)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stdout.readline()
    assert first, process.stderr.read()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    lines = [first, *process.communicate()[0].splitlines()]
    return max(int(line) for line in lines if line.strip())


def test_acknowledged_samples_survive_kill_9(tmp_path):
    choose = random.Random(5)
    acknowledged = -1
    for _ in range(ROUNDS):
        acknowledged = max(acknowledged, write_until_killed(tmp_path, choose.uniform(0.2, 1.5)))
        store = opened(tmp_path, ManualClock(1 << 41))
        assert store.damage == []
        found = store.select(named("m"), *FOREVER)
        assert found.size == SERIES
        lengths = np.diff(found.offsets)
        assert lengths.min() > acknowledged, "an acknowledged scrape is missing"
        assert lengths.max() <= acknowledged + 2, "more than the scrape in flight was added"
        for start, length in zip(found.offsets.tolist(), lengths.tolist(), strict=False):
            assert (found.values[start : start + length] == np.arange(length)).all(), "missing, twice or out of order"
        abandon(store)
    assert acknowledged > 100


def abandon(store):
    """Let go of the directory without sealing anything, so that the next round finds the log as it was."""
    store._maintenance.close()
    store._core.committer.close()
    store._core._abandon()
    store._lock.release()
