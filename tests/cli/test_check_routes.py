"""`watchglass check routes`: what keeps receivers from hearing of an alert is said before there is one."""

from __future__ import annotations

from watchglass.cli import main

CONFIG = """
route: {receiver: team}
templates: ['*.tmpl']
receivers:
  - name: team
    slack_configs:
      - {api_url: 'https://hooks.slack.com/services/T1/B2/c3', title: '%s'}
      - {api_url: YOUR_SLACK_WEBHOOK_URL, title: '{{ nobody asks'}
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


def test_a_template_that_will_fail_is_a_warning_as_alertmanager_loads_it(tmp_path, capsys):
    for title, said in {
        "{{ .Status": "unclosed action",
        "{{ nobody }}": 'function "nobody" not defined',
        '{{ template "nobody" . }}': 'template "nobody" not defined',
        "{{ .Nobody }}": "can't evaluate field Nobody",
    }.items():
        status, lines = check(tmp_path, capsys, title)
        assert status == 0
        (warning,) = (line for line in lines if "slack[0]" in line)
        assert warning.startswith(
            "WARNING: receiver team: slack[0] can make no message of a sample alert: a template failed:"
        )
        assert said in warning
        assert "hooks.slack.com" not in "".join(lines)


def test_an_address_that_is_none_is_a_warning(tmp_path, capsys):
    _, lines = check(tmp_path, capsys, to="{{ .CommonLabels.nobody }}")

    assert (
        "WARNING: receiver team: email[0] can make no message of a sample alert: parse 'to' addresses: "
        "not a list of mail addresses" in lines
    )


def test_a_file_of_templates_that_does_not_parse_is_a_fault(tmp_path, capsys):
    status, lines = check(tmp_path, capsys, template='{{ define "own" }}')

    assert status == 1
    assert lines[1].startswith(f"FAILED: {tmp_path}/own.tmpl")
