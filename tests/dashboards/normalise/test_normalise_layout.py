"""Documents that leave places, numbers and letters out."""

import copy

from dashboard_support import check_places

from watchglass.dashboards.grafana import every_panel
from watchglass.dashboards.normalise.document import normalise


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
    board = normalise(document).dashboard

    assert document == before
    assert board["uid"] == "my-board"
    assert [panel["id"] for panel in board["panels"]] == [1, 7, 2, 3]
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
    ).dashboard

    assert (board["uid"], board["time"]["from"], board["panels"][0]["gridPos"]) == ("u", "now-6h", place)


def test_panels_without_a_place_come_below_those_with_one():
    board = normalise(
        {"panels": [{"type": "text"}, {"type": "stat", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 9}}]}
    ).dashboard

    assert board["panels"][0]["gridPos"]["y"] == 9
    check_places(board["panels"])


def test_the_envelope_of_the_api_is_taken_off():
    assert normalise({"dashboard": {"title": "inner"}, "overwrite": True}).dashboard["title"] == "inner"


def test_panels_of_collapsed_rows_are_numbered_and_placed():
    board = normalise(
        {"panels": [{"type": "row", "collapsed": True, "panels": [{"type": "stat"}, {"type": "stat"}]}]}
    ).dashboard

    assert [panel["id"] for panel in every_panel(board)] == [1, 2, 3]
    check_places(board["panels"][0]["panels"])


def test_a_panel_may_wish_for_a_size_and_a_line_of_its_own():
    panels = [{"type": "stat"}, {"type": "stat", "flow": {"w": 10, "h": 3}}, {"type": "stat", "flow": {"new": True}}]
    board = normalise({"panels": panels}).dashboard

    assert [list(panel["gridPos"].values()) for panel in board["panels"]] == [[0, 0, 6, 4], [6, 0, 10, 3], [0, 4, 6, 4]]
    assert not any("flow" in panel for panel in board["panels"])
