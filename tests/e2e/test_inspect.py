"""What lies behind a panel: data, queries, what they cost, documents."""

from __future__ import annotations

import json
import re

import pytest
from e2e_server import serve_dashboard
from looks import VIEWS, assert_looks_right


def panels() -> list[dict]:
    targets = [
        {"refId": "A", "expr": 'rate(node_cpu_seconds_total{job="$job",mode=~"user|system"}[$__rate_interval])'},
        {"refId": "B", "expr": "rate(node_load1[1m])", "legendFormat": "gauge as counter"},
    ]
    chart = {
        "type": "timeseries",
        "title": "Two queries",
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": "percentunit"}},
    }
    return [chart]


WRONG = {"type": "timeseries", "title": "Wrong", "targets": [{"refId": "A", "expr": "sum(node_load1"}]}


VARIABLES = {"list": [{"name": "job", "type": "custom", "query": "node", "current": {"text": "node", "value": "node"}}]}


def show(open_page, tab: str = "data", **more):
    return open_page(
        f"d/test?refresh=off&inspect=1&inspectTab={tab}",
        before=lambda page: serve_dashboard(page, panels(), templating=VARIABLES),
        **more,
    )


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize("tab", ["data", "query", "stats", "json"])
def test_every_tab_looks_right(open_page, tab, width, theme):
    page = show(open_page, tab, width=width, theme=theme)
    drawer = page.get_by_role("dialog", name="Inspect Two queries")
    drawer.get_by_role("tabpanel").wait_for()
    sign = {"data": "table", "query": "pre >> nth=2", "stats": "text=Samples read >> nth=1", "json": "pre"}[tab]
    drawer.locator(sign).wait_for()
    page.wait_for_timeout(300)

    assert drawer.get_by_role("tab", selected=True).inner_text().lower() == tab
    assert_looks_right(page, width)


def test_data_of_all_queries_stand_side_by_side_and_can_be_chosen(open_page):
    page = show(open_page)
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("columnheader", name="gauge as counter").wait_for()
    names = drawer.get_by_role("columnheader").all_inner_texts()
    assert names[0].strip().startswith("Time")
    assert len(names) > 3
    drawer.get_by_label("Data of").select_option(label="Query B")
    drawer.get_by_role("columnheader", name="user").first.wait_for(state="detached")
    assert drawer.get_by_role("columnheader").count() == 2

    drawer.get_by_label("Data of").select_option(index=0)
    drawer.get_by_role("cell", name=re.compile(r"^[\d.]+%$")).first.wait_for()
    drawer.get_by_label("Formatted values").uncheck()
    drawer.get_by_text(re.compile(r"^\d{4}-\d\d-\d\dT")).first.wait_for()
    with page.expect_download() as download:
        drawer.get_by_role("button", name="Download CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "gauge as counter" in lines[0]
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", lines[1])


def test_queries_are_shown_as_written_and_as_sent_with_what_was_said_of_them(open_page):
    page = show(open_page, "query")
    first = page.get_by_role("region", name="Query A")
    first.get_by_text('job="$job"').wait_for()
    first.locator("dl").wait_for()
    assert re.search(r'job="node".*\[\d+(s|m)\]', first.locator("pre").nth(1).inner_text())
    second = page.get_by_role("region", name="Query B")
    warning = second.get_by_role("list", name="Warnings").inner_text()
    assert "counter" in warning
    assert re.search(r"\(\d+:\d+\)", warning)
    assert first.get_by_role("link", name="Open in Explore").get_attribute("href").startswith("explore?q=rate")


def test_the_cost_is_counted(open_page):
    page = show(open_page, "stats")
    facts = page.get_by_role("region", name="Query A").locator("dl")
    facts.wait_for()
    text = facts.inner_text()

    assert int(re.search(r"Samples read\n([\d,]+)", text)[1].replace(",", "")) > 0
    assert re.search(r"Answer\n[\d.]+\s?(B|KiB|MiB)", text)
    assert re.search(r"Drawn from\nthe answer of \d\d:\d\d:\d\d", text)
    assert "not told" not in text


def test_documents_are_shown_and_copied(open_page):
    page = show(open_page, "json")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown = page.get_by_label("JSON of the panel")
    assert json.loads(shown.inner_text())["title"] == "Two queries"
    page.get_by_label("JSON of", exact=True).select_option("answer")
    page.get_by_role("button", name="Copy JSON").click()
    page.get_by_text("JSON copied.").wait_for()
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert [query["refId"] for query in copied["queries"]] == ["A", "B"]
    assert len(copied["queries"][0]["series"][0]["values"]) == len(copied["queries"][0]["times"])


def test_the_inspector_is_used_by_keyboard_and_its_address_can_be_sent(open_page):
    page = open_page("d/test?refresh=off", before=lambda page: serve_dashboard(page, panels(), templating=VARIABLES))
    page.locator("canvas").first.wait_for()
    page.get_by_role("button", name="Menu of Two queries").focus()
    page.keyboard.press("i")
    drawer = page.get_by_role("dialog", name="Inspect Two queries")
    drawer.wait_for()
    page.keyboard.press("ArrowRight")
    assert "inspect=1&inspectTab=query" in page.url
    drawer.get_by_role("region", name="Query A").wait_for()
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")
    assert "inspect" not in page.url


def test_a_wrong_query_says_where(open_page):
    page = open_page("d/test?inspect=1&inspectTab=query", before=lambda page: serve_dashboard(page, [WRONG]))
    alert = page.get_by_role("dialog").get_by_role("alert")
    alert.wait_for()

    assert re.search(r"\d+:\d+", alert.inner_text())
