"""The same targets, scraped by us and by Debian's Prometheus."""

from __future__ import annotations

import ast
import asyncio
import json
import math
import random
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from collect_support import Memory, answer, free_port, job, tcp_server, until

from watchglass.clock import SystemClock
from watchglass.collect.job import TargetGroup
from watchglass.collect.manager import ScrapeManager
from watchglass.collect.scrape import Health
from watchglass.model.labels import Labels
from watchglass.model.sample import is_stale

pytestmark = pytest.mark.real

MALFORMED = Path(__file__).parent.parent / "wire" / "malformed.txt"
CONTENT_TYPES = {"text": "text/plain; version=0.0.4", "openmetrics": "application/openmetrics-text; version=1.0.0"}

ACCEPTED_BY_ACCIDENT = {
    b'up{a="1\n"} 1',  # a line break within a label value
    b"up 1\n\x00",  # a NUL ends the body
    b"up 1 \n# EOF",  # a space at the end of the line
    b"up 1 1e300\n# EOF",  # a timestamp beyond 64 bits
}
"""What Prometheus takes and we do not."""


def malformed() -> list[tuple[str, bytes]]:
    cases = []
    for block in MALFORMED.read_text().split("\n\n")[1:]:
        body_format, _, body = block.strip().split("\n")[0].partition(" | ")
        cases.append((CONTENT_TYPES[body_format], ast.literal_eval(body)))
    return [case for case in cases if case[1]]  # an empty body is a good scrape since Prometheus 3


def good(count: int = 20) -> list[tuple[str, bytes]]:
    """Odd but well-formed bodies."""
    chance = random.Random(7)
    values = [
        "1",
        "-1.5",
        "+2e3",
        "1e-300",
        "0x",
        "NaN",
        "+Inf",
        "-inf",
        ".5",
        "7.",
        "1E5",
        "00012",
        "9007199254740993",
    ]
    values.remove("0x")
    texts = ["", "x", "a b", "\\\\", '\\"', "\\n", "{}", "=,", "ü", "#", "\\x"]
    bodies = []
    for number in range(count):
        lines = ["# HELP m0 Help \\\\ text.", "#TYPE is no type", "# TYPE m0 gauge", ""]
        for i in range(30):
            labels = [f'l{k}="{chance.choice(texts)}"' for k in range(chance.randrange(4))]
            blank = chance.choice(["", " "])
            braces = (
                f"{{{blank}{(blank + ',' + blank).join(labels)}{chance.choice(['', ',']) if labels else ''}{blank}}}"
            )
            series = f"m{i}:x{braces if labels or chance.random() < 0.5 else ''}"
            lines.append(f"{series}{chance.choice([' ', '  ', chr(9)])}{chance.choice(values)}{blank}")
        bodies.append((CONTENT_TYPES["text"], "\n".join(lines).encode() + (b"\n" if number % 2 else b"")))
    return [*bodies, (CONTENT_TYPES["openmetrics"], OPENMETRICS)]


OPENMETRICS = b"""\
# HELP foo Help with "quotes".
# TYPE foo counter
# UNIT foo_seconds seconds
foo_total 17.0 # {trace_id="a b",other="x\\"y"} 0.5 1520879607.789
foo_created 1520872607.123
# TYPE hh histogram
hh_bucket{le="+Inf"} 1
# TYPE ii info
ii_info{version="1"} 1
# TYPE ss stateset
ss{ss="a"} 1
# EOF
"""


def serving(cases):
    async def handler(reader, writer):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            content_type, body = cases[int(head.split(b" ")[1].strip(b"/"))]
            writer.write(answer(body, content_type=content_type))
            await writer.drain()

    return tcp_server(handler)


def group(address: str, count: int) -> TargetGroup:
    return TargetGroup(
        "cases", tuple(Labels.of(__address__=address, __metrics_path__=f"/{i}", case=str(i)) for i in range(count))
    )


