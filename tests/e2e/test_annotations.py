"""Events on charts: found by queries, marked by people, seen by pointer and by keyboard; crosshairs and tooltips."""

from __future__ import annotations

import json
import re
import time
import urllib.request

import pytest
from e2e_server import ask, serve_dashboard
from looks import VIEWS, assert_looks_right
from playwright.sync_api import expect

NOW = "from=now-5m&to=now&refresh=off"


def chart(expr: str, title: str, **more) -> dict:
    return {"type": "timeseries", "title": title, "targets": [{"refId": "A", "expr": expr}], **more}


LISTS = {
    "list": [
        {
            "name": "Up again",
            "expr": 'up{job="node"} == 1',
            "titleFormat": "{{job}} is up",
            "textFormat": "as {{instance}}",
            "tagKeys": "job",
            "iconColor": "orange",
        },
        {"name": "Wrong", "expr": "sum(", "enable": False},
    ]
}


def panels() -> list[dict]:
    return [chart("node_load1", "Load"), chart("rate(chat_tokens_total[30s])", "Tokens")]


def show(open_page, address: str = f"d/test?{NOW}", *, panels=panels, annotations=None, before=None, **more):
    def prepare(page) -> None:
        serve_dashboard(page, panels(), **({} if annotations is None else {"annotations": annotations}), **document)
        if before is not None:
            before(page)

    document = {key: more.pop(key) for key in ("graphTooltip", "uid") if key in more}
    page = open_page(address, before=prepare, **more)
    page.locator("[data-panel] canvas").first.wait_for()
    return page


def mark(server, **event) -> int:
    request = urllib.request.Request(
        f"{server.url}api/annotations", json.dumps(event).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)["id"]


def kept(server, uid: str = "test") -> list[dict]:
    return ask(f"{server.url}api/annotations?dashboardUID={uid}")


@pytest.fixture
def marked(server):
    """A moment on all panels, and a span on the second."""
    now = int(time.time() * 1000)
    one = mark(server, dashboardUID="test", time=now - 60_000, text="Deployed 1.2\nby hand", tags=["deploy"])
    two = mark(server, dashboardUID="test", panelId=2, time=now - 150_000, timeEnd=now - 90_000, text="Load test")
    yield one, two
    for event in kept(server):
        urllib.request.urlopen(urllib.request.Request(f"{server.url}api/annotations/{event['id']}", method="DELETE"))


def handles(page, title: str):
    return page.get_by_role("region", name=title, exact=True).locator("button[class*=_foot_]")


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_events_of_queries_and_of_people_look_right(open_page, marked, width, theme):
    page = show(open_page, annotations=LISTS, width=width, theme=theme)
    page.get_by_role("switch", name="Up again").wait_for()
    handles(page, "Load").nth(1).wait_for()
    page.wait_for_timeout(300)
    assert handles(page, "Load").count() == 2
    assert handles(page, "Tokens").count() == 3
    assert_looks_right(page, width)

    page.get_by_role("button", name=re.compile("3 events")).click()
    page.get_by_role("dialog", name="Events on the charts").wait_for()
    page.wait_for_timeout(200)
    assert_looks_right(page, width)


def test_an_event_tells_about_itself(open_page, marked):
    page = show(open_page)
    handles(page, "Load").first.wait_for()
    handles(page, "Load").first.hover()
    page.wait_for_function("() => document.querySelector('[class*=_shown]')?.innerText.includes('Deployed 1.2')")
    handles(page, "Load").first.click()
    note = page.get_by_role("note").filter(has_text="by hand")
    note.wait_for()

    assert "deploy" in note.inner_text()


def test_lists_are_switched_and_the_address_says_so(open_page):
    page = show(open_page, annotations=LISTS)
    handles(page, "Load").first.wait_for()
    page.get_by_role("switch", name="Up again").click()
    handles(page, "Load").first.wait_for(state="detached")
    assert "switched=Up+again" in page.url
    page.get_by_role("switch", name="Wrong").click()
    page.get_by_role("button", name=re.compile("Wrong: .*1:")).wait_for()

    page.watch.complaints.clear()  # the browser tells of the refused query
    page.reload()
    page.locator("[data-panel] canvas").first.wait_for()
    assert page.get_by_role("switch", name="Up again").get_attribute("aria-checked") == "false"


