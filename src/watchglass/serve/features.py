"""What this server can do, in the words of Prometheus's `/api/v1/features`.

Source: prometheus/prometheus, util/features/features.go and cmd/prometheus/testdata/features.json; docs/querying/api.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from watchglass.promql.ast import AGGREGATORS, BINDING
from watchglass.promql.functions_table import FUNCTIONS

_API = (
    "exclude_alerts",
    "label_values_match",
    "query_stats",
    "query_warnings",
    "time_range_labels",
    "time_range_series",
)
_PROMQL = [
    "anchored",
    "at_modifier",
    "bool",
    "by",
    "duration_expr",
    "fill",
    "fill_left",
    "fill_right",
    "group_left",
    "group_right",
    "ignoring",
    "negative_offset",
    "offset",
    "on",
    "per_query_lookback_delta",
    "smoothed",
    "subqueries",
    "without",
]
_OPERATORS = ("=~", "!~", "@")
_DISCOVERY = ("dns", "file", "static")
_NOT_PROMETHEUS = frozenset({"</", ">/", "start", "end", "range", "step"})  # words of the language, not in its list


def features(*, lifecycle: bool) -> dict[str, dict[str, bool]]:
    """Names by category; what is missing, clients take for false.

    Args:
        lifecycle: whether everybody may reload and quit.
    """
    from watchglass.rules.templates import FUNCTION_NAMES  # noqa: PLC0415 - loaded with the first rule

    return {
        "api": {**_true(_API), "lifecycle": lifecycle, "admin": False, "remote_write_receiver": False},
        "prometheus": {"agent_mode": False, "server_mode": True},
        "promql": {**_true(_PROMQL), "delayed_name_removal": False, "per_step_stats": True},
        "promql_functions": _true(sorted(set(FUNCTIONS) - _NOT_PROMETHEUS)),
        "promql_operators": _true(sorted({*AGGREGATORS, *BINDING, *_OPERATORS} - _NOT_PROMETHEUS)),
        "rules": {"concurrent_rule_eval": False, "keep_firing_for": True, "query_offset": True},
        "service_discovery_providers": _true(_DISCOVERY),
        "templating_functions": _true(FUNCTION_NAMES),
        "tsdb": {"exemplar_storage": False, "native_histograms": False},
    }


def _true(names: Iterable[str]) -> dict[str, bool]:
    return dict.fromkeys(names, True)
