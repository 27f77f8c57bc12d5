"""Dashboards and rules of the packs that ship are those of the contract: expressions, types, units, titles, thresholds.

A panel follows the page's range where the contract has a window of its choice, and asks for what variables choose; both are
taken out before expressions are compared. Where a pack says something else on purpose, `ON_PURPOSE` says what and why.
"""

from __future__ import annotations

import json
import re

import pytest

from watchglass.packs.pack import read_pack
from watchglass.packs.rules import read_rules
from watchglass.sdk.declared import pack_folder, pack_names

RULED = ("sidepanel", "hybrid_ai_stack", "awareness_network")
UNITS = {
    "reqps": "reqps",
    "s": "s",
    "ms": "ms",
    "usd": "currencyUSD",
    "currencyUSD": "currencyUSD",
    "ratio": "percentunit",
    "percentunit": "percentunit",
    "percent": "percent",
    "bytes": "bytes",
    "diem": "suffix: Diem",
}
TYPES = {
    "status": "stat",
    "stat_list": "stat",
    "sparkline": "timeseries",
    "area_chart": "timeseries",
    "line_chart": "timeseries",
    "bar_chart": "barchart",
    "ranked_list": "bargauge",
    "pie_chart": "piechart",
    "projection": "stat",
    "cards": "stat",
    "stat_per_model": "bargauge",
    "grouped_bar": "barchart",
    "table_or_bar": "bargauge",
}
ADDED_UP = (
    "sum_over_time(({}(increase(api_gateway_cost_total[$__interval])) and on () (vector(time()) > $__from / 1000))"
    "[$__range:$__interval])"
)
ON_PURPOSE = {
    # a raw counter falls to zero where its application restarts, and no panel may
    "sum by (model) (api_gateway_requests_total)": "sum by (model) (increase(api_gateway_requests_total[$__range]))",
    "sum by (backend) (api_gateway_requests_total)": "sum by (backend) (increase(api_gateway_requests_total[$__range]))",
    "sum by (agent) (collab_thoughts_total)": "sum by (agent) (increase(collab_thoughts_total[$__range]))",
    "sum(api_gateway_cost_total)": ADDED_UP.format("sum"),
    "sum by (model) (api_gateway_cost_total)": ADDED_UP.format("sum by (model) "),
    # a model that never failed has no series of failures: 0 %, not nothing
    'sum by (model) (rate(fluxai_requests_total{status="error"}[5m])) / sum by (model) (rate(fluxai_requests_total[5m]))': (
        '(sum by (model) (rate(fluxai_requests_total{status="error"}[5m])) or 0 * sum by (model) (rate(fluxai_requests_total[5m])))'
        " / sum by (model) (rate(fluxai_requests_total[5m]))"
    ),
}
"""By the contract's expression, the one that ships."""


def expected(row):
    """The expression that a row of the contract wants."""
    return row.get("corrected_expr") or row.get("expr") or row.get("proposed_expr")


def plain(expr):
    """An expression without what variables choose."""
    expr = re.sub(r',?\w+=~"\$\w+"', "", expr).replace("{,", "{").replace("{}", "")
    return " ".join(expr.split())


def same(got, wanted):
    wanted = " ".join(wanted.split())
    return plain(got) in {wanted, ON_PURPOSE.get(wanted)} or plain(got).replace("$__range", "1h") == wanted


