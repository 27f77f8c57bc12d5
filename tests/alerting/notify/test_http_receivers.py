"""What receivers over HTTP are sent, by their own documents, and what their answers and faults come to."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from contextlib import contextmanager

import pytest
from notify_support import NOW_MS, Plain, alert, notice, read, send
from sinks import Reply, certificate, http_sink

from watchglass.alerting.notify.answers import retry_after_ms
from watchglass.alerting.notify.inline import render_tree
from watchglass.alerting.notify.mentions import tamed
from watchglass.alerting.notify.texts import cut, go_json
from watchglass.errors import TemplateLimitError

TEXTS = "title: '', title_link: '', pretext: '', text: '', fallback: '', username: '', color: '', callback_id: '', footer: '', icon_emoji: '', icon_url: ''"
ENTRIES = {
    "slack": f"{{{TEXTS}, api_url: '%s/services/T1/B2/s3cret'}}",
    "webhook": "{url: '%s/hook/s3cret'}",
    "pagerduty": "{url: '%s/v2', routing_key: s3cret, client: c, client_url: '', description: '', details: {firing: '', resolved: '', num_firing: '', num_resolved: ''}}",
    "telegram": "{api_url: '%s', bot_token: '1:s3cret', chat_id: -5, message: m}",
    "discord": "{webhook_url: '%s/api/webhooks/1/s3cret', title: t, message: m}",
    "msteamsv2": "{webhook_url: '%s/workflows/s3cret', title: t, text: m}",
}
TAKEN = {"telegram": Reply(200, b'{"ok": true, "result": {"message_id": 1, "chat": {"id": -5}}}')}


@pytest.fixture
def sink():
    with http_sink() as sink:
        yield sink


def body(sink):
    return json.loads(sink.requests[-1].body)


@pytest.mark.parametrize("kind", ENTRIES)
def test_every_kind_posts_json_and_names_itself(sink, kind):
    sink.replies = [TAKEN.get(kind, Reply())]

    assert send(kind, ENTRIES[kind] % sink.url) is None
    (request,) = sink.requests
    assert (request.method, request.headers["Content-Type"]) == ("POST", "application/json")
    assert request.headers["User-Agent"].startswith("Watchglass/")


@pytest.mark.parametrize("kind", ENTRIES)
@pytest.mark.parametrize(
    ("status", "headers", "means"),
    [
        (400, {}, (False, "clientError", None)),
        (401, {}, (False, "authError", None)),
        (403, {}, (False, "authError", None)),
        (404, {}, (False, "clientError", None)),
        (429, {}, (False, "rateLimited", None)),
        (429, {"Retry-After": "7"}, (True, "rateLimited", 7000)),
        (500, {}, (True, "serverError", None)),
        (503, {"Retry-After": "99999"}, (True, "serverError", 3_600_000)),
        (302, {}, (False, "other", None)),
    ],
)
def test_refusals_mean_what_alertmanager_takes_them_for(sink, kind, status, headers, means):
    retryable, reason, after_ms = means
    sink.replies = [Reply(status, b"no s3cret\r\n\x00" + b"x" * 100_000, headers)]
    error = send(kind, ENTRIES[kind] % sink.url)
    always = kind == "telegram" or (kind == "pagerduty" and status == 429)

    assert (error.retryable, error.reason, error.after_ms) == (retryable or always, reason, after_ms)
    assert len(str(error)) < 700
    if kind != "pagerduty":
        assert "x" * 100 in str(error)
    assert not any(secret in f"{error!r}" for secret in ("/services/", "/hook/", "1:s3cret", "webhooks", "/workflows/"))


@pytest.mark.parametrize("kind", ENTRIES)
def test_an_answer_that_repeats_the_address_does_not_tell_it(sink, kind):
    assert send(kind, ENTRIES[kind] % sink.url) is None or kind == "telegram"
    path = sink.requests[-1].path
    sink.replies = [Reply(400, f"no {path} and {sink.url}{path}".encode())]

    assert path not in str(send(kind, ENTRIES[kind] % sink.url))


@pytest.mark.parametrize("kind", ENTRIES)
@pytest.mark.parametrize("before", [0, 480, 490, 499])
def test_an_answer_that_repeats_credentials_and_is_cut_does_not_tell_them(sink, kind, before):
    entry = (ENTRIES[kind] % sink.url)[:-1] + ", http_config: {basic_auth: {username: me, password: 'pass-word/0123'}}}"
    repeated = "Authorization: Basic bWU6cGFzcy13b3JkLzAxMjM= is pass-word\\\\/0123"
    said = "x" * before + repeated
    sink.replies = [Reply(400, f'{{"message": "{said}", "errors": ["{said}"], "description": "{said}"}}'.encode())]
    error = str(send(kind, entry))

    assert "xxx" in error or before == 0
    assert "bWU6" not in error
    assert "pass-" not in error


@pytest.mark.parametrize("kind", ENTRIES)
def test_whoever_is_not_there_is_told_without_the_secret(kind):
    error = send(kind, ENTRIES[kind] % "http://127.0.0.1:1")

    assert (error.retryable, str(error)) == (True, "127.0.0.1:1: connection refused")


@pytest.mark.parametrize("kind", ENTRIES)
def test_whoever_hangs_is_left(kind):
    with socket.create_server(("127.0.0.1", 0)) as listener:  # nobody accepts
        error = send(kind, ENTRIES[kind] % f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_ms=200)

    assert (error.retryable, error.reason) == (True, "contextDeadlineExceeded")
    assert str(error) == f"configured {kind} timeout reached (0.2s): no full answer"


@pytest.mark.parametrize("kind", ENTRIES)
@pytest.mark.parametrize(
    "said", [b"", b"\x00garbage\r\n\r\n", b"HTTP/1.1 500 no\r\nContent-Length: 100\r\n\r\nshort", b"SSH-2.0\r\n"]
)
def test_garbage_and_broken_answers_are_worth_another_attempt(kind, said):
    with saying(said) as url:
        error = send(kind, ENTRIES[kind] % url)

    assert error.retryable
    assert "s3cret" not in str(error)


@contextmanager
def saying(said, *, hang=False):
    """A server that says one thing, and then hangs up, or hangs."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(said)
                if hang:
                    done.wait(20)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        done.set()


