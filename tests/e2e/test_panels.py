"""Every panel type on one dashboard: each is drawn, at both widths and in both themes, and nothing in it runs."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest
from looks import VIEWS, assert_looks_right, violations
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

DOCUMENT = Path(__file__).parent / "data" / "every-panel.json"


@pytest.fixture(scope="module")
def address(server):
    """Where the dashboard is, once the server has it."""
    dashboard = json.loads(DOCUMENT.read_text())
    body = json.dumps({"dashboard": {**dashboard, "id": None}, "overwrite": True}).encode()
    request = urllib.request.Request(
        f"{server.url}api/dashboards/db", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["url"].lstrip("/")


def draw_all(page) -> None:
    """Panels are drawn when they come near the screen: make the screen as high as the page."""
    page.wait_for_selector("[data-panel]")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    expect(page.locator("[role=status][aria-label=Loading]")).to_have_count(0, timeout=20_000)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_panel_is_drawn(open_page, address, width, theme):
    page = open_page(address, width=width, theme=theme)
    draw_all(page)

    assert page.watch.complaints == []
    wanted = len(json.loads(DOCUMENT.read_text())["panels"])
    assert page.locator("[data-panel]").count() == wanted
    assert page.get_by_text("could not be drawn").count() == 0
    assert page.get_by_text("Query failed").count() == 0
    for name in ("Heatmap: ", "States: ", "Pie chart: ", "Bar chart: ", "Histogram: ", "Chart: "):
        assert page.locator(f"[role=img][aria-label^='{name}']").count() > 0
    assert violations(page) == []


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize("title", ["Network, sent below", "File systems"])
def test_a_panel_alone_looks_right(open_page, address, title, width, theme):
    numbers = {one["title"]: one["id"] for one in json.loads(DOCUMENT.read_text())["panels"]}
    page = open_page(f"{address}?viewPanel={numbers[title]}", width=width, theme=theme)
    page.locator("[data-panel]").locator("canvas, table").first.wait_for()
    expect(page.locator("[data-panel]")).to_have_count(1)
    expect(page.locator("[role=status][aria-label=Loading]")).to_have_count(0, timeout=20_000)

    assert_looks_right(page, width)


def test_a_state_is_a_word_and_a_shape_besides_its_colour(open_page, address):
    page = open_page(address)
    draw_all(page)

    card = page.locator("[data-panel] li", has_text="gone").filter(has_text="Down")
    assert card.count() == 1
    assert card.locator("svg path").count() == 2


def test_script_in_a_text_does_not_run_and_no_link_leads_to_it(open_page, address):
    page = open_page(address)
    draw_all(page)

    assert page.get_by_text("not a link").count() == 1
    assert page.evaluate("window.ran") is None
    assert page.locator("a[href^='javascript:']").count() == 0


def test_a_click_in_the_key_shows_one_slice_alone(open_page, address):
    page = open_page(address)
    draw_all(page)
    pie = page.locator("section[aria-label='Samples by job']")
    before = pie.locator("svg path[data-at]").count()

    pie.get_by_role("button", name="node").click()

    assert before > 1
    assert pie.locator("svg path[data-at]").count() == 1
