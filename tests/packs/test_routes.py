"""Where alerts of packs go: the trees of several side by side, and what the guides' own files come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass import packs
from watchglass.alerting.configuration import default_config, parse_alertmanager_config
from watchglass.packs.enabled import enable
from watchglass.packs.routes import with_packs

PACKS = ["sidepanel", "hybrid_ai_stack", "awareness_network", "fluxai"]
MINE = """\
route: {receiver: me, routes: [{matchers: [team="core"], receiver: core}]}
receivers: [{name: me, webhook_configs: [{url: "http://127.0.0.1:9/"}]}, {name: core}]
"""


def receivers(config, **labels):
    return [route.receiver for route in config.route.match(labels)]


@pytest.fixture(scope="module")
def mounted():
    config, faults = with_packs(default_config(), enable(PACKS))
    assert faults == ()
    return config


@pytest.mark.parametrize(
    ("system", "severity", "receiver"),
    [
        ("hybrid_ai_stack", "critical", "hybrid_ai_stack/critical-alerts"),
        ("hybrid_ai_stack", "warning", "hybrid_ai_stack/warning-alerts"),
        ("hybrid_ai_stack", "info", "hybrid_ai_stack/default"),
        ("awareness_network", "critical", "awareness_network/pagerduty"),
        ("awareness_network", "warning", "awareness_network/slack"),
        ("awareness_network", "info", "awareness_network/default"),
        ("sidepanel", "critical", "default"),
        ("", "critical", "default"),
    ],
)
def test_each_alert_takes_the_tree_of_its_system(mounted, system, severity, receiver):
    assert receivers(mounted, system=system, severity=severity) == [receiver]
    assert receiver in mounted.receivers


def test_each_tree_keeps_its_own_times(mounted):
    (hybrid,) = mounted.route.match({"system": "hybrid_ai_stack", "severity": "critical"})
    (awareness,) = mounted.route.match({"system": "awareness_network", "severity": "critical"})

    assert (hybrid.group_wait_ms, hybrid.group_interval_ms, hybrid.repeat_interval_ms) == (10_000, 10_000, 3_600_000)
    assert hybrid.group_by == {"alertname", "severity"}
    assert (awareness.group_wait_ms, awareness.group_interval_ms, awareness.repeat_interval_ms) == (
        30_000,
        300_000,
        14_400_000,
    )
    assert hybrid.key == '{}/{system="hybrid_ai_stack"}/{severity="critical"}'
    assert len({route.id for route in mounted.route.walk()}) == len(list(mounted.route.walk()))


def test_an_alert_inhibits_those_of_its_own_system_alone(mounted):
    found = {str(rule.source): str(rule.target) for rule in mounted.inhibit_rules}

    assert found['{alertname="CriticalErrorShare",system="fluxai"}'] == '{alertname="HighErrorShare",system="fluxai"}'
    assert len(found) == 4


def test_without_its_secrets_only_a_receiver_is_disabled(mounted):
    disabled = {each.receiver for each in mounted.disabled}

    assert disabled == {name for name in mounted.receivers if "/" in name}
    assert all(each.shipped for each in mounted.disabled), "nobody is warned of what a pack brings unasked"
    whys = {f"{each.receiver} {each.integration}": each.why for each in mounted.disabled}
    assert whys["awareness_network/slack slack[0]"] == (
        "api_url_file: this secret is not given: put it into DIR/awareness_network/secrets/slack_api_url, with "
        "--pack.secrets DIR"
    )
    assert not any(str(Path(packs.__file__).parent) in why for why in whys.values()), "no place for a secret"


def test_secrets_lie_where_the_settings_say(tmp_path):
    folder = tmp_path / "awareness_network/secrets"
    folder.mkdir(parents=True)
    (folder / "pagerduty_service_key").write_text("0123456789abcdef0123456789abcdef")

    config, _ = with_packs(default_config(), enable(["awareness_network"]), tmp_path)

    assert {each.receiver for each in config.disabled} == {"awareness_network/default", "awareness_network/slack"}


def test_ones_own_file_comes_first_and_takes_what_a_pack_could_tell_nobody():
    mine = parse_alertmanager_config(MINE)
    config, faults = with_packs(mine, enable(PACKS), own=True)

    assert receivers(config, system="hybrid_ai_stack", severity="critical") == ["me"]
    assert receivers(config, system="hybrid_ai_stack", team="core") == ["core"]
    assert [fault.pack for fault in faults] == ["hybrid_ai_stack", "awareness_network"]
    assert str(faults[1]) == (
        "pack awareness_network: its routes are left out, and your own file takes its alerts: no secret of its receivers is "
        "given. Put secrets/pagerduty_service_key, secrets/slack_api_url, secrets/smtp_password into DIR/awareness_network, "
        "with --pack.secrets DIR"
    )
    assert len(config.inhibit_rules) == 4
    assert len(mine.route.routes) == 1, "the file's own tree is left as it is"


@pytest.mark.parametrize(
    ("route", "faults"),
    [
        ("{receiver: me, continue: true}", 0),
        ("{receiver: me, continue: true, matchers: [team=core]}", 2),
        ("{receiver: me, continue: true, active_time_intervals: [day]}", 2),
        ("{receiver: me}", 2),
    ],
)
def test_where_ones_own_file_has_told_of_every_alert_before_the_trees_of_packs_stay(route, faults):
    text = f"route: {{receiver: me, routes: [{route}]}}\nreceivers: [{{name: me}}]\n"
    intervals = "time_intervals: [{name: day, time_intervals: [{times: [{start_time: '08:00', end_time: '18:00'}]}]}]\n"
    config, found = with_packs(parse_alertmanager_config(text + intervals), enable(PACKS), own=True)

    assert len(found) == faults
    expected = ["me"] if faults else ["me", "hybrid_ai_stack/critical-alerts"]
    assert receivers(config, system="hybrid_ai_stack", severity="critical") == expected


def test_what_is_missing_in_the_folder_of_secrets_is_said_with_the_folder(tmp_path):
    mine = parse_alertmanager_config(MINE)
    _, (fault,) = with_packs(mine, enable(["awareness_network"]), tmp_path, own=True)

    assert str(fault).endswith(f"secrets/smtp_password into {tmp_path}/awareness_network")


def test_the_guides_placeholders_are_no_files_to_put_anywhere():
    mine = parse_alertmanager_config(MINE)
    _, (fault,) = with_packs(mine, enable(["hybrid_ai_stack"], ["hybrid_ai_stack"]), own=True)

    assert "its receivers can send nothing: " in str(fault)
    assert "is a placeholder" in str(fault)


def test_a_pack_of_ones_own_may_have_its_secrets_beside_it(tmp_path):
    routes = "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url_file: secrets/url}]}]\n"
    folder = pack_with_routes(tmp_path / "mine", routes)
    config, _ = with_packs(default_config(), enable([str(folder)]))

    assert [each.why for each in config.disabled] == [
        f"api_url_file: cannot read {folder}/secrets/url: No such file or directory"
    ]


@pytest.mark.parametrize("pack", ["hybrid_ai_stack", "awareness_network"])
def test_the_guides_own_files_load_and_their_placeholders_disable_receivers_only(pack):
    config, faults = with_packs(default_config(), enable([pack], [pack]))

    assert faults == ()
    assert config.inhibit_rules == ()
    whys = {f"{each.receiver} {each.integration}": each.why for each in config.disabled}
    assert all(why.endswith(("is a placeholder", "nor smtp_smarthost in global")) for why in whys.values())
    assert f"{pack}/{'pagerduty pagerduty[0]' if pack == 'awareness_network' else 'critical-alerts slack[0]'}" in whys


def pack_with_routes(folder, routes):
    folder.mkdir()
    (folder / "pack.yaml").write_text("title: Mine\nabout: It is mine.\n")
    (folder / "metrics.yaml").write_text("metrics: []\n")
    (folder / "routes.yaml").write_text(routes)
    return folder


def test_files_of_templates_that_nobody_would_read_are_a_fault_of_a_pack(tmp_path):
    routes = "route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: [mine.tmpl]\n"
    _, faults = with_packs(default_config(), enable([str(pack_with_routes(tmp_path / "mine", routes))]))
    assert [str(fault).partition("routes.yaml: ")[2] for fault in faults] == [
        "templates: a pack has no files of templates; write its texts where they belong"
    ]


def test_a_pack_with_wrong_routes_keeps_no_other_from_being_routed(tmp_path):
    folder = pack_with_routes(tmp_path / "mine", "route: {receiver: nobody}\nreceivers: []\n")

    config, faults = with_packs(default_config(), enable([str(folder), "awareness_network"]))

    assert receivers(config, system="awareness_network", severity="warning") == ["awareness_network/slack"]
    (fault,) = faults
    assert str(fault).startswith(f"pack mine: {Path(folder)}/routes.yaml:1: route.receiver: undefined receiver")
