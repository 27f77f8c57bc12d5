"""Alerts, rules, silences, routing and notifications, on a server whose rules really fire."""

from __future__ import annotations

import re

import pytest
from e2e_server import wait_until
from looks import VIEWS, assert_looks_right
from playwright.sync_api import expect

QUEUE = re.compile("QueueGrows")
PAYMENTS = re.compile("PaymentsFail")


def item(page, name: re.Pattern[str]):
    return page.get_by_role("main").get_by_role("button", name=name)


# Every page, as it looks


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("alerts", "PaymentsFail"),
        ("alerts?search=nothing+like+it", "No alert passes the filter"),
        ("rules", "many-to-many"),
        ("rules?view=recording", "shop:errors:max"),
        ("rules?view=nodata", "ReturnsPileUp"),
        ("silences", "There are no silences"),
        ("silences?new=&matcher=alertname%3D%22PaymentsFail%22", "1 alert would be silenced now"),
        ("routing", "Time intervals"),
        ("routing?labels=severity%3Dcritical+system%3Dshop", "Takes it"),
        ("routing?labels=severity", "Write labels as"),
        ("notifications", "unexpected status code 400"),
        ("history", "PaymentsFail"),
    ],
)
def test_a_page_looks_right(open_shop, path, sign, width, theme):
    page = open_shop(path, width=width, theme=theme)
    page.get_by_text(sign).first.wait_for()
    assert_looks_right(page, width)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_an_alert_looks_right(open_shop, width, theme):
    page = open_shop("alerts", width=width, theme=theme)
    item(page, PAYMENTS).click()
    page.locator("canvas").wait_for()
    page.get_by_text("in the last 24 hours").wait_for()
    page.get_by_role("region", name="Who is told").get_by_text("pager").first.wait_for()
    page.wait_for_timeout(500)
    assert_looks_right(page, width)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_an_alert_that_is_silenced_looks_right(open_shop, shop, width, theme):
    shop.silence({"alertname": "PaymentsFail"}, "the provider is being moved")
    page = open_shop("alerts", width=width, theme=theme)
    item(page, PAYMENTS).click()
    page.get_by_role("region", name="Who is told").get_by_text("the provider is being moved").wait_for()
    page.locator("canvas").wait_for()
    page.wait_for_timeout(500)
    assert_looks_right(page, width)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_silences_look_right(open_shop, shop, width, theme):
    shop.silence({"alertname": "PaymentsFail", "route": "/pay"}, "the provider is being moved")
    page = open_shop("silences", width=width, theme=theme)
    page.get_by_text("the provider is being moved").first.wait_for()
    assert_looks_right(page, width)
    page.get_by_role("button", name="Expire").first.click()
    page.get_by_text("Expire this silence?").wait_for()
    assert_looks_right(page, width)


# Alerts


def test_alerts_stand_by_system_and_group_the_worst_first(open_shop):
    page = open_shop("alerts")
    system = page.get_by_role("region", name="shop", exact=True)
    lines = system.get_by_role("button")
    expect(lines).to_have_count(3)
    assert [re.split(r"\s", text)[0] for text in lines.all_inner_texts()] == ["Firing", "Inhibited", "Pending"]
    first = lines.first
    expect(first).to_contain_text("31% of the requests to /pay fail")
    expect(first).to_contain_text("critical")
    expect(page.get_by_role("region", name="Without a system")).to_contain_text("NightRunLate")


def test_alerts_are_narrowed_by_state_severity_and_text_and_the_address_keeps_it(open_shop):
    page = open_shop("alerts")
    page.get_by_role("button", name="Quiet 1").click()
    expect(item(page, QUEUE)).to_have_count(1)
    expect(item(page, PAYMENTS)).to_have_count(0)
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Severity").select_option("info")
    expect(item(page, PAYMENTS)).to_have_count(0)
    expect(item(page, re.compile("NightRunLate"))).to_have_count(1)
    page.get_by_label("Severity").select_option("")
    page.get_by_label("Find an alert").fill('route="/pay"')
    expect(item(page, QUEUE)).to_have_count(0)
    page.reload()
    expect(item(page, PAYMENTS)).to_have_count(1)
    expect(item(page, QUEUE)).to_have_count(0)


