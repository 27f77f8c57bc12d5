"""A pack: what Watchglass knows of one system, read from the files of a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from watchglass.model.duration import parse_duration
from watchglass.sdk.declared import DeclaredMetric, pack_folder, read_declared
from watchglass.wire.yaml import Node, load_yaml_file, unknown_key

ROLES = (
    "llm.requests",
    "llm.latency",
    "llm.model_latency",
    "llm.cost",
    "llm.tokens",
    "llm.balance",
    "cache.hits",
    "cache.misses",
    "sessions.active",
    "connections.active",
    "http.requests",
    "http.latency",
)
"""What a metric may be to views over several systems."""

ROUTES_FILE = "routes.yaml"
AS_WRITTEN = "as_written"
"""The folder of a guide's own text."""
ADDED = "added"
"""The folder of what a guide does not have: off where the pack runs as written."""
MOST_INTERVAL_MS = 86_400_000
"""Of a job's scrapes."""

_DURATION = re.compile(r"\d{1,9}(ms|s|m|h)"), "a duration such as 15s"
_PATH = re.compile(r"/\S*"), "a path that begins with /"
_BOOLEAN = re.compile("true|false"), "true or false"
_KIND = re.compile("metrics|http_probe"), "metrics or http_probe"
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}"), "a dashboard's uid: letters, digits, - and _, at most 40"
_FILE = (
    re.compile(r"(?:(?!\.{1,2}(?:/|\Z))[\w .-]{1,100}/)*(?!\.{1,2}\Z)[\w .-]{1,100}", re.ASCII),
    "a path below the folder that is exported to, of letters, digits, spaces, - _ and .",
)
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,100}"), "a line of at most 100 characters"
_TARGET = re.compile(r"[^\s/@?#\"']+:\d{1,5}"), "HOST:PORT"
_MATCHER = re.compile(r'[a-zA-Z_][a-zA-Z0-9_]*(=|!=|=~|!~)"[^"\\]*"'), 'a matcher such as status="error"'


