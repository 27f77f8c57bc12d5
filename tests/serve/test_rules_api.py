"""Rules and alerts over HTTP: fields, filters and pages are those of Prometheus 3."""

import hashlib

import pytest
from rules_support import MINUTE, Bench

pytestmark = pytest.mark.anyio

RULES = """
groups:
- name: one
  limit: 5
  interval: 90s
  rules:
  - {record: a:sum, expr: "sum ( x )", labels: {team: a}}
  - {alert: High, expr: x > 1, for: 90s, keep_firing_for: 5m, labels: {severity: page, team: b}, annotations: {summary: "{{ $value }}"}}
- name: two
  rules:
  - {record: wrong, expr: '"text"'}
  - {alert: High, expr: x > 5}
"""


class Manager:
    def __init__(self, groups):
        self._groups = groups

    def groups(self):
        return self._groups

    def alerting(self):
        return [rule for group in self._groups for rule in group.alerting]


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    bench.running = bench.groups(RULES)
    bench.clock.advance(1_700_000_000_250)
    for minute in range(3):
        bench.put(minute * MINUTE, {'x{i="1"}': 2.5})
        for group in bench.running:
            group.evaluate(minute * MINUTE)
    return bench


@pytest.fixture
def ask(bench, make_parts, make_client):
    client = make_client(make_parts(rules=Manager(bench.running)))

    async def ask(path, **params):
        answer = await client.get(f"/api/v1/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    return ask


def names(data):
    return [(group["name"], [rule["name"] for rule in group["rules"]]) for group in data["groups"]]


async def test_every_field(ask, tmp_path):
    first, second = (await ask("rules"))["groups"]
    record, alert = first.pop("rules")
    assert first.pop("evaluationTime") > 0
    last = "2023-11-14T22:13:20.25Z"
    assert first == {
        "name": "one",
        "file": str(tmp_path / "rules.yml"),
        "interval": 90,
        "limit": 5,
        "lastEvaluation": last,
    }
    for rule in (record, alert):
        assert rule.pop("evaluationTime") > 0
        assert rule.pop("lastEvaluation") == last
    assert record == {
        "name": "a:sum", "query": "sum(x)", "labels": {"team": "a"}, "health": "ok", "type": "recording",
    }  # fmt: skip
    [active] = alert.pop("alerts")
    assert alert == {
        "name": "High", "query": "x > 1", "labels": {"severity": "page", "team": "b"}, "state": "firing", "duration": 90,
        "keepFiringFor": 300, "annotations": {"summary": "{{ $value }}"}, "health": "ok", "type": "alerting",
    }  # fmt: skip
    assert active == {
        "labels": {"alertname": "High", "i": "1", "severity": "page", "team": "b"}, "annotations": {"summary": "2.5"},
        "state": "firing", "activeAt": "1970-01-01T00:00:00Z", "value": "2.5e+00",
    }  # fmt: skip
    assert second["rules"][0]["lastError"] == "rule result is not a vector or scalar"
    assert (second["rules"][0]["health"], second["rules"][1]["state"]) == ("err", "inactive")
    assert (await ask("alerts"))["alerts"] == [active]


async def test_an_alert_that_is_kept_firing_says_since_when(ask, bench):
    bench.put(3 * MINUTE, {'x{i="1"}': 0})
    bench.running[0].evaluate(3 * MINUTE)
    [active] = (await ask("alerts"))["alerts"]
    assert (active["state"], active["keepFiringSince"]) == ("firing", "1970-01-01T00:03:00Z")


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({"type": "record"}, [("one", ["a:sum"]), ("two", ["wrong"])]),
        ({"type": "ALERT"}, [("one", ["High"]), ("two", ["High"])]),
        ({"rule_name[]": ["a:sum", "wrong"]}, [("one", ["a:sum"]), ("two", ["wrong"])]),
        ({"rule_group[]": "two"}, [("two", ["wrong", "High"])]),
        ({"file[]": "other.yml"}, []),
        ({"match[]": '{team="b"}'}, [("one", ["High"])]),
        ({"match[]": ['{team="a"}', '{severity=~"p.+"}']}, [("one", ["a:sum", "High"])]),
        ({"rule_name[]": "High", "rule_group[]": "two", "type": "alert"}, [("two", ["High"])]),
        ({"rule_name[]": "none"}, []),
    ],
)
async def test_filters(ask, params, shown):
    assert names(await ask("rules", **params)) == shown


async def test_alerts_are_left_out_when_asked(ask):
    data = await ask("rules", type="alert", exclude_alerts="true")
    assert [rule["alerts"] for group in data["groups"] for rule in group["rules"]] == [None, None]


async def test_pages(ask, tmp_path):
    first = await ask("rules", group_limit="1")
    token = hashlib.sha256(f"{tmp_path}/rules.yml;two".encode()).hexdigest()
    assert (names(first)[0][0], first["groupNextToken"]) == ("one", token)
    second = await ask("rules", group_limit="1", group_next_token=token)
    assert (names(second)[0][0], "groupNextToken" in second) == ("two", False)
    assert "groupNextToken" not in await ask("rules", group_limit="2")


async def test_many_alerts_are_shown_whole(ask, bench):
    bench.put(3 * MINUTE, {f'x{{i="{number}"}}': 9 for number in range(1500)})
    bench.running[1].evaluate(3 * MINUTE)
    alerts = (await ask("alerts"))["alerts"]
    assert len({alert["labels"]["i"] for alert in alerts}) == 1500
    assert sum(
        len(rule.get("alerts", ())) for group in (await ask("rules"))["groups"] for rule in group["rules"]
    ) == len(alerts)


async def test_without_rules_every_list_is_empty(make_client):
    async with make_client() as client:
        answers = [
            (await client.get(f"/api/v1/{path}")).json()["data"] for path in ("rules", "alerts", "alertmanagers")
        ]
    assert answers == [{"groups": []}, {"alerts": []}, {"activeAlertmanagers": [], "droppedAlertmanagers": []}]
