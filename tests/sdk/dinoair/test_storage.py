"""Both storages: the same answers, nothing lost by a crash, nothing kept for too long."""

from __future__ import annotations

import gzip
import json
import logging
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watchglass.sdk.dinoair.metrics_storage import (
    FileMetricsStorage,
    MetricPoint,
    SQLiteMetricsStorage,
    StoreError,
    StoreLockedError,
)
from watchglass.sdk.dinoair.segment import SeriesId

HOUR = 3_600_000
START_MS = 1_795_300_000_000 // HOUR * HOUR

KINDS = {
    "packed files": lambda path: FileMetricsStorage(path / "files", compress=True),
    "plain files": lambda path: FileMetricsStorage(path / "plain", compress=False),
    "sqlite": lambda path: SQLiteMetricsStorage(path / "db/metrics.db"),
}


@pytest.fixture(params=KINDS)
def open_storage(request, tmp_path):
    """Opens the storage, the same one each time; all are closed at the end."""
    opened = []

    def open_it():
        opened.append(KINDS[request.param](tmp_path))
        return opened[-1]

    yield open_it
    for storage in opened:
        storage.close()


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def reading(number: int, every_ms: int = 15_000) -> list[MetricPoint]:
    """One reading of a made application: a gauge, two counters of which one resets, one series that comes and goes."""
    rng, at_ms = random.Random(number), START_MS + number * every_ms
    points = [
        MetricPoint("cpu", round(rng.uniform(0, 100), 2), at_ms),
        MetricPoint("requests_total", float(number * 3 % 1000), at_ms, (("service", 'a"b,c\n'),), "counter"),
        MetricPoint("times_bucket", float(number), at_ms, (("le", "+Inf"), ("model", "ü")), "histogram"),
    ]
    if number % 100 < 50:
        points.append(MetricPoint("gpu", float(number % 7), at_ms, (("gpu", "0"),)))
    return points


def fill(storage, first: int, last: int) -> list[MetricPoint]:
    points = [reading(number) for number in range(first, last)]
    for one in points:
        storage.store_metrics(one)
    return [point for one in points for point in one]


def test_what_was_stored_comes_back_by_time(open_storage):
    storage = open_storage()
    stored = fill(storage, 0, 600)  # 2.5 hours

    for name in ("cpu", "requests_total", "times_bucket", "gpu"):
        assert storage.query_metrics(name) == [point for point in stored if point.name == name]
    assert storage.query_metrics("nothing") == []
    some = storage.query_metrics("cpu", at(START_MS + HOUR), at(START_MS + HOUR + 60_000))
    assert [point.timestamp_ms - START_MS - HOUR for point in some] == [0, 15_000, 30_000, 45_000, 60_000]


def test_a_time_without_a_zone_is_local(open_storage):
    storage = open_storage()
    now = datetime.now(tz=UTC).replace(microsecond=0)
    storage.store_metrics([MetricPoint("cpu", 1.0, round(now.timestamp() * 1000))])

    assert len(storage.query_metrics("cpu", start_time=now.astimezone().replace(tzinfo=None))) == 1
    assert storage.query_metrics("cpu", now.astimezone().replace(tzinfo=None) + timedelta(seconds=1)) == []


def test_all_storages_answer_alike(tmp_path):
    answers = []
    for make in KINDS.values():
        storage = make(tmp_path)
        fill(storage, 0, 700)
        storage.cleanup(at(START_MS + 70 * 60_000))
        names = ["cpu", "gpu", "requests_total", "times_bucket"]
        histories = [
            sorted(storage.histories(names, START_MS, START_MS + 3 * HOUR, fine=fine), key=lambda one: one.id)
            for fine in (True, False)
        ]
        answers.append(([storage.query_metrics(name) for name in names], histories))
        storage.close()

    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0][0][0]) == 420


def test_the_next_process_finds_all_of_it(open_storage):
    first = open_storage()
    stored = fill(first, 0, 300)
    first.close()
    second = open_storage()
    stored += fill(second, 300, 310)

    assert second.query_metrics("cpu") == [point for point in stored if point.name == "cpu"]


def test_values_that_are_no_finite_numbers(open_storage):
    storage = open_storage()
    values = [float("nan"), float("inf"), float("-inf"), 1e300, 0.1, -0.0]
    for number, value in enumerate(values):
        storage.store_metrics([MetricPoint("odd", value, START_MS + number)])
    storage.store_metrics([MetricPoint("odd", 1.0, START_MS + HOUR)])  # the hour before is sealed

    assert [repr(point.value) for point in storage.query_metrics("odd")[:5]] == ["nan", "inf", "-inf", "1e+300", "0.1"]


