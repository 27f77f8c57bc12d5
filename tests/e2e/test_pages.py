"""Every page, in both themes, wide and narrow: it draws, it is quiet, it fits, and it can be read."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as NotInTime

PAGES = ["", "d/watchglass-itself", "d/auto-node/node", "d/auto-chat/chat", "targets", "dashboards"]
VIEWS = [(1280, "dark"), (1280, "light"), (390, "dark"), (390, "light")]

# Text that is cut off must be readable somewhere: in a title of its own or of what surrounds it.
CLIPPED = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.children.length === 0 && e.textContent.trim() !== "" && e.checkVisibility())
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1)
  .filter((e) => ["hidden", "clip"].includes(getComputedStyle(e).overflowX))
  .filter((e) => e.closest("[title]") === null)
  .map((e) => `${e.tagName}.${e.className}: ${e.textContent}`)"""

# A canvas whose pixels are all alike shows nothing.
BLANK = """() => [...document.querySelectorAll("canvas")]
  .filter((canvas) => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size < 4;
  })
  .map((canvas) => canvas.closest("section").ariaLabel)"""

UNDRAWN = """() => [...document.querySelectorAll("[data-panel]")]
  .filter((panel) => panel.querySelector("canvas, table, svg[role=img], [class*=_number], [class*=_text_]") === null)
  .map((panel) => panel.innerText)"""


def show_all(page):
    """Make the window as high as the page, so that everything on it is drawn, and wait until it is."""
    page.wait_for_selector("main > *")
    page.wait_for_load_state("networkidle") if "dashboards" in page.url else page.wait_for_timeout(700)
    if "/d/" in page.url:
        page.wait_for_selector("[data-panel]")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": min(height, 8000)})
    page.wait_for_timeout(1500)
    page.wait_for_function("() => document.querySelector('[aria-label=Loading]') === null", timeout=20_000)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole_quiet_and_readable(open_page, path, width, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(path, width=width, theme=theme)
    show_all(page)

    assert page.watch.complaints == []
    assert page.watch.foreign == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(BLANK) == []
    found = [v for v in axe.run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    assert [(v["id"], [node["target"] for node in v["nodes"]][:5]) for v in found] == []


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_a_dashboard_that_is_not_there_leads_on(open_page, width, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page("d/not-there", width=width, theme=theme)
    page.get_by_text("No such dashboard").wait_for()

    assert page.get_by_role("main").get_by_role("link", name="All dashboards").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = [v for v in axe.run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    assert [(v["id"], [node["target"] for node in v["nodes"]][:5]) for v in found] == []


@pytest.mark.parametrize("path", ["", "d/auto-node/node", "d/auto-chat/chat"])
def test_every_panel_draws(open_page, path):
    page = open_page(path)
    show_all(page)
    with suppress(NotInTime):  # a slow machine draws later; what is never drawn is named below
        page.wait_for_function(f"() => ({UNDRAWN})().length === 0", timeout=20_000)

    assert page.evaluate(UNDRAWN) == []


def test_first_row_of_this_machine_shows_numbers(open_page):
    page = open_page()
    first = page.locator("[data-panel]")
    first.nth(6).wait_for()
    numbers = first.locator("[class*=_number]")
    page.wait_for_function("() => document.querySelectorAll('[class*=_number]').length >= 7")

    assert all(any(digit.isdigit() for digit in text) for text in numbers.all_text_contents()[:7])


def test_pages_work_below_a_path(open_page, server):
    """Assets and requests are relative to the base that the server gives, so a proxy may put it anywhere."""
    page = open_page("d/this-machine/this-machine")
    addresses = page.evaluate(
        "[...document.querySelectorAll('script,link[rel=stylesheet]')].map((e) => e.getAttribute('src') ?? e.getAttribute('href'))"
    )

    # What is loaded later is addressed by what loaded it.
    assert [address for address in addresses if not address.startswith(("./", server.url))] == []
    assert any(address.startswith("./") for address in addresses)
    assert page.evaluate("document.baseURI") == server.url


def test_on_a_phone_the_title_is_whole_and_the_controls_stay(open_page):
    page = open_page("d/this-machine", width=390)
    title = page.get_by_role("heading", level=1, name="This machine")
    title.wait_for()
    assert title.evaluate("each => each.scrollWidth <= each.clientWidth")
    controls = page.locator("header").get_by_role("button", name="Time range")
    page.locator("[data-panel]").nth(3).wait_for()
    page.mouse.wheel(0, 600)
    page.wait_for_function("() => scrollY > 300")
    assert 0 <= controls.first.bounding_box()["y"] < 60


def test_a_small_panel_without_a_neighbour_has_the_width_of_a_phone(open_library, library):
    panels = [
        {
            "id": at,
            "type": "stat",
            "title": f"P{at}",
            "targets": [{"expr": "1"}],
            "gridPos": {"x": at * 4, "y": 0, "w": 4, "h": 4},
        }
        for at in range(1, 4)
    ]
    uid = library.save("Odd", panels=panels)
    page = open_library(f"d/{uid}", width=390)
    page.locator("[data-panel]").nth(2).wait_for()
    widths = [page.locator(f'[data-panel="{at}"]').bounding_box()["width"] for at in range(1, 4)]
    assert widths[0] == widths[1] < 200
    assert widths[2] > 340