@pytest.mark.parametrize("kind", ENTRIES)
@pytest.mark.parametrize("hang", [False, True])
def test_what_was_taken_is_not_sent_again_because_the_rest_of_the_answer_is_missing(kind, hang):
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", hang=hang) as url:
        error = send(kind, ENTRIES[kind] % url, timeout_ms=500)

    assert (error is not None) is (kind in {"slack", "telegram"})  # they say in the answer whether they took it


@pytest.mark.parametrize("kind", ENTRIES)
def test_a_template_that_fails_is_told_and_nothing_is_sent(sink, kind):
    broken = {
        "slack": "{api_url: '%s/', footer: '{{ fail }}'}",
        "webhook": "{url: '%s/{{ fail }}'}",
        "pagerduty": "{url: '%s/', routing_key: k, details: {more: ['{{ fail }}']}}",
        "telegram": "{api_url: '%s/', bot_token: t, chat_id: 1, message: '{{ fail }}'}",
        "discord": "{webhook_url: '%s/', content: '{{ fail }}'}",
        "msteamsv2": "{webhook_url: '%s/', title: '{{ fail }}'}",
    }
    error = send(kind, broken[kind] % sink.url)

    why = "url: the template in it failed" if kind == "webhook" else "a template failed: template: :1: it fails"
    assert (error.retryable, str(error)) == (False, why)
    assert sink.requests == []


class Narrow(Plain):
    """Templates that take so many alerts."""

    def __init__(self, most):
        self.most, self.asked = most, []

    def text(self, template, data):
        self.asked.append(len(data.alerts))
        if len(data.alerts) > self.most:
            raise TemplateLimitError("the template makes more than 7 bytes of text")
        return template


def test_a_storm_of_alerts_is_told_by_some_of_them(sink, caplog):
    alerts = [alert(n=str(n), resolved=n < 990) for n in range(1000)]
    templates = Narrow(150)
    assert send("discord", ENTRIES["discord"] % sink.url, notice(*alerts), templates=templates) is None

    assert set(templates.asked) == {1000, 125}
    assert body(sink)["embeds"][0]["color"] == 0x992D22  # the ten that fire are among those told
    assert [(record.shown, record.alerts) for record in caplog.records] == [(125, 1000)]


