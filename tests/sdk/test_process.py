"""Process metrics, beside those of prometheus_client, which knows the same names."""

import os
import time

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client import ProcessCollector as Reference

from watchglass.sdk.process import ProcessCollector, parse_stat


def test_it_says_what_prometheus_client_says():
    registry = CollectorRegistry()
    Reference(registry=registry)
    theirs = {sample.name: sample.value for family in registry.collect() for sample in family.samples}
    mine = {family.name: family.samples[0].value for family in ProcessCollector().collect()}

    assert theirs.keys() <= mine.keys()
    assert mine["process_cpu_seconds_total"] == pytest.approx(theirs["process_cpu_seconds_total"], abs=0.5)
    assert mine["process_resident_memory_bytes"] == pytest.approx(theirs["process_resident_memory_bytes"], rel=0.2)
    assert mine["process_start_time_seconds"] == pytest.approx(theirs["process_start_time_seconds"], abs=0.02)
    assert mine["process_max_fds"] == theirs["process_max_fds"]
    assert mine["process_start_time_seconds"] < time.time()


def test_open_files_are_counted():
    def count():
        families = {family.name: family.samples[0].value for family in ProcessCollector().collect()}
        return families["process_open_fds"]

    before = count()
    reader, writer = os.pipe()
    try:
        assert count() == before + 2
    finally:
        os.close(reader)
        os.close(writer)


def test_a_command_with_parentheses_and_blanks():
    fields = "S 1 1 1 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 7 0 900 4096 11 0 0"

    assert parse_stat(f"42 (a) b (c) {fields}") == {
        "utime": 250,
        "stime": 50,
        "num_threads": 7,
        "starttime": 900,
        "vsize": 4096,
        "rss": 11,
    }
