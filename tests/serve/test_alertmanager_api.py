"""Alertmanager's API v2: shapes, parameters and texts."""

from __future__ import annotations

import json
import random
import threading

import pytest

from watchglass.alerting.configuration import parse_alertmanager_config
from watchglass.alerting.manager import AlertingOptions, AlertManager
from watchglass.errors import StoreError
from watchglass.serve import alertmanager_api, alertmanager_views
from watchglass.serve.envelope import encode_json
from watchglass.store.meta import MetaStore

pytestmark = pytest.mark.anyio

CONFIG = """
route:
  receiver: team
  group_by: [job]
  routes: [{matchers: [severity=critical], receiver: pager, labels: {tier: one}}]
receivers:
  - {name: team, webhook_configs: [{url: 'http://127.0.0.1:9/sesame'}]}
  - {name: pager, labels: {tier: gold}, pagerduty_configs: [{service_key: sesame}]}
inhibit_rules: [{source_matchers: [alertname=A], target_matchers: [alertname=B], equal: [job]}]
"""


class Served:
    """Parts with an alert manager over a disk that may fill up."""

    def __init__(self, parts, meta):
        self.parts, self._meta = parts, meta
        parts.alerting = AlertManager(parse_alertmanager_config(CONFIG), meta, parts.clock)

    def fill_disk(self):
        """Let nothing be written any more."""

        def full():
            raise StoreError("no space left to write")

        self._meta.transaction = full


@pytest.fixture
def served(tmp_path, make_parts):
    meta = MetaStore(tmp_path)
    yield Served(make_parts(), meta)
    meta.close()


ALERTS = [
    {"labels": {"alertname": "A", "job": "x", "severity": "critical"}, "annotations": {"summary": "s"}},
    {"labels": {"alertname": "B", "job": "x", "empty": ""}, "generatorURL": "http://g/"},
]


async def test_who_sends_more_alerts_than_are_taken_is_told(served, make_client):
    served.parts.alerting = AlertManager(
        parse_alertmanager_config(CONFIG), None, served.parts.clock, AlertingOptions(max_alerts=1)
    )
    async with make_client(served.parts) as client:
        refused = await client.post("/api/v2/alerts", json=ALERTS)
        repeated = await client.post("/api/v2/alerts", json=ALERTS[:1])
        known = (await client.get("/api/v2/alerts")).json()

    assert (refused.status_code, repeated.status_code) == (503, 200)
    assert refused.json() == "1 alerts are refused: too many are known (alerting.max_alerts)"
    assert [each["labels"]["alertname"] for each in known] == ["A"]
    assert served.parts.alerting.is_full


async def test_an_alert_goes_in_and_comes_out(served, make_client):
    async with make_client(served.parts) as client:
        answer = await client.post("/api/v2/alerts", json=ALERTS)
        assert (answer.status_code, answer.content) == (200, b"")
        first, second = sorted(
            (await client.get("/api/v2/alerts")).json(), key=lambda each: each["labels"]["alertname"]
        )
        again = await client.get("/alertmanager/api/v2/alerts")

    assert first == {
        "annotations": {"summary": "s"},
        "endsAt": "2023-11-14T22:18:20.000Z",
        "fingerprint": first["fingerprint"],
        "receivers": [{"name": "pager"}],
        "startsAt": "2023-11-14T22:13:20.000Z",
        "status": {"inhibitedBy": [], "mutedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": "2023-11-14T22:13:20.000Z",
        "labels": ALERTS[0]["labels"],
    }
    assert second["status"]["inhibitedBy"] == [first["fingerprint"]]
    assert (second["status"]["state"], second["generatorURL"]) == ("suppressed", "http://g/")
    assert second["labels"] == {"alertname": "B", "job": "x"}
    assert len(again.json()) == 2
    assert again.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "AB"),
        ("?filter=alertname=A", "A"),
        ('?filter=alertname=~"A|B"&filter=severity=', "B"),
        ("?filter=severity!=", "A"),
        ("?receiver=pag.*", "A"),
        ("?receiver=pag", ""),
        ("?inhibited=false", "A"),
        ("?active=false", "B"),
        ("?active=false&inhibited=false", ""),
        ("?silenced=false&unprocessed=true", "AB"),
        ("?receiver_matchers=name=team", "B"),
    ],
)
async def test_what_is_asked_for_is_listed(served, make_client, query, names):
    async with make_client(served.parts) as client:
        await client.post("/api/v2/alerts", json=ALERTS)
        found = (await client.get(f"/api/v2/alerts{query}")).json()
        groups = (await client.get(f"/api/v2/alerts/groups{query}")).json()

    assert "".join(sorted(each["labels"]["alertname"] for each in found)) == names
    assert "".join(sorted(each["labels"]["alertname"] for group in groups for each in group["alerts"])) == names


