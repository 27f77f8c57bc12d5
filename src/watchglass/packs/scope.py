"""Reads what a pack says of its own metrics from its own jobs, where others have metrics of the same names.

A job matcher is put into every selector of a declared metric that has none; the rest of an expression stays as it is written.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping, Sequence

from watchglass.dashboards.grafana import Json, every_panel
from watchglass.dashboards.macros import parse_filled, values_for_parsing
from watchglass.model.labels import METRIC_NAME
from watchglass.model.matcher import Matcher, MatchType
from watchglass.packs.pack import Pack
from watchglass.promql.ast import Expr, VectorSelector, walk
from watchglass.promql.format import format_matcher

_ASKS = re.compile(r"\s*(label_values|query_result)\(\s*")
_LABEL = re.compile(r"\s*\w+\s*")


def asked_part(query: str) -> slice | None:
    """Where the expression stands in `label_values(EXPRESSION, LABEL)` or `query_result(EXPRESSION)`; None in others."""
    found = _ASKS.match(query)
    end = query.rfind(")")
    if found is None or query[end + 1 :].strip():
        return None
    if found[1] == "label_values":
        comma = query.rfind(",", found.end())
        if comma < 0 or _LABEL.fullmatch(query, comma + 1, end) is None:
            return None
        end = comma
    return slice(found.end(), end) if found.end() < end else None


_BRACES = re.compile(r"(?:\s|#[^\n]*\n)*\{(?:\s|#[^\n]*\n)*")


def series_names(pack: Pack) -> frozenset[str]:
    """The names that the series of a pack's metrics have."""
    names = {metric.name for metric in pack.metrics}
    histograms = [metric.name for metric in pack.metrics if metric.type == "histogram"]
    return frozenset(names.union(name + part for name in histograms for part in ("_bucket", "_sum", "_count")))


def scope_board(board: Json, pack: Pack) -> Json:
    """A normalised dashboard of a pack whose queries see the pack's own jobs alone; itself where it needs no scope."""
    if not pack.scoped:
        return board
    scoped = copy.deepcopy(board)
    scope = Scope(series_names(pack), pack.scoped, values_for_parsing(board))
    for panel in every_panel(scoped):
        for target in panel.get("targets") or ():
            _change(target, "expr", scope)
    for variable in (scoped.get("templating") or {}).get("list") or ():
        holder = variable.get("query")
        _change(holder if isinstance(holder, dict) else variable, "query", scope)
    for annotation in (scoped.get("annotations") or {}).get("list") or ():
        _change(annotation, "expr", scope)
    return scoped


def _change(holder: Json, key: str, scope: Scope) -> None:
    if isinstance(holder.get(key), str):
        holder[key] = scope.of(holder[key])


class Scope:
    """Puts a job matcher where it is missing.

    Args:
        names: of series that are read from `jobs` only.
        jobs: their jobs.
        values: what variables of the expressions may stand for.
    """

    def __init__(
        self, names: Collection[str], jobs: Sequence[str], values: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._names, self._values = names, values or {}
        self._matcher = format_matcher(_job_matcher(jobs))

    def of(self, expression: str) -> str:
        """The expression, scoped; as it is where it does not parse."""
        if part := asked_part(expression):
            return expression[: part.start] + self.of(expression[part]) + expression[part.stop :]
        parsed = parse_filled(expression, self._values)
        if parsed is None:
            return expression
        tree, place = parsed
        for at in sorted({place(each) for each in self._places(tree)}, reverse=True):
            expression = self._put(expression, at)
        return expression

    def _places(self, tree: Expr) -> list[int]:
        """Where the selectors begin that lack the matcher."""
        return [node.span.start for node in walk(tree) if isinstance(node, VectorSelector) and self._is_open(node)]

    def _is_open(self, selector: VectorSelector) -> bool:
        named = any(
            each.name == METRIC_NAME and each.type is MatchType.EQUAL and each.value in self._names
            for each in selector.matchers
        )
        return named and all(each.name != "job" for each in selector.matchers)

    def _put(self, expression: str, at: int) -> str:
        """The matcher put into the selector that begins at a place."""
        name = re.match(r"[\w:]*", expression[at:])
        end = at + (name.end() if name else 0)
        braces = _BRACES.match(expression, end)
        if braces is None:
            return f"{expression[:end]}{{{self._matcher}}}{expression[end:]}"
        inside = braces.end()
        comma = "" if expression[inside] == "}" else ","
        return f"{expression[:inside]}{self._matcher}{comma}{expression[inside:]}"


def _job_matcher(jobs: Sequence[str]) -> Matcher:
    if len(jobs) == 1:
        return Matcher("job", MatchType.EQUAL, jobs[0])
    return Matcher("job", MatchType.REGEX, "|".join(re.escape(job).replace("\\-", "-") for job in jobs))
