"""The forms of a panel and of a dashboard: overrides, mappings, transformations, links, annotations; and going back."""

from __future__ import annotations

import re

import pytest
from editing_support import board, document_of, focus_by_tab, panel, save_all
from looks import VIEWS, assert_looks_right

PLACE = (0, 0, 12, 8)
CALCS = {"legend": {"showLegend": True, "displayMode": "table", "placement": "bottom", "calcs": ["max"]}}
UNKNOWN = {"id": "ofTomorrow", "options": {"deep": [1, {"a": None}]}}


def open_group(page, title: str):
    """Opens a group of options, and gives what is in it."""
    group = page.locator("aside details").filter(has=page.get_by_text(title, exact=True)).first
    if group.get_attribute("open") is None:
        group.locator("summary").click()
    return group


def open_transformations(page) -> None:
    page.get_by_role("tab", name=re.compile("^Transformations")).click()


def test_an_override_is_set_seen_and_saved(open_page, saved, server):
    saved(board("over", panels=[panel(1, "Load", PLACE, "node_load1 + 5000", options=CALCS)]))
    page = open_page("d/over?edit&editPanel=1")
    legend = page.locator("[data-panel='1'] table")
    name = legend.locator("tbody button").first.inner_text()
    overrides = open_group(page, "Overrides")
    overrides.get_by_role("button", name="Add an override").click()
    overrides.get_by_label("Which").fill(name)
    overrides.get_by_role("button", name="Unit", exact=True).click()
    overrides.get_by_label("Unit", exact=True).get_by_role("button", name="Unit", exact=True).click()
    page.keyboard.type("bytes (Ki")
    page.keyboard.press("Enter")
    legend.get_by_text("KiB").wait_for()
    overrides.get_by_role("button", name="Set a property").click()
    overrides.get_by_role("button", name="Hidden from").click()
    overrides.get_by_role("switch", name="Hidden from the legend").check()
    legend.get_by_text("KiB").wait_for(state="detached")
    save_all(page)

    page.wait_for_url(re.compile(r"/d/over/[\w-]+$"))
    assert document_of(server, "over")["panels"][0]["fieldConfig"]["overrides"] == [
        {
            "matcher": {"id": "byName", "options": name},
            "properties": [
                {"id": "unit", "value": "bytes"},
                {"id": "custom.hideFrom", "value": {"viz": True, "legend": True, "tooltip": False}},
            ],
        }
    ]


def test_an_override_is_made_with_the_keyboard_alone(open_page, saved):
    saved(board("over-keys", panels=[panel(1, "Load", PLACE)]))
    page = open_page("d/over-keys?edit&editPanel=1")
    page.locator("[data-panel='1'] canvas").wait_for()
    summary = page.locator("aside summary", has_text="Overrides")
    summary.focus()
    page.keyboard.press("Enter")
    focus_by_tab(page, "Add an override")
    page.keyboard.press("Enter")
    focus_by_tab(page, "Decimals")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.tagName === 'INPUT'")
    assert page.evaluate("document.activeElement.labels[0].textContent") == "Decimals"
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.keyboard.press("Tab")

    group = open_group(page, "Overrides")
    assert group.get_by_label("Decimals", exact=True).get_by_role("textbox").input_value() == "3"


def test_overrides_that_have_no_form_are_kept_and_shown(open_page, saved, server):
    strange = {
        "matcher": {"id": "byValue", "options": {"reducer": "max", "op": ">", "value": 1}},
        "properties": [{"id": "custom.ofTomorrow", "value": {"a": 1}}],
        "own": "kept",
    }
    field_config = {"defaults": {}, "overrides": [strange]}
    saved(board("over-kept", panels=[panel(1, "Load", PLACE, fieldConfig=field_config)]))
    page = open_page("d/over-kept?edit&editPanel=1")
    group = open_group(page, "Overrides")
    group.get_by_role("button", name=re.compile("^byValue")).click()
    group.get_by_text('{"reducer":"max","op":">","value":1}').wait_for()
    group.get_by_text("this type does not draw by it").wait_for()
    page.get_by_label("Title", exact=True).fill("Renamed")
    save_all(page)

    page.wait_for_url(re.compile(r"/d/over-kept/[\w-]+$"))
    assert document_of(server, "over-kept")["panels"][0]["fieldConfig"]["overrides"] == [strange]


