"""FluxAI: a gateway for several accounts, whose cache answers part of the requests without asking a model."""

from __future__ import annotations

from itertools import product

import numpy as np

from watchglass.simulate.chances import chosen, in_ms, spread
from watchglass.simulate.effects import count, last, observe
from watchglass.simulate.rhythm import arrivals
from watchglass.simulate.run import WARM_UP_MS, Run, System
from watchglass.simulate.table import Column, Log, Table, table

ACCOUNTS = ("acme", "globex", "initech", "umbrella")
MODELS = ("gpt-4o", "gpt-4o-mini", "claude-sonnet", "llama-3.1-70b")
REGIONS = ("us-east", "eu-west", "ap-south")
STATUSES = ("success", "error")
CACHED = ("miss", "exact", "semantic")
_WORDS = {"account": ACCOUNTS, "model": MODELS, "region": REGIONS, "status": STATUSES, "type": CACHED}

_REQUESTS_A_MINUTE = 58.0
_ACCOUNT_WEIGHTS = (44.0, 27.0, 19.0, 10.0)
_MODEL_WEIGHTS = (18.0, 46.0, 22.0, 14.0)
_REGION_WEIGHTS = (52.0, 33.0, 15.0)
_CACHE_WEIGHTS = (71.0, 18.0, 11.0)
_USD_PER_TOKEN = np.array([[2.5, 10.0], [0.15, 0.6], [3.0, 15.0], [0.6, 0.8]]) / 1e6  # prompt, completion
_MEDIAN_S = np.array([1.4, 0.6, 1.7, 0.95])
_FAR_S = np.array([0.0, 0.06, 0.16])
_ERRORS = np.array([0.006, 0.003, 0.008, 0.012])
_PROBE_MS = 30_000
_BROKEN = MODELS.index("llama-3.1-70b")


def simulate(run: Run) -> Log:
    """What happens in a run."""
    requests = _requests(run)
    answered = requests["status"] == 0
    hit = requests["type"] > 0
    return Log(
        {
            "requests": requests,
            "hits": requests.where(answered & hit),
            "misses": requests.where(~hit),
            "calls": requests.where(~hit & answered),
            "probes": _probes(run),
        }
    )


def _requests(run: Run) -> Table:
    random = run.chance("requests")
    arrived = arrivals(random, run.start_ms - WARM_UP_MS, run.end_ms, _REQUESTS_A_MINUTE)
    size = len(arrived)
    model, region = chosen(random, size, _MODEL_WEIGHTS), chosen(random, size, _REGION_WEIGHTS)
    cached = chosen(random, size, _CACHE_WEIGHTS)
    cached[run.during("cache-flush", arrived)] = 0
    prompt = np.rint(spread(random, size, 620.0, 0.8)).astype(np.int64)
    completion = np.rint(spread(random, size, 260.0, 0.8)).astype(np.int64)
    usd = prompt * _USD_PER_TOKEN[model, 0] + completion * _USD_PER_TOKEN[model, 1]
    failed = (cached == 0) & (random.random(size) < _error_share(run, arrived, model))
    took = np.where(
        cached > 0,
        spread(random, size, np.where(cached == 1, 0.012, 0.055), 0.4),
        spread(random, size, _MEDIAN_S[model], 0.5) + _FAR_S[region],
    )
    took = np.where(run.during("slow", arrived) & (cached == 0), took * 5, took)
    return table(
        _WORDS,
        arrived_ms=arrived,
        done_ms=arrived + in_ms(took),
        took_s=took,
        account=chosen(random, size, _ACCOUNT_WEIGHTS),
        model=model,
        region=region,
        status=failed.astype(np.int64),
        type=cached,
        prompt=prompt,
        completion=completion,
        tokens=prompt + completion,
        usd=usd,
    ).sorted_by("done_ms")


def _error_share(run: Run, arrived: Column, model: Column) -> Column:
    share = np.where(run.during("errors", arrived), 0.2, _ERRORS[model])
    return np.where(run.during("model-down", arrived) & (model == _BROKEN), 0.97, share)


def _probes(run: Run) -> Table:
    """Whether each model answers in each region, asked every half a minute."""
    at = np.arange(run.start_ms, run.end_ms, _PROBE_MS, dtype=np.int64)
    pairs = len(MODELS) * len(REGIONS)
    times = np.repeat(at, pairs)
    model = np.tile(np.repeat(np.arange(len(MODELS)), len(REGIONS)), len(at))
    lost = run.chance("probes").random(len(times)) < 0.0006
    down = (run.during("model-down", times) & (model == _BROKEN)) | lost
    region = np.tile(np.arange(len(REGIONS)), len(at) * len(MODELS))
    return table({"model": MODELS, "region": REGIONS}, at_ms=times, model=model, region=region, up=1.0 - down)


_BY_REQUEST = {"account": "account", "model": "model", "region": "region"}
_TYPED = {"type": "type", "model": "model"}
_HIT_TYPES = CACHED[1:]

EFFECTS = (
    count(
        "fluxai_requests_total",
        "requests",
        "done_ms",
        {**_BY_REQUEST, "status": "status"},
        known=tuple(product(ACCOUNTS, MODELS, REGIONS, STATUSES)),
    ),
    observe(
        "fluxai_request_duration_seconds",
        "requests",
        "done_ms",
        "took_s",
        {"model": "model", "region": "region"},
        known=tuple(product(MODELS, REGIONS)),
    ),
    count(
        "fluxai_cost_dollars_total",
        "calls",
        "done_ms",
        _BY_REQUEST,
        value="usd",
        known=tuple(product(ACCOUNTS, MODELS, REGIONS)),
    ),
    *(
        count(
            "fluxai_tokens_total",
            "calls",
            "done_ms",
            {**_BY_REQUEST, "type": f"={kind}"},
            value=kind,
            known=tuple(product(ACCOUNTS, MODELS, REGIONS)),
        )
        for kind in ("prompt", "completion")
    ),
    count(
        "fluxai_cache_hits_total",
        "hits",
        "done_ms",
        {**_TYPED, "account": "account"},
        known=tuple(product(_HIT_TYPES, MODELS, ACCOUNTS)),
    ),
    count(
        "fluxai_cache_misses_total",
        "misses",
        "done_ms",
        {"model": "model", "account": "account"},
        known=tuple(product(MODELS, ACCOUNTS)),
    ),
    count(
        "fluxai_cache_cost_saved_dollars_total",
        "hits",
        "done_ms",
        _TYPED,
        value="usd",
        known=tuple(product(_HIT_TYPES, MODELS)),
    ),
    count(
        "fluxai_cache_tokens_saved_total",
        "hits",
        "done_ms",
        _TYPED,
        value="tokens",
        known=tuple(product(_HIT_TYPES, MODELS)),
    ),
    last("fluxai_model_up", "probes", "at_ms", "up", {"model": "model", "region": "region"}),
)

FLUXAI = System(
    pack="fluxai",
    simulate=simulate,
    effects={"fluxai": EFFECTS},
    targets={"fluxai": "localhost:8080"},
    faults={"errors": 7, "slow": 12, "cache-flush": 25, "model-down": 14},
)
