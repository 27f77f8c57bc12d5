"""Imports: every envelope, many at once, and what is there already; an export is taken back without loss."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelf_support import draft, make_shelf
from test_json_text import OBJECTS

from watchglass.dashboards.envelope import read_bundle
from watchglass.dashboards.importing import DashboardImport
from watchglass.dashboards.json_text import parse
from watchglass.dashboards.records import Provision, SaveLimits
from watchglass.dashboards.refusal import RefusalError

BOARD = '{ "title" : "T", "uid":"u",\n "version": 3, "panels":[{"id": 1, "type":"stat", "x":1.0}] }'
OTHER = BOARD.replace("stat", "gauge")


@pytest.fixture
def shelf(tmp_path):
    return make_shelf(tmp_path)


def take(shelf, text, conflict="ask", folder_uid=None):
    importing = DashboardImport(shelf.boards, "me", conflict, folder_uid, lambda uid: uid == "machine")
    return importing.take(read_bundle(text))


def test_one_is_kept_as_it_came_and_again_is_nothing_new(shelf):
    (first,), (second,) = take(shelf, BOARD), take(shelf, f'{{"dashboard":{BOARD}}}')

    assert (first.status, first.uid, first.title) == ("created", "u", "T")
    assert (second.status, second.uid, second.board.version) == ("unchanged", "u", 1)
    assert shelf.boards.document(first.board) == BOARD


@pytest.mark.parametrize(
    ("conflict", "status", "versions"),
    [("ask", "conflict", [1]), ("replace", "updated", [2]), ("copy", "created", [1, 1])],
)
def test_what_differs_from_what_is_there(shelf, conflict, status, versions):
    take(shelf, BOARD)
    (result,) = take(shelf, OTHER, conflict)

    assert result.status == status
    assert [board.version for board in shelf.boards.listed()] == versions
    assert (result.uid == "u") == (conflict != "copy")
    assert shelf.boards.document(shelf.boards.get("u"), 1) == BOARD, "what was there is still there"
    if conflict == "ask":
        assert result.message == '"T" is there already, and differs: replace it, or import this one as a copy'
    else:
        assert shelf.boards.document(result.board) == OTHER


def test_without_a_uid_title_and_folder_count(shelf):
    bare = BOARD.replace('"uid":"u",', "")
    assert take(shelf, bare)[0].status == "created"
    assert take(shelf, bare)[0].status == "unchanged"
    assert take(shelf, bare.replace("stat", "gauge"))[0].status == "conflict"
    assert take(shelf, bare.replace("stat", "gauge"), "replace")[0].board.version == 2


def test_a_read_only_one_is_never_replaced(shelf):
    shelf.boards.provide(draft("Of a file", uid="u"), Provision("P", "u.json", "s"))
    (asked,), (copied,) = take(shelf, BOARD), take(shelf, BOARD, "replace")

    assert (asked.status, copied.status) == ("conflict", "created")
    assert "read-only" in asked.message
    assert copied.uid != "u"
    assert [note["path"] for note in copied.notes if note["rule"] == "import"] == ["uid"]
    (automatic,) = take(shelf, BOARD.replace('"u"', '"machine"'), "replace")
    assert automatic.uid not in {"machine", "u"}


def test_what_lacks_something_is_mended_and_noted(shelf):
    (untitled,) = take(shelf, '{"panels":[]}')
    (strange,) = take(shelf, '{"title":"S","uid":"with blanks and ü","panels":[]}')
    (lost,) = take(shelf, f'{{"dashboard":{BOARD},"folderUid":"nowhere"}}')

    notes = {
        result.title: [note["message"] for note in result.notes if note["rule"] == "import"]
        for result in (untitled, strange, lost)
    }
    assert notes["Untitled"] == ['it has no title, and is called "Untitled"']
    assert strange.uid.startswith("with-blanks-and-")
    assert notes["S"][0].startswith('the uid "with blanks and ü" cannot be part of an address')
    assert notes["T"] == ["the folder nowhere is not here; it is in none"]


def test_what_is_no_dashboard_is_told_what_it_is(shelf):
    results = take(shelf, json.dumps([{"groups": []}, {}, {"title": "T", "panels": [{}] * 2001}]))

    assert [result.status for result in results] == ["error"] * 3
    assert results[0].message.startswith("found rules of Prometheus; expected a Grafana dashboard")
    assert "2,001 panels; at most 2,000" in results[2].message


def test_what_is_translated_is_noted(shelf):
    (result,) = take(shelf, '{"title":"T","uid":"u","panels":[{"id":1,"type":"graph","title":"G"}]}')

    assert (1, "graph") in {(note["panelId"], note["rule"].partition("-")[0]) for note in result.notes}


def test_folders_come_with_their_dashboards(shelf):
    text = (
        f'{{"folders":[{{"uid":"f","title":"F"}}],"dashboards":[{{"dashboard":{BOARD},"meta":{{"folderUid":"f"}}}}]}}'
    )
    (result,) = take(shelf, text)

    assert (shelf.folders.get("f").title, result.board.folder_uid) == ("F", "f")
    (other,) = take(shelf, '{"dashboard":{"title":"X","panels":[]},"meta":{"folderUid":"g","folderTitle":"G"}}')
    assert shelf.folders.get(other.board.folder_uid).title == "G"


def test_all_can_go_to_one_folder(shelf):
    folder = shelf.folders.create("F", "me", "f")
    (result,) = take(shelf, BOARD, folder_uid="f")
    assert result.board.folder_uid == folder.uid

    with pytest.raises(RefusalError, match="Folder not found"):
        take(shelf, BOARD, folder_uid="nowhere")


def test_one_that_fails_takes_no_other_with_it(tmp_path):
    shelf = make_shelf(tmp_path, limits=SaveLimits(document_bytes=200))
    results = take(shelf, f'[5, {BOARD}, {{"title":"Long","panels":[],"pad":"{"x" * 300}"}}]')

    assert [result.status for result in results] == ["error", "created", "error"]
    assert "dashboards.size_limit" in results[2].message


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(board=OBJECTS, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
def test_what_comes_in_goes_out_byte_for_byte(tmp_path_factory, board, indent, ascii_only):
    text = json.dumps(board | {"panels": []}, indent=indent, ensure_ascii=ascii_only)
    shelf, again = (make_shelf(tmp_path_factory.mktemp("shelf")) for _ in range(2))
    (result,) = take(shelf, text)
    bundle = f'{{"dashboards":[{{"meta":{{"uid":"{result.uid}"}},"dashboard":{shelf.boards.document(result.board)}}}]}}'
    (back,) = take(again, bundle)

    assert again.boards.document(back.board) == text
    assert parse(text) == board | {"panels": []}
    assert (back.uid, back.title, back.board.tags) == (result.uid, result.title, result.board.tags)
    for each in (shelf, again):
        each.boards.meta.close()
