"""Importing dashboards: by file, by dropping, by pasting, one and many; what each becomes is shown before it is saved."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from library_support import guide_dashboards
from looks import VIEWS, assert_looks_right

GUIDES = guide_dashboards()
needs_guides = pytest.mark.skipif(not GUIDES, reason="the guides are not at hand (shared/seeds beside the checkout)")
GRAPH = {"type": "graph", "title": "Rate", "yaxes": [{"format": "reqps"}], "targets": [{"expr": "up"}]}
DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "application/json" }));
  for (const type of ["dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def board(title: str, **more) -> dict:
    return {"title": title, "panels": [{"id": 1, **GRAPH}], **more}


def give(page, *files: tuple[str, object]) -> None:
    """Choose files as with the picker; what is no text and no bytes is written as JSON."""
    as_bytes = lambda content: content if isinstance(content, bytes) else content.encode()  # noqa: E731
    payload = [
        {
            "name": name,
            "mimeType": "application/json",
            "buffer": as_bytes(content if isinstance(content, bytes | str) else json.dumps(content)),
        }
        for name, content in files
    ]
    page.locator("input[type=file][accept]").set_input_files(payload)


def card(page, title: str):
    return page.get_by_role("article", name=title)


def run(page, count: str) -> None:
    page.get_by_role("button", name=f"Import {count}").click()
    page.get_by_role("button", name="Import more").wait_for()


@needs_guides
@pytest.mark.parametrize(
    ("title", "notes"),
    [
        ("Hybrid AI Stack - Main Dashboard", ["An old pie chart", "The unit is that of the left axis, reqps"]),
        ("Sidepanel Overview", []),
    ],
)
def test_the_dashboards_of_the_guides_are_imported_unchanged(open_library, library, title, notes):
    page = open_library("dashboards/import")
    give(page, ("guide.json", GUIDES[title]))
    seen = card(page, title)
    seen.wait_for()
    seen.get_by_text(re.compile(r"\d+ panels: ")).wait_for()
    for note in notes:
        assert note.lower() in seen.inner_text().lower()
    assert re.search(r"\d+ things are translated", seen.inner_text())
    run(page, "1 dashboard")

    (uid,) = library.hits()
    expected = json.loads(GUIDES[title])["dashboard"]
    assert library.original(uid) in GUIDES[title]
    assert json.loads(library.original(uid)) == expected
    seen.get_by_role("link", name="Open").click()
    page.wait_for_function(
        "count => document.querySelectorAll('[data-panel]').length >= count", arg=min(4, len(expected["panels"]))
    )
    chip = page.get_by_role("button", name=re.compile(r"\d+ translated"))
    chip.click()
    page.get_by_role("dialog", name=re.compile("translated")).get_by_role("listitem").first.wait_for()
    assert page.watch.complaints == []


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_every_state_looks_right(open_library, library, width, theme):
    library.save("Here", uid="here")
    page = open_library("dashboards/import", width=width, theme=theme)
    page.get_by_role("heading", name="Drop dashboards here").wait_for()
    assert_looks_right(page, width)
    page.get_by_role("button", name="Paste JSON").click()
    page.get_by_label("JSON of a dashboard").wait_for()
    assert_looks_right(page, width)
    page.keyboard.press("Escape")
    inputs = [{"name": "DS_X", "label": "Prometheus", "type": "datasource", "pluginId": "prometheus"}]
    long = "A title that is longer than any room that there is for it on a screen " * 3
    give(
        page,
        ("new.json", board(long, __inputs=inputs)),
        ("here.json", board("Here, otherwise", uid="here")),
        ("broken.json", '{"title": "x",\n}'),
    )
    page.get_by_text("Here already: “Here”").wait_for()
    page.locator("summary").first.click()
    assert_looks_right(page, width)
    page.get_by_label(re.compile("^Skip")).click()
    page.get_by_text("Skipped. “Here”").wait_for()
    assert_looks_right(page, width)
    run(page, "1 dashboard")
    assert_looks_right(page, width)


def test_a_dropped_file_and_pasted_json_are_taken(open_library, library):
    page = open_library("dashboards/import")
    page.get_by_role("heading", name="Drop dashboards here").wait_for()
    page.evaluate(DROP, ["a.json", json.dumps(board("Dropped"))])
    card(page, "Dropped").wait_for()
    page.get_by_role("button", name="Paste JSON").click()
    text = json.dumps({"dashboard": board("Pasted")})
    page.get_by_label("JSON of a dashboard").fill(text.replace(",", "", 1))
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("It is not JSON").wait_for()
    assert page.get_by_label("JSON of a dashboard").input_value() == text.replace(",", "", 1)
    page.get_by_label("JSON of a dashboard").fill(text)
    page.get_by_role("button", name="Look at it").click()
    card(page, "Pasted").wait_for()
    page.evaluate(
        "text => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true })); }",
        json.dumps(board("Pasted outside")),
    )
    card(page, "Pasted outside").wait_for()
    run(page, "3 dashboards")

    assert {hit["title"] for hit in library.hits().values()} == {"Dropped", "Pasted", "Pasted outside"}


def test_what_is_dropped_on_the_list_is_looked_at(open_library):
    page = open_library("dashboards")
    page.get_by_role("textbox", name="Search dashboards").wait_for()
    page.evaluate(DROP, ["a.json", json.dumps(board("Dropped"))])

    card(page, "Dropped").wait_for()


def test_an_export_is_taken_back_with_its_folders(open_library, library):
    folder = library.folder("Team")
    for number in range(12):
        library.save(f"Number {number}", uid=f"n{number}", folder=folder)
    bundle = library.send("GET", "api/dashboards/export")
    before = library.original("n3")
    library.clear()
    page = open_library("dashboards/import")
    give(page, ("dashboards.json", bundle))
    card(page, "Number 11").get_by_text("dashboards.json, dashboard").wait_for()
    run(page, "12 dashboards")

    assert page.get_by_text("12 dashboards imported.").is_visible()
    assert {hit["folderTitle"] for hit in library.hits().values()} == {"Team"}
    assert library.original("n3") == before
    page.get_by_role("button", name="Import more").click()
    give(page, ("dashboards.json", bundle))
    page.get_by_text("exactly the same").nth(11).wait_for()
    assert page.get_by_role("button", name="Import", exact=True).is_disabled()


def test_all_go_into_one_folder_that_is_made_on_the_way(open_library, library):
    page = open_library("dashboards/import")
    give(page, ("a.json", board("A")), ("b.json", board("B")))
    card(page, "B").get_by_text("1 panel:").wait_for()
    page.get_by_role("group", name="For all of them").get_by_label("Folder").select_option(label="A new folder…")
    page.get_by_label("Name of the new folder").fill("Made here")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => [...document.querySelectorAll('article select')].every((e) => e.selectedOptions[0].text === 'Made here')"
    )
    run(page, "2 dashboards")

    assert {hit["folderTitle"] for hit in library.hits().values()} == {"Made here"}


@pytest.mark.parametrize(
    ("choice", "titles", "version"),
    [("Keep both", {"Here", "Otherwise"}, 1), ("Replace", {"Otherwise"}, 2), ("Skip", {"Here"}, 1)],
)
def test_one_that_is_there_already_is_decided_about(open_library, library, choice, titles, version):
    library.save("Here", uid="here")
    page = open_library("dashboards/import")
    give(page, ("a.json", board("Otherwise", uid="here")))
    seen = card(page, "Otherwise")
    seen.get_by_text("Here already: “Here”, saved at").wait_for()
    button = page.get_by_role("button", name=re.compile("^Import"))
    assert button.last.is_disabled()
    seen.get_by_label(re.compile(f"^{choice}")).click()
    if choice != "Skip":
        run(page, "1 dashboard")

    assert {hit["title"] for hit in library.hits().values()} == titles
    assert library.send("GET", "api/dashboards/uid/here")["meta"]["version"] == version


def test_a_skipped_one_says_so_in_a_line_and_can_be_decided_again_by_key(open_library, library):
    library.save("Here", uid="here")
    page = open_library("dashboards/import")
    give(page, ("a.json", board("Otherwise", uid="here")))
    seen = card(page, "Otherwise")
    seen.get_by_label(re.compile("^Skip")).focus()
    page.keyboard.press("Space")
    seen.get_by_text("Skipped. “Here”").wait_for()
    assert seen.get_by_role("radio").count() == 0
    assert seen.get_by_text("Title, folder, panels").count() == 0
    assert page.evaluate("document.activeElement.innerText") == "Decide again"
    page.keyboard.press("Enter")
    seen.get_by_role("radio").first.wait_for()

    assert page.evaluate("document.activeElement.type") == "radio"


def test_one_that_comes_from_a_file_cannot_be_replaced(open_library, library):
    (library.disk / "a.json").write_text(json.dumps(board("File", uid="file")))
    library.look_at_disk()
    page = open_library("dashboards/import")
    give(page, ("a.json", board("Otherwise", uid="file")))
    seen = card(page, "Otherwise")
    seen.get_by_text("from the file a.json").wait_for()

    assert seen.get_by_label(re.compile("^Replace")).count() == 0
    assert seen.get_by_text("read-only").is_visible()


def test_two_files_of_one_uid_meet_and_the_second_is_asked_about(open_library, library):
    page = open_library("dashboards/import")
    give(page, ("a.json", board("First", uid="same")), ("b.json", board("Second", uid="same")))
    card(page, "Second").get_by_text("1 panel:").wait_for()
    run(page, "2 dashboards")
    second = page.get_by_role("article").nth(1)
    assert "is there already" in second.inner_text()
    second.get_by_role("button", name="Keep both").click()
    run(page, "1 dashboard")

    assert {hit["title"] for hit in library.hits().values()} == {"First", "Second"}


def test_what_a_shared_dashboard_asks_for_is_filled_in(open_library, library):
    inputs = [
        {"name": "DS_X", "label": "Metrics", "type": "datasource", "pluginId": "prometheus"},
        {"name": "VAR_W", "label": "Window", "type": "constant", "value": "5m"},
    ]
    panel = {"id": 1, "type": "stat", "datasource": "${DS_X}", "targets": [{"expr": "rate(up[${VAR_W}])"}]}
    page = open_library("dashboards/import")
    give(page, ("shared.json", {"title": "Shared", "__inputs": inputs, "panels": [panel]}))
    seen = card(page, "Shared")
    source = seen.get_by_label("Metrics")
    source.wait_for()
    assert source.locator("option:checked").inner_text() == "the default source"
    source.select_option(index=1)
    seen.get_by_label("Window").fill("1m")
    seen.get_by_label("Title").fill("Shared with us")
    run(page, "1 dashboard")

    (uid,) = library.hits()
    saved = json.loads(library.original(uid))
    assert saved["title"] == "Shared with us"
    assert saved["panels"][0]["datasource"] == "embedded"
    assert saved["panels"][0]["targets"][0]["expr"] == "rate(up[1m])"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"title": "x",\n "panels": [}\n', "line 2, column 13"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "no text"),
        (gzip.compress(b"{}"), "gzip"),
        (b"PK\x03\x04 and so on", "ZIP"),
        ("<!doctype html><title>Sign in</title>", "HTML"),
        ("", "empty"),
        ("[]", "no dashboard"),
        ('{"groups": []}', "rules of Prometheus"),
        ("42", "JSON object"),
        ('{"a":' * 20_000, "nested"),
        (json.dumps({"title": "Large", "panels": [], "pad": "x" * (20 * 2**20)}), "dashboards.size_limit"),
    ],
    ids=["line", "picture", "gzip", "zip", "html", "empty", "none", "rules", "number", "deep", "20 MB"],
)
def test_what_is_no_dashboard_is_named_with_the_reason(open_library, library, content, said):
    page = open_library("dashboards/import")
    give(page, ("wrong.json", content), ("right.json", board("Right")))
    card(page, "Right").get_by_text("1 panel:").wait_for()
    alert = page.get_by_role("alert").first
    alert.wait_for(timeout=60_000)

    assert said in alert.inner_text()
    assert page.get_by_text("wrong.json").first.is_visible()
    run(page, "1 dashboard")
    assert {hit["title"] for hit in library.hits().values()} == {"Right"}


def test_a_server_that_is_gone_is_said_for_each_and_it_can_be_tried_again(open_library, library):
    page = open_library("dashboards/import")
    give(page, ("a.json", board("A")))
    card(page, "A").get_by_text("1 panel:").wait_for()
    page.route("**/api/dashboards/import?*", lambda route: route.abort())
    page.get_by_role("button", name="Import 1 dashboard").click()
    card(page, "A").get_by_text("The server cannot be reached.").wait_for()
    page.unroute("**/api/dashboards/import?*")
    card(page, "A").get_by_role("button", name="Try again").click()
    run(page, "1 dashboard")

    assert {hit["title"] for hit in library.hits().values()} == {"A"}
