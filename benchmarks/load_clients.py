"""Twenty dashboards and one hostile client, as browsers are: `python benchmarks/load_clients.py PORT SECONDS INSTANCE ...`.

A dashboard has an address of its own and six connections that stay open, refreshes every 5 s, and skips a refresh while the last one is still being drawn.
The hostile client asks one query a second, whether or not the ones before are answered. What came of it all is printed as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode

DASHBOARDS = 20
CONNECTIONS = 6
REFRESH_S = 5.0
HOSTILE_S = 1.0
TIMEOUT_S = 150.0
SLOWEST = 5  # panels that are shown by name
GRACE_S = 10.0  # in which the last refreshes may end
FRAMES = "application/x-watchglass-frames"
RANGES = ((3600, 15), (6 * 3600, 60), (24 * 3600, 300))  # seconds, and the step that the UI chooses

PANELS = (
    "sum by (model)(rate(bench_0%s[5m]))",
    "rate(bench_1%s[5m])",
    "sum(rate(bench_2[5m]))",
    "sum by (method)(increase(bench_3%s[10m]))",
    "topk(5, rate(bench_4%s[5m]))",
    "sum by (model)(rate(bench_5%s[5m])) / sum by (model)(rate(bench_6%s[5m]))",
    "avg by (path)(bench_8%s)",
    "max_over_time(bench_9%s[10m])",
    "quantile(0.9, bench_18%s)",
    "avg_over_time(bench_19%s[5m])",
    "delta(bench_29%s[15m])",
    "count(bench_7%s > 100000)",
    "max by (instance)(bench_12)",
    "histogram_quantile(0.9, sum by (path)(rate(bench_15%s[5m])))",
    "min(up%s)",
    "scrape_duration_seconds%s",
)
"""Panels of a dashboard; `%s` is the choice of its instance."""

HOSTILE = (
    '{__name__=~".+"}',
    'quantile_over_time(0.9, {__name__=~".+"}[1h])',
    "mad_over_time(bench_9[12h])",
    "double_exponential_smoothing(bench_9[12h], 0.5, 0.5)",
    'count_values("v", {__name__=~"bench_.*"} * time())',
    "sum_over_time(rate(bench_2[5m])[1d:10s])",
    "max_over_time(max_over_time(max_over_time(bench_8[1h:1s])[1h:1s])[1h:1s])",
    "sum_over_time(vector(1)[1y:1s])",
    "bench_1" + " or bench_1" * 1_600,
    "bench_1" + "+bench_1" * 1_600,
    "1" + "+1" * 8_000,
    "(" * 30_000,
    '{path=~"(((a+)+)+)+$"}',
    '{path=~"(x{1000}){1000}"}',
    'bench_1{path!~"(' + "a?b?" * 4_000 + ')x"}',
    "label_replace(" * 30 + "up" + ', "job", "$1$1", "job", "(.*)")' * 30,
    'sort_desc({__name__=~"bench_.*"})',
    '{__name__=~".+"} * on (path) group_left () {__name__=~".+"}',
    '{__name__=~".+"}[1d]',
    "max_over_time(bench_1[290y])",
)
"""What the hostile client asks in turn, over a day in 8,640 steps."""


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class Connection:
    """One connection of a browser, opened when it is first needed and again after a fault."""

    def __init__(self, port: int, address: str, referer: str = "") -> None:
        self._port, self._address, self._referer = port, address, referer
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, accept: str) -> Reply:
        """Send a form and read the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self._port, limit=1 << 20, local_addr=(self._address, 0)
            )
        reader, writer = self._streams
        referer = f"Referer: http://localhost/{self._referer}\r\n" if self._referer else ""
        target, _, form = path.partition("?")
        head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n{referer}"
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
        try:
            writer.write(head.encode() + form.encode())
            return await _read_reply(reader)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it; the next question opens a new one."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


