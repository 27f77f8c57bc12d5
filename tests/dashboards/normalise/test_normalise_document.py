"""What is no dashboard, what is too large, and the dashboards of the guides."""

import json
import re
from pathlib import Path

import pytest

from watchglass.dashboards.normalise.bounds import Limits
from watchglass.dashboards.normalise.document import normalise
from watchglass.dashboards.normalise.envelope import documents_of
from watchglass.errors import DashboardError
from watchglass.promql.parse import parse


def guide_dashboards():
    """The dashboards in envelopes that stand in the guides, by title; none where the guides are not at hand."""
    for parent in Path(__file__).parents:
        if (parent / "shared/seeds").is_dir():
            texts = [path.read_text() for path in sorted((parent / "shared/seeds").glob("*.txt"))]
            blocks = [block for text in texts for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
            found = [json.loads(block) for block in blocks if '"dashboard":' in block and '"panels"' in block]
            return {one["dashboard"]["title"]: one for one in found}
    return {}


GUIDES = guide_dashboards()
needs_guides = pytest.mark.skipif(not GUIDES, reason="the guides are not at hand (shared/seeds beside the checkout)")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "found a list of 0; expected a Grafana dashboard"),
        ("text", "found a text"),
        (None, "found null"),
        (True, "found a truth value"),
        (3, "found a number"),
        ({}, "found an empty object"),
        ({"groups": []}, "found rules of Prometheus; expected a Grafana dashboard"),
        ({"scrape_configs": []}, "found a prometheus.yml"),
        ({"a": 1, "b": 2}, 'found an object with "a", "b"'),
        ({"dashboard": {"c": 1}}, 'found an object with "c"'),
    ],
)
def test_what_is_no_dashboard_is_named(document, said):
    with pytest.raises(DashboardError, match=re.escape(said)):
        normalise(document)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(depth=3), "nested more than 3 levels deep"),
        (Limits(values=9), "more than 9 values"),
        (Limits(characters=20), "more than 20 characters"),
        (Limits(panels=1), "2 panels; at most 1"),
    ],
)
def test_what_is_too_large_is_refused_with_the_limit(limits, said):
    document = {"title": "t", "panels": [{"type": "stat", "targets": [{"expr": "up"}]}, {"type": "text"}]}

    with pytest.raises(DashboardError, match=said):
        normalise(document, limits=limits)


def test_notes_are_kept_up_to_their_limit():
    found = normalise({"panels": [{"type": "graph"}] * 10}, limits=Limits(notes=3))

    assert [note.rule for note in found.notes] == ["graph", "graph", "graph", "too-many-notes"]


def test_every_envelope_gives_the_same_dashboard():
    board = {"title": "Same", "uid": "same", "panels": [{"type": "stat", "title": "Up", "targets": [{"expr": "up"}]}]}
    envelopes = [
        board,
        {"dashboard": board, "folderUid": "f", "overwrite": True, "message": "m"},
        {"dashboard": board, "meta": {"slug": "same"}},
        {"json": board, "id": 1860, "revision": 3},
        {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "metadata": {"name": "x"}, "spec": board},
        {"dashboard": {"apiVersion": "dashboard.grafana.app/v0alpha1", "spec": board}},
    ]

    assert len({json.dumps(normalise(one).dashboard, sort_keys=True) for one in envelopes}) == 1


def test_a_single_panel_is_a_dashboard_of_one():
    found = normalise({"title": "Cost", "type": "graph", "targets": [{"expr": "sum(cost_total)"}]}).dashboard

    assert (found["title"], [panel["type"] for panel in found["panels"]]) == ("Cost", ["timeseries"])


def test_a_file_of_many_gives_each_of_them():
    one, two, three = ({"title": title, "panels": []} for title in "abc")
    export = {"dashboards": [{"dashboard": one}, two], "folders": []}

    assert [normalise(each).dashboard["title"] for each in documents_of([export, [three], {"items": [one]}])] == list(
        "abca"
    )
    with pytest.raises(DashboardError, match=r"\[1\]: found a text"):
        list(documents_of([one, "two"]))
    with pytest.raises(DashboardError, match="more than 2 dashboards"):
        list(documents_of([one, two, three], limits=Limits(panels=2)))


def test_uids_are_readable_and_titles_that_differ_have_different_ones():
    uids = {
        title: normalise({"title": title}).dashboard["uid"]
        for title in ("My board", "a / b", "a - b", "看板", "x" * 90)
    }

    assert uids["My board"] == "my-board"
    assert len(set(uids.values())) == 5
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}", uid) for uid in uids.values())


def test_halves_of_a_character_are_replaced():
    board = normalise({"title": "a\ud800b", "panels": []}).dashboard

    assert board["title"] == "a?b"
    json.dumps(board, ensure_ascii=False).encode()


def test_the_tallest_of_dashboards_is_quick_enough_to_read():
    panels = [{"type": "graph", "title": str(at), "targets": [{"expr": "up"}] * 20} for at in range(2_000)]

    assert len(normalise({"title": "large", "panels": panels}).dashboard["panels"]) == 2_000


@needs_guides
def test_the_sidepanel_guide_reads_as_it_was_meant():
    board, notes = normalise(GUIDES["Sidepanel Overview"])
    panels = {panel["title"]: panel for panel in board["panels"]}

    assert {title: panel["type"] for title, panel in panels.items()} == {
        "Active Connections": "stat",
        "Request Rate": "timeseries",
        "Latency Distribution": "heatmap",
        "Venice Balance": "gauge",
    }
    assert panels["Venice Balance"]["fieldConfig"]["defaults"] == {
        "min": 0,
        "max": 100,
        "thresholds": {
            "mode": "absolute",
            "steps": [
                {"color": "red", "value": None},
                {"value": 10, "color": "red"},
                {"value": 25, "color": "yellow"},
                {"value": 50, "color": "green"},
            ],
        },
    }
    assert panels["Latency Distribution"]["targets"][0]["format"] == "heatmap"
    assert [note.rule for note in notes if note.panel_id == panels["Venice Balance"]["id"]][-1] == "thresholds-base"
    assert not any(note.is_loss for note in notes)


@needs_guides
def test_the_hybrid_guide_reads_as_it_was_meant():
    board, notes = normalise(GUIDES["Hybrid AI Stack - Main Dashboard"])

    assert [(panel["type"], panel["fieldConfig"]["defaults"].get("unit")) for panel in board["panels"]] == [
        ("stat", None),
        ("piechart", None),
        ("stat", "currencyUSD"),
        ("stat", "s"),
        ("timeseries", "reqps"),
        ("timeseries", "currencyUSD"),
        ("timeseries", None),
    ]
    assert board["panels"][4]["fieldConfig"]["defaults"]["custom"]["axisLabel"] == "Requests/sec"
    assert [panel["gridPos"] for panel in board["panels"]] == [
        panel["gridPos"] for panel in GUIDES["Hybrid AI Stack - Main Dashboard"]["dashboard"]["panels"]
    ]
    assert (board["refresh"], board["time"]["from"]) == ("30s", "now-24h")
    assert not any(note.is_loss for note in notes)
    for panel in board["panels"]:
        for query in panel["targets"]:
            parse(query["expr"])
