"""Documents that leave things out."""

import copy

import pytest
from dashboard_support import check_places

from watchglass.dashboards.grafana import every_panel, normalise, ref_id, safe_uid


def test_numbers_letters_and_places_are_filled_in():
    document = {
        "title": "My board",
        "panels": [
            {"type": "stat", "title": "a", "targets": [{"expr": "a"}, {"expr": "b"}]},
            {"type": "stat", "title": "b", "id": 7},
            {"type": "timeseries", "title": "c", "id": 7},
            {"type": "timeseries", "title": "d"},
        ],
    }
    before = copy.deepcopy(document)
    board = normalise(document)

    assert document == before
    assert board["uid"] == "my-board"
    assert [panel["id"] for panel in board["panels"]] == [1, 7, 8, 9]
    assert [query["refId"] for query in board["panels"][0]["targets"]] == ["A", "B"]
    assert [panel["gridPos"] for panel in board["panels"]] == [
        {"x": 0, "y": 0, "w": 6, "h": 4},
        {"x": 6, "y": 0, "w": 6, "h": 4},
        {"x": 12, "y": 0, "w": 12, "h": 8},
        {"x": 0, "y": 8, "w": 12, "h": 8},
    ]


def test_what_is_there_stays():
    place = {"x": 3, "y": 5, "w": 7, "h": 2}
    board = normalise(
        {"uid": "u", "title": "t", "time": {"from": "now-6h", "to": "now"}, "panels": [{"gridPos": place}]}
    )

    assert (board["uid"], board["time"]["from"], board["panels"][0]["gridPos"]) == ("u", "now-6h", place)


def test_panels_without_a_place_come_below_those_with_one():
    board = normalise({"panels": [{"type": "text"}, {"type": "stat", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 9}}]})

    assert board["panels"][0]["gridPos"]["y"] == 9
    check_places(board["panels"])


def test_the_envelope_of_the_api_is_taken_off():
    assert normalise({"dashboard": {"title": "inner"}, "overwrite": True})["title"] == "inner"


def test_panels_of_collapsed_rows_are_numbered_and_placed():
    board = normalise({"panels": [{"type": "row", "collapsed": True, "panels": [{"type": "stat"}, {"type": "stat"}]}]})

    assert [panel["id"] for panel in every_panel(board)] == [1, 2, 3]
    check_places(board["panels"][0]["panels"])


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")])
def test_letters(index, letters):
    assert ref_id(index) == letters


def test_safe_uids_keep_what_is_safe():
    assert safe_uid("auto-chat_app") == "auto-chat_app"
    assert safe_uid("a b") != safe_uid("a/b")