async def _read_reply(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" not in head:
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        return Reply(status, await reader.readexactly(length))
    pieces = []
    while size := int(await reader.readline(), 16):
        pieces.append((await reader.readexactly(size + 2))[:-2])
    await reader.readexactly(2)
    return Reply(status, b"".join(pieces))


@dataclass
class Tally:
    """What came of all questions of one kind."""

    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    slowest: list[tuple[float, float, str]] = field(default_factory=list)  # seconds, when it was asked, what

    async def timed(self, connection: Connection, path: str, accept: str) -> None:
        """Ask, and remember how it went."""
        began = time.perf_counter()
        self.asked += 1
        try:
            async with asyncio.timeout(TIMEOUT_S):
                reply = await connection.ask(path, accept)
        except (OSError, TimeoutError, EOFError, ValueError) as error:
            self.outcomes[type(error).__name__] += 1
            return
        self.seconds.append(time.perf_counter() - began)
        query = parse_qs(path.partition("?")[2])["query"][0][:60]
        self.slowest = sorted([*self.slowest, (self.seconds[-1], began, query)], reverse=True)[:SLOWEST]
        self.outcomes["answered" if reply.status == 200 else _error_type(reply)] += 1


def _error_type(reply: Reply) -> str:
    try:
        return str(json.loads(reply.body)["errorType"])
    except (ValueError, KeyError):
        return f"HTTP {reply.status}"


@dataclass
class Dashboard:
    """A page that somebody left open."""

    connections: list[Connection]
    panels: list[str]
    range_s: int
    step_s: int
    queries: Tally
    drawn_s: list[float] = field(default_factory=list)
    skipped: int = 0

    async def live(self, first_s: float, end_s: float) -> None:
        """Refresh until the end."""
        due = first_s
        while due < end_s:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._refresh()
            late = int((time.perf_counter() - due) // REFRESH_S)
            self.skipped += late
            due += (late + 1) * REFRESH_S

    async def _refresh(self) -> None:
        began = time.perf_counter()
        end = int(time.time()) // self.step_s * self.step_s
        times = {"start": end - self.range_s, "end": end, "step": self.step_s}
        waiting = [f"/api/v1/query_range?{urlencode({'query': panel, **times})}" for panel in self.panels]

        async def draw(connection: Connection) -> None:
            while waiting:
                await self.queries.timed(connection, waiting.pop(), FRAMES)

        await asyncio.gather(*map(draw, self.connections))
        self.drawn_s.append(time.perf_counter() - began)


async def attack(port: int, end_s: float, tally: Tally) -> None:
    """Ask something hostile every second."""
    running: set[asyncio.Task[None]] = set()
    number = 0
    while time.perf_counter() < end_s:
        end = int(time.time())
        query = HOSTILE[number % len(HOSTILE)]
        times = {"time": end} if query.endswith("]") else {"start": end - 86_400, "end": end, "step": 10}
        kind = "query" if query.endswith("]") else "query_range"
        connection = Connection(port, "127.0.2.1")
        path = f"/api/v1/{kind}?{urlencode({'query': query, **times})}"
        task = asyncio.ensure_future(tally.timed(connection, path, "*/*"))
        running.add(task)
        task.add_done_callback(lambda done, connection=connection: (running.discard(done), connection.close()))
        number += 1
        await asyncio.sleep(HOSTILE_S)
    await _end(running)
    tally.outcomes["unanswered at the end"] = tally.asked - sum(tally.outcomes.values())


async def _end(tasks: Collection[asyncio.Task[None]], grace_s: float = 0.0) -> None:
    """Wait so long for tasks, and stop what is left."""
    if tasks:
        await asyncio.wait(tasks, timeout=grace_s)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def dashboards(port: int, instances: Sequence[str]) -> list[Dashboard]:
    """All of them: half look at an hour, a quarter each at six hours and at a day."""
    queries = Tally()
    made = []
    for number in range(DASHBOARDS):
        range_s, step_s = RANGES[0 if number % 4 < 2 else number % 4 - 1]
        chosen = f'{{instance="{instances[number % len(instances)]}"}}'
        connections = [Connection(port, f"127.0.1.{number + 1}", f"d/load-{number}") for _ in range(CONNECTIONS)]
        made.append(Dashboard(connections, [panel.replace("%s", chosen) for panel in PANELS], range_s, step_s, queries))
    return made


async def load(port: int, seconds: float, instances: Sequence[str]) -> dict[str, object]:
    """Run all clients; what came of it."""
    pages, hostile = dashboards(port, instances), Tally()
    began = time.perf_counter()
    end = began + seconds
    starts = [began + number * REFRESH_S / len(pages) for number in range(len(pages))]
    tasks = [asyncio.ensure_future(page.live(first, end)) for page, first in zip(pages, starts, strict=True)]
    await attack(port, end, hostile)
    await _end(tasks, GRACE_S)
    panels = pages[0].queries
    panels.outcomes["unanswered at the end"] = panels.asked - sum(panels.outcomes.values())
    return {
        "panels": panels.seconds,
        "slowest": [(seconds, when - began, query) for seconds, when, query in panels.slowest],
        "panel_outcomes": panels.outcomes,
        "refreshes": [drawn for page in pages for drawn in page.drawn_s],
        "skipped": sum(page.skipped for page in pages),
        "hostile": hostile.seconds,
        "hostile_outcomes": hostile.outcomes,
        "cpu_s": time.process_time(),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))))
