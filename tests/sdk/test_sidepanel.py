"""Sidepanel's typed snapshots in Python."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watchglass.packs.pack import read_pack
from watchglass.packs.snapshots import read_snapshots
from watchglass.sdk.sidepanel import SessionMetrics, SystemMetrics, VeniceMetrics

WHEN = datetime(2026, 11, 22, 9, tzinfo=UTC)
CLASSES = {each.__name__: each for each in (SystemMetrics, VeniceMetrics, SessionMetrics)}


@pytest.mark.parametrize("name", CLASSES)
def test_the_fields_are_those_that_the_server_gives(name):
    given = read_snapshots(read_pack("sidepanel"))[name]
    assert CLASSES[name](timestamp=WHEN).to_json().keys() == {"timestamp", *given}


def test_an_answer_is_read_and_written_again():
    content = {"timestamp": "2026-11-22T09:00:00.000Z", "status": "healthy", "latencyP95": 0.25, "activeConnections": 8}
    read = SystemMetrics.from_json({"status": "success", "data": content})
    assert (read.timestamp, read.status, read.latency_p95, read.active_connections) == (WHEN, "healthy", 0.25, 8)
    assert read.uptime is None
    assert SystemMetrics.from_json(content) == read
    assert {name: value for name, value in read.to_json().items() if value is not None} == content


def test_a_record_stays_a_record():
    content = {"timestamp": "2026-11-22T09:00:00Z", "modelUsage": {"llama-3.3-70b": 65}, "more": 1}
    assert SessionMetrics.from_json(content).model_usage == {"llama-3.3-70b": 65}


@pytest.mark.parametrize("content", [{}, {"timestamp": "soon"}])
def test_a_snapshot_has_a_time(content):
    with pytest.raises(ValueError, match="a snapshot has a timestamp in ISO 8601"):
        VeniceMetrics.from_json(content)
