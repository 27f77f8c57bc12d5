"""Versions: listed, given and restored; nothing of the history goes."""

import json

import pytest
from shelf_support import NOW_MS, draft, make_shelf

from watchglass.clock import ManualClock
from watchglass.dashboards.history import History
from watchglass.dashboards.records import Provision
from watchglass.dashboards.refusal import RefusalError


@pytest.fixture
def shelf(tmp_path):
    shelf = make_shelf(tmp_path, clock=ManualClock(NOW_MS))
    folder = shelf.folders.create("F", "me")
    for number in range(1, 4):
        envelope = {"overwrite": True, "message": f"m{number}", "folderUid": folder.uid}
        shelf.boards.save(draft(f"T{number}", uid="d", envelope=envelope), "me")
    return shelf


def test_versions_come_newest_first(shelf):
    history, board = History(shelf.boards), shelf.boards.get("d")

    found = history.versions(board)
    assert [(each.version, each.parent_version, each.message) for each in found] == [
        (3, 2, "m3"),
        (2, 1, "m2"),
        (1, 0, "m1"),
    ]
    assert [each.version for each in history.versions(board, limit=1, start=2)] == [2]


def test_a_restored_version_is_the_newest_and_stays_in_its_folder(shelf):
    board = History(shelf.boards).restore("d", 1, "you")

    assert (board.version, board.title, board.folder_uid, board.updated_by) == (4, "T1", "f", "you")
    newest = History(shelf.boards).versions(board)[0]
    assert (newest.restored_from, newest.message) == (1, "Restored from version 1")
    assert shelf.boards.document(board) == shelf.boards.document(board, 1)
    assert json.loads(shelf.boards.document(board, 3))["title"] == "T3"


@pytest.mark.parametrize(("uid", "version"), [("d", 9), ("d", 0), ("x", 1)])
def test_what_is_not_kept_is_not_found(shelf, uid, version):
    with pytest.raises(RefusalError) as error:
        History(shelf.boards).restore(uid, version, "me")
    assert error.value.status == 404


def test_one_from_a_file_is_not_restored(shelf):
    shelf.boards.provide(draft(uid="f"), Provision("P", "f.json", "s"))

    with pytest.raises(RefusalError, match="provisioned"):
        History(shelf.boards).restore("f", 1, "me")
