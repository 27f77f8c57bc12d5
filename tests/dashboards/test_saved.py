"""Saving as Grafana does it: what is new, what is a new version, and what would overwrite something unseen."""

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from shelf_support import NOW_MS, draft, make_shelf

from watchglass.clock import ManualClock
from watchglass.dashboards.records import Provision, SaveLimits
from watchglass.dashboards.refusal import RefusalError
from watchglass.errors import StoreError


@pytest.fixture
def clock():
    return ManualClock(NOW_MS)


@pytest.fixture
def shelf(tmp_path, clock):
    return make_shelf(tmp_path, clock=clock)


@pytest.fixture
def boards(shelf):
    return shelf.boards


def refused(save, *arguments, **more):
    with pytest.raises(RefusalError) as error:
        save(*arguments, **more)
    return error.value


def test_a_new_one_has_number_uid_and_version(boards):
    board = boards.save(draft("Chat app: costs", tags=["x"]), "me")

    assert (board.number, board.version, board.title, board.tags) == (1, 1, "Chat app: costs", ("x",))
    assert board.uid.startswith("chat-app-costs-")
    assert (board.created_ms, board.created_by, board.updated_by) == (NOW_MS, "me", "me")
    assert boards.find(board.uid) == board


def test_the_document_is_kept_byte_for_byte(boards):
    text = '{ "title":"é \\u00e9", "n": 1.00,\n\t"e":1e400, "z":{"b":1,"a":2} }'
    board = boards.save(replace(draft(), text=text), "me")

    assert boards.document(board) == text


def test_a_version_that_is_not_the_newest_is_refused_and_both_are_named(boards, clock):
    boards.save(draft(uid="d"), "me")
    clock.advance(5)
    boards.save(draft(uid="d", version=1), "you")

    refusal = refused(boards.save, draft(uid="d", version=1), "me")

    assert (refusal.status, refusal.reason) == (412, "version-mismatch")
    assert refusal.details == {
        "uid": "d",
        "yourVersion": 1,
        "currentVersion": 2,
        "updatedBy": "you",
        "updatedMs": NOW_MS + 5,
    }


def test_overwriting_is_a_new_version(boards, clock):
    boards.save(draft(uid="d"), "me")
    clock.advance(5)
    board = boards.save(draft("New", uid="d", envelope={"overwrite": True}), "you")

    assert (board.version, board.title, board.created_by, board.updated_by) == (2, "New", "me", "you")
    assert (board.created_ms, board.updated_ms) == (NOW_MS, NOW_MS + 5)
    assert json.loads(boards.document(board, 1))["title"] == "T"


def test_a_name_that_is_taken_in_the_folder_is_refused(boards, shelf):
    first = boards.save(draft(), "me")
    folder = shelf.folders.create("F", "me")

    refusal = refused(boards.save, draft(), "me")
    elsewhere = boards.save(draft(envelope={"folderUid": folder.uid}), "me")
    replaced = boards.save(draft(envelope={"overwrite": True}), "me")
    beside = boards.save(draft(uid="own", envelope={"overwrite": True}), "me")

    assert (refusal.status, refusal.reason, refusal.details) == (412, "name-exists", {"uid": first.uid})
    assert elsewhere.uid not in {"", first.uid}
    assert (replaced.uid, replaced.version) == (first.uid, 2)
    assert (beside.uid, beside.version) == ("own", 1)


def test_a_number_names_a_dashboard_only_without_a_uid(boards):
    board = boards.save(draft(uid="d"), "me")

    assert boards.save(draft("By number", id=board.number, version=1), "me").uid == "d"
    assert boards.save(draft("From elsewhere", id=board.number, uid="other", version=7), "me").uid == "other"
    assert boards.save(draft("Unknown number", id=99), "me").version == 1


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"title": ""}, 400, "Dashboard title cannot be empty"),
        ({"title": "  "}, 400, "Dashboard title cannot be empty"),
        ({"uid": "a b"}, 400, "uid contains illegal characters"),
        ({"uid": "ü"}, 400, "uid contains illegal characters"),
        ({"uid": "x" * 41}, 400, "uid too long, max 40 characters"),
        ({"pad": "x" * 5000}, 413, r"at most 4096 are taken \(dashboards\.size_limit\)"),
        ({"envelope": {"folderUid": "nowhere"}}, 404, "Folder not found"),
        ({"envelope": {"folderId": 77}}, 404, "Folder not found"),
    ],
)
def test_what_cannot_be_saved_says_why(tmp_path, given, status, said):
    boards = make_shelf(tmp_path, limits=SaveLimits(document_bytes=4096)).boards

    refusal = refused(boards.save, draft(**{"title": "T"} | given), "me")

    assert refusal.status == status
    assert re.search(said, str(refusal))
    assert boards.listed() == []


def test_only_so_many_dashboards_and_versions_are_kept(tmp_path):
    boards = make_shelf(tmp_path, limits=SaveLimits(versions=3, dashboards=1)).boards
    for _ in range(5):
        board = boards.save(draft(uid="d", envelope={"overwrite": True}), "me")

    assert boards.meta.rows("SELECT version FROM dashboard_version ORDER BY version") == [(3,), (4,), (5,)]
    assert refused(boards.document, board, 2).status == 404
    assert "dashboards.limit" in str(refused(boards.save, draft("Other"), "me"))


