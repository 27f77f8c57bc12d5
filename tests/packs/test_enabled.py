"""Switching packs on: what is wrong with one is said, and the others are there."""

from __future__ import annotations

from pack_support import write_pack

from watchglass.packs.enabled import enable


def test_packs_come_in_the_order_in_which_they_are_named(tmp_path):
    own = write_pack(tmp_path / "own")
    enabled = enable(["sidepanel", str(own), "fluxai", "sidepanel"], ["fluxai"])
    assert [pack.name for pack in enabled.packs] == ["sidepanel", "own", "fluxai"]
    assert enabled.as_written == {"fluxai"}
    assert not enabled.faults


def test_a_broken_pack_stops_no_other(tmp_path):
    broken = write_pack(tmp_path / "broken", "jbos: {}\n")
    enabled = enable([str(broken), str(tmp_path / "nothing"), "sidepanel"])
    assert [pack.name for pack in enabled.packs] == ["sidepanel"]
    assert [str(fault) for fault in enabled.faults] == [
        f'pack {broken}: {broken}/pack.yaml:3: unknown key "jbos"; did you mean "jobs"?',
        f"pack {tmp_path}/nothing: there is no such folder",
    ]


def test_two_packs_of_one_name_are_one_too_many(tmp_path):
    own = write_pack(tmp_path / "sidepanel")
    enabled = enable(["sidepanel", str(own)])
    assert [pack.folder.parent.name for pack in enabled.packs] == ["packs"]
    assert "there is a pack called sidepanel already" in enabled.faults[0].message


def test_as_written_names_packs_that_are_switched_on():
    texts = [fault.message for fault in enable(["fluxai"], ["sidepanel", "sidpanel"]).faults]
    assert texts == [
        "pack.as_written names it, and it is not switched on",
        "pack.as_written names it, and it does not exist",
    ]