def test_a_template_that_is_too_long_for_anybody_is_given_up(sink):
    templates = Narrow(0)
    error = send(
        "discord", ENTRIES["discord"] % sink.url, notice(*(alert(n=str(n)) for n in range(100))), templates=templates
    )

    assert (error.retryable, str(error)) == (False, "a template failed: the template makes more than 7 bytes of text")
    assert templates.asked == [100, 12, 10]


def test_a_disabled_receiver_says_why(sink):
    assert str(send("slack", "{channel: a}")) == "disabled: no api_url, nor slack_api_url in global, nor an app_token"
    assert str(send("opsgenie", "{api_key: a}")) == "disabled: not supported here: opsgenie_configs"
    assert str(send("pagerduty", "{service_key: YOUR_KEY}")) == "disabled: service_key is a placeholder"


def test_an_address_is_read_anew_from_its_file(sink, tmp_path):
    path = tmp_path / "hook"
    path.write_text(f"{sink.url}/one\n")
    assert send("webhook", f"{{url_file: {path}}}") is None
    path.write_text(f"{sink.url}/two\n")
    assert send("webhook", f"{{url_file: {path}}}") is None
    path.write_text("ftp://s3cret")
    error = send("webhook", f"{{url_file: {path}}}")

    assert [request.path for request in sink.requests] == ["/one", "/two"]
    assert str(error) == 'unsupported scheme "ftp" for URL'


def test_an_answer_of_any_size_is_read_only_so_far(sink):
    sink.replies = [Reply(200, b"ok" * 5_000_000)]

    assert send("webhook", ENTRIES["webhook"] % sink.url, answer_bytes=1000) is None


def test_http_config_says_how(sink, tmp_path):
    (tmp_path / "token").write_text("t0ken\n")
    how = {
        "basic_auth: {username: u, password: p}": ("Authorization", "Basic dTpw"),
        f"authorization: {{type: Token, credentials_file: {tmp_path}/token}}": ("Authorization", "Token t0ken"),
        "http_headers: {X-Team: {values: [ops]}}": ("X-Team", "ops"),
    }
    for config, (name, value) in how.items():
        assert send("webhook", f"{{url: '{sink.url}/', http_config: {{{config}}}}}") is None
        assert sink.requests[-1].headers[name] == value
    assert send("webhook", f"{{url: 'http://elsewhere.example/x', http_config: {{proxy_url: '{sink.url}'}}}}") is None
    assert sink.requests[-1].path == "http://elsewhere.example/x"


def test_redirects_are_followed_unless_told_not_to(sink):
    sink.replies = [Reply(307, b"", {"Location": "/there"}), Reply()]
    assert send("webhook", ENTRIES["webhook"] % sink.url) is None
    assert [(each.method, each.path) for each in sink.requests] == [("POST", "/hook/s3cret"), ("POST", "/there")]
    assert sink.requests[0].body == sink.requests[1].body != b""
    sink.replies = [Reply(307, b"", {"Location": "/there"})]
    error = send("webhook", f"{{url: '{sink.url}/', http_config: {{follow_redirects: false}}}}")
    assert str(error) == "unexpected status code 307"
    assert "redirects" in str(send("webhook", ENTRIES["webhook"] % sink.url))


def test_webhook_sends_version_4(sink):
    alerts = (alert(team="a<b>&\u2028é", resolved=True), alert(team="b", annotations={"summary": "x", "d": "y"}))
    assert send("webhook", ENTRIES["webhook"] % sink.url, notice(*alerts, receiver="a.b (c)")) is None
    got = body(sink)

    assert list(got) == [
        "receiver", "status", "alerts", "notification_reason", "groupLabels", "commonLabels", "commonAnnotations",
        "routeLabels", "externalURL", "version", "groupKey", "truncatedAlerts",
    ]  # fmt: skip
    assert (got["receiver"], got["status"], got["version"]) == ("a\\.b \\(c\\)", "firing", "4")
    assert (got["groupKey"], got["truncatedAlerts"]) == ('{}:{alertname="Down"}', 0)
    assert (got["commonLabels"], got["commonAnnotations"]) == ({"alertname": "Down"}, {})
    assert got["notification_reason"] == "first notification"
    resolved, firing = got["alerts"]
    assert (resolved["status"], resolved["endsAt"]) == ("resolved", "2023-11-14T22:13:19.5Z")
    assert (firing["status"], firing["endsAt"]) == ("firing", "0001-01-01T00:00:00Z")
    assert resolved["labels"] == {"alertname": "Down", "team": "a<b>&\u2028é"}
    assert len(firing["fingerprint"]) == 16
    assert b"a\\u003cb\\u003e\\u0026\\u2028\xc3\xa9" in sink.requests[-1].body


