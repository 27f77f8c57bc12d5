"""Kept documents as pages and Grafana's API show them."""

import json

import pytest
from shelf_support import draft, make_shelf

from watchglass.dashboards import reading
from watchglass.dashboards.reading import as_classic, view

V2 = {
    "apiVersion": "dashboard.grafana.app/v2",
    "kind": "Dashboard",
    "metadata": {"name": "res"},
    "spec": {
        "title": "Resource",
        "elements": {
            "panel-1": {
                "kind": "Panel",
                "spec": {"id": 1, "title": "P", "vizConfig": {"kind": "VizConfig", "group": "stat", "spec": {}}},
            }
        },
        "layout": {
            "kind": "GridLayout",
            "spec": {
                "items": [
                    {
                        "kind": "GridLayoutItem",
                        "spec": {"x": 0, "y": 0, "width": 6, "height": 4, "element": {"name": "panel-1"}},
                    }
                ]
            },
        },
    },
}


@pytest.fixture
def board(tmp_path):
    return make_shelf(tmp_path).boards.save(draft(uid="d"), "me")


def test_a_classic_document_keeps_its_form(board):
    assert as_classic('{"title":"T", "n":1.00}', board) == '{"id":1,"uid":"d","version":1,"title":"T", "n":1.00}'
    assert as_classic('{"version":9}', board, 4) == '{"id":1,"uid":"d","version":4}'


def test_a_resource_and_a_panel_alone_become_classic(board):
    shown = json.loads(as_classic(json.dumps(V2), board))
    assert (shown["title"], shown["uid"], shown["panels"][0]["type"]) == ("Resource", "d", "stat")
    alone = json.loads(as_classic('{"id":7,"type":"stat","title":"P","targets":[{"expr":"up"}]}', board))
    assert (alone["id"], alone["panels"][0]["title"]) == (1, "P")


def test_what_cannot_be_drawn_is_empty_with_a_note():
    text = json.dumps({"title": "T", "panels": [{}] * 2001})
    seen = view(text)

    assert (seen.board["title"], seen.board["panels"]) == ("T", [])
    assert seen.notes[0]["message"] == "it cannot be drawn: the dashboard has 2,001 panels; at most 2,000 are drawn"


def test_a_fault_of_ours_is_a_note_too(monkeypatch, caplog):
    whole = reading.normalise

    def faulty(document):
        if "x" in document:
            raise KeyError("x")
        return whole(document)

    monkeypatch.setattr(reading, "normalise", faulty)

    assert view('{"title":"T","x":1}').notes[0]["message"] == "it cannot be drawn: KeyError: 'x'"
    assert caplog.records[0].exc_info
