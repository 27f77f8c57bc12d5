"""What a person does: choose a range, zoom, switch theme, find a dashboard, read why a panel is empty."""

from __future__ import annotations

import re
import subprocess

from e2e_server import serve_dashboard, watchglass


def chart(expr: str, title: str = "Chart", kind: str = "timeseries", **more) -> dict:
    return {"type": kind, "title": title, "targets": [{"refId": "A", "expr": expr}], **more}


def test_the_range_is_chosen_by_key_and_kept_in_the_address(open_page):
    page = open_page()
    page.wait_for_selector("[data-panel]")
    page.keyboard.press("t")
    page.get_by_role("button", name="Last 6 hours").click()

    assert "from=now-6h&to=now" in page.url
    page.reload()
    page.get_by_role("button", name="Time range").get_by_text("Last 6 hours").wait_for()
    page.go_back()
    page.get_by_role("button", name="Time range").get_by_text("Last 15 minutes").wait_for()


def test_ones_own_range_must_make_sense(open_page):
    page = open_page()
    page.wait_for_selector("[data-panel]")
    page.keyboard.press("t")
    page.get_by_label("From").fill("five minutes ago")
    page.get_by_role("button", name="Apply").click()
    assert "is no time" in page.get_by_role("alert").inner_text()

    page.get_by_label("From").fill("now-90m")
    page.get_by_role("button", name="Apply").click()
    assert "from=now-90m" in page.url


def test_dragging_over_a_chart_zooms_all_of_them_and_double_click_zooms_out(open_page):
    page = open_page("?from=now-1m&to=now&refresh=off")
    page.wait_for_selector("canvas")
    box = page.locator(".u-over").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.88, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.98, middle, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile(r"from=\d+&to=\d+"))
    start, end = map(int, re.search(r"from=(\d+)&to=(\d+)", page.url).groups())
    assert abs((end - start) - 6000) < 1000

    page.locator(".u-over").first.dblclick()
    page.wait_for_url(lambda url: f"from={start}" not in url)
    wider = [int(text) for text in re.search(r"from=(\d+)&to=(\d+)", page.url).groups()]
    assert wider[1] - wider[0] > end - start


def test_hovering_shows_one_tooltip_and_moves_every_crosshair(open_page):
    page = open_page("?from=now-1m&to=now")
    page.wait_for_selector("canvas")
    page.wait_for_timeout(500)
    page.locator(".u-over").nth(1).hover(position={"x": 400, "y": 60})
    page.wait_for_function("() => document.querySelectorAll('[class*=_shown]').length === 1")

    assert "used" in page.locator("[class*=_shown]").inner_text()
    left = page.evaluate("[...document.querySelectorAll('.u-cursor-x')].map((e) => e.style.transform)")
    assert len({transform for transform in left if "-10px" not in transform}) >= 1
    assert "translate" in left[0]


def test_the_theme_is_remembered(open_page):
    page = open_page(theme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("button", name="Light theme").click()
    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_dashboard_is_found_from_the_keyboard(open_page):
    page = open_page()
    page.get_by_role("link", name="chat").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("cha")
    page.get_by_role("link", name="node").wait_for(state="detached")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("d/auto-chat/"))


def test_enter_opens_the_first_match_and_escape_leaves_the_search(open_page):
    page = open_page()
    page.get_by_role("link", name="chat").wait_for()
    search = page.get_by_label("Find a dashboard")
    page.keyboard.press("/")
    page.keyboard.type("cha")
    page.get_by_role("link", name="Targets").wait_for(state="detached")
    assert page.locator("[class*=_veil_]").count() == 0
    page.keyboard.press("Escape")
    assert search.input_value() == ""
    assert not search.evaluate("e => e === document.activeElement")

    page.keyboard.press("/")
    page.keyboard.type("targ")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("targets$"))


def test_narrow_screens_have_a_drawer(open_page):
    page = open_page(width=390)
    targets = page.get_by_role("link", name="Targets")
    assert not targets.is_visible()
    page.get_by_role("button", name="Open navigation").click()
    targets.click()

    page.wait_for_url(re.compile("targets$"))
    targets.wait_for(state="hidden")

    page.get_by_role("button", name="Open navigation").click()
    targets.wait_for()
    page.keyboard.press("Escape")
    targets.wait_for(state="hidden")


def test_targets_say_what_is_wrong(open_page):
    page = open_page("targets")
    page.get_by_text("127.0.0.1:1/metrics").wait_for()
    gone = page.locator("li", has_text="127.0.0.1:1/metrics")

    assert "Down" in gone.inner_text()
    assert "connection refused" in gone.inner_text()
    assert page.get_by_text("1 of 1 up").count() == 3


def test_an_empty_panel_says_why(open_page):
    panels = [
        chart("no_such_metric_total", "Missing"),
        chart('up{job="gone"} == 1', "Down"),
        chart("node_load1 > 1e9", "Nothing"),
    ]
    page = open_page("d/test", before=lambda page: serve_dashboard(page, panels))
    panel = lambda title: page.locator("section", has=page.get_by_role("heading", name=title))  # noqa: E731

    panel("Missing").get_by_text("no_such_metric_total").wait_for()
    panel("Down").get_by_text("Target 127.0.0.1:1 is down").wait_for()
    panel("Nothing").get_by_text("Its series have samples, but the query leaves nothing of them").wait_for()


