"""The whole automatic dashboard: bounds, order, places, and hostile input."""

import pytest
from dashboard_support import check, check_filled, drawn, expressions, load
from hypothesis import given, settings
from hypothesis import strategies as st

from watchglass.columns import LabelTable
from watchglass.dashboards.auto import MAX_PANELS, MAX_TEXT_HEIGHT, auto_dashboard, auto_uid
from watchglass.dashboards.exposed import exposed
from watchglass.dashboards.plan import group_by_prefix
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType


def gauges(*names):
    return LabelTable.of([Labels.of(__name__=name, job="app", instance="a:1") for name in names])


def names_drawn(dashboard):
    return [panel["description"].rpartition("`")[0].rpartition("`")[2] for panel in drawn(dashboard)]


def test_five_thousand_metrics_draw_forty_and_list_the_rest():
    table = LabelTable.of(
        [
            Labels.of(__name__=f"app_part{n % 97}_thing{n}_total", job="app", shard=str(shard))
            for n in range(5000)
            for shard in range(4)
        ]
    )
    metadata = {f"app_part{n % 97}_thing{n}_total": Metadata(MetricType.COUNTER, "", "Things.") for n in range(5000)}
    dashboard = auto_dashboard("app", metadata, table)
    listed = dashboard["panels"][-1]["panels"][0]["options"]["content"]

    check(dashboard)
    check_filled(dashboard)
    assert len(drawn(dashboard)) == MAX_PANELS
    assert dashboard["panels"][-1]["title"] == "4960 of 5000 metrics are not drawn"
    assert dashboard["panels"][-1]["collapsed"] is True
    assert listed.count("`app_") == 4960


def test_every_metric_is_drawn_or_listed_once():
    names = [f"a_{n}" for n in range(30)] + [f"b_{n}_bytes" for n in range(30)] + ["go_goroutines", "python_info", "up"]
    dashboard = auto_dashboard("app", {}, gauges(*names))
    listed = dashboard["panels"][-1]["panels"][0]["options"]["content"]

    assert sorted([*names_drawn(dashboard), *(n for n in names if f"`{n}`" in listed)]) == sorted(names)


def test_what_alerting_rules_write_is_none_of_the_jobs_metrics():
    dashboard = auto_dashboard("app", {}, gauges("a_length", "ALERTS", "ALERTS_FOR_STATE"))

    assert names_drawn(dashboard) == ["a_length"]
    assert "ALERTS" not in str(dashboard)


def test_a_smaller_bound_is_kept():
    dashboard = auto_dashboard("app", {}, gauges(*(f"a_{n}" for n in range(30))), max_panels=7)

    assert len(drawn(dashboard)) == 7


def test_the_most_useful_comes_first():
    dashboard = auto_dashboard(
        "app",
        {},
        gauges("app_debug_flags", "app_requests_total", "app_entropy", "app_errors_total", "app_arp_entries", "app_gc"),
    )

    charts = [panel for panel in drawn(dashboard) if panel["type"] == "timeseries"]
    assert [panel["title"] for panel in charts] == ["Requests", "Errors"]


def test_runtime_metrics_come_last_and_collapsed():
    dashboard = auto_dashboard("app", {}, gauges("go_goroutines", "python_info", "up", "app_a", "app_b", "app_c"))
    rows = [panel for panel in dashboard["panels"] if panel["type"] == "row"]

    assert [row["title"] for row in rows] == ["App", "Runtime and scraping"]
    assert rows[1]["collapsed"] is True
    assert [panel["title"] for panel in rows[1]["panels"]] == ["Go goroutines", "Up", "Python"]


def test_groups_follow_the_words_of_the_names():
    names = [f"node_memory_{n}" for n in range(20)] + [f"node_disk_{n}" for n in range(9)] + ["node_load1", "lone"]
    groups = group_by_prefix(exposed(gauges(*names), {}))

    assert {name: len(members) for name, members in groups.items()} == {
        "node memory": 20,
        "node disk": 9,
        "node other": 1,
        "other": 1,
    }


def test_titles_that_would_be_equal_keep_their_units():
    dashboard = auto_dashboard("app", {}, gauges("app_wait_seconds", "app_wait_bytes", "app_other"))

    assert {panel["title"] for panel in drawn(dashboard)} == {"Wait seconds", "Wait bytes", "Other"}


