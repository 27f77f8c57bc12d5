"""Every state of a panel: what it says, that it says the right thing, and that it can be read wherever it stands."""

from __future__ import annotations

import re
import time
import urllib.parse

import pytest
from e2e_server import ask, serve_dashboard, wait_until, watchglass
from test_pages import CLIPPED, VIEWS
from test_sources import PROMETHEUS, asking, free_port, prometheus

EMPTY = [
    ("Quantile", "histogram_quantile(0.9, sum by (le) (rate(chat_no_such[1m]))) or vector(0) / 0", "No value in this range"),
    ("Zero by zero", "(node_load1 - node_load1) / 0", "zero is divided by zero"),
    ("Infinite", "node_load1 / 0", "something is divided by zero"),
    ("No target", 'up{job="nobody"}', "Nothing is scraped under this job name"),
    ("Target down", 'up{job="gone"} == 1', "Target 127.0.0.1:1 is down."),
    ("Unknown metric", "no_such_metric_total", "No metric of this name has been collected."),
    ("Metric misnamed", "chat_tokens", "There is chat_tokens_total"),
    ("Narrow filter", 'node_cpu_seconds_total{mode="sleeping"}', "The filter is too narrow: mode is"),
    ("Unknown label", 'node_load1{region="eu"}', "Its series have no label region."),
    ("Comparison", "node_load1 > 1e9", "Its series have samples, but the query leaves nothing of them"),
]  # fmt: skip


def chart(expr: str, title: str, kind: str = "timeseries", **more) -> dict:
    return {"type": kind, "title": title, "targets": [{"refId": "A", "expr": expr}], **more}


def panel(page, title: str):
    return page.get_by_role("region", name=title, exact=True)


