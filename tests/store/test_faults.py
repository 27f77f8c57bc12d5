"""Faults of the surroundings: a full disk, a locked or unreadable directory, a cancelled future."""

import logging
import os
import resource
import shutil
import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from support import FOREVER, START_MS, append, contents, many, named, opened, refs_of

from watchglass.clock import ManualClock
from watchglass.errors import StoreError, StoreLockedError
from watchglass.interfaces import Batch


@contextmanager
def files_limited_to(size_bytes):
    """Writes beyond this size of a file fail, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def tiny_disk(tmp_path):
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root may mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False).returncode:
        pytest.skip("this machine mounts nothing")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill_up(store, clock, refs, group, limit=100_000):
    """Append until the disk refuses; returns how many scrapes were acknowledged, and the error."""
    for scrape in range(limit):
        clock.advance(15_000)
        try:
            append(store, refs, scrape, clock.now_ms(), group)
        except StoreError as error:
            return scrape, error
    raise AssertionError("the disk never filled up")


def assert_goes_on(store, clock, refs, group, acknowledged):
    clock.advance(15_000)
    append(store, refs, 1, clock.now_ms(), group)
    store.flush()
    found = contents(store.select(named("m"), *FOREVER))
    assert len(found) == len(refs)
    assert {len(samples) for samples in found.values()} == {acknowledged + 1}


def test_a_full_disk_refuses_appends_and_they_work_again_when_there_is_space(tiny_disk, caplog):
    caplog.set_level(logging.INFO, "watchglass.store")
    clock = ManualClock(START_MS)
    store = opened(tiny_disk / "data", clock)
    group, refs = store.open_group("target"), refs_of(store, *many("m", 40))
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(700_000))
    acknowledged, error = fill_up(store, clock, refs, group)
    assert "no space left" in str(error)
    assert acknowledged > 10
    with pytest.raises(StoreError):
        append(store, refs, 0, clock.now_ms() + 1, group)
    assert {len(samples) for samples in contents(store.select(named("m"), *FOREVER)).values()} == {acknowledged}
    ballast.unlink()
    assert_goes_on(store, clock, refs, group, acknowledged)
    said = [record for record in caplog.records if "stored" in record.message]
    assert [record.message for record in said] == ["samples are not stored", "samples are stored again"]
    assert "no space left" in said[0].error
    store.close()
    store = opened(tiny_disk / "data", clock)
    assert store.damage == []
    assert {len(samples) for samples in contents(store.select(named("m"), *FOREVER)).values()} == {acknowledged + 1}
    store.close()


def test_a_failing_write_names_the_file_and_loses_nothing(tmp_path):
    clock = ManualClock(START_MS)
    store = opened(tmp_path, clock)
    group, refs = store.open_group("target"), refs_of(store, *many("m", 40))
    append(store, refs, 1, clock.now_ms(), group)
    with files_limited_to(300_000):
        acknowledged, error = fill_up(store, clock, refs, group)
        assert str(tmp_path / "metrics.db") in str(error)
        for _ in range(3):
            store.tick(clock.now_ms() + 86_400_000)
    assert_goes_on(store, clock, refs, group, acknowledged + 1)
    store.close()


def test_new_series_of_a_refused_commit_are_written_with_the_next(tmp_path):
    clock = ManualClock(START_MS)
    store = opened(tmp_path, clock)
    with files_limited_to(4096), pytest.raises(StoreError):
        append(store, refs_of(store, *many("m", 5)), 1, START_MS)
    append(store, refs_of(store, *many("m", 5)), 2, START_MS)
    store.close()
    store = opened(tmp_path, clock)
    assert [len(samples) for samples in contents(store.select(named("m"), *FOREVER)).values()] == [1] * 5
    store.close()


def test_a_second_process_is_told_who_holds_the_directory(tmp_path):
    store = opened(tmp_path)
    with pytest.raises(StoreLockedError, match=f"{tmp_path} is in use by process {os.getpid()}"):
        opened(tmp_path)
    code = f"from watchglass.store.metrics import MetricStore; MetricStore({str(tmp_path)!r})"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"in use by process {os.getpid()}" in other.stderr
    store.close()
    opened(tmp_path).close()


def test_a_directory_that_is_none_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"cannot use data directory .*file"):
        opened(tmp_path / "file")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "metrics.db").mkdir()
    with pytest.raises(StoreError, match=r"cannot use .*metrics\.db"):
        opened(tmp_path / "data")


def test_an_unreadable_directory_is_named(tmp_path):
    folder = tmp_path / "data"
    opened(folder).close()
    become_nobody = "os.setgid(65534); os.setuid(65534)" if os.geteuid() == 0 else "pass"
    code = f"import os; from watchglass.store.metrics import MetricStore\n{become_nobody}\nMetricStore({str(folder)!r})"
    folder.chmod(0)
    try:
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    finally:
        folder.chmod(0o700)
    assert "StoreError: cannot use data directory" in result.stderr, result.stderr
    assert str(folder) in result.stderr


def test_a_newer_format_is_refused_and_left_alone(tmp_path):
    store = opened(tmp_path)
    with store._core.writer.transaction() as con:
        con.execute("UPDATE meta SET value = '3' WHERE key = 'format'")
    store.close()
    before = (tmp_path / "metrics.db").read_bytes()
    with pytest.raises(StoreError, match="has format 3; this version knows formats up to 2"):
        opened(tmp_path)
    assert (tmp_path / "metrics.db").read_bytes() == before


def test_a_malformed_batch_fails_alone(tmp_path):
    store = opened(tmp_path)
    refs = refs_of(store, *many("m", 3))
    wrong = store.append(Batch(refs, np.ones(2), START_MS))
    right = store.append(Batch(refs, np.ones(3), START_MS))
    with pytest.raises(ValueError, match="2 values"):
        wrong.result(timeout=10)
    assert right.result(timeout=10).appended == 3
    store.close()


def test_a_cancelled_future_harms_nobody(tmp_path):
    store = opened(tmp_path)
    refs = refs_of(store, *many("m", 3))
    store.append(Batch(refs, np.ones(3), START_MS)).cancel()
    assert append(store, refs, 2, START_MS + 1).appended == 3
    store.close()


def test_a_closed_store_takes_nothing(tmp_path):
    store = opened(tmp_path)
    refs = refs_of(store, *many("m", 3))
    store.close()
    with pytest.raises(StoreError, match="closed"):
        append(store, refs, 1, START_MS)


def test_too_many_waiting_samples_are_refused(tmp_path):
    store = opened(tmp_path, queue_bytes=1000)
    refs = refs_of(store, *many("m", 100))
    with store._core.writer._lock:
        futures = [store.append(Batch(refs, np.ones(100), START_MS + turn)) for turn in range(10)]
        assert "cannot keep up" in str(futures[-1].exception(timeout=10))
    assert futures[0].result(timeout=10).appended == 100
    store.close()