def test_values_are_mapped_to_words_and_colours(open_page, saved, server):
    saved(board("map", panels=[panel(1, "Up", PLACE, "vector(1)", type="stat")]))
    page = open_page("d/map?edit&editPanel=1")
    preview = page.locator("[data-panel='1']")
    group = open_group(page, "Value mappings")
    group.get_by_role("button", name="Add a mapping").click()
    group.get_by_label("Value 1").fill("1")
    group.get_by_label("Text 1").fill("All is well")
    preview.get_by_text("All is well").wait_for()
    group.get_by_label("Mapping 1 is for a").select_option("Range")
    group.get_by_label("To", exact=True).fill("5")
    group.get_by_role("button", name="Colour 1").click()
    group.get_by_role("button", name="Blue", exact=True).click()
    preview.get_by_text("All is well").wait_for()
    group.get_by_role("button", name="Add a mapping").click()
    group.get_by_label("Mapping 2 is for a").select_option("Special")
    group.get_by_label("Text 2").fill("Nothing")
    save_all(page)

    page.wait_for_url(re.compile(r"/d/map/[\w-]+$"))
    assert document_of(server, "map")["panels"][0]["fieldConfig"]["defaults"]["mappings"] == [
        {
            "type": "range",
            "options": {"from": 1, "to": 5, "result": {"text": "All is well", "color": "blue", "index": 0}},
        },
        {"type": "special", "options": {"match": "null+nan", "result": {"text": "Nothing", "index": 1}}},
    ]


def test_transformations_are_added_ordered_and_seen_at_once(open_page, saved, server):
    targets = [{"refId": "A", "expr": "up", "format": "table", "instant": True}]
    table = panel(1, "Targets", PLACE, type="table", targets=targets, transformations=[UNKNOWN])
    saved(board("steps", panels=[table]))
    page = open_page("d/steps?edit&editPanel=1")
    preview = page.locator("[data-panel='1']")
    preview.get_by_role("columnheader", name="instance").wait_for()
    open_transformations(page)
    page.get_by_text("Not known here: kept, without effect").wait_for()
    page.get_by_role("button", name="Add a transformation").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Organise fields")).click()
    page.get_by_role("button", name="Hide Time").click()
    page.get_by_label("New name of Value").fill("Running")
    preview.get_by_role("columnheader", name="Running").wait_for()
    assert preview.get_by_role("columnheader", name="Time").count() == 0
    page.get_by_role("button", name="Move Value up").click()
    assert preview.get_by_role("columnheader").all_inner_texts() == ["instance", "Running", "job"]

    page.get_by_role("button", name="Add a transformation").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Filter by value")).click()
    page.get_by_role("button", name="Add a test").click()
    test = page.get_by_role("group", name="test 1")
    test.get_by_label("Field").fill("job")
    test.get_by_label("Test", exact=True).select_option("equals")
    test.get_by_label("Value").fill("chat")
    preview.get_by_role("cell", name="node", exact=True).wait_for(state="detached")
    assert preview.locator("tbody tr").count() == 1
    page.get_by_role("button", name="Leave out Filter by value").click()
    preview.get_by_role("cell", name="node", exact=True).wait_for()
    save_all(page)

    page.wait_for_url(re.compile(r"/d/steps/[\w-]+$"))
    steps = document_of(server, "steps")["panels"][0]["transformations"]
    assert steps[0] == UNKNOWN
    assert [step["id"] for step in steps] == ["ofTomorrow", "organize", "filterByValue"]
    assert steps[1]["options"]["renameByName"] == {"Value": "Running"}
    assert steps[2]["disabled"] is True


def test_links_that_are_not_safe_are_refused_and_others_saved(open_page, saved, server):
    saved(board("linked"))
    page = open_page("d/linked?edit&editPanel=1")
    for title, where in (
        ("Panel links", "https://wiki.example/runbook"),
        ("Data links", "/explore?at=${__value.time}"),
    ):
        group = open_group(page, title)
        group.get_by_role("button", name="Add a link").click()
        group.get_by_label("Title of the link").fill("Runbook")
        group.get_by_label("Address").fill("javascript:alert(1)")
        assert "are not followed: use http://" in group.get_by_role("alert").inner_text()
        group.get_by_label("Address").fill(where)
        assert group.get_by_role("alert").count() == 0
        group.get_by_role("switch", name="Opens in a new tab").check()
    save_all(page)

    page.wait_for_url(re.compile(r"/d/linked/[\w-]+$"))
    first = document_of(server, "linked")["panels"][0]
    assert first["links"] == [{"title": "Runbook", "url": "https://wiki.example/runbook", "targetBlank": True}]
    assert first["fieldConfig"]["defaults"]["links"][0]["url"] == "/explore?at=${__value.time}"


