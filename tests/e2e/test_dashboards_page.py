"""The list of dashboards: finding, starring, putting in folders, taking out, deleting, and what is on disk."""

from __future__ import annotations

import json
import re

import pytest
from e2e_server import wait_until
from looks import VIEWS, assert_looks_right

HOSTILE = '<img src=x onerror="window.hacked=1">'


def fill(library) -> None:
    """A folder, an empty folder, tags, a star, a file, a broken file, and a title that would be a script."""
    chat = library.folder("Chat")
    library.folder("Nothing in it")
    library.save("Cost of chat", folder=chat, uid="cost", tags=["llm", "money"], description="What each model costs.")
    library.save("Latency of chat", folder=chat, uid="latency", tags=["llm", "a", "b", "c"])
    library.save(HOSTILE, uid="hostile", tags=[HOSTILE])
    library.save(
        "A title that is much longer than there is room for on any screen that people carry around " * 2, uid="long"
    )
    (library.disk / "good.json").write_text('{"uid":"good","title":"From disk","panels":[]}')
    library.look_at_disk()
    (library.disk / "good.json").write_text('{"uid":"good","title":"From disk",')
    library.look_at_disk()
    library.send("POST", "api/user/stars/dashboard/uid/cost", {})


def row(page, title: str):
    return page.locator("[data-row]").filter(has=page.get_by_role("link", name=title))


def titles(page) -> list[str]:
    return [text.strip() for text in page.locator("[data-row] [class*=_title]").all_text_contents()]


def choose(page, title: str, choice: str) -> None:
    page.get_by_role("button", name=f"More of {title}").click()
    page.get_by_role("button", name=choice).click()


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_a_full_list_looks_right(open_library, library, width, theme):
    fill(library)
    page = open_library("dashboards", width=width, theme=theme)
    row(page, "Cost of chat").wait_for()
    page.get_by_label("Select Cost of chat").check()

    page.get_by_role("region", name="Selected dashboards").wait_for()
    assert_looks_right(page, width)
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_an_empty_one_says_how_dashboards_get_here(open_library, width, theme):
    page = open_library("dashboards", width=width, theme=theme)
    page.get_by_role("heading", name="Bring your dashboards").wait_for()

    assert page.get_by_text("watchglass.yml").is_visible()
    assert page.get_by_text("api/dashboards/db").is_visible()
    assert_looks_right(page, width)
    page.get_by_role("link", name="Import Grafana JSON").click()
    page.get_by_role("heading", name="Drop dashboards here").wait_for()


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_what_is_asked_before_something_is_done_looks_right(open_library, library, width, theme):
    library.save("One", folder=library.folder("Team"), tags=["db"])
    page = open_library("dashboards?query=nothing+of+that+name", width=width, theme=theme)
    page.get_by_role("button", name="Clear the search").wait_for()
    assert_looks_right(page, width)
    page.get_by_role("button", name="Clear the search").click()
    page.get_by_label("Select One").check()
    for name in ("Move…", "Delete…"):
        page.get_by_role("region", name="Selected dashboards").get_by_role("button", name=name).click()
        page.get_by_role("dialog").wait_for()
        assert_looks_right(page, width)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="New folder…").click()
    page.get_by_label("Name of the folder").wait_for()
    assert_looks_right(page, width)


def test_search_goes_over_titles_tags_folders_and_descriptions(open_library, library):
    fill(library)
    page = open_library("dashboards")
    row(page, "Cost of chat").wait_for()
    page.keyboard.press("/")
    search = page.get_by_role("textbox", name="Search dashboards")

    for typed, found in [
        ("latncy", ["Latency of chat"]),
        ("money", ["Cost of chat"]),
        ("each model", ["Cost of chat"]),
        ("chat", ["Cost of chat", "Latency of chat"]),
        ("nothing like it", []),
    ]:
        search.fill(typed)
        page.wait_for_function("text => new URLSearchParams(location.search).get('query') === text", arg=typed)
        assert titles(page) == found
    assert page.get_by_text("Nothing is called “nothing like it”").is_visible()
    page.get_by_role("button", name="Clear the search").click()
    row(page, "From disk").wait_for()


def test_the_list_can_be_used_by_keys_alone(open_library, library):
    fill(library)
    page = open_library("dashboards?query=chat")
    row(page, "Cost of chat").wait_for()
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "Latency" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("x")
    assert page.get_by_label("Select Latency of chat").is_checked()
    page.keyboard.press("s")
    wait_until(lambda: set(library.send("GET", "api/user/stars")) == {"cost", "latency"}, "the second star")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.querySelectorAll('[data-row] input:checked').length === 0")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.ariaLabel") == "Search dashboards"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/d/cost/"))


