"""The frame around all pages: time, keys, palette, themes, and what happens when something is wrong."""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack

import pytest
from e2e_server import ask, free_port, running, serve_dashboard, wait_until
from looks import VIEWS, assert_looks_right

PALETTE = "dialog[aria-label='Command palette']"


def bounds(page) -> list[int]:
    return [int(text) for text in re.search(r"from=(\d+)&to=(\d+)", page.url).groups()]


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize(
    "opened", ["time range", "refused range", "palette", "found", "nothing found", "keys", "nothing here"]
)
def test_what_opens_looks_right(open_page, opened, width, theme):
    page = open_page("nowhere/at/all" if opened == "nothing here" else "explore", width=width, theme=theme)
    page.wait_for_selector("h1")
    if opened in {"time range", "refused range"}:
        page.get_by_role("button", name="Time range").click()
        page.get_by_label("From").wait_for()
        box = page.get_by_role("dialog", name="Time range").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    if opened == "refused range":
        page.get_by_label("From").fill("now+3h")
        page.keyboard.press("Enter")
        page.get_by_text("From must be before to.").wait_for()
    if opened in {"palette", "found", "nothing found"}:
        page.keyboard.press("Control+k")
        page.wait_for_selector(f"{PALETTE} [role=option]")
        page.keyboard.type({"palette": "", "found": "node_load", "nothing found": "zzqq"}[opened])
    if opened == "found":
        page.locator(PALETTE).get_by_text("node_load15").wait_for()
    if opened == "nothing found":
        page.get_by_text("Nothing matches.").wait_for()
    if opened == "keys":
        page.locator("h1").click()
        page.keyboard.press("?")
        page.get_by_role("heading", name="Keyboard shortcuts").wait_for()
    page.wait_for_timeout(300)
    if opened == "nothing here":
        page.watch.complaints = [text for text in page.watch.complaints if "404" not in text]

    assert_looks_right(page, width)


@pytest.mark.parametrize("short", ["5m", "15m", "1h", "6h", "24h", "7d", "30d"])
def test_every_preset_is_on_offer(open_page, short):
    page = open_page(f"explore?q=up&from=now-{short}&to=now")
    page.get_by_role("button", name="Time range").click()

    assert page.locator("[role=dialog] [aria-pressed=true]").count() == 1


def test_bounds_may_be_written_short_and_are_offered_again(open_page):
    page = open_page("explore?q=up")
    page.get_by_role("button", name="Time range").click()
    page.get_by_label("From").fill("90m")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile("from=now-90m&to=now"))

    page.get_by_role("button", name="Time range").click()
    page.get_by_role("button", name="Last 5 minutes").click()
    page.reload()
    page.get_by_role("button", name="Time range").click()
    page.get_by_text("Used lately").wait_for()
    page.get_by_role("button", name="Last 90m").click()
    page.wait_for_url(re.compile("from=now-90m&to=now"))


def test_bounds_that_make_no_sense_are_told_which(open_page):
    page = open_page("explore?q=up")
    page.get_by_role("button", name="Time range").click()
    page.get_by_label("From").fill("2026-13-40")
    page.get_by_role("button", name="Apply").click()
    assert "2026-13-40" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("From").get_attribute("aria-invalid") == "true"
    assert page.get_by_label("To", exact=True).get_attribute("aria-invalid") == "false"

    page.get_by_label("From").fill("now")
    page.get_by_label("To", exact=True).fill("now-1h")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("From must be before to.").wait_for()


def test_the_range_moves_and_widens_by_key_and_button(open_page):
    page = open_page("explore?q=up&from=1700000000000&to=1700003600000")
    page.wait_for_selector("h1")
    page.locator("h1").click()
    page.keyboard.press(",")
    page.wait_for_url(re.compile("from=1699998200000&to=1700001800000"))
    page.get_by_role("button", name="Move forward").click()
    page.wait_for_url(re.compile("from=1700000000000&to=1700003600000"))
    page.locator("h1").click()
    page.keyboard.press("-")
    page.wait_for_url(lambda url: "from=1700000000000" not in url)
    start, end = bounds(page)
    assert end - start == 7_200_000


