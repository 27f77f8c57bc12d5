"""Random configurations and alert histories, whose times keep events and timers half a second apart.

Events happen on whole seconds; group waits end on half seconds, intervals are whole, and repeats fall between turns. So no
answer hangs on which of two things that fall together comes first. Each history has a label of its own, by which all routes
group and all inhibition and silences are narrowed, so that many run in one process.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LABEL = "history"
EVENTS = 26
LENGTH = 38
"""In seconds times a scale; after the last event, time is left for what follows from it."""

SEVERITIES, TEAMS, SERVICES = ("critical", "warning", "info"), ("a", "b"), ("x", "y")
RESOLVE_TIMEOUT_S = 7


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a whole second: an alert as it is posted, or a silence made or ended."""

    at_s: int
    kind: str  # `alert`, `silence`, `expire`
    labels: dict[str, str] = field(default_factory=dict)
    has_start: bool = False
    ends_s: int | None = None  # from the event on; None for none given
    matchers: tuple[tuple[str, str, bool], ...] = ()
    name: str = ""


def configuration(chance: random.Random, sink: str, now: datetime, scale: int) -> dict[str, Any]:
    """An alertmanager.yml; `sink` is the address below which its webhooks are, `scale` multiplies all timers."""
    receivers = [f"r{number}" for number in range(3)]
    minute = (now.hour * 60 + now.minute + 1) % 1440
    intervals = [
        {"name": "next-minute", "time_intervals": [{"times": [_minutes(minute)]}]},
        {"name": "not-next-minute", "time_intervals": [{"times": _others(minute)}]},
        {"name": "never", "time_intervals": [{"years": ["1990:1999"]}]},
        {
            "name": "always",
            "time_intervals": [{"years": ["2000:2200"], "months": ["1:12"], "weekdays": ["sunday:saturday"]}],
        },
    ]
    return {
        "global": {"resolve_timeout": f"{RESOLVE_TIMEOUT_S * scale}s"},
        "route": {
            "receiver": receivers[0],
            **_timers(chance, scale, always=True),
            "routes": _routes(chance, receivers, scale, 1),
        },
        "inhibit_rules": [_inhibition(chance) for _ in range(chance.randrange(3))],
        "receivers": [
            {
                "name": name,
                "webhook_configs": [
                    {"url": f"{sink}/{name}/{at}", "send_resolved": chance.random() < 0.7}
                    for at in range(chance.choice((1, 1, 2)))
                ],
            }
            for name in receivers
        ],
        "time_intervals": intervals,
    }


def _minutes(minute: int) -> dict[str, str]:
    return {
        "start_time": f"{minute // 60:02d}:{minute % 60:02d}",
        "end_time": f"{(minute + 1) // 60:02d}:{(minute + 1) % 60:02d}",
    }


def _others(minute: int) -> list[dict[str, str]]:
    before = {"start_time": "00:00", "end_time": f"{minute // 60:02d}:{minute % 60:02d}"}
    after = {"start_time": f"{(minute + 1) // 60:02d}:{(minute + 1) % 60:02d}", "end_time": "24:00"}
    return [each for each in (before, after) if each["start_time"] != each["end_time"]]


