"""A target that exposes text over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from watchglass.collect.body import unpack
from watchglass.collect.errors import ScrapeError, in_plain_words, timed_out
from watchglass.collect.http import Answer, ScrapeClient
from watchglass.collect.job import ScrapeJob
from watchglass.collect.metrics import ScrapeMetrics
from watchglass.collect.target import Target
from watchglass.wire.content_type import format_of
from watchglass.wire.exposition import ExpositionParser, Reading, Resolver


@dataclass(slots=True)
class HttpAccess:
    """How a job reaches its targets; replaced as a whole when the job is reconfigured."""

    job: ScrapeJob
    client: ScrapeClient


class HttpReader:
    """Fetches and parses one target.

    Args:
        target: what to fetch.
        access: how, at the time of the fetch.
        resolver: gives new series their refs.
        metrics: counts bytes.
    """

    def __init__(self, target: Target, access: HttpAccess, resolver: Resolver, metrics: ScrapeMetrics) -> None:
        self.access = access
        self._target = target
        self._metrics = metrics
        self._parser = ExpositionParser(resolver)

    async def fetch(self) -> Callable[[], Reading]:
        """Ask the target for its body."""
        job, client = self.access.job, self.access.client
        try:
            answer = await client.get(self._target.url, self._target.timeout_ms)
        except (ScrapeError, TimeoutError) as error:
            raise plainly(error, peer_of(job, self._target), self._target.timeout_ms) from error
        self._metrics.body_bytes.inc(len(answer.body))
        return lambda: self._parse(answer, job)

    def forget(self) -> None:
        """Ask for all refs again with the next body."""
        self._parser.forget()

    def _parse(self, answer: Answer, job: ScrapeJob) -> Reading:
        body = unpack(answer.body, answer.encoding, job.limits.body_bytes)
        if not body:  # Prometheus looks at the Content-Type only where there is content
            return self._parser.parse(b"", format_of("text/plain"))
        return self._parser.parse(body, format_of(answer.content_type, job.fallback_scrape_protocol))


def plainly(error: ScrapeError | TimeoutError, peer: str, timeout_ms: int) -> ScrapeError:
    """What a fetch failed of, in the words that users of Prometheus search for."""
    return in_plain_words(error, peer) if isinstance(error, ScrapeError) else timed_out(peer, timeout_ms)


def peer_of(job: ScrapeJob, target: Target) -> str:
    """HOST:PORT that is connected to: the proxy's where there is one."""
    url = job.http.proxy_url or target.url
    try:
        parts = urlsplit(url)
    except ValueError:  # half an IPv6 address
        return url
    host = parts.netloc.rpartition("@")[2]
    try:
        has_port = parts.port is not None
    except ValueError:  # it is no port number: as it stands
        has_port = True
    return host if has_port else f"{host}:{443 if parts.scheme == 'https' else 80}"
