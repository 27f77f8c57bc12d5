"""The scrape jobs of packs that are switched on, as they join those of the `prometheus.yml`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from watchglass.collect.job import Probe, ProbedLength, ScrapeJob, ScrapeLimits, TargetGroup
from watchglass.collect.target import ADDRESS, METRICS_PATH, SCHEME
from watchglass.model.duration import parse_duration
from watchglass.model.labels import Labels
from watchglass.packs.asked import Joined, PackTarget
from watchglass.packs.pack import Job, Pack

TIMEOUT_MS = 10_000
HOST_EXPORTERS = frozenset({"localhost:9100", "127.0.0.1:9100", "[::1]:9100"})
"""Where a node_exporter of this very machine would be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What settings and the `prometheus.yml` say about jobs of packs.

    Attributes:
        taken: names of jobs that the `prometheus.yml` has: those are the user's own.
        targets: where jobs are, by the settings.
        switched_on: names of optional jobs that are wanted.
        interval_ms: of jobs that say none.
        body_bytes: the limit of one answer.
        host_is_read: this machine is read without an exporter.
    """

    taken: Collection[str] = ()
    targets: Sequence[PackTarget] = ()
    switched_on: Collection[str] = ()
    interval_ms: int = 15_000
    body_bytes: int = 64 * 1024 * 1024
    host_is_read: bool = False


def join_jobs(packs: Sequence[Pack], asked: Asked) -> Joined:
    """The jobs of packs that are scraped, and why the others are not.

    A job that two packs have is scraped once, as the first one says.
    """
    jobs: dict[str, ScrapeJob] = {}
    left_out: dict[str, str] = {}
    notices: list[str] = []
    for pack in packs:
        for job in pack.jobs:
            if job.name in jobs:
                continue
            reason = _reason(job, asked)
            if not reason:
                jobs[job.name] = _scrape_job(pack, job, asked)
            left_out[job.name] = reason
            if reason == NO_TARGET:
                notices.append(_nowhere(pack, job))
    notices += _unknown_names([job.name for pack in packs for job in pack.jobs], asked)
    return Joined(tuple(jobs.values()), {name: why for name, why in left_out.items() if why}, tuple(notices))


IN_FILE = "prometheus.yml has a job of that name"
IS_OPTIONAL = "optional: pack.jobs or a target in pack.targets switches it on"
NO_TARGET = "no target is known: name one in pack.targets"
HOST_IS_READ = "this machine is read without an exporter; a target in pack.targets scrapes one"


def _reason(job: Job, asked: Asked) -> str:
    """Why a job is left out; empty where it is not."""
    if job.name in asked.taken:
        return IN_FILE
    if any(target.job == job.name for target in asked.targets):
        return ""
    if job.optional and job.name not in asked.switched_on:
        return IS_OPTIONAL
    if not job.targets:
        return NO_TARGET
    if asked.host_is_read and job.name not in asked.switched_on and HOST_EXPORTERS.issuperset(job.targets):
        return HOST_IS_READ
    return ""


def _scrape_job(pack: Pack, job: Job, asked: Asked) -> ScrapeJob:
    interval_ms = parse_duration(job.scrape_interval) if job.scrape_interval else asked.interval_ms
    named = tuple(_labels(target) for target in asked.targets if target.job == job.name)
    own = tuple(Labels.of({ADDRESS: address}) for address in job.targets)
    return ScrapeJob(
        job.name,
        scrape_interval_ms=interval_ms,
        scrape_timeout_ms=min(TIMEOUT_MS, interval_ms),
        metrics_path=job.metrics_path,
        limits=ScrapeLimits(body_bytes=asked.body_bytes),
        static=(TargetGroup(f"pack {pack.name}", named or own),),
        probe=_probe(job) if job.kind == "http_probe" else None,
    )


def _probe(job: Job) -> Probe:
    return Probe(tuple(ProbedLength(each.metric, each.path, each.member) for each in job.lengths))


def _labels(target: PackTarget) -> Labels:
    labels = {
        ADDRESS: target.address,
        "instance": target.instance,
        SCHEME: target.scheme,
        METRICS_PATH: target.path,
    }
    return Labels.of({name: value for name, value in labels.items() if value})


def _nowhere(pack: Pack, job: Job) -> str:
    return f"pack {pack.name}: job {job.name} is not scraped: say where it is with pack.targets: {job.name}=HOST:PORT"


def _unknown_names(known: Sequence[str], asked: Asked) -> Iterator[str]:
    wanted = [("pack.targets", target.job) for target in asked.targets]
    wanted += [("pack.jobs", name) for name in asked.switched_on]
    for setting, name in dict.fromkeys(wanted):
        if name not in known:
            near = get_close_matches(name, known, 1)
            yield f"{setting}: no pack that is switched on has a job {name}" + (
                f"; did you mean {near[0]}?" if near else ""
            )
