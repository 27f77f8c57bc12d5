"""What Debian's Alertmanager 0.25 really sends, field by field, beside what is sent here for the same configuration and alerts."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from peer_servers import free_port, is_ready, needs, running, wait_until
from sinks import HttpSink, Mail, Reply, Request, SmtpSink, certificate, http_sink, smtp_sink

from watchglass.alerting.configuration import load_alertmanager_config
from watchglass.alerting.notify.notifier import Notice
from watchglass.alerting.notify.rendering import SendingContext
from watchglass.alerting.notify.table import RECEIVERS
from watchglass.alerting.templates import Templates, single_line
from watchglass.model.alert import Alert
from watchglass.model.labels import Labels

pytestmark = [pytest.mark.real, pytest.mark.slow]

EXTERNAL_URL = "http://am.example/alerts"
RECEIVER = "team (X).y"

CONFIG = r"""
global:
  resolve_timeout: 5m
  smtp_from: 'Alerts <am@example.org>'
  smtp_smarthost: localhost:@SMTP_PORT@
  smtp_hello: here.example
  slack_api_url: @URL@/slack/global
  pagerduty_url: @URL@/pagerduty/2
  telegram_api_url: @URL@/telegram
route: {receiver: 'team (X).y', group_by: [alertname], group_wait: 500ms, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: 'team (X).y'
    webhook_configs:
      - {url: @URL@/webhook/1}
      - {url: @URL@/webhook/2, max_alerts: 2}
    email_configs:
      - {to: ops@example.org, tls_config: {ca_file: @CERT@}, send_resolved: true, headers: {X-Case: '0'}}
      - to: 'Ünal <u@example.org>, "Ops, Team" <o@example.org>'
        from: other@example.org
        tls_config: {ca_file: @CERT@}
        send_resolved: true
        html: '<b title="{{ .CommonLabels.team }}">{{ range .Alerts }}{{ .Annotations.summary }}<br>{{ end }}</b>'
        text: "{{ range .Alerts }}{{ .Labels.alertname }}: {{ .Annotations.summary }}\n{{ end }}"
        auth_username: 'user'
        auth_password: 'pass word'
        headers: {x-case: '1', subject: '{{ .GroupLabels.alertname }} {{ .CommonLabels.team }} {{ .CommonAnnotations.summary }}', Reply-To: a@b.c}
      - {to: '{{ .CommonLabels.mail }}', tls_config: {ca_file: @CERT@}, send_resolved: true, html: '', text: plain only, headers: {X-Case: '2'}}
    slack_configs:
      - {channel: '#a', send_resolved: true}
      - api_url: @URL@/slack/own
        send_resolved: true
        channel: '#{{ .CommonLabels.team }}'
        username: u
        color: '{{ if eq .Status "firing" }}danger{{ else }}#0f0{{ end }}'
        title: '{{ .CommonAnnotations.summary }}'
        title_link: '{{ .ExternalURL }}/x?a=b&c=<d>'
        pretext: '{{ range .Alerts }}{{ .Labels.team }} {{ end }}'
        text: '{{ range .Alerts }}{{ .Annotations.summary }} <{{ .GeneratorURL }}|g> {{ .Fingerprint }} {{ end }}'
        fields:
          - {title: a, value: '{{ .CommonLabels.team }}'}
          - {title: '{{ .Status }}', value: b, short: false}
        short_fields: true
        footer: foot
        fallback: fall
        callback_id: c
        icon_emoji: ':x:'
        icon_url: http://icon
        image_url: http://image
        thumb_url: http://thumb
        link_names: true
        mrkdwn_in: [text, footer]
        actions:
          - {type: button, text: '{{ .Status }}', url: 'http://x/{{ .GroupLabels.alertname }}', name: gone, value: gone, style: primary}
          - {type: button, text: b, name: n, value: v, confirm: {text: t, title: i, ok_text: o, dismiss_text: d}}
    pagerduty_configs:
      - routing_key: '{{ .CommonLabels.team }}-key'
        details: @DETAILS@
      - routing_key: rk
        send_resolved: true
        url: @URL@/pagerduty/own
        client: c
        client_url: http://c
        description: '{{ .CommonAnnotations.summary }}'
        severity: '{{ .CommonLabels.severity }}'
        class: cl
        component: co
        group: gr
        details: {firing: a, resolved: b, num_firing: '{{ .Alerts.Firing | len }}', num_resolved: c, more: '<{{ .Status }}>'}
        images: [{src: 'http://{{ .Status }}', alt: a, href: http://h}, {alt: none}]
        links: [{href: http://l, text: '{{ .Receiver }}'}, {text: none}]
      - service_key: sk
        description: '{{ .CommonAnnotations.summary }}'
        details: @DETAILS@
        http_config: {proxy_url: @URL@, tls_config: {ca_file: @CERT@}}
    telegram_configs:
      - {bot_token: '1:default', chat_id: -100123456789}
      - {bot_token: '2:plain', chat_id: 7, parse_mode: '', disable_notifications: true, message: '{{ .CommonAnnotations.summary }}'}
      - {bot_token: '3:md', chat_id: 7, parse_mode: MarkdownV2, message: 'x {{ .GroupLabels.alertname }}'}
    discord_configs:
      - {webhook_url: @URL@/discord/1}
      - {webhook_url: @URL@/discord/2, title: '{{ .GroupLabels.alertname }}', message: '{{ .CommonAnnotations.summary }}'}
"""
# what is YAML becomes data in 0.34: an asterisk keeps a text a text
DETAILS = (
    "{firing: '* {{ template \"pagerduty.default.instances\" .Alerts.Firing }}', "
    "resolved: '* {{ template \"pagerduty.default.instances\" .Alerts.Resolved }}', "
    "num_firing: '{{ .Alerts.Firing | len }}', num_resolved: '{{ .Alerts.Resolved | len }}'}"
)

LETTERS = (
    *"abc <>&\"'\\/{}[]()=?_.,;:#%@!|*`~^$+-\t\n\r",
    "é",
    "ß",
    "日",
    "😀",
    "\u200b",
    "\u2028",
    "\x7f",
    "\x01",
    "=20",
    "\r\n.\r\n",
)
LONG = "line of text é " * 900
HISTORIES = {
    "One": [{"team": "a", "summary": "it is down"}],
    "Several": [{"n": str(n), "team": "a", "severity": "critical", "summary": f"number {n}"} for n in range(5)],
    "Mixed": [{"n": "1", "team": "a", "ended": True}, {"n": "2", "team": "b", "summary": "b"}, {"n": "3", "ended": True}],
    "Bare": [{}],
    "Long": [{"team": "a", "summary": LONG}],
    "Ünïcode 😀": [{"team": "日本", "summary": "→ 😀 \u2028 ñ"}],
    "Special <&>\"'": [{"team": "a<b>&'\"`", "summary": "<script>alert('x')</script> & {{ .Status }} \\ % _ * [a](b) =?utf-8?q?x?="}],
    "Breaks": [{"team": "a\r\nBcc: x@y.z\r\n\r\nbody", "summary": "one\ntwo\r\nthree\rfour\tfive\n.\n..six", "mail": "m@example.org"}],
    "Trailing ": [{"team": " a ", "summary": "  spaces   \n \n", "job": "j", "instance": "i"}],
}  # fmt: skip


def by_chance(seed: int) -> list[dict]:
    """Alerts with texts of any characters that JSON, MIME, HTML and Slack know something about."""
    chance = random.Random(seed)

    def text(longest: int) -> str:
        return "".join(chance.choices(LETTERS, k=chance.randint(1, longest)))

    def label(longest: int) -> str:
        return text(longest).replace("<", "")  # what could call somebody in Slack is let through by them only

    return [
        {"n": str(n), "team": label(12) or "x", "severity": label(5) or "x", "summary": text(400)}
        | ({"ended": True} if n and chance.random() < 0.3 else {})
        for n in range(chance.randint(1, 6))
    ]


RANDOM = range(int(os.environ.get("SEEDS", "4")))
HISTORIES |= {f"Chance {seed}": by_chance(seed) for seed in RANDOM}


@dataclass
class Sinks:
    http: HttpSink
    smtp: SmtpSink

    def taken(self) -> tuple[list[Request], list[Mail]]:
        """What has come since this was asked last."""
        found = list(self.http.requests), list(self.smtp.mails)
        del self.http.requests[: len(found[0])], self.smtp.mails[: len(found[1])]
        return found


@contextmanager
def sinks(folder: Path) -> Iterator[tuple[Sinks, Path]]:
    """Both sinks, and the configuration that leads to them."""
    cert = certificate(folder)
    with http_sink(cert.context()) as http, smtp_sink(cert.context()) as smtp:
        smtp.ways, smtp.users = "LOGIN PLAIN", {"user": "pass word"}
        http.by_path["/telegram"] = Reply(200, b'{"ok": true, "result": {"message_id": 1, "chat": {"id": 7}}}')
        text = CONFIG.replace("@DETAILS@", DETAILS).replace("@URL@", http.url).replace("@CERT@", str(cert.cert))
        path = folder / "alertmanager.yml"
        path.write_text(text.replace("@SMTP_PORT@", str(smtp.port)))
        yield Sinks(http, smtp), path


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Sinks with Debian's Alertmanager in front of them, and its address; and our own with the same configuration."""
    program = needs("prometheus-alertmanager", "prometheus-alertmanager")
    folder, port = tmp_path_factory.mktemp("theirs"), free_port()
    with ExitStack() as stack:
        theirs, path = stack.enter_context(sinks(folder))
        command = [
            program, f"--config.file={path}", f"--storage.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=", f"--web.external-url={EXTERNAL_URL}", "--web.route-prefix=/",
        ]  # fmt: skip
        stack.enter_context(running(command))
        wait_until(lambda: is_ready(port), "a start of Alertmanager")
        yield theirs, f"http://127.0.0.1:{port}", stack.enter_context(sinks(tmp_path_factory.mktemp("ours")))


def stamp(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post(address: str, name: str, alerts: Sequence[dict], *, ended: bool) -> None:
    now = time.time()
    body = []
    for alert in alerts:
        labels = {key: value for key, value in alert.items() if key not in ("summary", "ended")}
        annotations = {"summary": alert["summary"], "more": "x"} if "summary" in alert else {}
        is_over = ended or alert.get("ended")
        body.append({
            "labels": labels | {"alertname": name}, "annotations": annotations, "startsAt": stamp(now - 60),
            "endsAt": stamp(now - 0.5 if is_over else now + 600), "generatorURL": "http://p/graph?g0.expr=a%3Cb&g0.tab=1",
        })  # fmt: skip
    request = urllib.request.Request(
        f"{address}/api/v2/alerts", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()


def collect(sinks: Sinks, http: int, mails: int) -> tuple[list[Request], list[Mail]]:
    wait_until(
        lambda: len(sinks.http.requests) >= http and len(sinks.smtp.mails) >= mails,
        "all that a notification makes",
    )
    return sinks.taken()


def notice_of(request: Request) -> Notice:
    """The notification that a webhook's message tells of."""
    told = json.loads(request.body)
    now_ms = int(time.time() * 1000)

    def ms(text: str) -> int:
        return round(datetime.fromisoformat(text).timestamp() * 1000)

    alerts = [
        Alert(
            labels=Labels.of(each["labels"]),
            annotations=Labels.of(each["annotations"]),
            starts_ms=ms(each["startsAt"]),
            ends_ms=ms(each["endsAt"]) if each["status"] == "resolved" else now_ms + 600_000,
            updated_ms=now_ms,
            generator_url=each["generatorURL"],
        )
        for each in told["alerts"]
    ]
    return Notice(RECEIVER, told["groupKey"], Labels.of(told["groupLabels"]), Labels(), alerts, now_ms)


def send_ours(path: Path, notice: Notice) -> None:
    """Send to every integration of the configuration; a mail to nobody is refused by both."""
    (receiver,) = load_alertmanager_config(path).receivers.values()

    async def sending():
        context = SendingContext(Templates(), EXTERNAL_URL)
        notifiers = [RECEIVERS[f"{each.kind}_configs"].make(each.config, context) for each in receiver.integrations]
        told = await asyncio.gather(*(each.notify(notice) for each in notifiers), return_exceptions=True)
        for each in notifiers:
            await each.close()
        return [str(error) for error in told if error is not None]

    has_mail = any(alert.labels.get("mail") for alert in notice.alerts)
    assert asyncio.run(sending()) == ([] if has_mail else ["parse 'to' addresses: not a list of mail addresses"])


def by_place(requests: Sequence[Request]) -> dict[tuple[str, str], dict]:
    """Messages by where they went; PagerDuty's two by their keys, as one address takes both."""
    found = {}
    for request in requests:
        body = json.loads(request.body)
        found[request.path, body.get("routing_key", "")] = body
    assert len(found) == len(requests)
    return found


def mails_by_case(mails: Sequence[Mail]) -> dict[str, Mail]:
    return {mail.message["X-Case"]: mail for mail in mails}


def as_025(place: tuple[str, str], body: dict) -> dict:
    """Our message as 0.25 would have it, where 0.34 differs on purpose."""
    if "/webhook/" in place[0]:
        del body["notification_reason"], body["routeLabels"]
    for details in (body.get("details"), (body.get("payload") or {}).get("custom_details")):
        for name, value in (details or {}).items():  # 0.34 sends what is YAML as data
            details[name] = "" if value is None else value if isinstance(value, str) else str(value)
    return body


def cut_as_034(place: tuple[str, str], body: dict) -> dict:
    """Their message as 0.34 would cut it."""
    for embed in body.get("embeds", ()):
        for name, length in (("title", 256), ("description", 4096)):
            embed[name] = embed[name] if len(embed[name]) <= length else embed[name][: length - 1] + "…"
    if "1:default" in place[0] and len(body["text"]) >= 4096:
        body["text"] = (
            "Alertmanager notification could not be sent: message length exceeds Telegram limits. "
            "Please check the template used for producing the message content."
        )
    return body


def parts(mail: Mail) -> list[tuple[str, str, str]]:
    return [
        (part.get_content_type(), part["Content-Transfer-Encoding"], part.get_content().replace("\r\n", "\n"))
        for part in mail.message.iter_parts()
    ]


def without_breaks(value: str) -> str:
    """Theirs has breaks in encoded words, where ours has a space."""
    return single_line(value) if "\n" in value or "\r" in value else value


def headers(mail: Mail) -> dict[str, str]:
    """Those of the mail, less what is made by chance or by the clock."""
    found = {name: without_breaks(str(value)) for name, value in mail.message.items()}
    assert found.pop("Message-Id").startswith("<")
    assert found.pop("Date")
    found["Content-Type"] = found["Content-Type"].partition(";")[0]
    return found


def assert_same_mail(theirs: Mail, ours: Mail) -> None:
    assert (ours.sender, ours.recipients) == (theirs.sender, theirs.recipients)
    assert (ours.is_private, ours.user) == (theirs.is_private, theirs.user)
    assert headers(ours) == headers(theirs)
    newer = [(kind, how, text.replace("http://schema.org", "https://schema.org")) for kind, how, text in parts(theirs)]
    assert parts(ours) == newer


def assert_same_messages(theirs: dict, ours: dict, statuses: set[str]) -> None:
    assert {alert["status"] for alert in theirs["/webhook/1", ""]["alerts"]} == statuses
    assert set(ours) == set(theirs)
    for place, body in theirs.items():
        assert as_025(place, ours[place]) == cut_as_034(place, body), place


@pytest.mark.parametrize("name", HISTORIES)
def test_the_same_is_sent(both, name):
    theirs, address, (ours, path) = both
    has_mail = any("mail" in alert for alert in HISTORIES[name])
    told = []
    for ended in (False, True):  # each right after a turn of the group, so that no turn sees half of the alerts
        post(address, name, HISTORIES[name], ended=ended)
        told.append(collect(theirs, 12, 3 if has_mail else 2))
    for ended, (requests, mails) in zip((False, True), told, strict=True):
        send_ours(path, notice_of(next(request for request in requests if request.path == "/webhook/1")))
        own_requests, own_mails = ours.taken()
        statuses = {"resolved" if ended or alert.get("ended") else "firing" for alert in HISTORIES[name]}
        assert_same_messages(by_place(requests), by_place(own_requests), statuses)
        own, other = mails_by_case(own_mails), mails_by_case(mails)
        assert set(own) == set(other) == ({"0", "1", "2"} if has_mail else {"0", "1"})
        for case, mail in other.items():
            assert_same_mail(mail, own[case])
