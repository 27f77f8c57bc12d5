"""Awareness Network: an API with database, Redis and WebSockets, a marketplace, and agents that collaborate."""

from __future__ import annotations

import numpy as np

from watchglass.sdk.declared import DeclaredMetric
from watchglass.simulate.chances import alive, recent
from watchglass.simulate.effects import Effect, count, last, level, observe
from watchglass.simulate.run import Run, System
from watchglass.simulate.systems import awareness_people as people
from watchglass.simulate.systems import awareness_traffic as traffic
from watchglass.simulate.systems.awareness_routes import ROUTES
from watchglass.simulate.table import Column, Log, Table, table

_READ_MS = 10_000
_GIB = 2**30


def simulate(run: Run) -> Log:
    """What happens in a run."""
    connections, messages = people.connections(run)
    requests, queries = traffic.requests(run)
    commands = traffic.commands(run, requests, messages)
    sessions, thoughts, actions = people.collaboration(run)
    packages, sales = people.packages(run)
    paid, downloads = people.transactions(run)
    looks = commands.where(commands["command"] == 0)
    return Log(
        {
            "requests": requests,
            "queries": queries,
            "query_errors": queries.where(queries["failed"] > 0),
            "connections": connections,
            "sent": messages.where(messages["outward"] > 0),
            "received": messages.where(messages["outward"] == 0),
            "commands": commands,
            "hits": looks.where(looks["hit"] > 0),
            "misses": looks.where(looks["hit"] == 0),
            "sessions": sessions,
            "thoughts": thoughts,
            "actions": actions,
            "packages": packages,
            "sales": sales,
            "transactions": paid,
            "paid": paid.where(paid["amount"] > 0),
            "downloads": downloads,
            "readings": _readings(run, requests, queries, connections),
        }
    )


def _readings(run: Run, requests: Table, queries: Table, connections: Table) -> Table:
    """What the process reads of itself and of its pool every ten seconds."""
    random = run.chance("readings")
    at = np.arange(run.start_ms, run.end_ms, _READ_MS, dtype=np.int64)
    size = len(at)
    asked = recent(requests["done_ms"], at, _READ_MS)
    open_sockets = alive(connections["opened_ms"], connections["closed_ms"], at)
    in_flight = alive(requests["arrived_ms"], requests["done_ms"], at)
    active = np.minimum(alive(queries["begun_ms"], queries["done_ms"], at), traffic.POOL)
    heap = (0.21 + open_sockets * 0.0008 + 0.05 * random.random(size)) * _GIB
    lag = 0.002 + 0.0006 * asked + random.exponential(0.002, size)
    return table(
        at_ms=at,
        user=0.02 + asked * 0.011 * random.lognormal(0, 0.2, size),
        system=0.006 + asked * 0.0028 * random.lognormal(0, 0.2, size),
        resident=heap + (0.24 + _leaked(run, at)) * _GIB,
        heap=heap + _leaked(run, at) * _GIB,
        handles=24 + open_sockets + in_flight,
        requests=in_flight,
        lag=np.where(run.during("event-loop", at), 0.75 + random.exponential(0.1, size), lag),
        active=active,
        idle=traffic.POOL - active,
        waiting=alive(queries["asked_ms"], queries["begun_ms"], at),
        postgres=np.ones(size),
        backends=np.full(size, traffic.POOL),
        exporter=2.1e7 + random.normal(0, 4e5, size),
        redis=1.0 - run.during("redis-lost", at),
        redis_memory=(0.052 + 0.004 * np.sin(at / 3.6e6)) * _GIB + random.normal(0, 2e5, size),
    )


def _leaked(run: Run, at: Column) -> Column:
    """GiB that a leak has taken: all of them within twenty minutes, until the process is started anew."""
    leaked = np.zeros(len(at))
    for fault in run.faults:
        if fault.kind == "memory-leak":
            share = np.clip((at - fault.start_ms) / (20 * 60_000), 0, 1)
            leaked += np.where(at < fault.end_ms, share * 1.35, 0.0)
    return leaked


_OK = {"GET": "200", "POST": "201"}
ANSWERS = tuple((each.method, each.path, status) for each in ROUTES for status in (_OK[each.method], "500"))
_ASKED = tuple((each.method, each.path) for each in ROUTES)
QUERIED = tuple(dict.fromkeys((each.operation, each.model) for each in ROUTES if each.operation))
DB_ERRORS = tuple((operation, error) for operation in traffic.OPERATIONS for error in traffic.DB_ERRORS)
THOUGHTS = tuple((agent, category) for agent in people.AGENTS for category in people.CATEGORIES)
_TYPES = tuple((kind,) for kind in people.CONNECTION_TYPES)
_COMMANDS = tuple((command,) for command in traffic.COMMANDS)
_ROUTE = {"method": "method", "path": "path"}
_ANSWER = {**_ROUTE, "status": "status"}
_QUERY = {"operation": "operation", "model": "model"}
_TYPE = {"type": "type"}
_COMMAND = {"command": "command"}


def _read(metric: str, column: str) -> Effect:
    return last(metric, "readings", "at_ms", column)


