"""Every bad input and fault of alerting at once, in one running server: what is good goes on as if it were alone."""

from __future__ import annotations

import json
import re
import socket
import time
from contextlib import ExitStack

import pytest
import yaml
from sinks import Reply, http_sink, smtp_sink

EVIL = "a\r\nBcc: victim@example.org\r\n\r\n<!channel> </script><script>alert(1)</script>"
RULES = {
    "groups": [
        {
            "name": "bad",
            "rules": [
                {"alert": "Many", "expr": "many", "annotations": {"summary": "{{ $labels.n }}"}},
                {"alert": "Loops", "expr": "vector(1)", "annotations": {"summary": "{{ range 1000000000 }}{{ end }}"}},
                {"alert": "Long", "expr": "vector(1)", "annotations": {"summary": '{{ range 1100 }}{{ printf "%999999d" 1 }}{{ end }}'}},
                {"alert": "Evil", "expr": "vector(1)", "labels": {"evil": EVIL}, "annotations": {"summary": "{{ $labels.evil }}"}},
                {"record": "wrong", "expr": "label_replace(many, 'n', '', '', '')"},
            ],
        },
        {"name": "good", "rules": [{"alert": "Good", "expr": "vector(1)"}, {"record": "good", "expr": "vector(time())"}]},
    ]
}  # fmt: skip
MANY = 100_000


@pytest.fixture
def places():
    """Who takes what it is sent, and who does not."""
    with ExitStack() as stack:
        made = {name: stack.enter_context(http_sink()) for name in ("good", "slack", "429", "500", "garbage")}
        made["slack"].replies = [Reply(200, b"ok")]
        made["429"].replies = [Reply(429, b"slowly", {"Retry-After": "1"})]
        made["500"].replies = [Reply(500, b"\xff\x00" * 1000)]
        made["garbage"].replies = [Reply(200, b"\xff<!", {"Content-Type": "application/json"})]
        made["mail"], made["drops"] = (stack.enter_context(smtp_sink()) for _ in range(2))
        made["drops"].refuse = {"middle": None}
        made["hangs"] = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        yield made


def routes(places):
    def mail(name):
        where = {
            "smarthost": f"127.0.0.1:{places[name].port}",
            "require_tls": False,
            "from": "a@example.org",
            "to": "b@example.org",
        }
        headers = {"Subject": "{{ .CommonLabels.evil }}", "X-Label": "{{ .CommonLabels.evil }}"}
        html = '<script>x = "{{ .CommonLabels.evil }}"</script><p title="{{ .CommonLabels.evil }}">'
        return {"email_configs": [{**where, "headers": headers, "html": html}]}

    def slack(url):
        return {
            "slack_configs": [
                {
                    "api_url": url,
                    "text": "{{ .CommonLabels.evil }} {{ .CommonAnnotations.summary }}",
                    "title": "{{ .CommonLabels.evil }}",
                }
            ]
        }

    def hook(url):
        return {"webhook_configs": [{"url": url}]}

    ways = {
        "hangs": hook(f"http://127.0.0.1:{places['hangs'].getsockname()[1]}"), "gone": hook("http://127.0.0.1:1"),
        "429": hook(places["429"].url), "500": hook(places["500"].url), "garbage": slack(places["garbage"].url),
        "loops": hook("http://127.0.0.1:1/{{ range 1000000000 }}{{ end }}"), "drops": mail("drops"),
        "mail": mail("mail"), "slack": slack(places["slack"].url), "good": hook(places["good"].url),
    }  # fmt: skip
    return {
        "route": {
            "receiver": "good", "group_by": ["alertname"], "group_wait": "0s", "group_interval": "1s", "repeat_interval": "2s",
            "routes": [{"receiver": name, "continue": True} for name in ways],
        },
        "receivers": [{"name": name, **way} for name, way in ways.items()],
    }  # fmt: skip


@pytest.mark.slow
def test_nothing_else_stops(launch, tmp_path, places, waiting):
    (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(routes(places)))
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(RULES))
    (tmp_path / "prometheus.yml").write_text("{global: {evaluation_interval: 1s}, rule_files: [rules.yml]}")
    server = launch(
        "--alertmanager.config=alertmanager.yml", "--config=prometheus.yml", "--no-host.enabled", "--no-scrape.self",
        "--templates.timeout=500ms", "--query.lookback-delta=1h",
    ).wait_ready()  # fmt: skip
    now = time.time()
    lines = "".join(f'many{{n="{number}"}} 1 {now:.3f}\n' for number in range(MANY))
    text = {"Content-Type": "application/openmetrics-text"}
    taken = server.http.post("/api/v1/import", content=f"# TYPE many gauge\n{lines}# EOF\n", headers=text, timeout=60)
    assert taken.status_code == 200, taken.text

    def rule(name):
        groups = server.http.get("/api/v1/rules").json()["data"]["groups"]
        return next(rule for group in groups for rule in group["rules"] if rule["name"] == name)

    def told(name, place="good"):
        bodies = [json.loads(request.body) for request in places[place].requests]
        return [body for body in bodies if body.get("groupLabels") == {"alertname": name}]

    def failed():
        listed = server.http.get("/api/v1/watchglass/alerting/notifications").json()["data"]["notifications"]
        return {each["receiver"]: each["error"] for each in listed if each["error"]}

    waiting(lambda: "100000 alerts" in rule("Many").get("lastError", ""), 60)
    begun = len(told("Good"))
    evaluated = rule("good")["lastEvaluation"]
    waiting(lambda: set(failed()) >= {"gone", "429", "500", "garbage", "loops", "drops"}, 90)
    waiting(lambda: len(told("Good")) >= begun + 3, 60)
    assert rule("good")["lastEvaluation"] > evaluated
    assert (rule("good")["health"], rule("Good")["state"]) == ("ok", "firing")
    for name in ("Loops", "Long"):
        (alert,) = rule(name)["alerts"]
        summary = alert["annotations"]["summary"]
        assert re.fullmatch("<error expanding template: .* (steps|takes more than 0.5 s|characters).*>", summary), (
            summary
        )
        assert told(name)
    assert told("Evil")[0]["commonLabels"]["evil"] == EVIL
    assert server.http.post("/-/reload").status_code == 200
    again = len(told("Good"))
    waiting(lambda: len(told("Good")) >= again + 2, 60)
    assert server.http.get("/-/healthy").elapsed.total_seconds() < 5
    look_at_slack(places["slack"])
    look_at_mail(places["mail"])
    assert "Traceback" not in server.log
    assert places["drops"].mails == []
    assert server.stop() < 5


def look_at_slack(sink):
    [*texts] = {json.loads(request.body)["attachments"][0]["text"] for request in sink.requests}
    (evil,) = (text for text in texts if "channel" in text)
    assert "<!channel" not in evil
    assert "&lt;!channel>" in evil


def look_at_mail(sink):
    mail = next(mail for mail in sink.mails if "channel" in str(mail.message["Subject"]))
    assert mail.message["Bcc"] is None
    assert mail.recipients == ["b@example.org"]
    assert "\n" not in mail.message["X-Label"]
    page = next(part for part in mail.message.walk() if part.get_content_type() == "text/html").get_content()
    assert page.count("<script>") == page.count("</script>") == 1