@dataclass(frozen=True, slots=True)
class Length:
    """A metric of a probe: how many items a list has in a JSON answer.

    Attributes:
        metric: its name.
        path: what is asked.
        member: the list's name in the answer.
    """

    metric: str
    path: str
    member: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job that metrics of a pack come from.

    Attributes:
        name: as its label `job` has it.
        targets: `host:port` of each, as the system's guide has them; none where it names none.
        metrics_path: where they expose.
        scrape_interval: such as `10s`; empty for that of all jobs.
        optional: the system does without.
        kind: `metrics` where targets expose them, `http_probe` where they are asked whether they answer at all: then
            `metrics_path` is what must answer with 2xx, and `lengths` are read besides.
        lengths: what a probe counts in JSON answers.
    """

    name: str
    targets: tuple[str, ...] = ()
    metrics_path: str = "/metrics"
    scrape_interval: str = ""
    optional: bool = False
    kind: str = "metrics"
    lengths: tuple[Length, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """What is known of a system.

    Attributes:
        name: that of its folder; the label `system` has it.
        title: what people call it.
        about: it in a sentence.
        folder: where its files are.
        jobs: what its metrics come from.
        metrics: what it declares.
        roles: names of metrics by what they are to views over several systems.
        error_matcher: tells failed requests, such as `status="error"`; empty where none does.
        scoped: jobs that its own metrics are read from, because others have metrics of the same names; empty where none do.
        start: uid of the dashboard that is its start page; empty for the first one.
        dashboards: uids in the order in which they are listed; others come after them, by the names of their files.
        external: metrics of others that its files name, each with the job that exposes it.
        files: names under which the system's guide has `rules`, `routes`, `scrape`, the folder `dashboards`, and the
            dashboard of `start`.
    """

    name: str
    title: str
    about: str
    folder: Path
    jobs: tuple[Job, ...]
    metrics: tuple[DeclaredMetric, ...]
    roles: Mapping[str, str]
    error_matcher: str = ""
    scoped: tuple[str, ...] = ()
    start: str = ""
    dashboards: tuple[str, ...] = ()
    external: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


KEYS = ("title", "about", "jobs", "error_matcher", "roles", "scoped", "start", "dashboards", "external", "files")
"""Of `pack.yaml`."""

FILES = ("rules", "routes", "scrape", "dashboards", "start")
"""What a pack is exported to, by the key under `files`."""

JOB_KEYS = ("targets", "metrics_path", "scrape_interval", "optional", "kind", "lengths")
"""Of a job in `pack.yaml`."""


def read_pack(pack: str | Path) -> Pack:
    """A pack that ships, by its name, or one's own, by its folder.

    Raises:
        ConfigError: there is none, or one of its files is wrong; names file, line, key and the nearest valid thing.
    """
    folder = pack_folder(pack)
    metrics = read_declared(folder / "metrics.yaml")
    root = load_yaml_file(folder / "pack.yaml")
    given = members(root, "", KEYS)
    for needed in ("title", "about"):
        if needed not in given or given[needed].is_null:
            raise root.error(f"{needed} is missing")
    jobs = _jobs(given["jobs"]) if "jobs" in given else ()
    return Pack(
        name=folder.resolve().name,
        title=matching(given["title"], "title", _LINE),
        about=given["about"].text("about"),
        folder=folder,
        jobs=jobs,
        metrics=metrics,
        roles=_roles(given["roles"], metrics) if "roles" in given else {},
        error_matcher=matching(given["error_matcher"], "error_matcher", _MATCHER) if "error_matcher" in given else "",
        scoped=_scoped(given["scoped"], jobs) if "scoped" in given else (),
        start=matching(given["start"], "start", _UID) if "start" in given else "",
        dashboards=tuple(given["dashboards"].texts("dashboards")) if "dashboards" in given else (),
        external=_external(given["external"], jobs) if "external" in given else {},
        files=_files(given["files"]) if "files" in given else {},
    )


def members(node: Node, at: str, known: Sequence[str]) -> dict[str, Node]:
    """The members of a mapping by their keys, each of which is known and stands there once."""
    given: dict[str, Node] = {}
    for key, value in node.pairs(at):
        if key.value not in known:
            raise key.error(unknown_key(key.value, known), at)
        given[key.value] = value
    return given


def _jobs(node: Node) -> tuple[Job, ...]:
    return tuple(_job(key, value, f"jobs.{key.value}") for key, value in node.pairs("jobs"))


def _job(key: Node, node: Node, at: str) -> Job:
    given = members(node, at, JOB_KEYS)
    job = Job(matching(key, "jobs", _LINE))
    if "kind" in given:
        kind = matching(given["kind"], f"{at}.kind", _KIND)
        job = replace(job, kind=kind, metrics_path="/" if kind == "http_probe" else job.metrics_path)
    if "lengths" in given:
        job = replace(job, lengths=_lengths(given["lengths"], f"{at}.lengths"))
    if "targets" in given:
        job = replace(job, targets=_targets(given["targets"], f"{at}.targets"))
    if "metrics_path" in given:
        job = replace(job, metrics_path=matching(given["metrics_path"], f"{at}.metrics_path", _PATH))
    if "scrape_interval" in given:
        job = replace(job, scrape_interval=_interval(given["scrape_interval"], f"{at}.scrape_interval"))
    if "optional" in given:
        job = replace(job, optional=matching(given["optional"], f"{at}.optional", _BOOLEAN) == "true")
    return job


def _targets(node: Node, at: str) -> tuple[str, ...]:
    """One alone counts as a list of one."""
    items = [node] if node.is_scalar and not node.is_null else node.items(at)
    return tuple(matching(item, at, _TARGET) for item in items)


def _interval(node: Node, at: str) -> str:
    text = matching(node, at, _DURATION)
    if not 0 < parse_duration(text) <= MOST_INTERVAL_MS:
        raise node.error(f'expected a duration from 1ms to 24h, got "{text}"', at)
    return text


def _lengths(node: Node, at: str) -> tuple[Length, ...]:
    found = []
    for key, value in node.pairs(at):
        given = members(value, f"{at}.{key.value}", ("path", "member"))
        for needed in ("path", "member"):
            if needed not in given:
                raise value.error(f"{needed} is missing", f"{at}.{key.value}")
        path = matching(given["path"], f"{at}.{key.value}.path", _PATH)
        found.append(Length(key.value, path, given["member"].text(f"{at}.{key.value}.member")))
    return tuple(found)


def _scoped(node: Node, jobs: Sequence[Job]) -> tuple[str, ...]:
    """`true` means the first job, which is the system's own; a list names others."""
    names = [job.name for job in jobs]
    if node.is_scalar:
        return tuple(names[:1]) if matching(node, "scoped", _BOOLEAN) == "true" else ()
    for item in node.items("scoped"):
        if item.value not in names:
            raise item.error(f'expected the name of a job, got "{item.value}"; there are {", ".join(names)}', "scoped")
    return tuple(node.texts("scoped"))


def _external(node: Node, jobs: Sequence[Job]) -> dict[str, str]:
    """Jobs by the metrics that they expose."""
    names = [job.name for job in jobs]
    found: dict[str, str] = {}
    for job, metrics in node.pairs("external"):
        if job.value not in names:
            raise job.error(unknown_key(job.value, names), "external")
        found |= dict.fromkeys(metrics.texts(f"external.{job.value}"), job.value)
    return found


def _files(node: Node) -> dict[str, str]:
    given = members(node, "files", FILES)
    return {name: matching(value, f"files.{name}", _FILE) for name, value in given.items()}


def matching(node: Node, key: str, pattern: tuple[re.Pattern[str], str]) -> str:
    """The text of a node, which must have a form; `pattern` is that form and what it is called."""
    text = node.text(key)
    if pattern[0].fullmatch(text) is None:
        raise node.error(f'expected {pattern[1]}, got "{text}"', key)
    return text


def _roles(node: Node, metrics: Sequence[DeclaredMetric]) -> dict[str, str]:
    """Names of metrics by role; both are known."""
    declared = [metric.name for metric in metrics]
    found: dict[str, str] = {}
    for role, metric in node.pairs("roles"):
        if role.value not in ROLES:
            raise role.error(unknown_key(role.value, ROLES), "roles")
        name = metric.text(f"roles.{role.value}")
        if name not in declared:
            near = get_close_matches(name, declared, 1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise metric.error(f'metrics.yaml declares no "{name}"{hint}', f"roles.{role.value}")
        found[role.value] = name
    return found
