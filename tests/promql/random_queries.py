"""Random PromQL over the series of test_real_prometheus.py.

Left out on purpose: `topk` and `bottomk`, where equal values have no order; powers, whose infinities 2.42's stddev counts as 0.
"""

from __future__ import annotations

import random

METRICS = ["requests_total", "depth", "build_info", "short_lived", "latency_seconds_bucket"]
MATCHERS = ["", "", '{job="api"}', '{instance=~"i[01]"}', '{status!="200"}']
MODIFIERS = ["", "", "", " offset 3m", " offset -90s", " @ 1700003000", " @ start()", " @ end() offset 1m"]
RANGES = ["1m", "5m", "47s", "13m", "15s", "1h"]
ROLLUPS = ["rate", "increase", "delta", "irate", "idelta", "deriv", "resets", "changes", "count_over_time"]
ROLLUPS += [f"{name}_over_time" for name in ("sum", "avg", "min", "max", "last", "stddev", "present")]
GROUPINGS = ["", " by (job)", " by (instance, le)", " without (instance)", " without (job, status)", " by (nope)"]
MATCHINGS = ["", " on (instance)", " on (job, instance, status)", " ignoring (version)", " on ()"]
SIDES = ["", " group_left", " group_right", " group_left (version)", " group_right (status)"]


class Writer:
    """Writes one query after another."""

    def __init__(self, seed: int) -> None:
        self._pick = random.Random(seed)

    def query(self) -> str:
        return self._vector(self._pick.randint(1, 3))

    def _one(self, *texts: str) -> str:
        return self._pick.choice(texts)

    def _selector(self) -> str:
        return self._one(*METRICS) + self._one(*MATCHERS)

    def _vector(self, depth: int) -> str:
        if depth == 0:
            return self._selector() + self._one(*MODIFIERS)
        forms = [self._rollup, self._subquery, self._aggregation, self._with_scalar, self._matched, self._function]
        return self._pick.choice(forms)(depth - 1)

    def _rollup(self, _: int) -> str:
        window = f"{self._selector()}[{self._one(*RANGES)}]{self._one(*MODIFIERS)}"
        if self._pick.random() < 0.1:
            return f"quantile_over_time({self._one('0', '0.3', '1')}, {window})"
        return f"{self._one(*ROLLUPS)}({window})"

    def _subquery(self, depth: int) -> str:
        window = f"[{self._one(*RANGES)}:{self._one('', '30s', '1m', '17s')}]{self._one(*MODIFIERS)}"
        return f"{self._one(*ROLLUPS)}(({self._vector(depth)}){window})"

    def _aggregation(self, depth: int) -> str:
        op = self._one("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile")
        parameter = "0.9, " if op == "quantile" else ""
        return f"{op}{self._one(*GROUPINGS)} ({parameter}{self._vector(depth)})"

    def _with_scalar(self, depth: int) -> str:
        op = self._one("+", "-", "*", "/", "%", ">", "<", "==", "!=", ">= bool", "< bool")
        return f"({self._vector(depth)}) {op} {self._one('2', '0.5', 'time()', f'scalar({self._selector()})')}"

    def _matched(self, depth: int) -> str:
        op = self._one("+", "-", "*", "/", ">", "<= bool", "==", "and", "or", "unless")
        matching = self._one(*MATCHINGS)
        if matching and op not in {"and", "or", "unless"}:
            matching += self._one(*SIDES)
        return f"({self._vector(depth)}) {op}{matching} ({self._vector(depth)})"

    def _function(self, depth: int) -> str:
        form = self._one("abs(%s)", "round(%s)", "sgn(%s)", "timestamp(%s)", "absent(%s)", "clamp_min(%s, 3)", "-(%s)")
        if self._pick.random() < 0.2:
            form = self._one("histogram_quantile(0.9, %s)", 'label_replace(%s, "job", "$1", "instance", "i(.)")')
        return form % self._vector(depth)