def _timers(chance: random.Random, scale: int, *, always: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if always or chance.random() < 0.5:
        names = chance.sample(("alertname", "team", "service", "severity"), chance.randrange(4))
        found["group_by"] = ["..."] if chance.random() < 0.1 else [LABEL, *names]
    if always or chance.random() < 0.5:
        found["group_wait"] = f"{chance.choice((500, 1500, 2500)) * scale}ms"
    if always or chance.random() < 0.5:
        interval = chance.choice((2, 3, 4, 5))
        found["group_interval"] = f"{interval * scale}s"
        found["repeat_interval"] = f"{chance.choice((interval * 2, interval * 3, 60)) * 1000 * scale - 500 * scale}ms"
    return found


def _routes(chance: random.Random, receivers: list[str], scale: int, depth: int) -> list[dict[str, Any]]:
    routes, seen = [], set()
    for _ in range(chance.randrange(4 if depth == 1 else 3)):
        route: dict[str, Any] = {**_matching(chance), **_timers(chance, scale)}
        if str(route.get("matchers", route)) in seen:
            continue
        seen.add(str(route.get("matchers", route)))
        if chance.random() < 0.8:
            route["receiver"] = chance.choice(receivers)
        if chance.random() < 0.35:
            route["continue"] = True
        if chance.random() < 0.15:
            route["mute_time_intervals"] = chance.sample(("next-minute", "never", "always"), chance.choice((1, 1, 2)))
        if chance.random() < 0.1:
            route["active_time_intervals"] = [chance.choice(("not-next-minute", "always", "never"))]
        if depth < 3:
            route["routes"] = _routes(chance, receivers, scale, depth + 1)
        routes.append(route)
    return routes


def _matching(chance: random.Random) -> dict[str, Any]:
    kind = chance.randrange(6)
    if kind == 0:
        return {"match": {"severity": chance.choice(SEVERITIES)}}
    if kind == 1:
        return {"match_re": {"severity": "critical|warning"}}
    choices = [
        f"severity={chance.choice(SEVERITIES)}",
        f"team!={chance.choice(TEAMS)}",
        'service=~"x|"',
        "alertname!~A[12]",
        "team=",
    ]
    return {"matchers": chance.sample(choices, chance.choice((1, 1, 2)))}


def _inhibition(chance: random.Random) -> dict[str, Any]:
    equal = [LABEL, *chance.sample(("team", "service"), chance.randrange(3))]
    source, target = chance.sample(SEVERITIES, 2)
    if chance.random() < 0.3:
        return {
            "source_matchers": [f"alertname={chance.choice(('A1', 'A2'))}"],
            "target_match": {"severity": target},
            "equal": equal,
        }
    return {"source_match": {"severity": source}, "target_matchers": [f"severity={target}"], "equal": equal}


def history(chance: random.Random, number: int) -> list[Event]:
    """What happens in one history, in order."""
    events: list[Event] = []
    for _ in range(chance.choice((1, 2, 3, 4, 5))):
        labels = {LABEL: f"h{number}", "alertname": f"A{chance.randrange(1, 4)}", "severity": chance.choice(SEVERITIES)}
        for name, values in (("team", TEAMS), ("service", SERVICES)):
            if chance.random() < 0.7:
                labels[name] = chance.choice(values)
        if not any(event.labels == labels for event in events):
            events += _life(chance, labels)
    for at in range(chance.choice((0, 0, 1, 2))):
        events += _silence(chance, number, f"s{at}")
    return sorted(events, key=lambda event: event.at_s)


def _life(chance: random.Random, labels: dict[str, str]) -> list[Event]:
    """An alert fires, is heard of again, ends by word, by its end or by silence, and may come back."""
    events, at_s = [], chance.randrange(12)
    has_start = chance.random() < 0.5
    for _ in range(chance.choice((1, 1, 2))):
        ends_s = chance.choice((None, 3, 6, 30))
        events.append(Event(at_s, "alert", labels, has_start, ends_s))
        for _ in range(chance.choice((0, 1, 2))):
            at_s += chance.randrange(1, 6)
            events.append(Event(at_s, "alert", labels, False, chance.choice((None, 5, 30))))
        at_s += chance.randrange(1, 9)
        if chance.random() < 0.8:
            events.append(Event(at_s, "alert", labels, False, 0))
        at_s += chance.randrange(1, 9)
    return [event for event in events if event.at_s <= EVENTS]


def _silence(chance: random.Random, number: int, name: str) -> list[Event]:
    matchers = [(LABEL, f"h{number}", False)]
    if chance.random() < 0.7:
        matchers.append(
            chance.choice((("severity", "critical", False), ("alertname", "A[12]", True), ("team", "a", False)))
        )
    at_s, length_s = chance.randrange(15), chance.randrange(3, 20)
    events = [Event(at_s, "silence", matchers=tuple(matchers), ends_s=length_s, name=f"h{number}-{name}")]
    if chance.random() < 0.5:
        events.append(Event(at_s + chance.randrange(1, length_s), "expire", name=f"h{number}-{name}"))
    return events


def iso(seconds: float) -> str:
    """A time as the API takes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
