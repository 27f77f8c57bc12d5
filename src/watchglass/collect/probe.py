"""Probes: a target that exposes nothing is asked over HTTP whether it answers, and how much of something it has.

A job with a `Probe` (in packs: `kind: http_probe`) is probed where others are scraped; all else of it, its targets,
interval, limits and credentials, is as ever. `up` and `probe_success` are 1 where the answer's status is 2xx, after
redirects where the job follows them. Whatever happens, the probe's own series are written: only the lengths of lists that
could not be read are missing, and their series end.

Names as in prometheus/blackbox_exporter, prober/http.go.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from watchglass.collect.body import unpack
from watchglass.collect.errors import ScrapeError
from watchglass.collect.families import FamilyReader
from watchglass.collect.http import Answer
from watchglass.collect.http_target import HttpAccess, peer_of, plainly
from watchglass.collect.job import ProbedLength
from watchglass.collect.target import Target
from watchglass.model.metadata import Family, MetricType
from watchglass.wire.exposition import Reading, Resolver

MAX_JSON_BYTES = 1 << 20
"""How large an answer with a list may be, unpacked."""

log = logging.getLogger("watchglass.collect")


@dataclass(slots=True)
class _Found:
    """What one probe has found out so far."""

    status: int = 0
    duration_s: float = 0.0
    error: ScrapeError | None = None
    answers: dict[ProbedLength, Answer] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)  # by metric, why it is missing


class ProbeReader:
    """Probes one target in the place of `HttpReader`.

    Args:
        target: what to ask.
        access: how, at the time of the probe; its job has a `Probe`.
        resolver: gives new series their refs.
    """

    def __init__(self, target: Target, access: HttpAccess, resolver: Resolver) -> None:
        self.access = access
        self._target = target
        self._families = FamilyReader(resolver)
        self._faults: Mapping[str, str] = {}

    async def fetch(self) -> Callable[[], Reading]:
        """Ask the target; it never raises, for what failed is a reading, too."""
        found, deadline = _Found(), time.monotonic() + self._target.timeout_ms / 1000
        await self._ask_status(found)
        if found.error is None:
            await self._ask_lists(found, deadline)
        return lambda: self._reading(found)

    def forget(self) -> None:
        """Ask for all refs again with the next reading."""
        self._families.forget()

    async def _ask_status(self, found: _Found) -> None:
        began = time.perf_counter()
        try:
            found.status = await self.access.client.status(self._target.url, self._target.timeout_ms)
            if not 200 <= found.status < 300:
                found.error = ScrapeError(f"server returned HTTP status {found.status}", result="http_status")
        except (ScrapeError, TimeoutError) as error:
            found.error = plainly(error, self._peer(), self._target.timeout_ms)
        found.duration_s = time.perf_counter() - began

    async def _ask_lists(self, found: _Found, deadline: float) -> None:
        probe = self.access.job.probe
        for length in probe.lengths if probe else ():
            left_ms = max(1, int((deadline - time.monotonic()) * 1000))
            try:
                url = urljoin(self._target.url, length.path)
                found.answers[length] = await self.access.client.get(url, left_ms, limit_bytes=MAX_JSON_BYTES)
            except (ScrapeError, TimeoutError) as error:
                found.faults[length.metric] = str(plainly(error, self._peer(), left_ms))

    def _peer(self) -> str:
        return peer_of(self.access.job, self._target)

    def _reading(self, found: _Found) -> Reading:
        families = list(_families(found))
        self._log_faults(found.faults)
        reading = self._families.read(families)
        if found.error:
            found.error.reading = reading
            raise found.error
        return reading

    def _log_faults(self, faults: Mapping[str, str]) -> None:
        """Say when a list can no longer be read, not each time."""
        for metric in faults.keys() - self._faults.keys():
            fields = {"target": self._target.url, "metric": metric, "error": faults[metric]}
            log.warning("a probe lacks a metric", extra=fields)
        self._faults = faults


def _families(found: _Found) -> Iterator[Family]:
    """What to store; finds out what lists are too short of being lists."""
    said = (
        ("probe_success", "Whether the target answered with a status of 2xx.", float(found.error is None)),
        ("probe_duration_seconds", "How long the target took to answer.", found.duration_s),
        ("probe_http_status_code", "The status of the answer; 0 where there was none.", found.status),
    )
    for name, text, value in said:
        yield _gauge(name, text, value)
    for length, answer in found.answers.items():
        try:
            count = _length(answer, length.member)
        except (ScrapeError, ValueError, RecursionError) as error:
            found.faults[length.metric] = f"{length.path}: {error}"
        else:
            yield _gauge(length.metric, f'Items of "{length.member}" in {length.path}.', count)


def _length(answer: Answer, member: str) -> int:
    """How many items a list has.

    Raises:
        ScrapeError, ValueError, RecursionError: the answer is no JSON with such a list, or too large.
    """
    body = unpack(answer.body, answer.encoding, MAX_JSON_BYTES)
    found: Any = json.loads(body)
    if not isinstance(found, dict) or not isinstance(found.get(member), list):
        raise ScrapeError(f'the answer has no list "{member}"', result="malformed")
    return len(found[member])


def _gauge(name: str, text: str, value: float) -> Family:
    family = Family(name, MetricType.GAUGE, text)
    family.add(value)
    return family