def test_times_are_those_of_the_chosen_zone_and_the_link_says_which(open_page):
    page = open_page("explore?q=up&from=1700000000000&to=1700003600000")
    button = page.get_by_role("button", name="Time range")
    button.get_by_text("2023-11-14 22:13:20").first.wait_for()
    button.click()
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    button.get_by_text("2023-11-15 07:13:20").first.wait_for()
    page.wait_for_url(re.compile("timezone=Asia%2FTokyo|timezone=Asia/Tokyo"))

    other = open_page(page.url.removeprefix(page.evaluate("document.baseURI")))
    other.get_by_role("button", name="Time range").get_by_text("2023-11-15 07:13:20").first.wait_for()


def test_a_zone_that_has_several_names_is_shown_with_absolute_bounds_in_it(open_page):
    page = open_page("explore?from=2026-11-20T10:00:00Z&to=2026-11-20T12:00:00Z&timezone=Asia/Kolkata")
    button = page.get_by_role("button", name="Time range")
    button.click()

    assert "2026-11-20 15:30:00 to 17:30:00" in button.inner_text()
    assert page.get_by_label("From").input_value() == "2026-11-20 15:30:00"
    assert page.get_by_label("Time zone").evaluate("each => each.selectedOptions[0].text") == "Asia/Kolkata"


def test_the_link_is_copied_by_key(open_page):
    page = open_page("explore?q=up&from=now-6h&to=now")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("h1").click()
    page.keyboard.press("c")
    page.get_by_text("Link copied.").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_palette_tells_dashboards_of_one_title_apart(open_library, library):
    library.save("Service overview", uid="a", folder=library.folder("Team"))
    library.save("Service overview", uid="b")
    page = open_library()
    page.wait_for_selector("[data-panel]")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Command").fill("service over")
    page.get_by_role("option", name="Service overview").nth(1).wait_for()

    texts = [text.split("\n") for text in page.get_by_role("option", name="Service overview").all_inner_texts()]
    assert sorted(where for _, where in texts) == ["No folder", "Team"]


def test_the_palette_finds_pages_dashboards_actions_and_metrics(open_page):
    page = open_page("targets")
    page.wait_for_selector("h1")
    page.keyboard.press("Control+k")
    command = page.get_by_role("combobox", name="Command")
    command.fill("chat")
    page.get_by_role("option", name="chat", exact=True).wait_for()
    command.fill("node_load15")
    page.get_by_role("option", name="node_load15").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("explore.q=node_load15"))

    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Command").fill("light theme")
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"

    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Command").fill("zoom out")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"from=\d+&to=\d+"))

    page.keyboard.press("Control+k")
    page.wait_for_selector(PALETTE)
    page.keyboard.press("Escape")
    page.wait_for_selector(PALETTE, state="detached")


def test_two_keys_go_to_a_page_and_typing_is_no_command(open_page):
    page = open_page("targets")
    page.wait_for_selector("h1")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/status$"))
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url(re.compile("/explore$"))
    page.wait_for_selector(".cm-content")
    page.locator(".cm-content").click()
    page.keyboard.type("gtrm?")

    assert page.url.endswith("/explore")
    assert page.locator(".cm-content").inner_text().startswith("gtrm")


def test_the_whole_frame_is_reached_by_tab_alone(open_page):
    page = open_page("status")
    page.get_by_role("heading", name="Settings").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_server_that_is_away_is_told_and_all_comes_back_by_itself(open_page):
    page = open_page("explore?q=up&refresh=1s&from=now-1m&to=now")
    page.wait_for_selector("canvas")
    page.context.set_offline(True)
    page.get_by_role("status").get_by_text("The server cannot be reached.").wait_for()
    assert page.locator("canvas").count() > 0
    page.wait_for_timeout(3000)
    page.context.set_offline(False)
    page.get_by_text("The server cannot be reached.").wait_for(state="detached")

    with page.expect_response(re.compile("query_range")) as answer:
        pass
    assert answer.value.ok


