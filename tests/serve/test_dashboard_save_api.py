"""Dashboards over HTTP, as Grafana's clients and our pages use them: requests and answers in full."""

import json
from types import SimpleNamespace

import pytest
from shelf_support import NOW_MS, NoLibrary, draft, make_shelf

from watchglass.dashboards.provisioning import Trouble
from watchglass.dashboards.records import Provision
from watchglass.serve.options import BodyLimits, WebOptions

pytestmark = pytest.mark.anyio
BOARD = {
    "title": "Chat app",
    "description": "Its costs.",
    "tags": ["chat"],
    "panels": [{"type": "stat", "title": "A", "targets": [{"expr": "up"}]}],
}


@pytest.fixture
def shelf(tmp_path):
    shelf = make_shelf(tmp_path)
    yield shelf
    shelf.boards.meta.close()


@pytest.fixture
async def http(make_parts, make_client, shelf):
    options = WebOptions(bodies=BodyLimits(dashboard_bytes=200_000, dashboards_bytes=400_000))
    async with make_client(make_parts(options, dashboards=NoLibrary(), shelf=shelf)) as client:
        yield client


async def save(http, board=None, **envelope):
    return await http.post("/api/dashboards/db", json={"dashboard": board or BOARD, **envelope})


async def test_saving_answers_as_grafana_does(http):
    answer = await save(http, BOARD | {"uid": "chat"}, message="first")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": 1,
        "uid": "chat",
        "url": "/d/chat/chat-app",
        "status": "success",
        "version": 1,
        "slug": "chat-app",
        "folderUid": "",
    }


async def test_a_saved_one_is_shown_as_it_came_with_its_numbers(http):
    text = '{"uid":"u","version":9,  "title":"T", "n":1.00}'
    await http.post("/api/dashboards/db", content=text, headers={"Content-Type": "application/json; charset=utf-8"})

    answer = await http.get("/api/dashboards/uid/u")
    assert '"dashboard":{"id":1,"uid":"u","version":1,  "title":"T", "n":1.00}' in answer.text
    meta = answer.json()["meta"]
    assert meta == {
        "type": "db",
        "slug": "t",
        "url": "/d/u/t",
        "canSave": True,
        "canEdit": True,
        "canAdmin": True,
        "canStar": True,
        "canDelete": True,
        "isStarred": False,
        "version": 1,
        "created": "2023-11-14T22:13:20.000Z",
        "createdBy": "anonymous",
        "updated": "2023-11-14T22:13:20.000Z",
        "updatedBy": "anonymous",
        "hasAcl": False,
        "isFolder": False,
        "folderId": 0,
        "folderUid": "",
        "folderTitle": "General",
        "folderUrl": "",
        "provisioned": False,
        "provisionedExternalId": "",
    }
    assert (await http.get("/api/v1/watchglass/dashboards/u/original")).text == text


async def test_pages_get_it_normalised_with_notes(http):
    uid = (await save(http)).json()["uid"]

    shown = (await http.get(f"/api/v1/watchglass/dashboards/{uid}")).json()
    assert shown["dashboard"]["panels"][0]["gridPos"]
    assert (shown["dashboard"]["uid"], shown["dashboard"]["version"], shown["original"]) == (uid, 1, False)
    assert isinstance(shown["notes"], list)
    assert shown["meta"]["canSave"]
    built_in = (await http.get("/api/v1/watchglass/dashboards/machine")).json()
    assert (built_in["notes"], built_in["meta"]["canSave"]) == ([], False)