def test_an_alert_shows_its_chart_with_the_limit_its_words_and_who_was_told(open_shop):
    page = open_shop("alerts")
    item(page, PAYMENTS).click()
    chart = page.get_by_role("region", name="Chart of PaymentsFail")
    chart.locator("canvas").wait_for()
    expect(chart).to_contain_text("fires above 5%")
    expect(chart.locator("code")).to_have_text("shop_errors_ratio")
    expect(page.get_by_role("link", name="http://127.0.0.1/runbooks/payments")).to_be_visible()
    told = page.get_by_role("region", name="Who is told")
    expect(told).to_contain_text("Goes to pager.")
    expect(told.get_by_text("Sent").first).to_be_visible()
    expect(page.get_by_role("region", name="Before now")).to_contain_text("It fired once in the last 24 hours")
    page.reload()
    expect(page.get_by_role("region", name="Who is told")).to_be_visible()
    item(page, PAYMENTS).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Who is told")).to_have_count(0)


def test_an_alert_that_is_inhibited_or_pending_says_why_nobody_is_told(open_shop):
    page = open_shop("alerts")
    item(page, QUEUE).click()
    told = page.get_by_role("region", name="Who is told")
    expect(told).to_contain_text('An alert with severity="critical" keeps those with alertname="QueueGrows" quiet')
    expect(told).to_contain_text("inhibit_rules entry 1 of alertmanager.yml, line 2")
    expect(told).to_contain_text("/pay")
    told.get_by_role("link", name="PaymentsFail").click()
    expect(page.get_by_role("region", name="Chart of PaymentsFail")).to_be_visible()
    item(page, re.compile("DiskFills")).click()
    expect(page.get_by_role("region", name="Who is told")).to_contain_text("Nobody yet")
    expect(page.get_by_role("region", name="Chart of DiskFills")).to_contain_text("fires below")


def test_a_storm_is_cut_and_says_that_it_is_asked_for_less_often(open_shop, shop):
    storm = [{"alertname": "Storm", "instance": f"i{n}"} for n in range(1100)]
    shop.send(*storm)
    page = open_shop("alerts")
    expect(page.get_by_role("status").first).to_contain_text("alerts at once. So many are asked for only every 30 s")
    lines = page.get_by_role("region", name="Sent by other servers").get_by_role("button", name=re.compile("Storm"))
    expect(lines).to_have_count(25)
    page.get_by_role("button", name="Show 200 more of 1,075").click()
    expect(lines).to_have_count(225)
    assert_looks_right(page, 1280)
    shop.send(*storm, ends=True)
    page.get_by_role("button", name="Refresh now").click()
    expect(lines).to_have_count(0)


def test_an_alert_whose_route_is_muted_says_by_what(open_shop, shop):
    shop.send({"alertname": "Nightly"})
    try:
        page = open_shop("alerts")
        nightly = item(page, re.compile("Nightly"))
        expect(nightly).to_contain_text("Muted")
        nightly.click()
        told = page.get_by_role("region", name="Who is told")
        expect(told).to_contain_text("Its route is muted at this time: weekends")
        expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="2 alerts fire")).to_be_visible()
    finally:
        shop.send({"alertname": "Nightly"}, ends=True)


def test_the_navigation_counts_what_fires_in_words(open_shop, shop):
    page = open_shop("targets")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Alerts 2 alerts fire")
    link.wait_for()
    assert link.locator("[aria-hidden=true]").last.inner_text() == "2"
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.get_by_role("heading", name="Alerts", level=1).wait_for()
    assert page.title() == "Alerts · Watchglass"


# Rules


def test_rules_with_problems_come_first_with_the_whole_error(open_shop):
    page = open_shop("rules")
    groups = page.locator("main section")
    expect(groups).to_have_count(2)
    first = groups.first
    expect(first).to_contain_text("1 rule fails")
    expect(first.locator("li").first).to_contain_text("many-to-many matching not allowed")
    expect(groups.nth(1)).to_contain_text("every 1s")
    page.get_by_role("button", name="Problems 1").click()
    expect(groups).to_have_count(1)
    page.get_by_role("button", name="All 7").click()
    page.get_by_label("Find a rule").fill("shop:errors")
    expect(page.locator("main li")).to_have_count(1)
    page.get_by_role("link", name="max by (job) (shop_errors_ratio)").click()
    page.wait_for_url("**/explore**")
    page.locator("canvas").wait_for()


