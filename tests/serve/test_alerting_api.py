"""What the pages show of alerting: counts, the routing, which way an alert takes and why, and what was sent."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from watchglass.alerting.configuration import parse_alertmanager_config
from watchglass.alerting.group import group_key
from watchglass.alerting.manager import AlertManager
from watchglass.alerting.silence import Silence
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels
from watchglass.model.matcher import Matcher, MatchType
from watchglass.rules.alert_state import ActiveAlert, AlertState
from watchglass.serve.alerting_views import group_labels, shown_file
from watchglass.store.meta import MetaStore

pytestmark = pytest.mark.anyio

CONFIG = """
route:
  receiver: team
  group_by: [alertname]
  group_wait: 1s
  routes:
    - matchers: [severity=critical]
      receiver: pager
      continue: true
      mute_time_intervals: [always]
    - matchers: [severity=~"critical|warning", system="api"]
      receiver: chat
      routes: [{matchers: [tier="gold"], receiver: pager}]
    - matchers: [system="api"]
      receiver: team
      group_by: ['...']
receivers:
  - {name: team}
  - {name: pager, pagerduty_configs: [{service_key: YOUR_SERVICE_KEY}]}
  - {name: chat, webhook_configs: [{url: 'http://127.0.0.1:9/sesame'}]}
inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [system]}]
time_intervals: [{name: always, time_intervals: [{years: ['1970:2100']}]}]
tracing: {}
"""
MINUTE = 60_000


@pytest.fixture
def parts(tmp_path, make_parts):
    meta = MetaStore(tmp_path)
    parts = make_parts()
    parts.alerting = AlertManager(parse_alertmanager_config(CONFIG, "alertmanager.yml"), meta, parts.clock)
    yield parts
    meta.close()


async def ask(client, path, **params):
    answer = await client.get(f"/api/v1/watchglass/alerting/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.fixture
async def client(make_client, parts):
    async with make_client(parts) as client:
        yield client


def alert(parts, **labels):
    now_ms = parts.clock.now_ms()
    return Alert(Labels.of(labels), Labels(), now_ms - MINUTE, now_ms + 5 * MINUTE, now_ms)


async def test_without_routing_the_rules_are_counted(make_client, make_parts):
    states = (AlertState.FIRING, AlertState.FIRING, AlertState.PENDING)
    active = [ActiveAlert(Labels.of(n=str(n)), 1, 0, state=state) for n, state in enumerate(states)]
    parts = make_parts()
    parts.rules = SimpleNamespace(alerting=lambda: [SimpleNamespace(active=lambda: active)])
    async with make_client(parts) as client:
        assert await ask(client, "summary") == {"firing": 2, "pending": 1, "quiet": 0, "routing": False}
        routes = await ask(client, "routes")
        assert (routes["route"], routes["receivers"]) == (None, [])
        assert await ask(client, "notifications") == {"notifications": [], "routing": False, "kept": False}


async def test_what_is_silenced_or_inhibited_is_counted_apart(client, parts):
    now_ms = parts.clock.now_ms()
    critical, warning = {"severity": "critical", "system": "api"}, {"severity": "warning", "system": "api"}
    parts.alerting.accept(
        [alert(parts, alertname="A", **critical), alert(parts, alertname="B", **warning), alert(parts, alertname="C")]
    )
    assert await ask(client, "summary") == {"firing": 2, "pending": 0, "quiet": 1, "routing": True}
    silence = Silence((Matcher("alertname", MatchType.EQUAL, "C"),), now_ms, now_ms + MINUTE, "me", "why")
    parts.alerting.set_silence(silence)
    parts.clock.advance(3000)  # counts hold for a moment
    assert (await ask(client, "summary"))["quiet"] == 2


async def test_an_alert_of_this_servers_rules_is_own_and_one_of_a_neighbours_is_not(client, parts):
    parts.rules = SimpleNamespace(external_url="http://here")
    links = {"Ours": "http://here/graph?g0.expr=up", "Theirs": "http://here.too/graph?g0.expr=up", "Posted": ""}
    parts.alerting.accept(
        [replace(alert(parts, alertname=name, severity="critical"), generator_url=url) for name, url in links.items()]
    )
    own = {each["labels"]["alertname"]: each["own"] for each in await ask_plain(client, "alerts")}
    parts.rules = None

    assert own == {"Ours": True, "Theirs": False, "Posted": False}


async def test_an_alert_is_muted_where_all_of_its_routes_are(client, parts):
    await asyncio.to_thread(
        parts.alerting.accept,
        [
            alert(parts, alertname="Both", severity="critical", system="api"),
            alert(parts, alertname="Muted", severity="critical", system="shop"),
        ],
    )
    told = {each["labels"]["alertname"]: each["status"] for each in await ask_plain(client, "alerts")}

    assert (told["Both"]["mutedBy"], told["Both"]["state"]) == ([], "active")
    assert (told["Muted"]["mutedBy"], told["Muted"]["state"]) == (["always"], "suppressed")
    assert await ask(client, "summary") == {"firing": 1, "pending": 0, "quiet": 1, "routing": True}
    plain = (await client.get("/api/v2/alerts")).json()
    assert [each["status"]["mutedBy"] for each in plain] == [[], []], "Alertmanager says so of groups alone"


async def ask_plain(client, path):
    answer = await client.get(f"/api/v1/watchglass/alerting/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_routing_is_shown_as_it_is_resolved(client):
    routing = await ask(client, "routes")
    root = routing["route"]
    assert (root["groupBy"], root["groupWait"], root["repeatInterval"]) == (["alertname"], 1000, 14_400_000)
    first, second, third = root["routes"]
    assert (first["receiver"], first["continue"], first["muteTimes"]) == ("pager", True, ["always"])
    assert second["matchers"] == ['severity=~"critical|warning"', 'system="api"']
    assert second["routes"][0]["groupBy"] == ["alertname"]
    assert third["groupBy"] is None
    assert {(each["file"], each["line"]) for each in (first, second)} == {
        ("alertmanager.yml", 7),
        ("alertmanager.yml", 11),
    }
    assert len({each["id"] for each in (root, first, second, third, second["routes"][0])}) == 5
    assert routing["timeIntervals"] == [
        {"name": "always", "holds": True, "mutes": True, "times": ["1970 to 2100, UTC"]}
    ]
    assert routing["inhibitRules"][0]["equal"] == ["system"]
    assert "tracing" in routing["notices"][0]
    by_name = {each["name"]: each["integrations"] for each in routing["receivers"]}
    assert by_name["team"] == []
    assert by_name["pager"][0]["disabled"]
    assert by_name["chat"] == [{"kind": "webhook", "target": "127.0.0.1:9", "sendsResolved": True, "disabled": ""}]
    assert {each["shipped"] for each in routing["receivers"]} == {False}, "a pack's would be shipped"
    assert "sesame" not in json.dumps(routing)


async def test_an_inhibited_alert_says_by_which_alert_and_rule(client, parts):
    critical, warning = {"severity": "critical", "system": "api"}, {"severity": "warning", "system": "api"}
    source = alert(parts, alertname="A", **critical)
    parts.alerting.accept([source, alert(parts, alertname="B", **warning)])
    found = (await ask(client, "inhibition", labels=json.dumps({"alertname": "B", **warning})))["inhibition"]
    assert found["source"] == {"labels": dict(source.labels), "fingerprint": f"{source.fingerprint:016x}"}
    rule = found["rule"]
    assert (rule["source"], rule["equal"]) == (['severity="critical"'], ["system"])
    assert (rule["place"], rule["line"], rule["file"]) == (1, 21, "alertmanager.yml")
    assert await ask(client, "inhibition", labels=json.dumps(dict(source.labels))) == {"inhibition": None}
    assert await ask(client, "inhibition") == {"inhibition": None}


async def test_without_routing_nothing_inhibits(make_client, make_parts):
    async with make_client(make_parts()) as client:
        assert await ask(client, "inhibition", labels='{"a": "b"}') == {"inhibition": None}


def test_a_file_of_a_pack_is_named_by_the_pack():
    assert shown_file("/lib/watchglass/packs/fluxai/added/inhibit.yaml") == "packs/fluxai/added/inhibit.yaml"
    assert shown_file("C:\\lib\\watchglass\\packs\\fluxai\\routes.yaml") == "packs/fluxai/routes.yaml"
    assert shown_file("/etc/alertmanager.yml") == "/etc/alertmanager.yml"


async def tries(client, parts, **labels):
    tried = await ask(client, "routes/test", labels=json.dumps(labels))
    verdicts = {}
    for route in parts.alerting.config.route.walk():
        verdict = tried["verdicts"].pop(route.id)
        verdicts[f"{route.receiver} {route.line}"] = (verdict["verdict"], verdict["why"])
    assert tried["verdicts"] == {}
    return tried["receivers"], list(verdicts.values())


async def test_an_alert_is_tried_on_every_route(client, parts):
    receivers, verdicts = await tries(client, parts, severity="critical", system="api")
    assert receivers == ["pager", "chat"]
    assert verdicts == [
        ("passed", ""),
        ("taken", "sends nothing at this time: mute_time_interval always"),
        ("taken", "no route below it matches"),
        ("unmatched", 'it has no tier, asked for is tier="gold"'),
        ("unreached", "the route to chat before it has taken the alert"),
    ]


async def test_the_loop_goes_on_while_the_alert_manager_is_busy(client, parts):
    begun, ended = threading.Event(), threading.Event()

    def hold():
        with parts.alerting.look():
            begun.set()
            ended.wait(10)

    busy = threading.Thread(target=hold)
    busy.start()
    begun.wait()
    waiting = asyncio.create_task(ask(client, "inhibition", labels='{"a": "b"}'))
    await asyncio.sleep(0.01)
    receivers, _ = await tries(client, parts, severity="info")
    assert busy.is_alive()  # who waits on the loop for it waits until it has ended
    ended.set()
    busy.join()
    assert receivers == ["team"]
    assert await waiting == {"inhibition": None}


async def test_history_tells_when_alerts_fired_and_ended(client, parts):
    manager, now_ms = parts.alerting, parts.clock.now_ms()
    for name, ends_ms in (("A", now_ms + MINUTE), ("B", now_ms + MINUTE), ("A", now_ms)):
        labels = Labels.of(alertname=name)
        manager.accept([Alert(labels, Labels.of(summary="s"), now_ms - MINUTE, ends_ms, now_ms, "http://g/")])
    both = await ask(client, "history")
    (first,) = (await ask(client, "history", labels='{"alertname": "A"}'))["episodes"]

    assert ([each["labels"]["alertname"] for each in both["episodes"]], both["kept"]) == (["B", "A"], True)
    assert len((await ask(client, "history", limit="1"))["episodes"]) == 1
    assert first == {
        "labels": {"alertname": "A"},
        "annotations": {"summary": "s"},
        "startMs": now_ms - MINUTE,
        "endMs": now_ms,
        "generatorURL": "http://g/",
        "told": [],
        "failed": [],
    }


async def test_an_alert_that_no_route_matches_stays_at_the_root(client, parts):
    receivers, verdicts = await tries(client, parts, severity="info")
    assert receivers == ["team"]
    assert verdicts == [
        ("taken", "no route below it matches"),
        ("unmatched", 'its severity is "info", asked for is severity="critical"'),
        (
            "unmatched",
            'its severity is "info", asked for is severity=~"critical|warning"; it has no system, asked for is system="api"',
        ),
        ("unreached", "the route above it does not match"),
        ("unmatched", 'it has no system, asked for is system="api"'),
    ]


@pytest.mark.parametrize("labels", ["{", "[]", '{"a": 1}', json.dumps({str(n): "x" for n in range(101)})])
async def test_labels_that_are_none_are_refused(client, labels):
    answer = await client.get("/api/v1/watchglass/alerting/routes/test", params={"labels": labels})
    assert (answer.status_code, answer.json()["errorType"]) == (400, "bad_data")


async def test_what_was_sent_is_listed_with_what_is_under_way(client, parts):
    manager = parts.alerting
    first = alert(parts, alertname="A", severity="warning", system="api")
    second = alert(parts, alertname="B", severity="warning", system="api")
    manager.accept([first])
    (delivery,) = manager.step()
    manager.failed(delivery, 3, "connection refused")
    manager.accept([second])
    manager.step()
    shown = await ask(client, "notifications")
    assert (shown["routing"], shown["kept"]) == (True, True)
    sending, failed = shown["notifications"]
    assert (sending["attempts"], sending["nextMs"], sending["error"]) == (0, None, "")
    assert sending["untilMs"] - sending["timeMs"] == 5 * MINUTE
    assert (sending["status"], sending["group"], sending["tookMs"]) == ("sending", {"alertname": "B"}, None)
    assert {key: failed[key] for key in ("status", "receiver", "integration", "attempts", "error", "reason")} == {
        "status": "failed",
        "receiver": "chat",
        "integration": "webhook",
        "attempts": 3,
        "error": "connection refused",
        "reason": "first notification",
    }
    assert (failed["group"], failed["firing"], failed["resolved"]) == ({"alertname": "A"}, 1, 0)


async def test_notifications_of_one_alert_are_found_by_its_labels(client, parts):
    manager, now_ms = parts.alerting, parts.clock.now_ms()
    alerts = [alert(parts, alertname=name, severity="warning", system="api") for name in "AB"]
    manager.accept(alerts)
    for delivery in manager.step():
        manager.delivered(delivery)
    of_b = await ask(client, "notifications", labels=json.dumps(dict(alerts[1].labels)))
    assert [(each["group"], each["timeMs"]) for each in of_b["notifications"]] == [({"alertname": "B"}, now_ms)]
    assert (await ask(client, "notifications", labels='{"alertname": "B"}'))["notifications"] == []
    assert len((await ask(client, "notifications", limit="1"))["notifications"]) == 1


async def test_history_tells_who_was_told_while_an_alert_fired(client, parts):
    manager, clock = parts.alerting, parts.clock
    first = alert(parts, alertname="A", severity="warning", system="api")
    manager.accept([first, alert(parts, alertname="B")])
    for delivery in manager.step():
        manager.failed(delivery, 2, "connection refused")
    shown = await ask(client, "history")
    assert (shown["routing"], shown["keptMs"]) == (True, 90 * 24 * 60 * MINUTE)
    assert shown["oldestMs"] == first.starts_ms
    by_name = {each["labels"]["alertname"]: each for each in shown["episodes"]}
    assert (by_name["A"]["failed"], by_name["A"]["told"], by_name["A"]["endMs"]) == (["chat"], [], None)
    assert (by_name["B"]["failed"], by_name["B"]["told"]) == ([], [])
    manager.accept([replace(first, ends_ms=first.ends_ms + 20 * MINUTE)])
    clock.advance(5 * MINUTE)
    for delivery in manager.step():
        manager.delivered(delivery)
    assert {each["labels"]["alertname"]: each["told"] for each in (await ask(client, "history"))["episodes"]} == {
        "A": ["chat"],
        "B": [],
    }
    now_s = clock.now_ms() / 1000
    assert (await ask(client, "history", start=str(now_s - 9000), end=str(now_s - 8000)))["episodes"] == []
    assert len((await ask(client, "history", limit="1"))["episodes"]) == 1


async def test_rules_without_data_are_listed(make_client, make_parts):
    group = SimpleNamespace(definition=SimpleNamespace(file="a.yml", name="g"))
    rule = SimpleNamespace(name="Down", query="up == 0")
    parts = make_parts()
    async with make_client(parts) as client:
        assert await ask(client, "no-data") == {"rules": []}
        parts.clock.advance(30_000)
        parts.rules = SimpleNamespace(without_data=lambda: [(group, rule, 1000)])
        shown = {"file": "a.yml", "group": "g", "name": "Down", "query": "up == 0", "sinceMs": 1000}
        assert await ask(client, "no-data") == {"rules": [shown]}


async def test_without_routing_there_is_no_history(make_client, make_parts):
    async with make_client(make_parts()) as client:
        assert await ask(client, "history") == {"episodes": [], "routing": False, "kept": False}


@pytest.mark.parametrize(
    "labels",
    [{}, {"a": "b"}, {"a": 'x"}:{y="', "b": "c, d=e\\"}, {"größe": "1\n2"}],
)
def test_labels_are_read_off_a_group_key(labels):
    route = parse_alertmanager_config(CONFIG).route.routes[1]
    assert group_labels(group_key(route, Labels.of(labels))) == labels
