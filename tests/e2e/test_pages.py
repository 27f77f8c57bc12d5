"""Every page, in both themes, wide and narrow: it draws, it is quiet, it fits, and it can be read."""

from __future__ import annotations

import pytest

PAGES = ["", "d/auto-node/node", "d/auto-chat/chat", "targets", "dashboards"]
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


@pytest.mark.parametrize("path", ["", "d/auto-node/node", "d/auto-chat/chat"])
def test_every_panel_draws(open_page, path):
    page = open_page(path)
    show_all(page)

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