def test_every_version_can_be_kept(tmp_path):
    boards = make_shelf(tmp_path, limits=SaveLimits(versions=0)).boards
    for _ in range(150):
        boards.save(draft(uid="d", envelope={"overwrite": True}), "me")

    assert boards.meta.row("SELECT count(*) FROM dashboard_version") == (150,)


def test_deleting_takes_the_history_too(boards):
    boards.save(draft(uid="d"), "me")
    boards.delete("d")

    assert boards.find("d") is None
    assert boards.meta.row("SELECT count(*) FROM dashboard_version") == (0,)
    assert refused(boards.delete, "d").status == 404


def test_what_was_deleted_comes_back_with_its_history(boards):
    saved = [boards.save(draft(title, uid="d", envelope={"overwrite": True}), "me") for title in ("One", "Two")]
    boards.delete("d")

    assert boards.bring_back("d") == saved[1]
    assert boards.find("d") == saved[1]
    assert [boards.document(saved[1], version) for version in (1, 2)] == [
        draft(title, uid="d").text for title in ("One", "Two")
    ]
    assert refused(boards.bring_back, "d").status == 404


def test_what_is_here_again_is_not_overwritten(boards):
    boards.save(draft("Old", uid="d"), "me")
    boards.delete("d")
    boards.save(draft("New", uid="d"), "me")

    assert refused(boards.bring_back, "d").reason == "uid-exists"
    boards.delete("d")
    assert boards.bring_back("d").title == "New"  # the one that was deleted last


def test_what_was_deleted_is_kept_for_a_while(tmp_path):
    clock = ManualClock(NOW_MS)
    boards = make_shelf(tmp_path, clock=clock).boards
    for uid in ("old", "new"):
        boards.save(draft(uid, uid=uid), "me")
        boards.delete(uid)
        clock.advance(20 * 86_400_000)
    boards.save(draft("Other", uid="o"), "me")
    boards.delete("o")

    assert refused(boards.bring_back, "old").status == 404
    assert boards.bring_back("new").title == "new"
    assert boards.meta.row("SELECT count(*) FROM deleted_dashboard_version") == (1,)


def test_one_whose_folder_is_gone_comes_back_without_it(boards):
    folder = boards.folders.create("A", "me")
    boards.save(draft("T", uid="d", envelope={"folderUid": folder.uid}), "me")
    boards.folders.delete(folder.uid)

    assert boards.bring_back("d").folder_uid == ""


def test_one_from_a_file_is_read_only_unless_its_provider_says_otherwise(boards):
    boards.provide(draft(uid="d"), Provision("P", "d.json", "sum"))
    assert refused(boards.save, draft(uid="d", version=1), "me").reason == "provisioned"
    assert refused(boards.delete, "d").status == 400

    boards.provide(draft(uid="d"), Provision("P", "d.json", "sum", may_edit=True))
    board = boards.save(draft("Edited", uid="d", version=2), "me")
    assert (board.version, board.is_provisioned, board.provision.checksum) == (3, True, "sum")


def test_a_damaged_document_is_told_from_others(boards):
    board = boards.save(draft(uid="d"), "me")
    with boards.meta.transaction() as con:
        con.execute("UPDATE dashboard_version SET document = substr(document, 1, 20)")

    with pytest.raises(StoreError, match="the document of dashboard d is damaged"):
        boards.document(board)


def test_it_is_there_after_opening_again(tmp_path, boards):
    board = boards.save(draft(uid="d"), "me")
    boards.meta.close()

    assert make_shelf(tmp_path).boards.find("d") == board


def test_metrics_tell_how_many_there_are_and_how_saving_ends(tmp_path):
    registry = CollectorRegistry()
    boards = make_shelf(tmp_path, registry=registry).boards
    boards.save(draft(), "me")
    refused(boards.save, draft(), "me")
    boards.provide(draft(uid="f"), Provision("P", "f.json", "sum"))

    value = registry.get_sample_value
    assert value("watchglass_dashboards", {"origin": "saved"}) == 1
    assert value("watchglass_dashboards", {"origin": "provisioned"}) == 1
    assert value("watchglass_dashboards_saves_total", {"outcome": "saved"}) == 2
    assert value("watchglass_dashboards_saves_total", {"outcome": "refused"}) == 1
    assert value("watchglass_dashboards_saves_total", {"outcome": "failed"}) == 0


def test_what_was_acknowledged_survives_kill_9(tmp_path):
    acknowledged = 0
    for seconds in (0.1, 0.25, 0.4):
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "shelf_support.py"), str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        first = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        rest = process.communicate()[0]
        acknowledged = max(
            acknowledged, *(int(line) for line in (first + rest).splitlines(keepends=True) if line[-1] == "\n")
        )

        shelf = make_shelf(tmp_path)
        board = shelf.boards.find("d")
        assert acknowledged <= board.version <= acknowledged + 1
        assert json.loads(shelf.boards.document(board))["title"] == board.title == f"Number {board.version}"
        shelf.boards.meta.close()
    assert acknowledged > 3