def test_a_wrong_query_shows_the_servers_message_and_can_be_tried_again(open_page):
    page = open_page(
        "d/test", before=lambda page: serve_dashboard(page, [chart("sum(node_load1", "Broken"), chart("up", "Good")])
    )
    alert = page.get_by_role("alert")
    alert.wait_for()

    assert "1:" in alert.inner_text()
    page.locator("canvas").wait_for()
    page.get_by_role("button", name="Show query").click()
    page.get_by_role("dialog").get_by_text("sum(node_load1").wait_for()
    page.keyboard.press("Escape")
    with page.expect_request(re.compile("query_range.*node_load1")):
        page.get_by_role("button", name="Retry").click()


def test_an_unknown_panel_type_is_a_table_with_a_note(open_page):
    page = open_page("d/test", before=lambda page: serve_dashboard(page, [chart("up", "Odd", "vendor-hexmap-panel")]))
    page.get_by_role("columnheader", name=re.compile("chat")).first.wait_for()

    assert page.get_by_role("button", name=re.compile("vendor-hexmap-panel")).is_visible()


def test_a_panel_is_seen_alone_and_as_a_table(open_page):
    page = open_page()
    page.wait_for_selector("canvas")
    page.get_by_role("heading", name="CPU by mode").hover()
    page.keyboard.press("v")
    page.wait_for_url(re.compile("viewPanel="))
    assert page.locator("[data-panel]").count() == 1
    page.get_by_role("button", name="Menu of CPU by mode").click()
    page.get_by_role("menuitemcheckbox", name="As a table").click()

    page.get_by_role("cell", name="user", exact=True).wait_for()

    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('viewPanel')")
    page.go_back()
    page.get_by_role("button", name="Back to the dashboard").first.click()
    page.wait_for_function("() => !location.search.includes('viewPanel')")


def test_a_legend_entry_shows_its_series_alone(open_page):
    page = open_page()
    page.wait_for_selector("canvas")
    entry = page.get_by_role("button", name="system", exact=True)
    entry.click()
    assert page.get_by_role("button", name="user", exact=True).get_attribute("aria-pressed") == "false"
    entry.click()
    assert page.get_by_role("button", name="user", exact=True).get_attribute("aria-pressed") == "true"


def test_a_long_legend_says_how_much_is_out_of_sight_and_its_table_scrolls(open_page):
    many = {**chart("{__name__=~'node_network_.*|node_filesystem_.*'}", "Many"), "gridPos": {"w": 8, "h": 8}}
    page = open_page("d/test", before=lambda page: serve_dashboard(page, [many]))
    page.wait_for_selector("canvas")
    page.get_by_role("button", name=re.compile(r"^\+\d+ more$")).click()
    page.get_by_role("button", name="fewer").wait_for()

    page.get_by_role("heading", name="Many").hover()
    page.get_by_role("button", name="Menu of Many").click()
    page.get_by_role("menuitemcheckbox", name="As a table").click()
    table = page.get_by_role("region", name="Table")
    table.hover()
    page.mouse.wheel(0, 200)
    page.wait_for_function("() => document.querySelector('[role=region][aria-label=Table]').scrollTop > 0")


def test_an_automatic_dashboard_says_that_its_target_is_down(open_page):
    page = open_page("d/auto-gone/gone")
    page.get_by_role("link", name=re.compile("^0 of 1 targets up")).click()

    page.wait_for_url(re.compile("targets$"))


def test_text_cannot_run_scripts_or_load_from_elsewhere(open_page):
    content = "**bold** <img src='https://example.com/x.png'><a href='javascript:window.hacked=1'>link</a><script>window.hacked=1</script>"
    panel = {"type": "text", "title": "Note", "options": {"mode": "html", "content": content}}
    page = open_page("d/test", before=lambda page: serve_dashboard(page, [panel]))
    page.get_by_text("**bold**").wait_for()

    assert page.evaluate("window.hacked") is None
    assert page.watch.foreign == []
    assert page.watch.complaints == []


def test_a_hidden_page_asks_nothing(open_page):
    page = open_page("?refresh=1s")
    page.wait_for_selector("canvas")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(300)
    asked = []
    page.on("request", lambda request: "query" in request.url and asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == []

    with page.expect_request(re.compile("query_range")):
        page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")


def test_old_data_stay_dimmed_when_the_server_goes(chromium, tmp_path):
    with watchglass(tmp_path, "") as server:
        page = chromium.new_page()
        page.goto(f"{server.url}?refresh=1s")
        page.wait_for_selector("canvas")
        page.wait_for_function("() => document.querySelectorAll('[class*=_number]').length >= 7")
        server.process.send_signal(subprocess.signal.SIGTERM)
        server.process.wait(timeout=20)
        page.wait_for_selector("[class*=_dimmed]")
        page.get_by_role("button", name="The server cannot be reached.").first.wait_for()

        assert page.locator("canvas").count() > 0
        assert page.get_by_role("status").get_by_text("The server cannot be reached.").count() == 1
        page.close()


def test_a_part_that_cannot_be_loaded_harms_only_its_panels(open_page):
    page = open_page(before=lambda page: page.route("**/assets/timeseries-*.js", lambda route: route.abort()))
    page.get_by_text("A part of this page could not be loaded").first.wait_for()

    page.wait_for_function("() => document.querySelectorAll('[class*=_number]').length >= 7")


def test_an_address_without_a_page_says_so(open_page):
    page = open_page("d/nowhere")
    page.get_by_text("No such dashboard").wait_for()

    assert page.get_by_text("nowhere", exact=True).is_visible()
