"""Memory is given back when the process has grown, and left alone when it has not."""

import asyncio
import subprocess
import sys

import pytest

from watchglass.app import memory

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_only_after_growth(monkeypatch):
    trims, sizes = [], iter([10, 10, 10, 100, 20, 20])
    last = 20
    monkeypatch.setattr(memory, "GROWTH_BYTES", 50)
    monkeypatch.setattr(memory, "resident_bytes", lambda: next(sizes, last))
    monkeypatch.setattr(memory, "_libc_function", lambda _name: trims.append)
    keeping = asyncio.create_task(memory.keep_small(0.001))
    await asyncio.sleep(0.1)
    keeping.cancel()
    assert trims == [0]


async def test_a_system_without_it(monkeypatch):
    monkeypatch.setattr(memory, "_libc_function", lambda _name: None)
    await asyncio.wait_for(memory.keep_small(0.001), 1)


def test_the_size_is_that_of_the_process():
    held = bytearray(64 * 1024 * 1024)
    assert memory.resident_bytes() > len(held)


def test_large_blocks_follow_one_another_at_the_same_place():
    program = """
import resource
from watchglass.app.memory import limit_arenas
limit_arenas()
faults = []
for size_mib in (4, 8, 12, *[11, 12] * 20):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = b"x" * (size_mib << 20)
    del block
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
print(sum(faults[-20:]))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert int(done.stdout) < 100