async def test_two_who_save_at_once(http):
    uid = (await save(http)).json()["uid"]
    mine = yours = (await http.get(f"/api/dashboards/uid/{uid}")).json()["dashboard"]
    assert (await save(http, yours | {"title": "Yours"})).status_code == 200

    answer = await save(http, mine | {"title": "Mine"})

    assert answer.status_code == 412
    assert answer.json() == {
        "message": "The dashboard has been changed by someone else",
        "status": "version-mismatch",
        "uid": uid,
        "yourVersion": 1,
        "currentVersion": 2,
        "updatedBy": "anonymous",
        "updatedMs": NOW_MS,
    }
    base = (await http.get(f"/api/dashboards/uid/{uid}/versions/1")).json()
    assert base["data"]["title"] == "Chat app"
    assert (await save(http, mine | {"title": "Mine"}, overwrite=True)).json()["version"] == 3


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        ("", 400, "bad request data: it is not JSON: line 1, column 1: Expecting value"),
        ("[1]", 400, "bad request data: a dashboard is a JSON object"),
        ('{"dashboard": {"title": ""}}', 400, "Dashboard title cannot be empty"),
        ('{"dashboard": {"title": "T"}, "folderUid": "x"}', 404, "Folder not found"),
        ('{"dashboard": {"title": "T", "uid": "a/b"}}', 400, "uid contains illegal characters"),
        ('{"dashboard": {"title": "T", "uid": "machine"}}', 400, "Cannot save provisioned dashboard"),
        ("[" * 100_000, 400, "bad request data: it is nested more than 100 levels deep"),
        (b"\xff\xfe\x00", 400, "bad request data: it is not utf-16-le text at byte 2"),
    ],
)
async def test_what_cannot_be_saved(http, content, status, message):
    answer = await http.post("/api/dashboards/db", content=content, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["message"]) == (status, message)


async def test_a_name_that_is_taken(http):
    await save(http)
    answer = await save(http)

    assert (answer.status_code, answer.json()["status"]) == (412, "name-exists")


async def test_too_large_a_body_names_limit_and_setting(http):
    answer = await save(http, BOARD | {"pad": "x" * 300_000})
    assert answer.status_code == 413
    assert answer.json()["message"] == (
        "the request's body is larger than 265536 bytes (dashboards.size_limit says how much is taken)"
    )
    just_over = await save(http, BOARD | {"pad": "x" * 200_000})
    assert just_over.status_code in {200, 413}
    imported = await http.post("/api/dashboards/import", json=BOARD | {"pad": "x" * 500_000})
    assert (imported.status_code, "dashboards.import_limit" in imported.json()["message"]) == (413, True)


async def test_five_hundred_panels_are_fine(http):
    panel = {"type": "timeseries", "title": "P", "targets": [{"expr": "rate(x_total[5m])"}]}
    uid = (await save(http, BOARD | {"panels": [panel] * 500})).json()["uid"]

    assert len((await http.get(f"/api/v1/watchglass/dashboards/{uid}")).json()["dashboard"]["panels"]) == 500


