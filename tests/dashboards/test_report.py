"""What becomes of a dashboard's panels, in figures and reasons."""

import pytest

from watchglass.dashboards.report import report_on
from watchglass.errors import DashboardError

PROMETHEUS = {"type": "prometheus", "uid": "p"}


def panel(kind="timeseries", expr="up", **more):
    return {"type": kind, "title": kind, "datasource": PROMETHEUS, "targets": [{"expr": expr}]} | more


def verdict(one):
    (found,) = report_on({"title": "t", "panels": [one]}).panels
    return found


@pytest.mark.parametrize(
    "one",
    [
        panel(),
        panel("graph", yaxes=[{"format": "bytes"}]),
        panel("singlestat", format="s"),
        panel("table", transform="table", styles=[]),
        panel(expr="rate(x[$__rate_interval])", fieldConfig={"defaults": {"unit": "tokens/s"}}),
        panel(expr=""),
        panel(targets=[{"expr": "up"}, {"expr": "nonsense(", "hide": True}]),
    ],
)
def test_these_are_right(one):
    assert (verdict(one).verdict, verdict(one).faults) == ("right", ())


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (panel("weather"), "panels of type weather are drawn as a table"),
        (panel(expr="sum(x"), "query A: 1:6: parse error"),
        (
            panel(targets=[{"expr": "up"}, {"datasource": {"type": "__expr__", "uid": "__expr__"}}]),
            "an expression over",
        ),
        (panel(fieldConfig={"defaults": {"unit": 5}}), "the unit is no text"),
        (panel(fieldConfig={"defaults": {"thresholds": {"steps": [{"value": "$x", "color": "red"}]}}}), "no number"),
        (panel(transformations=[{"id": "magic"}]), "the transformation magic has no effect"),
        (
            panel(fieldConfig={"overrides": [{"matcher": {"id": "byMagic"}, "properties": []}]}),
            "overrides by byMagic have no effect",
        ),
        (panel(options={"legend": {"calcs": ["magic"]}}), "unknown calculation magic"),
        (panel(targets=[{"expr": "up", "legendFormat": 5}]), "the legend is no text"),
    ],
)
def test_these_are_not_right_and_the_reason_is_told(one, said):
    found = verdict(one)

    assert found.verdict == "not"
    assert said in " ".join(found.faults)


def test_what_else_has_no_effect_is_a_note():
    found = verdict(panel(timeShift="lunch", transformations=[{"id": "limit", "filter": {"id": "byRefIdAll"}}]))

    assert found.verdict == "notes"
    assert found.losses == (
        "the transformation limit changes all answers, whatever byRefIdAll says",
        "the panel's time shift lunch means nothing",
    )


def test_a_panel_of_shared_answers_needs_the_one_whose_they_are():
    shared = {"type": "datasource", "uid": "-- Dashboard --"}
    over = [{"datasource": shared, "panelId": 7}, {"datasource": PROMETHEUS, "expr": "up"}]
    missing = verdict(panel(targets=over))
    there = report_on({"title": "t", "panels": [panel(id=7), panel(id=8, targets=over)]}).panels[1]
    two = report_on(
        {"title": "t", "panels": [panel(id=7), panel(id=8, targets=[*over, {"datasource": shared, "panelId": 7}])]}
    ).panels[1]

    assert missing.faults == ("the panel whose answers it shows is not in the dashboard",)
    assert there.faults == ()
    assert two.faults == ("of 2 panels whose answers it shows only the first one's are drawn",)


def test_a_time_that_means_nothing_is_a_loss_of_the_dashboard():
    (loss,) = report_on({"title": "t", "time": {"from": "now/lunch", "to": "now"}, "panels": [panel()]}).losses

    assert loss == "the time now/lunch means nothing: the last hour is shown"


def test_a_dashboard_is_counted_by_panels_that_ask_a_prometheus():
    loki = {"type": "logs", "title": "l", "datasource": {"type": "loki", "uid": "l"}, "targets": [{"expr": "{a='b'}"}]}
    inside = {
        "type": "row",
        "title": "r",
        "collapsed": True,
        "panels": [panel("graph"), panel(timeFrom="m")],
    }
    report = report_on(
        {"dashboard": {"title": "All", "panels": [panel(), loki, {"type": "text"}, inside, panel("odd")]}}
    )

    assert (report.title, report.uid, report.others) == ("All", "all", 2)
    assert [report.count(each) for each in ("right", "notes", "not")] == [2, 1, 1]
    assert report.translated["graph"] == 1
    assert report.losses == ()


def test_what_was_read_of_a_panel_is_told():
    steps = [{"color": "a", "value": None}, {"color": "b", "value": 1}]
    field = {"defaults": {"unit": "s", "thresholds": {"steps": steps}}, "overrides": []}
    field["overrides"].append(
        {"matcher": {"id": "byName", "options": "x"}, "properties": [{"id": "unit", "value": "per try"}]}
    )
    found = verdict(
        panel(
            fieldConfig=field,
            options={"legend": {"calcs": ["avg"]}},
            targets=[{"expr": "a", "legendFormat": "{{b}}"}, {"expr": "c", "legendFormat": "__auto"}],
        )
    )

    assert (found.queries, found.units, found.steps, found.legend) == (
        2,
        ("s", "'per try' behind the number"),
        1,
        ("{{b}}", "mean"),
    )


def test_what_is_no_dashboard_is_an_error():
    with pytest.raises(DashboardError, match="expected a Grafana dashboard"):
        report_on({"groups": []})


@pytest.mark.parametrize("kind", ["text", "dashlist", "alertlist"])
def test_queries_left_over_from_another_type_are_not_asked(kind):
    report = report_on({"title": "t", "panels": [panel(kind)]})

    assert (report.panels, report.others) == ([], 1)
