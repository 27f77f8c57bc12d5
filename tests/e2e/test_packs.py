"""Packs: which systems are watched, where each starts, how healthy it is, and what differs from its guide."""

from __future__ import annotations

import re

import pytest
from looks import VIEWS, assert_looks_right
from playwright.sync_api import expect

from watchglass.sdk.declared import PACKS


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_the_list_looks_right(open_pack, width, theme):
    page = open_pack("packs", width=width, theme=theme)
    page.get_by_role("listitem", name="FluxAI Gateway").wait_for()
    assert_looks_right(page, width)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_a_pack_looks_right(open_pack, width, theme):
    page = open_pack("packs/awareness_network", width=width, theme=theme)
    page.get_by_text("Collaboration sessions").first.wait_for()
    assert_looks_right(page, width)


STARTS = ["sidepanel-system-overview", "awareness-main", "hybrid-main", "dinoair-monitoring", "llm"]


@pytest.mark.parametrize("uid", STARTS)
@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_a_start_page_looks_right(open_pack, uid, width, theme):
    page = open_pack(f"d/{uid}", width=width, theme=theme)
    page.locator("main canvas, main svg, main table").first.wait_for()
    page.wait_for_timeout(1500)
    assert_looks_right(page, width)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_the_start_page_of_the_gateway_looks_right(open_gateway, width, theme):
    page = open_gateway("d/fluxai-overview", width=width, theme=theme)
    page.locator("main canvas").first.wait_for()
    page.wait_for_timeout(1500)
    assert_looks_right(page, width)


OTHERS = ["awareness-more", "hybrid-guide", "sidepanel-overview", "sidepanel-venice-api", "sidepanel-session-analytics"]
OF_GATEWAY = ["fluxai-cost", "fluxai-cache", "fluxai-model-health"]


@pytest.mark.parametrize("uid", OTHERS + OF_GATEWAY)
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_the_other_dashboards_of_packs_look_right(request, uid, width, theme):
    page = request.getfixturevalue("open_gateway" if uid in OF_GATEWAY else "open_pack")(
        f"d/{uid}", width=width, theme=theme
    )
    page.locator("main canvas, main svg, main table").first.wait_for()
    page.wait_for_timeout(1500)
    assert_looks_right(page, width)


def test_every_dashboard_of_a_pack_is_looked_at():
    looked_at = {*STARTS, *OTHERS, *OF_GATEWAY, "fluxai-overview"} - {"llm"}
    assert looked_at == {path.stem for path in PACKS.glob("*/dashboards/*.json")}


def test_systems_that_are_watched_come_first_with_their_start_pages(open_pack):
    page = open_pack("packs")
    watched = page.get_by_role("region", name="Watched systems").get_by_role(
        "listitem", name=re.compile("Sidepanel|Aware|Hybrid|Dino")
    )
    expect(watched).to_have_count(4)
    sidepanel = page.get_by_role("listitem", name="Sidepanel")
    expect(sidepanel).to_contain_text("Up")
    sidepanel.get_by_role("link", name="System Overview").click()
    page.wait_for_url("**/d/sidepanel-system-overview**")
    page.locator("canvas").first.wait_for()


def test_a_pack_that_is_broken_is_named_with_its_place(open_pack):
    page = open_pack("packs")
    fault = page.get_by_role("alert")
    expect(fault).to_contain_text('broken/pack.yaml:1: unknown key "titel"; did you mean "title"?')


def test_how_a_pack_is_switched_on_is_copied(open_pack):
    page = open_pack("packs")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("listitem", name="FluxAI Gateway").get_by_role("button", name="Copy the command").click()
    page.get_by_text("Command copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "watchglass up --pack fluxai"


def test_the_board_shows_grades_limits_and_alerts_by_priority(open_pack, pack_server):
    page = open_pack("packs/awareness_network")
    board = page.get_by_role("region", name="Health board")
    board.get_by_text("Redis connected").wait_for()
    rows = board.locator("li")
    expect(rows).to_have_count(9)
    assert [row.inner_text()[:2] for row in rows.all()] == ["P0", "P0", "P1", "P1", "P1", "P2", "P2", "P2", "P3"]
    redis = rows.nth(1)
    expect(redis).to_contain_text("Healthy")
    expect(redis.locator("[aria-current]")).to_have_text(re.compile("Healthy"))
    expect(rows.nth(0)).to_contain_text("Alert HighErrorRate: critical after 5m.")


def test_what_differs_is_told_by_file_and_opens_by_the_keyboard(open_pack):
    page = open_pack("packs/awareness_network")
    part = page.get_by_role("region", name="What differs from its guide")
    first = part.locator("summary").first
    first.wait_for()
    first.focus()
    page.keyboard.press("Enter")
    expect(part.get_by_text("In the guide").first).to_be_visible()
    assert part.locator("details[open]").count() == 1


def test_keys_and_navigation_lead_there(open_pack):
    page = open_pack("status")
    page.get_by_role("heading", name="Status").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/packs")
    page.get_by_role("heading", name="Awareness Network").get_by_role("link").click()
    page.wait_for_url("**/packs/awareness_network")
    page.get_by_role("heading", name="Packs").get_by_role("link").click()
    page.wait_for_url("**/packs")


def test_dashboards_stand_under_their_pack(open_pack):
    page = open_pack("dashboards")
    section = page.get_by_role("region", name=re.compile("^Sidepanel"))
    section.get_by_role("link", name=re.compile("Venice API")).wait_for()
    titles = section.locator("li a").all_inner_texts()
    assert [title.split("\n")[0] for title in titles[:1]] == ["System Overview"]
    page.get_by_role("link", name="About Sidepanel").click()
    page.wait_for_url("**/packs/sidepanel")
    page = open_pack("dashboards/f/pack-awareness_network/awareness-network")
    page.get_by_role("link", name=re.compile("Awareness Network - More")).first.wait_for()
    assert page.locator("main").get_by_text("System Overview").count() == 0


def test_a_pack_that_is_not_there_says_so(open_pack):
    page = open_pack("packs/nothing")
    page.get_by_text('there is no pack "nothing"').wait_for()