def test_a_rule_without_data_is_told_apart_from_one_that_is_quiet(open_shop):
    page = open_shop("alerts")
    page.get_by_role("status").filter(has_text="1 rule has no data").get_by_role("link", name="See it").click()
    rules = page.locator("main li")
    expect(rules).to_have_count(1)
    expect(rules).to_contain_text("ReturnsPileUp")
    expect(rules).to_contain_text("It has had no data for more than 24 hours")
    assert_looks_right(page, 1280)


# Silences


def test_a_silence_is_made_from_an_alert_changed_and_expired(open_shop, shop):
    page = open_shop("alerts")
    item(page, PAYMENTS).click()
    page.get_by_role("link", name="Silence", exact=True).click()
    form = page.get_by_role("dialog", name="New silence")
    expect(form.get_by_label("Label 1")).to_have_value("alertname")
    expect(form).to_contain_text("1 alert would be silenced now")
    form.get_by_role("button", name="4h").click()
    form.get_by_role("button", name="Silence").click()
    expect(form.get_by_text("Say who you are")).to_be_visible()
    form.get_by_label("By").fill("Ada")
    form.get_by_label("Why").fill("a release")
    form.get_by_role("button", name="Silence").click()
    expect(form).to_have_count(0)
    made = page.get_by_role("region", name="Active").locator("li").first
    expect(made).to_contain_text("a release")
    expect(made).to_contain_text("1 alert kept quiet")
    (silence,) = shop.silences()
    assert (silence["createdBy"], len(silence["matchers"])) == ("Ada", 6)

    made.get_by_role("link", name="Change").click()
    form = page.get_by_role("dialog", name="Change a silence")
    form.get_by_label("Why").fill("a long release")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Active")).to_contain_text("a long release")
    assert [each["comment"] for each in shop.silences()] == ["a long release"]

    made.get_by_role("button", name="Expire").click()
    page.get_by_role("dialog").get_by_role("button", name="Expire").click()
    expect(page.get_by_role("region", name="Active")).to_contain_text("None holds now.")
    assert shop.silences() == []
    page.keyboard.press("s")
    form = page.get_by_role("dialog", name="New silence")
    expect(form.get_by_label("By")).to_have_value("Ada")


def test_matchers_tell_what_they_would_silence_while_they_are_written(open_shop):
    page = open_shop("silences?new=")
    form = page.get_by_role("dialog", name="New silence")
    preview = form.get_by_role("region", name="What it would silence now")
    expect(form.get_by_label("Label 1")).to_be_focused()
    form.get_by_label("Label 1").fill("alertname")
    form.get_by_label("Operator 1").select_option("=~")
    form.get_by_label("Value 1").fill("Queue.*|Pay.*")
    expect(preview).to_contain_text("2 alerts would be silenced now")
    form.get_by_role("button", name="Matcher", exact=True).click()
    form.get_by_label("Label 2").fill("severity")
    form.get_by_label("Operator 2").select_option("!=")
    form.get_by_label("Value 2").fill("critical")
    expect(preview).to_contain_text("1 alert would be silenced now")
    form.get_by_label("Value 1").fill("(")
    expect(preview).to_contain_text("error parsing regexp")
    form.get_by_role("button", name="Remove matcher 2").click()
    form.get_by_label("Value 1").fill(".*")
    form.get_by_label("By").fill("Ada")
    form.get_by_label("Why").fill("all of it")
    form.get_by_role("button", name="Silence").click()
    expect(form.get_by_text("this one would silence everything")).to_be_visible()


def test_what_is_silenced_says_by_whom(open_shop, shop):
    shop.silence({"alertname": "PaymentsFail"}, "the provider is being moved")
    page = open_shop("alerts")
    expect(item(page, PAYMENTS)).to_contain_text("Silenced")
    item(page, PAYMENTS).click()
    expect(page.get_by_role("region", name="Who is told")).to_contain_text("the provider is being moved")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="1 alert fires").wait_for(timeout=30_000)


