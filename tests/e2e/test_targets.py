"""Targets: the worst first, filtered from the address, with all that is known of each."""

from __future__ import annotations

import json
import re

import pytest
from looks import VIEWS, assert_looks_right


def target(pool: str, instance: str, health: str = "up", error: str = "", **labels: str) -> dict:
    return {
        "discoveredLabels": {"__address__": instance, "__scheme__": "http", "job": pool},
        "labels": {"instance": instance, "job": pool, **labels},
        "scrapePool": pool,
        "scrapeUrl": f"http://{instance}/metrics",
        "globalUrl": f"http://{instance}/metrics",
        "lastError": error,
        "lastScrape": "0001-01-01T00:00:00Z" if health == "unknown" else "2026-11-21T09:00:00.000Z",
        "lastScrapeDuration": 0.0123,
        "health": health,
        "scrapeInterval": "15s",
        "scrapeTimeout": "10s",
    }


def serve_targets(page, active: list[dict], **more) -> None:
    data = {"activeTargets": active, "droppedTargets": [], "droppedTargetCounts": {}, **more}
    body = json.dumps({"status": "success", "data": data})
    page.route("**/api/v1/targets?state=any", lambda route: route.fulfill(body=body, content_type="application/json"))


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize("path", ["targets", "targets?state=down", "targets?search=nothing"])
def test_targets_look_right(open_page, path, width, theme):
    page = open_page(path, width=width, theme=theme)
    page.get_by_role("list", name="Pools").wait_for()
    details = page.get_by_text("Details", exact=True)
    if path != "targets?search=nothing":
        details.first.click()
    page.wait_for_timeout(300)

    assert_looks_right(page, width)


def test_the_worst_comes_first_with_its_whole_error(open_page):
    page = open_page("targets")
    page.get_by_text("127.0.0.1:1/metrics").wait_for()

    assert page.locator("section h2").first.inner_text() == "gone"
    gone = page.locator("li", has_text="127.0.0.1:1/metrics")
    assert "connection refused" in gone.inner_text()


def test_states_pools_and_words_filter_and_stay_in_the_address(open_page):
    page = open_page("targets")
    page.get_by_role("group", name="State").get_by_role("button", name=re.compile("^Down 1")).click()
    page.wait_for_url(re.compile("state=down"))
    page.get_by_text("1 of 1 up").first.wait_for(state="detached")
    page.get_by_text("127.0.0.1:1/metrics").wait_for()

    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Find a target").fill("chat")
    page.wait_for_url(re.compile("search=chat"))
    page.locator("section", has=page.get_by_role("heading", name="gone")).wait_for(state="detached")
    page.reload()
    assert page.get_by_label("Find a target").input_value() == "chat"
    page.get_by_role("heading", name="chat").wait_for()

    page.get_by_role("button", name="Show all").click()
    page.get_by_role("list", name="Pools").get_by_role("button", name=re.compile("^node")).click()
    page.wait_for_url(re.compile("pool=node"))
    page.wait_for_function("() => document.querySelectorAll('main section').length === 1")


def test_samples_interval_labels_and_dashboard_are_shown(open_page):
    page = open_page("targets")
    node = page.locator("section", has=page.get_by_role("heading", name="node", exact=True))
    node.get_by_text(re.compile(r"in .*, \d[\d,]* samples")).wait_for()
    node.get_by_text("Details").click()
    node.get_by_text("every 1s").wait_for()
    assert "__address__" in node.inner_text()

    node.get_by_role("link", name=re.compile("Explore")).click()
    page.wait_for_url(re.compile(r"explore\?q=up"))
    page.go_back()
    page.locator("section", has=page.get_by_role("heading", name="node", exact=True)).get_by_role(
        "link", name="Dashboard"
    ).click()
    page.wait_for_url(re.compile("d/auto-"))


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_what_discovery_lacks_drops_or_complains_of_is_told(open_page, width, theme):
    def before(page):
        serve_targets(
            page,
            [target("api", "a:1")],
            droppedTargets=[{"discoveredLabels": {"__address__": "b:1"}, "scrapePool": "api", "reason": "keep at 1"}],
            droppedTargetCounts={"api": 3},
            unsupportedDiscoveries=[{"scrapePool": "cloud", "kind": "ec2_sd_configs"}],
        )
        report = {"components": {"discovery": {"status": "degraded", "detail": "api: file x.json: no such file"}}}
        page.route("**/health", lambda route: route.fulfill(body=json.dumps(report), content_type="application/json"))

    page = open_page("targets", width=width, theme=theme, before=before)
    kind = page.get_by_role("main").get_by_text("ec2_sd_configs")
    kind.wait_for()
    badge = page.locator("li", has_text="ec2_sd_configs").get_by_text("Not supported").bounding_box()
    assert badge["x"] + badge["width"] <= kind.bounding_box()["x"]
    page.get_by_role("status").get_by_text("no such file").wait_for()
    page.get_by_text("3 targets dropped by relabelling").click()
    page.get_by_text("keep at 1").wait_for()
    page.get_by_text("2 more").wait_for()
    assert_looks_right(page, width)


def test_a_thousand_targets_are_filtered_as_one_types(open_page):
    active = [target(f"pool{number % 20}", f"host{number}:9100") for number in range(1000)]
    page = open_page("targets", before=lambda page: serve_targets(page, active))
    page.get_by_text("host999:9100/metrics").wait_for(state="attached")
    page.get_by_label("Find a target").fill("host777")
    page.get_by_text("host776:9100/metrics").wait_for(state="detached")

    assert page.locator("main section li").count() == 1


def test_nothing_in_a_label_runs_and_long_ones_do_not_break_the_page(open_page):
    evil = "<img src=x onerror=window.hacked=1>" + "x" * 300
    page = open_page(
        "targets", width=390, before=lambda page: serve_targets(page, [target("api", "a:1", "down", evil, evil=evil)])
    )
    page.get_by_text("onerror").first.wait_for()

    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_list_refreshes_itself_and_rests_while_hidden(open_page):
    page = open_page("targets")
    with page.expect_request(re.compile("targets.state=any"), timeout=8000):
        pass
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(500)
    asked = []
    page.on("request", lambda request: "api/v1/targets" in request.url and asked.append(request.url))
    page.wait_for_timeout(6000)

    assert asked == []
