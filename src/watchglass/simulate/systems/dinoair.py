"""DinoAir: people in sessions ask services and models; models share one GPU, and what it does is what the machine does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from watchglass.sdk.dinoair.health import DEFAULT_PENALTIES
from watchglass.simulate.chances import alive, chosen, in_ms, recent, spread
from watchglass.simulate.effects import count, last, level, observe
from watchglass.simulate.queues import served
from watchglass.simulate.rhythm import DAY_MS, MINUTE_MS, arrivals
from watchglass.simulate.run import WARM_UP_MS, Run, System
from watchglass.simulate.table import Column, Log, Table, joined, table

SERVICES = ("comfyui", "ollama", "library", "auth")
ENDPOINTS = ("/generate", "/queue", "/api/generate", "/search", "/login")
METHODS = ("POST", "GET")
MODELS = ("llama2-7b", "mistral-7b", "sdxl-turbo")
WORKFLOWS = ("image_generation", "document_summary")
OPERATIONS = ("upload", "download", "delete")
SUCCESS = ("true", "false")
ERROR_TYPES = ("connection_timeout", "server_error", "bad_request", "out_of_memory")
SEVERITIES = ("warning", "error", "critical")

_ENDPOINT_SERVICE = np.array([0, 0, 1, 2, 3])
_ENDPOINT_METHOD = np.array([0, 1, 0, 1, 0])
_ENDPOINT_WEIGHTS = (7.0, 30.0, 13.0, 44.0, 6.0)
_ENDPOINT_MEDIAN_S = np.array([0.22, 0.018, 0.12, 0.075, 0.04])
_REQUESTS_A_MINUTE = 21.0
_SESSIONS_A_MINUTE = 0.05
_GENERATIONS_A_MINUTE = 1.7
_GENERATION_MEDIAN_S = np.array([9.0, 7.5, 14.0])
_MODEL_WEIGHTS = (46.0, 31.0, 23.0)
_WORKFLOWS_A_MINUTE = 0.3
_FILES_A_MINUTE = 1.1
_READ_MS = 15_000


def simulate(run: Run) -> Log:
    """What happens in a run."""
    sessions, generations, requests = _sessions(run), _generations(run), _requests(run)
    errors = _errors(run, requests, generations)
    return Log(
        {
            "sessions": sessions,
            "requests": requests,
            "failures": requests.where(requests["code"] >= 400),
            "generations": generations,
            "errors": errors,
            "workflows": _workflows(run),
            "files": _files(run),
            "readings": _readings(run, requests, generations, errors),
        }
    )


def _sessions(run: Run) -> Table:
    random = run.chance("sessions")
    started = arrivals(random, run.start_ms - WARM_UP_MS, run.end_ms, _SESSIONS_A_MINUTE)
    ended = started + in_ms(spread(random, len(started), 1500.0, 0.9))
    return table(started_ms=started, ended_ms=ended, duration_s=(ended - started) / 1000)


def _requests(run: Run) -> Table:
    random = run.chance("requests")
    arrived = arrivals(random, run.start_ms, run.end_ms, _REQUESTS_A_MINUTE)
    endpoint = chosen(random, len(arrived), _ENDPOINT_WEIGHTS)
    took = spread(random, len(arrived), _ENDPOINT_MEDIAN_S[endpoint], 0.6)
    draw = random.random(len(arrived))
    broken = np.where(run.during("errors", arrived), 0.6, 0.004)
    code = np.where(draw < broken, 500, np.where(draw < broken + 0.006, 404, 200))
    requests = table(
        {"service": SERVICES, "endpoint": ENDPOINTS, "method": METHODS},
        done_ms=arrived + in_ms(took),
        took_s=took,
        service=_ENDPOINT_SERVICE[endpoint],
        endpoint=endpoint,
        method=_ENDPOINT_METHOD[endpoint],
        code=code,
    ).sorted_by("done_ms")
    return _with_mean_time(run, requests)


def _with_mean_time(run: Run, requests: Table) -> Table:
    """What a request of the service has taken so far, since the process started."""
    mean = np.zeros(len(requests))
    for service in range(len(SERVICES)):
        mine = np.flatnonzero((requests["service"] == service) & (requests["done_ms"] >= run.up_ms))
        mean[mine] = np.cumsum(requests["took_s"][mine]) / np.arange(1, len(mine) + 1)
    return Table({**requests.columns, "mean_s": mean}, requests.words)


def _generations(run: Run) -> Table:
    """Answers of the models, one after the other on the GPU."""
    random = run.chance("generations")
    arrived = arrivals(random, run.start_ms - WARM_UP_MS, run.end_ms, _GENERATIONS_A_MINUTE)
    size = len(arrived)
    model = chosen(random, size, _MODEL_WEIGHTS)
    took = spread(random, size, _GENERATION_MEDIAN_S[model], 0.4)
    begun, done = served(arrived, took)
    failed = random.random(size) < np.where(run.during("errors", arrived), 0.3, 0.012)
    return table(
        {"model": MODELS, "success": SUCCESS},
        arrived_ms=arrived,
        begun_ms=begun,
        done_ms=done,
        took_s=(done - begun) / 1000,
        model=model,
        success=failed.astype(np.int64),
        prompt=np.rint(spread(random, size, 190.0, 0.8)).astype(np.int64),
        output=np.where(failed, 0, np.rint(spread(random, size, 340.0, 0.7))).astype(np.int64),
    )


def _errors(run: Run, requests: Table, generations: Table) -> Table:
    """What is told as an error: broken requests, and generations for which the memory did not do."""
    random = run.chance("errors")
    words = {"error_type": ERROR_TYPES, "service": SERVICES, "severity": SEVERITIES}
    broken = requests.where(requests["code"] >= 500)
    kind = chosen(random, len(broken), (35.0, 55.0, 10.0))
    failed = generations.where(generations["success"] == 1)
    same = np.ones(len(failed), np.int64)
    return joined(
        table(words, at_ms=broken["done_ms"], error_type=kind, service=broken["service"], severity=(kind < 2) * 1),
        table(words, at_ms=failed["done_ms"], error_type=3 * same, service=same, severity=2 * same),
    ).sorted_by("at_ms")


def _workflows(run: Run) -> Table:
    random = run.chance("workflows")
    started = arrivals(random, run.start_ms, run.end_ms, _WORKFLOWS_A_MINUTE)
    workflow = chosen(random, len(started), (70.0, 30.0))
    took = spread(random, len(started), np.array([38.0, 12.0])[workflow], 0.5)
    failed = random.random(len(started)) < 0.03
    workflows = table(
        {"workflow": WORKFLOWS},
        done_ms=started + in_ms(took),
        took_s=took,
        workflow=workflow,
        failed=failed.astype(np.int64),
        steps=np.where(failed, random.integers(0, 5, len(started)), 5),
        total=np.full(len(started), 5),
    ).sorted_by("done_ms")
    return _with_success(run, workflows)


def _with_success(run: Run, workflows: Table) -> Table:
    """The share of runs of the workflow that succeeded, since the process started."""
    share = np.zeros(len(workflows))
    for workflow in range(len(WORKFLOWS)):
        mine = np.flatnonzero((workflows["workflow"] == workflow) & (workflows["done_ms"] >= run.up_ms))
        share[mine] = np.cumsum(1 - workflows["failed"][mine]) / np.arange(1, len(mine) + 1)
    return Table({**workflows.columns, "success_rate": share}, workflows.words)


def _files(run: Run) -> Table:
    random = run.chance("files")
    started = arrivals(random, run.start_ms, run.end_ms, _FILES_A_MINUTE)
    operation = chosen(random, len(started), (40.0, 52.0, 8.0))
    size = np.where(operation == 2, 0, np.rint(spread(random, len(started), 900_000.0, 1.1))).astype(np.int64)
    took = 0.02 + size / 2.2e7 + spread(random, len(started), 0.03)
    return table(
        {"operation": OPERATIONS},
        done_ms=started + in_ms(took),
        took_s=took,
        operation=operation,
        size=size,
        failed=(random.random(len(started)) < 0.008).astype(np.int64),
    ).sorted_by("done_ms")


def _readings(run: Run, requests: Table, generations: Table, errors: Table) -> Table:
    """What the collector reads every fifteen seconds: the machine is as busy as its GPU and its services."""
    random = run.chance("readings")
    at = np.arange(run.start_ms, run.end_ms, _READ_MS, dtype=np.int64)
    size = len(at)
    busy = alive(generations["begun_ms"], generations["done_ms"], at)
    asked = recent(requests["done_ms"], at, MINUTE_MS)
    cpu = np.where(run.during("cpu", at), 95.0, 9 + busy * 34 + asked * 0.35) + random.normal(0, 2.0, size)
    rate = recent(errors["at_ms"], at, MINUTE_MS).astype(np.float64)
    up = len(SERVICES) - run.during("errors", at)
    memory = np.clip(46 + busy * 14 + random.normal(0, 1.0, size), 0, 100)
    disk = 58 + (at % (30 * DAY_MS)) / DAY_MS * 0.35
    cpu = np.clip(cpu, 1.0, 100.0)
    down = 1 - up / len(SERVICES)
    judged = {"cpu": cpu, "memory": memory, "disk": disk, "error_rate": rate, "services_down": down}
    return table(
        {"gpu": ("0",)},
        at_ms=at,
        gpu=np.zeros(size, np.int64),
        cpu=cpu,
        memory=memory,
        disk=disk,
        network=np.clip(1.5 + asked * 0.4 + random.exponential(1.2, size), 0, None),
        error_rate=rate,
        services=up,
        health=_health(judged),
        gpu_usage=np.clip(busy * 88 + random.normal(3, 2, size), 0, 100),
        gpu_memory=np.clip(31 + busy * 37 + random.normal(0, 1, size), 0, 100),
    )


def _health(readings: Mapping[str, Column]) -> Column:
    """The score that the library calculates, reading by reading."""
    taken = [
        penalty.points * np.clip((readings[name] - penalty.from_value) / (penalty.to_value - penalty.from_value), 0, 1)
        for name, penalty in DEFAULT_PENALTIES.items()
    ]
    score: Column = np.clip(100 - np.sum(taken, axis=0), 0, 100)
    return score


_EVERY_SERVICE = tuple((service,) for service in SERVICES)
_EVERY_MODEL = tuple((model,) for model in MODELS)
_ROUTES = tuple(
    (SERVICES[_ENDPOINT_SERVICE[place]], endpoint, METHODS[_ENDPOINT_METHOD[place]])
    for place, endpoint in enumerate(ENDPOINTS)
)

EFFECTS = (
    last("dinoair_cpu_usage_percent", "readings", "at_ms", "cpu"),
    last("dinoair_memory_usage_percent", "readings", "at_ms", "memory"),
    last("dinoair_disk_usage_percent", "readings", "at_ms", "disk"),
    last("dinoair_network_bandwidth_mbps", "readings", "at_ms", "network"),
    last("dinoair_system_health_score", "readings", "at_ms", "health"),
    last("dinoair_active_services_total", "readings", "at_ms", "services"),
    last("dinoair_gpu_usage_percent", "readings", "at_ms", "gpu_usage", {"gpu": "gpu"}),
    last("dinoair_gpu_memory_usage_percent", "readings", "at_ms", "gpu_memory", {"gpu": "gpu"}),
    last("dinoair_custom_error_rate_per_minute", "readings", "at_ms", "error_rate"),
    count("dinoair_custom_api_requests_total", "requests", "done_ms", {"service": "service"}, known=_EVERY_SERVICE),
    count("dinoair_custom_api_errors_total", "failures", "done_ms", {"service": "service"}, known=_EVERY_SERVICE),
    last("dinoair_custom_api_response_time_avg", "requests", "done_ms", "mean_s", {"service": "service"}),
    observe(
        "dinoair_custom_api_response_time_seconds",
        "requests",
        "done_ms",
        "took_s",
        {"service": "service", "endpoint": "endpoint", "method": "method"},
        known=_ROUTES,
    ),
    level("dinoair_custom_active_sessions", "sessions", "started_ms", "ended_ms"),
    observe("dinoair_custom_session_durations", "sessions", "ended_ms", "duration_s"),
    count(
        "dinoair_custom_model_generations_total",
        "generations",
        "done_ms",
        {"model": "model", "success": "success"},
        known=tuple((model, success) for model in MODELS for success in SUCCESS),
    ),
    observe(
        "dinoair_custom_model_generation_seconds",
        "generations",
        "done_ms",
        "took_s",
        {"model": "model"},
        known=_EVERY_MODEL,
    ),
    level(
        "dinoair_custom_model_queue_size",
        "generations",
        "arrived_ms",
        "begun_ms",
        {"model": "model"},
        known=_EVERY_MODEL,
    ),
    observe(
        "dinoair_custom_model_prompt_length", "generations", "done_ms", "prompt", {"model": "model"}, known=_EVERY_MODEL
    ),
    observe(
        "dinoair_custom_model_output_length", "generations", "done_ms", "output", {"model": "model"}, known=_EVERY_MODEL
    ),
    count(
        "dinoair_custom_errors_total",
        "errors",
        "at_ms",
        {"error_type": "error_type", "service": "service", "severity": "severity"},
    ),
    *(
        count(
            metric, "workflows", "done_ms", {"workflow": "workflow"}, value=value, known=tuple((w,) for w in WORKFLOWS)
        )
        for metric, value in (
            ("dinoair_custom_workflow_executions_total", ""),
            ("dinoair_custom_workflow_failures_total", "failed"),
            ("dinoair_custom_workflow_steps_completed_total", "steps"),
        )
    ),
    observe(
        "dinoair_custom_workflow_duration_seconds",
        "workflows",
        "done_ms",
        "took_s",
        {"workflow": "workflow"},
        known=tuple((workflow,) for workflow in WORKFLOWS),
    ),
    last("dinoair_custom_workflow_success_rate", "workflows", "done_ms", "success_rate", {"workflow": "workflow"}),
    *(
        count(
            metric, "files", "done_ms", {"operation": "operation"}, value=value, known=tuple((o,) for o in OPERATIONS)
        )
        for metric, value in (
            ("dinoair_custom_file_operations_total", ""),
            ("dinoair_custom_file_errors_total", "failed"),
            ("dinoair_custom_file_bytes_total", "size"),
        )
    ),
    observe(
        "dinoair_custom_file_duration_seconds",
        "files",
        "done_ms",
        "took_s",
        {"operation": "operation"},
        known=tuple((operation,) for operation in OPERATIONS),
    ),
)

DINOAIR = System(
    pack="dinoair",
    simulate=simulate,
    effects={"dinoair": EFFECTS},
    targets={"dinoair": "localhost:3000"},
    faults={"errors": 6, "cpu": 9},
)