def test_an_event_is_marked_by_pointer_changed_and_deleted(open_page, server):
    page = show(open_page)
    page.wait_for_timeout(500)
    over = page.locator(".u-over").first
    over.click(position={"x": 200, "y": 40}, modifiers=["Control"])
    form = page.get_by_role("dialog", name="Mark an event")
    form.get_by_role("button", name="Save").click()
    what = form.get_by_label("What happened")
    expect(what).to_be_focused()
    expect(what).to_have_accessible_description("Say in a word what happened.")
    what.fill("Cache emptied")
    until = form.get_by_label("To")
    until.fill("never")
    form.get_by_role("button", name="Save").click()
    expect(until).to_be_focused()
    expect(until).to_have_accessible_description("“never” is no time.")
    assert form.get_by_role("alert").count() == 1, "it is said once, beside its field"
    until.fill("")
    form.get_by_label("Tags").fill("cache, night, cache")
    form.get_by_role("button", name="Save").click()
    page.get_by_text("Event marked.").wait_for()
    handles(page, "Load").first.wait_for()
    event = kept(server)[0]
    assert (event["text"], event["tags"], event["panelId"]) == ("Cache emptied", ["cache", "night"], 1)
    assert event["time"] == event["timeEnd"]
    assert handles(page, "Tokens").count() == 0

    handles(page, "Load").first.click()
    page.get_by_role("note").get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Change an event")
    form.get_by_label("What happened").fill("Cache filled")
    form.get_by_role("button", name="Save").click()
    page.get_by_text("Event changed.").wait_for()
    assert kept(server)[0]["text"] == "Cache filled"
    assert kept(server)[0]["time"] == event["time"]

    page.get_by_role("button", name="1 event", exact=True).click()
    page.get_by_role("button", name="Edit Cache filled").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("Event deleted.").wait_for()
    assert kept(server) == []


def test_a_span_is_marked_by_dragging_with_ctrl(open_page):
    page = show(open_page)
    page.wait_for_timeout(500)
    box = page.locator(".u-over").first.bounding_box()
    page.keyboard.down("Control")
    page.mouse.move(box["x"] + 100, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 40, steps=4)
    page.mouse.up()
    page.keyboard.up("Control")
    form = page.get_by_role("dialog", name="Mark an event")
    form.wait_for()

    assert form.get_by_label("To").input_value() > form.get_by_label("From").input_value()
    assert "from=now-5m" in page.url


def test_a_chart_is_read_by_keyboard_and_an_event_marked_there(open_page, server):
    page = show(open_page)
    page.wait_for_timeout(500)
    chart = page.get_by_role("application", name=re.compile("Values of Load"))
    chart.focus()
    said = page.get_by_role("region", name="Load", exact=True).locator("[aria-live=polite]")
    page.keyboard.press("End")
    last = said.inner_text()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d: \S+.* [\d.]+", last)
    page.keyboard.press("ArrowLeft")
    assert said.inner_text()[:19] < last[:19]
    page.wait_for_function("() => document.querySelectorAll('[class*=_shown]').length === 1")
    page.keyboard.press("Home")
    first = said.inner_text()
    page.keyboard.press("Shift+ArrowRight")
    assert said.inner_text()[:19] > first[:19]
    moment = said.inner_text()[:19]
    page.keyboard.press("m")
    form = page.get_by_role("dialog", name="Mark an event")
    assert form.get_by_label("From").input_value() == moment
    page.keyboard.press("Escape")
    form.wait_for(state="detached")

    assert kept(server) == []


@pytest.mark.parametrize(("mode", "boxes"), [(0, 1), (1, 1), (2, 2)])
def test_crosshair_and_tooltip_are_shared_as_the_dashboard_says(open_page, mode, boxes):
    page = show(open_page, "d/test?from=now-1m&to=now&refresh=off", graphTooltip=mode)
    page.locator(".u-over").nth(1).wait_for()
    page.wait_for_timeout(800)
    page.locator(".u-over").first.hover(
        position={"x": page.locator(".u-over").first.bounding_box()["width"] - 12, "y": 60}
    )
    page.wait_for_timeout(300)

    assert page.locator("[class*=_shown]").count() == boxes
    lines = page.evaluate("[...document.querySelectorAll('.u-cursor-x')].map((e) => e.style.transform)")
    moved = [transform for transform in lines if "-10px" not in transform]
    assert len(moved) == (1 if mode == 0 else 2)
    page.mouse.move(5, 5)
    page.wait_for_timeout(300)
    assert page.locator("[class*=_shown]").count() == 0


def test_a_click_on_a_value_offers_its_links(open_page):
    linked = {
        "defaults": {
            "links": [{"title": "About ${__series.name}", "url": "/explore?q=${__value.raw}&t=${__value.time}"}]
        }
    }
    page = show(
        open_page,
        "d/test?from=now-1m&to=now&refresh=off",
        panels=lambda: [chart("node_load1", "Load", fieldConfig=linked)],
    )
    page.wait_for_timeout(500)
    page.locator(".u-over").first.click(
        position={"x": page.locator(".u-over").first.bounding_box()["width"] - 12, "y": 60}
    )
    link = page.get_by_role("dialog", name="Links of the data").get_by_role("link")
    link.wait_for()

    assert re.search(r"/explore\?q=[\d.]+&t=\d{13}$", link.get_attribute("href"))
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Links of the data").wait_for(state="detached")
