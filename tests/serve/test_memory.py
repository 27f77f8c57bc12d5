"""What queries may take is what they take: the process's own high-water mark, beside `query.memory`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("memory_child.py")

CONSTANT_MIB = 96
"""Beside the limit: some 25 MiB a thread for the blocks that are being worked on, and the store's cache of decoded chunks."""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux's high-water mark")
@pytest.mark.parametrize("limit_mib", [96, 150])
def test_the_peak_of_the_worst_queries_is_within_the_limit(tmp_path, limit_mib):
    command = [sys.executable, str(CHILD), str(tmp_path), str(limit_mib)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    report = json.loads(done.stdout)
    refused = [text for text, said in report["outcomes"].items() if "query.memory" in said]
    answered = [text for text, said in report["outcomes"].items() if said == "answered"]
    assert refused
    assert answered
    assert sorted(refused + answered) == sorted(report["outcomes"])
    assert report["peak_mib"] <= limit_mib + CONSTANT_MIB
    assert report["held_bytes"] == 0