def test_what_is_not_drawn_has_its_reason():
    text = not_drawn(auto_dashboard("app", {}, gauges("process_virtual_memory_max_bytes", "process_open_fds")))
    assert text.startswith("`process_virtual_memory_max_bytes` is a limit that is next to never set.\n\n**Other**")

    text = not_drawn(auto_dashboard("app", {}, gauges(*(f"a_{n}" for n in range(30))), max_panels=7))
    assert text.startswith("The 7 metrics likely to tell most are drawn")


@pytest.mark.parametrize(("left", "height"), [(1, 5), (9, 9), (500, 18), (200, MAX_TEXT_HEIGHT)])
def test_the_list_is_as_high_as_its_text(left, height):
    dashboard = auto_dashboard("app", {}, gauges(*(f"a_{n}" for n in range(left + 1))), max_panels=1)

    assert dashboard["panels"][-1]["panels"][0]["gridPos"]["h"] == height


def not_drawn(dashboard):
    return dashboard["panels"][-1]["panels"][0]["options"]["content"]


def rows_of(dashboard):
    return [panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"]


def test_what_a_job_mainly_exposes_comes_before_what_is_more_useful():
    own = [f"node_thing{n}" for n in range(6)]
    container = [
        "watchglass_container_cpu_seconds_total",
        "watchglass_container_memory_bytes",
        "watchglass_container_x",
    ]

    assert rows_of(auto_dashboard("node", {}, gauges(*own, *container))) == ["Node", "Watchglass container"]
    assert rows_of(auto_dashboard("node", {}, gauges(*own[:3], *container))) == ["Watchglass container", "Node"]


def test_names_that_end_in_numbers_stand_in_their_order():
    dashboard = auto_dashboard("app", {}, gauges("node_load15", "node_load5", "node_load1", "node_procs_blocked"))

    assert [panel["title"] for panel in drawn(dashboard)] == [
        "Load 1 min",
        "Load 5 min",
        "Load 15 min",
        "Processes blocked",
    ]


def test_the_first_look_is_at_the_last_quarter_of_an_hour():
    dashboard = auto_dashboard("app", {}, gauges("a"))

    assert dashboard["time"] == {"from": "now-15m", "to": "now"}
    assert dashboard["description"] == "Made from what job app exposes."


def test_a_job_without_series_says_so():
    dashboard = auto_dashboard("app", {}, LabelTable(0, {}))

    check(dashboard)
    check_filled(dashboard)
    assert "no series" in dashboard["panels"][0]["options"]["content"]


def test_it_is_stable():
    table, metadata = load('# TYPE x_total counter\nx_total{a="1"} 1\nx_total{a="2"} 1\ny 1\n')

    assert auto_dashboard("app", metadata, table) == auto_dashboard("app", metadata, table)
    assert auto_dashboard("app", metadata, table)["uid"] == "auto-app"


@pytest.mark.parametrize("job", ["my job", "a/b", "x" * 80, "größe", ""])
def test_uids_suit_an_address_and_stay_apart(job):
    uid = auto_uid(job)

    assert len(uid) <= 40
    assert uid.isascii()
    assert not set(uid) & set("/ ?#%")
    assert uid != auto_uid(f"{job}.")


def test_several_instances_are_told_apart():
    table, metadata = load("# TYPE x_bytes gauge\nx_bytes 1\n", instances=("a:1", "b:1", "c:1"))
    (panel,) = drawn(auto_dashboard("app", metadata, table))

    assert panel["type"] == "timeseries"
    assert panel["targets"][0]["legendFormat"] == "{{instance}}"


NAMES = st.one_of(
    st.text(min_size=1, max_size=20),
    st.from_regex(r"[a-z_:.]{1,20}(_total|_bucket|_info|_count)?", fullmatch=True),
    st.sampled_from(["NaN", "inf", "on", "bool", "and", "by", "sum", "offset", "start", "atan2", "group_left"]),
)


@settings(max_examples=60, deadline=None)
@given(
    job=st.text(max_size=20),
    rows=st.lists(
        st.tuples(
            NAMES, st.dictionaries(NAMES.filter(lambda name: name != "__name__"), st.text(max_size=5), max_size=3)
        ),
        max_size=12,
    ),
    kinds=st.dictionaries(NAMES, st.sampled_from(MetricType), max_size=6),
)
def test_whatever_a_target_exposes_gives_a_valid_dashboard(job, rows, kinds):
    table = LabelTable.of([Labels.of(labels | {"__name__": name, "job": job}) for name, labels in rows])
    metadata = {name: Metadata(kind, "", name) for name, kind in kinds.items()}
    dashboard = auto_dashboard(job, metadata, table)

    check(dashboard)
    check_filled(dashboard)
    assert len(expressions(dashboard)) >= len(drawn(dashboard))
