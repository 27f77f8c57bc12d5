"""Hybrid AI Stack: a gateway sends simple requests to local models, which have queues, and hard ones to the cloud, which costs."""

from __future__ import annotations

import numpy as np

from watchglass.simulate.chances import chosen, in_ms, recent, spread
from watchglass.simulate.effects import count, last, level, observe
from watchglass.simulate.queues import served
from watchglass.simulate.rhythm import MINUTE_MS, arrivals
from watchglass.simulate.run import WARM_UP_MS, Run, System
from watchglass.simulate.table import Column, Log, Table, table

MODELS = ("tinyllama", "phi2", "claude-sonnet")
BACKENDS = ("local", "cloud")
STATUSES = ("success", "error")
COMPLEXITIES = ("low", "medium", "high")
_WORDS = {"model": MODELS, "backend": BACKENDS, "status": STATUSES, "complexity": COMPLEXITIES}
_CLOUD = MODELS.index("claude-sonnet")

_REQUESTS_A_MINUTE = 26.0
_COMPLEXITY_WEIGHTS = (55.0, 31.0, 14.0)
_MEDIAN_S = np.array([0.45, 1.5, 2.3])
_SERVERS = {0: 2, 1: 2}  # of the local models
_USD_PER_REQUEST = 0.011
_READ_MS = 15_000
_LOADED_MS = 5 * MINUTE_MS  # Ollama keeps a model this long after it was used


def simulate(run: Run) -> Log:
    """What happens in a run."""
    requests = _requests(run)
    outages = [(fault.start_ms, fault.end_ms) for fault in run.faults if fault.kind == "ollama-down"]
    return Log({"requests": requests, "readings": _readings(run, requests)}, {"ollama": outages})


def _requests(run: Run) -> Table:
    random = run.chance("requests")
    arrived = arrivals(random, run.start_ms - WARM_UP_MS, run.end_ms, _REQUESTS_A_MINUTE)
    size = len(arrived)
    complexity = chosen(random, size, _COMPLEXITY_WEIGHTS)
    model = _routed(run, random, arrived, complexity)
    routing = spread(random, size, 0.0012, 0.6)
    took = spread(random, size, _MEDIAN_S[model], 0.45) * np.where(run.during("slow", arrived), 9.0, 1.0)
    begun, done = _served(arrived + in_ms(routing), model, took)
    failed = random.random(size) < np.where(run.during("errors", arrived), 0.55, 0.003)
    cost = np.where(failed | (model != _CLOUD), 0.0, spread(random, size, _USD_PER_REQUEST, 0.8))
    cost *= np.where(run.during("costs", arrived), 14.0, 1.0)
    requests = table(
        _WORDS,
        arrived_ms=arrived,
        begun_ms=begun,
        done_ms=done,
        took_s=(done - arrived) / 1000,
        inferred_s=(done - begun) / 1000,
        routed_s=routing,
        model=model,
        backend=(model == _CLOUD).astype(np.int64),
        status=failed.astype(np.int64),
        complexity=complexity,
        usd=cost,
    )
    return _with_mean_cost(run, requests.sorted_by("done_ms"))


def _routed(run: Run, random: np.random.Generator, arrived: Column, complexity: Column) -> Column:
    """The model of each request; a twelfth of the middling ones is judged to be hard."""
    model = complexity.copy()
    model[(complexity == 1) & (random.random(len(arrived)) < 0.08)] = _CLOUD
    drifted = run.during("cloud-drift", arrived) & (random.random(len(arrived)) < 0.75)
    model[drifted | run.during("no-local", arrived) | run.during("ollama-down", arrived)] = _CLOUD
    return model


def _served(routed: Column, model: Column, took: Column) -> tuple[Column, Column]:
    """When each request is begun and done; the cloud takes any number at once, a local model as many as it has servers."""
    begun, done = routed.copy(), routed + in_ms(took)
    for local, servers in _SERVERS.items():
        mine = np.flatnonzero(model == local)
        order = mine[np.argsort(routed[mine], kind="stable")]
        begun[order], done[order] = served(routed[order], took[order], servers)
    return begun, done


def _with_mean_cost(run: Run, requests: Table) -> Table:
    """What a request of the model has cost so far since the gateway started."""
    counted = requests["done_ms"] >= run.up_ms
    mean = np.zeros(len(requests))
    for model in range(len(MODELS)):
        mine = np.flatnonzero((requests["model"] == model) & counted)
        mean[mine] = np.cumsum(requests["usd"][mine]) / np.arange(1, len(mine) + 1)
    return Table({**requests.columns, "mean_usd": mean}, requests.words)


def _readings(run: Run, requests: Table) -> Table:
    """Whether the gateway is well, and how many models Ollama holds in memory."""
    at = np.arange(run.start_ms, run.end_ms, _READ_MS, dtype=np.int64)
    used = [np.sort(requests["done_ms"][requests["model"] == model]) for model in _SERVERS]
    loaded = np.sum([recent(times, at, _LOADED_MS) > 0 for times in used], axis=0)
    return table(at_ms=at, health=1.0 - run.during("errors", at), loaded=loaded)


_LABELS = {"model": "model", "backend": "backend", "status": "status", "complexity": "complexity"}
_LOCAL_ROUTES = tuple(
    (model, "local", status, complexity)
    for model, complexity in (("tinyllama", "low"), ("phi2", "medium"))
    for status in STATUSES
)
_CLOUD_ROUTES = tuple(
    ("claude-sonnet", "cloud", status, complexity) for complexity in COMPLEXITIES for status in STATUSES
)
_ROUTES = _LOCAL_ROUTES + _CLOUD_ROUTES
_PAIRS = (("tinyllama", "local"), ("phi2", "local"), ("claude-sonnet", "cloud"))
_EVERY_MODEL = tuple((model,) for model in MODELS)

GATEWAY = (
    count("api_gateway_requests_total", "requests", "done_ms", _LABELS, known=_ROUTES),
    observe("api_gateway_request_duration_seconds", "requests", "done_ms", "took_s", _LABELS, known=_ROUTES),
    level(
        "api_gateway_requests_in_progress",
        "requests",
        "arrived_ms",
        "done_ms",
        {"model": "model", "backend": "backend"},
        known=_PAIRS,
    ),
    count("api_gateway_cost_total", "requests", "done_ms", {"model": "model"}, value="usd", known=_EVERY_MODEL),
    last("api_gateway_cost_per_request", "requests", "done_ms", "mean_usd", {"model": "model"}),
    observe(
        "api_gateway_model_latency_seconds",
        "requests",
        "done_ms",
        "inferred_s",
        {"model": "model"},
        known=_EVERY_MODEL,
    ),
    observe("api_gateway_routing_latency_seconds", "requests", "begun_ms", "routed_s"),
    last("api_gateway_health", "readings", "at_ms", "health"),
)

HYBRID_AI_STACK = System(
    pack="hybrid_ai_stack",
    simulate=simulate,
    effects={"api-gateway": GATEWAY, "ollama": (last("ollama_models_loaded", "readings", "at_ms", "loaded"),)},
    targets={"api-gateway": "api-gateway:8080", "ollama": "ollama-cpu:11434"},
    faults={"errors": 8, "slow": 10, "costs": 0, "ollama-down": 12, "cloud-drift": 90, "no-local": 0},
)
