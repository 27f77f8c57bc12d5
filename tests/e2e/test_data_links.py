"""Links of values wherever these are drawn, times in tables, and questions that are too long for an address."""

from __future__ import annotations

import re

import pytest
from e2e_server import serve_dashboard
from playwright.sync_api import expect

LINKS = [{"title": "About ${__field.name}", "url": "/d/other?var-job=${__field.labels.job}&v=${__value.raw}"}]
TRAP = [{"title": "Trap", "url": "javascript:window.hacked=1"}]


def panel(kind: str, expr: str = "up", links=LINKS, **more) -> dict:
    target = {"refId": "A", "expr": expr, "legendFormat": "{{job}}", **more.pop("target", {})}
    field = {"defaults": {"links": links, **more.pop("defaults", {})}, "overrides": []}
    return {"type": kind, "title": "Linked", "targets": [target], "fieldConfig": field, **more}


def show(open_page, *panels: dict, address: str = "d/test?refresh=off", **more):
    page = open_page(address, before=lambda page: serve_dashboard(page, list(panels), **more))
    page.locator("[data-panel]").first.wait_for()
    expect(page.locator("[role=status][aria-label=Loading]")).to_have_count(0, timeout=20_000)
    return page


@pytest.mark.parametrize("kind", ["stat", "gauge", "bargauge"])
def test_a_value_is_its_link(open_page, kind):
    page = show(open_page, panel(kind))
    links = page.locator("[data-panel] a[href*='d/other']")
    expect(links.first).to_be_visible()
    assert {"var-job=node", "var-job=chat"} <= {
        re.search(r"var-job=\w+", link.get_attribute("href"))[0] for link in links.all()
    }

    box = page.locator("[data-panel] a[href*='var-job=chat']").bounding_box()
    page.evaluate("window.same = true")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    page.wait_for_url(re.compile(r"d/other\?var-job=chat&v=1$"))
    assert page.evaluate("window.same") is True  # the page was not loaded again


def test_of_several_links_one_is_chosen(open_page):
    page = show(open_page, panel("stat", 'up{job="node"}', [*LINKS, *TRAP]))
    page.get_by_role("button", name="Links of node").click()
    box = page.get_by_role("dialog", name="Links of the data")

    expect(box.get_by_role("link", name="About node")).to_be_focused()
    assert "not followed" in box.inner_text()


@pytest.mark.parametrize("kind", ["stat", "gauge", "bargauge", "table"])
def test_a_trap_is_no_link_and_says_why(open_page, kind):
    page = show(open_page, panel(kind, 'up{job="node"}', TRAP, target={"instant": True, "format": "table"}))

    assert page.locator("[data-panel] [title*='is no web address']").count() > 0
    assert page.locator("a[href^='javascript:']").count() == 0


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("piechart", "path[data-at]"), ("barchart", "rect[data-series]"), ("state-timeline", ".u-over")],
)
def test_a_click_in_a_drawing_offers_the_links(open_page, kind, mark):
    page = show(open_page, panel(kind, 'up{job="node"}', target={"instant": kind != "state-timeline"}))
    drawn = page.locator(f"[data-panel] {mark}").first
    drawn.wait_for()
    page.wait_for_timeout(500)
    box = drawn.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + box["height"] / 2)
    link = page.get_by_role("dialog", name="Links of the data").get_by_role("link")

    assert re.search(r"d/other\?var-job=node&v=1$", link.get_attribute("href"))


def test_a_cell_of_a_heatmap_offers_the_links_of_its_count(open_page):
    page = show(open_page, panel("heatmap", 'up{job="node"}', options={"calculate": True}))
    over = page.locator("[data-panel] .u-over")
    over.wait_for()
    page.wait_for_timeout(500)
    box = over.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + box["height"] / 2)
    link = page.get_by_role("dialog", name="Links of the data").get_by_role("link")

    expect(link).to_be_focused()
    assert re.search(r"d/other\?var-job=node&v=\d+$", link.get_attribute("href"))


