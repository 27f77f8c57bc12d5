"""Federation: the newest sample of each chosen series, as another Prometheus scrapes them.

Source: prometheus/prometheus, web/federate.go; prometheus/common, expfmt/text_create.go and model/metric.go (escaping).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from watchglass.columns import SeriesSet
from watchglass.errors import QueryError
from watchglass.interfaces import Queryable
from watchglass.model.labels import METRIC_NAME, Labels, escape
from watchglass.model.matcher import Matcher
from watchglass.model.sample import is_stale
from watchglass.promql.limits import Budget
from watchglass.promql.parse import parse_metric_selector
from watchglass.promql.sample_text import format_general
from watchglass.serve.jobs import job_of
from watchglass.serve.params import read_params
from watchglass.serve.parts import Parts, need
from watchglass.serve.table import Endpoint

_UTF8 = "allow-utf-8"
_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_NO_METRIC_LETTER = re.compile(r"[^a-zA-Z0-9_:]")
_NO_LABEL_LETTER = re.compile(r"[^a-zA-Z0-9_]")

Found = dict[Labels, tuple[int, float]]


class FederateApi:
    """`/federate`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def endpoints(self) -> list[Endpoint]:
        """The rows of this part of the route table."""
        return [
            Endpoint("/federate", self.federate, "The newest samples of series that any `match[]` selects, as text.")
        ]

    async def federate(self, request: Request) -> Response:
        """Expose what is chosen; nothing where no `match[]` is given."""
        params = await read_params(request)
        try:
            selectors = [parse_metric_selector(text) for text in params.get("match[]", ())]
        except QueryError as error:
            return PlainTextResponse(f"{error}\n", 400)
        storage, limits = need(self._parts.storage, "store"), self._parts.options.queries
        now_ms, outside = self._parts.clock.now_ms(), dict(self._parts.external_labels())
        names = _UTF8 if f"escaping={_UTF8}" in request.headers.get("accept", "") else "underscores"

        def exposed() -> Response:
            budget = Budget(limits.max_samples, limits.timeout_ms, job.stop)
            found = newest(storage, selectors, (now_ms - limits.lookback_ms, now_ms), budget)
            body = "".join(_lines(found, outside, escaped=names != _UTF8))
            content_type = f"text/plain; version=0.0.4; charset=utf-8; escaping={names}"
            return Response(body.encode("utf-8", "replace"), headers={"Content-Type": content_type})

        job = job_of(request)
        return await self._parts.queries.answer(request, exposed, job)


def newest(
    storage: Queryable, selectors: Sequence[Sequence[Matcher]], span_ms: tuple[int, int], budget: Budget
) -> Found:
    """The newest sample in a range, ends included, of every series that any selector matches; not of series that ended.

    Raises:
        QueryError: the range holds more samples than the budget allows, or time is up.
    """
    found: Found = {}
    with ExitStack() as held:
        for selector in selectors:
            chosen = storage.select(selector, *span_ms, max_samples=budget.room, loading=budget.loading)
            held.enter_context(budget.holding(len(chosen.values)))
            found |= _last(chosen.spread())
    return found


def _last(series: SeriesSet) -> Found:
    last = series.offsets[1:] - 1
    samples = zip(series.labels.rows(), series.times[last].tolist(), series.values[last].tolist(), strict=True)
    return {labels: (time, value) for labels, time, value in samples if not is_stale(value)}


def _lines(found: Found, outside: dict[str, str], *, escaped: bool) -> Iterator[str]:
    """The text, one family after another."""
    shared = sorted(({"instance": ""} | outside).items())  # an empty one keeps the scraper from adding its own
    last = ""
    for labels, (time_ms, value) in sorted(found.items(), key=lambda each: (each[0].name, each[0])):
        name = labels.name
        if not name:
            continue
        if name != last:
            yield f"# TYPE {_metric(name, escaped=escaped)} untyped\n"
            last = name
        pairs = [pair for pair in labels if pair[0] != METRIC_NAME]
        own = {key for key, _ in pairs}
        pairs += [pair for pair in shared if pair[0] not in own]
        yield f"{_series(name, pairs, escaped=escaped)} {format_general(value)} {time_ms}\n"


def _series(name: str, pairs: Sequence[tuple[str, str]], *, escaped: bool) -> str:
    texts = [f'{_label(key, escaped=escaped)}="{escape(value)}"' for key, value in pairs]
    metric = _metric(name, escaped=escaped)
    return f"{{{','.join([metric, *texts])}}}" if metric.startswith('"') else f"{metric}{{{','.join(texts)}}}"


def _metric(name: str, *, escaped: bool) -> str:
    return _name(name, _METRIC_NAME, _NO_METRIC_LETTER, escaped=escaped)


def _label(name: str, *, escaped: bool) -> str:
    return _name(name, _LABEL_NAME, _NO_LABEL_LETTER, escaped=escaped)


def _name(name: str, plain: re.Pattern[str], other: re.Pattern[str], *, escaped: bool) -> str:
    """A name; one that is no identifier in quotes, or with underscores for what the client cannot read."""
    if plain.fullmatch(name):
        return name
    if not escaped:
        return f'"{escape(name)}"'
    text = other.sub("_", name)
    return f"_{text[1:]}" if text[0].isdigit() else text
