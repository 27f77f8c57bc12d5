"""Targets: from what a job and its discovery say to a URL, an interval and the labels of its series.

Source: prometheus/prometheus, scrape/target.go (PopulateDiscoveredLabels, PopulateLabels, URL, offset).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from watchglass.collect.job import ScrapeJob, TargetGroup
from watchglass.collect.relabel import MutableLabels
from watchglass.model.duration import format_duration, parse_duration
from watchglass.model.labels import Labels

ADDRESS = "__address__"
SCHEME = "__scheme__"
METRICS_PATH = "__metrics_path__"
SCRAPE_INTERVAL = "__scrape_interval__"
SCRAPE_TIMEOUT = "__scrape_timeout__"
PARAM_PREFIX = "__param_"
META_PREFIX = "__meta_"
RESERVED_PREFIX = "__"


class TargetError(ValueError):
    """The labels of a target, after relabelling, do not say how to scrape it."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to scrape. Two targets with equal `key` are the same one."""

    url: str
    labels: Labels  # those that its series get
    discovered: Labels  # before relabelling
    interval_ms: int
    timeout_ms: int
    key: str  # all labels after relabelling, and the URL

    @property
    def spread(self) -> int:
        """A number that spreads targets evenly over their interval, the same after every start."""
        return int.from_bytes(hashlib.blake2b(self.key.encode(), digest_size=8).digest())


@dataclass(frozen=True, slots=True)
class DroppedTarget:
    """A target that relabelling dropped, or that cannot be scraped."""

    discovered: Labels
    reason: str = ""  # empty: dropped by relabelling


def build_targets(
    job: ScrapeJob, groups: Iterable[TargetGroup], relabel: Callable[[MutableLabels], bool]
) -> Iterator[Target | DroppedTarget]:
    """All targets of a job, dropped ones too; the same target may come more than once.

    Args:
        job: says what is not discovered.
        groups: what is discovered.
        relabel: the job's compiled `relabel_configs`.
    """
    for group in groups:
        for own in group.targets:
            discovered = _discovered(job, own, group.labels)
            try:
                yield _relabelled(job, discovered, relabel) or DroppedTarget(discovered)
            except TargetError as error:
                yield DroppedTarget(discovered, str(error))


def _discovered(job: ScrapeJob, own: Labels, shared: Labels) -> Labels:
    labels = {
        "job": job.name,
        SCRAPE_INTERVAL: format_duration(job.scrape_interval_ms),
        SCRAPE_TIMEOUT: format_duration(job.scrape_timeout_ms),
        METRICS_PATH: job.metrics_path,
        SCHEME: job.scheme,
        **{PARAM_PREFIX + name: values[0] for name, values in job.params.items() if values},
    }
    return Labels.of(labels | dict(shared) | dict(own))


def _relabelled(job: ScrapeJob, discovered: Labels, relabel: Callable[[MutableLabels], bool]) -> Target | None:
    """The target; None when a rule drops it.

    Raises:
        TargetError: the labels do not say how to scrape it.
    """
    labels = dict(discovered)
    if not relabel(labels):
        return None
    address = labels.get(ADDRESS, "")
    _check_address(address)
    interval_ms, timeout_ms = _duration(labels, SCRAPE_INTERVAL), _duration(labels, SCRAPE_TIMEOUT)
    if timeout_ms > interval_ms:
        raise TargetError(
            f"the scrape timeout {labels[SCRAPE_TIMEOUT]} is longer than the interval {labels[SCRAPE_INTERVAL]}"
        )
    labels = {name: value for name, value in labels.items() if not name.startswith(META_PREFIX)}
    labels.setdefault("instance", address)
    url = _url(job, labels)
    public = Labels.of((name, value) for name, value in labels.items() if not name.startswith(RESERVED_PREFIX))
    return Target(url, public, discovered, interval_ms, timeout_ms, f"{Labels.of(labels)} {url}")


def _check_address(address: str) -> None:
    if not address:
        raise TargetError("there is no __address__")
    if "/" in address:
        raise TargetError(f"the address {address!r} is not HOST:PORT; a path belongs in metrics_path")


def _duration(labels: MutableLabels, name: str) -> int:
    text = labels.get(name, "")
    try:
        duration_ms = parse_duration(text)
    except ValueError:
        raise TargetError(f"{name}: {text!r} is not a duration such as 15s or 1m30s") from None
    if duration_ms == 0:
        raise TargetError(f"{name} cannot be 0")
    return duration_ms


def _url(job: ScrapeJob, labels: MutableLabels) -> str:
    params = {name: list(values) for name, values in job.params.items()}
    for name, value in labels.items():
        if name.startswith(PARAM_PREFIX):
            params[name.removeprefix(PARAM_PREFIX)] = [value, *params.get(name.removeprefix(PARAM_PREFIX), [])[1:]]
    query = urlencode(sorted(params.items()), doseq=True)
    path = quote(labels.get(METRICS_PATH, ""), safe="/:@!$&'()*+,;=~%")
    path = path if not path or path.startswith("/") else "/" + path
    return f"{labels.get(SCHEME, '')}://{labels[ADDRESS]}{path}{'?' if query else ''}{query}"