def test_our_own_types_and_the_axis_need_no_json(open_page, saved, server):
    saved(board("kinds", panels=[panel(1, "Load", PLACE)]))
    page = open_page("d/kinds?edit&editPanel=1")
    preview = page.locator("[data-panel='1']")
    preview.locator("canvas").wait_for()
    axis = open_group(page, "Axis")
    axis.get_by_label("Scale").select_option("Logarithmic")
    axis.get_by_label("Axis", exact=True).select_option("Right")
    open_group(page, "Tooltip").get_by_label("Shows").select_option("The nearest")
    for name, shown in (("Ranked list", "ol li"), ("Status cards", "ul li"), ("Sparklines", "ul svg")):
        page.get_by_role("button", name=re.compile("^Type:")).click()
        page.get_by_role("list", name="Types of panel").get_by_role("button", name=name).click()
        preview.locator(shown).first.wait_for()
    page.get_by_role("button", name=re.compile("^Type:")).click()
    page.get_by_role("list", name="Types of panel").get_by_role("button", name="Time series").click()
    preview.locator("canvas").wait_for()
    save_all(page)

    page.wait_for_url(re.compile(r"/d/kinds/[\w-]+$"))
    first = document_of(server, "kinds")["panels"][0]
    assert first["options"]["tooltip"] == {"mode": "single"}
    assert first["fieldConfig"]["defaults"]["custom"] == {
        "scaleDistribution": {"type": "log"},
        "axisPlacement": "right",
    }


def test_a_panel_repeats_for_a_variable_that_is_chosen(open_page, saved):
    jobs = {"name": "job", "type": "custom", "query": "chat,node", "multi": True, "includeAll": True}
    saved(board("again", panels=[panel(1, "Up of $job", PLACE, 'up{job="$job"}')], templating={"list": [jobs]}))
    page = open_page("d/again?edit&editPanel=1&var-job=$__all")
    open_group(page, "Time and repeats").get_by_label("Once for each value of").select_option("$job")
    save_all(page)

    page.wait_for_url(re.compile(r"/d/again/[\w-]+"))
    page.get_by_role("heading", name="Up of chat").wait_for()
    page.get_by_role("heading", name="Up of node").wait_for()


def test_annotations_and_links_of_the_dashboard_are_made_in_its_settings(open_page, saved, server):
    saved(board("around"))
    page = open_page("d/around?edit")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings of the dashboard")
    dialog.get_by_role("tab", name="Annotations").click()
    dialog.get_by_role("button", name="Add an annotation query").click()
    dialog.get_by_label("Name", exact=True).fill("Busy")
    dialog.get_by_label("Query").fill('up{job="chat"} > 0')
    dialog.get_by_label("Title of an event").fill("{{job}} is there")
    page.keyboard.press("Tab")
    dialog.get_by_role("tab", name="Annotations").focus()
    page.keyboard.press("ArrowRight")
    dialog.get_by_role("button", name="Add a link").click()
    dialog.get_by_label("Title of the link").fill("Wiki")
    dialog.get_by_label("Address").fill("https://wiki.example/")
    dialog.get_by_role("switch", name="Takes the time range along").check()
    dialog.get_by_role("button", name="Done").click()
    save_all(page)

    page.wait_for_url(re.compile(r"/d/around/[\w-]+$"))
    page.get_by_role("link", name="Wiki").wait_for()
    page.get_by_text("Busy").first.wait_for()
    document = document_of(server, "around")
    assert document["annotations"]["list"][0]["expr"] == 'up{job="chat"} > 0'
    assert document["links"] == [{"type": "link", "title": "Wiki", "url": "https://wiki.example/", "keepTime": True}]


def test_what_is_wrong_with_an_annotation_query_is_said_where_it_is_typed(open_page, saved):
    saved(board("amiss"))
    page = open_page("d/amiss?edit")
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings of the dashboard")
    dialog.get_by_role("tab", name="Annotations").click()
    dialog.get_by_role("button", name="Add an annotation query").click()
    typed = "changes(up[$__interval]) > > 0"
    dialog.get_by_label("Query").fill(typed)
    dialog.get_by_role("alert").filter(has_text=f"1:{typed.rindex('>') + 1}: unexpected").wait_for()
    dialog.get_by_label("Query").fill("changes(up[$__interval]) > 0")
    dialog.get_by_role("alert").wait_for(state="detached")

    dialog.get_by_text("An event is where the answer is above zero", exact=False).wait_for()


