"""What must hold of every page, however it is looked at: quiet, whole, readable, and large enough to be hit."""

from __future__ import annotations

import pytest
from test_pages import BLANK, CLIPPED

VIEWS = [(1280, "dark"), (1280, "light"), (390, "dark"), (390, "light")]
NARROW = 500

# What a finger has to hit on a narrow screen; entries of a legend and heads of columns have the whole row.
SMALL = """() => [...document.querySelectorAll("main button, main select, main input, main summary, header button")]
  .filter((e) => e.checkVisibility() && e.closest("[data-entry], th") === null)
  .map((e) => [e.getBoundingClientRect(), e])
  .filter(([box]) => box.width > 0 && box.height < 31.5)
  .map(([box, e]) => `${e.tagName} ${e.ariaLabel ?? e.textContent}: ${box.height}`)"""


def assert_looks_right(page, width: int) -> None:
    """The page as it stands; its address may have brought it into any state."""
    assert_readable(page, width)
    assert page.evaluate(BLANK) == []


def assert_readable(page, width: int) -> None:
    """The same but for its drawings: to read their pixels again and again makes the browser complain."""
    assert page.watch.complaints == [], page.watch.complaints
    assert page.watch.foreign == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CLIPPED) == []
    if width < NARROW:
        assert page.evaluate(SMALL) == []
    assert violations(page) == []


def violations(page) -> list:
    """What axe-core calls serious or critical, with where it is."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = [v for v in axe.run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    return [(v["id"], [node["target"] for node in v["nodes"]][:5]) for v in found]
