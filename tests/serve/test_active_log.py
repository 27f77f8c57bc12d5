"""What was running when the process died is said at the next start."""

import logging
import os
import signal
import subprocess
import sys

from watchglass.serve.active_log import FILE, SLOT_BYTES, ActiveQueryLog, report_unfinished

CHILD = """
import sys, time
from pathlib import Path
from watchglass.serve.active_log import ActiveQueryLog
log = ActiveQueryLog(Path(sys.argv[1]), 3)
done = log.begin({"query": "short"})
log.begin({"query": "sum(rate(x[30d]))", "kind": "/api/v1/query", "client": "10.0.0.9"})
log.end(done)
print("ready", flush=True)
time.sleep(60)
"""


def test_a_process_that_was_killed(tmp_path, caplog):
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE)
    with child:
        assert child.stdout.readline() == b"ready\n"
        os.kill(child.pid, signal.SIGKILL)
    with caplog.at_level(logging.WARNING):
        ActiveQueryLog(tmp_path, 3).close()
    (said,) = caplog.records
    assert (said.query, said.client, said.kind) == ("sum(rate(x[30d]))", "10.0.0.9", "/api/v1/query")


def test_a_clean_end_leaves_nothing(tmp_path, caplog):
    log = ActiveQueryLog(tmp_path, 2)
    log.begin({"query": "a"})
    log.close()
    log.end(0)
    assert log.begin({"query": "late"}) is None
    ActiveQueryLog(tmp_path, 2).close()
    assert not caplog.records
    assert list(tmp_path.iterdir()) == []


def test_slots_are_bounded_and_used_again(tmp_path):
    log = ActiveQueryLog(tmp_path, 2)
    slots = [log.begin({"query": text}) for text in ("a", "b", "c")]
    assert slots[2] is None
    log.end(slots[2])
    log.end(slots[0])
    assert log.begin({"query": "d"}) == slots[0]
    assert (tmp_path / FILE).stat().st_size == 2 * SLOT_BYTES
    log.close()


def test_texts_are_cut_and_strange_ones_kept(tmp_path):
    log = ActiveQueryLog(tmp_path, 2)
    log.begin({"query": "\ud800" + "\U0001f600" * 5000, "client": "c" * 5000})
    log.begin({"query": "\x00" * 5000})
    assert report_unfinished(tmp_path / FILE) == 2
    log.close()


def test_a_damaged_file_is_no_obstacle(tmp_path, caplog):
    (tmp_path / FILE).write_bytes(b'{"query": "half' + b"\xff" * 5000 + b"[1]" + b"\0" * 5000)
    assert report_unfinished(tmp_path / FILE) == 0
    ActiveQueryLog(tmp_path, 1).close()
    assert not caplog.records


def test_its_file_has_no_holes_that_a_full_disk_could_not_fill(tmp_path):
    ActiveQueryLog(tmp_path, 64)
    kept = (tmp_path / FILE).stat()
    assert kept.st_blocks * 512 >= kept.st_size == 64 * SLOT_BYTES
