"""Each format, read back by a reader of that format."""

from __future__ import annotations

import csv
import io
import json
import math
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from watchglass.model.metadata import Family, MetricType
from watchglass.sdk.dinoair.metrics_exporter import default_exporters, to_openmetrics
from watchglass.sdk.dinoair.reading import Reading
from watchglass.wire.openmetrics_file import read_openmetrics_file

NASTY = 'a "b", c=d\\e\nü,=x '


@pytest.fixture
def reading():
    plain, nasty = (
        Family("level", MetricType.GAUGE, "A level"),
        Family("hits_total", MetricType.COUNTER, "Hits", "hits"),
    )
    plain.add(1.5)
    plain.add(math.nan, at="nowhere")
    nasty.add(3, service=NASTY, empty="")
    return Reading(1_700_000_000_123, (plain, nasty))


def test_prometheus(reading):
    text = default_exporters()["prometheus"].export(reading)
    families = {family.name: family for family in text_string_to_metric_families(text)}

    assert families["hits"].type == "counter"
    assert families["hits"].samples[0].labels["service"] == NASTY
    assert families["level"].samples[0].value == 1.5


def test_json(reading):
    document = json.loads(default_exporters()["json"].export(reading))

    assert document == {
        "timestamp": "2023-11-14T22:13:20.123Z",
        "timestamp_ms": 1_700_000_000_123,
        "metrics": [
            {
                "name": "level",
                "type": "gauge",
                "unit": "",
                "help": "A level",
                "samples": [
                    {"name": "level", "labels": {}, "value": 1.5},
                    {"name": "level", "labels": {"at": "nowhere"}, "value": "NaN"},
                ],
            },
            {
                "name": "hits_total",
                "type": "counter",
                "unit": "hits",
                "help": "Hits",
                "samples": [{"name": "hits_total", "labels": {"empty": "", "service": NASTY}, "value": 3}],
            },
        ],
    }


LINE = re.compile(r"((?:[^, \\]|\\.)+)((?:,(?:[^,= \\]|\\.)+=(?:[^,= \\]|\\.)+)*) value=(\S+) (\d+)")
"""A line of the protocol: measurement, tags, the field, the time; as InfluxDB's reference has the escapes."""


def test_influxdb(reading):
    lines = default_exporters()["influxdb"].export(reading).splitlines()

    assert lines[0] == "level value=1.5 1700000000123000000"
    assert len(lines) == 2, "NaN cannot be written"
    measurement, tags, value, at_ns = LINE.fullmatch(lines[1]).groups()
    assert (measurement, value, at_ns) == ("hits_total", "3.0", "1700000000123000000")
    assert tags == ',service=a\\ "b"\\,\\ c\\=d\\e\\ ü\\,\\=x\\ '


def test_csv(reading):
    text = default_exporters()["csv"].export(reading)
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert rows[0] == ["timestamp", "name", "type", "labels", "value"]
    assert rows[1] == ["2023-11-14T22:13:20.123Z", "level", "gauge", "{}", "1.5"]
    assert json.loads(rows[3][3]) == {"empty": "", "service": NASTY}
    assert text.count("\r\n") == 4


def test_openmetrics_of_several_readings_is_what_an_import_takes(service, registry, clock):
    readings = []
    for _ in range(3):
        registry.record_api_request("web", "/", 0.1)
        registry.counters["cache_get_hits"] += 1
        readings.append(service.metrics_collector.collect())
        clock.advance(15_000)
    body = to_openmetrics(readings, (("instance", "localhost:3000"), ("job", "dinoair")))
    found = {}
    for run in read_openmetrics_file(io.BytesIO(body)):
        for place, series in enumerate(run.series):
            labels = dict(run.labels[series])
            found.setdefault((labels.pop("__name__"), tuple(labels.items())), []).append(
                (run.timestamps_ms[place], run.values[place])
            )
    ours = (("instance", "localhost:3000"), ("job", "dinoair"))
    times = [reading.timestamp_ms for reading in readings]

    assert found["dinoair_custom_api_requests_total", (*ours, ("service", "web"))] == list(
        zip(times, [1, 2, 3], strict=True)
    )
    assert found["dinoair_custom_cache_get_hits", ours] == list(zip(times, [1, 2, 3], strict=True))
    assert len(found["dinoair_active_services_total", ours]) == 3
    assert len(found) == len(list(readings[0].points()))