async def test_groups_have_labels_receiver_and_alerts(served, make_client):
    async with make_client(served.parts) as client:
        await client.post("/api/v2/alerts", json=ALERTS)
        groups = (await client.get("/api/v2/alerts/groups")).json()

    assert [(group["labels"], group["receiver"], group["routeLabels"]) for group in groups] == [
        ({"job": "x"}, {"name": "pager"}, {"tier": "one"}),
        ({"job": "x"}, {"name": "team"}, {}),
    ]


async def test_lists_are_written_beside_the_loop(served, make_client, monkeypatch):
    writers = []

    def noted(content):
        writers.append(threading.get_ident())
        return encode_json(content)

    for module in (alertmanager_api, alertmanager_views):
        monkeypatch.setattr(module, "encode_json", noted)
    async with make_client(served.parts) as client:
        await client.post("/api/v2/alerts", json=ALERTS)
        alerts = (await client.get("/api/v2/alerts")).json()
        groups = (await client.get("/api/v2/alerts/groups")).json()

    assert (len(alerts), len(groups), len(writers)) == (2, 2, 4)
    assert threading.get_ident() not in writers


WRONG_ALERTS = [
    (b"", 422, "alerts in body is required"),
    (b"[", 400, "parsing alerts body"),
    (b"{}", 400, "alerts must be of type array"),
    (b"[1]", 400, "0 must be of type object"),
    (b"[{}]", 422, "0.labels in body is required"),
    (b'[{"labels": {"a": 1}}]', 400, "0.labels.a must be of type string"),
    (b'[{"labels": {"a": "b"}, "startsAt": "noon"}]', 400, "must be of type date-time"),
    (b'[{"labels": {"a": "b"}, "annotations": {"": "x"}}]', 400, 'invalid annotations: invalid name ""'),
    (b'[{"labels": {}}]', 400, "at least one label pair required"),
    (b'[{"labels": {"": "x"}}]', 400, 'invalid label set: invalid name ""'),
    (
        b'[{"labels": {"a": "b"}, "startsAt": "2023-11-14T22:00:00Z", "endsAt": "2023-11-14T21:00:00Z"}]',
        400,
        "start time must be before end time",
    ),
]


@pytest.mark.parametrize(("body", "status", "message"), WRONG_ALERTS)
async def test_wrong_alerts_are_refused(served, make_client, body, status, message):
    async with make_client(served.parts) as client:
        answer = await client.post("/api/v2/alerts", content=body, headers={"Content-Type": "application/json"})

    said = answer.json()
    assert answer.status_code == status
    assert message in (said if isinstance(said, str) else said["message"])


async def test_valid_alerts_are_taken_beside_wrong_ones(served, make_client):
    async with make_client(served.parts) as client:
        answer = await client.post("/api/v2/alerts", json=[*ALERTS, {"labels": {}}])
        assert answer.status_code == 400
        assert len((await client.get("/api/v2/alerts")).json()) == 2


