"""Stored readings as files: the newest one in each format, and a day of them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from watchglass.sdk.dinoair.__main__ import main
from watchglass.sdk.dinoair.metrics_storage import FileMetricsStorage, SQLiteMetricsStorage


@pytest.fixture(params=["files", "metrics.db"])
def stored(request, tmp_path, make_service, registry):
    """A storage with 150 readings, one a minute up to now."""
    path = tmp_path / request.param
    storage = SQLiteMetricsStorage(path) if path.suffix else FileMetricsStorage(path)
    service = make_service(storage)
    for _ in range(150):
        registry.state.clock.advance(60_000)
        registry.record_api_request("web", "/", 0.2)
        registry.counters["hits_total"] += 1
        service.collect_once()
    storage.close()
    return str(path)


@pytest.fixture(autouse=True)
def now(monkeypatch, clock):
    monkeypatch.setattr("watchglass.sdk.dinoair.__main__.time.time", lambda: clock.now_ms() / 1000)


def test_the_newest_reading_in_each_format(stored, capsys, clock):
    def written(form):
        assert main([stored, "--format", form]) == 0
        return capsys.readouterr().out

    families = {family.name: family for family in text_string_to_metric_families(written("prometheus"))}
    assert families["dinoair_custom_hits"].samples[0].value == 150
    assert families["dinoair_custom_api_response_time_seconds"].type == "histogram"
    assert families["dinoair_cpu_usage_percent"].documentation == "CPU in use"
    assert json.loads(written("json"))["timestamp_ms"] == clock.now_ms()
    assert f"dinoair_custom_hits_total value=150.0 {clock.now_ms()}000000\n" in written("influxdb")
    assert written("csv").startswith("timestamp,name,type,labels,value\r\n")


def test_every_reading_of_some_hours(stored, capsys):
    assert main([stored, "--format", "csv", "--hours", "2"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    hits = [float(row["value"]) for row in rows if row["name"] == "dinoair_custom_hits_total"]

    assert hits == list(range(30, 151))
    assert main([stored, "--format", "influxdb", "--hours", "1"]) == 0
    assert capsys.readouterr().out.count("dinoair_custom_hits_total ") == 61


def test_the_newest_reading_where_every_hour_has_ended(stored, capsys, clock):
    storage = SQLiteMetricsStorage(stored) if stored.endswith(".db") else FileMetricsStorage(stored)
    storage.cleanup(datetime.fromtimestamp(clock.now_ms() / 1000 - 1, UTC))  # which seals the running hour
    storage.close()
    assert main([stored, "--format", "csv"]) == 0
    assert ",150\r\n" in capsys.readouterr().out

    storage.cleanup(datetime.fromtimestamp(clock.now_ms() / 1000 + 1, UTC))
    storage.close()
    assert main([stored, "--format", "csv", "--hours", "1"]) == 1
    assert "nothing is stored there of that time" in capsys.readouterr().err


def test_what_cannot_be(tmp_path, capsys):
    assert main([str(tmp_path / "none")]) == 1
    assert "there is no such folder or file" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--format", "json", "--hours", "3"])
    assert "--hours: json tells of one time; csv and influxdb tell of several" in capsys.readouterr().err
    (tmp_path / "text.db").write_text("no database " * 100)
    assert main([str(tmp_path / "text.db")]) == 1
    assert "not a database" in capsys.readouterr().err
