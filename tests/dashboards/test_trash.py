"""What was deleted: listed, had back though its place is taken, and forgotten."""

import sqlite3

import pytest
from shelf_support import NOW_MS, draft, make_shelf

from watchglass.clock import ManualClock
from watchglass.dashboards.records import SCHEMA
from watchglass.dashboards.refusal import RefusalError
from watchglass.dashboards.trash import DAY_MS, TRASH_SCHEMA, TrashLimits
from watchglass.store.meta import META_FILE, MetaStore


@pytest.fixture
def clock():
    return ManualClock(NOW_MS)


@pytest.fixture
def boards(tmp_path, clock):
    return make_shelf(tmp_path, clock=clock, trash=TrashLimits(10 * DAY_MS, 3)).boards


def delete(boards, title, uid, folder_uid=""):
    boards.save(draft(title, uid=uid, envelope={"folderUid": folder_uid}), "me")
    boards.delete(uid)


def titles(boards):
    return [each.board.title for each in boards.trash.listed()]


def test_it_is_listed_with_its_place_and_its_times(boards, clock):
    folder = boards.folders.create("Team", "me")
    delete(boards, "One", "one", folder.uid)
    clock.advance(5000)
    delete(boards, "Two", "two")

    two, one = boards.trash.listed()
    assert (two.board.title, two.folder_title) == ("Two", "")
    assert (one.board.uid, one.folder_title, one.deleted_ms) == ("one", "Team", NOW_MS)
    assert one.gone_ms == NOW_MS + 10 * DAY_MS
    assert (titles(boards), boards.trash.count(), len(boards.trash.listed(1))) == (["Two", "One"], 2, 1)


def test_a_folder_that_is_deleted_with_what_is_in_it_is_still_named(boards):
    folder = boards.folders.create("Team", "me")
    boards.save(draft("One", uid="one", envelope={"folderUid": folder.uid}), "me")
    boards.folders.delete(folder.uid)

    assert [each.folder_title for each in boards.trash.listed()] == ["Team"]


def test_both_limits_hold(boards, clock):
    for number in range(5):
        delete(boards, f"D{number}", f"d{number}")
        clock.advance(DAY_MS)
    assert titles(boards) == ["D4", "D3", "D2"]

    clock.advance(8 * DAY_MS)
    assert titles(boards) == ["D4", "D3"]  # D2 is there still, and too old to be had back
    with pytest.raises(RefusalError, match="not found"):
        boards.bring_back("d2")


def test_what_is_too_old_goes_at_the_next_start(tmp_path, boards, clock):
    delete(boards, "Old", "old")
    boards.meta.close()
    clock.advance(11 * DAY_MS)

    again = make_shelf(tmp_path, clock=clock, trash=TrashLimits(10 * DAY_MS, 3)).boards
    assert again.meta.row("SELECT count(*) FROM deleted_dashboard") == (0,)


def test_an_older_one_of_a_uid_is_had_back_by_its_number(boards):
    for title in ("First", "Second"):
        delete(boards, title, "same")
    first = boards.trash.listed()[1].board

    assert boards.bring_back("same", first.number) == first
    assert titles(boards) == ["Second"]


def test_where_its_uid_is_taken_it_comes_back_as_a_copy_when_asked_for(boards):
    delete(boards, "Old", "d")
    new = boards.save(draft("New", uid="d"), "me")

    with pytest.raises(RefusalError, match='"New", is here again') as refusal:
        boards.bring_back("d")
    assert (refusal.value.status, titles(boards)) == (412, ["Old"])

    copy = boards.bring_back("d", copy=True)
    assert (copy.title, boards.find("d"), titles(boards)) == ("Old", new, [])
    assert copy.uid != "d"
    assert boards.document(copy) == draft("Old", uid="d").text


def test_forgetting_takes_the_history_and_nothing_else(boards):
    for title in ("First", "Second"):
        delete(boards, title, "same")

    assert boards.trash.forget(boards.trash.listed()[0].board.number) == "Second"
    assert titles(boards) == ["First"]
    assert boards.meta.row("SELECT count(*) FROM deleted_dashboard_version") == (1,)
    with pytest.raises(RefusalError):
        boards.trash.forget(99)


def test_what_an_older_version_put_aside_can_be_had_back(tmp_path, clock):
    meta = MetaStore(tmp_path)
    meta.bring("dashboards", (*SCHEMA, TRASH_SCHEMA[0]))
    meta.close()
    with sqlite3.connect(tmp_path / META_FILE) as con:
        values = (7, "u", "", "Old", "", "[]", 1, 1, "me", 1, "me", "", "", "", 0, NOW_MS)
        con.execute(f"INSERT INTO deleted_dashboard VALUES ({','.join('?' * len(values))})", values)

    boards = make_shelf(tmp_path, clock=clock).boards
    assert [(each.board.title, each.folder_title) for each in boards.trash.listed()] == [("Old", "")]
    assert boards.bring_back("u").number == 7
