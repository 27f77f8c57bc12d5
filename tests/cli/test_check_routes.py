"""`watchglass check routes`: what keeps receivers from hearing of an alert is said before there is one."""

from __future__ import annotations

import pytest

from watchglass.cli import main

CONFIG = """
route: {receiver: team}
templates: ['*.tmpl']
receivers:
  - name: team
    slack_configs:
      - {api_url: 'https://hooks.slack.com/services/T1/B2/c3', title: '%s'}
      - {api_url: YOUR_SLACK_WEBHOOK_URL, title: '{{ .Nobody }}'}
    email_configs: [{to: '%s', from: a@example.org, smarthost: 'mail.example.org:25', html: '<b>{{ .Status }}</b>'}]
    webhook_configs: [{url: 'https://example.org/{{ .Receiver }}', payload: {text: '{{ .CommonLabels.alertname }}'}}]
"""


def check(tmp_path, capsys, title="{{ .Status }}", to="ops@example.org", template=""):
    path = tmp_path / "alertmanager.yml"
    path.write_text(CONFIG % (title, to))
    if template:
        (tmp_path / "own.tmpl").write_text(template)
    status = main(["check", "routes", str(path)])
    return status, [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_a_file_in_order_has_only_the_missing_secret_to_tell_of(tmp_path, capsys):
    status, lines = check(tmp_path, capsys, '{{ template "own" . }}', template='{{ define "own" }}x{{ end }}')

    assert status == 0
    assert lines[1] == "WARNING: receiver team: slack[1] sends nothing: api_url is a placeholder"
    assert lines[2].startswith("SUCCESS: ")
    assert len(lines) == 3


def test_a_template_that_fails_on_sample_alerts_is_a_warning_with_its_place(tmp_path, capsys):
    for title, said in {
        '{{ template "nobody" . }}': 'template "nobody" not defined',
        "{{ .Nobody }}": "can't evaluate field Nobody",
    }.items():
        status, lines = check(tmp_path, capsys, title)
        assert status == 0
        (warning,) = (line for line in lines if "slack[0]" in line)
        assert warning.startswith(
            f"WARNING: {tmp_path}/alertmanager.yml:7: receivers[0].slack_configs[0].title: receiver team: slack[0] "
            "can make no message of a sample alert: a template failed:"
        )
        assert said in warning
        assert "hooks.slack.com" not in "".join(lines)


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("{{ .Status", "unclosed action"),
        ("{{ .Status | toUper }}", 'function "toUper" not defined; did you mean "toUpper"?'),
        ("{{ if .Status }}", "unexpected EOF"),
    ],
)
def test_a_template_that_does_not_parse_is_a_fault_with_its_place(tmp_path, capsys, title, why):
    status, lines = check(tmp_path, capsys, title)

    assert status == 1
    place = f"{tmp_path}/alertmanager.yml:7: receivers[0].slack_configs[0].title"
    assert lines[1:] == [f"FAILED: {place}: this template can never be sent: {why}"]


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ("slack_configs: [{api_url: YOUR_URL, fields: [{title: a, value: '{{ end }}'}]}]", "fields[0].value"),
        ("email_configs: [{to: a@b.c, headers: {Subject: '{{ end }}'}}]", "headers.Subject"),
        ("pagerduty_configs: [{routing_key: YOUR_KEY, details: {on: ['{{ end }}']}}]", "details.on[0]"),
        ("webhook_configs: [{url: 'http://a/', payload: {of: {more: '{{ end }}'}}}]", "payload.of.more"),
        ("telegram_configs: [{bot_token: t, chat_id: 1, message: '{{ end }}'}]", "message"),
        ("discord_configs: [{webhook_url: 'http://a/', title: '{{ end }}'}]", "title"),
        ("msteamsv2_configs: [{webhook_url: 'http://a/', text: '{{ end }}'}]", "text"),
    ],
)
def test_the_templates_of_every_receiver_are_parsed_whether_its_secret_is_here_or_not(tmp_path, capsys, entry, key):
    path = tmp_path / "alertmanager.yml"
    path.write_text(f"route: {{receiver: team}}\nreceivers:\n  - name: team\n    {entry}\n")
    status, said = main(["check", "routes", str(path)]), capsys.readouterr().out

    kind = entry.partition(":")[0]
    assert (status, f":4: receivers[0].{kind}[0].{key}: this template can never" in said) == (1, True)


def test_of_a_secret_template_that_does_not_parse_nothing_is_shown(tmp_path, capsys):
    path = tmp_path / "alertmanager.yml"
    path.write_text(
        "route: {receiver: team}\nreceivers: [{name: team, webhook_configs: [{url: 'http://a/{{ s3same }}'}]}]"
    )
    status, said = main(["check", "routes", str(path)]), capsys.readouterr().out

    assert (status, "webhook_configs[0].url: " in said, "s3same" in said) == (1, True, False)


def test_an_address_that_is_none_is_a_warning(tmp_path, capsys):
    _, lines = check(tmp_path, capsys, to="{{ .CommonLabels.nobody }}")

    assert (
        f"WARNING: {tmp_path}/alertmanager.yml:9: receiver team: email[0] can make no message of a sample alert: "
        "parse 'to' addresses: not a list of mail addresses" in lines
    )


def test_a_file_of_templates_that_does_not_parse_is_a_fault(tmp_path, capsys):
    status, lines = check(tmp_path, capsys, template='{{ define "own" }}')

    assert status == 1
    assert lines[1].startswith(f"FAILED: {tmp_path}/own.tmpl")
