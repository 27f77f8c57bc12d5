"""What we expose, to the byte."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from watchglass.model.metadata import Family, MetricType
from watchglass.model.sample import Sample
from watchglass.wire.content_type import Format
from watchglass.wire.format_text import format_families


def families():
    counter = Family("jobs_done_total", MetricType.COUNTER, 'Jobs \\ "done"\nsince start.')
    counter.add(3, queue='a"b\\c\nd')
    info = Family("build_info", MetricType.INFO, "Build.")
    info.add(1, version="1.0")
    latency = Family("latency_seconds", MetricType.HISTOGRAM, "Latency.", "seconds")
    latency.samples = [
        Sample("latency_seconds_bucket", (("le", "1"),), 2),
        Sample("latency_seconds_bucket", (("le", "+Inf"),), 3, 1_700_000_000_123),
        Sample("latency_seconds_sum", (), 4.5),
        Sample("latency_seconds_count", (), 3),
    ]
    odd = Family("odd.name", MetricType.UNKNOWN)
    odd.samples = [Sample("odd.name", (("label.name", "x"),), float("nan"))]
    return [counter, info, latency, odd]


def test_text():
    assert (
        format_families(families()).decode()
        == r"""# HELP jobs_done_total Jobs \\ "done"\nsince start.
# TYPE jobs_done_total counter
jobs_done_total{queue="a\"b\\c\nd"} 3.0
# HELP build_info Build.
# TYPE build_info gauge
build_info{version="1.0"} 1.0
# HELP latency_seconds Latency.
# TYPE latency_seconds histogram
latency_seconds_bucket{le="1.0"} 2.0
latency_seconds_bucket{le="+Inf"} 3.0 1700000000123
latency_seconds_sum 4.5
latency_seconds_count 3.0
# TYPE "odd.name" untyped
{"odd.name","label.name"="x"} NaN
"""
    )


def test_openmetrics():
    assert (
        format_families(families(), Format.OPENMETRICS).decode()
        == r"""# HELP jobs_done Jobs \\ \"done\"\nsince start.
# TYPE jobs_done counter
jobs_done_total{queue="a\"b\\c\nd"} 3.0
# HELP build Build.
# TYPE build info
build_info{version="1.0"} 1.0
# HELP latency_seconds Latency.
# TYPE latency_seconds histogram
# UNIT latency_seconds seconds
latency_seconds_bucket{le="1.0"} 2.0
latency_seconds_bucket{le="+Inf"} 3.0 1700000000.123
latency_seconds_sum 4.5
latency_seconds_count 3.0
# TYPE "odd.name" unknown
{"odd.name","label.name"="x"} NaN
# EOF
"""
    )


def test_nothing():
    assert format_families([]) == b""
    assert format_families([], Format.OPENMETRICS) == b"# EOF\n"


@pytest.mark.real
def test_promtool_finds_no_fault():
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed: apt-get install prometheus")
    body = format_families([family for family in families() if "." not in family.name])
    done = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
