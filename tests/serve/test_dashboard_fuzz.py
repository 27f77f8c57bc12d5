"""Whatever is sent to the addresses of dashboards, the answer is JSON and never a fault of ours."""

import asyncio
import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelf_support import NoLibrary, draft, make_shelf

from watchglass.serve.http import build_application

LIKELY = [
    "",
    "u",
    "general",
    "a/b",
    "x" * 50,
    "\ud800",
    "é\x00",
    "true",
    "-1",
    "1",
    "9" * 30,
    None,
    True,
    0,
    1,
    2.5,
    -3,
    1e300,
]
KEYS = [
    "dashboard",
    "uid",
    "id",
    "title",
    "tags",
    "version",
    "panels",
    "rows",
    "folderUid",
    "folderId",
    "overwrite",
    "message",
]
KEYS += [
    "meta",
    "spec",
    "apiVersion",
    "metadata",
    "items",
    "dashboards",
    "folders",
    "text",
    "time",
    "timeEnd",
    "panelId",
]
KEYS += [
    "dashboardUID",
    "what",
    "when",
    "name",
    "json",
    "targets",
    "type",
    "annotations",
    "templating",
    "list",
    "elements",
]
VALUES = st.recursive(
    st.sampled_from(LIKELY) | st.text(max_size=8) | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=15,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5)
SOUND = {"title": "T", "text": "t", "what": "w", "version": 1, "overwrite": True}
BODIES = st.one_of(
    OBJECTS.map(lambda board: SOUND | {"dashboard": {"title": "T"} | board}),
    OBJECTS.map(lambda board: {"title": "T", "panels": []} | board),
    OBJECTS.map(lambda content: content | SOUND),
    OBJECTS,
    VALUES,
)
WRITES = [
    ("POST", "/api/dashboards/db"),
    ("POST", "/api/dashboards/import"),
    ("POST", "/api/dashboards/uid/u/restore"),
    ("POST", "/api/folders"),
    ("PUT", "/api/folders/u"),
    ("POST", "/api/annotations"),
    ("PATCH", "/api/annotations/1"),
    ("POST", "/api/annotations/graphite"),
]
READS = ["/api/search", "/api/folders", "/api/annotations", "/api/annotations/tags", "/api/dashboards/export"]
READS += [
    "/api/dashboards/tags",
    "/api/dashboards/uid/u",
    "/api/dashboards/uid/u/versions",
    "/api/dashboards/uid/u/versions/1",
]
READS += [
    "/api/v1/watchglass/dashboards/u",
    "/api/v1/watchglass/dashboards/u/original",
    "/api/v1/watchglass/provisioning",
]
NAMES = [
    "query",
    "tag",
    "type",
    "limit",
    "page",
    "sort",
    "starred",
    "folderUIDs",
    "dashboardUIDs",
    "from",
    "to",
    "tags",
    "start",
]
NAMES += [
    "dashboardUID",
    "dashboardId",
    "panelId",
    "uid",
    "folderUid",
    "conflict",
    "overwrite",
    "parentUid",
    "matchAny",
]
PARAMS = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(LIKELY).filter(lambda value: value != "\ud800"), max_size=4
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    shelf = make_shelf(tmp_path_factory.mktemp("shelf"))
    shelf.boards.save(draft(uid="u"), "me")
    shelf.folders.create("U", "me", "u")
    yield shelf
    shelf.boards.meta.close()


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.tuples(st.sampled_from(WRITES), BODIES, st.sampled_from(READS), PARAMS))
def test_api(shelf, make_parts, asked):
    transport = httpx.ASGITransport(app=build_application(make_parts(dashboards=NoLibrary(), shelf=shelf)))
    (method, path), body, read, params = asked

    async def ask():
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            content, headers = json.dumps(body), {"Content-Type": "application/json"}
            yield await client.request(method, path, content=content, params=params, headers=headers)
            yield await client.get(read, params=params)

    async def answers():
        return [answer async for answer in ask()]

    for answer in asyncio.run(answers()):
        assert answer.status_code < 500, answer.text
        content = answer.json()
        assert answer.status_code == 200 or content["message"]