def test_a_page_that_is_older_than_the_server_says_so_and_loses_nothing(open_page):
    def before(page):
        def newer(route):
            if route.request.method == "HEAD":
                route.fulfill(status=200, headers={"ETag": '"another"'})
            else:
                route.continue_()

        page.route(re.compile(r"^http://[^/]+/$"), newer)

    page = open_page("explore?q=up", before=before)
    page.wait_for_selector(".cm-content")
    page.locator(".cm-content").click()
    page.keyboard.type(" + 1")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("A new version runs.").wait_for()

    assert page.locator(".cm-content").inner_text() == "up + 1"
    page.get_by_role("button", name="Reload").click()
    page.wait_for_selector(".cm-content")
    assert "q=up" in page.url


def test_the_same_server_is_no_upgrade(open_page, server):
    page = open_page("explore")
    build = page.locator("meta[name=watchglass-build]").get_attribute("content")

    assert page.request.head(server.url).headers["etag"] == f'"{build}"'
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)
    assert page.get_by_text("A new version runs.").count() == 0


def counted(server, kind: str) -> float:
    with urllib.request.urlopen(f"{server.url}metrics", timeout=10) as answer:
        text = answer.read().decode()
    return float(re.search(rf'watchglass_client_errors_total{{kind="{kind}"}} ([\d.]+)', text)[1])


def test_a_fault_of_the_page_is_shown_and_counted_on_the_server(open_page, server):
    before = counted(server, "script")
    page = open_page("targets")
    page.get_by_role("list", name="Pools").wait_for()
    with page.expect_response(re.compile("client_errors")) as answer:
        page.evaluate("setTimeout(() => { throw new Error('made by the test') })")
    assert answer.value.status == 204
    page.get_by_text("Something went wrong on this page: made by the test").wait_for()
    page.evaluate("setTimeout(() => { throw new Error('made by the test') })")
    page.wait_for_timeout(300)

    assert counted(server, "script") == before + 1


def test_a_part_that_is_gone_after_an_upgrade_is_shown_and_counted(open_page, server):
    before = counted(server, "chunk")
    page = open_page(
        "targets", before=lambda page: page.route("**/assets/StatusPage-*.js", lambda route: route.abort())
    )
    page.get_by_role("list", name="Pools").wait_for()
    page.get_by_role("link", name="Status").click()
    page.get_by_text("A part of this page could not be loaded").wait_for()
    wait_until(lambda: counted(server, "chunk") == before + 1, "the report")

    page.get_by_role("link", name="Targets").click()
    page.get_by_role("list", name="Pools").wait_for()


def test_an_answer_that_cannot_be_drawn_harms_its_own_page_only(open_page):
    body = json.dumps({"status": "success", "data": {"activeTargets": 5}})
    page = open_page(
        "targets",
        before=lambda page: page.route(
            "**/api/v1/targets?state=any", lambda route: route.fulfill(body=body, content_type="application/json")
        ),
    )
    page.get_by_text("This page could not be drawn").wait_for()
    page.get_by_role("link", name="Status").click()
    page.get_by_role("heading", name="Health").wait_for()


def test_an_address_without_a_page_leads_on(open_page, server):
    page = open_page("nowhere/at/all")
    page.get_by_text("There is no page at this address").wait_for()
    page.get_by_role("link", name="All dashboards").click()
    page.wait_for_url(re.compile("dashboards$"))

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}nowhere/at/all", timeout=5)
    assert refused.value.code == 404
    refused.value.close()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("d/%zz", "No such dashboard"),
        ("d/100%", "No such dashboard"),
        ("dashboards/f/%", "Dashboards"),
        ("constructor", "There is no page at this address"),
        ("__proto__", "There is no page at this address"),
    ],
)
def test_no_address_leaves_the_page_blank(open_page, path, said):
    page = open_page(path)
    page.locator("#main, h1").get_by_text(said).first.wait_for()


