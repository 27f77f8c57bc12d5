"""What the receivers of the packs are sent by a real server, for every rule of a pack: held to what the guides wrote."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from sinks import HttpSink, SmtpSink, certificate, http_sink, smtp_sink

from watchglass.packs.template import copied_pack
from watchglass.sdk.declared import pack_folder

SYSTEMS = ("hybrid_ai_stack", "awareness_network")
PASSWORDS = {"prometheus@example.com": "hybrid pass", "alertmanager@awareness.network": "awareness pass"}
EVENTS_V1 = "/generic/2010-04-15/create_event.json"
SERVICE_KEY = "0123456789abcdef0123456789abcdef"
TIMES = {"group_wait": "200ms", "group_interval": "500ms"}  # the guides' own times: tests/packs/test_routes.py


def alerts_of(system):
    """Every rule's alert, as the tests of the pack's rules and promtool have it."""
    folder = pack_folder(system)
    for path in (folder / "rules_test.yaml", folder / "added/rules_test.yaml"):
        for case in yaml.safe_load(path.read_text())["tests"]:
            for test in case.get("alert_rule_test", ()):
                for alert in test.get("exp_alerts") or ():
                    labels = {"alertname": test["alertname"], "system": system, **alert["exp_labels"]}
                    yield {"labels": labels, "annotations": alert["exp_annotations"]}


@dataclass
class Desk:
    """A server with both packs, and where their messages arrive."""

    server: object
    http: HttpSink
    smtp: SmtpSink

    def tell(self, alerts, *, is_over=False):
        now = datetime.now(UTC)
        ends = now - timedelta(seconds=1) if is_over else now + timedelta(hours=1)
        times = {"startsAt": (now - timedelta(minutes=9)).isoformat(), "endsAt": ends.isoformat()}
        self.server.http.post("/api/v2/alerts", json=[each | times for each in alerts]).raise_for_status()

    def bodies(self, path):
        return [json.loads(each.body) for each in list(self.http.requests) if each.path == path]

    def slack(self, system):
        """Channel, title, text and colour of what was posted to a system's webhook."""
        posts = [(body["channel"], *body["attachments"]) for body in self.bodies(f"/slack/{system}")]
        return sorted((channel, each["title"], each["text"], each["color"]) for channel, each in posts)

    def events(self):
        """What PagerDuty was told by its first API."""
        return {(each["event_type"], each["description"]): each for each in self.bodies(EVENTS_V1)}

    def mails(self):
        """Sender, recipients, login and subject of each mail."""
        mails = list(self.smtp.mails)
        return sorted((each.sender, *each.recipients, each.user, str(each.message["Subject"])) for each in mails)

    def groups(self):
        """How many groups there are: one whose alerts have all ended is gone once it has told so."""
        return self.server.http.get("/health").json()["components"]["alerting"]["groups"]


@pytest.fixture
def desk(launch, tmp_path):
    """Copies of the packs that differ in addresses and times alone, their secrets in files, and a server with both."""
    cert = certificate(tmp_path)
    with ExitStack() as stack:
        http = stack.enter_context(http_sink(cert.context()))
        smtp = stack.enter_context(smtp_sink(cert.context()))
        smtp.ways, smtp.users = "PLAIN", PASSWORDS
        for system in SYSTEMS:
            copied_pack(tmp_path / system, pack_folder(system))
            routes = tmp_path / system / "routes.yaml"
            config = yaml.safe_load(routes.read_text())
            trust = {"ca_file": str(cert.cert)}
            proxied = {"proxy_url": http.url, "no_proxy": "127.0.0.1", "tls_config": trust}
            config["global"] |= {
                "smtp_smarthost": f"localhost:{smtp.port}", "smtp_tls_config": trust, "http_config": proxied
            }  # fmt: skip
            config["route"] |= TIMES
            routes.write_text(yaml.safe_dump(config))
            secrets = tmp_path / "secrets" / system / "secrets"
            secrets.mkdir(parents=True)
            (secrets / "slack_api_url").write_text(f"{http.url}/slack/{system}\n")
            (secrets / "smtp_password").write_text(PASSWORDS[config["global"]["smtp_auth_username"]] + "\n")
            (secrets / "pagerduty_service_key").write_text(SERVICE_KEY + "\n")
        settings = {
            "packs": [f"./{system}" for system in SYSTEMS],
            "pack": {"secrets": "secrets"},
            "host": {"enabled": False},
            "scrape": {"self": False},
        }
        (tmp_path / "watchglass.yml").write_text(yaml.safe_dump(settings))
        yield Desk(launch().wait_ready(), http, smtp)


