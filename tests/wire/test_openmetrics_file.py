"""Importing timestamped OpenMetrics: what promtool takes, in bounded memory."""

from __future__ import annotations

import io
import itertools
import math
import re
import shutil
import subprocess

import pytest

from watchglass.errors import ExpositionError
from watchglass.model.metadata import Metadata, MetricType
from watchglass.wire.openmetrics_file import read_openmetrics_file

BODY = b"""\
# HELP http_requests Requests.
# TYPE http_requests counter
http_requests_total{code="200"} 1021 1565133713.989
http_requests_total{code="200"} 1022 1565133728 # {trace_id="a b"} 1 1565133728
http_requests_total{code="400"} NaN 1565133714
# TYPE lat histogram
lat_bucket{le="1"} 5 1565133713.5
{"my.metric",a="b"} -1.5e3 1565133800.25
http_requests_total{code="200"} 1023 1565133743
# EOF
"""


def rows(runs) -> list[tuple]:
    return [
        (str(run.labels[place]), value, at)
        for run in runs
        for place, value, at in zip(run.series, run.values, run.timestamps_ms, strict=True)
    ]


def read(body: bytes, **options) -> list[tuple]:
    return rows(read_openmetrics_file(io.BytesIO(body), **options))


EXPECTED = [
    ('http_requests_total{code="200"}', 1021.0, 1565133713989),
    ('http_requests_total{code="200"}', 1022.0, 1565133728000),
    ('http_requests_total{code="400"}', "nan", 1565133714000),
    ('lat_bucket{le="1.0"}', 5.0, 1565133713500),
    ('{a="b"}', -1500.0, 1565133800250),
    ('http_requests_total{code="200"}', 1023.0, 1565133743000),
]


def same(found) -> list[tuple]:
    return [(series.replace("my.metric", ""), "nan" if math.isnan(value) else value, at) for series, value, at in found]


def test_samples_come_in_the_order_of_the_file():
    assert same(read(BODY)) == EXPECTED


@pytest.mark.parametrize("samples", [1, 2, 3, 5])
def test_runs_are_bounded(samples):
    runs = list(read_openmetrics_file(io.BytesIO(BODY), samples=samples, max_known_series=1))
    assert max(len(run.values) for run in runs) <= samples
    assert same(rows(runs)) == EXPECTED
    said = dict(itertools.chain.from_iterable(run.metadata.items() for run in runs))
    assert said["http_requests"] == Metadata(MetricType.COUNTER, "", "Requests.")


def test_a_series_has_one_labels_object_for_the_whole_file():
    first, second = (run.labels for run in read_openmetrics_file(io.BytesIO(BODY), samples=5))
    assert second[0] is first[0]


def test_a_path_and_pieces_of_any_size(tmp_path, monkeypatch):
    path = tmp_path / "in.om"
    path.write_bytes(BODY)
    for size in (1, 7, 64):
        monkeypatch.setattr("watchglass.wire.openmetrics_file._PIECE_BYTES", size)
        assert same(rows(read_openmetrics_file(path))) == EXPECTED


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"a 1 1\n", "line 1: expected # EOF at the end of the file"),
        (b"", "expected # EOF at the end of the file"),
        (b"a 1 1\na 2\n# EOF\n", "line 2: expected a timestamp in seconds after the value"),
        (b"a 1\n# EOF\n", "line 1: expected a timestamp in seconds after the value"),
        (b"a 1 1\n# EOF\na 2 2\n", "line 3: expected nothing after # EOF"),
        (b"a 1 1\na 1_0 2\n# EOF\n", "line 2: the value '1_0' is not a number"),
        (b"a 1 1\na 1 NaN\n# EOF\n", "line 2: the timestamp 'NaN' is out of range"),
        (b"a 1 1\na 1 1e300\n# EOF\n", "line 2: the timestamp '1e300' is out of range"),
        (b"a 1 1\na x 1\nb{ 1 1\n# EOF\n", "line 2: the value 'x' is not a number"),
        (b"a 1 1\n\n# EOF\n", "line 2: expected a metric name or '{', found the end of the line"),
        (b'a 1 1\nb{c="' + b"x" * 3_000_000, "line 2: the line is longer than 1,048,576 bytes"),
    ],
)
def test_faults_are_named_with_their_line(body, error):
    with pytest.raises(ExpositionError) as caught:
        read(body)
    assert str(caught.value) == error


def test_a_long_file_is_read_with_little_memory():
    class Endless(io.RawIOBase):
        """Megabytes of samples that nobody holds."""

        left = 60

        def read(self, size=-1):
            self.left -= 1
            if self.left < 0:
                return b""
            lines = (b'm{i="%d"} %d %d\n' % (i, i, 1_700_000_000 + 15 * self.left) for i in range(5000))
            return b"".join(lines) + (b"# EOF\n" if self.left == 0 else b"")

    import tracemalloc

    tracemalloc.start()
    try:
        count = sum(len(run.values) for run in read_openmetrics_file(Endless(), samples=20_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 60 * 5000
    assert peak < 12_000_000


def promtool(*arguments: str, cwd) -> subprocess.CompletedProcess:
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed: apt-get install prometheus")
    return subprocess.run(["promtool", *arguments], capture_output=True, cwd=cwd, check=False, text=True)


@pytest.mark.real
def test_promtool_imports_the_same_samples(tmp_path):
    lines = [
        f'm{i % 7}_total{{i="{i}",x="a b"}} {i * t / 8} {1_700_000_000 + 15 * t + i / 1000:.3f}'
        for i in range(50)
        for t in range(40)
    ]
    types = [f"# TYPE m{i} counter" for i in range(7)]
    (tmp_path / "in.om").write_text("\n".join([*types, *lines, "# EOF"]) + "\n")
    assert promtool("tsdb", "create-blocks-from", "openmetrics", "in.om", "data", cwd=tmp_path).returncode == 0
    (tmp_path / "data" / "wal").mkdir()  # promtool's dump asks for one
    dumped = promtool("tsdb", "dump", "data", cwd=tmp_path).stdout
    expected = sorted(
        (series, float(value), int(at))
        for series, value, at in re.findall(r"^\{(.*)\} (\S+) (\d+)$", dumped, re.MULTILINE)
    )
    ours = sorted(
        (", ".join(f'{name}="{text}"' for name, text in run.labels[place]), value, at)
        for run in read_openmetrics_file(tmp_path / "in.om")
        for place, value, at in zip(run.series, run.values, run.timestamps_ms, strict=True)
    )
    assert len(expected) == 2000
    assert ours == expected


@pytest.mark.real
@pytest.mark.parametrize(
    "body", ["a 1\n# EOF\n", "a 1 1\n", "a 1 1\n\n# EOF\n", "a 1 NaN\n# EOF\n", "a 1_0 1\n# EOF\n"]
)
def test_promtool_refuses_what_we_refuse(tmp_path, body):
    (tmp_path / "in.om").write_text(body)
    assert promtool("tsdb", "create-blocks-from", "openmetrics", "in.om", "data", cwd=tmp_path).returncode != 0
    with pytest.raises(ExpositionError):
        list(read_openmetrics_file(tmp_path / "in.om"))
