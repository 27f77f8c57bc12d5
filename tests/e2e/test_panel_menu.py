"""The menu of a panel: by pointer and by keyboard, what it leads to, and the files that it makes."""

from __future__ import annotations

import csv
import io
import json
import re
import struct

import pytest
from e2e_server import serve_dashboard
from looks import VIEWS, assert_looks_right

LINKS = [
    {"title": "Runbook", "url": "https://example.org/run?job=${__dashboard.uid}", "targetBlank": True},
    {"title": "Trap", "url": "javascript:alert(1)"},
]
NOTES = [
    {"panelId": 1, "path": "type", "rule": "panel-type", "message": "graph is drawn as timeseries"},
    {"panelId": 2, "path": "alert", "rule": "unsupported-alert", "message": "Alerts of panels are not kept"},
    {"panelId": None, "path": "rows", "rule": "rows", "message": "rows became panels"},
]


def chart(expr: str, title: str, kind: str = "timeseries", **more) -> dict:
    return {"type": kind, "title": title, "targets": [{"refId": "A", "expr": expr}], **more}


def panels() -> list[dict]:
    linked = {
        "defaults": {"links": [{"title": "Mode ${__field.labels.mode}", "url": "/explore?q=${__field.labels.mode}"}]}
    }
    return [
        chart(
            'sum by (mode) (rate(node_cpu_seconds_total{job="node"}[30s]))',
            "CPU by mode",
            description="Seconds of CPU time a second",
            links=LINKS,
            fieldConfig=linked,
        ),
        chart("node_load1", "Load", "stat"),
    ]


def show(open_page, address: str = "d/test?refresh=off", **more):
    page = open_page(address, before=lambda page: serve_dashboard(page, panels(), notes=NOTES, title="Menus"), **more)
    page.locator("[data-panel] canvas").first.wait_for()
    return page


def open_menu(page, title: str = "CPU by mode"):
    page.get_by_role("button", name=f"Menu of {title}").click()
    return page.get_by_role("menu", name=f"Menu of {title}")


def test_the_menu_is_gone_through_by_keyboard(open_page):
    page = show(open_page)
    button = page.get_by_role("button", name="Menu of CPU by mode")
    button.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("menu").wait_for()
    focused = lambda: page.evaluate("document.activeElement.innerText.split('\\n')[0]")  # noqa: E731
    assert focused() == "View alone"
    page.keyboard.press("End")
    assert focused() == "Links of the data"
    page.keyboard.press("ArrowDown")
    assert focused() == "View alone"
    page.keyboard.type("d")
    assert focused() == "Download CSV"
    page.wait_for_timeout(700)
    page.keyboard.type("d")
    assert focused() == "Download PNG"
    page.keyboard.press("Escape")

    assert page.get_by_role("menu").count() == 0
    assert button.evaluate("e => e === document.activeElement")
    assert "viewPanel" not in page.url


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_menu_notes_and_description_look_right(open_page, width, theme):
    page = show(open_page, width=width, theme=theme)
    page.get_by_role("button", name="Translated: 1 note").nth(0).wait_for()
    menu = open_menu(page)
    menu.wait_for()
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.wait_for_timeout(200)
    assert_looks_right(page, width)

    page.keyboard.press("Escape")
    panel = page.get_by_role("region", name="Load", exact=True)
    panel.get_by_role("button", name="Translated: 1 note").click()
    panel.get_by_text("Alerts of panels are not kept").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Description").click()
    page.get_by_role("note").get_by_text("Seconds of CPU time a second").wait_for()
    assert_looks_right(page, width)


def test_links_are_followed_only_where_they_are_safe(open_page):
    page = show(open_page)
    menu = open_menu(page)
    runbook = menu.get_by_role("menuitem", name="Runbook")
    assert runbook.get_attribute("href") == "https://example.org/run?job=test"
    assert runbook.get_attribute("target") == "_blank"
    assert "noopener" in runbook.get_attribute("rel")
    trap = menu.get_by_role("menuitem", name="Trap")
    assert trap.get_attribute("href") is None
    assert "no web address" in trap.get_attribute("title")

    menu.get_by_role("menuitem", name="Links of the data").click()
    link = page.get_by_role("dialog").get_by_role("link", name="Mode user")
    assert link.get_attribute("href").endswith("/explore?q=user")