def test_webhook_counts_the_alerts_that_it_leaves_out(sink):
    config = f"{{url: '{sink.url}/', max_alerts: 2}}"
    assert send("webhook", config, notice(*(alert(n=str(n)) for n in range(5)))) is None

    assert (len(body(sink)["alerts"]), body(sink)["truncatedAlerts"]) == (2, 3)


def test_webhook_takes_a_payload_of_ones_own(sink):
    payload = "{text: 'a [alertname]', n: '12', raw: 7, on: 'yes', nothing: ~, list: ['[[alertname]]', {'k[alertname]': '{a: [1, x: z]}'}]}"
    assert send("webhook", f"{{url: '{sink.url}/', payload: {payload}}}") is None

    assert body(sink) == {
        "text": "a Down", "n": 12, "raw": 7, "on": True, "nothing": None,
        "list": [["Down"], {"kDown": {"a": [1, {"x": "z"}]}}],
    }  # fmt: skip


def test_slack_sends_an_attachment(sink):
    config = (
        f"{{api_url: '{sink.url}/', channel: '#c', username: u, title: 'T [alertname]', title_link: l, pretext: p, text: x, "
        "fallback: f, callback_id: i, footer: o, color: good, icon_emoji: ':e:', icon_url: '', image_url: g, thumb_url: h, "
        "message_text: m, short_fields: true, mrkdwn_in: [text], link_names: true, "
        "fields: [{title: a, value: '[alertname]'}, {title: b, value: c, short: false}], "
        "actions: [{type: button, text: go, url: 'http://x', name: dropped}, "
        "{type: button, text: b, name: n, value: v, style: danger, confirm: {text: sure, title: t, ok_text: y, dismiss_text: n}}]}"
    )
    assert send("slack", config) is None

    assert body(sink) == {
        "channel": "#c", "username": "u", "icon_emoji": ":e:", "link_names": True, "text": "m",
        "attachments": [{
            "title": "T Down", "title_link": "l", "pretext": "p", "text": "x", "fallback": "f", "callback_id": "i",
            "fields": [{"title": "a", "value": "Down", "short": True}, {"title": "b", "value": "c", "short": False}],
            "actions": [
                {"type": "button", "text": "go", "url": "http://x"},
                {"type": "button", "text": "b", "style": "danger", "name": "n", "value": "v",
                 "confirm": {"text": "sure", "title": "t", "ok_text": "y", "dismiss_text": "n"}},
            ],
            "image_url": "g", "thumb_url": "h", "footer": "o", "color": "good", "mrkdwn_in": ["text"],
        }],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "content_type", "retryable", "shown"),
    [
        (b"ok", "text/plain", None, ""),
        (b"invalid_token", "text/plain", False, "received an error response from Slack: invalid_token"),
        (b'{"ok": true}', "application/json; charset=utf-8", None, ""),
        (b'{"ok": false, "error": "channel_not_found"}', "application/json", False, "error response from Slack: channel_not_found"),
        (b"[]", "application/json", False, "error response from Slack: []"),
        (b"{", "application/json", True, "could not unmarshal JSON response: {"),
    ],
)  # fmt: skip
def test_slack_refuses_with_status_200_too(sink, said, content_type, retryable, shown):
    sink.replies = [Reply(200, said, {"Content-Type": content_type})]
    error = send("slack", ENTRIES["slack"] % sink.url)

    assert (error and (error.retryable, str(error))) == (None if retryable is None else (retryable, shown))


