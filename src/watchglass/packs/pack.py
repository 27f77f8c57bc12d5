"""A pack: what Watchglass knows of one system, read from the files of a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

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

_DURATION = re.compile(r"\d+(ms|s|m|h)"), "a duration such as 15s"
_PATH = re.compile(r"/\S*"), "a path that begins with /"
_BOOLEAN = re.compile("true|false"), "true or false"
_MATCHER = re.compile(r'[a-zA-Z_][a-zA-Z0-9_]*(=|!=|=~|!~)"[^"\\]*"'), 'a matcher such as status="error"'


@dataclass(frozen=True, slots=True)
class Job:
    """A job that metrics of a pack come from.

    Attributes:
        name: as its label `job` has it.
        targets: `host:port` of each, as the system's guide has them; none where it names none.
        metrics_path: where they expose.
        scrape_interval: such as `10s`; empty for that of all jobs.
        optional: the system does without.
    """

    name: str
    targets: tuple[str, ...] = ()
    metrics_path: str = "/metrics"
    scrape_interval: str = ""
    optional: bool = False


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
    """

    name: str
    title: str
    about: str
    folder: Path
    jobs: tuple[Job, ...]
    metrics: tuple[DeclaredMetric, ...]
    roles: Mapping[str, str]
    error_matcher: str = ""


def read_pack(pack: str | Path) -> Pack:
    """A pack that ships, by its name, or one's own, by its folder.

    Raises:
        ConfigError: there is none, or one of its files is wrong; names file, line, key and the nearest valid thing.
    """
    folder = pack_folder(pack)
    metrics = read_declared(folder / "metrics.yaml")
    root = load_yaml_file(folder / "pack.yaml")
    given = _members(root, "", ("title", "about", "jobs", "error_matcher", "roles"))
    for needed in ("title", "about"):
        if needed not in given or given[needed].is_null:
            raise root.error(f"{needed} is missing")
    return Pack(
        name=folder.name,
        title=given["title"].text("title"),
        about=given["about"].text("about"),
        folder=folder,
        jobs=_jobs(given["jobs"]) if "jobs" in given else (),
        metrics=metrics,
        roles=_roles(given["roles"], metrics) if "roles" in given else {},
        error_matcher=_matching(given["error_matcher"], "error_matcher", _MATCHER) if "error_matcher" in given else "",
    )


def _members(node: Node, at: str, known: Sequence[str]) -> dict[str, Node]:
    """The members of a mapping by their keys, each of which is known and stands there once."""
    given: dict[str, Node] = {}
    for key, value in node.pairs(at):
        if key.value not in known:
            raise key.error(unknown_key(key.value, known), at)
        given[key.value] = value
    return given


def _jobs(node: Node) -> tuple[Job, ...]:
    return tuple(_job(key.value, value, f"jobs.{key.value}") for key, value in node.pairs("jobs"))


def _job(name: str, node: Node, at: str) -> Job:
    given = _members(node, at, ("targets", "metrics_path", "scrape_interval", "optional"))
    job = Job(name)
    if "targets" in given:
        job = replace(job, targets=tuple(given["targets"].texts(f"{at}.targets")))
    if "metrics_path" in given:
        job = replace(job, metrics_path=_matching(given["metrics_path"], f"{at}.metrics_path", _PATH))
    if "scrape_interval" in given:
        job = replace(job, scrape_interval=_matching(given["scrape_interval"], f"{at}.scrape_interval", _DURATION))
    if "optional" in given:
        job = replace(job, optional=_matching(given["optional"], f"{at}.optional", _BOOLEAN) == "true")
    return job


def _matching(node: Node, key: str, pattern: tuple[re.Pattern[str], str]) -> str:
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
