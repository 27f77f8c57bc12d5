"""Every form in which people send dashboards: its document is cut out to the byte, and what surrounds it is understood."""

import json

import pytest

from watchglass.dashboards.envelope import read_bundle, read_one
from watchglass.dashboards.refusal import RefusalError

BOARD = '{ "title" : "T", "uid":"u",\n "version": 3, "id":9, "tags":["a","b","a",5,""], "panels":[{"x":1.0}] }'


def test_a_bare_document_is_its_own_text():
    draft = read_one(BOARD)

    assert draft.text == BOARD
    assert (draft.title, draft.uid, draft.version, draft.number, draft.tags) == ("T", "u", 3, 9, ("a", "b"))
    assert not draft.overwrite


def test_an_envelope_of_a_request():
    draft = read_one(f'{{"folderUid":"f","overwrite":true,"message":"why", "dashboard": {BOARD} }}')

    assert draft.text == BOARD
    assert (draft.folder_uid, draft.overwrite, draft.message) == ("f", True, "why")


def test_an_envelope_of_an_answer():
    draft = read_one(f'{{"meta":{{"folderUid":"f","folderTitle":"F","uid":"other"}},"dashboard":{BOARD}}}')

    assert draft.text == BOARD
    assert (draft.folder_uid, draft.folder_title, draft.uid) == ("f", "F", "other")


def test_the_catalogue_of_grafana_com():
    assert read_one(f'{{"id": 1860, "name": "N", "json": {BOARD}}}').text == BOARD


@pytest.mark.parametrize("version", ["dashboard.grafana.app/v1beta1", "dashboard.grafana.app/v2"])
def test_a_resource_is_kept_whole(version):
    text = json.dumps(
        {
            "apiVersion": version,
            "kind": "Dashboard",
            "metadata": {"name": "res", "annotations": {"grafana.app/folder": "f"}},
            "spec": {"title": "R", "tags": ["t"]},
        }
    )
    draft = read_one(text)

    assert (draft.text, draft.is_classic) == (text, False)
    assert (draft.title, draft.uid, draft.tags, draft.folder_uid) == ("R", "res", ("t",), "f")


@pytest.mark.parametrize(("text", "classic"), [('{"title":"T","type":"stat","targets":[]}', False), (BOARD, True)])
def test_a_panel_alone_is_no_classic_dashboard(text, classic):
    assert read_one(text).is_classic is classic


@pytest.mark.parametrize(
    "text",
    [
        f'[{BOARD}, {{"dashboard":{BOARD}}}]',
        f'{{"dashboards":[{BOARD},{BOARD}], "folders":[{{"uid":"f","title":"F"}}, 5]}}',
        f'{{"kind":"DashboardList","items":[{BOARD},{BOARD}]}}',
    ],
)
def test_a_bundle_gives_each_document(text):
    bundle = read_bundle(text)

    assert [draft.text for draft in bundle.drafts] == [BOARD, BOARD]
    assert [folder["uid"] for folder in bundle.folders] == (["f"] if "folders" in text else [])


def test_a_dashboard_with_a_list_called_items_is_one_dashboard():
    (draft,) = read_bundle('{"title":"T","items":[{"title":"no"}]}').drafts
    assert draft.title == "T"


def test_what_is_none_among_many_is_a_refusal_in_its_place():
    first, second, third = read_bundle(f"[5, {BOARD}, {'[' * 150 + ']' * 150}]").drafts

    assert (str(first), second.text) == ("bad request data: a dashboard is a JSON object", BOARD)
    assert isinstance(third, RefusalError)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is not JSON"),
        ("5", "a dashboard is a JSON object"),
        ('{"dashboard": 5}', "dashboard is not a JSON object"),
        ('{"dashboard": null}', "dashboard is not a JSON object"),
    ],
)
def test_what_is_no_dashboard_is_refused(text, said):
    with pytest.raises(RefusalError, match=said):
        read_one(text)


def test_json_that_is_no_object_is_not_called_broken():
    (refusal,) = read_bundle("5").drafts

    assert "a dashboard is a JSON object" in str(refusal)


def test_strange_members_count_as_missing():
    draft = read_one('{"title":5,"uid":[],"version":"x","id":true,"tags":{},"panels":null}')

    assert (draft.title, draft.uid, draft.version, draft.number, draft.tags) == ("", "", 0, 0, ())


def test_half_a_character_does_not_reach_the_database():
    assert read_one('{"title":"a\\ud800b"}').title == "a?b"
