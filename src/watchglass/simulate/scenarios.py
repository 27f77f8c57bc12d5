"""Scenarios: what goes wrong on command, one for each rule and check of the packs, which it makes true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from watchglass.errors import ConfigError
from watchglass.simulate.rhythm import MINUTE_MS
from watchglass.simulate.run import Fault


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that goes wrong, and who must notice.

    Attributes:
        system: whose pack.
        fault: what, as the system knows it.
        alert: the rule whose expression becomes true.
        minutes: how long it lasts: enough for the rule's window and hold time.
        about: what a person would say of it.
    """

    system: str
    fault: str
    alert: str
    minutes: int
    about: str

    def at(self, start_ms: int) -> Fault:
        """The fault, from a time on."""
        return Fault(self.fault, start_ms, start_ms + self.minutes * MINUTE_MS)


SCENARIOS: dict[str, Scenario] = {
    "sidepanel-errors": Scenario("sidepanel", "errors", "HighErrorRate", 20, "the bridge fails one request in seven"),
    "sidepanel-balance-low": Scenario(
        "sidepanel", "balance-low", "LowDiemBalance", 30, "a batch job uses up all but 7.5 Diem"
    ),
    "sidepanel-balance-critical": Scenario(
        "sidepanel", "balance-critical", "CriticalDiemBalance", 30, "a batch job uses up all but 3 Diem"
    ),
    "sidepanel-slow": Scenario("sidepanel", "slow", "HighLatency", 20, "the bridge answers after a second"),
    "hybrid-costs": Scenario("hybrid_ai_stack", "costs", "HighAPICosts", 90, "a request to the cloud costs much more"),
    "hybrid-errors": Scenario("hybrid_ai_stack", "errors", "HighErrorRate", 20, "every second request fails"),
    "hybrid-slow": Scenario("hybrid_ai_stack", "slow", "SlowResponses", 20, "the models answer nine times as slowly"),
    "hybrid-ollama-down": Scenario("hybrid_ai_stack", "ollama-down", "OllamaDown", 20, "Ollama does not answer"),
    "hybrid-cloud-drift": Scenario(
        "hybrid_ai_stack", "cloud-drift", "ExcessiveCloudUsage", 120, "most requests are routed to the cloud"
    ),
    "hybrid-no-local": Scenario("hybrid_ai_stack", "no-local", "LowLocalRouting", 150, "no request is routed locally"),
    "dinoair-errors": Scenario("dinoair", "errors", "DinoAirHighErrorRate", 20, "most API requests fail"),
    "dinoair-cpu": Scenario("dinoair", "cpu", "DinoAirHighCPU", 20, "the machine's CPU is busy with something else"),
    "awareness-errors": Scenario("awareness_network", "errors", "HighErrorRate", 20, "one request in eight fails"),
    "awareness-slow": Scenario("awareness_network", "slow", "HighLatency", 20, "requests take more than two seconds"),
    "awareness-db-pool": Scenario(
        "awareness_network", "db-pool", "DatabasePoolExhausted", 15, "a migration locks tables, and queries wait"
    ),
    "awareness-redis-lost": Scenario("awareness_network", "redis-lost", "RedisDisconnected", 15, "Redis is gone"),
    "awareness-cache-cold": Scenario("awareness_network", "cache-cold", "LowCacheHitRate", 40, "the cache was flushed"),
    "awareness-memory-leak": Scenario(
        "awareness_network", "memory-leak", "HighMemoryUsage", 60, "the process takes more and more memory"
    ),
    "awareness-event-loop": Scenario(
        "awareness_network", "event-loop", "EventLoopLag", 15, "something blocks the event loop"
    ),
    "awareness-collaboration-quiet": Scenario(
        "awareness_network", "collaboration-quiet", "CollaborationSystemDown", 180, "no collaboration session is begun"
    ),
}
"""By name."""

OPENING = {"dinoair-cpu": (-3, 4), "awareness-redis-lost": (-8, 30)}
"""What goes wrong when a demo begins that is asked for nothing else: from and until so many minutes after its start."""


def opening(systems: Sequence[str], start_ms: int) -> dict[str, list[Fault]]:
    """What goes wrong, by system, when a demo of these systems begins."""
    found: dict[str, list[Fault]] = {}
    for name, (begins, ends) in OPENING.items():
        each = SCENARIOS[name]
        if each.system in systems:
            fault = Fault(each.fault, start_ms + begins * MINUTE_MS, start_ms + ends * MINUTE_MS)
            found.setdefault(each.system, []).append(fault)
    return found


def scenario(name: str) -> Scenario:
    """The scenario of a name.

    Raises:
        ConfigError: there is none; names the nearest one.
    """
    if name not in SCENARIOS:
        near = get_close_matches(name, SCENARIOS, 1, 0.5)
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(SCENARIOS)}"
        raise ConfigError(f'there is no scenario "{name}"; {hint}')
    return SCENARIOS[name]
