"""Sidepanel: sessions open connections, whose polls and messages are requests; each message is a call of the Venice API."""

from __future__ import annotations

import numpy as np

from watchglass.simulate.chances import alive, chosen, in_ms, recent, spread, within
from watchglass.simulate.effects import count, last, level, observe
from watchglass.simulate.rhythm import DAY_MS, MINUTE_MS, arrivals
from watchglass.simulate.run import WARM_UP_MS, Fault, Run, System
from watchglass.simulate.table import Log, Table, joined, table

MODELS = ("llama-3.3-70b", "qwen-2.5-72b", "deepseek-r1")
_MODEL_WEIGHTS = (65.0, 20.0, 15.0)
_USD_PER_TOKEN = np.array([[0.7, 2.8], [0.7, 2.8], [3.5, 14.0]]) / 1e6  # prompt, completion
_MEDIAN_CALL_S = np.array([0.11, 0.15, 0.28])
METHODS = ("poll", "chat", "history", "models", "session.create", "session.close")
STATUSES = ("success", "error")
_WORDS = {"method": METHODS, "status": STATUSES}

DAILY_DIEM = 100.0
_DIEM_PER_USD = 22.0
_USD_LEFT = 25.0
_RATE_LIMIT = 500
_SESSIONS_A_MINUTE = 0.13
_POLLS_A_MINUTE = 15.0
_READ_MS = 15_000


def simulate(run: Run) -> Log:
    """What happens in a run."""
    sessions, connections = _sessions(run)
    calls = _calls(run, sessions)
    sessions = _with_tokens(sessions, calls)
    requests = _requests(run, sessions, connections, calls)
    return Log(
        {
            "sessions": sessions,
            "connections": connections,
            "calls": calls,
            "requests": requests,
            "balance": _balance(run, calls),
            "resets": _resets(run),
            "readings": _readings(run, connections, requests),
        }
    )


def _sessions(run: Run) -> tuple[Table, Table]:
    """Sessions, and the connections that each one's windows hold."""
    random = run.chance("sessions")
    created = arrivals(random, run.start_ms - WARM_UP_MS, run.end_ms, _SESSIONS_A_MINUTE)
    size = len(created)
    closed = created + in_ms(spread(random, size, 1150.0, 0.75))
    sessions = table(
        {"model": MODELS},
        created_ms=created,
        closed_ms=closed,
        duration_s=(closed - created) / 1000,
        model=chosen(random, size, _MODEL_WEIGHTS),
        messages=1 + random.poisson((closed - created) / 1000 / 125),
    )
    whose = np.repeat(np.arange(size), 1 + random.poisson(3.0, size))
    lasts = closed[whose] - created[whose]
    opened = created[whose] + (random.random(len(whose)) * 0.2 * lasts).astype(np.int64)
    connections = table(opened_ms=opened, closed_ms=np.maximum(closed[whose], opened + 1))
    return sessions, connections.sorted_by("opened_ms")


def _calls(run: Run, sessions: Table) -> Table:
    """A call for each message; what a batch job of somebody calls when it drains the balance comes on top."""
    random = run.chance("calls")
    whose, sent = within(random, sessions["created_ms"], sessions["closed_ms"], sessions["messages"])
    size, model = len(whose), sessions["model"][whose]
    prompt = np.rint(spread(random, size, 380.0, 0.7)).astype(np.int64)
    completion = np.rint(spread(random, size, 230.0, 0.7)).astype(np.int64)
    failed = random.random(size) < 0.002
    took = spread(random, size, _MEDIAN_CALL_S[model], 0.6)
    usd = prompt * _USD_PER_TOKEN[model, 0] + completion * _USD_PER_TOKEN[model, 1]
    calls = table(
        {"model": MODELS, "status": STATUSES},
        sent_ms=sent,
        done_ms=sent + in_ms(took),
        took_s=took,
        session=whose,
        model=model,
        status=failed.astype(np.int64),
        prompt=np.where(failed, 0, prompt),
        completion=np.where(failed, 0, completion),
        usd=np.where(failed, 0.0, usd),
    )
    batches = [_batch(calls, fault) for fault in run.faults if fault.kind in _LEFT_BY]
    return joined(calls, *batches).sorted_by("done_ms")