def test_tags_stars_and_order_stand_in_the_address(open_library, library):
    fill(library)
    page = open_library("dashboards?tag=llm&starred=true")
    row(page, "Cost of chat").wait_for()
    assert titles(page) == ["Cost of chat"]
    page.get_by_role("button", name="Starred", exact=True).click()
    row(page, "Latency of chat").wait_for()
    page.get_by_role("button", name="Order of the list").click()
    page.get_by_role("button", name="Last saved first").click()
    page.wait_for_function("() => location.search.includes('sort=saved')")
    assert titles(page) == ["Latency of chat", "Cost of chat"]
    page.get_by_role("button", name="money", exact=True).click()
    page.wait_for_function("() => document.querySelectorAll('[data-row]').length === 1")
    page.get_by_role("button", name=re.compile("^Tags")).click()
    page.get_by_role("option", name="All").click()
    page.wait_for_function("() => !location.search.includes('tag=')")


def test_what_has_a_star_or_was_viewed_is_at_hand(open_library, library):
    library.save("Seen", uid="seen")
    library.save("Favourite", uid="favourite")
    page = open_library("dashboards")
    page.get_by_role("button", name="Star Favourite").click()
    recent = page.get_by_role("navigation", name="Starred and recently viewed")
    recent.get_by_role("link", name="Favourite").wait_for()
    wait_until(lambda: library.send("GET", "api/user/stars") == ["favourite"], "the star on the server")

    row(page, "Seen").get_by_role("link").click()
    page.locator("[data-panel]").wait_for()
    page.go_back()
    recent.get_by_role("link", name="Seen").wait_for()
    assert recent.get_by_role("link").first.inner_text().startswith("Favourite")


def test_it_is_said_what_each_one_is(open_library, library):
    fill(library)
    page = open_library("dashboards")
    row(page, "Cost of chat").wait_for()

    assert re.search(r"Saved \d+ s ago", row(page, "Cost of chat").inner_text())
    assert "Built in" in row(page, "This machine").inner_text()
    page.get_by_role("button", name="More of This machine").click()
    assert page.get_by_role("button", name="Delete…").count() == 0


def test_folders_are_made_renamed_and_deleted_when_empty(open_library, library):
    library.save("Inside", folder=library.folder("Full"))
    page = open_library("dashboards")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="New folder…").click()
    page.get_by_label("Name of the folder").fill("Empty")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Empty").wait_for()

    page.get_by_role("button", name="More of the folder Empty").click()
    page.get_by_role("button", name="Rename…").click()
    page.get_by_label("Name of the folder").fill("Still empty")
    page.get_by_role("button", name="Rename", exact=True).click()
    page.get_by_role("heading", name="Still empty").wait_for()
    page.get_by_role("button", name="More of the folder Full").click()
    assert page.get_by_text("Only an empty folder can be deleted").is_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="More of the folder Still empty").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("The folder “Still empty” was deleted.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("heading", name="Still empty").wait_for()


def test_a_folder_of_that_name_is_refused_in_the_dialog(open_library, library):
    library.folder("There")
    page = open_library("dashboards")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="New folder…").click()
    page.get_by_label("Name of the folder").fill("There")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("alert").wait_for()

    assert "same name" in page.get_by_role("alert").inner_text() or "exists" in page.get_by_role("alert").inner_text()


def test_several_are_moved_and_moved_back(open_library, library):
    library.save("One", uid="one")
    library.save("Two", uid="two")
    before = library.original("one")
    page = open_library("dashboards")
    page.get_by_label("Select One").check()
    page.get_by_label("Select Two").check()
    page.get_by_role("button", name="Move…").click()
    page.get_by_label("Name of the folder").fill("Team")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("2 dashboards moved to Team.").wait_for()
    assert {hit.get("folderTitle") for hit in library.hits().values()} == {"Team"}

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Moved back.").wait_for()
    assert {hit.get("folderTitle") for hit in library.hits().values()} == {None}
    assert library.original("one") == before


def test_what_was_deleted_can_be_brought_back(open_library, library):
    folder = library.folder("Keep")
    library.save("Gone", uid="gone", folder=folder, tags=["w"])
    library.save("Gone", uid="gone", folder=folder, tags=["x"], version=1)
    before = library.original("gone")
    page = open_library("dashboards")
    choose(page, "Gone", "Delete…")
    page.get_by_role("dialog").get_by_text("Gone in Keep").wait_for()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("“Gone” deleted.").wait_for()
    assert library.hits() == {}

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("“Gone” brought back.").wait_for()
    assert library.original("gone") == before
    assert library.hits()["gone"]["folderUid"] == folder
    versions = library.send("GET", "api/dashboards/uid/gone/versions")["versions"]
    assert [each["version"] for each in versions] == [2, 1]