async def test_only_json_is_taken(http):
    answer = await http.post("/api/dashboards/db", content="{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


async def test_a_foreign_page_changes_nothing(http):
    headers = {"Origin": "http://evil.example", "Content-Type": "application/json"}
    assert (await http.post("/api/dashboards/db", content=json.dumps(BOARD), headers=headers)).status_code == 403
    assert (await http.request("DELETE", "/api/dashboards/uid/machine", headers=headers)).status_code == 403


async def test_deleting(http):
    uid = (await save(http)).json()["uid"]

    answer = await http.delete(f"/api/dashboards/uid/{uid}")
    assert answer.json() == {"title": "Chat app", "message": "Dashboard Chat app deleted", "id": 1, "uid": uid}
    for path in (f"/api/dashboards/uid/{uid}", f"/api/dashboards/uid/{uid}/versions"):
        gone = await http.get(path)
        assert (gone.status_code, gone.json()) == (404, {"message": "Dashboard not found", "status": "not-found"})
    assert (await http.delete(f"/api/dashboards/uid/{uid}")).status_code == 404

    back = await http.post(f"/api/v1/watchglass/dashboards/{uid}/undelete")
    assert (back.status_code, back.json()["uid"], back.json()["version"]) == (200, uid, 1)
    assert (await http.get(f"/api/dashboards/uid/{uid}/versions")).json()["versions"][0]["version"] == 1
    again = await http.post(f"/api/v1/watchglass/dashboards/{uid}/undelete")
    assert again.status_code == 404


async def test_search_and_tags(http, shelf):
    folder = shelf.folders.create("Team", "me")
    await save(http, BOARD | {"uid": "a"}, folderUid=folder.uid)
    await save(http, BOARD | {"uid": "b", "title": "Billing", "tags": ["money", "chat"]})
    await http.post("/api/user/stars/dashboard/uid/b")

    async def uids(**params):
        return [hit["uid"] for hit in (await http.get("/api/search", params=params)).json()]

    assert await uids() == ["team", "b", "a", "machine"]
    assert await uids(type="dash-db") == ["b", "a", "machine"]
    assert await uids(type="dash-folder") == ["team"]
    assert await uids(query="bill") == ["b"]
    assert await uids(tag=["chat", "money"]) == ["b"]
    assert await uids(folderUIDs="team") == ["a"]
    assert await uids(folderUIDs="general") == ["b", "machine"]
    assert await uids(dashboardUIDs="a,machine") == ["a", "machine"]
    assert await uids(starred="true") == ["b"]
    assert await uids(sort="alpha-desc", type="dash-db") == ["machine", "a", "b"]
    assert await uids(limit=2, page=2) == ["a", "machine"]
    assert (await http.get("/api/search", params={"sort": "random"})).status_code == 400
    hit = (await http.get("/api/search", params={"query": "chat"})).json()[0]
    assert hit["description"] == "Its costs."
    assert (hit["folderUid"], hit["folderTitle"], hit["folderUrl"]) == ("team", "Team", "/dashboards/f/team/team")
    tags = (await http.get("/api/dashboards/tags")).json()
    assert tags == [{"term": "chat", "count": 2}, {"term": "host", "count": 1}, {"term": "money", "count": 1}]


async def test_stars(http):
    await http.post("/api/user/stars/dashboard/uid/machine")
    assert (await http.get("/api/user/stars")).json() == ["machine"]
    await http.delete("/api/user/stars/dashboard/uid/machine")
    assert (await http.get("/api/user/stars")).json() == []


async def test_an_export_is_taken_back_without_loss(http, shelf, make_parts, make_client, tmp_path):
    folder = shelf.folders.create("Team", "me")
    shelf.folders.create("Empty", "me")
    await save(http, BOARD | {"uid": "a", "n": 1.5}, folderUid=folder.uid)
    await http.post(
        "/api/dashboards/db", content='{ "title":"Bare",\n"x":1.00 }', headers={"Content-Type": "application/json"}
    )
    shelf.boards.provide(draft("Of a file", uid="f"), Provision("P", "f.json", "sum"))

    exported = await http.get("/api/dashboards/export")
    assert "attachment" in exported.headers["content-disposition"]
    assert [item["dashboard"]["title"] for item in exported.json()["dashboards"]] == ["Bare", "Chat app", "Of a file"]
    other = make_shelf(tmp_path / "other")
    async with make_client(make_parts(dashboards=NoLibrary(), shelf=other)) as there:
        taken = await there.post(
            "/api/dashboards/import", content=exported.content, headers={"Content-Type": "application/json"}
        )
        assert (taken.status_code, taken.json()["message"]) == (200, "3 created")
        again = await there.post(
            "/api/dashboards/import", content=exported.content, headers={"Content-Type": "application/json"}
        )
        assert again.json()["message"] == "3 unchanged"
    assert [folder.title for folder in other.folders.listed()] == ["Empty", "Team"]
    for board in shelf.boards.listed():
        copy = other.boards.get(board.uid)
        assert (copy.title, copy.tags, copy.folder_uid) == (board.title, board.tags, board.folder_uid)
        assert other.boards.document(copy) == shelf.boards.document(board)
    other.boards.meta.close()


async def test_a_damaged_one_does_not_spoil_an_export(http, shelf):
    await save(http, BOARD | {"uid": "a"})
    await save(http, BOARD | {"uid": "b", "title": "B"})
    with shelf.boards.meta.transaction() as con:
        con.execute("UPDATE dashboard_version SET document = substr(document, 1, 20) WHERE dashboard = 1")

    exported = (await http.get("/api/dashboards/export")).json()
    assert [item["dashboard"]["uid"] for item in exported["dashboards"]] == ["b"]
    assert exported["left_out"] == 1
    assert (await http.get("/api/dashboards/uid/a")).status_code == 500


async def test_single_ones_can_be_exported(http):
    await save(http, BOARD | {"uid": "a"})
    await save(http, BOARD | {"uid": "b", "title": "B"})

    assert len((await http.get("/api/dashboards/export", params={"uid": "b"})).json()["dashboards"]) == 1


async def test_an_import_says_what_became_of_each(http):
    answer = await http.post("/api/dashboards/import", json=[BOARD | {"uid": "a"}, 5])

    assert answer.status_code == 200
    assert answer.json()["message"] == "1 created, 1 error"
    first, second = answer.json()["dashboards"]
    assert (first["status"], first["uid"], first["title"], first["url"]) == (
        "created",
        "a",
        "Chat app",
        "/d/a/chat-app",
    )
    assert (second["status"], second["message"]) == ("error", "bad request data: a dashboard is a JSON object")


async def test_an_import_that_somebody_has_to_decide_about(http):
    await save(http, BOARD | {"uid": "a"})
    other = BOARD | {"uid": "a", "title": "Other"}

    answer = await http.post("/api/dashboards/import", json=other)
    assert (answer.status_code, answer.json()["dashboards"][0]["status"]) == (412, "conflict")
    assert answer.json()["dashboards"][0]["version"] == 1
    assert "replace it, or import this one as a copy" in answer.json()["message"]
    replaced = await http.post("/api/dashboards/import?conflict=replace", json=other)
    assert (replaced.status_code, replaced.json()["dashboards"][0]["version"]) == (200, 2)
    copied = await http.post("/api/dashboards/import", params={"conflict": "copy"}, json=other | {"title": "Third"})
    assert copied.json()["dashboards"][0]["uid"] != "a"


async def test_an_import_with_answers_to_its_inputs(make_parts, make_client, shelf):
    class Sources:
        def find(self, uid):
            return uid if uid == "embedded" else None

        def named(self, name):
            return SimpleNamespace(uid="embedded") if name == "Watchglass" else None

    asks = {"__inputs": [{"name": "DS", "type": "datasource"}], "title": "T", "panels": [{"datasource": "${DS}"}]}

    def body(source):
        return {"dashboard": asks, "inputs": [{"name": "DS", "type": "datasource", "value": source}]}

    parts = make_parts(dashboards=NoLibrary(), shelf=shelf, sources=Sources())
    async with make_client(parts) as http:
        wrong = await http.post("/api/dashboards/import", json=body("Elsewhere"))
        right = await http.post("/api/dashboards/import", json=body("Watchglass"))
        saved = await http.get(f"/api/dashboards/uid/{right.json()['dashboards'][0]['uid']}")

    assert (wrong.status_code, '"Elsewhere", which is not here' in wrong.json()["message"]) == (400, True)
    assert saved.json()["dashboard"]["panels"] == [{"datasource": "embedded"}]


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("/api/dashboards/import", "nonsense", 400),
        ("/api/dashboards/import", "5", 400),
        ("/api/dashboards/import", '{"dashboards": []}', 200),
        ("/api/dashboards/import?conflict=maybe", "{}", 400),
        ("/api/dashboards/import?folderUid=nowhere", '{"title":"T","panels":[]}', 404),
    ],
)
async def test_imports_that_bring_nothing(http, path, content, status):
    answer = await http.post(path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["message"]


async def test_history(http):
    uid = (await save(http, message="first")).json()["uid"]
    board = (await http.get(f"/api/dashboards/uid/{uid}")).json()["dashboard"]
    await save(http, board | {"title": "Second"}, message="second")

    listed = (await http.get(f"/api/dashboards/uid/{uid}/versions")).json()
    assert listed["continueToken"] == ""
    assert [(each["version"], each["message"], each["parentVersion"]) for each in listed["versions"]] == [
        (2, "second", 1),
        (1, "first", 0),
    ]
    assert len((await http.get(f"/api/dashboards/uid/{uid}/versions?limit=1&start=1")).json()["versions"]) == 1
    one = (await http.get(f"/api/dashboards/uid/{uid}/versions/1")).json()
    assert (one["data"]["title"], one["data"]["version"], one["createdBy"]) == ("Chat app", 1, "anonymous")
    restored = await http.post(f"/api/dashboards/uid/{uid}/restore", json={"version": 1})
    assert (restored.json()["version"], restored.json()["status"]) == (3, "success")
    late = await http.post(f"/api/dashboards/uid/{uid}/restore", json={"version": 1, "over": 2})
    assert (late.status_code, late.json()["status"]) == (412, "version-mismatch")
    again = await http.post(f"/api/dashboards/uid/{uid}/restore", json={"version": 2, "over": 3})
    assert again.json()["version"] == 4
    for number in ("9", "x", "0"):
        assert (await http.get(f"/api/dashboards/uid/{uid}/versions/{number}")).status_code == 404
    assert (await http.post(f"/api/dashboards/uid/{uid}/restore", json={"version": "x"})).status_code == 400


async def test_one_from_a_file_is_read_only(http, shelf):
    shelf.boards.provide(draft("Of a file", uid="f"), Provision("P", "f.json", "sum"))

    meta = (await http.get("/api/dashboards/uid/f")).json()["meta"]
    assert (meta["canSave"], meta["provisioned"], meta["provisionedExternalId"]) == (False, True, "f.json")
    answer = await save(http, BOARD | {"uid": "f"})
    assert (answer.status_code, answer.json()["message"]) == (400, "Cannot save provisioned dashboard")
    assert "comes from the file f.json" in answer.json()["detail"]
    assert (await http.delete("/api/dashboards/uid/f")).status_code == 400


async def test_what_is_wrong_on_disk_is_told_with_the_list(http, shelf):
    await save(http, BOARD | {"uid": "a"})
    shelf.provisioner._broken = Trouble("a.json", "it is not JSON", "a")

    (hit,) = (await http.get("/api/search", params={"dashboardUIDs": "a"})).json()
    assert hit["trouble"] == "it is not JSON"
    told = (await http.get("/api/v1/watchglass/provisioning")).json()
    assert told == {"providers": [], "troubles": [{"file": "a.json", "message": "it is not JSON", "uid": "a"}]}
    assert (await http.post("/api/admin/provisioning/dashboards/reload")).json()[
        "message"
    ] == "Dashboards config reloaded"
    assert (await http.get("/api/v1/watchglass/provisioning")).json()["troubles"] == []


async def test_folders(http):
    made = (await http.post("/api/folders", json={"title": "Team", "uid": "t", "parentUid": "p"})).json()
    assert (made["id"], made["uid"], made["title"], made["version"], made["parentUid"]) == (1, "t", "Team", 1, "p")
    assert made["url"] == "/dashboards/f/t/team"
    assert (await http.get("/api/folders")).json() == [made]
    assert (await http.get("/api/folders", params={"parentUid": "x"})).json() == []
    assert (await http.get("/api/folders/t")).json() == made

    renamed = await http.put("/api/folders/t", json={"title": "Crew", "version": 1})
    assert (renamed.json()["title"], renamed.json()["version"]) == ("Crew", 2)
    assert (await http.put("/api/folders/t", json={"title": "Crew", "version": 1})).status_code == 412
    assert (await http.post("/api/folders", json={"title": "Crew"})).status_code == 409
    assert (await http.post("/api/folders", json={"title": ""})).json() == {"message": "folder title cannot be empty"}
    assert (await http.post("/api/folders", json={"title": 5})).status_code == 400
    assert (await http.delete("/api/folders/t")).json() == {"message": "Folder Crew deleted", "id": 1, "title": "Crew"}
    assert (await http.get("/api/folders/t")).status_code == 404
    assert (await http.patch("/api/folders/t")).status_code == 405


async def test_annotations(http):
    uid = (await save(http)).json()["uid"]
    added = await http.post(
        "/api/annotations", json={"dashboardUID": uid, "panelId": 1, "text": "deployed", "tags": ["api"]}
    )
    assert added.json() == {"message": "Annotation added", "id": 1}
    region = {"dashboardId": 1, "time": NOW_MS - 100, "timeEnd": NOW_MS + 100, "text": "slow"}
    assert (await http.post("/api/annotations", json=region)).json()["id"] == 2

    found = (await http.get("/api/annotations", params={"from": NOW_MS, "to": NOW_MS + 1, "dashboardUID": uid})).json()
    assert [(each["id"], each["time"], each["timeEnd"], each["tags"]) for each in found] == [
        (1, NOW_MS, NOW_MS, ["api"]),
        (2, NOW_MS - 100, NOW_MS + 100, []),
    ]
    assert found[1]["dashboardUID"] == uid
    assert (await http.patch("/api/annotations/1", json={"time": 5})).json() == {"message": "Annotation patched"}
    one = (await http.get("/api/annotations/1")).json()
    assert (one["time"], one["timeEnd"], one["text"]) == (5, 5, "deployed")
    assert (await http.put("/api/annotations/1", json={"text": "t", "tags": []})).json()[
        "message"
    ] == "Annotation updated"
    assert (await http.get("/api/annotations/tags")).json() == {"result": {"tags": []}}
    graphite = await http.post("/api/annotations/graphite", json={"what": "w", "tags": "a b", "when": 7, "data": "d"})
    assert (await http.get(f"/api/annotations/{graphite.json()['id']}")).json()["tags"] == ["a", "b"]
    assert (await http.delete("/api/annotations/1")).json() == {"message": "Annotation deleted"}
    assert (await http.delete("/api/annotations/1")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {},
        {"text": "t", "time": "now"},
        {"text": "t", "tags": "a"},
        {"text": "t", "time": 9, "timeEnd": 5},
    ],
)
async def test_wrong_annotations(http, body):
    assert (await http.post("/api/annotations", json=body)).status_code == 400
    assert (await http.get("/api/annotations")).json() == []


async def test_without_what_people_saved_the_rest_is_there(make_parts, make_client):
    parts = make_parts(dashboards=NoLibrary(), shelf_trouble="meta.db is damaged")
    async with make_client(parts) as http:
        assert [hit["uid"] for hit in (await http.get("/api/search")).json()] == ["machine"]
        assert (await http.get("/api/dashboards/uid/machine")).status_code == 200
        for answer in (await save(http), await http.get("/api/dashboards/uid/chat")):
            assert (answer.status_code, answer.json()["message"]) == (
                500,
                "saved dashboards cannot be used: meta.db is damaged",
            )
    async with make_client(make_parts(dashboards=NoLibrary())) as http:
        assert (await save(http)).status_code == 503
        assert (await http.get("/api/dashboards/uid/nothing")).status_code == 404


async def test_what_cannot_be_written_is_no_success(http, shelf):
    shelf.boards.meta._con.execute("PRAGMA query_only = 1")
    answer = await save(http)
    shelf.boards.meta._con.execute("PRAGMA query_only = 0")

    assert (answer.status_code, "meta.db" in answer.json()["message"]) == (500, True)
    assert (await save(http)).status_code == 200