# Routing and notifications


def test_an_alert_is_tried_on_the_tree(open_shop):
    page = open_shop("routing")
    page.get_by_label("Where would an alert with these labels go?").fill("severity=critical system=shop")
    page.get_by_text("It goes to pager.").wait_for()
    page.get_by_role("button", name="Show where").click()
    expect(page.locator("[data-verdict=taken]")).to_be_focused()
    expect(page.locator("[data-verdict=taken]")).to_contain_text("alertmanager.yml, line 13")
    verdicts = page.locator("[data-verdict]").evaluate_all("all => all.map((e) => e.dataset.verdict)")
    assert verdicts == ["passed", "passed", "taken", *["unreached"] * 4]
    page.get_by_label("Where would an alert with these labels go?").fill("severity=info")
    page.get_by_text("It goes to broken.").wait_for()
    page.get_by_label("Where would an alert with these labels go?").fill("system=shop")
    page.get_by_text("It goes to chat. Nobody is told").wait_for()
    page.get_by_label("Where would an alert with these labels go?").fill("severity=info")
    page.get_by_text("It goes to broken.").wait_for()
    expect(page.locator("[data-verdict=unmatched]").first).to_contain_text('has no system, asked for is system="shop"')
    expect(page.locator("[data-verdict=unreached]").first).to_contain_text("route above it does not match")
    page.get_by_role("button", name="Clear the labels").click()
    expect(page.locator("[data-verdict]")).to_have_count(0)


def test_receivers_that_send_nothing_say_why_and_show_no_secret(open_shop):
    page = open_shop("routing")
    receivers = page.get_by_role("region", name="Receivers")
    chat = receivers.locator("li", has_text="slack")
    expect(chat).to_contain_text("Disabled")
    expect(page.get_by_role("status").first).to_contain_text("1 receiver sends nothing: chat.")
    assert "hooks.slack.com" not in page.content()


def test_notifications_tell_who_was_told_and_what_failed(open_shop):
    page = open_shop("notifications")
    rows = page.get_by_role("main").locator("section > ul > li")
    expect(rows.filter(has_text="pager").first).to_contain_text("Sent")
    expect(rows.filter(has_text="pager").first).to_contain_text("first notification")
    page.get_by_role("button", name=re.compile("^Failed")).click()
    expect(rows.first).to_contain_text("unexpected status code 400")
    expect(rows.filter(has_text="pager")).to_have_count(0)


def test_one_that_is_tried_again_says_why_and_when(open_shop, shop):
    shop.send({"alertname": "DeepFreeze"})
    page = open_shop("notifications?status=sending")
    row = page.get_by_role("main").locator("section > ul > li").filter(has_text="slow")
    expect(row).to_contain_text("Retrying")
    expect(row).to_contain_text("unexpected status code 503")
    expect(row).to_contain_text(
        re.compile(r"\d+ attempts? failed; (the next one|another one).*; given up at \d\d:\d\d")
    )
    assert_looks_right(page, 1280)
    page.goto(f"{shop.url}alerts")
    item(page, re.compile("DeepFreeze")).click()
    told = page.get_by_role("region", name="Who is told")
    expect(told).to_contain_text("Retrying")
    expect(told).to_contain_text("unexpected status code 503")
    shop.send({"alertname": "DeepFreeze"}, ends=True)


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_a_test_alert_is_confirmed_and_tells_what_was_delivered(open_shop, shop, width, theme):
    page = open_shop("routing", width=width, theme=theme)
    page.get_by_role("button", name="Send a test alert to pager").click()
    box = page.get_by_role("dialog", name="Send a test alert")
    expect(box.get_by_label("Labels")).to_have_value('severity="critical" system="shop"')
    expect(box.get_by_role("region", name="Who will be told")).to_contain_text("pager (webhook) will be told")
    assert_looks_right(page, width)
    before = len(shop.told)
    box.get_by_role("button", name="Tell pager (webhook)").click()
    outcomes = box.get_by_role("list", name="What became of it")
    expect(outcomes).to_contain_text(re.compile(r"Sent.*Delivered in \d"), timeout=20_000)
    expect(box).to_contain_text("Everybody was told")
    assert_looks_right(page, width)
    mine = [each for told in shop.told[before:] for each in told["alerts"] if "watchglass_test" in each["labels"]]
    assert (mine[0]["labels"]["severity"], mine[0]["status"]) == ("critical", "firing")
    assert "Nothing is wrong" in mine[0]["annotations"]["description"]
    box.get_by_role("button", name="Done").click()
    expect(box).to_have_count(0)
    wait_until(lambda: not shop.firing("WatchglassTest"), "the end of the test alert")