def test_a_clock_that_goes_back_loses_nothing(open_storage):
    storage = open_storage()
    for minutes in (0, 30, 70, 20, 75, 50):
        storage.store_metrics([MetricPoint("cpu", float(minutes), START_MS + minutes * 60_000)])

    assert [point.value for point in storage.query_metrics("cpu")] == [0, 20, 30, 50, 70, 75]
    (history,) = storage.histories(["cpu"], 0, START_MS + 5 * HOUR)
    assert history.values == [0, 20, 30, 50, 70, 75]


def test_an_hour_is_sealed_in_the_order_of_its_times(open_storage):
    storage = open_storage()
    for minutes, value in ((1, 1.0), (4, 2.0), (3, 3.0), (61, 4.0)):
        storage.store_metrics([MetricPoint("a_total", value, START_MS + minutes * 60_000, (), "counter")])
    (history,) = storage.histories(["a_total"], 0, START_MS + 5 * HOUR, fine=False)

    assert (history.values, history.highs) == ([2, 4], [3, 4]), "the last one of a step is that of its latest time"


def test_what_is_older_than_the_retention_is_gone_after_the_next_clean_up(open_storage):
    storage = open_storage()
    fill(storage, 0, 1000)
    edge_ms = START_MS + 2 * HOUR + 600_000

    assert storage.cleanup(at(edge_ms)) == 2 * 240 + 40
    assert storage.query_metrics("cpu")[0].timestamp_ms == edge_ms
    assert storage.cleanup(at(edge_ms)) == 0
    assert len(storage.query_metrics("cpu")) == 1000 - 520
    storage.cleanup(at(START_MS + 24 * HOUR), at(START_MS + 24 * HOUR))
    assert storage.query_metrics("cpu") == storage.histories(["cpu"], 0, START_MS + 24 * HOUR) == []
    storage.store_metrics(reading(10_000))
    assert len(storage.query_metrics("cpu")) == 1


def test_roll_ups_outlive_the_readings(open_storage):
    storage = open_storage()
    stored = fill(storage, 0, 500)
    storage.cleanup(at(START_MS + 2 * HOUR))
    histories = {one.id.name: one for one in storage.histories(["cpu", "requests_total"], 0, START_MS + 2 * HOUR - 1)}
    cpu, requests = histories["cpu"], histories["requests_total"]

    first = [point.value for point in stored if point.name == "cpu"][:20]
    assert (len(cpu.times_ms), cpu.times_ms[0]) == (24, START_MS + 285_000)
    assert (cpu.values[0], cpu.highs[0]) == (pytest.approx(sum(first) / 20, abs=1e-3), max(first))
    assert requests.values[:2] == [57, 117], "what only grows is worth its last value"
    assert requests.id == SeriesId("requests_total", (("service", 'a"b,c\n'),), "counter")
    wraps = [
        place for place, (value, high) in enumerate(zip(requests.values, requests.highs, strict=True)) if high > value
    ]
    assert wraps, "a reset within a step shows in its highest value"


def test_one_writer_and_any_number_of_readers(open_storage):
    writer, other = open_storage(), open_storage()
    fill(writer, 0, 10)

    assert len(other.query_metrics("cpu")) == 10
    with pytest.raises(StoreLockedError, match="another process or storage writes there"):
        other.store_metrics(reading(11))
    writer.close()
    other.store_metrics(reading(11))
    assert len(other.query_metrics("cpu")) == 11


def test_nothing_is_written_before_the_first_reading(open_storage, tmp_path):
    storage = open_storage()
    assert storage.query_metrics("cpu") == []
    assert storage.status()["hours"] == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    for storage in (FileMetricsStorage(tmp_path / "file/m"), SQLiteMetricsStorage(tmp_path / "file/m/metrics.db")):
        with pytest.raises(StoreError, match="metrics cannot be stored there"):
            storage.store_metrics(reading(0))


def test_files_are_json_packed_or_not(tmp_path):
    for compress, suffix in ((True, ".json.gz"), (False, ".json")):
        folder = tmp_path / suffix
        storage = FileMetricsStorage(folder, compress=compress)
        fill(storage, 0, 250)
        storage.close()
        (raw,) = folder.glob(f"raw-*{suffix}")
        body = raw.read_bytes()
        document = json.loads(gzip.decompress(body) if compress else body)
        assert raw.name == f"raw-{at(START_MS):%Y-%m-%dT%H}{suffix}"
        assert (document["format"], len(document["times_ms"])) == (1, 240)
        assert document["series"][0] == {
            "name": "cpu", "labels": {}, "type": "gauge", "values": [point.value for n in range(240) for point in reading(n)[:1]],
        }  # fmt: skip