def test_slack_changes_the_message_that_it_sent(sink, monkeypatch):
    from watchglass.alerting.notify import slack

    monkeypatch.setattr(slack, "SLACK_APP_URL", f"{sink.url}/api/chat.postMessage")
    monkeypatch.setattr(slack, "_UPDATE_URL", f"{sink.url}/api/chat.update")
    sink.replies = [Reply(200, b'{"ok": true, "ts": "1.2", "channel": "C7"}', {"Content-Type": "application/json"})]
    config = f"{{{TEXTS}, channel: '#c', app_token: xoxb-1, app_url: '{sink.url}/api/chat.postMessage', update_message: true}}"
    told = notice()
    for _ in range(2):
        assert send("slack", config, told) is None

    first, second = sink.requests
    assert (first.path, second.path) == ("/api/chat.postMessage", "/api/chat.update")
    assert first.headers["Authorization"] == "Bearer xoxb-1"
    assert (json.loads(second.body)["channel"], json.loads(second.body)["ts"]) == ("C7", "1.2")
    assert told.remembered == {"threadTs": "1.2", "channelId": "C7"}


def test_a_title_for_slack_is_cut(sink):
    assert (
        send(
            "slack", ENTRIES["slack"].replace("title: ''", "title: '[alertname]'") % sink.url, notice(alert("é" * 2000))
        )
        is None
    )

    assert body(sink)["attachments"][0]["title"] == "é" * 1023 + "…"


def test_labels_call_nobody_in_slack(sink):
    evil = alert(
        "<!channel> <@U1> <b> a&b", annotations={"summary": "<!here|x> by me, <!channel> by a label <http://x|y>"}
    )
    config = f"{{{TEXTS}, api_url: '{sink.url}/'}}"
    config = config.replace("text: ''", "text: '[alertname] [summary] <!subteam^S1>'").replace(
        "title_link: ''", "title_link: 'http://x?[alertname]'"
    )
    assert send("slack", config, notice(evil)) is None
    got = body(sink)["attachments"][0]

    assert got["text"] == (
        "&lt;!channel> &lt;@U1> <b> a&b <!here|x> by me, &lt;!channel> by a label <http://x|y> <!subteam^S1>"
    )
    assert got["title_link"] == "http://x?<!channel> <@U1> <b> a&b"


def test_names_alone_call_nobody_where_slack_links_them():
    evil = notice(alert("x @channel @here a@hereby", annotations={"summary": "@channel @everyone"}))

    assert tamed(evil) is evil
    (told,) = tamed(evil, names=True).alerts
    assert told.name == "x @\u200bchannel @\u200bhere a@hereby"
    assert told.annotations.get("summary") == "@\u200bchannel @everyone"


def test_a_sequence_in_two_labels_is_none():
    (told,) = tamed(notice(alert("x <", b="!channel>"))).alerts

    assert (told.name, told.labels.get("b")) == ("x &lt;", "!channel>")


def test_pagerduty_triggers_and_resolves_by_version_2(sink):
    config = (
        f"{{url: '{sink.url}/v2', routing_key: 'k[alertname]', client: c, client_url: u, description: 'd [alertname]', severity: '', "
        "class: a, component: b, group: g, details: {firing: x, resolved: '[1, 2]', num_firing: '1', num_resolved: '0', b: {z: 1, a: '[alertname]'}}, "
        "images: [{src: 'i', alt: '[alertname]'}, {alt: none}], links: [{href: h, text: t}, {text: none}]}"
    )
    assert send("pagerduty", config) is None
    assert body(sink) == {
        "routing_key": "kDown", "dedup_key": hashlib.sha256(notice().group_key.encode()).hexdigest(),
        "event_action": "trigger",
        "payload": {
            "summary": "d Down", "source": "c", "severity": "error", "class": "a", "component": "b", "group": "g",
            "custom_details": {"b": {"a": "Down", "z": 1}, "firing": "x", "num_firing": 1, "num_resolved": 0, "resolved": [1, 2]},
        },
        "client": "c", "client_url": "u",
        "images": [{"src": "i", "alt": "Down", "href": ""}], "links": [{"href": "h", "text": "t"}],
    }  # fmt: skip
    first = body(sink)["dedup_key"]
    assert send("pagerduty", config, notice(alert(resolved=True))) is None
    assert (body(sink)["event_action"], body(sink)["dedup_key"]) == ("resolve", first)


def test_pagerduty_is_sent_no_more_than_it_takes(sink):
    config = (
        ENTRIES["pagerduty"]
        .replace("firing: ''", "firing: '[alertname]'")
        .replace("description: ''", "description: '[alertname]'")
    )
    assert send("pagerduty", config % sink.url, notice(alert("é" * 400_000))) is None

    payload = body(sink)["payload"]
    assert payload["custom_details"] == {
        "error": "Custom details have been removed because the original event exceeds the maximum size of 512KB"
    }
    assert payload["summary"] == "é" * 1023 + "…"
    assert len(sink.requests[-1].body) < 512_000


