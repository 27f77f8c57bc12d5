"""The web UI's files: caching, compression, one page for every address, and nothing outside the folder."""

import gzip
from urllib.parse import urljoin

import pytest

from watchglass.serve import ui
from watchglass.serve.options import WebOptions

pytestmark = pytest.mark.anyio

INDEX = "<!doctype html><html><head><title>x</title></head></html>"


@pytest.fixture
def static(tmp_path, monkeypatch):
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets/app-1a2b.js").write_text("let a")
    (folder / "assets/app-1a2b.js.gz").write_bytes(gzip.compress(b"let a"))
    (folder / "assets/packed-3c.css.gz").write_bytes(gzip.compress(b"a{}"))
    (folder / ".build-hash").write_text("x")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(ui, "STATIC", folder)
    return folder


@pytest.fixture
async def client(static, make_client):
    async with make_client() as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/d/host/this-machine", "/d/host", "/graph", "/targets", "/explore", "/status", "/flags"]
)
async def test_every_page_is_the_one_page_with_its_base_and_build(client, path):
    answer = await client.get(path)
    assert answer.status_code == 200
    build = answer.headers["etag"].strip('"')
    head = f'<head><base href="/"><meta name="watchglass-build" content="{build}"><meta name="watchglass-refresh" content="30000">'
    assert answer.text == INDEX.replace("<head>", head)
    assert (await client.head(path)).headers["etag"] == f'"{build}"'
    assert answer.headers["cache-control"] == "no-cache"
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_says_how_often_dashboards_refresh_and_is_another_one_when_that_changes(
    client, make_client, make_parts
):
    never = await make_client(make_parts(WebOptions(refresh_ms=0))).get("/")
    assert '<meta name="watchglass-refresh" content="0">' in never.text
    assert never.headers["etag"] != (await client.get("/")).headers["etag"]


@pytest.mark.parametrize(
    ("path", "uid"), [("/", "this-machine"), ("/d/host", "host"), ("/d/a%20b", "a%20b"), ("/d/host/slug", "host")]
)
async def test_a_dashboards_page_names_what_its_scripts_ask_for_first(client, path, uid):
    linked = (await client.get(path)).headers.get_list("link")
    assert linked == [
        f"<{address}>; rel=preload; as=fetch; crossorigin"
        for address in ("/api/datasources", f"/api/v1/watchglass/dashboards/{uid}")
    ]
    assert "link" not in (await client.get("/targets")).headers


@pytest.mark.parametrize("path", ["/import", "/dashboard/import", "/watch/import"])
async def test_other_addresses_of_the_import_page_lead_to_it(client, path):
    answer = await client.get(path.removeprefix("/watch"))
    assert answer.status_code == 302
    assert (
        urljoin(path, answer.headers["location"])
        == path.partition("import")[0].replace("dashboard/", "") + "dashboards/import"
    )


async def test_a_new_build_is_seen_without_a_restart(client, static):
    before = await client.get("/")
    (static / "index.html").write_text(INDEX.replace("x", "y"))
    (static / "assets/new-3c.css").write_text("a{}")
    after = await client.get("/")
    assert "<title>y</title>" in after.text
    assert after.headers["etag"] != before.headers["etag"]
    assert (await client.get("/assets/new-3c.css")).headers["content-type"] == "text/css; charset=utf-8"


async def test_hashed_files_are_kept_for_ever_and_others_are_asked_for(client):
    hashed = await client.get("/assets/app-1a2b.js")
    assert "immutable" in hashed.headers["cache-control"]
    assert hashed.headers["content-type"] == "text/javascript; charset=utf-8"
    plain = await client.get("/favicon.svg")
    assert plain.headers["cache-control"] == "no-cache"
    assert (
        await client.get("/favicon.svg", headers={"if-none-match": f"W/{plain.headers['etag']}"})
    ).status_code == 304


async def test_a_compressed_twin_is_sent_where_it_is_taken(client):
    answer = await client.get("/assets/app-1a2b.js", headers={"accept-encoding": "gzip, zstd"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "let a"
    plain = await client.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    assert plain.text == "let a"


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_a_file_may_lie_there_packed_alone(client, encoding):
    answer = await client.get("/assets/packed-3c.css", headers={"accept-encoding": encoding})
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert (answer.text, answer.headers["content-type"]) == ("a{}", "text/css; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/link.txt",
        "/.build-hash",
        "/assets/",
        "/nope",
        "//etc/passwd",
    ],
)
async def test_nothing_else_is_there(client, path):
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_people_get_the_page_where_there_is_nothing_and_programs_a_word(client):
    people = await client.get("/nope", headers={"accept": "text/html,*/*"})
    assert (people.status_code, people.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<title>" in people.text
    assert (await client.get("/nope")).text == "Not Found\n"


async def test_a_page_is_not_a_place_to_post_to(client):
    assert (await client.post("/graph")).status_code == 405
    assert (await client.post("/nope")).status_code == 404


async def test_without_a_build_the_api_is_still_served(tmp_path, monkeypatch, make_client, caplog):
    monkeypatch.setattr(ui, "STATIC", tmp_path / "missing")
    async with make_client() as client:
        for _ in range(2):
            answer = await client.get("/")
            assert "not part of this installation" in answer.text
        assert (await client.get("/-/healthy")).status_code == 200
    assert caplog.text.count("web UI is not part") == 1