async def scraped_by_us(address: str, count: int) -> tuple[Memory, list[bool]]:
    store = Memory()
    manager = ScrapeManager(store, SystemClock())
    await manager.apply([job(scrape_interval_ms=60_000, scrape_timeout_ms=5_000)])
    manager.set_targets("app", [group(address, count)])
    await until(lambda: all(each.status.health is not Health.UNKNOWN for each in manager.targets().active))
    healthy = {
        int(each.target.labels.get("case")): each.status.health is Health.UP for each in manager.targets().active
    }
    await manager.stop()
    return store, [healthy[i] for i in range(count)]


class Prometheus:
    """Debian's Prometheus over one folder."""

    def __init__(self, folder: Path, address: str, count: int):
        if not shutil.which("prometheus"):
            pytest.skip("prometheus is not installed: apt-get install prometheus")
        targets = [
            {"targets": [address], "labels": {"__metrics_path__": f"/{i}", "case": str(i)}} for i in range(count)
        ]
        config = {"scrape_configs": [{"job_name": "app", "scrape_interval": "1s", "static_configs": targets}]}
        (folder / "prometheus.yml").write_text(json.dumps(config))
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=error",
            ]
        )  # fmt: skip

    def query(self, expression: str) -> list[dict]:
        url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                return json.load(reply)["data"]["result"]
        except (urllib.error.URLError, ConnectionError):
            return []

    def wait_for_scrapes(self, count: int) -> None:
        deadline = time.monotonic() + 30
        while len({each["metric"].get("case") for each in self.query("up")}) < count:
            assert time.monotonic() < deadline, "Prometheus did not scrape in time"
            time.sleep(0.2)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def both(tmp_path, cases, ask):
    """What we stored and found healthy, and what `ask` finds out from Prometheus."""

    async def main():
        async with serving(cases) as address:
            ours = await scraped_by_us(address, len(cases))
            prometheus = Prometheus(tmp_path, address, len(cases))
            try:
                await asyncio.to_thread(prometheus.wait_for_scrapes, len(cases))
                return ours, await asyncio.to_thread(ask, prometheus)
            finally:
                await asyncio.to_thread(prometheus.stop)

    return asyncio.run(main())


def test_we_refuse_what_prometheus_refuses(tmp_path):
    cases = malformed()
    (_, healthy), up = both(tmp_path, cases, lambda prometheus: prometheus.query("up"))
    theirs = {int(each["metric"]["case"]): each["value"][1] == "1" for each in up}
    ours_only = {cases[i][1] for i in range(len(cases)) if theirs[i] and not healthy[i]}
    assert ours_only <= ACCEPTED_BY_ACCIDENT
    assert [cases[i] for i in range(len(cases)) if healthy[i] and not theirs[i]] == []
    assert not any(healthy)


def test_we_store_what_prometheus_stores(tmp_path):
    cases = good()

    def ask(prometheus):
        return prometheus.query('{case=~".+"}')

    (store, healthy), result = both(tmp_path, cases, ask)
    assert all(healthy)
    theirs = {
        Labels.of({k: v for k, v in each["metric"].items() if k != "instance"}): float(each["value"][1])
        for each in result
    }
    ours = {}
    by_ref = {ref: labels for labels, ref in store.refs.items()}
    for batch in store.batches:
        for ref, value in zip(batch.refs.tolist(), batch.values.tolist(), strict=True):
            if not is_stale(value):
                ours[by_ref[ref].without("instance")] = value
    measured = {"scrape_duration_seconds", "scrape_series_added"}  # theirs is a later scrape
    ours = {labels: value for labels, value in ours.items() if labels.name not in measured}
    theirs = {labels: value for labels, value in theirs.items() if labels.name not in measured}
    assert len(ours) > 400
    assert ours.keys() == theirs.keys()
    different = [
        labels for labels, value in ours.items()
        if value != theirs[labels] and not (math.isnan(value) and math.isnan(theirs[labels]))
    ]  # fmt: skip
    assert different == []