def test_a_test_alert_tells_the_receivers_own_error_and_who_sends_nothing(open_shop, shop):
    page = open_shop("routing")
    page.get_by_role("button", name="Send a test alert to broken").click()
    box = page.get_by_role("dialog", name="Send a test alert")
    box.get_by_role("button", name="Tell broken").click()
    expect(box.get_by_role("list", name="What became of it")).to_contain_text(
        "After 1 attempt: unexpected status code 400", timeout=20_000
    )
    page.keyboard.press("Escape")
    wait_until(lambda: not shop.firing("WatchglassTest"), "the end of the test alert")
    page.get_by_role("button", name="Test alert", exact=True).click()
    box.get_by_label("Labels").fill("system=shop")
    expect(box).to_contain_text("Nobody would be told")
    expect(box).to_contain_text("chat (slack) is not told")
    expect(box.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    box.get_by_label("Labels").fill("system")
    expect(box).to_contain_text("Write labels as name=value")
    box.get_by_role("button", name="Cancel").click()
    expect(box).to_have_count(0)


def test_history_says_when_alerts_fired_who_was_told_and_how_far_it_reaches(open_shop):
    page = open_shop("history")
    past = page.get_by_role("region", name="PaymentsFail")
    expect(past).to_contain_text("shop · fired once")
    expect(past.locator("li").first).to_contain_text("told pager")
    expect(past.locator("li").first).to_contain_text("31% of the requests to /pay fail")
    expect(page.get_by_role("region", name="NightRunLate")).to_contain_text("broken could not be told")
    expect(page.get_by_role("main")).to_contain_text("History is kept for 90d (alerting.history_age)")
    page.get_by_label("Find an alert").fill("pager")
    expect(page.locator("main section")).to_have_count(1)
    page.goto(page.url.split("?")[0] + "?from=2019-01-01&to=2019-01-02")
    expect(page.get_by_text("Nothing fired in this range")).to_be_visible()


# Around them


def test_alertmanagers_addresses_lead_to_ours(open_shop):
    page = open_shop('#/silences/new?filter={alertname="QueueGrows"}')
    form = page.get_by_role("dialog", name="New silence")
    expect(form.get_by_label("Value 1")).to_have_value("QueueGrows")


def test_alerts_are_marked_on_charts_that_show_their_metric(open_shop):
    page = open_shop("d/auto-shop/shop")
    switch = page.get_by_role("switch", name=re.compile("Firing alerts"))
    switch.wait_for(timeout=30_000)
    handle = page.get_by_role("button", name=re.compile("PaymentsFail fired")).first
    handle.wait_for()
    switch.click()
    expect(page.get_by_role("button", name=re.compile("PaymentsFail fired"))).to_have_count(0)
    page.wait_for_url("**switched=Firing*")


def test_the_palette_knows_the_pages(open_shop):
    page = open_shop("status")
    page.keyboard.press("Control+k")
    page.get_by_label("Command", exact=True).fill("silences")
    page.keyboard.press("Enter")
    page.wait_for_url("**/silences")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("alerts", "There are no alerting rules"),
        ("rules", "There are no rules"),
        ("silences", "There is nothing to silence"),
        ("routing", "No routing is configured"),
        ("notifications", "Nobody is told of alerts"),
        ("history", "No history is kept"),
    ],
)
def test_without_rules_and_routing_each_page_says_what_to_do(open_bare, path, says):
    page = open_bare(path)
    page.get_by_text(says).wait_for()
    assert_looks_right(page, 1280)
