"""What reading an answer takes is counted before it is taken: beside what a process really takes."""

import subprocess
import sys

import pytest

from watchglass.errors import QueryError
from watchglass.promql.grid import Grid
from watchglass.promql.memory_pool import MemoryPool, using
from watchglass.sources.decode import open_envelope, result_of

SIZE = 8 << 20
HEADS = {
    "vector": b'{"status":"success","data":{"resultType":"vector","result":[',
    "matrix": b'{"status":"success","data":{"resultType":"matrix","result":[',
    "series": b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[',
    "list": b'{"status":"success","data":{"resultType":"scalar","result":[1,"1",[',
}
TAILS = {"vector": b"]}}", "matrix": b"]}}", "series": b"]}]}}", "list": b"]]}}"}

BODIES = {
    "bare vector": ("vector", b'{"metric":{},"value":[1,"1"]}'),
    "usual vector": (
        "vector",
        b'{"metric":{"__name__":"up","instance":"a:9090","job":"node"},"value":[1700000000.123,"1.5"]}',
    ),
    "short series": ("matrix", b'{"metric":{},"values":[[0,"1"]]}'),
    "one long series": ("series", b'[0.1,"0.1"]'),
    "usual series": (
        "matrix",
        b'{"metric":{"__name__":"up","job":"node"},"values":[' + b",".join([b'[0,"1234.5"]'] * 200) + b"]}",
    ),
    "empty lists": ("list", b"[]"),
    "lists in lists": ("list", b"[" * 20 + b"]" * 20),
    "empty objects": ("list", b"{}"),
    "small objects": ("list", b'{"":1.5}'),
    "larger objects": ("list", b'{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}'),
    "texts": ("list", b'"ab"'),
    "wide texts": ("list", '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\U0001f600"'.encode()),
    "numbers": ("list", b"1.5"),
}

MEASURE = """
import re, sys
from watchglass.promql.grid import Grid
from watchglass.promql.memory_pool import MemoryPool, using
from watchglass.sources.decode import open_envelope, result_of

def now_and_peak():
    status = open("/proc/self/status").read()
    return [int(re.search(name + r":\\s+(\\d+)", status)[1]) * 1024 for name in ("VmRSS", "VmHWM")]

body = sys.stdin.buffer.read()
open_envelope(b'{"status":"success","data":1}')
share = MemoryPool(0).share()
open("/proc/self/clear_refs", "w").write("5")
before, _ = now_and_peak()
with using(share):
    result_of(open_envelope(body), Grid(0, 1000, 1), is_range=False, max_samples=10**9)
print(now_and_peak()[1] - before + len(body), share.peak_bytes)
"""


def body_of(case, size=SIZE):
    kind, row = BODIES[case]
    return HEADS[kind] + b",".join([row] * (size // (len(row) + 1))) + TAILS[kind]


@pytest.mark.parametrize("case", BODIES)
def test_no_answer_takes_more_than_is_counted(case):
    done = subprocess.run([sys.executable, "-c", MEASURE], input=body_of(case), capture_output=True, check=True)
    taken, counted = map(int, done.stdout.split())

    assert taken <= counted + (2 << 20)
    assert counted <= 4 * taken, "so much more that it would be refused without need"


@pytest.mark.parametrize("case", BODIES)
def test_what_there_is_no_memory_for_is_not_read(case, monkeypatch):
    monkeypatch.setattr("watchglass.sources.decode.orjson.loads", lambda _: pytest.fail("read"))
    with using(MemoryPool(4 << 20).share()), pytest.raises(QueryError, match="memory"):
        open_envelope(body_of(case, 2 << 20))


def test_series_of_which_each_has_labels_of_its_own_are_counted():
    rows = b",".join(b'{"metric":{"l%d":"x"},"value":[1,"1"]}' % i for i in range(3000))
    with using(MemoryPool(32 << 20).share()):
        envelope = open_envelope(HEADS["vector"] + rows + TAILS["vector"])
        with pytest.raises(QueryError, match="memory"):
            result_of(envelope, Grid(0, 1000, 1), is_range=False, max_samples=10**9)
