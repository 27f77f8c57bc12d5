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


SHARED = {
    "__inputs": [
        {"name": "DS_MY-PROM", "type": "datasource", "pluginId": "prometheus"},
        {"name": "VAR_X", "type": "constant", "value": "up"},
        {"name": "DS_EXPRESSION", "type": "datasource", "pluginId": "__expr__"},
    ],
    "title": "Of ${VAR_X}",
    "uid": "u",
    "panels": [
        {"id": 1, "type": "stat", "datasource": {"uid": "${DS_MY-PROM}"}, "targets": [{"expr": "${VAR_X} > 1"}]},
        {"id": 2, "type": "stat", "datasource": {"uid": "${DS_EXPRESSION}"}},
    ],
}


def take_shared(shelf, inputs, board=None, **envelope):
    text = json.dumps({"dashboard": board or SHARED, "inputs": inputs, **envelope})
    importing = DashboardImport(shelf.boards, "me", find_source={"here": "here", "Here it is": "here"}.get)
    (done,) = importing.take(read_bundle(text))
    return done


@pytest.mark.parametrize("source", ["here", "Here it is"])
def test_inputs_stand_where_the_document_asks_for_them(shelf, source):
    inputs = [
        {"name": "DS_MY-PROM", "type": "datasource", "pluginId": "prometheus", "value": source},
        {"name": "VAR_X", "type": "constant", "value": 'odd{a="${DS_MY-PROM}"}'},
    ]

    done = take_shared(shelf, inputs)
    saved = parse(shelf.boards.document(done.board))
    assert done.title == saved["title"] == 'Of odd{a="${DS_MY-PROM}"}'
    assert saved["panels"][0]["datasource"]["uid"] == "here"
    assert saved["panels"][0]["targets"][0]["expr"] == 'odd{a="${DS_MY-PROM}"} > 1'
    assert saved["panels"][1]["datasource"]["uid"] == "__expr__"
    assert saved["__inputs"] == []
    assert [note for note in done.notes if note["path"] == "__inputs"] == []


def test_one_answer_may_be_for_all_of_its_type(shelf):
    done = take_shared(shelf, [{"name": "*", "type": "datasource", "value": "here"}])

    saved = parse(shelf.boards.document(done.board))
    assert saved["panels"][0]["datasource"]["uid"] == "here"
    assert saved["panels"][0]["targets"][0]["expr"] == "${VAR_X} > 1"
    assert [entry["name"] for entry in saved["__inputs"]] == ["VAR_X"]
    assert [note["message"] for note in done.notes if note["path"] == "__inputs"] == [
        "the input VAR_X is not given; the value that it brings is taken"
    ]


def test_an_answer_to_nothing_is_told(shelf):
    done = take_shared(shelf, [{"name": "VAR_Y", "type": "constant", "value": "1"}])

    assert "it asks for no input VAR_Y of the type constant" in [note["message"] for note in done.notes]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            [{"name": "DS_MY-PROM", "type": "datasource", "value": "gone"}],
            'the input DS_MY-PROM names the data source "gone", which is not here',
        ),
        ([{"name": "VAR_X", "type": "constant", "value": 5}], 'value of the input "VAR_X" must be text'),
        ([5], "inputs must be a list of"),
        ({}, "inputs must be a list"),
    ],
)
def test_inputs_that_cannot_be_taken(shelf, inputs, message):
    done = take_shared(shelf, inputs)

    assert done.status == "error"
    assert message in done.message


def test_an_input_that_nobody_answers_is_the_default_source(shelf):
    (done,) = take(shelf, json.dumps(SHARED))

    assert "DS_MY-PROM is the default data source of its type" in [note["message"] for note in done.notes]


def test_the_folder_may_come_by_its_number(shelf):
    folder = shelf.folders.create("Mine", "me")

    assert take_shared(shelf, [], BOARD_OF_NONE, folderId=folder.number).board.folder_uid == folder.uid
    nowhere = take_shared(shelf, [], BOARD_OF_NONE | {"uid": "v"}, folderId=99)
    assert nowhere.board.folder_uid == ""
    assert [note["message"] for note in nowhere.notes] == ["the folder 99 is not here; it is in none"]


BOARD_OF_NONE = {"title": "Plain", "uid": "w", "panels": []}
