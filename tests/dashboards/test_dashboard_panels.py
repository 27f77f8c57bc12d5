"""One panel a kind: its query, unit, type and legend."""

import pytest
from dashboard_support import by_title, load

from watchglass.columns import LabelTable
from watchglass.dashboards.auto import auto_dashboard
from watchglass.dashboards.panels import by, select
from watchglass.model.labels import Labels

EXPOSITION = """\
# TYPE app_requests_total counter
app_requests_total{model="a",status="200"} 1
app_requests_total{model="b",status="200"} 1
app_requests_total{model="b",status="500"} 1
# TYPE app_wait_seconds histogram
app_wait_seconds_bucket{model="a",le="+Inf"} 1
app_wait_seconds_bucket{model="b",le="+Inf"} 1
app_wait_seconds_count{model="a"} 1
app_wait_seconds_sum{model="a"} 1
# TYPE app_pause_seconds summary
app_pause_seconds{quantile="0.5"} 1
app_pause_seconds{quantile="1"} 1
app_pause_seconds_count 1
app_pause_seconds_sum 1
# TYPE app_size_bytes summary
app_size_bytes_count{model="a"} 1
app_size_bytes_count{model="b"} 1
app_size_bytes_sum{model="a"} 1
app_size_bytes_sum{model="b"} 1
# TYPE app_memory_bytes gauge
app_memory_bytes 1
# TYPE app_load_ratio gauge
app_load_ratio{gpu="0"} 1
app_load_ratio{gpu="1"} 1
# TYPE app_build_info gauge
app_build_info{version="1"} 1
# TYPE app_last_answer_timestamp_seconds gauge
app_last_answer_timestamp_seconds{model="a"} 1
app_last_answer_timestamp_seconds{model="b"} 1
# TYPE app_boot_time_seconds gauge
app_boot_time_seconds 1
# TYPE app_ready gauge
app_ready 1
"""

J = '{job="app"}'
W = '{job="app"}[$__rate_interval]'
PANELS = {
    "Requests": (
        "timeseries",
        "reqps",
        [(f"sum by (model, status) (rate(app_requests_total{W}))", "{{model}} {{status}}")],
    ),
    "Wait": (
        "timeseries",
        "s",
        [
            (
                f"histogram_quantile({q}, sum by (le, model) (rate(app_wait_seconds_bucket{W})))",
                f"p{q * 100:g} {{{{model}}}}",
            )
            for q in (0.5, 0.95, 0.99)
        ],
    ),
    "Pause": ("timeseries", "s", [(f"max by (quantile) (app_pause_seconds{J})", "{{quantile}}")]),
    "Size": (
        "timeseries",
        "bytes",
        [
            (
                f"sum by (model) (rate(app_size_bytes_sum{W})) / sum by (model) (rate(app_size_bytes_count{W}))",
                "{{model}}",
            )
        ],
    ),
    "Memory": ("stat", "bytes", [(f"app_memory_bytes{J}", "Memory")]),
    "Load": ("timeseries", "percentunit", [(f"app_load_ratio{J}", "{{gpu}}")]),
    "Build": ("table", "", [(f"app_build_info{J}", "__auto")]),
    "Uptime": ("stat", "s", [(f"time() - app_boot_time_seconds{J}", "Uptime")]),
    "Since last answer": ("stat", "s", [(f"time() - app_last_answer_timestamp_seconds{J}", "{{model}}")]),
    "Ready": ("stat", "none", [(f"app_ready{J}", "Ready")]),
}


@pytest.fixture(scope="module")
def panels():
    table, metadata = load(EXPOSITION)
    return by_title(auto_dashboard("app", metadata, table))


def test_nothing_is_left_out(panels):
    assert panels.keys() == PANELS.keys()


@pytest.mark.parametrize("title", PANELS)
def test_a_kind(panels, title):
    kind, unit, queries = PANELS[title]
    panel = panels[title]

    assert panel["type"] == kind
    assert panel["fieldConfig"]["defaults"].get("unit", "") == unit
    assert [(query["expr"], query["legendFormat"]) for query in panel["targets"]] == queries


def test_an_info_table_asks_for_now_and_hides_what_says_nothing(panels):
    build = panels["Build"]

    assert build["targets"][0]["instant"] is True
    assert {"Time", "Value", "job"} <= build["transformations"][0]["options"]["excludeByName"].keys()


def only_expression(name, kind, count):
    samples = "".join(f'{name}{{session="{n}",model="{"ab"[n % 2]}"}} 1\n' for n in range(count))
    table, metadata = load(f"# TYPE {name} {kind}\n{samples}")
    (panel,) = by_title(auto_dashboard("app", metadata, table)).values()
    return panel["targets"][0]["expr"]


