"""Deleted dashboards over HTTP: the list, what comes back and how, and what goes for good."""

import pytest
from shelf_support import NOW_MS, NoLibrary, make_shelf

from watchglass.dashboards.trash import DAY_MS

pytestmark = pytest.mark.anyio
LIST = "/api/v1/watchglass/deleted_dashboards"
BACK = "/api/v1/watchglass/dashboards/{}/undelete"


@pytest.fixture
async def http(make_parts, make_client, tmp_path):
    shelf = make_shelf(tmp_path)
    async with make_client(make_parts(dashboards=NoLibrary(), shelf=shelf)) as client:
        yield client
    shelf.boards.meta.close()


async def save(http, uid, title, folder_uid=""):
    board = {"uid": uid, "title": title, "panels": []}
    answer = await http.post("/api/dashboards/db", json={"dashboard": board, "folderUid": folder_uid})
    assert answer.status_code == 200


async def delete(http, uid, title, folder_uid=""):
    await save(http, uid, title, folder_uid)
    await http.delete(f"/api/dashboards/uid/{uid}")


async def test_the_list(http):
    assert (await http.get(LIST)).json() == {"keptMs": 30 * DAY_MS, "total": 0, "dashboards": []}
    await delete(http, "a", "A")
    await delete(http, "b", "B")

    answer = (await http.get(LIST, params={"limit": "1"})).json()
    assert answer == {
        "keptMs": 30 * DAY_MS,
        "total": 2,
        "dashboards": [
            {
                "id": 2,
                "uid": "b",
                "title": "B",
                "folderUid": "",
                "folderTitle": "",
                "version": 1,
                "updatedMs": NOW_MS,
                "updatedBy": "anonymous",
                "deletedMs": NOW_MS,
                "goneMs": NOW_MS + 30 * DAY_MS,
            }
        ],
    }


async def test_deleting_for_good(http):
    await delete(http, "a", "A")

    assert (await http.delete(f"{LIST}/1")).json() == {"title": "A", "message": "Dashboard A deleted for good"}
    assert (await http.get(LIST)).json()["dashboards"] == []
    for number in ("1", "x", "9" * 40):
        answer = await http.delete(f"{LIST}/{number}")
        assert (answer.status_code, answer.json()["status"]) == (404, "not-found")


async def test_a_taken_uid_is_said_and_a_copy_can_be_had(http):
    await delete(http, "a", "Old")
    await save(http, "a", "New")

    refused = await http.post(BACK.format("a"))
    assert (refused.status_code, refused.json()["status"], refused.json()["title"]) == (412, "uid-exists", "New")
    assert "a dashboard with the same uid" in refused.json()["message"]
    copy = await http.post(BACK.format("a"), params={"conflict": "copy", "id": "1"})
    assert copy.status_code == 200
    assert copy.json()["uid"].startswith("old-")
    assert copy.json()["notes"] == ["its address was taken: it has a new one"]


async def test_what_is_not_as_it_was_is_said(http):
    folder = (await http.post("/api/folders", json={"title": "Team"})).json()["uid"]
    await delete(http, "a", "Same", folder)
    await http.delete(f"/api/folders/{folder}")
    await save(http, "b", "Same")

    back = (await http.post(BACK.format("a"))).json()
    assert (back["uid"], back["title"], back["folderUid"]) == ("a", "Same", "")
    assert back["notes"] == [
        "its folder is gone: it is in none now",
        "another dashboard in the same place has the same title",
    ]


@pytest.mark.parametrize(
    ("params", "status"), [({"conflict": "replace"}, 400), ({"id": "2"}, 404), ({"id": "-1"}, 404), ({"id": "x"}, 404)]
)
async def test_wrong_questions_change_nothing(http, params, status):
    await delete(http, "a", "A")

    assert (await http.post(BACK.format("a"), params=params)).status_code == status
    assert (await http.get(LIST)).json()["total"] == 1
