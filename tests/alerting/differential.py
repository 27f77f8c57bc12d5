"""Alert histories run side by side against Debian's Alertmanager 0.25, twice, and against Watchglass, in real time.

`python tests/alerting/differential.py --histories 2000` takes up to half an hour; a seed makes the same histories again. What is
compared of each history: for each receiver, integration and group the sequence of status, labels, annotations and ordered
alerts, and the times. Histories on which Alertmanager differs from itself are counted and left out; one that differs is run
again with others, since a machine that is busy delays anybody: a difference of meaning comes again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import yaml
from differential_histories import LABEL, LENGTH, Event, configuration, history, iso
from differential_servers import TO_BEGIN_S, Server, Sink, Told, start_alertmanager, start_subject

TOLERANCE_S = 0.5
BATCH = 50
ROUNDS = 3
"""A history that differs is run so often; it agrees if it does once."""
MOST_LATE = 0.3
"""Times the scale: events that come later than that may meet a timer."""
MOST_LATE_RUNS = 5

Told_ = tuple[str, str, str]  # receiver and place, group key, then the rest as text
Line = tuple[float, str]
Heard = dict[tuple[str, str], list[Line]]


class LateError(Exception):
    """This machine was so late that a server refused what it was told."""


@dataclass(slots=True)
class Outcome:
    """What came of histories."""

    agreed: int = 0
    notifications: int = 0
    repeated: int = 0  # agreed in a later round only
    unsteady: list[str] = field(default_factory=list)  # Alertmanager differs from itself
    differing: list[str] = field(default_factory=list)
    explained: dict[str, str] = field(default_factory=dict)
    worst_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Histories that share a configuration, and so a process."""

    seed: int
    numbers: tuple[int, ...]
    scale: int = 1

    def histories(self) -> dict[int, list[Event]]:
        """What happens in each."""
        return {number: history(random.Random(f"{self.seed}/{number}"), number) for number in self.numbers}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run_batch(program: str, batch: Batch, sink: Sink) -> dict[int, tuple[Heard, Heard, Heard]]:
    """What each history told, by two Alertmanagers and by Watchglass; nothing where events came too late to say."""
    names = [f"{batch.seed}-{time.monotonic_ns()}-{which}" for which in ("one", "two", "ours")]
    now = datetime.now(UTC)
    configs = [
        yaml.safe_dump(
            configuration(random.Random(batch.seed), f"http://127.0.0.1:{sink.port}/{name}", now, batch.scale)
        )
        for name in names
    ]
    begin_at_s = max(0.0, batch.scale / 4 - TO_BEGIN_S)  # so that no half minute of theirs meets an event or a timer
    await asyncio.sleep((begin_at_s - time.time()) % batch.scale)
    peers = [start_alertmanager(program, names[at], configs[at], free_port()) for at in range(2)]
    servers = [*peers, start_subject(names[2], configs[2], free_port(), began_s=peers[0].began_s)]
    try:
        async with httpx.AsyncClient(timeout=20) as client:
            await asyncio.gather(*(server.ready(client) for server in servers))
            start_s = float((int(time.time()) // batch.scale + 2) * batch.scale)
            histories = batch.histories()
            events = sorted((event for each in histories.values() for event in each), key=lambda event: event.at_s)
            late_s = max(
                await asyncio.gather(*(_play(client, server, events, start_s, batch.scale) for server in servers))
            )
            await asyncio.sleep(max(0.0, start_s + LENGTH * batch.scale - time.time()))
        heard = [_by_history(sink.told.pop(name, []), start_s) for name in names]
        if late_s > MOST_LATE * batch.scale:
            sys.stderr.write(f"this machine was {late_s:.2f} s late with what it posts: once more\n")
            return {}
        return {number: tuple(each.get(number, {}) for each in heard) for number in batch.numbers}  # type: ignore[misc]
    except (LateError, httpx.TransportError) as error:
        sys.stderr.write(f"once more: {type(error).__name__} {error}\n")
        return {}
    finally:
        for server in servers:
            server.stop()


async def _play(
    client: httpx.AsyncClient, server: Server, events: Sequence[Event], start_s: float, scale: int
) -> float:
    """Let all events of a second happen together; the answer is by how much they came late at most."""
    late_s = 0.0
    seconds: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        seconds[event.at_s].append(event)
    for at_s, group in seconds.items():
        now_s = start_s + at_s * scale
        await asyncio.sleep(max(0.0, now_s - time.time()))
        alerts = [_alert(event, now_s, scale) for event in group if event.kind == "alert"]
        calls = [_silence(client, server, event, now_s, scale) for event in group if event.kind != "alert"]
        if alerts:
            calls.append(_post(client, f"{server.url}/api/v2/alerts", alerts))
        await asyncio.gather(*calls)
        late_s = max(late_s, time.time() - now_s)
    return late_s


def _alert(event: Event, now_s: float, scale: int) -> dict[str, Any]:
    alert: dict[str, Any] = {"labels": event.labels, "annotations": {"said": str(event.at_s)}}
    if event.has_start:
        alert["startsAt"] = iso(now_s)
    if event.ends_s is not None:
        alert["endsAt"] = iso(now_s + event.ends_s * scale)
        alert.setdefault("startsAt", iso(now_s))
    return alert


async def _post(client: httpx.AsyncClient, url: str, content: Any) -> Any:
    answer = await client.post(url, json=content)
    if answer.status_code != 200:
        raise LateError(answer.text)
    return answer.json() if answer.content else None


async def _silence(client: httpx.AsyncClient, server: Server, event: Event, now_s: float, scale: int) -> None:
    if event.kind == "expire":
        if event.name in server.silences:
            await client.delete(f"{server.url}/api/v2/silence/{server.silences[event.name]}")
        return
    matchers = [
        {"name": name, "value": value, "isRegex": regex, "isEqual": True} for name, value, regex in event.matchers
    ]
    silence = {
        "matchers": matchers,
        "startsAt": iso(now_s),
        "endsAt": iso(now_s + (event.ends_s or 0) * scale),
        "createdBy": "differential",
        "comment": event.name,
    }
    server.silences[event.name] = (await _post(client, f"{server.url}/api/v2/silences", silence))["silenceID"]


def _by_history(told: Sequence[Told], start_s: float) -> dict[int, Heard]:
    found: dict[int, Heard] = defaultdict(lambda: defaultdict(list))
    for each in told:
        body = each.body
        if not (name := body["commonLabels"][LABEL])[1:].isdecimal():
            continue  # sent to warm up
        number = int(name[1:])
        alerts = [
            (
                alert["status"],
                sorted(alert["labels"].items()),
                sorted(alert["annotations"].items()),
                alert["fingerprint"],
            )
            for alert in body["alerts"]
        ]
        rest = json.dumps(
            [
                body["receiver"],
                body["status"],
                body["groupLabels"],
                body["commonLabels"],
                body["commonAnnotations"],
                alerts,
            ]
        )
        found[number][each.place, body["groupKey"]].append((each.time_s - start_s, rest))
    return found


def difference(one: Heard, other: Heard) -> str:
    """What differs between two, in words; empty where nothing does."""
    for key in sorted(one.keys() | other.keys()):
        mine, yours = one.get(key, []), other.get(key, [])
        if [text for _, text in mine] != [text for _, text in yours]:
            return f"{key}:\n  {_lines(mine)}\n  {_lines(yours)}"
        for (my_s, text), (your_s, _) in zip(mine, yours, strict=True):
            if abs(my_s - your_s) > TOLERANCE_S:
                return f"{key}: at {my_s:.2f} s and {your_s:.2f} s: {text[:200]}"
    return ""


def _lines(heard: Sequence[Line]) -> str:
    return "; ".join(f"{at_s:.2f} {text}" for at_s, text in heard)


def _spread(one: Heard, other: Heard) -> float:
    pairs = [(mine, yours) for key in one for mine, yours in zip(one[key], other.get(key, []), strict=False)]
    return max((abs(mine[0] - yours[0]) for mine, yours in pairs), default=0.0)


async def compare(histories: int, seed: int, parallel: int, batch_size: int = BATCH, scale: int = 1) -> Outcome:
    """Run histories, and those that differ again, each round with the same configuration."""
    program = shutil.which("prometheus-alertmanager")
    assert program, "apt-get install prometheus-alertmanager"
    sink, outcome, gate = Sink(), Outcome(), asyncio.Semaphore(parallel)
    await sink.start()
    batches = [
        Batch(seed * 100_000 + at, tuple(range(at * batch_size, min(histories, (at + 1) * batch_size))), scale)
        for at in range(-(-histories // batch_size))
    ]

    async def work(batch: Batch) -> None:
        async with gate:
            await _work(program, batch, sink, outcome)
            sys.stderr.write(
                f"{outcome.agreed} agreed, {len(outcome.differing)} differ, {len(outcome.unsteady)} left out\n"
            )

    await asyncio.gather(*map(work, batches))
    await sink.close()
    return outcome


async def _work(program: str, batch: Batch, sink: Sink, outcome: Outcome) -> None:
    left, verdicts = batch.numbers, dict.fromkeys(batch.numbers, "UNSTEADY: the machine was always late")
    for turn in range(ROUNDS):
        for number, (one, two, ours) in (await _in_time(program, replace(batch, numbers=left), sink)).items():
            own, verdict = difference(one, two), difference(one, ours)
            if not verdict:
                outcome.agreed += 1
                outcome.repeated += turn > 0
                outcome.notifications += sum(map(len, one.values()))
                outcome.worst_s = max(outcome.worst_s, _spread(one, ours))
                verdicts.pop(number, None)
            else:
                sys.stderr.write(f"round {turn + 1}: seed {batch.seed} history {number}: {verdict[:300]}\n")
                verdicts[number] = f"seed {batch.seed} history {number}: " + ("UNSTEADY " if own else "") + verdict
        left = tuple(verdicts)
        if not left:
            return
    for text in verdicts.values():
        (outcome.unsteady if "UNSTEADY" in text else outcome.differing).append(text)


async def _in_time(program: str, batch: Batch, sink: Sink) -> dict[int, tuple[Heard, Heard, Heard]]:
    """What each history told; where this machine was too late to say, they are run again a few times."""
    for _ in range(MOST_LATE_RUNS):
        if heard := await run_batch(program, batch, sink):
            return heard
    return {}


def main() -> int:
    """Run as a script; 1 where a history differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--parallel", type=int, default=4, help="configurations that run at once, each in three processes"
    )
    parser.add_argument("--scale", type=int, default=2, help="multiplies all times; 1 wants an idle machine")
    parser.add_argument("--batch", type=int, default=BATCH, help="histories of one configuration")
    given = parser.parse_args()
    began_s = time.monotonic()
    outcome = asyncio.run(compare(given.histories, given.seed, given.parallel, given.batch, given.scale))
    for text in (*outcome.differing, *outcome.unsteady):
        sys.stdout.write(f"{text}\n")
    sys.stdout.write(
        f"{given.histories} histories in {time.monotonic() - began_s:.0f} s: {outcome.agreed} agreed ({outcome.repeated} of them"
        f" not at first) over {outcome.notifications} notifications, largest difference {outcome.worst_s:.2f} s;"
        f" {len(outcome.differing)} differ; {len(outcome.unsteady)} left out, on which Alertmanager differs from itself\n"
    )
    return 1 if outcome.differing else 0


if __name__ == "__main__":
    sys.exit(main())