def delete(library, title: str, uid: str, folder: str = "") -> None:
    library.save(title, uid=uid, folder=folder)
    library.send("DELETE", f"api/dashboards/uid/{uid}")


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_what_was_deleted_lately_looks_right(open_library, library, width, theme):
    folder = library.folder("Goes with its dashboard")
    delete(library, "A title that is much longer than there is room for " * 3, "long", folder)
    library.send("DELETE", f"api/folders/{folder}")
    delete(library, HOSTILE, "hostile", library.folder("Chat"))
    page = open_library("dashboards/deleted", width=width, theme=theme)
    page.get_by_text("Goes with its dashboard (gone)").wait_for()

    assert page.get_by_text("2 dashboards", exact=True).is_visible()
    assert page.get_by_text("30 d left").count() == 2
    assert_looks_right(page, width)
    assert page.evaluate("window.hacked") is None
    page.get_by_role("button", name=f"Delete {HOSTILE} for good…").click()
    page.get_by_role("dialog").get_by_text("nothing brings it back").wait_for()
    assert_looks_right(page, width)


def test_what_was_deleted_is_restored_or_goes_for_good_by_keys_alone(open_library, library):
    folder = library.folder("Keep")
    for uid in ("one", "two", "three"):
        delete(library, uid.capitalize(), uid, folder)
    library.save("Another", uid="two")
    page = open_library("dashboards")
    page.get_by_role("link", name="Recently deleted").click()
    page.get_by_role("button", name="Restore Three").focus()
    page.keyboard.press("Enter")
    page.get_by_text("“Three” is back.").wait_for()
    assert library.hits()["three"]["folderUid"] == folder

    page.wait_for_function("() => document.activeElement.ariaLabel === 'Restore Two'")
    page.keyboard.press("Enter")
    page.get_by_text("“Two” was not restored: “Another” has its address now.").wait_for()
    page.get_by_role("button", name="Restore a copy").click()
    page.get_by_text("“Two” is back: its address was taken: it has a new one.").wait_for()
    assert sorted(hit["title"] for hit in library.hits().values()) == ["Another", "Three", "Two"]

    page.get_by_role("button", name="Delete One for good…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Nothing was deleted lately").wait_for()
    assert page.get_by_text("“One” is gone for good.").is_visible()
    assert "one" not in library.hits()


def test_exports_are_taken_back_by_an_import(open_library, library, tmp_path):
    fill(library)
    page = open_library("dashboards")
    with page.expect_download() as one:
        choose(page, "Cost of chat", "Export as saved")
    assert one.value.path().read_text() == library.original("cost")
    with page.expect_download() as grafana:
        choose(page, "Cost of chat", "Export as Grafana JSON")
    current = json.loads(grafana.value.path().read_text())
    assert (current["title"], current["id"], grafana.value.suggested_filename) == (
        "Cost of chat",
        None,
        "cost-of-chat.json",
    )

    page.get_by_label("Select Cost of chat").check()
    page.get_by_label("Select This machine").check()
    assert page.get_by_text("1 read-only").is_visible()
    with page.expect_download() as several:
        page.get_by_role("region", name="Selected dashboards").get_by_role("button", name="Export").click()
    bundle = json.loads(several.value.path().read_text())
    assert [entry["dashboard"]["title"] for entry in bundle["dashboards"]] == ["Cost of chat", "This machine"]
    library.clear()
    answer = library.send("POST", "api/dashboards/import?conflict=copy", bundle)
    assert [each["status"] for each in answer["dashboards"]] == ["created", "created"]
    assert library.hits()["cost"]["folderTitle"] == "Chat"
    page.get_by_role("button", name="More", exact=True).click()
    with page.expect_download() as everything:
        page.get_by_role("button", name="Export all that is saved").click()
    assert len(json.loads(everything.value.path().read_text())["dashboards"]) == 2


def test_what_is_saved_elsewhere_appears_by_itself(open_library, library):
    page = open_library("dashboards")
    page.get_by_role("heading", name="Bring your dashboards").wait_for()
    library.save("From a script")

    row(page, "From a script").wait_for(timeout=10_000)


