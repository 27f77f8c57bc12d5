"""Titles made of names."""

import numpy as np
import pytest

from watchglass.dashboards.exposed import Exposed, Kind
from watchglass.dashboards.titles import common_words, make_titles, name_parts, sentence
from watchglass.model.metadata import Metadata


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


def test_a_name_that_is_nothing_but_its_unit_or_kind_still_has_a_title():
    family = Exposed("_info", Kind.INFO, Metadata(), "_info", np.array([0]), ())
    assert make_titles([family]) == {"_info": "Info"}
