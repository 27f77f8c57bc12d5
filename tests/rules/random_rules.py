"""Random rules over random series, and what our engine makes of them, written as a test file for promtool to judge."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import yaml

from watchglass.rules.rule import BAD
from watchglass.rules.unit_test import _Run
from watchglass.rules.unit_test_file import RuleTests, read_rule_tests

STEPS = 24
EXPRESSIONS = (
    "x > 3", "x", "sum by (i) (x)", "x - on (i, j) y", "max without (j) (x) >= 4", "x unless y", "x and on (i) (y > 2)",
    "max_over_time(x[2m45s])", "changes(y[4m15s]) > 2", "count_over_time(x[3m45s])", "x == 2 or y == 3", "absent(x)",
    'absent(y{i="1"})', "x > bool 2", "count by (i) (x) > 1", "-y", "x offset 1m", "x * 2 < y", "vector(1)", "quantile(1, y) > 5",
    "sum_over_time(x[1m15s])", 'label_replace(x, "k", "$1", "i", "(.*)")', "x % 3 == 0", "min by (j) (y) < 1", "vector(time()) > 600",
)  # fmt: skip
ON_RULES = (
    "rec_{} > 2", "sum(rec_{})", 'count by (alertname) (ALERTS{{alertstate="firing"}})', "rec_{} or x", "ALERTS_FOR_STATE > 240",
    'absent(ALERTS{{alertstate="pending"}})', "count(rec_{}) > 1",
)  # fmt: skip
TEXTS = (
    "{{ $value }}", "{{ $labels.i }} of {{ $labels.alertname }}", "{{ humanize $value }}", "plain",
    "{{ if gt $value 3.0 }}high{{ else }}low{{ end }}", "{{ with query `count(x)` }}{{ . | first | value }}{{ end }}",
    "{{ range query `sum by (i) (y)` | sortByLabel `i` }}{{ .Labels.i }}:{{ .Value }} {{ end }}",
)  # fmt: skip


class Maker:
    """Makes one file of rules and one of tests from a seed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def groups(self):
        self.recorded = 0
        return [
            {"name": f"g{number}", "rules": [self._rule(number, place) for place in range(self.chance.randint(1, 5))]}
            for number in range(self.chance.randint(1, 2))
        ]

    def _rule(self, group, place):
        chance = self.chance
        expr = chance.choice(EXPRESSIONS)
        if chance.random() < 0.35:
            expr = chance.choice(ON_RULES).format(chance.randint(0, max(0, self.recorded - 1)))
        labels = (
            {chance.choice(("i", "severity")): chance.choice(TEXTS[:1] + TEXTS[3:5])} if chance.random() < 0.3 else {}
        )
        if chance.random() < 0.4:
            self.recorded += 1
            labels = dict.fromkeys(labels, "plain")
            return {"record": f"rec_{self.recorded - 1}", "expr": expr, "labels": labels}
        rule = {"alert": f"A{group}_{place}", "expr": expr, "labels": labels}
        rule |= {"for": chance.choice(("30s", "1m", "2m", "3m30s"))} if chance.random() < 0.6 else {}
        rule |= {"keep_firing_for": chance.choice(("1m", "2m30s"))} if chance.random() < 0.3 else {}
        return rule | {"annotations": {"a": chance.choice(TEXTS)} if chance.random() < 0.5 else {}}

    def test(self, groups):
        chance = self.chance
        series = [
            {"series": f'{name}{{i="{i}",j="{j}"}}', "values": self._values()}
            for name in "xy"
            for i in "12"
            for j in "ab"
            if chance.random() < 0.7
        ]
        alerts = [rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule]
        times = [f"{chance.randint(0, STEPS * 4 - 8) * 15}s" for _ in range(4)]
        return {
            "interval": chance.choice(("1m", "30s")),
            "input_series": series or [{"series": "x", "values": self._values()}],
            "external_labels": {"site": "here"},
            "alert_rule_test": [{"eval_time": time, "alertname": name} for time in times for name in alerts],
            "promql_expr_test": [
                {"expr": expr, "eval_time": f"{STEPS - 4}m"}
                for expr in ('{__name__=~"rec_.*"}', "ALERTS", "ALERTS_FOR_STATE")
            ],
        }

    def _values(self):
        """A sample, a gap or an end at each step; enough steps that no series is left behind."""
        chance, items = self.chance, []
        while len(items) < 2 * STEPS:
            kind = chance.random()
            if kind < 0.1 and items[-1:] != ["_"]:  # shorter than the lookback: 2.42 has another edge there
                items += ["_"] * chance.randint(1, 3)
            elif kind < 0.2:
                items.append("stale")
            elif kind < 0.5:
                items += [str(chance.randint(0, 7))] * chance.randint(2, 6)
            else:
                items.append(str(chance.choice((0, 1, 2, 2.5, 3, 4, 5, 6))))
        return " ".join(items)


def write(seed: int, folder: Path, tests: int) -> tuple[Path, bool]:
    """Write a test file that says what we make of its rules; and whether all of them could be evaluated."""
    maker = Maker(seed)
    groups = maker.groups()
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}))
    path = folder / "test.yaml"
    order = [group["name"] for group in groups]  # else promtool has none
    document = {
        "rule_files": ["rules.yaml"],
        "group_eval_order": order,
        "tests": [maker.test(groups) for _ in range(tests)],
    }
    path.write_text(yaml.safe_dump(document))
    read = read_rule_tests(path)
    sound = [_note(read, number, document["tests"][number]) for number in range(tests)]
    path.write_text(yaml.safe_dump(document))
    return path, all(sound)


def _note(tests: RuleTests, number: int, given: dict) -> bool:
    """Put in what we find; False where a rule failed."""
    from watchglass.rules.read import read_rule_file

    case = tests.cases[number]
    run = _Run(tests, replace(case, alerts=()), read_rule_file(Path(tests.rule_files[0])))
    waiting = list(zip(case.alerts, given["alert_rule_test"], strict=True))
    for time_ms in range(0, case.end_ms + 1, tests.interval_ms):
        run._input.append_until(time_ms)
        for group in run._groups:
            group.evaluate(time_ms)
        if any(rule.health == BAD for group in run._groups for rule in group.rules):
            return False
        for asked, entry in waiting:
            if time_ms <= asked.at_ms < time_ms + tests.interval_ms:
                entry["exp_alerts"] = [
                    {"exp_labels": dict(alert.labels), "exp_annotations": dict(alert.annotations)}
                    for alert in run._firing(asked.name)
                ]
    for asked, entry in zip(case.exprs, given["promql_expr_test"], strict=True):
        rows = run._ask(asked.expr, asked.at_ms).rows()
        entry["exp_samples"] = [{"labels": str(labels), "value": value} for labels, value in rows]
    return True
