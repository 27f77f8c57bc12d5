"""Every page by the Tab key alone: all that can be used is reached, is seen to have the focus, and can be left."""

from __future__ import annotations

import pytest
from e2e_server import serve_dashboard

PANELS = [{"type": "timeseries", "title": "Load", "targets": [{"refId": "A", "expr": "node_load1"}]}]
PAGES = {
    "a dashboard": "d/test?refresh=off",
    "its editor": "d/test?edit",
    "a panel's editor": "d/test?edit&editPanel=1",
    "the list": "dashboards",
    "the import": "dashboards/import",
    "a new one": "dashboard/new",
    "Explore": "explore?q=up",
    "Targets": "targets",
    "Status": "status",
    "no page": "nowhere",
}

# What a user may want to reach: of a group of radio buttons and of a roving list, one.
REACHABLE = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0'], [contenteditable=true]")];
  return all.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0 && e.type !== "radio")
    .map((e) => { e.dataset.tab ??= String(Math.random()); return e.dataset.tab; });
}"""

# The element with the focus, whether one sees that it has it, and what it is called.
FOCUSED = """() => {
  const e = document.activeElement;
  if (e === null || e === document.body) return null;
  const ringed = (each) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow.includes("0px 0px 0px 1px");
  };
  const near = [e, e.nextElementSibling, e.parentElement, e.parentElement?.parentElement, e.closest("[class*=_line_], [class*=_editor_]")];
  const shown = near.some((each) => each instanceof Element && ringed(each)) || e.closest("[class*=_search_], [class*=_editor_]") !== null;
  return { tab: e.dataset.tab, shown, name: `${e.tagName} ${e.ariaLabel ?? e.textContent.slice(0, 40)}` };
}"""


@pytest.mark.parametrize("name", PAGES)
def test_all_of_a_page_is_reached_seen_and_left_by_tab(open_page, name):
    page = open_page(PAGES[name], before=lambda page: serve_dashboard(page, PANELS))
    page.locator("main > *").first.wait_for()
    page.wait_for_timeout(2500)  # nothing appears any more
    wanted = set(page.evaluate(REACHABLE))
    reached: set[str] = set()
    unseen = []
    for _ in range(len(wanted) + 60):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            continue  # past the page's end, from where it goes on at its beginning
        if focused["tab"] in reached and wanted <= reached:
            break
        reached.add(focused["tab"])
        unseen += [] if focused["shown"] else [focused["name"]]
    describe = "(tabs) => tabs.map((t) => document.querySelector(`[data-tab='${t}']`)?.outerHTML.slice(0, 120))"

    assert page.evaluate(describe, sorted(wanted - reached)) == []
    assert unseen == []