def test_pagerduty_says_what_is_wrong_with_an_event(sink):
    sink.replies = [
        Reply(400, b'{"status": "invalid event", "message": "Event object is invalid", "errors": ["a", "b"]}')
    ]

    assert (
        str(send("pagerduty", ENTRIES["pagerduty"] % sink.url))
        == "unexpected status code 400: Event object is invalid: a,b"
    )
    sink.replies = [Reply(400, b"[garbage")]
    assert str(send("pagerduty", ENTRIES["pagerduty"] % sink.url)) == "unexpected status code 400"


def test_pagerduty_version_1_goes_where_it_always_went(tmp_path):
    cert = certificate(tmp_path)
    with http_sink(cert.context()) as sink:
        config = (
            "{service_key: k, routing_key: unused, client: c, client_url: u, description: d, details: {firing: '', resolved: '', num_firing: '', num_resolved: ''}, "
            f"http_config: {{proxy_url: '{sink.url}', tls_config: {{ca_file: {cert.cert}}}}}}}"
        )
        assert send("pagerduty", config) is None
        assert send("pagerduty", config, notice(alert(resolved=True))) is None
        sink.replies = [Reply(403, b"slow down")]
        limited = send("pagerduty", config)

    trigger, resolve = (json.loads(request.body) for request in sink.requests[:2])
    assert sink.requests[0].path == "/generic/2010-04-15/create_event.json"
    assert (trigger["service_key"], trigger["event_type"], trigger["client"], trigger["client_url"]) == (
        "k",
        "trigger",
        "c",
        "u",
    )
    assert (trigger["event_action"], trigger["payload"], trigger["description"]) == ("", None, "d")
    assert (resolve["event_type"], resolve["incident_key"]) == ("resolve", trigger["incident_key"])
    assert "client" not in resolve
    assert (limited.retryable, limited.reason) == (True, "authError")


def test_telegram_sends_a_message(sink):
    sink.replies = [TAKEN["telegram"]]
    config = f"{{api_url: '{sink.url}', bot_token: '1:s3cret', chat_id: -5, message: 'm [alertname] [b]', message_thread_id: 9, disable_notifications: true}}"
    assert send("telegram", config, notice(alert(b="<i>"))) is None

    assert sink.requests[-1].path == "/bot1:s3cret/sendMessage"
    assert body(sink) == {
        "chat_id": "-5", "disable_notification": "true", "disable_web_page_preview": "true", "message_thread_id": "9",
        "parse_mode": "HTML", "text": "m Down &lt;i>",
    }  # fmt: skip


def test_telegram_takes_so_many_characters(sink, tmp_path):
    sink.replies = [TAKEN["telegram"]]
    (tmp_path / "chat").write_text("-100123\n")
    config = f"{{api_url: '{sink.url}', bot_token: '1:s3cret', chat_id_file: {tmp_path}/chat, message: '[alertname]', parse_mode: %s}}"
    for mode, text in (("''", "é" * 4095 + "…"), ("Markdown", "é" * 4095 + "…"), ("HTML", None)):
        assert send("telegram", config % mode, notice(alert("é" * 5000))) is None
        assert body(sink)["chat_id"] == "-100123"
        assert body(sink)["text"] == text or body(sink)["text"].startswith(
            "Alertmanager notification could not be sent"
        )


@pytest.mark.parametrize(
    ("said", "shown", "after_ms"),
    [
        (b'{"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 3}}', "telegram: Too Many Requests (200)", 3000),
        (b'{"ok": false, "description": "Unauthorized 1:s3cret"}', "telegram: Unauthorized <secret> (200)", None),
        (b"<html>", "telegram: <html> (200)", None),
        (b"[]", "telegram: [] (200)", None),
        (b'{"ok": false, "parameters": []}', 'telegram: {"ok": false, "parameters": []} (200)', None),
    ],
)  # fmt: skip
def test_telegram_says_no_in_json(sink, said, shown, after_ms):
    sink.replies = [Reply(200, said)]
    error = send("telegram", ENTRIES["telegram"] % sink.url)

    assert (error.retryable, str(error), error.after_ms) == (True, shown, after_ms)