@pytest.mark.parametrize("title", ["${word:date}", "${word:date:YYYY}", "${word:__proto__}", "${word:constructor}"])
def test_a_reference_that_means_nothing_is_its_value(open_page, title):
    word = {"name": "word", "type": "textbox", "query": "", "current": {"value": "", "text": ""}}
    panels = [{"type": "text", "title": title, "options": {"content": "Still here"}}]
    page = open_page(
        "d/test?var-word=yesterday",
        before=lambda page: serve_dashboard(page, panels, templating={"list": [word]}),
    )
    page.get_by_text("Still here").wait_for()
    page.get_by_role("heading", name="yesterday").wait_for()


FORBIDDEN = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })"
)


def test_a_browser_that_keeps_nothing_can_do_all_but_drafts(open_library, library):
    library.save("Kept", uid="kept")
    page = open_library("d/kept?edit=", before=lambda page: page.add_init_script(FORBIDDEN))
    page.get_by_role("button", name="Add a row").click()
    page.get_by_text("The browser keeps no draft of this dashboard").wait_for()

    page.goto(f"{library.url}dashboard/new")
    page.get_by_role("heading", name="New dashboard").wait_for()


def test_what_opens_over_a_page_and_is_gone_after_an_upgrade_is_said(open_page):
    page = open_page("targets", before=lambda page: page.route("**/assets/frame-*.js", lambda route: route.abort()))
    page.get_by_role("list", name="Pools").wait_for()
    page.keyboard.press("Control+k")
    page.get_by_text("A part of this page could not be loaded").wait_for()
    assert page.get_by_role("list", name="Pools").is_visible()


def test_all_of_it_works_below_a_path_and_can_be_installed_there(chromium, tmp_path):
    port = free_port()
    (tmp_path / "prometheus.yml").write_text("")
    external = f"http://127.0.0.1:{port}/deep/watch/"
    files = ("--config", f"{tmp_path}/prometheus.yml", "--data", f"{tmp_path}/data")
    command = ("-m", "watchglass", "up", *files, "--listen", f"127.0.0.1:{port}", "--web.external-url", external)
    with ExitStack() as stack:
        stack.enter_context(running(sys.executable, *command))
        # Explore asks once, at whole seconds: a sample that is younger than those is not in its chart.
        wait_until(lambda: ask(f"{external}api/v1/query?query=up%20offset%202s")["data"]["result"], "samples to draw")
        page = chromium.new_page()
        stack.callback(page.close)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{external}explore?q=up&from=now-5m&to=now")
        page.wait_for_selector("section[aria-label=Chart] canvas", timeout=30_000)
        page.locator("h1").click()
        page.keyboard.press("g")
        page.keyboard.press("t")
        page.wait_for_url(f"{external}targets")
        manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((r) => r.json())")

        assert [url for url in asked if not url.startswith(external)] == []
        assert (manifest["start_url"], manifest["scope"]) == ("./", "./")
        for icon in manifest["icons"]:
            assert page.request.get(external + icon["src"]).ok

        words = "[root](/explore) [copied](/deep/watch/explore) [here](explore)"
        serve_dashboard(page, [{"type": "text", "title": "Ways", "options": {"content": words}}])
        page.goto(f"{external}d/test")
        ways = page.get_by_role("region", name="Ways").locator("a")
        ways.first.wait_for()
        assert ways.evaluate_all("(all) => all.map((one) => one.href)") == [f"{external}explore"] * 3


def test_a_dashboard_answers_the_keys_of_the_range_too(open_page):
    panels = [{"type": "timeseries", "title": "Up", "targets": [{"refId": "A", "expr": "up"}]}]
    page = open_page("d/test?from=1700000000000&to=1700003600000", before=lambda page: serve_dashboard(page, panels))
    page.get_by_role("heading", name="Up").wait_for()
    page.keyboard.press(",")
    page.wait_for_url(re.compile("from=1699998200000"))
