"""Which metrics an expression names, and whether a pack knows them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import MatchType
from watchglass.packs.pack import Pack
from watchglass.packs.scope import series_names
from watchglass.promql.ast import Expr, VectorSelector, walk

OF_EVERY_JOB = frozenset({
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
    "probe_success",
    "probe_duration_seconds",
    "ALERTS",
    "ALERTS_FOR_STATE",
})  # fmt: skip
"""What whoever scrapes, probes or alerts adds by itself."""


def metric_names(tree: Expr) -> Iterator[str]:
    """The names that the selectors of an expression ask for, in its order."""
    for node in walk(tree):
        if isinstance(node, VectorSelector):
            yield from (
                each.value for each in node.matchers if each.name == METRIC_NAME and each.type is MatchType.EQUAL
            )


class Names:
    """The series that files of a pack may name.

    Args:
        pack: whose.
        recorded: names that its rules record.
    """

    def __init__(self, pack: Pack, recorded: frozenset[str] = frozenset()) -> None:
        self._histograms = {metric.name for metric in pack.metrics if metric.type == "histogram"}
        self._known = series_names(pack) - self._histograms | pack.external.keys() | OF_EVERY_JOB | recorded

    def fault(self, name: str) -> str:
        """What is wrong with a name; empty where nothing is."""
        if name in self._known:
            return ""
        if name in self._histograms:
            return f'"{name}" is a histogram, which has {name}_bucket, {name}_sum and {name}_count'
        near = get_close_matches(name, self._known | self._histograms, 1)
        hint = f'; did you mean "{near[0]}"?' if near else "; metrics of others stand under external in pack.yaml"
        return f'metrics.yaml declares no "{name}"{hint}'

    def faults(self, tree: Expr) -> Iterator[str]:
        """What is wrong with the names in an expression, each once."""
        return (fault for name in dict.fromkeys(metric_names(tree)) if (fault := self.fault(name)))
