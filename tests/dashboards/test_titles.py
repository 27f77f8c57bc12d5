"""Titles made of names."""

import pytest

from watchglass.dashboards.titles import common_words, name_parts, sentence


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("cpu", "CPU"),
        ("disk_io_time", "Disk I/O time"),
        ("io_time", "I/O time"),
        ("MemAvailable", "Memory available"),
        ("SReclaimable", "S reclaimable"),
        ("AnonHugePages", "Anon huge pages"),
        ("intr", "Interrupts"),
        ("filefd_maximum", "File descriptors maximum"),
        ("open_fds", "Open FDs"),
        ("promql_queries", "PromQL queries"),
        ("wal_records", "WAL records"),
        ("python_gc_collections", "Python GC collections"),
        ("httpServerDuration", "HTTP server duration"),
        ("grpc_calls", "gRPC calls"),
        ("load15", "Load 15 min"),
        ("load2", "Load2"),
        ("IPv6_routes", "IPv6 routes"),
        ("XYZ_errors", "XYZ errors"),
        ("größe_bytes", "Größe bytes"),
        ("http.server.duration", "HTTP server duration"),
        ("__", "__"),
    ],
)
def test_a_title(name, title):
    assert sentence(name_parts(name)) == title


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a_b_c", "a_b_d"], ["a", "b"]),
        (["a_b", "a_b_c"], ["a"]),
        (["a", "a_b"], []),
        (["a_b", "c_b"], []),
        (["a_b_c"], ["a", "b"]),
        ([], []),
    ],
)
def test_common_words(names, words):
    assert common_words(names) == words