def test_a_broken_file_is_named_with_the_reason_and_its_last_good_version_stays(open_library, library):
    fill(library)
    page = open_library("dashboards")
    page.get_by_text("One file of dashboards on disk cannot be taken").wait_for()
    assert page.get_by_text(f"{library.disk}/good.json").is_visible()
    assert page.get_by_text(re.compile("line 1, column")).is_visible()
    assert page.get_by_text("The last good version is still shown.").is_visible()
    assert "File is wrong: shown as it was" in row(page, "From disk").inner_text()

    (library.disk / "good.json").write_text('{"uid":"good","title":"Mended","panels":[]}')
    library.look_at_disk()
    row(page, "Mended").wait_for(timeout=10_000)
    page.wait_for_function("() => !document.body.innerText.includes('cannot be taken')")
    assert "From good.json" in row(page, "Mended").inner_text()


def test_a_folder_has_an_address_of_its_own(open_library, library):
    fill(library)
    uid = library.hits()["cost"]["folderUid"]
    page = open_library(f"dashboards/f/{uid}/chat")
    row(page, "Latency of chat").wait_for()

    assert titles(page) == ["Cost of chat", "Latency of chat"]
    assert page.get_by_role("heading", level=1).inner_text().endswith("Chat")


def test_a_server_that_is_gone_leaves_the_list_and_says_what_was_not_done(open_library, library):
    library.save("Gone", uid="gone")
    page = open_library("dashboards")
    row(page, "Gone").wait_for()
    page.route("**/api/dashboards/uid/**", lambda route: route.abort())
    choose(page, "Gone", "Delete…")
    page.get_by_role("button", name="Delete", exact=True).click()

    page.get_by_text(re.compile("“Gone” not deleted: The server cannot be reached")).wait_for()
    assert row(page, "Gone").is_visible()


def test_an_open_page_follows_its_file_and_says_when_that_is_gone(open_library, library):
    document = {"uid": "kept", "title": "Before", "panels": []}
    path = library.disk / "kept.json"
    path.write_text(json.dumps(document))
    library.look_at_disk()
    page = open_library("d/kept")
    page.get_by_role("heading", name="Before").wait_for()

    path.write_text(json.dumps({**document, "title": "After"}))
    library.look_at_disk()
    page.get_by_role("heading", name="After").wait_for(timeout=25_000)

    path.unlink()
    library.look_at_disk()
    page.get_by_text("This dashboard is not there any more").wait_for(timeout=25_000)
    assert page.get_by_role("heading", name="After").is_visible()


def of_page(page, label: str) -> None:
    page.get_by_role("button", name="More of this dashboard").click()
    page.get_by_role("menuitem", name=label).click()


def test_an_open_dashboard_has_a_menu_of_its_own(open_library, library):
    library.save("Cost", uid="cost", tags=["money"])
    page = open_library("d/cost")
    of_page(page, "Star")
    page.get_by_role("button", name="More of this dashboard").click()
    page.get_by_role("menuitem", name="Take the star off").wait_for()
    page.keyboard.press("Escape")

    with page.expect_download() as saved:
        of_page(page, "Export as it was saved")
    assert json.loads(saved.value.path().read_text())["tags"] == ["money"]

    of_page(page, "Make a copy")
    page.get_by_role("heading", name="Edit: Cost (copy)").wait_for()
    assert sorted(hit["title"] for hit in library.hits().values()) == ["Cost", "Cost (copy)"]

    page.goto(f"{library.url}d/cost")
    of_page(page, "History")
    page.get_by_role("heading", name="Cost: history").wait_for()

    page.goto(f"{library.url}d/cost")
    of_page(page, "Delete")
    page.wait_for_url(re.compile("dashboards$"))
    assert "cost" not in library.hits()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile("d/cost"))
    page.get_by_role("heading", name="Cost").wait_for()
    assert "cost" in library.hits()


def test_a_page_takes_the_whole_screen_and_gives_it_back(open_library, library):
    library.save("Cost", uid="cost")
    page = open_library("d/cost")
    page.get_by_role("heading", name="Cost").wait_for()
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.get_by_role("navigation").wait_for(state="hidden")

    page.keyboard.press("f")
    page.get_by_role("navigation").wait_for()


def test_the_address_of_a_deleted_dashboard_leads_to_where_it_can_be_had_back(open_library, library):
    library.save("Cost", uid="cost")
    library.send("DELETE", "api/dashboards/uid/cost")
    page = open_library("d/cost")
    page.get_by_role("main").get_by_role("link", name="Recently deleted").click()
    page.get_by_text("Cost").wait_for()


def test_a_long_name_of_a_folder_leaves_its_menu_in_the_page(library, open_library):
    folder = library.folder("Team platform observability and reliability engineering dashboards")
    library.save("One of its dashboards", folder=folder, uid="one-of-them")
    page = open_library("dashboards", width=390)
    menu = page.get_by_role("button", name="More of the folder Team platform").bounding_box()

    assert menu["width"] >= 32
    assert menu["x"] + menu["width"] <= 390 - 12
