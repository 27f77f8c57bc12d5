"""Editing dashboards: panels added, moved, changed, saved, merged and restored; by mouse, keyboard and thumb."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest
from e2e_server import ask
from editing_support import board, document_of, focus_by_tab, save_all
from looks import VIEWS, assert_looks_right, assert_readable
from playwright.sync_api import expect

EVIL = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>"


def place_of(page, number: int) -> str:
    """Column, line, width and height of a panel as it stands on the page, the first column being 1."""
    style = "(e) => ['--x', '--y', '--w', '--h'].map((name) => e.style.getPropertyValue(name)).join(' ')"
    return page.locator(f"[data-panel='{number}']").evaluate(style)


def test_a_dashboard_is_made_with_the_keyboard_alone(open_page, server):
    page = open_page("dashboard/new")
    page.get_by_label("Title").wait_for()
    page.keyboard.type("Made by keys")
    focus_by_tab(page, "Start empty")
    page.keyboard.press("Enter")
    focus_by_tab(page, "Add a panel")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.wait_for_function("() => document.activeElement.closest('dialog') !== null")
    focus_by_tab(page, "Time seriesLines, areas or bars over time")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("editPanel=1"))
    page.locator("[data-query='A']").wait_for()
    page.wait_for_timeout(1500)  # the editor proper takes the field's place
    page.keyboard.type("node_load1")
    page.keyboard.press("Control+Enter")
    page.locator("[data-panel='1'] canvas").wait_for()
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").wait_for()
    page.wait_for_function("() => document.activeElement.tagName === 'INPUT'")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/d/[\w-]+/made-by-keys$"))
    page.reload()
    page.locator("[data-panel='1'] canvas").wait_for()
    assert page.get_by_role("heading", name="New time series").count() == 1
    uid = re.search(r"/d/([\w-]+)/", page.url)[1]
    assert document_of(server, uid)["panels"][0]["targets"][0]["expr"] == "node_load1"


def test_panels_are_moved_sized_copied_and_removed_by_key_and_undone(open_page, saved, server):
    saved(board("keys"))
    page = open_page("d/keys?edit")
    handle = page.get_by_role("button", name="Move Below", exact=True)
    handle.focus()
    page.keyboard.press("ArrowUp")
    assert place_of(page, 3) == "1 1 24 6"
    assert "Below: column 1, line 1, 24 wide, 6 high" in page.locator("[role=status]").all_inner_texts()
    page.keyboard.press("Shift+ArrowLeft")
    assert place_of(page, 3) == "1 1 23 6"
    page.keyboard.press("Control+z")
    assert place_of(page, 3) == "1 9 24 6", "steps of one hand count as one"

    page.get_by_role("button", name="Remove Left", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("[data-panel='1']").wait_for(state="detached")
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    page.locator("[data-panel='1']").wait_for()
    page.get_by_role("button", name="Duplicate Left").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Left (copy)").wait_for()
    save_all(page, "One more")

    page.wait_for_url(re.compile(r"/d/keys/[\w-]+$"))
    document = document_of(server, "keys")
    assert document["own"] == {"kept": [1, 2]}
    assert [(one["title"], one.get("own")) for one in document["panels"][:2]] == [
        ("Left", "kept"),
        ("Left (copy)", "kept"),
    ]
    assert ask(f"{server.url}api/dashboards/uid/keys/versions")["versions"][0]["message"] == "One more"


def test_a_panel_is_dragged_by_its_header_and_pulled_by_its_corner(open_page, saved):
    saved(board("drag"))
    page = open_page("d/drag?edit")
    handle = page.get_by_role("button", name="Move Left", exact=True).bounding_box()
    page.mouse.move(handle["x"] + 60, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 60 + handle["width"], handle["y"] + 14, steps=8)
    assert place_of(page, 2) == "13 9 12 8", "what is in the way gives way while one looks on"
    page.mouse.up()
    assert place_of(page, 1) == "13 1 12 8"

    box = page.locator("[data-panel='1']").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] + 38 * 2, steps=6)
    page.mouse.up()
    assert place_of(page, 1) == "13 1 12 10"

    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(200, 600, steps=5)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert place_of(page, 1) == "13 1 12 10", "Escape puts it back"


def test_on_narrow_screens_buttons_move_panels(open_page, saved):
    saved(board("narrow"))
    page = open_page("d/narrow?edit", width=390)
    page.get_by_role("button", name="Move down Left").click()
    order = "[...document.querySelectorAll('[data-panel]')].map((e) => e.dataset.panel).join('')"

    assert page.evaluate(order) == "213"


def test_type_unit_thresholds_and_legend_are_seen_at_once_and_saved(open_page, saved, server):
    saved(board("change"))
    page = open_page("d/change?edit&editPanel=1")
    preview = page.locator("[data-panel='1']")
    preview.locator("canvas").wait_for()
    page.get_by_label("Title", exact=True).fill("Load now")
    preview.get_by_role("heading", name="Load now").wait_for()
    page.get_by_role("button", name="Type: Time series").click()
    page.get_by_role("button", name="Stat", exact=True).click()
    preview.locator("canvas").wait_for(state="detached")
    page.get_by_label("Unit", exact=True).click()
    page.keyboard.type("percent (0.0")
    page.keyboard.press("Enter")
    preview.get_by_text(re.compile(r"\d\s*%")).first.wait_for()
    page.locator("summary", has_text="Thresholds").scroll_into_view_if_needed()
    page.get_by_role("button", name="Add a threshold").click()
    page.get_by_label("From", exact=True).fill("0.5")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Colour from 0.5").click()
    page.get_by_role("dialog").get_by_role("button", name="Red").click()
    save_all(page)

    page.wait_for_url(re.compile(r"/d/change/[\w-]+$"))
    first = document_of(server, "change")["panels"][0]
    assert (first["type"], first["title"], first["own"]) == ("stat", "Load now", "kept")
    defaults = first["fieldConfig"]["defaults"]
    assert defaults["unit"] == "percentunit"
    assert defaults["thresholds"]["steps"] == [{"value": None, "color": "green"}, {"value": 0.5, "color": "red"}]


def test_variables_are_made_with_a_look_at_their_choices(open_page, saved, server):
    saved(board("variables-made"))
    page = open_page("d/variables-made?edit")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("tab", name="Variables").click()
    page.get_by_role("button", name="Add a variable").click()
    page.get_by_label("Name", exact=True).fill("job")
    page.get_by_role("textbox", name="Query").fill("label_values(up, job)")
    page.get_by_role("listitem").filter(has_text=re.compile("^chat$")).wait_for()
    page.get_by_role("switch", name="Offers All").check()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    page.get_by_role("button", name="job: ").wait_for()
    save_all(page)

    page.wait_for_url(re.compile(r"/d/variables-made/"))
    made = document_of(server, "variables-made")["templating"]["list"]
    assert [(one["name"], one["query"], one["includeAll"]) for one in made] == [("job", "label_values(up, job)", True)]


def test_json_is_edited_and_a_fault_names_its_line(open_page, saved):
    saved(board("json"))
    page = open_page("d/json?edit&editPanel=1")
    page.get_by_role("button", name="Edit as JSON").click()
    box = page.get_by_role("textbox", name="Panel as JSON")
    box.fill('{\n  "type": "stat",\n  "title": "A" "B"\n}')
    page.get_by_role("button", name="Apply").click()
    assert "Line 3, column 16" in page.get_by_role("alert").inner_text()
    box.fill('{\n  "type": "stat",\n  "title": "From JSON"\n}')
    page.get_by_role("button", name="Apply").click()

    page.locator("[data-panel='1']").get_by_role("heading", name="From JSON").wait_for()


def test_changes_of_two_people_are_joined_where_they_do_not_touch(open_page, saved, server):
    saved(board("two"))
    page = open_page("d/two?edit&editPanel=1")
    page.get_by_label("Title", exact=True).fill("Mine")
    theirs = document_of(server, "two")
    theirs["panels"][1]["title"] = "Theirs"
    saved(theirs, "by another")
    save_all(page)
    dialog = page.get_by_role("dialog", name="Somebody else has saved this dashboard")
    dialog.get_by_text("The changes do not touch one another").wait_for()
    assert "Version 2" in dialog.inner_text()
    dialog.get_by_role("button", name="Merge and save").click()

    page.wait_for_url(re.compile(r"/d/two/[\w-]+$"))
    assert [one["title"] for one in document_of(server, "two")["panels"]] == ["Mine", "Theirs", "Below"]


def test_panels_without_numbers_are_joined_too(open_page, saved, server):
    def without_numbers(title: str) -> dict:
        document = board("plain")
        document["panels"][0]["title"] = title
        return {**document, "panels": [{key: one[key] for key in one if key != "id"} for one in document["panels"]]}

    saved(without_numbers("Left"))
    page = open_page("d/plain?edit&editPanel=2")
    page.get_by_label("Title", exact=True).fill("Mine")
    saved({**without_numbers("Theirs"), "version": 1}, "by a script")
    save_all(page)
    dialog = page.get_by_role("dialog", name="Somebody else has saved this dashboard")
    dialog.get_by_text("The changes do not touch one another").wait_for()
    dialog.get_by_role("button", name="Merge and save").click()

    page.wait_for_url(re.compile(r"/d/plain/[\w-]+$"))
    assert [one["title"] for one in document_of(server, "plain")["panels"]] == ["Theirs", "Mine", "Below"]


def test_what_both_changed_is_asked(open_page, saved, server):
    saved(board("clash"))
    page = open_page("d/clash?edit&editPanel=1")
    page.get_by_label("Title", exact=True).fill("Mine")
    theirs = document_of(server, "clash")
    theirs["panels"][0]["title"] = "Theirs"
    saved(theirs)
    save_all(page)
    dialog = page.get_by_role("dialog", name="Somebody else has saved this dashboard")
    merge = dialog.get_by_role("button", name="Merge and save")
    merge.wait_for()
    assert merge.is_disabled()
    dialog.get_by_label("Theirs").check()
    merge.click()

    page.wait_for_url(re.compile(r"/d/clash/[\w-]+$"))
    document = document_of(server, "clash")
    assert (document["panels"][0]["title"], document["version"]) == ("Theirs", 3)


def test_a_draft_outlives_the_page_and_a_server_that_is_gone(open_page, saved, server):
    saved(board("draft"))
    page = open_page("d/draft?edit&editPanel=1")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("Title", exact=True).fill("Not yet saved")
    page.route("**/api/dashboards/db", lambda route: route.abort())
    save_all(page)
    page.get_by_role("dialog").get_by_text("Your changes are kept in this browser").wait_for()
    page.reload()
    page.get_by_text("You go on with changes that were not saved").wait_for()
    page.locator("[data-panel='1']").get_by_role("heading", name="Not yet saved").wait_for()
    page.unroute("**/api/dashboards/db")
    save_all(page)

    page.wait_for_url(re.compile(r"/d/draft/[\w-]+$"))
    assert document_of(server, "draft")["panels"][0]["title"] == "Not yet saved"
    page.goto(f"{server.url}d/draft?edit")
    page.get_by_role("button", name="Move Not yet saved", exact=True).wait_for()
    assert page.get_by_text("You go on with changes").count() == 0


def test_two_new_dashboards_keep_a_draft_each(open_page, server):
    page = open_page("dashboard/new")
    other = page.context.new_page()
    for tab, title in ((page, "First"), (other, "Second")):
        tab.on("dialog", lambda dialog: dialog.accept())
        tab.goto(f"{server.url}dashboard/new")
        tab.get_by_label("Title").fill(title)
        tab.get_by_role("button", name="Start empty").click()
        tab.get_by_role("button", name="Add a row").click()
        tab.wait_for_url(re.compile(r"draft=new:\w+"))
        tab.wait_for_function("(title) => Object.values(localStorage).some((text) => text.includes(title))", arg=title)
    page.reload()
    page.get_by_role("heading", name="Edit: First").wait_for()
    page.get_by_text("You go on with changes that were not saved").wait_for()

    page.goto(f"{server.url}dashboard/new")
    begun = page.get_by_role("region", name="Begun and not saved")
    begun.get_by_role("button", name="Continue First").wait_for()
    begun.get_by_role("button", name="Discard Second").click()
    page.get_by_text("“Second” is discarded.").wait_for()
    assert begun.get_by_role("button", name=re.compile("^Continue")).count() == 1
    page.get_by_role("button", name="Undo").click()
    begun.get_by_role("button", name="Continue Second").click()
    page.get_by_role("heading", name="Edit: Second").wait_for()


@pytest.mark.parametrize("query", ["editPanel=2", "editPanel=panel-2", "edit&editPanel=2&from=now-1h"])
def test_a_link_of_grafana_to_a_panels_editor_opens_it(open_page, saved, query):
    saved(board("linked"))
    page = open_page(f"d/linked?{query}")
    page.get_by_role("complementary", name="Options of the panel").wait_for()

    assert page.get_by_role("heading", level=1).inner_text() == "Board linked / Right"
    page.get_by_role("button", name="Back to the dashboard").click()
    page.get_by_role("button", name="Move Right", exact=True).wait_for()


def test_leaving_with_unsaved_changes_asks(open_page, saved):
    saved(board("leave"))
    page = open_page("d/leave?edit")
    page.get_by_role("button", name="Remove Left", exact=True).click()
    page.get_by_role("link", name="Targets").click()
    dialog = page.get_by_role("dialog", name="Leave with unsaved changes?")
    dialog.get_by_role("button", name="Stay").click()
    assert "edit" in page.url
    page.get_by_role("link", name="Targets").click()
    dialog.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("dialog", name="Save the dashboard").get_by_role("button", name="Cancel").click()
    assert dialog.count() == 0
    page.get_by_role("link", name="Targets").click()
    dialog.get_by_role("button", name="Leave", exact=True).click()
    page.wait_for_url(re.compile("targets$"))
    page.goto(f"{page.url.removesuffix('targets')}d/leave?edit")
    page.get_by_role("button", name="Discard them").click()

    page.get_by_role("button", name="Move Left", exact=True).wait_for()


def test_what_comes_with_the_product_is_saved_as_a_copy(open_page, saved, server):
    page = open_page("d/this-machine?edit")
    page.get_by_text("saved as a copy").first.wait_for()
    page.locator("[class*=_handle]").first.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_role("button", name="Save the copy").click()
    page.wait_for_url(re.compile(r"/d/[\w-]+/this-machine-copy$"))

    uid = re.search(r"/d/([\w-]+)/", page.url)[1]
    saved_copy = document_of(server, uid)
    assert uid != "this-machine"
    assert saved_copy["title"].endswith("(copy)")
    urllib.request.urlopen(
        urllib.request.Request(f"{server.url}api/dashboards/uid/{uid}", method="DELETE"), timeout=10
    ).close()


def test_versions_are_compared_and_restored(open_page, saved, server):
    saved(board("past"), "the first")
    document = document_of(server, "past")
    document["panels"][0]["title"] = "Renamed"
    saved(document, "renamed a panel")
    page = open_page("d/past?editview=versions")
    versions = page.get_by_role("list", name="Versions")
    versions.get_by_text("renamed a panel").wait_for()
    differences = page.get_by_role("region", name="Differences")
    differences.get_by_text("Renamed").first.wait_for()
    page.get_by_role("button", name="Restore version 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    versions.get_by_text("Restored from version 1").first.wait_for()

    assert document_of(server, "past")["panels"][0]["title"] == "Left"


def test_the_focus_goes_back_to_what_opened_a_dialog(open_page, saved):
    saved(board("focus"))
    page = open_page("d/focus?edit")
    button = page.get_by_role("button", name="Settings")
    for close in ("Escape", "Enter"):  # the first button of the dialog, which has the focus, closes it
        button.click()
        page.wait_for_function("() => document.activeElement.closest('dialog') !== null")
        page.keyboard.press(close)
        page.get_by_role("dialog").wait_for(state="detached")
        assert button.evaluate("e => e === document.activeElement")


def test_escape_closes_the_list_of_types_before_the_panel(open_page, saved):
    saved(board("types"))
    page = open_page("d/types?edit&editPanel=1")
    page.get_by_role("button", name="Type: Time series").click()
    types = page.get_by_role("list", name="Types of panel")
    types.wait_for()
    page.keyboard.press("Escape")
    types.wait_for(state="detached")
    assert page.get_by_role("button", name="Type: Time series").evaluate("e => e === document.activeElement")
    assert "editPanel=1" in page.url


def test_script_in_any_text_never_runs(open_page, saved):
    evil = board("evil", title=EVIL, description=EVIL, tags=[EVIL])
    evil["templating"] = {"list": [{"name": "v", "label": EVIL, "type": "custom", "query": EVIL}]}
    evil["panels"][0] |= {"title": EVIL, "description": EVIL}
    evil["panels"][0]["targets"][0]["legendFormat"] = EVIL
    evil["panels"][2] = {"id": 3, "type": "row", "title": EVIL, "gridPos": {"x": 0, "y": 8, "w": 24, "h": 1}}
    saved(evil, EVIL)
    page = open_page("d/evil?edit")
    page.locator("[data-row='3']").wait_for()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("tab", name="Variables").click()
    page.get_by_role("button", name=re.compile(r"^\$v")).click()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    page.locator("[data-panel='2']").get_by_role("button", name="Remove Right").click()
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_text("1 change", exact=False).first.wait_for()
    page.goto(page.url.split("?")[0] + "?editview=versions")
    page.get_by_role("list", name="Versions").wait_for()

    assert page.evaluate("window.ran") is None
    assert page.watch.foreign == []


def test_a_new_dashboard_is_guided_by_five_areas(open_page):
    page = open_page("dashboard/new")
    page.get_by_role("heading", name="Latency and throughput").wait_for()
    assert page.locator("main h2").count() == 5
    page.get_by_role("checkbox").first.wait_for()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Start with 1 panel").click()

    page.locator("[data-row]").wait_for()
    assert page.locator("[data-panel]").count() == 1


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize(
    "path", ["d/looks?edit", "d/looks?edit&editPanel=1", "d/looks?editview=versions", "dashboard/new"]
)
def test_pages_of_the_editor_look_right(open_page, saved, path, width, theme):
    saved(board("looks"), "the first")
    page = open_page(path, width=width, theme=theme)
    page.locator("main :is([data-panel] canvas, [aria-label=Versions], [type=checkbox])").first.wait_for()
    page.wait_for_timeout(1200)

    assert_looks_right(page, width)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_the_dialogs_of_the_editor_look_right(open_page, saved, width, theme):
    jobs = {"name": "job", "type": "query", "query": "label_values(up, job)", "multi": True, "includeAll": True}
    saved(board("dialogs", templating={"list": [jobs]}))
    page = open_page("d/dialogs?edit", width=width, theme=theme)
    page.locator("[data-panel] canvas").first.wait_for()

    def looks_right(opener: str, *then: str) -> None:
        page.get_by_role("button", name=opener, exact=True).first.click()
        for tab in then:
            page.get_by_role("dialog").last.get_by_text(tab, exact=True).first.click()
        page.get_by_role("dialog").last.wait_for()
        page.wait_for_timeout(300)
        assert_readable(page, width)
        page.keyboard.press("Escape")

    looks_right("Add a panel")
    looks_right("Settings")
    looks_right("Settings", "Variables", "$job")
    looks_right("Settings", "Edit as JSON")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove Left", exact=True).click()
    page.get_by_role("status").get_by_role("button", name="Undo").wait_for()
    assert_readable(page, width)
    looks_right("Save")
    page.get_by_role("button", name="Edit Right", exact=True).click()
    page.get_by_role("tab", name=re.compile("^Transformations")).click()
    looks_right("Add a transformation")


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_what_is_said_of_two_people_and_of_leaving_looks_right(open_page, saved, server, width, theme):
    saved(board("refused"))
    page = open_page("d/refused?edit&editPanel=1", width=width, theme=theme)
    page.get_by_label("Title", exact=True).fill("Mine")
    theirs = document_of(server, "refused")
    theirs["panels"][0]["title"] = "Theirs"
    saved(theirs)
    save_all(page)
    page.get_by_role("button", name="Merge and save").wait_for()
    page.wait_for_timeout(300)
    page.watch.complaints.clear()  # the browser tells of the refused save
    assert_readable(page, width)
    page.get_by_role("button", name="Go on editing").click()
    page.evaluate("document.querySelector('a[href$=targets]').click()")
    page.get_by_role("dialog", name="Leave with unsaved changes?").wait_for()
    assert_readable(page, width)


def test_a_new_row_is_seen_and_named_at_once(open_page, saved):
    saved(board("rows"))
    page = open_page("d/rows?edit", width=390)
    page.locator("[data-panel] canvas").first.wait_for()
    page.get_by_role("button", name="Add a row").click()
    title = page.get_by_label("Title of the row")
    expect(title).to_be_focused()
    expect(title).to_be_in_viewport()
    page.keyboard.type("Costs")

    expect(title).to_have_value("Costs")


def test_a_transformation_is_found_by_typing(open_page, saved):
    saved(board("found"))
    page = open_page("d/found?edit&editPanel=1")
    page.get_by_role("tab", name=re.compile("^Transformations")).click()
    page.get_by_role("button", name="Add a transformation").click()
    dialog = page.get_by_role("dialog", name="Add a transformation")
    assert dialog.evaluate("e => e.scrollHeight <= e.clientHeight"), "all of them are seen without scrolling"
    expect(dialog.get_by_label("Find a transformation")).to_be_focused()
    page.keyboard.type("rows in the ord")
    page.keyboard.press("Enter")

    expect(page.get_by_role("region", name="Sort by")).to_be_visible()


def test_the_page_leads_to_its_editor_and_back(open_page, saved):
    saved(board("way"))
    page = open_page("d/way")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("button", name="Move Left", exact=True).wait_for()
    page.get_by_role("button", name="History").click()
    page.get_by_role("list", name="Versions").wait_for()
    page.get_by_role("button", name="Back", exact=True).click()

    page.get_by_role("button", name="Edit", exact=True).wait_for()


def test_what_is_discarded_comes_back_with_its_draft(open_page, saved):
    saved(board("regret"))
    page = open_page("d/regret?edit")
    page.get_by_role("button", name="Remove Left", exact=True).click()
    page.get_by_role("button", name="Discard", exact=True).click()
    page.get_by_role("button", name="Move Left", exact=True).wait_for()
    told = page.locator("[aria-live=polite] > div").filter(has_text="Your changes are discarded.")
    told.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Move Left", exact=True).wait_for(state="detached")
    page.wait_for_function("localStorage.getItem('watchglass.draft.regret') !== null")
    page.get_by_role("toolbar").get_by_role("button", name="Undo").click()

    page.get_by_role("button", name="Move Left", exact=True).wait_for()


def test_saving_leaves_the_range_and_the_values_as_they_were(open_page, saved):
    variable = {"name": "v", "type": "custom", "query": "a,b", "current": {"text": "a", "value": "a"}}
    saved(board("viewed", templating={"list": [variable]}))
    page = open_page("d/viewed?from=now-15m&to=now&var-v=b&edit")
    page.get_by_role("button", name="Remove Left", exact=True).click()
    save_all(page)

    page.wait_for_url(re.compile(r"/d/viewed/[\w-]+\?from=now-15m&to=now&var-v=b$"))


def test_on_narrow_screens_the_way_out_and_what_is_unsaved_are_seen(open_page, saved):
    saved(board("out"))
    page = open_page("d/out?edit", width=375)
    page.get_by_role("button", name="Remove Left", exact=True).click()
    assert page.get_by_text("Unsaved", exact=True).bounding_box()["width"] > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("button", name="Discard", exact=True).click()
    page.get_by_role("button", name="Done", exact=True).click()

    page.get_by_role("button", name="Move Left", exact=True).wait_for(state="detached")
    assert "edit" not in page.url.split("?")[-1]


def test_the_editor_takes_the_focus_of_the_button_that_led_there(open_page, saved):
    saved(board("led"))
    page = open_page("d/led")
    page.get_by_role("button", name="Edit", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Edit Left", exact=True).wait_for()
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_role("button", name="Edit Left", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Back to the dashboard").wait_for()

    assert page.evaluate("document.activeElement.id") == "main"


def test_the_options_of_a_panel_end_with_the_window_below_variables(open_page, saved):
    variable = {"name": "v", "type": "custom", "query": "a,b", "current": {"text": "a", "value": "a"}}
    saved(board("ends", templating={"list": [variable]}))
    page = open_page("d/ends?edit&editPanel=1")
    page.locator("[data-panel='1'] canvas").wait_for()

    page.wait_for_function("document.querySelector('main aside').getBoundingClientRect().bottom <= innerHeight")


def test_the_panels_of_a_draft_are_counted_without_rows_and_all_drafts_go_at_once(open_page):
    page = open_page("targets")
    page.evaluate(
        """() => {
          const doc = {title: "Rows", panels: [{id: 1, type: "row"}, {id: 2, type: "stat"}]};
          for (const uid of ["new:a", "new:b"])
            localStorage.setItem(`watchglass.draft.${uid}`, JSON.stringify({uid, version: 0, atMs: Date.now(), doc}));
          const index = ["new:a", "new:b"].map((uid) => ({uid, atMs: Date.now()}));
          localStorage.setItem("watchglass.drafts", JSON.stringify(index));
        }"""
    )
    page.goto(page.url.replace("targets", "dashboard/new"))
    begun = page.get_by_role("region", name="Begun and not saved")
    begun.get_by_text(re.compile("^1 panel, changed")).nth(1).wait_for()
    begun.get_by_role("button", name="Discard all").click()
    begun.wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()

    begun.get_by_role("button", name="Continue Rows").nth(1).wait_for()