def test_the_other_value_of_compress_reads_the_same_folder(tmp_path):
    first = FileMetricsStorage(tmp_path, compress=True)
    fill(first, 0, 250)
    first.close()
    second = FileMetricsStorage(tmp_path, compress=False)
    fill(second, 250, 500)

    assert len(second.query_metrics("cpu")) == 500
    second.close()


WRITER = """
import sys, pathlib
sys.path.insert(0, {folder!r})
import test_storage as t
storage = t.KINDS[{kind!r}](pathlib.Path({path!r}))
for number in range({first}, 100_000):
    storage.store_metrics(t.reading(number))
    print(number, flush=True)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_process_loses_nothing_that_was_acknowledged(tmp_path, kind):
    acknowledged = 0
    for round_number in range(4):
        program = WRITER.format(folder=str(Path(__file__).parent), kind=kind, path=str(tmp_path), first=acknowledged)
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            if int(line) >= acknowledged + 150 + 37 * round_number:
                break
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        acknowledged = int(rest[-1] if rest else line) + 1
        storage = KINDS[kind](tmp_path)
        found = storage.query_metrics("cpu")
        storage.close()
        assert found[:acknowledged] == [reading(number)[0] for number in range(acknowledged)]
        assert len(found) <= acknowledged + 1, "at most the one that was under way"
        acknowledged = len(found)


def test_half_a_line_is_cut_off(tmp_path):
    storage = FileMetricsStorage(tmp_path)
    fill(storage, 0, 5)
    storage.close()
    journal = tmp_path / "running.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"t":17953000')
    assert len(FileMetricsStorage(tmp_path).query_metrics("cpu")) == 5
    again = FileMetricsStorage(tmp_path)
    fill(again, 5, 8)

    assert len(again.query_metrics("cpu")) == 8
    assert all(json.loads(line) for line in journal.read_text().splitlines())
    again.close()


def test_a_crash_between_sealing_and_emptying_the_journal_doubles_nothing(tmp_path, monkeypatch):
    storage = FileMetricsStorage(tmp_path)
    fill(storage, 0, 240)
    before = (tmp_path / "running.jsonl").read_bytes()
    fill(storage, 240, 241)
    storage.close()
    (tmp_path / "running.jsonl").write_bytes(before)
    again = FileMetricsStorage(tmp_path)

    assert len(again.query_metrics("cpu")) == 240
    fill(again, 240, 250)
    assert len(again.query_metrics("cpu")) == 250
    assert all(len(one.values) == 250 for one in again.histories(["cpu"], 0, START_MS + 9 * HOUR))
    again.close()


def test_a_damaged_hour_is_said_and_the_others_are_there(tmp_path, caplog):
    storage = FileMetricsStorage(tmp_path)
    fill(storage, 0, 600)
    damaged = min(tmp_path.glob("raw-*"))
    damaged.write_bytes(damaged.read_bytes()[:100])
    with caplog.at_level(logging.WARNING, "watchglass.sdk.dinoair"):
        assert len(storage.query_metrics("cpu")) == 360
    assert caplog.records[0].path == str(damaged)
    assert storage.histories(["cpu"], 0, START_MS + 9 * HOUR, fine=False)[0].times_ms[0] < START_MS + HOUR
    storage.close()


def test_a_full_disk_refuses_and_what_was_there_stays(tmp_path, monkeypatch):
    storage = FileMetricsStorage(tmp_path)
    fill(storage, 0, 3)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("watchglass.sdk.dinoair.file_storage.os.fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        storage.store_metrics([*reading(3), MetricPoint("new", 1.0, reading(3)[0].timestamp_ms)])
    monkeypatch.undo()
    storage.store_metrics([*reading(4), MetricPoint("new", 1.0, reading(4)[0].timestamp_ms)])

    assert [point.timestamp_ms for point in storage.query_metrics("cpu")] == [
        reading(number)[0].timestamp_ms for number in (0, 1, 2, 4)
    ]
    assert len(storage.query_metrics("new")) == 1
    storage.close()


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "metrics.db").write_text("this is no database, but a text that is long enough to look like one" * 20)
    with pytest.raises(StoreError, match="not a database"):
        SQLiteMetricsStorage(tmp_path / "metrics.db").store_metrics(reading(0))


FORKED = """
import os, pathlib, sys
sys.path.insert(0, {folder!r})
import test_storage as t
storage = t.KINDS[{kind!r}](pathlib.Path({path!r}))
t.fill(storage, 0, 5)
child = os.fork()
if child == 0:
    try:
        storage.store_metrics(t.reading(6))
    except t.StoreLockedError:
        os._exit(7)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
t.fill(storage, 5, 300)
assert len(storage.query_metrics("cpu")) == 300
storage.close()
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_forked_process_does_not_write_into_its_parents_files(tmp_path, kind):
    program = FORKED.format(folder=str(Path(__file__).parent), kind=kind, path=str(tmp_path))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