@pytest.mark.parametrize(
    ("name", "kind", "expression"),
    [
        ("app_used_bytes", "gauge", f"sum by (model) (app_used_bytes{J})"),
        ("app_heat_celsius", "gauge", f"avg by (model) (app_heat_celsius{J})"),
        ("app_hits_total", "counter", f"sum by (model) (rate(app_hits_total{W}))"),
        ("app_seen_timestamp_seconds", "gauge", f"time() - max by (model) (app_seen_timestamp_seconds{J})"),
        ("app_ready", "gauge", f"avg by (model) (app_ready{J})"),
    ],
)
def test_labels_that_would_draw_too_many_lines_are_put_together(name, kind, expression):
    assert only_expression(name, kind, 200) == expression


def test_a_label_that_tells_nothing_more_is_not_in_the_legend():
    rows = [Labels.of(__name__="x_bytes", device=f"/dev/{n}", mountpoint=f"/{n}", fstype="ext4") for n in range(3)]
    (panel,) = by_title(auto_dashboard("app", {}, LabelTable.of(rows))).values()

    assert panel["targets"][0]["legendFormat"] == "{{mountpoint}}"


QUANTILES = [("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99")]


@pytest.mark.parametrize(("models", "quantiles"), [(1, 3), (2, 3), (3, 2), (4, 2), (9, 3)])
def test_many_quantiles_of_many_series_are_drawn_as_two(models, quantiles):
    text = "# TYPE x_seconds histogram\n" + "".join(
        f'x_seconds_bucket{{model="{n}",le="{le}"}} 1\n' for n in range(models) for le in (1, "+Inf")
    )
    table, metadata = load(text)
    (panel,) = by_title(auto_dashboard("app", metadata, table)).values()

    legends = [query["legendFormat"].split()[0] for query in panel["targets"]]
    assert legends == [legend for _, legend in QUANTILES[:quantiles]]


def test_many_quantiles_of_a_summary_are_drawn_as_two():
    samples = "".join(
        f'x_seconds{{model="{model}",quantile="{quantile}"}} 1\n'
        for model in "abc"
        for quantile in ("0", "0.5", "0.9", "0.99", "1")
    )
    table, metadata = load(f"# TYPE x_seconds summary\n{samples}")
    (panel,) = by_title(auto_dashboard("app", metadata, table)).values()

    assert panel["targets"][0]["expr"] == (
        'max by (quantile, model) (x_seconds{job="app",quantile=~"0\\\\.5|0\\\\.99"})'
    )


def busy(name, label="mode", instances=("a:1",)):
    text = f"# TYPE {name} counter\n" + "".join(
        f'{name}_total{{{label}="{mode}",cpu="{cpu}"}} 1\n' for mode in ("idle", "user", "system") for cpu in range(40)
    )
    table, metadata = load(text, instances=instances)
    (panel,) = by_title(auto_dashboard("app", metadata, table)).values()
    return panel


def test_time_spent_is_a_share_of_all_time_without_idle_time():
    panel = busy("node_cpu_seconds")

    assert panel["targets"][0]["expr"] == (
        'sum by (mode) (rate(node_cpu_seconds_total{job="app",mode!="idle"}[$__rate_interval]))'
        f" / ignoring (mode) group_left sum(rate(node_cpu_seconds_total{W}))"
    )
    assert panel["fieldConfig"]["defaults"]["unit"] == "percentunit"
    assert "idle time is left out" in panel["description"]


def test_shares_of_time_are_of_each_instance():
    assert busy("x_seconds", "state", ("a:1", "b:1"))["targets"][0]["expr"] == (
        'sum by (state, instance) (rate(x_seconds_total{job="app",state!="idle"}[$__rate_interval]))'
        f" / ignoring (state) group_left sum by (instance) (rate(x_seconds_total{W}))"
    )


def test_what_is_idle_but_no_time_is_drawn_as_it_is():
    assert busy("pool_connections")["targets"][0]["expr"] == f"sum by (mode) (rate(pool_connections_total{W}))"


def test_a_clock_is_drawn_as_its_drift():
    table, metadata = load("# HELP node_time_seconds System time in seconds since epoch (1970).\nnode_time_seconds 1\n")
    (panel,) = by_title(auto_dashboard("app", metadata, table)).values()

    assert panel["title"] == "Clock drift"
    assert panel["targets"][0]["expr"] == f"node_time_seconds{J} - timestamp(node_time_seconds{J})"


def test_names_that_need_quotes():
    assert select("http.server", 'a"b') == '{"http.server", job="a\\"b"}'
    assert select("Inf", "a") == '{"Inf", job="a"}'
    assert select("plain:name", "a\\b") == 'plain:name{job="a\\\\b"}'
    assert by(["k8s.pod", "model", "NaN"], "le") == ' by (le, "k8s.pod", model, "NaN") '