_LEFT_BY = {"balance-low": 7.5, "balance-critical": 3.0}
"""What a batch job of somebody leaves of the day's Diem."""
_BATCH = 40


def _batch(calls: Table, fault: Fault) -> Table:
    """Calls over eight minutes that use up all but a little of the balance."""
    today = (calls["done_ms"] >= fault.start_ms // DAY_MS * DAY_MS) & (calls["done_ms"] < fault.start_ms)
    diem = DAILY_DIEM - calls["usd"][today].sum() * _DIEM_PER_USD - _LEFT_BY[fault.kind]
    usd = np.full(_BATCH, max(diem, 0.0) / _DIEM_PER_USD / _BATCH)
    sent = fault.start_ms + np.arange(_BATCH) * (8 * MINUTE_MS // _BATCH)
    tokens = np.rint(usd / _USD_PER_TOKEN[0, 0] / 2).astype(np.int64)
    same = np.zeros(_BATCH, np.int64)
    return table(
        calls.words,
        sent_ms=sent,
        done_ms=sent + 4000,
        took_s=np.full(_BATCH, 4.0),
        session=same - 1,
        model=same,
        status=same,
        prompt=tokens,
        completion=tokens // 4,
        usd=usd,
    )


def _with_tokens(sessions: Table, calls: Table) -> Table:
    own = calls.where(calls["session"] >= 0)
    tokens = np.bincount(own["session"], own["prompt"] + own["completion"], len(sessions))
    return Table({**sessions.columns, "tokens": tokens}, sessions.words)


def _requests(run: Run, sessions: Table, connections: Table, calls: Table) -> Table:
    """What the bridge is asked: it fails or crawls as a whole when something is wrong with it."""
    random = run.chance("requests")
    minutes = (connections["closed_ms"] - connections["opened_ms"]) / MINUTE_MS
    _, polls = within(
        random, connections["opened_ms"], connections["closed_ms"], random.poisson(minutes * _POLLS_A_MINUTE)
    )
    own = calls.where(calls["session"] >= 0)
    kinds = (
        ("poll", polls, spread(random, len(polls), 0.008, 0.5)),
        ("chat", own["sent_ms"], own["took_s"] + spread(random, len(own), 0.006)),
        ("history", sessions["created_ms"], spread(random, len(sessions), 0.035)),
        ("models", connections["opened_ms"], spread(random, len(connections), 0.02)),
        ("session.create", sessions["created_ms"], spread(random, len(sessions), 0.05)),
        ("session.close", sessions["closed_ms"], spread(random, len(sessions), 0.03)),
    )
    sent = np.concatenate([times for _, times, _ in kinds])
    method = np.concatenate([np.full(len(times), METHODS.index(name)) for name, times, _ in kinds])
    took = np.concatenate([seconds for _, _, seconds in kinds])
    took = np.where(run.during("slow", sent), took * 6 + spread(random, len(sent), 0.7, 0.5), took)
    failed = random.random(len(sent)) < np.where(run.during("errors", sent), 0.14, 1e-5)
    failed[method == METHODS.index("chat")] |= own["status"] > 0
    return table(
        _WORDS, sent_ms=sent, done_ms=sent + in_ms(took), took_s=took, method=method, status=failed.astype(np.int64)
    ).sorted_by("done_ms")


def _balance(run: Run, calls: Table) -> Table:
    """Diem and dollars that are left after each call that cost something, and after each reset at midnight, UTC."""
    paid = calls.where((calls["usd"] > 0) & (calls["done_ms"] >= run.start_ms) & (calls["done_ms"] < run.end_ms))
    midnights = np.arange(run.start_ms, run.end_ms, DAY_MS, dtype=np.int64)
    at = np.concatenate([midnights, paid["done_ms"]])
    spent = np.concatenate([np.zeros(len(midnights)), paid["usd"] * _DIEM_PER_USD])
    order = np.argsort(at, kind="stable")
    at, spent = at[order], spent[order]
    total = np.cumsum(spent)
    begun = np.maximum.accumulate(np.where(spent == 0, total, 0.0))  # what was spent before the day
    today = total - begun
    beyond = np.maximum(today - DAILY_DIEM, 0.0)  # paid in dollars
    return table(
        at_ms=at,
        diem=np.maximum(DAILY_DIEM - today, 0.0),
        usd=_USD_LEFT - np.cumsum(np.diff(beyond, prepend=0.0).clip(0)) / _DIEM_PER_USD,
        limit=np.full(len(at), float(_RATE_LIMIT)),
        remaining=_RATE_LIMIT - recent(calls["sent_ms"][np.argsort(calls["sent_ms"])], at, MINUTE_MS),
    )


def _resets(run: Run) -> Table:
    midnights = np.arange(run.start_ms, run.end_ms, DAY_MS, dtype=np.int64)
    return table(at_ms=midnights, next_s=(midnights + DAY_MS) / 1000)


def _readings(run: Run, connections: Table, requests: Table) -> Table:
    """What the bridge reads of its machine: it works as much as it is asked."""
    random = run.chance("readings")
    at = np.arange(run.start_ms, run.end_ms, _READ_MS, dtype=np.int64)
    held = alive(connections["opened_ms"], connections["closed_ms"], at)
    asked = recent(requests["done_ms"], at, MINUTE_MS)
    return table(
        at_ms=at,
        cpu=np.clip(0.04 + asked / 900 + random.normal(0, 0.01, len(at)), 0.01, 1.0),
        memory=np.clip(0.31 + held * 0.004 + random.normal(0, 0.003, len(at)), 0.0, 1.0),
        disk=0.42 + (at % (9 * DAY_MS)) / DAY_MS * 0.004,
    )


_EVERY_METHOD = tuple((method, status) for method in METHODS for status in STATUSES)
_EVERY_MODEL = tuple((model,) for model in MODELS)

EFFECTS = (
    level("sidepanel_ws_active_connections", "connections", "opened_ms", "closed_ms"),
    count("sidepanel_ws_connections_total", "connections", "opened_ms"),
    observe(
        "sidepanel_request_duration_seconds",
        "requests",
        "done_ms",
        "took_s",
        {"method": "method"},
        known=tuple((method,) for method in METHODS),
    ),
    count(
        "sidepanel_requests_total", "requests", "done_ms", {"method": "method", "status": "status"}, known=_EVERY_METHOD
    ),
    last("sidepanel_venice_balance_diem", "balance", "at_ms", "diem"),
    last("sidepanel_venice_balance_usd", "balance", "at_ms", "usd"),
    last("sidepanel_venice_rate_limit_remaining", "balance", "at_ms", "remaining"),
    last("sidepanel_venice_rate_limit_total", "balance", "at_ms", "limit"),
    last("sidepanel_venice_reset_timestamp_seconds", "resets", "at_ms", "next_s"),
    count("sidepanel_venice_tokens_total", "calls", "done_ms", {"type": "=prompt"}, value="prompt"),
    count("sidepanel_venice_tokens_total", "calls", "done_ms", {"type": "=completion"}, value="completion"),
    count("sidepanel_venice_cost_usd_total", "calls", "done_ms", {"model": "model"}, value="usd", known=_EVERY_MODEL),
    count(
        "sidepanel_venice_requests_total",
        "calls",
        "done_ms",
        {"model": "model", "status": "status"},
        known=tuple((model, status) for model in MODELS for status in STATUSES),
    ),
    observe(
        "sidepanel_venice_request_duration_seconds",
        "calls",
        "done_ms",
        "took_s",
        {"model": "model"},
        known=_EVERY_MODEL,
    ),
    level("sidepanel_sessions_active", "sessions", "created_ms", "closed_ms"),
    count("sidepanel_sessions_created_total", "sessions", "created_ms", {"model": "model"}, known=_EVERY_MODEL),
    observe("sidepanel_session_duration_seconds", "sessions", "closed_ms", "duration_s"),
    observe("sidepanel_session_messages", "sessions", "closed_ms", "messages"),
    observe("sidepanel_session_tokens", "sessions", "closed_ms", "tokens"),
    last("sidepanel_cpu_usage_ratio", "readings", "at_ms", "cpu"),
    last("sidepanel_memory_usage_ratio", "readings", "at_ms", "memory"),
    last("sidepanel_disk_usage_ratio", "readings", "at_ms", "disk"),
)

SIDEPANEL = System(
    pack="sidepanel",
    simulate=simulate,
    effects={"sidepanel": EFFECTS},
    targets={"sidepanel": "localhost:8787"},
    faults={"errors": 9, "slow": 12, "balance-low": 0, "balance-critical": 0},
)
