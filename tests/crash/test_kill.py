"""`kill -9` at random moments: no sample that a query has returned is ever lost, none is doubled.

WATCHGLASS_KILLS=25 WATCHGLASS_KILL_SERIES=10000 runs the full form; the default is shorter.
"""

import json
import math
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from numbered_target import NumberedTarget

KILLS = int(os.environ.get("WATCHGLASS_KILLS", "4"))
SERIES = int(os.environ.get("WATCHGLASS_KILL_SERIES", "2000"))
SEED = int(os.environ.get("WATCHGLASS_KILL_SEED", "1"))
SCRAPE_INTERVAL_S = 0.5
COMMIT_INTERVAL_S = 0.1
DAY_MS = 86_400_000
CONFIG = """
global: {{scrape_interval: 500ms, scrape_timeout: 500ms}}
scrape_configs:
- job_name: crash
  static_configs: [{{targets: ['{address}']}}]
"""


class Watchglass:
    """The process under test, on a clock that the test moves."""

    def __init__(self, folder: Path, target: NumberedTarget) -> None:
        self.folder = folder
        self.offset_file = folder / "clock-offset-ms"
        self.offset_file.write_text("0")
        (folder / "prometheus.yml").write_text(CONFIG.format(address=target.address))
        (folder / "watchglass.yml").write_text("host:\n  enabled: false\nscrape:\n  self: false\n")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def start(self) -> float:
        """Start, and return the seconds until it was ready."""
        command = [
            *(sys.executable, str(Path(__file__).parent / "server.py"), str(self.offset_file), "up"),
            *(f"--config={self.folder}/prometheus.yml", f"--settings={self.folder}/watchglass.yml"),
            *(f"--data={self.folder}/data", f"--listen=127.0.0.1:{self.port}"),
        ]
        log = (self.folder / "log").open("ab")
        started = time.monotonic()
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()
        while time.monotonic() - started < 20:
            if self.process.poll() is not None:
                break
            try:
                self.get("/-/ready")
            except OSError:
                time.sleep(0.02)
            else:
                return time.monotonic() - started
        raise AssertionError((self.folder / "log").read_text()[-3000:])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop_and_count_log_records(self) -> int:
        """End cleanly, which seals everything; what then is left of the write-ahead log is there for good."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)
        with closing(sqlite3.connect(self.folder / "data/metrics.db")) as database:
            return database.execute("SELECT count(*) FROM wal").fetchone()[0]

    def work(self) -> Counter[str]:
        """Whether this process has sealed and compacted."""
        text = self.get("/metrics").decode()
        totals = {
            "sealed": re.search(r"^watchglass_store_chunks_sealed_total (\S+)", text, re.MULTILINE),
            "compacted": re.search(r"^watchglass_store_compactions_total (\S+)", text, re.MULTILINE),
        }
        return Counter({name: int(float(found[1])) for name, found in totals.items()})

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as response:
            return response.read()

    def query(self, text: str) -> list[dict]:
        now_s = time.time() + int(self.offset_file.read_text()) / 1000
        path = f"/api/v1/query?query={urllib.parse.quote(text)}&time={now_s:.3f}"
        return json.loads(self.get(path))["data"]["result"]

    def pass_a_day(self) -> None:
        """Move the clock to 00:12 UTC of the next day, when the past day is compacted."""
        now_ms = time.time_ns() // 1_000_000 + int(self.offset_file.read_text())
        to_midnight_ms = DAY_MS - now_ms % DAY_MS
        offset = int(self.offset_file.read_text()) + to_midnight_ms + 12 * 60_000
        self.offset_file.write_text(str(offset))

    def returned(self, window: str) -> set[int]:
        """The scrape numbers that one query returns now; a scrape is visible for all its series or for none."""
        histories = self.history(f"crash_test[{window}]")
        assert not histories or (len(histories) == SERIES and all(row == histories[0] for row in histories))
        return set(histories[0]) if histories else set()

    def history(self, selector: str) -> list[list[int]]:
        """The scrape numbers on record, a list for each series."""
        return [
            [int(float(value)) for _, value in series["values"] if value != "NaN"] for series in self.query(selector)
        ]


def faults(numbers: list[int], acknowledged: set[int], served_at_kills: list[int]) -> list[str]:
    """What is wrong with the history of one series.

    Args:
        numbers: the scrape numbers on record.
        acknowledged: those that a query returned before a kill.
        served_at_kills: the last number that the target had begun to serve, at each kill.
    """
    in_flight = 1 + math.ceil(COMMIT_INTERVAL_S / SCRAPE_INTERVAL_S)
    excused = {last - k for last in served_at_kills for k in range(in_flight)}
    missing = set(range(1, numbers[-1])) - set(numbers)
    found = []
    if numbers != sorted(set(numbers)):
        found.append("a sample is there twice or out of order")
    if acknowledged - set(numbers):
        found.append(f"samples that a query had returned are gone: {sorted(acknowledged - set(numbers))}")
    if missing - excused:
        found.append(f"more is missing than what was in flight at a kill: {sorted(missing - excused)}")
    return found


@pytest.mark.parametrize(
    ("numbers", "fault"), [([1, 2, 2, 3], "twice"), ([1, 3], "had returned"), ([1, 2, 3, 9], "in flight")]
)
def test_the_accounting_notices_each_fault(numbers, fault):
    found = faults(numbers, {1, 2, 3}, served_at_kills=[5])

    assert [fault in text for text in found].count(True) == 1


@pytest.mark.slow
def test_what_a_query_returned_survives_kill_9(tmp_path):
    choose = random.Random(SEED)
    target = NumberedTarget(SERIES)
    server = Watchglass(tmp_path, target)
    ready: list[float] = []
    acknowledged: set[int] = set()
    served_at_kills: list[int] = []
    work = Counter()
    try:
        for round_number in range(KILLS):
            ready.append(server.start())
            time.sleep(choose.uniform(0.5, 2))
            if round_number % 2 == 1:
                server.pass_a_day()
            end = time.monotonic() + choose.uniform(0.2, 5)
            while time.monotonic() < end:
                acknowledged |= server.returned("3s")
                work |= server.work()
                time.sleep(choose.uniform(0, 0.2))
            server.kill()
            served_at_kills.append(target.begun)
        ready.append(server.start())
        histories = server.history(f"crash_test[{60 * DAY_MS}ms]")
        log_records_left = server.stop_and_count_log_records()
    finally:
        if server.process.poll() is None:
            server.kill()
        target.close()

    print(f"\n{KILLS} kills, {SERIES} series, {len(acknowledged)} scrapes acknowledged, {dict(work)}")
    print(f"ready in {max(ready):.2f} s at most")
    assert len(acknowledged) > KILLS
    assert len(histories) == SERIES
    assert [text for numbers in histories for text in faults(numbers, acknowledged, served_at_kills)] == []
    assert work["sealed"], "no kill met a process that had sealed"
    assert work["compacted"], "no kill met a process that had compacted"
    assert log_records_left == 0
