"""Status: what the server is, holds and was told, without its secrets."""

from __future__ import annotations

import json
import re

import pytest
from looks import VIEWS, assert_looks_right
from playwright.sync_api import expect


def card(page, name: str):
    return page.get_by_role("region", name=name, exact=True)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_status_looks_right(open_page, width, theme):
    page = open_page("status", width=width, theme=theme)
    card(page, "Configuration").get_by_text("scrape_configs").wait_for()
    card(page, "Cardinality").get_by_text("Series by metric").wait_for()
    page.wait_for_timeout(500)

    assert_looks_right(page, width)


def test_health_build_and_storage_are_those_of_the_server(open_page, server):
    page = open_page("status")
    health = card(page, "Health")
    health.get_by_text("scraping").wait_for()
    # A target that took too long a moment ago is up again soon.
    expect(health).to_contain_text("down 1", use_inner_text=True, timeout=30_000)
    build = card(page, "Build and runtime")
    build.get_by_text("Up for").wait_for()
    version = page.request.get(f"{server.url}api/v1/status/buildinfo").json()["data"]["applicationVersion"]
    assert version in build.inner_text()
    storage = card(page, "Storage")
    storage.get_by_text("Newest sample").wait_for()
    assert re.search(r"Kept for\s+\d+d", storage.inner_text())
    assert re.search(r"On disk\s+[\d.]+\s*[KMG]iB", storage.inner_text())
    card(page, "Data sources").get_by_text("The metrics that this server collects").wait_for()


def test_cardinality_leads_to_explore(open_page):
    page = open_page("tsdb-status")
    top = card(page, "Cardinality")
    top.get_by_label("Show").select_option("25")
    top.locator("ol").first.locator("li").nth(24).wait_for()
    assert top.locator("ol").first.locator("li").count() == 25
    top.get_by_role("link", name=re.compile("^node_")).first.click()

    page.wait_for_url(re.compile(r"explore\?q=node_"))
    page.wait_for_selector("canvas")


def test_its_sections_are_reached_on_a_phone(open_page):
    page = open_page("status", width=390)
    card(page, "Cardinality").get_by_text("Series by metric").wait_for()
    for section in ("settings", "cardinality", "settings"):
        page.get_by_label("Section", exact=True).select_option(section)
        page.wait_for_function("id => document.activeElement.id === id", arg=section)

    assert page.get_by_label("Section", exact=True).input_value() == ""


def test_settings_are_found_and_limits_told_apart(open_page):
    page = open_page("flags")
    settings = card(page, "Settings")
    settings.get_by_text("query.timeout", exact=True).wait_for()
    everything = settings.locator("dl > div").count()
    settings.get_by_role("button", name="Limits only").click()
    limits = settings.locator("dl > div").count()
    assert 0 < limits < everything
    settings.get_by_label("Find a setting").fill("query.timeout")
    assert settings.locator("dl > div").count() == 1


def test_the_configuration_is_copied_whole(open_page):
    page = open_page("config")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    configuration = card(page, "Configuration")
    configuration.get_by_role("button", name="Copy").click()
    page.get_by_text("Configuration copied.").wait_for()

    assert "job_name: gone" in page.evaluate("navigator.clipboard.readText()")


def test_a_part_that_fails_is_said_and_the_rest_stays(open_page):
    def before(page):
        page.route("**/api/v1/status/tsdb*", lambda route: route.fulfill(status=422, body='{"error": "it is broken"}'))

    page = open_page("status", before=before)
    card(page, "Cardinality").get_by_text("it is broken").wait_for()

    card(page, "Configuration").get_by_text("scrape_configs").wait_for()


def test_trouble_is_in_words_too(open_page):
    report = {
        "status": "degraded",
        "version": "1",
        "components": {"store": {"status": "degraded", "detail": "2 blocks are damaged", "series": 12}},
    }
    page = open_page(
        "status",
        before=lambda page: page.route(
            "**/health", lambda route: route.fulfill(body=json.dumps(report), content_type="application/json")
        ),
    )
    health = card(page, "Health")
    health.get_by_text("2 blocks are damaged").wait_for()

    assert "Degraded" in health.inner_text()


def test_limits_on_series_and_what_they_left_out_are_told(open_page):
    content = {
        "limits": {"seriesPerTarget": 0, "seriesPerMetric": 1000},
        "seriesCountByTarget": [{"job": "chat", "instance": "c:1", "value": 42}],
        "leftOut": [{"job": "chat", "instance": "c:1", "value": 7, "metrics": [{"name": "chat_total", "value": 7}]}],
    }
    body = json.dumps({"status": "success", "data": content})
    page = open_page(
        "tsdb-status",
        before=lambda page: page.route(
            "**/api/v1/watchglass/cardinality*", lambda route: route.fulfill(body=body, content_type="application/json")
        ),
    )
    top = card(page, "Cardinality")
    top.get_by_text("A target may have 1,000 series of one metric; what is beyond is left out.").wait_for()
    expect(top.get_by_text("7 left out")).to_be_visible()
    expect(top).to_contain_text("chat_total: 7")
    expect(top).to_contain_text("Series by target")