def gallery() -> list[dict]:
    """Every state once as a chart and once as a small number."""
    states = [
        *((title, expr) for title, expr, _ in EMPTY),
        ("Error", "sum(node_load1"),
        ("Partial", "rate(node_load1[1m])"),
    ]
    charts = [
        chart(expr, title, gridPos={"x": at % 3 * 8, "y": at // 3 * 7, "w": 8, "h": 7})
        for at, (title, expr) in enumerate(states)
    ]
    small = [
        chart(expr, f"{title} (small)", "stat", gridPos={"x": at % 6 * 4, "y": 28 + at // 6 * 4, "w": 4, "h": 4})
        for at, (title, expr) in enumerate(states)
    ]
    return charts + small


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_every_state_says_why_and_can_be_read(open_page, width, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(
        "d/test?refresh=off", width=width, theme=theme, before=lambda page: serve_dashboard(page, gallery())
    )
    page.wait_for_selector("[data-panel]")
    page.set_viewport_size({"width": width, "height": 8000 if width < 500 else 2600})
    for title, _, words in EMPTY:
        if title != "Infinite":  # a number shows it
            panel(page, f"{title} (small)").get_by_text(words).wait_for()
        panel(page, title).get_by_text(words).wait_for()
        assert panel(page, title).locator("canvas").count() == 0
    page.wait_for_function("() => document.querySelector('[aria-label=Loading]') === null")
    assert panel(page, "Error").get_by_role("button", name="Retry").is_visible()
    assert not panel(page, "Error (small)").get_by_role("button", name="Retry").is_visible()
    assert panel(page, "Partial").get_by_role("button", name=re.compile("counter")).is_visible()

    assert page.get_by_text(re.compile(r"^last sample")).count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CLIPPED) == []
    found = [v for v in axe.run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    assert [(v["id"], [node["target"] for node in v["nodes"]][:5]) for v in found] == []


def test_a_fault_is_where_it_was_typed_whatever_the_macros_stand_for(open_page):
    typed = "rate(node_load1[$__rate_interval]) + foo bar"
    page = open_page("d/test?refresh=off", before=lambda page: serve_dashboard(page, [chart(typed, "Wrong")]))

    panel(page, "Wrong").get_by_text(f'1:{typed.index("bar") + 1}: unexpected identifier "bar"').wait_for()


def test_a_range_before_the_data_leads_to_them(open_page):
    page = open_page(
        "d/test?from=now-3h&to=now-2h", before=lambda page: serve_dashboard(page, [chart("node_load1", "Load")])
    )
    panel(page, "Load").get_by_text(re.compile(r"Its data begin at \d\d:\d\d UTC")).wait_for()
    assert page.get_by_text(re.compile("Data begin at .* after this range")).is_visible()
    panel(page, "Load").get_by_role("button", name="Go there").click()

    page.wait_for_url(re.compile(r"from=\d{13}&to=\d{13}"))
    panel(page, "Load").locator("canvas").wait_for()


def test_what_is_old_says_how_old_and_what_is_no_number_is_not_old(open_page):
    began = int(time.time()) - 150
    panels = [
        chart(f"vector(1) and vector(time()) < {began}", "Ended"),
        chart(f"vector(0) / (vector(time()) < bool {began})", "Then nothing"),
        chart(f"vector(0) / (vector(time()) < bool {began})", "Last number", "stat"),
        chart("vector(0) / 0", "Never a number", "stat"),
    ]
    page = open_page("d/test", before=lambda page: serve_dashboard(page, panels))
    panel(page, "Ended").get_by_text(re.compile("last sample . min ago")).wait_for()
    panel(page, "Then nothing").locator("canvas").wait_for()
    panel(page, "Last number").get_by_text(re.compile("last value . min ago")).wait_for()
    panel(page, "Never a number").get_by_text("No value in this range").wait_for()

    assert panel(page, "Ended").locator("[class*=_dimmed]").count() == 1
    assert panel(page, "Then nothing").get_by_text(re.compile("^last ")).count() == 0
    assert panel(page, "Never a number").get_by_text(re.compile("^last ")).count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_what_a_header_says_beside_the_title_leaves_the_title_whole(open_page, width):
    ended = f"vector(1) and vector(time()) < {int(time.time()) - 150}"
    titles = ["Short", "CPU seconds of each core"]
    panels = [
        chart(ended, title) | {"gridPos": {"x": 6 * at, "y": 0, "w": 6, "h": 7}} for at, title in enumerate(titles)
    ]
    page = open_page("d/test", width=width, before=lambda page: serve_dashboard(page, panels))
    for title in titles:
        panel(page, title).get_by_role("button", name=re.compile("last sample . min ago")).wait_for()
        cut = panel(page, title).get_by_role("heading").evaluate("(e) => e.scrollWidth > e.clientWidth")
        assert (title, cut) == (title, False)
    # The words stand where there is room for them: in a line of their own they are out of sight.
    height = "(e) => [...e.children].filter((c) => c.checkVisibility()).at(-1).offsetTop < e.clientHeight"
    assert panel(page, "Short").get_by_role("button", name=re.compile("^last sample")).evaluate(height)


def test_loading_and_refreshing_look_different(open_page):
    held = []

    def keep(route) -> None:
        held.append(route)

    def hold(page) -> None:
        serve_dashboard(page, [chart("node_load1", "Load")])
        page.route(re.compile("query_range"), keep)

    page = open_page("d/test?refresh=off", before=hold)
    panel(page, "Load").get_by_role("status", name="Loading").wait_for()
    wait_until(lambda: page.wait_for_timeout(50) or held, "the question")
    while held:
        held.pop().continue_()
    panel(page, "Load").locator("canvas").wait_for()
    assert panel(page, "Load").locator("[class*=_progress]").count() == 0

    page.wait_for_timeout(4500)  # until what was answered counts as old
    page.keyboard.press("r")
    panel(page, "Load").locator("[class*=_progress]").wait_for(state="attached")
    assert panel(page, "Load").locator("canvas").count() == 1
    assert panel(page, "Load").get_by_role("status", name="Loading").count() == 0


def test_of_a_week_on_a_fresh_server_what_there_is_is_drawn(chromium, tmp_path):
    with watchglass(tmp_path, "") as server:
        page = chromium.new_page(timezone_id="UTC")
        steps = []
        note = lambda request: steps.extend(map(int, re.findall(r"query_range.*[?&]step=(\d+)", request.url)))  # noqa: E731
        page.on("request", note)
        wait_until(lambda: ask(f"{server.url}api/datasources")[0]["watchglass"]["dataSince"], "a first sample")
        page.goto(f"{server.url}d/this-machine?from=now-7d&to=now")
        page.get_by_text(re.compile(r"Data begin at \d\d:\d\d UTC, .*: that part of the range is drawn")).wait_for()
        page.locator("[data-panel] canvas").nth(3).wait_for(timeout=40_000)

        empty = page.locator("[data-panel]").get_by_text("No data")
        wait_until(lambda: page.wait_for_timeout(100) or empty.count() == 0, "rates, which need a second sample", 40)
        assert max(steps) <= 60
        page.close()


@pytest.mark.real
@pytest.mark.skipif(PROMETHEUS is None, reason="apt-get install prometheus")
def test_a_server_elsewhere_tells_by_its_targets_since_when_it_has_data(chromium, tmp_path):
    port = free_port()
    with prometheus(tmp_path, port), asking(f"http://127.0.0.1:{port}", tmp_path) as url:
        page = chromium.new_page(timezone_id="UTC")
        query = urllib.parse.urlencode({"from": "now-7d", "to": "now"})
        serve_dashboard(page, [chart("up", "Up"), chart('up{job="nobody"}', "Nobody")])
        page.goto(f"{url}d/test?{query}")
        page.get_by_text(re.compile(r"Data begin at \d\d:\d\d UTC")).wait_for(timeout=40_000)
        panel(page, "Up").locator("canvas").wait_for()
        panel(page, "Nobody").get_by_text("The filter is too narrow: job is prom.").wait_for()
        page.close()


NOTHING = "no_such_metric_total"
DOWN = {"mappings": [{"type": "special", "options": {"match": "null+nan", "result": {"text": "DOWN"}}}]}
SAYS = [
    ("Zero", "stat", NOTHING, {"noValue": "0"}, "0"),
    ("Down", "stat", "vector(0) / 0", DOWN, "DOWN"),
    ("Quiet", "timeseries", NOTHING, {"noValue": "Nothing yet"}, "Nothing yet"),
    ("Words", "text", "node_load1", {}, "Some words"),
]


def test_a_panel_says_what_its_field_says_of_nothing_and_waits_for_no_answer_it_does_not_draw(open_page):
    panels = [
        chart(expr, title, kind, fieldConfig={"defaults": field}, options={"content": "Some words"})
        for title, kind, expr, field, _ in SAYS
    ]
    page = open_page("d/test", before=lambda page: serve_dashboard(page, panels))
    for title, *_, words in SAYS:
        panel(page, title).get_by_text(words, exact=True).wait_for()
    panel(page, "Zero").get_by_label(f"Not collected: {NOTHING}").wait_for()
    panel(page, "Quiet").get_by_text(NOTHING).wait_for()


MANY = 'topk(30, {__name__=~"node_memory_.+"})'
STEPS = {"color": {"mode": "thresholds"}, "thresholds": {"steps": [{"value": None, "color": "green"}]}}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_many_values_can_be_read_and_reached(open_page, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    kinds = ["stat", "bargauge", "state-timeline", "status-history"]
    target = {"refId": "A", "expr": MANY, "legendFormat": "{{__name__}}"}
    place = {"y": 0, "w": 6, "h": 5}
    panels = [
        chart(MANY, kind, kind, targets=[target], gridPos={"x": 6 * at, **place}) for at, kind in enumerate(kinds)
    ]
    grounds = [
        chart(
            "up",
            color,
            "stat",
            gridPos={"x": 6 * at, "y": 5, "w": 6, "h": 5},
            options={"colorMode": "background"},
            fieldConfig={
                "defaults": {**STEPS, "unit": "bytes", "thresholds": {"steps": [{"value": None, "color": color}]}}
            },
        )
        for at, color in enumerate(["green", "red", "yellow", "blue"])
    ]
    page = open_page("d/test", theme=theme, before=lambda page: serve_dashboard(page, [*panels, *grounds]))
    for kind in kinds:
        panel(page, kind).locator("[tabindex='0']").first.wait_for()
    panel(page, "blue").get_by_text("B").first.wait_for()
    height = (
        panel(page, "stat")
        .locator("[tabindex='0']")
        .evaluate("(box) => Math.min(...[...box.children].map((one) => one.getBoundingClientRect().height))")
    )
    assert height >= 24
    cut = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"
    assert panel(page, "stat").locator("[class*=_number]").evaluate_all(cut) == []
    found = [v for v in axe.run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    assert [(v["id"], [node["target"] for node in v["nodes"]][:5]) for v in found] == []


CALCS = ["mean", "max", "last", "sum", "stdDev"]


@pytest.mark.parametrize(("wide", "columns"), [(24, 5), (6, 2)])
def test_a_legend_keeps_the_names_of_its_series_before_its_numbers(open_page, wide, columns):
    legend = {"displayMode": "table", "placement": "bottom", "calcs": CALCS}
    panels = [
        chart("up", "Up") | {"gridPos": {"x": 0, "y": 0, "w": wide, "h": 8}, "options": {"legend": legend}},
    ]
    panels[0]["fieldConfig"] = {"defaults": {"unit": "bytes"}, "overrides": []}
    page = open_page("d/test", before=lambda page: serve_dashboard(page, panels))
    row = panel(page, "Up").locator("tr[data-entry]").first

    assert row.locator("td").first.bounding_box()["width"] >= 96
    assert sum(cell.is_visible() for cell in row.locator("td").all()) == columns + 1
