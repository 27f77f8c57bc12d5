"""Rules as they are evaluated: told apart by system, on the pack's own jobs, and with what receivers print."""

from __future__ import annotations

import shutil

import pytest

from watchglass.packs.check import check_pack
from watchglass.packs.enabled import enable
from watchglass.packs.pack import read_pack
from watchglass.packs.rules import enabled_groups, loaded_groups, pack_groups
from watchglass.sdk.declared import pack_folder, pack_names


def rules(pack, **how):
    return {rule.name: rule for group in loaded_groups(read_pack(pack), **how) for rule in group.rules}


@pytest.mark.parametrize("pack", pack_names())
def test_every_alert_says_which_system_it_is_of(pack):
    found = rules(pack)

    assert "TargetDown" in found
    assert {rule.labels["system"] for rule in found.values()} == {pack}
    assert all(rule.annotations["description"] for rule in found.values())


def test_the_summary_stands_where_receivers_look_for_a_description():
    annotations = rules("sidepanel")["LowDiemBalance"].annotations

    assert annotations["description"] == annotations["summary"] == "Venice balance below 10 Diem"
    assert "description" not in rules("sidepanel", as_written=True)["LowDiemBalance"].annotations


def test_as_written_nothing_is_added_and_nothing_mended():
    found = rules("hybrid_ai_stack", as_written=True)

    assert len(found) == 6
    assert "{% raw %}" in found["HighErrorRate"].annotations["description"]
    assert found["HighErrorRate"].labels == {"severity": "critical", "system": "hybrid_ai_stack"}
    assert rules("dinoair", as_written=True) == {}


def test_escapes_of_a_site_generator_are_taken_out(tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(pack_folder("hybrid_ai_stack"), folder)
    shutil.copy(folder / "as_written/rules.yaml", folder / "rules.yaml")

    assert rules(folder)["HighErrorRate"].annotations["description"] == "Error rate is {{ $value }}/sec"


def test_rules_ask_the_jobs_that_the_pack_is_scoped_to():
    scoped = rules("awareness_network")["HighErrorRate"].expr

    assert 'http_requests_total{job="awareness-network",' in scoped
    assert "job=" not in rules("awareness_network", as_written=True)["HighErrorRate"].expr


def test_a_pack_may_record_and_the_record_is_of_its_system(tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(pack_folder("awareness_network"), folder)
    record = "{record: 'http:requests:rate5m', expr: 'sum by (path) (rate(http_requests_total[5m]))'}"
    (folder / "added/rules.yaml").write_text(f"groups: [{{name: records, rules: [{record}]}}]\n")
    (folder / "added/rules_test.yaml").unlink()

    rule = rules(folder)["http:requests:rate5m"]
    assert (rule.is_alert, rule.labels, rule.annotations) == (False, {"system": "mine"}, {})
    assert 'http_requests_total{job="awareness-network"}[5m]' in rule.expr
    assert check_pack(folder).faults == []


def test_what_the_guide_does_not_have_is_marked():
    added = {rule.name: each.added for each in pack_groups(read_pack("dinoair")) for rule in each.group.rules}
    guides = {rule.name: each.added for each in pack_groups(read_pack("sidepanel")) for rule in each.group.rules}

    assert all(added.values())
    assert [name for name, is_added in guides.items() if is_added] == ["TargetDown", "NoTarget"]


def test_groups_are_known_by_their_pack():
    files = {group.file for group in loaded_groups(read_pack("fluxai"))}

    assert files == {"packs/fluxai/added/rules.yaml"}


def test_a_pack_whose_rules_are_wrong_keeps_no_other_from_being_evaluated(tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(pack_folder("sidepanel"), folder)
    (folder / "rules.yaml").write_text("groups: 1\n")

    groups, faults = enabled_groups(enable([str(folder), "fluxai"]))

    assert {group.file for group in groups} == {"packs/fluxai/added/rules.yaml"}
    assert [str(fault) for fault in faults] == [f"pack mine: {folder}/rules.yaml:1: groups: expected a list, got text"]