def test_explore_opens_with_the_queries_and_the_range(open_page):
    page = show(open_page, "d/test?refresh=off&from=now-10m&to=now")
    address = open_menu(page).get_by_role("menuitem", name="Explore").get_attribute("href")
    assert address.startswith("explore?q=sum+by+%28mode%29")
    assert "from=now-10m&to=now" in address
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="CPU by mode").hover()
    page.keyboard.press("e")

    page.wait_for_url(re.compile(r"/explore\?q="))


def test_the_link_to_a_panel_has_its_range(open_page):
    page = show(open_page, "d/test?refresh=off&from=now-10m&to=now&var-x=1")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_menu(page).get_by_role("menuitem", name="Copy link", exact=True).click()
    page.get_by_text("Link copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")

    assert copied.startswith("http://127.0.0.1")
    for part in ("/d/test?", "viewPanel=1", "from=now-10m", "to=now", "var-x=1"):
        assert part in copied
    open_menu(page).get_by_role("menuitem", name="Copy link with fixed times").click()
    page.wait_for_function("async () => /from=\\d{13}/.test(await navigator.clipboard.readText())")


def test_only_the_panel_that_is_meant_asks_again(open_page):
    page = show(open_page)
    asked: list[str] = []
    page.on("request", lambda request: "query" in request.url and asked.append(request.url))
    with page.expect_response(re.compile("query_range")):
        open_menu(page).get_by_role("menuitem", name="Refresh this panel").click()

    assert any("node_cpu" in url for url in asked)
    assert not any("node_load1" in url for url in asked)


def test_the_data_are_saved_in_full(open_page):
    page = show(open_page)
    with page.expect_download() as download:
        open_menu(page).get_by_role("menuitem", name="Download CSV").click()
    assert download.value.suggested_filename == "CPU-by-mode.csv"
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))

    assert rows[0][0] == "Time"
    assert {"user", "system", "idle"} <= set(rows[0])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", rows[1][0])
    idle = rows[0].index("idle")
    assert any(float(row[idle]) > 0 for row in rows[1:] if row[idle])


def test_the_picture_has_twice_the_pixels_with_title_and_legend(open_page, tmp_path):
    page = show(open_page, "d/test?from=now-1m&to=now&refresh=off")
    box = page.get_by_role("region", name="CPU by mode", exact=True).bounding_box()
    with page.expect_download() as download:
        open_menu(page).get_by_role("menuitem", name="Download PNG").click()
    assert download.value.suggested_filename == "CPU-by-mode.png"
    content = download.value.path().read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    assert abs(width - 2 * box["width"]) <= 2
    assert abs(height - 2 * box["height"]) <= 2

    # Where the title, the plot and the legend are, there is more than background.
    page.evaluate(
        """async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext("2d", { willReadFrequently: true }).drawImage(image, 0, 0);
      window.picture = canvas;
    }""",
        __import__("base64").b64encode(content).decode(),
    )
    colors = lambda x, y, w, h: page.evaluate(  # noqa: E731
        "([x, y, w, h]) => new Set(new Uint32Array(picture.getContext('2d').getImageData(x, y, w, h).data.buffer)).size",
        [x, y, w, h],
    )
    assert colors(20, 10, 200, 50) > 8
    assert colors(width // 8, height // 8, width * 3 // 4, height // 2) > 8
    assert colors(20, height - 60, width // 2, 50) > 8
    assert page.watch.complaints == []
    assert page.locator("[data-panel] canvas").first.evaluate("e => e.width") == round(
        page.locator("[data-panel] canvas").first.bounding_box()["width"]
    )


def test_a_fault_in_one_panel_leaves_the_others(open_page):
    broken = chart("up", "Broken", options={"legend": {"calcs": [{"toString": 1}]}})
    page = open_page("d/test", before=lambda page: serve_dashboard(page, [broken, chart("node_load1", "Good")]))
    page.get_by_role("region", name="Good", exact=True).locator("canvas").wait_for()
    assert json.loads(page.evaluate("JSON.stringify(document.querySelectorAll('[data-panel]').length)")) == 2