async def test_times_are_read_as_prometheus_sends_them(served, make_client):
    alert = {
        "labels": {"alertname": "T"},
        "startsAt": "2023-11-14T23:13:19.123456789+01:00",
        "endsAt": "0001-01-01T00:00:00Z",
    }
    async with make_client(served.parts) as client:
        await client.post("/api/v2/alerts", json=[alert])
        (found,) = (await client.get("/api/v2/alerts")).json()

    assert found["startsAt"] == "2023-11-14T22:13:19.123Z"
    assert found["endsAt"] == "2023-11-14T22:18:20.000Z"


SILENCE = {
    "matchers": [{"name": "alertname", "value": "A", "isRegex": False}],
    "startsAt": "2023-11-14T22:13:20Z",
    "endsAt": "2023-11-14T23:13:20Z",
    "createdBy": "me",
    "comment": "why",
}


async def test_a_silence_lives_and_ends(served, make_client):
    async with make_client(served.parts) as client:
        await client.post("/api/v2/alerts", json=ALERTS[:1])
        id_ = (await client.post("/api/v2/silences", json=SILENCE)).json()["silenceID"]
        (alert,) = (await client.get("/api/v2/alerts")).json()
        shown = (await client.get(f"/api/v2/silence/{id_}")).json()
        other = SILENCE | {"id": id_, "matchers": [{"name": "job", "value": ".+", "isRegex": True, "isEqual": False}]}
        second = (await client.post("/api/v2/silences", json=other)).json()["silenceID"]
        assert (await client.delete(f"/api/v2/silence/{second}")).status_code == 200
        listed = (await client.get("/api/v2/silences")).json()
        unexpired = (await client.get("/api/v2/silences?expired=false")).json()
        filtered = (await client.get("/api/v2/silences?filter=job!~.%2B")).json()

    assert alert["status"] == {"inhibitedBy": [], "mutedBy": [], "silencedBy": [id_], "state": "suppressed"}
    assert shown == {
        "id": id_,
        "status": {"state": "active"},
        "updatedAt": "2023-11-14T22:13:20.000Z",
        "comment": "why",
        "createdBy": "me",
        "endsAt": "2023-11-14T23:13:20.000Z",
        "matchers": [{"isEqual": True, "isRegex": False, "name": "alertname", "value": "A"}],
        "startsAt": "2023-11-14T22:13:20.000Z",
    }
    assert second != id_
    assert {each["status"]["state"] for each in listed} == {"expired"}
    assert len(listed) == 2
    assert unexpired == []
    assert [each["id"] for each in filtered] == [second]


WRONG_SILENCES = [
    ({"comment": None}, 422, "comment in body is required"),
    ({"comment": 5}, 400, "comment must be of type string"),
    ({"matchers": []}, 422, "matchers in body should have at least 1 items"),
    ({"matchers": [{"name": "a", "value": "b"}]}, 422, "matchers.0.isRegex in body is required"),
    ({"endsAt": "2023-11-14T22:13:20Z"}, 400, "start time must be before end time"),
    (
        {"startsAt": "2023-11-14T20:13:20Z", "endsAt": "2023-11-14T21:13:20Z"},
        400,
        "Failed to create silence: end time can't be in the past",
    ),
    ({"matchers": [{"name": "a", "value": "", "isRegex": False}]}, 400, "must not match the empty string"),
    ({"matchers": [{"name": "a", "value": "(", "isRegex": True}]}, 400, 'invalid regular expression "("'),
    ({"id": "4d1c8a29-0d0c-4b4a-8d0e-5f4ff0f3a111"}, 404, "silence not found"),
]


@pytest.mark.parametrize(("change", "status", "message"), WRONG_SILENCES)
async def test_wrong_silences_are_refused(served, make_client, change, status, message):
    async with make_client(served.parts) as client:
        answer = await client.post("/api/v2/silences", json=SILENCE | change)

    said = answer.json()
    assert answer.status_code == status
    assert message in (said if isinstance(said, str) else said["message"])


