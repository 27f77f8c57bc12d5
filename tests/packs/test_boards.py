"""Dashboards of packs in the list of all, and one by one."""

from __future__ import annotations

import logging

import pytest
from pack_support import write_board, write_pack

from watchglass.packs.asked import Enabled
from watchglass.packs.boards import PackBoards
from watchglass.packs.enabled import enable

SCOPED = "jobs: {j: {}}\nscoped: true\nstart: b-start\n"


@pytest.fixture
def folder(tmp_path):
    folder = write_pack(tmp_path / "x", SCOPED, a_first="x_total", b_start="x_total + other")
    write_board(folder / "as_written/dashboards", "a-first", "x_total * 2")
    return folder


def boards(folder, *as_written):
    enabled = enable([str(folder)], as_written)
    return PackBoards(lambda: enabled)


def test_a_folder_and_its_dashboards_are_listed_the_start_page_first(folder):
    first, *others = boards(folder).search()
    assert (first["type"], first["uid"], first["title"]) == ("dash-folder", "pack-x", "System x")
    assert [hit["uid"] for hit in others] == ["b-start", "a-first"]
    assert {(hit["folderUid"], hit["folderTitle"], hit["folderUrl"]) for hit in others} == {
        ("pack-x", "System x", "/dashboards/f/pack-x/system-x")
    }
    assert others[0]["tags"] == ["pack"]


def test_a_dashboard_is_scoped_and_says_where_it_is(folder):
    board, place, jobs = boards(folder).get("b-start")
    assert board["panels"][0]["targets"][0]["expr"] == 'x_total{job="j"} + other'
    assert (place["folderUid"], jobs) == ("pack-x", {"j"})
    assert boards(folder).get("nothing") is None


def test_as_written_a_dashboard_is_the_guides_own(folder):
    shown = boards(folder, "x")
    assert shown.get("a-first")[0]["panels"][0]["targets"][0]["expr"] == "x_total * 2"
    assert shown.get("b-start")[0]["panels"][0]["targets"][0]["expr"] == "x_total + other"
    assert [each.uid for each in shown.files()] == ["b-start", "a-first"]


@pytest.mark.parametrize("text", [b"{", b"[" * 100_000, b"\xff", b"[]"])
def test_a_dashboard_that_cannot_be_read_is_left_out(folder, caplog, text):
    (folder / "dashboards/c.json").write_bytes(text)
    with caplog.at_level(logging.ERROR):
        assert [each.uid for each in boards(folder).files()] == ["b-start", "a-first"]
    assert "c.json" in caplog.records[0].file


def test_a_file_without_end_is_left_out(folder, caplog):
    (folder / "dashboards/c.json").symlink_to("/dev/zero")
    with caplog.at_level(logging.ERROR):
        assert [each.uid for each in boards(folder).files()] == ["b-start", "a-first"]
    assert "is larger than" in caplog.records[0].error


def test_a_dashboard_that_is_gone_or_damaged_meanwhile_is_not_there(folder, caplog):
    shown = boards(folder)
    assert shown.get("a-first")
    (folder / "dashboards/a-first.json").write_text("{")
    with caplog.at_level(logging.ERROR):
        assert shown.get("a-first") is None
        (folder / "dashboards/a-first.json").unlink()
        assert shown.get("a-first") is None
    assert shown.get("b-start")


def test_files_are_read_once_for_as_long_as_the_same_packs_are_on(folder):
    current = [enable([str(folder)])]
    shown = PackBoards(lambda: current[0])
    listed = shown.files()
    assert shown.files() is listed
    current[0] = Enabled()
    assert shown.files() == []
    assert shown.search() == []


def test_days_begin_where_the_settings_say_unless_a_dashboard_says_otherwise(folder):
    enabled = enable([str(folder)])
    shown = PackBoards(lambda: enabled, lambda: "Asia/Kolkata")
    assert shown.get("b-start")[0]["timezone"] == "Asia/Kolkata"
    path = folder / "dashboards/b-start.json"
    path.write_text(path.read_text().replace('"title": "Board', '"timezone": "utc", "title": "Board'))
    assert shown.get("b-start")[0]["timezone"] == "utc"
    assert boards(folder).get("a-first")[0].get("timezone", "") in {"", "browser"}
