"""Variables of a dashboard: choices from the data, chained, in the address, repeated; by mouse, keyboard and thumb."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from e2e_server import serve_dashboard
from looks import VIEWS, violations
from playwright.sync_api import expect

BOARD = {
    "uid": "variables",
    "title": "Variables",
    "time": {"from": "now-15m", "to": "now"},
    "templating": {
        "list": [
            {
                "name": "job",
                "type": "query",
                "query": "label_values(up, job)",
                "multi": True,
                "includeAll": True,
                "sort": 1,
            },
            {
                "name": "instance",
                "type": "query",
                "query": 'label_values(up{job=~"$job"}, instance)',
                "includeAll": True,
            },
            {"name": "broken", "type": "query", "query": "label_values(up{, job)"},
            {"name": "Filters", "type": "adhoc"},
        ]
    },
    "panels": [
        {
            "id": 1,
            "type": "stat",
            "title": "Up $job",
            "repeat": "job",
            "gridPos": {"x": 0, "y": 0, "w": 24, "h": 4},
            "targets": [{"refId": "A", "expr": 'count(up{job=~"$job",instance=~"$instance"})'}],
        },
        {
            "id": 2,
            "type": "logs",
            "title": "Logs",
            "datasource": {"type": "loki", "uid": "elsewhere"},
            "gridPos": {"x": 0, "y": 4, "w": 12, "h": 6},
            "targets": [{"refId": "A", "expr": '{job="x"}'}],
        },
        {
            "id": 3,
            "type": "table",
            "title": "Scrapes",
            "gridPos": {"x": 12, "y": 4, "w": 12, "h": 6},
            "targets": [{"refId": "A", "expr": "up", "format": "table", "instant": True}],
            "transformations": [
                {"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName": {"Value": "Alive"}}},
                {"id": "sortBy", "options": {"sort": [{"field": "job"}]}},
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def board(server):
    """The dashboard, saved on the server as Grafana's clients save one."""
    body = json.dumps({"dashboard": BOARD, "overwrite": True}).encode()
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"{server.url}api/dashboards/db", body, headers), timeout=10)
    return "d/variables"


def picker(page, label):
    return page.get_by_role("button", name=re.compile(f"^{label}:"))


def titles(page):
    return [title for title in page.locator("section h2").all_inner_texts() if title.startswith("Up ")]


def test_all_is_one_panel_a_job_and_a_choice_leaves_one(board, open_page):
    page = open_page(f"{board}?var-job=$__all")
    page.get_by_text("Up node").wait_for()
    assert {"Up chat", "Up node"} <= set(titles(page))

    picker(page, "job").click()
    page.get_by_role("option", name="node", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**var-job=node*")
    page.wait_for_function("() => !document.body.innerText.includes('Up chat')")
    assert titles(page) == ["Up node"]


def test_the_keyboard_does_it_all_and_the_next_variable_follows(board, open_page):
    page = open_page(f"{board}?var-job=$__all")
    page.get_by_text("Up node").wait_for()
    picker(page, "job").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("cha")  # at once: no letter is lost
    page.wait_for_function(
        "() => [...document.querySelectorAll('[role=option]')].every((one) => one.textContent.includes('cha'))"
    )
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_url("**var-job=chat*")

    assert page.evaluate("document.activeElement.ariaLabel").startswith("job: chat")
    picker(page, "instance").click()
    page.wait_for_function("() => document.querySelectorAll('[role=option]').length === 2")  # All, and chat's own


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_what_is_wrong_is_said_where_one_chooses(board, open_page, width, theme):
    page = open_page(f"{board}?var-job=nobody", width=width, theme=theme)
    picker(page, "broken").click()
    page.get_by_text("The choices of broken could not be loaded").wait_for()
    page.keyboard.press("Escape")
    picker(page, "job").click()
    page.get_by_text("“nobody” is not among the choices of job.").wait_for()
    box = page.get_by_role("listbox").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_variables_and_their_choices_are_readable(board, open_page, width, theme):
    page = open_page(f"{board}?var-job=$__all", width=width, theme=theme)
    page.get_by_text("Up node").wait_for()
    page.get_by_text("Alive").wait_for()
    assert violations(page) == []
    picker(page, "job").click()
    page.get_by_role("option", name="chat").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_filter_narrows_every_panel(board, open_page):
    page = open_page(f"{board}?var-job=$__all")
    page.get_by_role("cell", name="chat", exact=True).wait_for()
    page.get_by_role("button", name="+ Filter").click()
    for field, text in (("Label", "job"), ("Value", "node")):
        picker(page, field).click()
        page.get_by_role("combobox").fill(text)
        page.get_by_role("option", name=text, exact=True).click()
    page.wait_for_url("**var-Filters=job*node")
    page.get_by_role("cell", name="chat", exact=True).wait_for(state="detached")
    expect(page.get_by_role("cell", name="node", exact=True)).to_have_count(1)


def test_a_panel_of_another_source_says_what_it_needs(board, open_page):
    page = open_page(board)
    page.get_by_text("This panel needs a Loki data source.").wait_for()


def test_a_table_is_shaped_as_its_document_says(board, open_page):
    page = open_page(board)
    page.get_by_role("columnheader", name="Alive").wait_for()
    jobs = page.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert jobs == sorted(jobs)
    assert page.get_by_role("columnheader", name="Time").count() == 0


def test_what_is_left_out_is_said_where_it_ends(open_page):
    def before(page):
        values = ", ".join(f"v{number}" for number in range(250))
        variable = {"name": "many", "type": "custom", "query": values, "multi": True, "includeAll": True}
        everything = {"current": {"text": ["All"], "value": ["$__all"]}}
        panels = [
            {"type": "text", "title": "P $many", "repeat": "many", "options": {"content": "$many"}},
            {"type": "row", "title": "R $many", "repeat": "many", "gridPos": {"x": 0, "y": 99, "w": 24, "h": 1}},
        ]
        serve_dashboard(page, panels, templating={"list": [variable | everything]})

    page = open_page("d/test", before=before)
    first = page.get_by_role("region", name="P v0", exact=True)
    first.get_by_role("button", name="100 copies of $many are drawn, +150 more are not.").wait_for()
    expect(page.get_by_text("100 rows of $many are drawn, +150 more are not.")).to_have_count(1)

    page.get_by_role("button", name="many: All").click()
    expect(page.get_by_text("50 more: type to find them")).to_be_visible()
    page.get_by_role("combobox", name="Search many").fill("v")
    expect(page.get_by_text("50 more: type to find them")).to_be_visible()
    page.get_by_role("combobox", name="Search many").fill("v2")
    expect(page.get_by_text("more: type to find them")).to_have_count(0)


def test_a_long_name_of_a_variable_gives_way_on_a_phone(open_page):
    long = "A long label of a box for a text that names all of the workloads of the cluster"
    box = {"type": "textbox", "name": "text", "label": long, "query": "*"}
    page = open_page("d/test", width=390, before=lambda page: serve_dashboard(page, [], templating={"list": [box]}))
    expect(page.get_by_label(long)).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.get_by_label(long).bounding_box()["width"] >= 90
