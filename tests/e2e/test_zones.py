"""Times of a dashboard that says in which zone they are, for readers who live in another one."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from editing_support import board
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HOME = "Asia/Kolkata"  # half an hour off, so that no time of day is alike


def shown_bound(chromium, url: str) -> str:
    """What stands under From, for somebody in that zone, on a range of the last five minutes made absolute."""
    now_ms = 1_763_726_400_000  # 2025-11-21 12:00 UTC
    with closing(chromium.new_context(timezone_id=HOME, locale="en-GB")) as context:
        page = context.new_page()
        page.goto(f"{url}{'&' if '?' in url else '?'}from={now_ms - 300_000}&to={now_ms}")
        page.wait_for_selector("[data-panel]")
        page.get_by_role("button", name="Time range").first.click()
        return page.get_by_label("From").input_value()


def test_a_dashboard_in_utc_is_in_utc_for_everybody(server, chromium, saved):
    own = datetime.fromtimestamp(1_763_726_100, UTC)
    text = own.strftime("%Y-%m-%d %H:%M:%S")
    at_home = own.astimezone(ZoneInfo(HOME)).strftime("%Y-%m-%d %H:%M:%S")
    in_utc = server.url + saved(board("zone-utc", timezone="utc"))["url"].lstrip("/")
    by_reader = server.url + saved(board("zone-reader", timezone="browser"))["url"].lstrip("/")

    assert shown_bound(chromium, in_utc) == text
    assert shown_bound(chromium, by_reader) == at_home
    assert shown_bound(chromium, f"{in_utc}?timezone={HOME}") == at_home


def test_a_zone_that_is_chosen_in_the_settings_is_seen_before_it_is_saved(open_page, saved):
    address = saved(board("zone-edited"))["url"].lstrip("/")
    page = open_page(f"{address}?edit&from=1763726100000&to=1763726400000")
    page.get_by_role("button", name="Remove Left", exact=True).click()
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings of the dashboard")
    dialog.get_by_label("Time zone").select_option("Asia/Tokyo")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Time range").first.click()

    expect(page.get_by_label("From")).to_have_value("2025-11-21 20:55:00")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("button", name="Move Left", exact=True)).to_be_visible()
    page.get_by_role("button", name="Time range").first.click()
    expect(page.get_by_label("From")).to_have_value("2025-11-21 11:55:00")


def test_a_zone_is_found_by_either_of_its_names_and_called_by_the_one_of_today(open_page, saved):
    page = open_page(saved(board("zone-renamed"))["url"].lstrip("/"))
    zones = page.get_by_label("Time zone")
    opener = page.get_by_role("button", name="Time range").first
    for label, value in (("Asia/Calcutta (Asia/Kolkata)", "Asia/Kolkata"), ("Europe/Kyiv", "Europe/Kyiv")):
        opener.click()
        zones.select_option(label=label)  # times are written anew, and the box closes
        expect(zones).to_be_hidden()
        opener.click()
        expect(zones).to_have_value(value)
        page.keyboard.press("Escape")


def test_a_range_that_means_nothing_is_the_last_hour_and_that_is_said(server, open_page, saved):
    page = open_page(saved(board("zone-range", time={"from": "now/lunch", "to": "now"}))["url"].lstrip("/"))

    expect(page.get_by_role("note").filter(has_text="now/lunch")).to_be_visible()
    expect(page.locator("[data-panel] canvas").first).to_be_visible()
    assert page.watch.complaints == []