async def test_unknown_silences_are_not_found(served, make_client):
    unknown = "/api/v2/silence/4d1c8a29-0d0c-4b4a-8d0e-5f4ff0f3a111"
    async with make_client(served.parts) as client:
        assert (await client.get(unknown)).status_code == 404
        assert (await client.delete(unknown)).status_code == 404
        assert (await client.get("/api/v2/silence/seven")).status_code == 422


async def test_status_and_receivers(served, make_client):
    async with make_client(served.parts) as client:
        status = (await client.get("/api/v2/status")).json()
        receivers = (await client.get("/api/v2/receivers")).json()
        gold = (await client.get("/api/v2/receivers?receiver_matchers=tier=gold")).json()

    assert status["cluster"] == {"status": "disabled", "peers": []}
    assert status["uptime"] == "2023-11-14T22:13:20.000Z"
    assert "sesame" not in json.dumps(status)
    assert "url: http://127.0.0.1:9/<secret>" in status["config"]["original"]
    assert [each["name"] for each in receivers] == ["team", "pager"]
    assert gold == [{"name": "pager", "labels": {"name": "pager", "tier": "gold"}}]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("alerts?filter=x", "bad matcher format: x"),
        ("alerts?filter={a=b}", "unexpected open or close brace: {a=b}"),
        ("alerts?receiver=(", "failed to parse receiver param: error parsing regexp"),
        ("alerts/groups?receiver_matchers=x", "failed to parse receiver_matchers param: bad matcher format: x"),
        ("silences?filter=a=~(", "error parsing regexp"),
    ],
)
async def test_wrong_parameters_are_refused_with_alertmanagers_words(served, make_client, query, message):
    async with make_client(served.parts) as client:
        answer = await client.get(f"/api/v2/{query}")

    assert answer.status_code == 400
    assert answer.json().startswith(message)


async def test_an_alert_that_is_not_on_disk_is_answered_500_and_routed_all_the_same(served, make_client):
    served.fill_disk()
    async with make_client(served.parts) as client:
        answer = await client.post("/api/v2/alerts", json=ALERTS[:1])
        found = (await client.get("/api/v2/alerts")).json()

    assert (answer.status_code, len(found)) == (500, 1)


async def test_without_a_configuration_the_answer_says_how_to_name_one(make_parts, make_client):
    async with make_client(make_parts()) as client:
        answer = await client.get("/api/v2/alerts")

    assert answer.status_code == 503
    assert "--alertmanager.config" in answer.json()


_ODD = [
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "x",
    "\x00",
    "ü" * 300,
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    [],
    [[]],
    {},
    {"a": {}},
    "(" * 50,
]


def _mutated(chance, value):
    """The value with something in it that should not be there."""
    if chance.random() < 0.15:
        return chance.choice(_ODD)
    if isinstance(value, dict):
        found = {key: _mutated(chance, each) for key, each in value.items() if chance.random() < 0.95}
        return found | ({chance.choice(["", "id", "ü"]): chance.choice(_ODD)} if chance.random() < 0.1 else {})
    return [_mutated(chance, each) for each in value] if isinstance(value, list) else value


async def test_no_body_is_answered_by_a_fault_of_ours(served, make_client):
    chance, kind = random.Random(1), {"Content-Type": "application/json"}
    async with make_client(served.parts) as client:
        for _ in range(400):
            for path, body in (("alerts", [*ALERTS, {"startsAt": "x"}]), ("silences", SILENCE | {"annotations": {}})):
                content = json.dumps(_mutated(chance, body))
                answer = await client.post(f"/api/v2/{path}", content=content, headers=kind)
                assert answer.status_code in {200, 400, 404, 422}, answer.text
        for path in ("alerts", "alerts/groups", "silences", "receivers", "status"):
            assert (await client.get(f"/api/v2/{path}")).status_code == 200
        answer = await client.post("/api/v2/alerts", content=b"[" * 100_000, headers=kind)
        assert answer.status_code == 400
