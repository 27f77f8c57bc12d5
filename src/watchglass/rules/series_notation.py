"""The notation of promtool's test files: series as `name{a="b"}`, and their samples as `1+2x3 _ stale`.

Source: prometheus/prometheus, promql/parser/generated_parser.y (series_description), docs/configuration/unit_testing_rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from watchglass.errors import QueryError
from watchglass.model.labels import Labels
from watchglass.model.matcher import MatchType
from watchglass.model.sample import STALE
from watchglass.promql.ast import VectorSelector
from watchglass.promql.parse import parse

MAX_SAMPLES = 10_000_000
"""Of one series."""

_NUMBER = r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[nN][aA][nN]|[iI][nN][fF])"  # 0x5 is five more zeros
_ITEM = re.compile(
    rf"(?P<gap>_)(?:x(?P<gaps>\d+))?"
    rf"|(?P<first>{_NUMBER}|stale)(?:(?P<delta>[+-]{_NUMBER.removeprefix('[+-]?')}))?(?:x(?P<times>\d+))?"
)


class NotationError(ValueError):
    """A series or its samples are not written as they should be; the text says what was met."""


def parse_series(text: str) -> Labels:
    """The labels of `name{a="b"}`, `{a="b"}` or `{}`.

    Raises:
        NotationError: it is no series.
    """
    if re.fullmatch(r"\s*(\{\s*\}\s*)?", text):
        return Labels()
    try:
        selector = parse(re.sub(r"\{\s*\}\s*$", "", text))
    except QueryError as error:
        raise NotationError(f'"{text}" is no series: {error}') from None
    plain = isinstance(selector, VectorSelector) and selector == VectorSelector(selector.name, selector.matchers)
    if not isinstance(selector, VectorSelector) or not plain:
        raise NotationError(f'"{text}" is no series: expected a name and labels, such as up{{job="a"}}')
    for matcher in selector.matchers:
        if matcher.type is not MatchType.EQUAL:
            raise NotationError(f'"{text}" is no series: expected {matcher.name}="...", not {matcher}')
    return Labels.of((matcher.name, matcher.value) for matcher in selector.matchers)


def parse_samples(text: str) -> list[float | None]:
    """One value a step; None for no sample there.

    Raises:
        NotationError: an item is none.
    """
    values: list[float | None] = []
    for item in text.split():
        if "{{" in item:
            raise NotationError("native histograms are not supported yet")
        match = _ITEM.fullmatch(item)
        if match is None:
            raise NotationError(f'"{item}" is no sample: expected such as 1, -2.5, 1+2x3, 5x10, _, _x3 or stale')
        if len(values) + int(match["gaps"] or match["times"] or 0) > MAX_SAMPLES:
            raise NotationError(f"a series has more than {MAX_SAMPLES} samples")
        values += _run(match)
    return values


def _run(match: re.Match[str]) -> Sequence[float | None]:
    if match["gap"]:
        return [None] * int(match["gaps"] or 1)
    if match["first"] == "stale":
        if match["delta"]:
            raise NotationError(f'"{match[0]}" is no sample: nothing can be added to stale')
        return [STALE] * (int(match["times"] or 0) + 1)
    if match["delta"] and match["times"] is None:
        raise NotationError(f'"{match[0]}" is no sample: it does not say how often to add, such as {match[0]}x3')
    value, delta = float(match["first"]), float(match["delta"] or "0")
    run = []
    for _ in range(int(match["times"] or 0) + 1):
        run.append(value)
        value += delta
    return run