def board(pack, uid):
    """The panels of a dashboard, each with the row that it is in."""
    document = json.loads((pack_folder(pack) / "dashboards" / f"{uid}.json").read_text())
    rows, row = [], ""
    for panel in document["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
        else:
            rows.append((row, panel))
    return document, rows


def check_panel(panel, row):
    """A panel is what the contract's row wants."""
    kind = row.get("normalized_type") or TYPES.get(row["type"], row["type"])
    assert panel["type"] == kind
    if row.get("unit") in UNITS:
        assert panel["fieldConfig"]["defaults"]["unit"] == UNITS[row["unit"]]
    got = [target["expr"] for target in panel["targets"]]
    for target, query in zip(panel["targets"], row["targets"], strict=True):
        assert same(target["expr"], expected(query)), target["expr"]
        legend = query.get("legend") or query.get("proposed_legend")
        if legend:
            assert target["legendFormat"] == legend
        if "proposed_format" in query:
            assert target["format"] == query["proposed_format"]
    assert len(got) == len(set(got))


def test_sidepanels_grafana_dashboard(seeds):
    rows = seeds["sidepanel"]["dashboards"][1]["panels"]
    document, panels = board("sidepanel", "sidepanel-overview")
    assert document["title"] == seeds["sidepanel"]["dashboards"][1]["title"]
    assert [panel["title"] for _, panel in panels] == [
        "Active Connections",
        "Request Rate",
        "Latency Distribution",
        "Venice Balance",
    ]
    for row in rows:
        check_panel(next(panel for _, panel in panels if panel["title"] == row["title"]), row)


def test_sidepanels_gauge_has_the_colours_of_the_contract_and_marks_where_alerts_begin(seeds):
    gauge = board("sidepanel", "sidepanel-overview")[1][-1][1]
    defaults = gauge["fieldConfig"]["defaults"]
    steps = [(step["value"], step["color"]) for step in defaults["thresholds"]["steps"]]
    written = seeds["sidepanel"]["dashboards"][1]["panels"][3]["options"]
    assert (defaults["min"], defaults["max"]) == (written["min"], written["max"])
    assert steps == [(None, "red"), (5, "red"), (10, "red"), (25, "yellow"), (50, "green")]
    alerts = {rule.expr for group in read_rules(pack_folder("sidepanel") / "rules.yaml") for rule in group.rules}
    assert {f"sidepanel_venice_balance_diem < {value}" for value in (5, 10)} <= alerts


VIEWS = {
    "system_overview": "sidepanel-system-overview",
    "venice_api": "sidepanel-venice-api",
    "session_analytics": "sidepanel-session-analytics",
}


@pytest.mark.parametrize("view", VIEWS)
def test_sidepanels_views(seeds, view):
    wanted = next(one for one in seeds["sidepanel"]["dashboards"][0]["views"] if one["id"] == view)
    document, panels = board("sidepanel", VIEWS[view])
    assert document["title"].upper() == wanted["title"]
    assert document["time"]["from"] == f"now-{wanted['window']}"
    titles = [panel["title"] for _, panel in panels if panel["title"]]
    assert titles == [row["title"] for row in wanted["panels"]]
    for row in wanted["panels"]:
        check_view_panel([panel for _, panel in panels], row)


def check_view_panel(panels, row):
    at = next(index for index, panel in enumerate(panels) if panel["title"] == row["title"])
    box = [panels[at]]  # and the untitled ones right below, which say its figures
    for panel in panels[at + 1 :]:
        if panel["title"]:
            break
        above = box[-1]["gridPos"]
        assert panel["transparent"]
        assert panel["gridPos"] == {**above, "y": above["y"] + above["h"], "h": panel["gridPos"]["h"]}
        box.append(panel)
    assert box[0]["type"] == TYPES.get(row["type"], row["type"])
    targets = [target for panel in box for target in panel["targets"]]
    if "proposed_expr" in row:
        assert same(targets[0]["expr"], row["proposed_expr"])
    by_legend = {target["legendFormat"]: target["expr"] for target in targets}
    for stat in row.get("stats", ()):
        assert stat["label"] in by_legend
        if "proposed_expr" in stat:
            assert same(by_legend[stat["label"]], stat["proposed_expr"]), stat["id"]
    if row.get("unit") in UNITS:
        assert box[0]["fieldConfig"]["defaults"]["unit"] == UNITS[row["unit"]]


def test_the_system_overview_has_nine_figures():
    _, panels = board("sidepanel", "sidepanel-system-overview")
    figures = [panel for _, panel in panels if panel["type"] == "stat"]
    assert [len(panel["targets"]) for panel in figures] == [1, 2, 1, 3, 3]  # uptime says its share as a time too


def test_hybrids_main_dashboard(seeds):
    wanted = next(one for one in seeds["hybrid_ai_stack"]["dashboards"] if one["id"] == "main_dashboard")
    document, panels = board("hybrid_ai_stack", "hybrid-main")
    assert (document["title"], document["refresh"], document["time"]) == (wanted["title"], "30s", wanted["time"])
    assert [panel["id"] for _, panel in panels] == [row["panel_id"] for row in wanted["panels"]]
    for (_, panel), row in zip(panels, wanted["panels"], strict=True):
        assert (panel["title"], panel["gridPos"]) == (row["title"], row["gridPos"])
        check_panel(panel, row)


def test_hybrid_has_ten_distinct_panels_of_the_guides(seeds):
    section = next(one for one in seeds["hybrid_ai_stack"]["dashboards"] if one["id"] == "main_panels")["panels"]
    main = {panel["title"]: panel for _, panel in board("hybrid_ai_stack", "hybrid-main")[1]}
    own = [
        panel for row, panel in board("hybrid_ai_stack", "hybrid-guide")[1] if row == "Panels of the guide's section"
    ]
    assert len(main) + len(own) == 10
    for row in section:
        panel = next((each for each in own if each["title"] == row["title"]), main.get(row["title"]))
        check_panel(panel, row)


def test_awarenesss_dashboard(seeds):
    wanted = seeds["awareness_network"]["dashboards"][0]
    document, panels = board("awareness_network", "awareness-main")
    assert document["title"] == wanted["title"]
    listed = [(row["title"], panel) for row in wanted["rows"] for panel in row["panels"]]
    assert [(row, panel["title"]) for row, panel in panels] == [(row, panel["title"]) for row, panel in listed]
    for (_, panel), (_, row) in zip(panels, listed, strict=True):
        check_panel(panel, row)


def test_awareness_shows_every_metric_that_it_declares():
    text = "".join(path.read_text() for path in (pack_folder("awareness_network") / "dashboards").glob("*.json"))
    unshown = {metric.name for metric in read_pack("awareness_network").metrics if metric.name not in text}
    assert unshown == set()


PAGES = {
    "overview": "fluxai-overview",
    "cost": "fluxai-cost",
    "cache": "fluxai-cache",
    "model_health": "fluxai-model-health",
}
LATER = {"most_expensive_requests": "needs the request log"}


@pytest.mark.parametrize("page", PAGES)
def test_fluxais_pages(seeds, page):
    fluxai = seeds["fluxai"]
    wanted = next(one for one in fluxai["dashboards"][0]["pages"] if one["id"] == page)
    queries = {query["id"]: query for query in fluxai["queries"]}
    document, panels = board("fluxai", PAGES[page])
    assert [variable["name"] for variable in document["templating"]["list"]] == fluxai["filter_dimensions"]
    by_title = {panel["title"]: panel for _, panel in panels}
    for row in wanted["panels"]:
        if row["id"] in LATER:
            continue
        panel = by_title[row["title"]]
        assert panel["type"] == TYPES.get(row["type"], row["type"])
        if row.get("unit") in UNITS:
            assert panel["fieldConfig"]["defaults"]["unit"] == UNITS[row["unit"]]
        wanted_expr = expected(queries[row["see_query"]]) if "see_query" in row else row.get("proposed_expr")
        if wanted_expr:
            assert any(same(target["expr"], wanted_expr) for target in panel["targets"]), row["id"]


def test_dinoairs_widgets_are_rows_that_show_what_they_are_made_of(seeds):
    widgets = seeds["dinoair"]["dashboards"][0]["widgets"]
    _, panels = board("dinoair", "dinoair-monitoring")
    assert list(dict.fromkeys(row for row, _ in panels)) == [widget["title"] for widget in widgets]
    for widget in widgets:
        shown = " ".join(
            target["expr"] for row, panel in panels if row == widget["title"] for target in panel["targets"]
        )
        assert [name for name in widget["expr_sources"] if name.removesuffix("_*") not in shown] == []


@pytest.mark.parametrize("pack", pack_names())
def test_rules(seeds, pack):
    """Both ways: every rule of the contract is there, and no other."""
    wanted = seeds[pack]["alert_rules"]
    groups = read_rules(pack_folder(pack) / "rules.yaml")
    if pack == "dinoair":
        return
    assert [(group.name, group.interval) for group in groups] == [
        (one["name"], one["interval"] or "") for one in wanted["groups"]
    ]
    for group, one in zip(groups, wanted["groups"], strict=True):
        for rule, row in zip(group.rules, one["rules"], strict=True):
            assert (rule.name, rule.expr, rule.hold) == (row["alert"], expected(row), row["for"])
            assert rule.labels == row["labels"]
            assert rule.annotations == row["annotations"] | row.get("corrected_annotations", {})


def test_dinoairs_checks_are_rules(seeds):
    checks = seeds["dinoair"]["alert_rules"]["python_checks"]
    [group] = read_rules(pack_folder("dinoair") / "rules.yaml")
    for rule, check in zip(group.rules, checks, strict=True):
        wanted = check["proposed_rule"]
        assert (rule.name, rule.expr, rule.hold) == (wanted["alert"], check["proposed_expr"], wanted["for"])
        assert rule.labels == {"severity": wanted["severity"]}
        assert rule.annotations["summary"] == check["message"]


NO_COUNTERS = {
    "dinoair_active_services_total",
    "marketplace_packages_total",
    "nodejs_active_handles_total",
    "nodejs_active_requests_total",
    "sidepanel_venice_rate_limit_total",
}
"""Gauges, whatever they are called."""


@pytest.mark.parametrize("pack", pack_names())
def test_no_panel_draws_a_counter_itself(pack):
    """It would fall to zero where its application restarts."""
    counters = {metric.name for metric in read_pack(pack).metrics if metric.type == "counter"}
    assert counters.isdisjoint(NO_COUNTERS)
    for path in (pack_folder(pack) / "dashboards").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel.get("targets", ()):
                for name in counters:
                    raw = re.sub(rf"\b{name}\b(\{{[^}}]*\}})?\[", "", target["expr"])
                    assert not re.search(rf"\b{name}\b", raw), f"{path.name}: {panel['title']}"