def test_going_back_with_unsaved_changes_asks_first(open_page, saved):
    saved(board("back"))
    page = open_page("d/back")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("button", name="Remove Left", exact=True).click()
    page.go_back()
    dialog = page.get_by_role("dialog", name="Leave with unsaved changes?")
    dialog.get_by_role("button", name="Stay").click()
    assert "edit" in page.url
    page.get_by_role("button", name="Move Right", exact=True).wait_for()
    page.go_back()
    dialog.get_by_role("button", name="Leave", exact=True).click()
    page.get_by_role("button", name="Edit", exact=True).click()

    page.get_by_text("You go on with changes that were not saved").wait_for()
    assert page.get_by_role("button", name="Move Left", exact=True).count() == 0


def test_back_from_a_panel_to_its_dashboard_is_not_held(open_page, saved):
    saved(board("within"))
    page = open_page("d/within?edit")
    page.get_by_role("button", name="Move Left", exact=True).dblclick()
    page.get_by_label("Title", exact=True).fill("Renamed")
    page.go_back()

    page.get_by_role("button", name="Move Renamed", exact=True).wait_for()
    assert page.get_by_role("dialog").count() == 0


LOOKS = {
    "overrides": [
        {
            "matcher": {"id": "byName", "options": "x"},
            "properties": [{"id": "unit", "value": "s"}, {"id": "thresholds", "value": {"steps": []}}],
        }
    ],
    "defaults": {
        "mappings": [
            {"type": "range", "options": {"from": 1, "to": 2, "result": {"text": "a", "color": "red"}}},
            {"type": "regex", "options": {"pattern": "/x/", "result": {"text": "b"}}},
        ],
        "links": [{"title": "L", "url": "https://x.example"}],
    },
}


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_the_forms_look_right(open_page, saved, width, theme):
    steps = [{"id": "organize", "options": {}}, {"id": "filterByValue", "options": {"filters": [{}]}}, UNKNOWN]
    saved(board("forms", panels=[panel(1, "Load", PLACE, fieldConfig=LOOKS, transformations=steps)]))
    page = open_page("d/forms?edit&editPanel=1", width=width, theme=theme)
    page.locator("[data-panel='1'] canvas").wait_for()
    open_transformations(page)
    page.evaluate("document.querySelectorAll('aside details').forEach((e) => { e.open = true; })")
    for card in page.locator("aside section > header > button").all():
        card.click()
    page.get_by_role("button", name=re.compile("^Filter by value")).click()
    page.wait_for_timeout(800)

    assert_looks_right(page, width)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_the_settings_look_right(open_page, saved, width, theme):
    lists = [{"name": "Restarts", "expr": "up == 0", "iconColor": "red"}]
    links = [{"type": "dashboards", "tags": ["a"], "title": ""}]
    saved(board("settings", annotations={"list": lists}, links=links))
    page = open_page("d/settings?edit", width=width, theme=theme)
    page.get_by_role("button", name="Settings").click()
    for tab in ("Annotations", "Links"):
        page.get_by_role("tab", name=tab).click()
        page.locator("dialog section > header > button").first.click()
        page.wait_for_timeout(300)
        assert_looks_right(page, width)


def test_limits_that_cross_numbers_that_are_none_and_a_missing_title_are_told(open_page, saved):
    saved(board("told", panels=[panel(1, "Load", PLACE)]))
    page = open_page("d/told?edit&editPanel=1")
    page.get_by_label("Min", exact=True).fill("10")
    page.get_by_label("Max", exact=True).fill("1")
    page.get_by_text("It is not above “Min”.").wait_for()
    page.get_by_label("Max", exact=True).fill("11")
    page.get_by_text("It is not above “Min”.").wait_for(state="detached")
    soft = open_group(page, "Axis")
    soft.get_by_label("At least down to").fill("5")
    soft.get_by_label("At least up to").fill("5")
    page.get_by_text("It is not above “At least down to”.").wait_for()
    page.get_by_label("Decimals", exact=True).fill("abc")
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("not saved: Decimals: “abc”").wait_for()
    assert dialog.get_by_role("region", name="Changes").get_attribute("tabindex") is None
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Back to the dashboard").click()
    page.get_by_text("Not taken as a number: Decimals: “abc”.").wait_for()
    page.get_by_role("button", name="Settings").click()
    dialog.get_by_label("Title").fill("")

    dialog.get_by_text("A dashboard needs a title.").wait_for()
