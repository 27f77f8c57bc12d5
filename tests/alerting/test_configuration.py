"""alertmanager.yml: what it means, and what is said where it is wrong."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml
from alerting_support import config_of, files

from watchglass.alerting.configuration import check_templates, load_alertmanager_config
from watchglass.errors import ConfigError
from watchglass.wire.faults import faults_of

BAD = [case for path in files("bad") for case in yaml.safe_load_all(path.read_text())]
AMTOOL = shutil.which("amtool")


@pytest.mark.parametrize("case", BAD, ids=[case["name"] for case in BAD])
def test_bad_files_are_refused_with_place_and_reason(case):
    with pytest.raises(ConfigError) as error:
        config_of(case["config"])

    assert [str(fault) for fault in faults_of(error.value)] == [f"alertmanager.yml:{line}" for line in case["faults"]]


@pytest.mark.parametrize("path", files("good"), ids=lambda path: path.stem)
def test_good_files_are_taken_here_and_by_alertmanager(path):
    config = load_alertmanager_config(path)

    assert config.route.receiver
    if AMTOOL is None:
        pytest.skip("apt-get install prometheus-alertmanager")
    if "newer" not in path.stem:
        done = subprocess.run([AMTOOL, "check-config", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("labels", ["severity=critical", "severity=warning", "service=db", "service=web team=x", "a=b"])
@pytest.mark.parametrize(
    "path", [path for path in files("good") if "newer" not in path.stem], ids=lambda path: path.stem
)
def test_routes_are_those_that_amtool_finds(path, labels):
    if AMTOOL is None:
        pytest.skip("apt-get install prometheus-alertmanager")
    command = [AMTOOL, "config", "routes", "test", f"--config.file={path}", *labels.split()]
    expected = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    found = load_alertmanager_config(path).route.match(dict(pair.split("=") for pair in labels.split()))

    assert ",".join(route.receiver for route in found) == expected


def test_what_a_route_does_not_say_it_inherits():
    root = config_of("""
route:
  receiver: a
  group_by: [x]
  group_wait: 1s
  labels: {team: core, tier: one}
  routes:
    - matchers: [job=y]
      labels: {tier: two}
      group_by: ['...']
      continue: true
      mute_time_intervals: [night]
      routes: [{matchers: ['z=~"1.*"'], receiver: b, group_by: [], repeat_interval: 1d}]
receivers: [{name: a}, {name: b}]
time_intervals: [{name: night}]
""").route
    child = root.routes[0]
    grandchild = child.routes[0]

    assert (child.receiver, child.group_by, child.group_wait_ms, child.group_interval_ms) == ("a", None, 1000, 300_000)
    assert dict(child.labels) == {"team": "core", "tier": "two"}
    assert (grandchild.receiver, grandchild.group_by) == ("b", frozenset())
    assert grandchild.repeat_interval_ms == 86_400_000
    assert (grandchild.goes_on, grandchild.mute_times) == (False, ())
    assert grandchild.key == '{}/{job="y"}/{z=~"1.*"}'
    assert grandchild.id == '{}/{job="y"}/0/{z=~"1.*"}/0'


def test_secrets_are_not_shown():
    config = config_of("""
global: {slack_api_url: 'https://hooks.slack.com/services/T1/B1/sesame', smtp_auth_password: sesame}
route: {receiver: a}
receivers:
  - name: a
    slack_configs: [{channel: '#x'}]
    opsgenie_configs: [{api_key: sesame}]
    webhook_configs: [{url: 'http://user:sesame@example.org/'}]
tracing: {endpoint: 'http://x', http_headers: {a: sesame}}
""")

    assert "sesame" not in config.text
    assert "sesame" not in repr(config)
    assert config.text.count("<secret>") == 5
    assert "channel" in config.text


def test_a_secret_may_come_from_the_environment(monkeypatch):
    text = """
global: {telegram_bot_token: '${A_TOKEN}'}
route: {receiver: a}
receivers:
  - name: a
    telegram_configs: [{chat_id: -1}, {chat_id: -2, bot_token: 'x${A_TOKEN}', message: '${A_TOKEN}'}]
    pagerduty_configs: [{routing_key: '${NOT_SET}'}]
    webhook_configs: [{url: '${A_URL}', http_config: {authorization: {credentials: '${A_TOKEN}'}}}]
"""
    monkeypatch.setenv("A_TOKEN", "sesame")
    monkeypatch.setenv("A_URL", "gopher://sesame")
    with pytest.raises(ConfigError) as caught:
        config_of(text)
    assert str(caught.value) == "alertmanager.yml:8: receivers[0].webhook_configs[0].url: unsupported scheme for URL"
    monkeypatch.setenv("A_URL", "http://example.org/sesame")
    config = config_of(text)
    by_kind = {each.name: each.config for each in config.receivers["a"].integrations}
    assert by_kind["telegram[0]"].bot_token.value == "sesame"
    assert (by_kind["telegram[1]"].bot_token.value, by_kind["telegram[1]"].message) == ("x${A_TOKEN}", "${A_TOKEN}")
    assert by_kind["webhook[0]"].url.value == "http://example.org/sesame"
    assert by_kind["webhook[0]"].http.authorization.credentials.value == "sesame"
    assert [(each.integration, each.why) for each in config.disabled] == [
        ("pagerduty[0]", "routing_key is a placeholder")
    ]
    assert "sesame" not in config.text + repr(config)


def test_what_has_no_effect_is_told():
    config = config_of("""
route: {receiver: a}
receivers: [{name: a, opsgenie_configs: [{api_key: x}], webhook_configs: [{url_file: /nowhere/url}]}]
tracing: {endpoint: x}
event_recorder: {}
""")

    assert [notice.key for notice in config.notices] == ["tracing", "event_recorder"]
    assert [(each.receiver, each.integration) for each in config.disabled] == [
        ("a", "webhook[0]"),
        ("a", "opsgenie[0]"),
    ]
    assert re.search("/nowhere/url", config.disabled[0].why)


def test_a_tree_that_is_too_deep_or_too_large_is_refused():
    deep = "route: {receiver: a, routes: [" + "{routes: [" * 45 + "]}" * 45 + "]}\nreceivers: [{name: a}]"
    with pytest.raises(ConfigError, match="nested deeper"):
        config_of(deep)


def test_files_of_templates_are_looked_at(tmp_path):
    good = config_of(f"templates: ['{tmp_path}/*.tmpl']\nroute: {{receiver: a}}\nreceivers: [{{name: a}}]")
    (tmp_path / "good.tmpl").write_text('{{ define "x" }}{{ .Status }}{{ end }}')
    check_templates(good)
    (tmp_path / "bad.tmpl").write_text("{{ define }}")

    with pytest.raises(ConfigError, match=re.escape(f"{tmp_path}/bad.tmpl")):
        check_templates(good)
