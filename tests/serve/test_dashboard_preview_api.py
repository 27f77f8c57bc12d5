"""Looking at dashboards before they are imported: nothing is saved by it."""

import json

import pytest
from shelf_support import NOW_MS, NoLibrary, draft, make_shelf

from watchglass.dashboards.records import Provision, SaveLimits
from watchglass.serve.options import BodyLimits, WebOptions

pytestmark = pytest.mark.anyio
BOARD = {
    "title": "Chat app",
    "uid": "chat",
    "panels": [
        {"id": 1, "type": "row", "title": "Costs", "collapsed": True, "panels": [{"id": 2, "type": "singlestat"}]},
        {"id": 3, "type": "timeseries", "title": "Rate", "targets": [{"expr": "up", "refId": "A"}]},
    ],
}


@pytest.fixture
def shelf(tmp_path):
    shelf = make_shelf(tmp_path, limits=SaveLimits(document_bytes=150_000))
    yield shelf
    shelf.boards.meta.close()


@pytest.fixture
async def http(make_parts, make_client, shelf):
    options = WebOptions(bodies=BodyLimits(dashboard_bytes=200_000, dashboards_bytes=400_000))
    async with make_client(make_parts(options, dashboards=NoLibrary(), shelf=shelf)) as client:
        yield client


async def look(http, content, **params):
    headers = {"Content-Type": "application/json"}
    text = content if isinstance(content, str) else json.dumps(content)
    return await http.post("/api/dashboards/import/preview", content=text, headers=headers, params=params)


async def test_panels_come_in_reading_order_with_their_rows_and_what_is_translated(http, shelf):
    (seen,) = (await look(http, BOARD)).json()["dashboards"]

    assert [(panel["id"], panel["type"], panel["row"]) for panel in seen["panels"]] == [
        (2, "stat", "Costs"),
        (3, "timeseries", "Costs"),
    ]
    assert 2 in {note["panelId"] for note in seen["notes"]}
    assert (seen["title"], seen["uid"], seen["there"]) == ("Chat app", "chat", None)
    assert shelf.boards.listed() == []


async def test_what_is_there_already_is_named(http, shelf):
    folder = shelf.folders.create("Chat", "me")
    shelf.boards.save(draft("Old", uid="chat", envelope={"folderUid": folder.uid}), "eva")

    (seen,) = (await look(http, BOARD)).json()["dashboards"]
    assert seen["there"] == {
        "uid": "chat",
        "title": "Old",
        "url": "/d/chat/old",
        "folderTitle": "Chat",
        "version": 1,
        "updatedMs": NOW_MS,
        "updatedBy": "eva",
        "canSave": True,
        "file": "",
        "same": False,
    }


async def test_the_same_document_a_file_and_an_automatic_one_are_told_apart(http, shelf):
    await http.post("/api/dashboards/import", json=BOARD)
    same = (await look(http, (await http.get("/api/v1/watchglass/dashboards/chat/original")).text)).json()
    shelf.boards.provide(draft("F", uid="file"), Provision("p", "f.json", "x"))
    file, machine = (await look(http, [{**BOARD, "uid": "file"}, {**BOARD, "uid": "machine"}])).json()["dashboards"]

    assert same["dashboards"][0]["there"]["same"] is True
    assert (file["there"]["canSave"], file["there"]["file"]) == (False, "f.json")
    assert machine["there"]["canSave"] is False


async def test_without_a_uid_the_title_in_the_folder_counts(http, shelf):
    folder = shelf.folders.create("Chat", "me")
    shelf.boards.save(draft("Chat app", uid="x", envelope={"folderUid": folder.uid}), "eva")
    board = {key: value for key, value in BOARD.items() if key != "uid"}

    (here,) = (await look(http, board, folderUid=folder.uid)).json()["dashboards"]
    (elsewhere,) = (await look(http, board)).json()["dashboards"]
    assert (here["there"]["uid"], here["folderTitle"], elsewhere["there"]) == ("x", "Chat", None)
    assert (await look(http, board, folderUid="nowhere")).json()["dashboards"][0]["message"] == "Folder not found"


async def test_a_folder_that_an_envelope_brings_is_named(http):
    envelope = {"dashboard": BOARD, "meta": {"folderUid": "f", "folderTitle": "Theirs"}}

    (seen,) = (await look(http, envelope)).json()["dashboards"]
    assert (seen["folderUid"], seen["folderTitle"]) == ("", "Theirs")


async def test_inputs_of_a_shared_dashboard_are_passed_on(http):
    inputs = [
        {"name": "DS", "label": "Prom", "type": "datasource", "pluginId": "prometheus", "more": 1},
        {"name": "V", "type": "constant", "value": "5m"},
        {"label": "no name"},
        "nothing",
    ]

    (seen,) = (await look(http, {**BOARD, "__inputs": inputs})).json()["dashboards"]
    assert seen["inputs"] == [
        {"name": "DS", "label": "Prom", "type": "datasource", "pluginId": "prometheus"},
        {"name": "V", "type": "constant", "value": "5m"},
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"title":\n}', "line 2, column 1"),
        ("\ufffdPNG", "line 1, column 1"),
    ],
)
async def test_what_is_no_json_is_refused_by_line(http, content, said):
    answer = await look(http, content)

    assert answer.status_code == 400
    assert said in answer.json()["message"]


async def test_of_many_each_one_says_what_is_wrong_with_it(http):
    too_large = {"title": "Large", "panels": [], "pad": "x" * 160_000}
    answer = await look(http, [{"groups": []}, 3, too_large, BOARD])

    first, second, third, fourth = answer.json()["dashboards"]
    assert "rules of Prometheus" in first["message"]
    assert "JSON object" in second["message"]
    assert "at most 150000" in third["message"]
    assert fourth["title"] == "Chat app"


async def test_a_panel_of_a_source_that_is_not_there_says_so(http):
    asked = {"expr": "{}", "refId": "A"}
    panels = [
        {"id": 7, "type": "logs", "title": "Logs", "datasource": {"type": "loki", "uid": "x"}, "targets": [asked]},
        {"id": 8, "type": "timeseries", "datasource": {"type": "prometheus"}, "targets": [asked | {"expr": "up"}]},
        {"id": 9, "type": "text", "datasource": {"type": "loki", "uid": "x"}},
    ]
    (seen,) = (await look(http, {"title": "T", "panels": panels})).json()["dashboards"]

    said = [note for note in seen["notes"] if note["rule"] == "missing-source"]
    message = "asks a Loki source, which is not there yet"
    assert said == [{"panelId": 7, "path": "targets", "rule": "missing-source", "message": message}]