HYBRID_SLACK = [
    ("#alerts-critical", "🚨 Critical Alert: HighErrorRate", "Error rate is 166.7m/sec\n", "danger"),
    ("#alerts-critical", "🚨 Critical Alert: OllamaDown", "Local model inference is unavailable\n", "danger"),
    (
        "#alerts-critical",
        "🚨 Critical Alert: TargetDown",
        "host:1 of job api-gateway has not been scraped for two minutes, so no other alert about it can speak.\n",
        "danger",
    ),
    ("#alerts-warning", "⚠️ Warning: ExcessiveCloudUsage", "66.67% of requests going to cloud\n", "danger"),
    ("#alerts-warning", "⚠️ Warning: HighAPICosts", "API costs are increasing rapidly (12/hour)\n", "danger"),
    (
        "#alerts-warning",
        "⚠️ Warning: NoTarget",
        "Hybrid AI Stack is switched on, and no target of its job api-gateway is known.\n",
        "danger",
    ),
    ("#alerts-warning", "⚠️ Warning: SlowResponses", "95th percentile latency is 19.5s\n", "danger"),
]
AWARENESS_SLACK = [
    ("#alerts", "DatabasePoolExhausted", "3 requests are waiting for a database connection.\n", "danger"),
    ("#alerts", "EventLoopLag", "Node.js event loop lag is 750ms.\n", "danger"),
    ("#alerts", "HighLatency", "P95 request latency is 4.85s.\n", "danger"),
    ("#alerts", "HighMemoryUsage", "Application memory usage is 2GB.\n", "danger"),
    (
        "#alerts",
        "NoTarget",
        "Awareness Network is switched on, and no target of its job awareness-network is known.\n",
        "danger",
    ),
]
TO_ADMIN = ("prometheus@example.com", "admin@example.com", "PLAIN:prometheus@example.com")
TO_OPS = ("alertmanager@awareness.network", "ops@awareness.network", "PLAIN:alertmanager@awareness.network")
MAILS = [
    (*TO_OPS, "[FIRING:1] CollaborationSystemDown (info awareness_network)"),
    (*TO_ADMIN, "[FIRING:1] HighErrorRate critical (hybrid_ai_stack)"),
    (*TO_ADMIN, "[FIRING:1] OllamaDown critical (ollama-cpu:11434 ollama hybrid_ai_stack)"),
    (*TO_ADMIN, "[FIRING:1] TargetDown critical (host:1 api-gateway hybrid_ai_stack)"),
]
EVENTS = {
    ("trigger", "[FIRING:1] HighErrorRate (critical awareness_network)"),
    ("trigger", "[FIRING:1] RedisDisconnected (critical awareness_network)"),
    ("trigger", "[FIRING:1] TargetDown (host:1 awareness-network critical awareness_network)"),
}
INHIBITED_AT_FIRST = {"LowLocalRouting", "LowCacheHitRate"}


def test_each_rule_of_the_packs_is_told_as_the_guides_have_it_and_its_end_only_where_they_say_so(desk, waiting):
    alerts = [alert for system in SYSTEMS for alert in alerts_of(system)]
    assert len(alerts) == 18
    desk.tell(alerts)
    waiting(lambda: len(desk.mails()) >= len(MAILS) and len(desk.events()) >= len(EVENTS))
    waiting(lambda: len(desk.http.requests) >= len(HYBRID_SLACK) + len(AWARENESS_SLACK) + len(EVENTS))

    assert desk.slack("hybrid_ai_stack") == HYBRID_SLACK
    assert desk.slack("awareness_network") == AWARENESS_SLACK
    assert desk.mails() == MAILS
    assert set(desk.events()) == EVENTS
    assert all(mail.is_private for mail in desk.smtp.mails)
    ((_, redis),) = [each for each in desk.events().items() if "Redis" in each[0][1]]
    assert redis["service_key"] == SERVICE_KEY
    (told,) = redis["details"]["firing"]
    assert told["annotations"]["description"] == "The application has lost its connection to Redis."

    desk.tell([alert for alert in alerts if alert["labels"]["alertname"] not in INHIBITED_AT_FIRST], is_over=True)
    waiting(lambda: desk.groups() == len(INHIBITED_AT_FIRST) and len(desk.mails()) > len(MAILS))
    waiting(lambda: len(desk.slack("awareness_network")) > len(AWARENESS_SLACK))

    assert desk.slack("hybrid_ai_stack") == HYBRID_SLACK, "the guide tells Slack of no ends"
    late = ("#alerts", "LowCacheHitRate", "Cache hit rate is 1%.\n", "danger")
    assert desk.slack("awareness_network") == sorted([*AWARENESS_SLACK, late])
    assert desk.mails() == sorted([*MAILS, (*TO_ADMIN, "[FIRING:1] LowLocalRouting info (hybrid_ai_stack)")])
    ended = desk.events().keys() - EVENTS
    assert ended == {("resolve", said.replace("FIRING:1", "RESOLVED")) for _, said in EVENTS}
    (end,) = [each for each in desk.events().items() if "Redis" in each[0][1] and each[0][0] == "resolve"]
    assert end[1]["incident_key"] == redis["incident_key"]


def down(system, instance):
    labels = {"alertname": "TargetDown", "severity": "critical", "system": system, "instance": instance}
    return {"labels": labels, "annotations": {"description": f"{instance} is down", "summary": "It does not answer"}}


def test_alerts_of_one_name_are_one_message_in_which_each_has_its_line(desk, waiting):
    mild = down("hybrid_ai_stack", "c:1")
    mild["labels"]["severity"] = "warning"
    bare = down("hybrid_ai_stack", "d:1")
    del bare["annotations"]["description"]
    desk.tell([bare, mild, *(down(system, instance) for system in SYSTEMS for instance in ("b:1", "a:1"))])
    waiting(lambda: len(desk.http.requests) >= 3 and desk.smtp.mails)

    assert desk.slack("hybrid_ai_stack") == [
        (
            "#alerts-critical",
            "🚨 Critical Alert: TargetDown",
            "a:1 is down\nb:1 is down\nIt does not answer\n",
            "danger",
        ),
        ("#alerts-warning", "⚠️ Warning: TargetDown", "c:1 is down\n", "danger"),
    ]
    (mail,) = desk.smtp.mails
    assert mail.message["Subject"] == "[FIRING:3] TargetDown critical (hybrid_ai_stack)"
    for words in ("a:1 is down", "b:1 is down"):
        assert words in mail.message.get_body().get_content()
    ((place, event),) = desk.events().items()
    assert place == ("trigger", "[FIRING:2] TargetDown (critical awareness_network)")
    assert event["details"]["num_firing"] == 2
