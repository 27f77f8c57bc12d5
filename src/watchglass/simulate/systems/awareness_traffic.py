"""Awareness Network's requests, and what they ask of the database's pool and of Redis."""

from __future__ import annotations

import numpy as np

from watchglass.simulate.chances import chosen, in_ms, spread
from watchglass.simulate.queues import served
from watchglass.simulate.rhythm import arrivals
from watchglass.simulate.run import WARM_UP_MS, Run
from watchglass.simulate.systems.awareness_routes import ROUTES
from watchglass.simulate.table import Column, Table, joined, table

METHODS = tuple(dict.fromkeys(route.method for route in ROUTES))
PATHS = tuple(dict.fromkeys(route.path for route in ROUTES))
STATUSES = ("200", "201", "400", "404", "500")
OPERATIONS = tuple(dict.fromkeys(route.operation for route in ROUTES if route.operation))
DATA_MODELS = tuple(dict.fromkeys(route.model for route in ROUTES if route.model))
DB_ERRORS = ("timeout", "unique_violation", "connection_lost")
COMMANDS = ("get", "set", "publish")
POOL = 10
"""Connections of the database's pool."""

_REQUESTS_A_MINUTE = 84.0
_QUERY_MEDIAN_S = {"findMany": 0.007, "findUnique": 0.002, "create": 0.006, "update": 0.009}
_LOCKED_S = 11.0  # a query while a migration holds its locks
_GIVEN_UP_S = 30.0  # a request that waited as long for the database fails
_KEEP_ALIVE_MS = 5_000
_HIT_SHARE = 0.94


def requests(run: Run) -> tuple[Table, Table]:
    """Requests and the queries that they made."""
    random = run.chance("http")
    arrived = arrivals(random, run.start_ms - WARM_UP_MS, run.end_ms, _REQUESTS_A_MINUTE)
    route = chosen(random, len(arrived), tuple(each.weight for each in ROUTES))
    own = spread(random, len(arrived), np.array([each.median_s for each in ROUTES])[route], 0.5)
    own += np.where(run.during("slow", arrived), spread(random, len(arrived), 2.6, 0.25), 0.0)
    queries, waited = _queries(run, arrived, route)
    took = own + waited
    status = _statuses(run, random, arrived, route, waited)
    done = arrived + in_ms(took)
    answered = table(
        {"method": METHODS, "path": PATHS, "status": STATUSES},
        arrived_ms=arrived,
        done_ms=done,
        released_ms=done + _KEEP_ALIVE_MS,
        took_s=took,
        method=np.array([METHODS.index(each.method) for each in ROUTES])[route],
        path=np.array([PATHS.index(each.path) for each in ROUTES])[route],
        status=status,
        sent=np.rint(spread(random, len(arrived), np.array([each.sent for each in ROUTES])[route], 0.6)),
        answered=np.rint(spread(random, len(arrived), np.array([each.answered for each in ROUTES])[route], 0.6)),
    )
    return answered.sorted_by("done_ms"), queries


def _statuses(run: Run, random: np.random.Generator, arrived: Column, route: Column, waited: Column) -> Column:
    draw = random.random(len(arrived))
    posts = np.array([each.method == "POST" for each in ROUTES])[route]
    status = posts.astype(np.int64)  # 200, or 201 of what was created
    status[draw > 0.985] = STATUSES.index("404")
    status[draw > 0.994] = STATUSES.index("400")
    broken = np.where(run.during("errors", arrived), 0.13, 0.0003)
    status[(draw < broken) | (waited > _GIVEN_UP_S)] = STATUSES.index("500")
    return status


def _queries(run: Run, arrived: Column, route: Column) -> tuple[Table, Column]:
    """Queries, and how long each request waited for its own; they go through the pool in order."""
    random = run.chance("queries")
    counts = np.array([each.queries for each in ROUTES])[route]
    whose = np.repeat(np.arange(len(arrived)), counts)
    names = [OPERATIONS.index(each.operation) if each.operation else 0 for each in ROUTES]
    operation = np.array(names)[route][whose]
    asked = arrived[whose] + 1
    took = spread(random, len(whose), np.array([_QUERY_MEDIAN_S[name] for name in OPERATIONS])[operation], 0.6)
    took = np.where(run.during("db-pool", asked), spread(random, len(whose), _LOCKED_S, 0.2), took)
    begun, done = served(asked, took, POOL)
    waited = np.zeros(len(arrived))
    np.maximum.at(waited, whose, (done - asked) / 1000)
    models = [DATA_MODELS.index(each.model) if each.model else 0 for each in ROUTES]
    failed = random.random(len(whose)) < np.where(run.during("db-pool", asked), 0.05, 0.0002)
    queries = table(
        {"operation": OPERATIONS, "model": DATA_MODELS, "error_type": DB_ERRORS},
        asked_ms=asked,
        begun_ms=begun,
        done_ms=done,
        took_s=(done - begun) / 1000,
        operation=operation,
        model=np.array(models)[route][whose],
        failed=failed.astype(np.int64),
        error_type=chosen(random, len(whose), (70.0, 25.0, 5.0)),
    )
    return queries.sorted_by("done_ms"), waited


def commands(run: Run, answered: Table, messages: Table) -> Table:
    """What the application asks Redis: a look into the cache for each reading request, a store after each miss."""
    random = run.chance("redis")
    reading = answered.where(
        (answered["method"] == METHODS.index("GET")) & ~run.during("redis-lost", answered["done_ms"])
    )
    at = reading["arrived_ms"]
    hit = random.random(len(at)) < np.where(run.during("cache-cold", at), 0.45, _HIT_SHARE)
    stored = at[~hit] + 15
    told = messages["at_ms"][::3]
    told = told[~run.during("redis-lost", told)]
    parts = ((at, 0, hit), (stored, 1, np.zeros(len(stored), bool)), (told, 2, np.zeros(len(told), bool)))
    kinds = [
        table({"command": COMMANDS}, at_ms=times, command=np.full(len(times), code), hit=found.astype(np.int64))
        for times, code, found in parts
    ]
    everything = joined(*kinds).sorted_by("at_ms")
    took = spread(random, len(everything), 0.00035, 0.7)
    miss = (everything["command"] == 0) & (everything["hit"] == 0)
    return Table({**everything.columns, "took_s": took, "miss": miss.astype(np.int64)}, everything.words)