def test_a_cell_is_its_link_and_knows_its_row(open_page):
    hidden = {"matcher": {"id": "byName", "options": "job"}, "properties": [{"id": "custom.hidden", "value": True}]}
    made = panel(
        "table",
        links=[{"title": "Job", "url": "/d/other?var-job=${__data.fields.job}&t=${__value.time}"}],
        target={"instant": True, "format": "table"},
    )
    made["fieldConfig"]["overrides"] = [hidden]
    page = show(open_page, made)

    hrefs = [link.get_attribute("href") for link in page.locator("[data-panel] td a").all()]
    assert any(re.search(r"d/other\?var-job=chat&t=\d{13}$", href) for href in hrefs)
    assert "job" not in page.locator("[data-panel] thead").inner_text()


def test_times_of_a_table_are_times_in_the_pages_zone(open_page):
    made = panel("table", links=[], target={"instant": True, "format": "table"}, defaults={"unit": "bytes"})
    page = show(open_page, made, address="d/test?refresh=off&timezone=Asia/Tokyo")
    page.wait_for_selector("[data-panel] td")

    first = page.locator("[data-panel] tbody tr").first.locator("td").first.inner_text()
    now = page.evaluate("new Date().toLocaleString('sv', { timeZone: 'Asia/Tokyo' })")
    assert first[:13] in {now[:13], first[:13] if first[14:16] == "59" else ""}


def test_a_long_question_is_asked_by_a_form(open_page):
    asked: list[str] = []
    names = "|".join(f"not_there_{at}" for at in range(900))
    made = panel("stat", f'up{{job=~"node|{names}"}}', links=[])
    page = open_page(
        "d/test?refresh=off",
        before=lambda page: (
            serve_dashboard(page, [made]),
            page.on("request", lambda request: "/query" in request.url and asked.append(request)),
        ),
    )
    page.locator("[data-panel]").get_by_text("1", exact=True).first.wait_for()

    assert {request.method for request in asked} == {"POST"}
    assert max(len(request.url) for request in asked) < 200
    assert page.watch.complaints == []


def test_a_link_of_the_dashboard_that_leads_nowhere_says_why(open_page):
    links = [
        {"type": "link", "title": "Trap", "url": "javascript:window.hacked=1"},
        {"type": "link", "title": "Runbook", "url": "https://example.org/"},
    ]
    page = show(open_page, panel("stat", links=[]), links=links)
    bar = page.get_by_role("navigation", name="Links of the dashboard")

    assert bar.get_by_role("link").all_inner_texts() == ["Runbook"]
    assert "no web address" in bar.get_by_title("Not followed").get_attribute("title")
    assert "Trap" in bar.inner_text()


@pytest.mark.parametrize("kind", ["state-timeline", "heatmap"])
def test_rows_over_time_share_crosshair_and_tooltip(open_page, kind):
    chart = panel("timeseries", "up", links=[])
    rows = panel(kind, "up", links=[], options={"calculate": True})
    page = show(open_page, chart, rows, graphTooltip=2, address="d/test?from=now-1m&to=now&refresh=off")
    page.locator(".u-over").nth(1).wait_for()
    page.wait_for_timeout(500)
    first = page.locator(".u-over").first
    first.hover(position={"x": first.bounding_box()["width"] - 12, "y": 40})

    expect(page.locator("[class*=_shown]")).to_have_count(2)
    page.mouse.move(5, 5)
    expect(page.locator("[class*=_shown]")).to_have_count(0)


def test_numbers_that_the_browser_cannot_hold_survive_an_edit(open_library, library):
    library.save("Exact", uid="exact", note=9007199254740993)
    page = open_library("d/exact?edit&editPanel=1")
    title = page.get_by_label("Title", exact=True)
    title.fill("Renamed")
    title.press("Enter")
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    page.wait_for_function("() => !location.search.includes('edit')")

    assert "Renamed" in library.original("exact")
    assert "9007199254740993" in library.original("exact")


def test_of_many_dashboards_the_navigation_shows_those_that_one_goes_to(open_library, library):
    for at in range(30):
        library.save(f"Board {at:02}", uid=f"b{at:02}")
    library.send("POST", "api/user/stars/dashboard/uid/b07", {})
    page = open_library("d/b03")
    nav = page.get_by_role("navigation", name="Main")
    nav.get_by_text("Starred").wait_for()

    assert nav.get_by_role("link", name=re.compile(r"Board \d")).all_inner_texts() == ["Board 07", "Board 03"]
    page.keyboard.press("/")
    page.keyboard.type("board 21")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/d/b21"))
    nav.get_by_role("link", name=re.compile(r"^All \d+")).click()
    page.wait_for_url(re.compile("/dashboards$"))
