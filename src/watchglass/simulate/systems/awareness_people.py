"""Awareness Network's connections, collaboration and marketplace: what people and agents do in it."""

from __future__ import annotations

import numpy as np

from watchglass.simulate.chances import chosen, in_ms, spread, within
from watchglass.simulate.rhythm import DAY_MS, MINUTE_MS, arrivals
from watchglass.simulate.run import WARM_UP_MS, Run
from watchglass.simulate.table import Table, joined, table

CONNECTION_TYPES = ("agent", "user", "observer")
FINAL_STATUSES = ("completed", "failed", "cancelled")
AGENTS = ("planner", "researcher", "critic", "builder")
CATEGORIES = ("analysis", "hypothesis", "question", "insight")
DECISIONS = ("proposed", "approved", "rejected")
PACKAGE_STATUSES = ("listed", "sold", "removed")
TRANSACTIONS = ("purchase", "refund", "dispute")
CURRENCIES = ("USD", "EUR", "CREDITS")

_CONNECTIONS_A_MINUTE = 0.55
_COLLABORATIONS_A_MINUTE = 0.11
_THOUGHTS_A_MINUTE = 4.5
_ACTIONS_A_MINUTE = 0.8
_OPENED_MS = 1_735_689_600_000  # 2025-01-01, when the marketplace was opened
_LISTED_A_DAY, _SOLD_A_DAY, _REMOVED_A_DAY = 12, 9, 3
_LISTED_AT_ONCE = 260
_PURCHASES_A_MINUTE = 0.09
_DOWNLOADS_A_MINUTE = 0.35


def connections(run: Run) -> tuple[Table, Table]:
    """WebSocket connections, and the messages that went over them."""
    random = run.chance("websockets")
    opened = arrivals(random, run.start_ms - WARM_UP_MS, run.end_ms, _CONNECTIONS_A_MINUTE)
    kind = chosen(random, len(opened), (30.0, 60.0, 10.0))
    closed = opened + in_ms(spread(random, len(opened), np.array([3600.0, 900.0, 1800.0])[kind], 0.7))
    held = table(
        {"type": CONNECTION_TYPES}, opened_ms=opened, closed_ms=closed, type=kind, lasted_s=(closed - opened) / 1000
    )
    counts = random.poisson((closed - opened) / MINUTE_MS * np.array([2.2, 0.9, 0.2])[kind])
    whose, at = within(random, opened, closed, counts)
    outward = (random.random(len(at)) < 0.62).astype(np.int64)
    return held, table({"type": CONNECTION_TYPES}, at_ms=at, type=kind[whose], outward=outward)


def collaboration(run: Run) -> tuple[Table, Table, Table]:
    """Sessions of agents, the thoughts that they share, and what becomes of the actions that they propose."""
    random = run.chance("collaboration")
    begun = arrivals(random, run.start_ms - WARM_UP_MS, run.end_ms, _COLLABORATIONS_A_MINUTE)
    begun = begun[~run.during("collaboration-quiet", begun)]
    ended = begun + in_ms(spread(random, len(begun), 640.0, 0.8))
    status = chosen(random, len(begun), (86.0, 8.0, 6.0))
    for fault in run.faults:
        cut = (fault.kind == "collaboration-quiet") & (begun < fault.start_ms) & (ended > fault.start_ms)
        ended, status = np.where(cut, fault.start_ms, ended), np.where(cut, FINAL_STATUSES.index("failed"), status)
    sessions = table(
        {"status": FINAL_STATUSES}, begun_ms=begun, ended_ms=ended, status=status, lasted_s=(ended - begun) / 1000
    )
    minutes = (ended - begun) / MINUTE_MS
    _, thought = within(random, begun, ended, random.poisson(minutes * _THOUGHTS_A_MINUTE))
    agent = chosen(random, len(thought), (26.0, 34.0, 18.0, 22.0))
    thoughts = table(
        {"agent": AGENTS, "category": CATEGORIES},
        at_ms=thought,
        agent=agent,
        category=chosen(random, len(thought), (40.0, 22.0, 20.0, 18.0)),
    )
    _, proposed = within(random, begun, ended, random.poisson(minutes * _ACTIONS_A_MINUTE))
    return sessions.sorted_by("ended_ms"), thoughts, _actions(random, proposed)


def _actions(random: np.random.Generator, proposed: np.ndarray) -> Table:
    """Each is proposed, and nearly all are decided on soon after."""
    words = {"agent": AGENTS, "decision": DECISIONS}
    agent = chosen(random, len(proposed), (35.0, 20.0, 10.0, 35.0))
    decided = random.random(len(proposed)) < 0.93
    verdict = 1 + (random.random(len(proposed)) < 0.21)
    after = proposed + in_ms(spread(random, len(proposed), 20.0, 0.8))
    return joined(
        table(words, at_ms=proposed, agent=agent, decision=np.zeros(len(proposed), np.int64)),
        table(words, at_ms=after[decided], agent=agent[decided], decision=verdict[decided]),
    ).sorted_by("at_ms")


def packages(run: Run) -> tuple[Table, Table]:
    """How many packages there are by status after each change, and the first sales; so many a day, at any hour."""
    random = run.chance("packages")
    begins = np.arange(run.start_ms, run.end_ms, DAY_MS, dtype=np.int64)
    a_day = (_LISTED_A_DAY, _SOLD_A_DAY, _REMOVED_A_DAY)
    status = np.tile(np.repeat(np.arange(len(PACKAGE_STATUSES)), a_day), len(begins))
    at = np.repeat(begins, sum(a_day)) + random.integers(0, DAY_MS, len(status))
    order = np.argsort(at, kind="stable")
    at, status = at[order], status[order]
    days = (run.start_ms - _OPENED_MS) // DAY_MS
    before = (_LISTED_AT_ONCE, days * _SOLD_A_DAY, days * _REMOVED_A_DAY)
    listed = before[0] + np.cumsum(np.where(status == 0, 1, -1))
    counts = (listed, before[1] + np.cumsum(status == 1), before[2] + np.cumsum(status == 2))
    words = {"status": PACKAGE_STATUSES}
    first = [
        table(words, at_ms=begins[:1], status=np.array([code]), count=np.array([n])) for code, n in enumerate(before)
    ]
    later = [table(words, at_ms=at, status=np.full(len(at), code), count=n) for code, n in enumerate(counts)]
    sold = at[status == 1]
    sales = table(at_ms=sold, listed_s=spread(random, len(sold), 2.4 * 86_400, 0.9))
    return joined(*first, *later).sorted_by("at_ms"), sales


def transactions(run: Run) -> tuple[Table, Table]:
    """Transactions with what was paid, and downloads."""
    random = run.chance("transactions")
    at = arrivals(random, run.start_ms, run.end_ms, _PURCHASES_A_MINUTE)
    kind = chosen(random, len(at), (94.0, 4.5, 1.5))
    currency = chosen(random, len(at), (62.0, 25.0, 13.0))
    price = np.rint(spread(random, len(at), np.array([14.0, 13.0, 900.0])[currency], 0.6) * 100) / 100
    paid = table(
        {"type": TRANSACTIONS, "currency": CURRENCIES},
        at_ms=at,
        type=kind,
        currency=currency,
        amount=np.where(kind == 0, price, 0.0),
    )
    return paid, table(at_ms=arrivals(random, run.start_ms, run.end_ms, _DOWNLOADS_A_MINUTE))
