"""Series folded into families: kinds by type, and by name where there is no type."""

import numpy as np
import pytest
from dashboard_support import load

from watchglass.columns import LabelTable
from watchglass.dashboards.exposed import Kind, classify, combinations, exposed
from watchglass.model.labels import Labels
from watchglass.model.metadata import Metadata, MetricType

COUNTER, GAUGE, HISTOGRAM, SUMMARY, INFO, UNKNOWN = (
    Metadata(MetricType(word)) for word in ("counter", "gauge", "histogram", "summary", "info", "unknown")
)

CASES = [
    # series, metadata, other series of the job, family, kind
    ("x_total", {"x_total": COUNTER}, (), "x_total", Kind.COUNTER),
    ("x_total", {"x": COUNTER}, (), "x_total", Kind.COUNTER),  # OpenMetrics leaves _total off
    ("x_total", {}, (), "x_total", Kind.COUNTER),
    ("x_total", {"x_total": GAUGE}, (), "x_total", Kind.GAUGE),
    ("x_seconds", {"x_seconds": COUNTER}, (), "x_seconds", Kind.COUNTER),
    ("x_seconds_bucket", {"x_seconds": HISTOGRAM}, (), "x_seconds", Kind.HISTOGRAM),
    ("x_seconds_count", {"x_seconds": HISTOGRAM}, (), "x_seconds", Kind.HISTOGRAM),
    ("x_seconds_bucket", {}, ("x_seconds_bucket",), "x_seconds", Kind.HISTOGRAM),
    ("x_seconds_sum", {}, ("x_seconds_sum", "x_seconds_count"), "x_seconds", Kind.SUMMARY),
    ("x_seconds", {"x_seconds": SUMMARY}, (), "x_seconds", Kind.SUMMARY),
    ("x_count", {"x_count": GAUGE}, (), "x_count", Kind.GAUGE),
    ("x_sum", {}, (), "x_sum", Kind.GAUGE),
    ("x_info", {"x": INFO}, (), "x_info", Kind.INFO),
    ("x_info", {"x_info": GAUGE}, (), "x_info", Kind.INFO),
    ("x_timestamp_seconds", {"x_timestamp_seconds": GAUGE}, (), "x_timestamp_seconds", Kind.TIMESTAMP),
    ("process_start_time_seconds", {}, (), "process_start_time_seconds", Kind.TIMESTAMP),
    ("x_time_seconds", {"x_time_seconds": GAUGE}, (), "x_time_seconds", Kind.GAUGE),
    ("up", {}, (), "up", Kind.BOOLEAN),
    ("x_collector_success", {}, (), "x_collector_success", Kind.BOOLEAN),
    ("backup", {}, (), "backup", Kind.GAUGE),
    ("x_up", {"x_up": COUNTER}, (), "x_up", Kind.COUNTER),
    ("x_created", {}, (), "x_created", Kind.GAUGE),
    ("x", {"x": UNKNOWN}, (), "x", Kind.GAUGE),
]


@pytest.mark.parametrize(("series", "metadata", "names", "family", "kind"), CASES)
def test_kinds(series, metadata, names, family, kind):
    assert classify(series, metadata, {series, *names}) == (family, kind)


@pytest.mark.parametrize(
    ("metadata", "names"),
    [({"x": COUNTER}, ()), ({"x_total": COUNTER}, ()), ({"x": HISTOGRAM}, ()), ({}, ("x_total",)), ({}, ("x_count",))],
)
def test_when_a_series_began_is_no_family(metadata, names):
    assert classify("x_created", metadata, {"x_created", *names}) is None


def test_a_family_knows_the_labels_that_vary_and_no_others():
    table, metadata = load(
        """\
# TYPE http_seconds histogram
http_seconds_bucket{route="/a",zone="1",le="1"} 1
http_seconds_bucket{route="/a",zone="1",le="+Inf"} 1
http_seconds_bucket{route="/b",zone="1",le="+Inf"} 1
http_seconds_count{route="/a",zone="1"} 1
http_seconds_sum{route="/a",zone="1"} 1
# TYPE lone gauge
lone{zone="1"} 1
"""
    )
    http, lone = exposed(table, metadata)

    assert (http.name, http.series, http.varying) == ("http_seconds", "http_seconds_bucket", ("route",))
    assert (lone.name, lone.varying) == ("lone", ())


def test_a_label_that_some_series_lack_varies():
    table = LabelTable.of([Labels.of(__name__="x", a="1"), Labels.of(__name__="x"), Labels.of(__name__="y", a="1")])
    x, y = exposed(table, {})

    assert (x.varying, y.varying) == (("a",), ())


def test_a_histogram_without_buckets_is_drawn_by_its_mean():
    rows = [Labels.of(__name__=name) for name in ("x_sum", "x_count")]
    (family,) = exposed(LabelTable.of(rows), {"x": HISTOGRAM})

    assert (family.kind, family.has_quantiles) == (Kind.SUMMARY, False)


def test_combinations_count_what_is_there_not_what_could_be():
    rows = [Labels.of(__name__="x", device=f"d{n}", mount=f"/{n}") for n in range(5)]
    table = LabelTable.of(rows)
    (family,) = exposed(table, {})

    assert combinations(table, family.rows, ["device", "mount"]) == 5
    assert combinations(table, family.rows, []) == 1


def test_nothing_exposed():
    assert exposed(LabelTable(0, {}), {}) == []
    assert exposed(LabelTable.of([Labels.of(__name__="x")]).take(np.array([], int)), {}) == [], (
        "a job without series yet"
    )