def test_discord_sends_an_embed_in_its_limits(sink):
    config = f"{{webhook_url: '{sink.url}/', title: '[alertname]', message: '[alertname]', content: '[alertname]', username: u, avatar_url: 'http://a'}}"
    sink.replies = [Reply(204, b"")]
    assert send("discord", config, notice(alert("@everyone <@1> " + "é" * 5000))) is None
    got = body(sink)

    assert (got["username"], got["avatar_url"], got["embeds"][0]["color"]) == ("u", "http://a", 10038562)
    assert [len(got["content"]), len(got["embeds"][0]["title"]), len(got["embeds"][0]["description"])] == [
        2000,
        256,
        4096,
    ]
    assert got["content"].startswith("@\u200beveryone &lt;@1> é")
    assert send("discord", ENTRIES["discord"] % sink.url, notice(alert(resolved=True))) is None
    assert body(sink) == {"content": "", "embeds": [{"title": "t", "description": "m", "color": 3066993}]}


def test_teams_gets_an_adaptive_card(sink):
    assert send("msteamsv2", ENTRIES["msteamsv2"] % sink.url) is None
    (attachment,) = body(sink)["attachments"]

    assert body(sink)["type"] == "message"
    assert (attachment["contentType"], attachment["contentUrl"]) == ("application/vnd.microsoft.card.adaptive", None)
    card = attachment["content"]
    assert (card["type"], card["version"], card["msteams"]) == ("AdaptiveCard", "1.2", {"width": "full"})
    assert card["body"] == [
        {"type": "TextBlock", "text": "t", "weight": "Bolder", "size": "Medium", "wrap": True, "style": "heading", "color": "Attention"},
        {"type": "TextBlock", "text": "m", "wrap": True},
    ]  # fmt: skip
    assert send("msteamsv2", ENTRIES["msteamsv2"] % sink.url, notice(alert(resolved=True))) is None
    assert body(sink)["attachments"][0]["content"]["body"][0]["color"] == "Good"


@pytest.mark.parametrize("letter", ["a", "é", "<", "😀", "\\"])
def test_teams_is_sent_no_more_than_it_takes(sink, letter):
    config = (
        ENTRIES["msteamsv2"].replace("text: m", "text: '[alertname]'").replace("title: t", "title: '[alertname]'")
        % sink.url
    )
    assert send("msteamsv2", config, notice(alert(letter * 100))) is None
    assert body(sink)["attachments"][0]["content"]["body"][1]["text"] == letter * 100
    assert (
        send(
            "msteamsv2",
            ENTRIES["msteamsv2"].replace("text: m", "text: '[alertname]'") % sink.url,
            notice(alert(letter * 50_000)),
        )
        is None
    )

    text = body(sink)["attachments"][0]["content"]["body"][1]["text"]
    assert text == letter * (len(text) - 1) + "…"
    assert 20_000 < len(sink.requests[-1].body) <= 28_000


@pytest.mark.parametrize(
    ("text", "after_ms"),
    [("", None), ("5", 5000), ("0.25", 250), ("-1", None), ("soon", None), ("Tue, 14 Nov 2023 22:14:20 GMT", 59_500),
     ("Tue, 14 Nov 2000 22:14:20 GMT", 0), ("9" * 400, None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text, after_ms):
    assert retry_after_ms(text, NOW_MS) == after_ms


def test_texts_as_go_has_them():
    assert [cut("abcdef", n) for n in (6, 5, 3, 0)] == ["abcdef", "abcd…", "abc", ""]
    assert go_json({"a": "\ud800"}) == b'{"a":"?"}\n'


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("0x1F", 31), ("010", 8), ("1.5", 1.5), ("yes", True), ("null", None), ("", None), ("'1'", "'1'"), ("a: b: c", "a: b: c"),
     ("value1:", {"value1": None}), ("[1, two]", [1, "two"]), ("{", "{"), ("*x", "*x"), ("2024-01-02", "2024-01-02"), ("!!int 3", "!!int 3"),
     ("x" * 10, "x" * 10), ("1e3", 1000.0)],
)  # fmt: skip
def test_a_text_that_is_yaml_stands_as_data(text, value):
    assert render_tree(text, str) == value


def test_a_reader_for_every_kind_makes_a_sender():
    assert {read(kind, ENTRIES[kind] % "http://x").kind for kind in ENTRIES} == set(ENTRIES)