APPLICATION = (
    count("http_requests_total", "requests", "done_ms", _ANSWER, known=ANSWERS),
    observe("http_request_duration_seconds", "requests", "done_ms", "took_s", _ANSWER, known=ANSWERS),
    observe("http_request_size_bytes", "requests", "done_ms", "sent", _ROUTE, known=_ASKED),
    observe("http_response_size_bytes", "requests", "done_ms", "answered", _ROUTE, known=_ASKED),
    level("http_active_connections", "requests", "arrived_ms", "released_ms"),
    count("ws_connections_total", "connections", "opened_ms", _TYPE, known=_TYPES),
    level("ws_active_connections", "connections", "opened_ms", "closed_ms", _TYPE, known=_TYPES),
    count("ws_messages_sent_total", "sent", "at_ms", _TYPE, known=_TYPES),
    count("ws_messages_received_total", "received", "at_ms", _TYPE, known=_TYPES),
    observe("ws_connection_duration_seconds", "connections", "closed_ms", "lasted_s", _TYPE, known=_TYPES),
    count("db_query_total", "queries", "done_ms", _QUERY, known=QUERIED),
    observe("db_query_duration_seconds", "queries", "done_ms", "took_s", _QUERY, known=QUERIED),
    count(
        "db_errors_total",
        "query_errors",
        "done_ms",
        {"operation": "operation", "error_type": "error_type"},
        known=DB_ERRORS,
    ),
    _read("db_pool_active_connections", "active"),
    _read("db_pool_idle_connections", "idle"),
    _read("db_pool_waiting_requests", "waiting"),
    count("redis_commands_total", "commands", "at_ms", _COMMAND, known=_COMMANDS),
    observe("redis_command_duration_seconds", "commands", "at_ms", "took_s", _COMMAND, known=_COMMANDS),
    count("redis_cache_hits_total", "hits", "at_ms"),
    count("redis_cache_misses_total", "misses", "at_ms"),
    _read("redis_connected", "redis"),
    last("marketplace_packages_total", "packages", "at_ms", "count", {"status": "status"}),
    count(
        "marketplace_transactions_total",
        "transactions",
        "at_ms",
        _TYPE,
        known=tuple((kind,) for kind in people.TRANSACTIONS),
    ),
    count(
        "marketplace_transaction_amount_total",
        "paid",
        "at_ms",
        {"currency": "currency"},
        value="amount",
        known=tuple((currency,) for currency in people.CURRENCIES),
    ),
    count("marketplace_package_downloads_total", "downloads", "at_ms"),
    observe("marketplace_listing_duration_seconds", "sales", "at_ms", "listed_s"),
    count(
        "collab_sessions_total",
        "sessions",
        "ended_ms",
        {"status": "status"},
        known=tuple((status,) for status in people.FINAL_STATUSES),
    ),
    level("collab_active_sessions", "sessions", "begun_ms", "ended_ms"),
    observe("collab_session_duration_seconds", "sessions", "ended_ms", "lasted_s"),
    count(
        "collab_thoughts_total",
        "thoughts",
        "at_ms",
        {"agent": "agent", "category": "category"},
        known=THOUGHTS,
    ),
    count(
        "collab_actions_total",
        "actions",
        "at_ms",
        {"agent": "agent", "decision": "decision"},
        known=tuple((agent, decision) for agent in people.AGENTS for decision in people.DECISIONS),
    ),
    count("process_cpu_user_seconds_total", "readings", "at_ms", value="user"),
    count("process_cpu_system_seconds_total", "readings", "at_ms", value="system"),
    _read("process_resident_memory_bytes", "resident"),
    _read("process_heap_bytes", "heap"),
    _read("nodejs_active_handles_total", "handles"),
    _read("nodejs_active_requests_total", "requests"),
    _read("nodejs_eventloop_lag_seconds", "lag"),
)

REDIS_EXPORTER = (
    _read("redis_memory_used_bytes", "redis_memory"),
    _read("process_resident_memory_bytes", "exporter"),
    count("redis_commands_total", "commands", "at_ms", {"cmd": "command"}, known=_COMMANDS),
)

POSTGRES_EXPORTER = (
    _read("pg_up", "postgres"),
    _read("process_resident_memory_bytes", "exporter"),
    last("pg_stat_database_numbackends", "readings", "at_ms", "backends", {"datname": "=awareness_network"}),
)

_OF_EXPORTER = DeclaredMetric("process_resident_memory_bytes", "gauge", "Memory that the exporter has taken", "bytes")
OF_POSTGRES = (
    _OF_EXPORTER,
    DeclaredMetric("pg_up", "gauge", "Whether PostgreSQL could be asked", "bool"),
    DeclaredMetric("pg_stat_database_numbackends", "gauge", "Connections to a database", "connections", ("datname",)),
)
OF_REDIS = (
    _OF_EXPORTER,
    DeclaredMetric("redis_memory_used_bytes", "gauge", "Memory that Redis has taken", "bytes"),
    DeclaredMetric("redis_commands_total", "counter", "Commands that Redis has run", "commands", ("cmd",)),
)

AWARENESS_NETWORK = System(
    pack="awareness_network",
    simulate=simulate,
    effects={
        "awareness-network": APPLICATION,
        "redis-exporter": REDIS_EXPORTER,
        "postgres-exporter": POSTGRES_EXPORTER,
    },
    targets={
        "awareness-network": "localhost:5000",
        "redis-exporter": "localhost:9121",
        "postgres-exporter": "localhost:9187",
    },
    foreign={"redis-exporter": OF_REDIS, "postgres-exporter": OF_POSTGRES},
    faults={
        "errors": 7,
        "slow": 11,
        "db-pool": 6,
        "redis-lost": 5,
        "cache-cold": 30,
        "memory-leak": 45,
        "event-loop": 6,
        "collaboration-quiet": 0,
    },
)
